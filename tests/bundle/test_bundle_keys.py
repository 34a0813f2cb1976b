"""A bundle follows the ledger's keys from the first to the signer's, and says who signed beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from support import bundles, heirs, people, verifiers
from support.heirs import KEYS, LOST, REVOKED, ROTATED

from provenance.bundle.examine import examine
from provenance.bundle.verdict import Trust
from provenance.seal import author, certificates
from provenance.seal.author import Author


def judged(folder: Path, files: dict[str, bytes], key: str | None = None) -> tuple[str, set[str]]:
    """Verdict and codes; of both verifiers once the stand-alone one knows these codes, which then must agree."""
    bundles.write_folder(folder, files)
    if {"K007", "A002"} <= set(verifiers.STANDALONE.TEXTS):
        word, codes = verifiers.both(folder, key)
    else:
        word, counted = verifiers.package(folder, key)
        codes = set(counted)
    return word, codes - {"T001"}


GOOD = {
    "one rotation": ([(ROTATED, 0, 1)], 1, set()),
    "two rotations": ([(ROTATED, 0, 1), (ROTATED, 1, 2)], 2, set()),
    "lost": ([(LOST, 0, 1)], 1, {"K009"}),
    "revoked": ([(REVOKED, 0, 1)], 1, {"K010"}),
    "all of them": ([(ROTATED, 0, 1), (LOST, 1, 2), (REVOKED, 2, 3)], 3, {"K009", "K010"}),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_line_of_keys_is_followed(tmp_path: Path, name: str) -> None:
    changes, signer, notes = GOOD[name]
    files = heirs.files(heirs.world(tmp_path / "w", changes, signer=signer))
    assert judged(tmp_path / "b", files) == ("INTEGRITY ONLY", notes)
    for known in range(signer + 1):  # whoever noted the first key's fingerprint years ago finds it again
        assert judged(tmp_path / f"k{known}", files, KEYS[known].fingerprint) == ("INTEGRITY ONLY", notes)
    assert judged(tmp_path / "kx", files, KEYS[4].fingerprint) == ("FAILED", {"K004", *notes})


def test_nothing_had_been_committed_to(tmp_path: Path) -> None:
    made = heirs.world(tmp_path / "w", [(ROTATED, 0, 1)], signer=1, committed=False)
    assert judged(tmp_path / "b", heirs.files(made)) == ("INTEGRITY ONLY", {"K008"})
    made = heirs.world(tmp_path / "v", [(LOST, 0, 1)], signer=1, committed=False)
    assert judged(tmp_path / "c", heirs.files(made)) == ("FAILED", {"K006", "K007"})


BAD = {
    "the old key goes on signing": ([(ROTATED, 0, 1)], 0, (), {"K006"}),
    "a thief's heir": ([(ROTATED, 0, 3)], 3, (), {"K006", "K007"}),
    "the old key did not sign": ([(ROTATED, 0, 1)], 1, (1,), {"K006", "K007"}),
    "the new key did not sign": ([(LOST, 0, 1)], 1, (0,), {"K006", "K007"}),
    "another's old key": ([(ROTATED, 2, 1)], 1, (), {"K006", "K007"}),
    "a false second": ([(ROTATED, 0, 1), (ROTATED, 0, 2)], 2, (), {"K006", "K007"}),
    "a false second, the right signer": ([(ROTATED, 0, 1), (ROTATED, 0, 2)], 1, (), {"K007"}),
}


@pytest.mark.parametrize("name", BAD)
def test_a_line_that_does_not_lead_there(tmp_path: Path, name: str) -> None:
    changes, signer, signers, codes = BAD[name]
    made = heirs.world(tmp_path / "w", changes, signer=signer, signers=signers)
    assert judged(tmp_path / "b", heirs.files(made)) == ("FAILED", codes)


def test_a_rotation_left_out_breaks_the_line(tmp_path: Path) -> None:
    made = heirs.world(tmp_path / "w", [(ROTATED, 0, 1)], signer=1)
    files = heirs.files(made)
    for name in ("data/entries/00000008.json", "proof/00000008.tlog-proof"):
        del files[name]
    files["data/bundle.json"] = files["data/bundle.json"].replace(b"6,7,8]", b"6,7]")
    bundles.rehash(files)
    bundles.resign(files, made.signer)
    assert judged(tmp_path / "b", files) == ("FAILED", {"K006"})


# --- the author -----------------------------------------------------------------------------------------------------------------------


def keyed(key: object, chain: bytes = b"") -> Author:
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())  # type: ignore[attr-defined]
    found = author.read(pem, lambda: b"")
    return Author(found.person, found._key, chain)


MEI = ed25519.Ed25519PrivateKey.generate()


def signed(folder: Path, who: Author, **more: bool) -> dict[str, bytes]:
    return heirs.files(heirs.world(folder, [], signer=0, author=who, **more), who)


@pytest.mark.parametrize("kind", [
    lambda: MEI, lambda: ec.generate_private_key(ec.SECP256R1()), lambda: rsa.generate_private_key(65537, 2048),
])
def test_the_author_signs_too(tmp_path: Path, kind) -> None:
    assert judged(tmp_path / "b", signed(tmp_path / "w", keyed(kind()))) == ("INTEGRITY ONLY", {"A004"})
    assert [step.key for step in examine(tmp_path / "b").steps][-1] == "author"


def test_a_bundle_without_an_author_has_no_such_step(tmp_path: Path) -> None:
    bundles.write_folder(tmp_path / "b", heirs.files(heirs.world(tmp_path / "w", [], signer=0)))
    assert [step.key for step in examine(tmp_path / "b").steps][-1] == "time"


def _swap(files: dict[str, bytes]) -> None:
    """Another person puts their own signature on it, and the holder of the ledger's key seals that."""
    other = keyed(ed25519.Ed25519PrivateKey.generate())
    files["proof/author.pem"] = other.person.pem
    bundles.relist(files)
    files["author.sig"] = other.sign(files["tagmanifest-sha256.txt"])


