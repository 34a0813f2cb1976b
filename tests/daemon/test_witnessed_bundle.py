"""From the owner's machine to the expert: cosigned over HTTP and by a stick, exported, checked by whoever trusts the witness."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from support import bundles, verifiers
from support.imagefiles import png
from support.prov import Near
from test_witness import key_of, live, witness


@pytest.fixture
def owner(tmp_path: Path) -> Near:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    (pictures / "cat.png").write_bytes(png({"parameters": "a cat\nSteps: 20, Seed: 1"}, size=(8, 8)))
    prov = Near(tmp_path / "home", PYTHON_KEYRING_BACKEND="keyring.backends.fail.Keyring")
    prov.ok("init", str(pictures))
    prov.ok("import", str(pictures / "cat.png"))
    return prov


def exported(owner: Near, tmp_path: Path, name: str) -> Path:
    path = tmp_path / name
    owner.ok("export", "--no-pdf", "--no-film", str(tmp_path / "pictures" / "cat.png"), "-o", str(path))
    return path


def judged(owner: Near, path: Path, *vkeys: str) -> dict[str, object]:
    """What `prov verify` says, on which verify.py agrees."""
    options = [word for vkey in vkeys for word in ("--witness", vkey)]
    done = owner.run("verify", str(path), "--json", *options)
    told: dict[str, object] = json.loads(done.stdout)
    codes = Counter(row["code"] for row in told["findings"])  # type: ignore[attr-defined]
    assert verifiers.program(path, *options) == (done.returncode, told["verdict"], codes)
    return told | {"codes": set(codes)}


def files(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


def test_by_http_and_by_a_stick_and_whose_word_counts(tmp_path: Path, owner: Near) -> None:
    lawyer, law = witness(tmp_path, owner)
    lawyer.ok("witness", "trust", key_of(owner))
    studio = Near(tmp_path / "studio")
    desk = re.findall(r"studio\.example/\S+", studio.ok("witness", "init", "studio.example/desk"))[0]
    studio.ok("witness", "trust", key_of(owner))
    before = exported(owner, tmp_path, "before.zip")
    assert judged(owner, before, law)["added"] == [] and "W007" in judged(owner, before, law)["codes"]  # type: ignore[operator]
    with live(lawyer) as url:
        owner.ok("witness", "ask", url, "--witness", law)
    owner.ok("note", "more", str(tmp_path / "pictures" / "cat.png"))
    stick = (str(tmp_path / "a.req"), str(tmp_path / "a.note"))
    owner.ok("witness", "request", "-o", stick[0], "--old", "0")
    studio.ok("witness", "sign", stick[0], "-o", stick[1])
    owner.ok("witness", "accept", stick[1], "--witness", desk)
    path = exported(owner, tmp_path, "b.zip")
    names = [name for name in files(path) if name.startswith("proof/witnessed-")]
    assert len(names) == 4, "of each witness the newest head, and its proof"
    assert judged(owner, path)["added"] == [] and "W001" in judged(owner, path)["codes"]  # type: ignore[operator]
    one, two = judged(owner, path, law), judged(owner, path, desk)
    assert one["added"] == two["added"] == judged(owner, path, law, desk)["added"] == ["WITNESSED"]
    (early,), (late,) = one["witnesses"], two["witnesses"]  # type: ignore[misc]
    assert early["size"] < late["size"] and early["under"] < late["under"] <= late["shown"]  # type: ignore[index]
    assert "W008" in one["codes"], "the note was made after the lawyer had looked"  # type: ignore[operator]
    said = owner.ok("verify", str(path), "--witness", law)
    assert "+WITNESSED" in said and "witness.example/law saw this history" in said and "13  ok" in said
    page = files(path)["exhibits/record.html"].decode()
    assert law.split("+")[0] in page and "studio.example/desk" in page


def test_a_swapped_head_and_another_ledger_s_word(tmp_path: Path, owner: Near) -> None:
    lawyer, law = witness(tmp_path, owner)
    other = Near(tmp_path / "other", PYTHON_KEYRING_BACKEND="keyring.backends.fail.Keyring")
    other.ok("init", str(tmp_path / "pictures"))
    for one in (owner, other):
        lawyer.ok("witness", "trust", key_of(one))
        with live(lawyer) as url:
            one.ok("witness", "ask", url, "--witness", law)
    other.ok("import", str(tmp_path / "pictures" / "cat.png"))
    mine, theirs = files(exported(owner, tmp_path, "a.zip")), files(exported(other, tmp_path, "b.zip"))
    name = next(name for name in mine if re.fullmatch(r"proof/witnessed-\d+\.txt", name))
    strange = next(data for place, data in theirs.items() if re.fullmatch(r"proof/witnessed-\d+\.txt", place))
    for change, code in ((strange, "W002"), (mine[name].splitlines(keepends=True), "W004")):
        if isinstance(change, list):
            change = b"".join([*change[:-1], strange.splitlines(keepends=True)[-1]])
        bad = mine | {name: change}
        bundles.relist(bad)
        folder = bundles.write_folder(tmp_path / code, bad)
        told = judged(owner, folder, law)
        assert told["verdict"] == "FAILED" and {code, "S001"} <= told["codes"] and told["added"] == []  # type: ignore[operator]


def test_a_forked_history_is_refused_and_the_refusal_is_in_the_bundle(tmp_path: Path, owner: Near) -> None:
    lawyer, law = witness(tmp_path, owner)
    lawyer.ok("witness", "trust", key_of(owner))
    with live(lawyer) as url:
        owner.ok("witness", "ask", url, "--witness", law)
        shutil.copytree(owner.home, tmp_path / "copy")
        owner.ok("note", "what happened")
        owner.ok("witness", "ask", url)
        true = files(exported(owner, tmp_path, "true.zip"))
        shutil.rmtree(owner.home)
        shutil.copytree(tmp_path / "copy", owner.home)  # ledger and list of heads together: nothing here can tell
        for n in range(6):
            owner.ok("note", f"another history {n}")
        exported(owner, tmp_path, "unasked.zip")
        refused = owner.run("witness", "ask", url)
        assert refused.returncode == 6 and "does not begin" in refused.stderr
    kept = [row for row in owner.lines("witness", "list", "--json") if row["kind"] == "witness.refused/1"]
    assert [row["refusal"] for row in kept] == ["fork"] and kept[0]["witness"] == "witness.example/law"
    assert "another history of this ledger" in owner.ok("status")
    path = exported(owner, tmp_path, "fork.zip")
    fork = files(path)
    assert f"data/entries/{kept[0]['seq']:08d}.json" in fork
    assert "another history" in fork["exhibits/record.html"].decode()
    told = judged(owner, path, law)
    assert told["added"] == ["WITNESSED"] and "W008" in told["codes"], "as far as the lawyer saw it"  # type: ignore[operator]
    for name, data in true.items():  # the word over the true history, laid into the other one
        if name.startswith("proof/witnessed-"):
            fork[name] = data
    bundles.relist(fork)
    told = judged(owner, bundles.write_folder(tmp_path / "laid", fork), law)
    assert told["verdict"] == "FAILED" and "W003" in told["codes"] and told["added"] == []  # type: ignore[operator]


def test_the_ledger_s_own_key_is_refused_as_a_witness(tmp_path: Path, owner: Near) -> None:
    from provenance.seal import cosign, note

    key = note.parse_vkey(key_of(owner))
    mine = cosign.witness("witness.example/myself", key.public).vkey
    for command in (("ask", "http://127.0.0.1:9"), ("accept", str(tmp_path / "x"))):
        (tmp_path / "x").write_bytes(b"x")
        done = owner.run("witness", *command, "--witness", mine)
        assert done.returncode == 2 and "no other person" in done.stderr
