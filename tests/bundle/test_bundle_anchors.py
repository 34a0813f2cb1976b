"""Trusted time in a bundle: what a third party's word proves, and every way in which it is not what it seems."""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from support import anchors, authority, badanchors, bundles, fixedauthority, heirs, verifiers
from support.authority import OPENSSL
from support.badanchors import CASES, Case, Party

from provenance import clock, data
from provenance.bundle import anchors as picking
from provenance.bundle import texts
from provenance.bundle.anchors import Anchor
from provenance.bundle.examine import examine
from provenance.bundle.verdict import Trust
from provenance.ledger import chain, merkle
from provenance.seal import snapshot, timestamp, token

pytestmark = pytest.mark.skipif(OPENSSL is None, reason="LOUD: NO openssl: NOTHING OF TRUSTED TIME IN BUNDLES IS TESTED")


@pytest.fixture(scope="module")
def everybody(tmp_path_factory: pytest.TempPathFactory) -> Party:
    return badanchors.party(tmp_path_factory.mktemp("party"))


def test_a_good_one_is_anchored_for_both_and_says_by_whom(everybody: Party, tmp_path: Path) -> None:
    made = everybody.good
    folder = bundles.write_folder(tmp_path / "b", made.files())
    assert verifiers.both(folder, roots=[made.tsa.root]) == ("ANCHORED", set())
    assert verifiers.both(folder) == ("INTEGRITY ONLY", {"T001", "T007"})
    found = examine(folder, Trust(time_roots=(made.tsa.root,))).anchors
    assert [(one.size, one.authority, one.accuracy_ms, one.root) for one in found] == [
        (size, "Test Authority", 1000, made.tsa.fingerprint) for size in sorted(made.sizes, reverse=True)
    ]


def test_a_pinned_fingerprint_trusts_a_root_that_a_token_brings_along_and_no_signer(tmp_path: Path) -> None:
    tsa = authority.make(tmp_path / "tsa", unsorted=True)
    made = anchors.make(tmp_path / "w", tsa)
    folder = bundles.write_folder(tmp_path / "b", made.files())
    assert examine(folder, Trust(time_pinned=frozenset({tsa.fingerprint}))).word == "ANCHORED"
    answer = made.files()[anchors.names(anchors.FIRST)[2]]
    leaves = {bundles.digest(der) for der in anchors.timestamp.certificates_in(answer)} - {tsa.fingerprint}
    assert leaves and examine(folder, Trust(time_pinned=frozenset(leaves))).word == "INTEGRITY ONLY"


