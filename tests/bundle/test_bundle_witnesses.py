"""Witnesses in a bundle: whose word counts, what it covers, and every way in which it is not what it seems."""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import test_bundle_keys as keyed
from support import bundles, cosigned, heirs, verifiers
from support.cosigned import CASES, FRIEND, LAW, STRANGER, Case, Party, of

from provenance import data
from provenance.bundle import texts, witnesses
from provenance.bundle.examine import examine
from provenance.bundle.verdict import Trust
from provenance.bundle.witnesses import Cosigned
from provenance.ledger import chain, merkle
from provenance.seal import cosign, keys, snapshot


@pytest.fixture(scope="module")
def party(tmp_path_factory: pytest.TempPathFactory) -> Party:
    return cosigned.make(tmp_path_factory.mktemp("party"))


def agreed(path: Path, *trusted: cosign.Witness) -> tuple[str, set[str], list[tuple[str, int, str, int]]]:
    """Verdict, codes and words that count, on which the package and verify.py agree."""
    vkeys = [one.vkey for one in trusted]
    ours = examine(path, Trust(witnesses=trusted))
    theirs, _, word = verifiers.STANDALONE.examine(str(path), None, (), (), vkeys)
    assert verifiers.package(path, witnesses=vkeys) == verifiers.alone(path, witnesses=vkeys)
    good = word in ("ANCHORED", "INTEGRITY ONLY")
    said = [(one.name, one.size, one.time, one.under) for one in ours.witnessed]
    assert ours.word == word and (not good or ("WITNESSED" in ours.added) == ("WITNESSED" in theirs.added) == bool(said))
    assert not good or said == [(one["name"], one["size"], one["time"], one["under"]) for one in theirs.seen_by]
    return ours.word, {finding.code for finding in ours.findings}, said


def test_a_word_counts_for_whoever_trusts_the_witness_and_for_nobody_else(party: Party, tmp_path: Path) -> None:
    folder = bundles.write_folder(tmp_path / "b", party.files())
    first, size = party.sizes
    law = [(LAW.name, size, "2026-11-23T02:00:00.000000Z", 10), (LAW.name, first, "2026-11-22T02:00:00.000000Z", 4)]
    assert agreed(folder) == ("INTEGRITY ONLY", {"T001", "W001"}, [])
    assert agreed(folder, of(LAW)) == ("INTEGRITY ONLY", {"T001", "W001"}, law)
    assert agreed(folder, of(STRANGER)) == ("INTEGRITY ONLY", {"T001", "W001", "W007"}, [])
    word, codes, said = agreed(folder, of(LAW), of(FRIEND))
    assert (word, codes) == ("INTEGRITY ONLY", {"T001"}) and {name for name, *_ in said} == {LAW.name, FRIEND.name}
    step = examine(folder, Trust(witnesses=(of(LAW),))).steps[-1]
    assert (step.number, step.key, step.ok) == (13, "witness", True)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_fault_has_its_code_for_both(case: Case, party: Party, tmp_path: Path) -> None:
    files, path = case.build(party), tmp_path / "bundle.zip"
    path.write_bytes(bundles.zipped(files))
    for where in (bundles.write_folder(tmp_path / "bundle", files), path):
        word, codes, said = agreed(where, *party.trusted)
        assert (word, codes - {"T001"}, bool(said)) == (case.word, set(case.codes), case.added)
    known = json.loads(data.read("findings.json"))
    for finding in examine(path, Trust(witnesses=party.trusted)).findings:
        assert set(finding.params) == set(known[finding.code]["params"]), finding


def test_the_author_s_own_key_is_no_witness(tmp_path: Path) -> None:
    """An Ed25519 key that signs as the author and cosigns as somebody else: named by its entry and its file."""
    files = keyed.signed(tmp_path / "a", keyed.keyed(keyed.MEI))
    seed = keyed.MEI.private_bytes_raw()
    me = keys.Signer.of_seed("witness.example/mei", seed)
    note = files["proof/checkpoint.txt"]
    size = int(note.split(b"\n")[1])
    files |= {cosigned.names(size)[0]: cosigned.under(note, (me, cosigned.AT)), cosigned.names(size)[1]: b""}
    bundles.rehash(files)
    bundles.resign(files, keyed.KEYS[0])
    files["author.sig"] = keyed.MEI.sign(files["tagmanifest-sha256.txt"])
    folder = bundles.write_folder(tmp_path / "b", files)
    assert agreed(folder, of(me)) == ("INTEGRITY ONLY", {"A004", "T001", "W006", "W007"}, [])


def test_a_head_counts_under_the_key_of_its_time(tmp_path: Path) -> None:
    """After a rotation: a head that the first key signed then is witnessed still; one that it signs afterwards is not this ledger's."""
    made = heirs.world(tmp_path / "w", [(heirs.ROTATED, 0, 1)], signer=1)
    leaves = [chain.leaf(raw) for raw in made.raws]
    for size, key, codes, word in ((8, 0, {"T001", "W008"}, "INTEGRITY ONLY"), (8, 1, {"T001", "W002", "W007"}, "FAILED"),
                                   (9, 0, {"T001", "W002", "W007"}, "FAILED")):  # fmt: skip
        note = snapshot.sign(snapshot.Snapshot(bundles.ORIGIN, size, merkle.root(leaves[:size])), heirs.KEYS[key])
        head = Cosigned(size, cosigned.under(note, (LAW, cosigned.AT)), tuple(merkle.consistency_proof(leaves, size)), ())
        content = dataclasses.replace(made.content, witnessed=(head,))
        folder = bundles.write_folder(tmp_path / f"b{size}{key}", heirs.files(dataclasses.replace(made, content=content)))
        assert agreed(folder, of(LAW))[:2] == (word, codes)


