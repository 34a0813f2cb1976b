"""From the recorder to the expert: pictures between two authorities' times, exported, and checked by whoever trusts their roots."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from support import verifiers
from support.authority import OPENSSL, Authority
from support.imagefiles import png
from support.prov import Near
from support.timed import authorities, row

from provenance import config
from provenance.config import Home, Time

pytestmark = pytest.mark.skipif(OPENSSL is None, reason="LOUD: NO openssl: AN ANCHORED BUNDLE WAS NOT MADE FROM END TO END")


@dataclass(frozen=True)
class Studio:
    """prov: the command. roots: files with the authorities' root certificates. bundle: what was exported. pictures: two, by name."""

    prov: Near
    made: tuple[Authority, ...]
    bundle: Path
    plain: Path

    @property
    def roots(self) -> list[str]:
        return [word for one in self.made for word in ("--root", str(one.root_pem))]


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    folder = tmp_path_factory.mktemp("studio")
    out = folder / "out"
    out.mkdir()
    with authorities(folder / "tsas") as found:
        prov = Near(folder / "home")
        prov.ok("init", str(out), "--no-time")
        for name in ("early", "late"):
            (out / f"{name}.png").write_bytes(png({"parameters": f"a cat, {name}\nSteps: 20, Seed: 1, Size: 8x8"}))
        prov.ok("import", str(out / "early.png"))
        plain = folder / "plain.zip"
        prov.ok("export", "--no-pdf", "--no-film", str(out / "early.png"), "-o", str(plain))
        rows = tuple(row(f"local{n}", served, one, rest=0) for n, (one, served) in enumerate(found))
        where = Home(prov.home)
        config.write(where, replace(config.load(where), time=Time((), rows)))
        prov.ok("time", "on", "local0", "local1")
        prov.ok("time", "now")
        prov.ok("import", str(out / "late.png"))
        prov.ok("time", "now")
        bundle = folder / "late.zip"
        prov.ok("export", "--no-pdf", "--no-film", str(out / "late.png"), "-o", str(bundle))
        yield Studio(prov, tuple(one for one, _ in found), bundle, plain)


def test_it_is_anchored_for_whoever_trusts_the_roots_and_for_nobody_else(studio: Studio) -> None:
    told = json.loads(studio.prov.ok("verify", str(studio.bundle), *studio.roots, "--json"))
    assert (told["verdict"], told["exit_code"]) == ("ANCHORED", 0)
    trusted = [one for one in told["anchors"] if one["trusted"]]
    assert {one["root"] for one in trusted} == {one.fingerprint for one in studio.made} and {one["size"] for one in trusted} >= {7, 15}
    assert not told["findings"], "the export asked first: the bundle's own head is stamped, and nothing in it is later"
    nobody = json.loads(studio.prov.ok("verify", str(studio.bundle), "--json"))
    assert nobody["verdict"] == "INTEGRITY ONLY" and {"T001", "T007"} <= {row["code"] for row in nobody["findings"]}
    assert [one["trusted"] for one in nobody["anchors"]] == [False] * len(trusted)


def test_the_stand_alone_program_says_the_same(studio: Studio) -> None:
    assert verifiers.both(studio.bundle, roots=[one.root for one in studio.made])[0] == "ANCHORED"
    assert verifiers.program(studio.bundle, *studio.roots)[:2] == (0, "ANCHORED")
    assert verifiers.both(studio.bundle)[0] == "INTEGRITY ONLY"


def test_the_verdict_names_authority_time_and_entries_in_both_languages(studio: Studio) -> None:
    said = studio.prov.ok("verify", str(studio.bundle), *studio.roots)
    assert "ANCHORED" in said and "says Authority 0 (its clock: within 1 s)" in said and "entries 0 to " in said
    chinese = Near(studio.prov.home, PROV_LANG="zh").ok("verify", str(studio.bundle), *studio.roots)
    assert "Authority 1，时钟误差不超过 1 秒" in chinese


def test_a_root_file_without_a_certificate_is_named(studio: Studio, tmp_path: Path) -> None:
    (tmp_path / "no.pem").write_text("hello")
    done = studio.prov.run("verify", str(studio.bundle), "--root", str(tmp_path / "no.pem"))
    assert done.returncode == 2 and "no.pem" in done.stderr


def test_the_page_says_between_which_times_the_picture_stands(studio: Studio) -> None:
    with zipfile.ZipFile(studio.bundle) as bag:
        top = bag.namelist()[0].partition("/")[0]
        page = bag.read(f"{top}/exhibits/record.html").decode()
        entries = [json.loads(bag.read(name)) for name in bag.namelist() if "/data/entries/" in name]
    lower = [one["seq"] for one in entries if one["kind"] == "time.attested/1"]
    captured = next(one["seq"] for one in entries if one["kind"] == "file.imported/1")
    assert lower and max(lower) < captured
    assert f"entry #{captured} was written after 20" in page and "ANCHORED" in page and "时间戳机构签发的时间戳" in page


def test_what_was_exported_before_any_authority_was_asked_has_no_trace_of_one(studio: Studio) -> None:
    with zipfile.ZipFile(studio.plain) as bag:
        assert not [name for name in bag.namelist() if "anchor-" in name]
        page = bag.read(bag.namelist()[0].partition("/")[0] + "/exhibits/record.html").decode()
    assert "INTEGRITY ONLY" in page and "Third-party time: entry" not in page
    told = json.loads(studio.prov.ok("verify", str(studio.plain), *studio.roots, "--json"))
    assert (told["verdict"], told["anchors"]) == ("INTEGRITY ONLY", [])


def test_the_same_ledger_and_head_give_the_same_choice(studio: Studio) -> None:
    from provenance.bundle.anchors import pick
    from provenance.ledger.blobs import Blobs
    from provenance.ledger.store import Ledger

    home = Home(studio.prov.home)
    with Ledger.open(home.ledger, config_clock(), read_only=True) as ledger:
        blobs = Blobs(home.blobs)
        one, two = (pick(ledger, blobs, ledger.size(), [0, 3], [[3]]) for _ in range(2))
    assert one == two and one.anchors
    assert all(len(anchor.tokens) == len(anchor.said) for anchor in one.anchors)


def config_clock() -> object:
    from provenance import clock

    return clock.system