def _weak(files: dict[str, bytes]) -> None:
    weak = ed25519.Ed25519PublicKey.from_public_bytes(b"\1" + bytes(31))
    files["proof/author.pem"] = weak.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    files["author.sig"] = b"\1" + bytes(63)


def _flip(files: dict[str, bytes]) -> None:
    files["author.sig"] = files["author.sig"][:-1] + bytes([files["author.sig"][-1] ^ 1])


CHANGES = {
    "A001_weak": (_weak, "FAILED", {"A001"}),
    "A001_spelling": (lambda f: f.__setitem__("proof/author.pem", f["proof/author.pem"] + b"\n"), "FAILED", {"A001"}),
    "A002_flipped": (_flip, "FAILED", {"A002"}),
    "A002_empty": (lambda f: f.__setitem__("author.sig", b""), "FAILED", {"A002"}),
    "A003_another_person": (_swap, "FAILED", {"A003"}),
    "B005_signature_removed": (lambda f: f.__delitem__("author.sig"), "INCOMPLETE", {"B005"}),
    "B005_key_removed": (lambda f: f.__delitem__("proof/author.pem"), "INCOMPLETE", {"B005"}),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_wrong_with_the_author_s_signature(tmp_path: Path, name: str) -> None:
    change, word, codes = CHANGES[name]
    files = signed(tmp_path / "w", keyed(MEI))
    change(files)
    bundles.relist(files)
    bundles.resign(files, KEYS[0])
    assert judged(tmp_path / "b", files) == (word, codes)


def test_a_bundle_that_the_ledger_never_named_the_author_in(tmp_path: Path) -> None:
    assert judged(tmp_path / "b", signed(tmp_path / "w", keyed(MEI), named=False)) == ("FAILED", {"A003"})


def test_a_thief_changes_a_file_and_the_author_s_signature_fails_too(tmp_path: Path) -> None:
    files = signed(tmp_path / "w", keyed(MEI))
    files["README.txt"] += b"!"
    lists = dict(files)
    bundles.relist(files)
    assert judged(tmp_path / "b", files) == ("FAILED", {"S001", "A002"})
    assert judged(tmp_path / "c", lists) == ("FAILED", {"F001", "A004"})


# --- whose key ------------------------------------------------------------------------------------------------------------------------

ROOT = people.authority()
ISSUER = ROOT.below("Issuing CA")


def certified(folder: Path, chain: bytes) -> Path:
    return bundles.write_folder(folder / "b", signed(folder / "w", keyed(MEI, chain)))


def chain(**times) -> bytes:
    return certificates.to_pem([ISSUER.leaf(MEI.public_key(), **times), ISSUER.certificate])


def said(folder: Path, *trusted: bytes) -> tuple[str, tuple[str, ...], set[str]]:
    verdict = examine(folder, Trust(None, trusted))
    return verdict.word, verdict.added, {finding.code for finding in verdict.findings} - {"T001", "A004"}


def test_identified_only_under_an_authority_that_is_trusted_from_elsewhere(tmp_path: Path) -> None:
    folder = certified(tmp_path, chain())
    assert said(folder, ROOT.pem) == ("INTEGRITY ONLY", ("IDENTIFIED",), {"A007"})
    (found,) = (f for f in examine(folder, Trust(None, (ROOT.pem,))).findings if f.code == "A007")
    assert dict(found.params) == {"name": "CN=Mei Lin", "issuer": "CN=Issuing CA", "at": "2026-11-22T02:00:00.000000Z"}
    for trusted in ((), (people.authority().pem,)):
        assert said(folder, *trusted) == ("INTEGRITY ONLY", (), {"A006"})


def test_certificates_out_of_time_and_of_another_key(tmp_path: Path) -> None:
    assert said(certified(tmp_path / "old", chain(until=people.day(30))), ROOT.pem) == ("INTEGRITY ONLY", (), {"A006"})
    other = certificates.to_pem([ISSUER.leaf(ed25519.Ed25519PrivateKey.generate().public_key()), ISSUER.certificate])
    assert said(certified(tmp_path / "other", other), ROOT.pem) == ("FAILED", (), {"A005"})
    assert said(certified(tmp_path / "junk", b"junk"), ROOT.pem) == ("FAILED", (), {"A005"})


def test_a_failed_bundle_is_nobody_s(tmp_path: Path) -> None:
    folder = certified(tmp_path, chain())
    (folder / "README.txt").write_bytes(b"")
    assert said(folder, ROOT.pem)[:2] == ("FAILED", ())


def test_the_verifier_gives_codes_for_any_bytes_in_these_files(tmp_path: Path) -> None:
    import random

    from support.verifiers import package

    files = signed(tmp_path / "w", keyed(MEI, chain()))
    chance = random.Random(7)
    for n in range(60):
        broken = dict(files)
        name = chance.choice(["author.sig", "proof/author.pem", "proof/author-chain.pem"])
        data = bytearray(broken[name])
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        broken[name] = bytes(data)
        folder = bundles.write_folder(tmp_path / str(n), broken)
        word, codes = package(folder)
        assert word == "FAILED" and codes & {"F001": 1, "A002": 1, "A001": 1}.keys()