def test_a_part_that_is_missing_from_the_list_is_incomplete_and_said_once(party: Party, tmp_path: Path) -> None:
    for gone in (cosigned.NOTE, cosigned.PROOF):
        folder = bundles.write_folder(tmp_path / "b", party.files())
        (folder / gone).unlink()
        assert agreed(folder, of(LAW))[:2] == ("INCOMPLETE", {"B004", "T001", "W001"}), gone
        shutil.rmtree(folder)


def test_no_flipped_bit_of_a_cosigned_head_gives_another_word(party: Party, tmp_path: Path) -> None:
    whole = party.files()[cosigned.NOTE]
    good = examine(bundles.write_folder(tmp_path / "g", party.files()), Trust(witnesses=(of(LAW),))).witnessed
    for at in range(0, len(whole), 7):
        files = party.files() | {cosigned.NOTE: whole[:at] + bytes([whole[at] ^ 1 << at % 8]) + whole[at + 1 :]}
        bundles.relist(files)
        bundles.resign(files, party.world.signer)
        folder = bundles.write_folder(tmp_path / "b", files)
        agreed(folder, of(LAW))
        assert set(examine(folder, Trust(witnesses=(of(LAW),))).witnessed) <= set(good), at


def test_without_its_file_the_program_says_that_a_step_was_not_done(party: Party, tmp_path: Path) -> None:
    folder = bundles.write_folder(tmp_path / "b", party.files())
    for name in texts.PROGRAM:
        if name != "verify_witness.py":
            shutil.copy(verifiers.PROGRAM.with_name(name), tmp_path / name)
    command = [sys.executable, "-I", "-S", str(tmp_path / "verify.py"), str(folder), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    told = json.loads(done.stdout)
    assert (done.returncode, told["verdict"], told["added"]) == (3, "INCOMPLETE", [])


def test_the_command_line_takes_keys_and_files_of_keys(party: Party, tmp_path: Path) -> None:
    folder = bundles.write_folder(tmp_path / "b", party.files())
    (tmp_path / "two.txt").write_text(f"# the studio's\n{of(LAW).vkey}\n\n{of(FRIEND).vkey}\n")
    for given in ((of(LAW).vkey, "--witness", of(FRIEND).vkey), (str(tmp_path / "two.txt"),)):
        code, word, codes = verifiers.program(folder, "--witness", *given)
        assert (code, word, set(codes)) == (0, "INTEGRITY ONLY", {"T001"})
    for bad in (of(LAW).vkey[:-4], party.world.signer.vkey, str(tmp_path / "nothing"), str(folder / "README.txt")):
        command = [sys.executable, "-I", "-S", str(verifiers.PROGRAM), str(folder), "--witness", bad]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 2 and "Traceback" not in done.stderr and not done.stdout


def test_the_commands_of_the_instructions(party: Party, tmp_path: Path) -> None:
    if not all(map(shutil.which, ("openssl", "bash", "od", "awk"))):
        pytest.skip("LOUD: openssl, bash, od or awk is missing: the commands about witnesses in VERIFY.txt were NOT run")
    told = [one for one in re.findall(r"^\s+\$ (.+)$", texts.instructions().decode(), re.M) if "WITNESS" in one or "witnessed-" in one]
    make, check = dict.fromkeys(told)  # the same two in both languages
    folder = bundles.write_folder(tmp_path / "b", party.files())

    def run(who: keys.Signer, where: Path) -> str:
        (tmp_path / "WITNESS.vkey").write_text(of(who).vkey + "\n")
        said = ""
        for one in (make, check):
            done = subprocess.run(["bash", "-c", one], cwd=where, capture_output=True, text=True, timeout=60, check=False)
            said += done.stdout + done.stderr
        return said

    said = run(LAW, folder)
    assert said.count("Signature Verified Successfully") == 2 and "Nov 23 02:00:00 UTC 2026" in said
    assert run(FRIEND, folder).count("Signature Verified Successfully") == 1
    assert "Successfully" not in run(STRANGER, folder)
    for name in ("W004_flipped_bit", "W004_earlier_time", "W004_cosignature_of_another_log"):
        case = next(one for one in CASES if one.name == name)
        bad = bundles.write_folder(tmp_path / name, case.build(party))
        assert run(LAW, bad).count("Signature Verified Successfully") == 1, "the other head's line is good still"
    assert verifiers.package(folder, witnesses=[of(LAW).vkey])[0] == "INTEGRITY ONLY", "nothing was left in the bundle"


def test_which_heads_are_taken() -> None:
    """Of each witness the largest that is not beyond the bundle's; of two words over one head the later one."""
    class Told:
        def __init__(self, seq: int, by: str, size: int) -> None:
            self.seq, self.open = seq, {"vkey": by, "size": size}

    told = [Told(5, "a", 4), Told(6, "b", 4), Told(9, "a", 8), Told(10, "a", 8), Told(12, "b", 11), Told(13, "c", 12)]
    assert [one.seq for one in witnesses.chosen(told, 11)] == [10, 12]  # type: ignore[arg-type]
    assert [one.seq for one in witnesses.chosen(told, 7)] == [5, 6]  # type: ignore[arg-type]
    many = [Told(n, str(n), n) for n in range(1, 60)]
    assert [one.seq for one in witnesses.chosen(many, 50)] == list(range(31, 51))  # type: ignore[arg-type]