def test_without_anchors_the_bytes_are_what_they_were(everybody: Party) -> None:
    plain, full = anchors.without_anchors(everybody.good), everybody.good.files()
    more = {name for name in full if name.startswith("proof/anchor-")}
    assert len(more) == 6 and full.keys() - plain.keys() == more
    assert {name for name in plain if plain[name] != full[name]} == {"tagmanifest-sha256.txt", "seal.sig"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_fault_has_its_code_for_both(case: Case, everybody: Party, tmp_path: Path) -> None:
    files = case.build(everybody)
    path = tmp_path / "bundle.zip"
    path.write_bytes(bundles.zipped(files))
    for where in (bundles.write_folder(tmp_path / "bundle", files), path):
        assert verifiers.both(where, roots=everybody.roots) == (case.word, set(case.codes))


def test_params_of_findings_fill_their_words(everybody: Party, tmp_path: Path) -> None:
    known = json.loads(data.read("findings.json"))
    for case in CASES:
        folder = bundles.write_folder(tmp_path / case.name, case.build(everybody))
        for finding in examine(folder, Trust(time_roots=everybody.roots)).findings:
            assert set(finding.params) == set(known[finding.code]["params"]), finding


OPENSSL_SEES = ("T004_no", "T004_auth", "T005", "T006", "T007_forged", "T007_certificate")


@pytest.mark.parametrize("case", [case for case in CASES if case.name.startswith(OPENSSL_SEES)], ids=lambda case: case.name)
def test_openssl_sees_what_is_wrong_with_a_token(case: Case, everybody: Party, tmp_path: Path) -> None:
    note, _, token = anchors.names(anchors.FIRST)
    command = [str(OPENSSL), "ts", "-verify", "-data", note, "-in", token, "-CAfile", str(tmp_path / "roots.pem")]
    (tmp_path / "roots.pem").write_bytes(everybody.good.tsa.root_pem.read_bytes() + everybody.ended.root_pem.read_bytes())
    good = bundles.write_folder(tmp_path / "good", everybody.good.files())
    assert subprocess.run(command, cwd=good, capture_output=True, check=False).returncode == 0
    bad = bundles.write_folder(tmp_path / "bad", case.build(everybody))
    assert subprocess.run(command, cwd=bad, capture_output=True, check=False).returncode != 0


def test_the_commands_of_the_instructions_work_now_and_years_later(everybody: Party, tmp_path: Path) -> None:
    if not shutil.which("bash"):
        pytest.skip("LOUD: no bash: the commands about time in VERIFY.txt were NOT run")
    told = re.findall(r"^\s+\$ (.+)$", texts.instructions().decode(), re.M)
    verify, late, text = (one for one in dict.fromkeys(told) if "anchor-" in one)
    folder = bundles.write_folder(tmp_path / "b", everybody.good.files())
    shutil.copy(everybody.good.tsa.root_pem, folder.parent / "ROOT.pem")

    def run(command: str, *before: str) -> str:
        done = subprocess.run([*before, "bash", "-c", command], cwd=folder, capture_output=True, text=True, timeout=60, check=False)
        return done.stdout + done.stderr

    assert run(verify).count("Verification: OK") == run(late).count("Verification: OK") == 2
    assert run(text).count("Time stamp: ") == 2
    shutil.copy(everybody.stranger.root_pem, folder.parent / "ROOT.pem")
    assert "Verification: OK" not in run(verify) + run(late)
    shutil.copy(everybody.good.tsa.root_pem, folder.parent / "ROOT.pem")
    if not shutil.which("faketime"):
        return
    years = ("faketime", "2036-01-01 00:00:00")
    assert "Verification: OK" not in run(verify, *years) and run(late, *years).count("Verification: OK") == 2


def test_an_ended_certificate_counts_at_its_own_time(tmp_path: Path) -> None:
    """`-attime` without waiting for years: a token made by a certificate that was valid then, checked long after it had ended."""
    tsa = authority.make(tmp_path / "tsa", rsa_keys=False, days=1, before=1)
    made = anchors.make(tmp_path / "w", tsa)
    folder = bundles.write_folder(tmp_path / "b", made.files())
    note, _, token = anchors.names(anchors.FIRST)
    command = [str(OPENSSL), "ts", "-verify", "-data", note, "-in", token, "-CAfile", str(tsa.root_pem), "-attime"]
    now = int(examine_time(folder, tsa))
    for at, good in ((now, True), (now + 5 * 86400, False)):
        assert (subprocess.run([*command, str(at)], cwd=folder, capture_output=True, check=False).returncode == 0) is good


def test_a_head_counts_under_the_key_of_its_time(everybody: Party, tmp_path: Path) -> None:
    """After a rotation: the first key's heads stay anchors; one that it signs afterwards is none, whoever stamped it."""
    made = heirs.world(tmp_path / "w", [(heirs.ROTATED, 0, 1)], signer=1)
    leaves = [chain.leaf(raw) for raw in made.raws]
    tsa = everybody.good.tsa
    for size, key, codes, word in ((8, 0, {"T009"}, "ANCHORED"), (8, 1, {"T002", "T001"}, "FAILED"), (9, 0, {"T002", "T001"}, "FAILED")):
        note = snapshot.sign(snapshot.Snapshot(bundles.ORIGIN, size, merkle.root(leaves[:size])), heirs.KEYS[key])
        answer = anchors.stamper(tsa)(bytes.fromhex(bundles.digest(note)))
        anchor = Anchor(size, note, tuple(merkle.consistency_proof(leaves, size)), (), (answer,))
        content = dataclasses.replace(made.content, anchors=(anchor,))
        folder = bundles.write_folder(tmp_path / f"b{size}{key}", heirs.files(dataclasses.replace(made, content=content)))
        assert verifiers.both(folder, roots=[tsa.root]) == (word, codes)


def test_a_token_full_of_certificates_that_issued_one_another_is_walked_through(tmp_path: Path) -> None:
    """Twenty CAs of one name and key: each is every other's issuer, and none leads anywhere."""
    tsa = fixedauthority.make(tmp_path / "tsa", 7, sends_root=True)
    crowd = dataclasses.replace(tsa, certificates=(*tsa.certificates, *fixedauthority.twins(7, 20)))
    read = token.parse(crowd.reply(timestamp.query(bytes(32), None)))
    assert len(read.others) == 21 and token.signed(read)
    assert token.root_of(read, [fixedauthority.make(tmp_path / "other", 8).root]) is None
    assert token.root_of(read, [tsa.root]) == tsa.root


def test_a_chain_of_three_is_followed_and_a_leaf_is_no_issuer(tmp_path: Path) -> None:
    tsa = fixedauthority.make(tmp_path / "tsa", 7)
    read = token.parse(tsa.reply(timestamp.query(bytes(32), None)))
    above, cross = fixedauthority.above(7, 9, ca=True)
    held = dataclasses.replace(tsa, certificates=(*tsa.certificates, cross))
    assert token.root_of(token.parse(held.reply(timestamp.query(bytes(32), None))), [above]) == above
    assert token.root_of(read, [above]) is None, "what stands between is not here"
    above, cross = fixedauthority.above(7, 9, ca=False)
    held = dataclasses.replace(tsa, certificates=(*tsa.certificates, cross))
    assert token.root_of(token.parse(held.reply(timestamp.query(bytes(32), None))), [above]) is None
    assert token.root_of(read, tsa.certificates) is None, "the signer's own certificate is no root"


def attested(seq: int, size: int, *, by: str = "a", trusted: bool = True) -> picking.Attested:
    return picking.Attested(seq, by, size, f"{size:064}", f"{seq:064}", f"2026-11-22T00:{seq:02}:00.000000Z", trusted)


def test_which_times_are_taken() -> None:
    """Entries 10 and 30 are the pictures'; each authority's last word, the first over all that is shown, the times around each picture."""
    said = ((5, "a"), (6, "b"), (8, "a"), (15, "b"), (20, "a"), (35, "a"), (45, "a"), (50, "b"))
    known = [attested(seq, seq - 1, by=by) for seq, by in said]
    taken, before = picking.choose(known, [0, 10, 30, 40], [[30, 31], [10]])
    assert [one.seq for one in before] == [6, 8, 20]
    assert [one.seq for one in taken] == [6, 8, 15, 20, 35, 45, 50]
    unchecked = [*known, attested(29, 28, trusted=False), attested(32, 31, trusted=False)]
    again, lower = picking.choose(unchecked, [0, 10, 30, 40], [[30, 31], [10]])
    assert {one.seq for one in again} == {one.seq for one in taken} and lower == before, "a time that nobody here checked comes last"
    assert picking.choose([], [0, 1], [[1]]) == ([], [])
    many = [attested(seq % 60, seq, by=str(seq)) for seq in range(1, 400)]
    assert len(picking.choose(many, [0, 500], [[n] for n in range(500)])[0]) == picking.MOST


def examine_time(folder: Path, tsa: authority.Authority) -> float:
    """The authority's time, seconds since 1970."""
    found = examine(folder, Trust(time_roots=(tsa.root,))).anchors
    return clock.parse(found[-1].time).timestamp()


def test_a_word_missing_from_the_list_is_incomplete_and_says_so_once(everybody: Party, tmp_path: Path) -> None:
    note, proof, token = anchors.names(anchors.FIRST)
    for gone, left in ((note, set()), (proof, set()), (token, set())):
        folder = bundles.write_folder(tmp_path / "b", everybody.good.files())
        (folder / gone).unlink()
        assert verifiers.both(folder, roots=everybody.roots) == ("INCOMPLETE", {"B004"} | left), gone
        shutil.rmtree(folder)


def test_no_damaged_token_gives_another_time(everybody: Party, tmp_path: Path) -> None:
    """One bit here and there: for neither verifier another time than the authority's."""
    made = everybody.good
    whole_folder = bundles.write_folder(tmp_path / "g", made.files())
    good = {one.size: one.time for one in examine(whole_folder, Trust(time_roots=everybody.roots)).anchors}
    token = anchors.names(anchors.FIRST)[2]
    whole = made.files()[token]
    for at in range(3, len(whole), 29):
        files = made.files()
        files[token] = whole[:at] + bytes([whole[at] ^ (1 << at % 8)]) + whole[at + 1 :]
        bundles.relist(files)
        bundles.resign(files, made.world.signer)
        folder = bundles.write_folder(tmp_path / "b", files)
        found = examine(folder, Trust(time_roots=everybody.roots))
        check, _, word = verifiers.STANDALONE.examine(str(folder), None, list(everybody.roots))
        theirs = {one["size"]: one["time"] for one in check.anchors}
        for ours in ({one.size: one.time for one in found.anchors if one.trusted}, theirs):
            assert ours.items() <= good.items(), at
        assert word == found.word, (at, word, found)
