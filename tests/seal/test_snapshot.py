"""Signed heads and proofs: one spelling each; a real log of others opens, root by root."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.errors import BadInput
from provenance.ledger import merkle
from provenance.seal import keys, note, snapshot
from provenance.seal.snapshot import Snapshot

TESSERA = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
ROOT = b"\x07" * 32
GOOD = Snapshot("prov.local/test", 3, ROOT)


@given(st.text("abz./-9é", min_size=1, max_size=9), st.integers(0, 2**63 - 1), st.binary(min_size=32, max_size=32))
def test_text_and_back(origin: str, size: int, root: bytes) -> None:
    one = Snapshot(origin, size, root)
    assert snapshot.parse(one.text()) == one
    assert snapshot.parse(one.text()).text() == one.text()


@pytest.mark.parametrize("change", [
    lambda t: t + "\n", lambda t: t[:-1], lambda t: t + "extension\n", lambda t: "\n" + t, lambda t: t.replace("\n3\n", "\n03\n"),
    lambda t: t.replace("\n3\n", "\n+3\n"), lambda t: t.replace("\n3\n", "\n-3\n"), lambda t: t.replace("\n3\n", "\n3 \n"),
    lambda t: t.replace("\n3\n", "\n３\n"), lambda t: t.replace("\n3\n", "\n9223372036854775808\n"), lambda t: t.replace("\n3\n", "\n\n"),
    lambda t: t.replace("\n3\n", f"\n{10**30}\n"), lambda t: t.replace("=\n", "\n"), lambda t: t.replace("BwcH", "Bwc-"),
    lambda t: t.replace("c=\n", "d=\n"),
    lambda t: t.replace("BwcH", "", 1), lambda t: t.replace("prov.local/test", ""), lambda t: t.replace("\n", "\r\n"), lambda _: "",
])
def test_every_second_spelling_is_refused(change) -> None:
    with pytest.raises(BadInput) as caught:
        snapshot.parse(change(GOOD.text()))
    assert caught.value.key == "seal.bad-snapshot"


def test_signed_and_opened(signer: keys.Signer, tmp_path: Path) -> None:
    signed = snapshot.sign(GOOD, signer)
    assert snapshot.open_snapshot(signed, signer.verifier) == GOOD
    assert signed == snapshot.sign(GOOD, signer), "Ed25519 is deterministic: the same head gives the same bytes"
    stranger = keys.create(tmp_path / "other", "prov.local/test")
    renamed = keys.create(tmp_path / "third", "prov.local/other")
    with pytest.raises(BadInput):
        snapshot.open_snapshot(signed, stranger.verifier)
    with pytest.raises(BadInput):
        snapshot.sign(GOOD, renamed)
    with pytest.raises(BadInput):
        snapshot.sign(Snapshot("prov.local/test", 3, b"short"), signer)
    foreign = note.sign(Snapshot("prov.local/elsewhere", 3, ROOT).text(), [signer])
    with pytest.raises(BadInput) as caught:
        snapshot.open_snapshot(foreign, signer.verifier)
    assert caught.value.key == "seal.bad-snapshot"


@pytest.mark.parametrize("extra", [None, b"", b"any bytes \x00\xff"])
@pytest.mark.parametrize("size", [1, 2, 7])
def test_proof_files(signer: keys.Signer, size: int, extra: bytes | None) -> None:
    leaves = [merkle.leaf_hash(bytes([n])) for n in range(size)]
    signed = snapshot.sign(Snapshot(signer.name, size, merkle.root(leaves)), signer)
    for index in range(size):
        text = snapshot.tlog_proof(index, merkle.inclusion_proof(leaves, index), signed, extra)
        proof = snapshot.parse_tlog_proof(text)
        head = snapshot.open_snapshot(proof.note, signer.verifier)
        assert (proof.index, proof.note, proof.extra) == (index, signed, extra)
        assert merkle.verify_inclusion(proof.index, head.size, leaves[index], proof.path, head.root)
        assert snapshot.tlog_proof(proof.index, proof.path, proof.note, proof.extra) == text


@pytest.mark.parametrize("change", [
    lambda t: t.replace("@v1", "@v2"), lambda t: t.replace("index 1", "index 01"), lambda t: t.replace("index 1", "index -1"),
    lambda t: t.replace("index 1\n", ""), lambda t: t.replace("index 1", "index  1"), lambda t: t.replace("index 1", "extra !\nindex 1"),
    lambda t: t.replace("index 1\n", "index 1\nAAAA\n"), lambda t: t.replace("index 1\n", "index 1\n" + ("A" * 43 + "=\n") * 64),
    lambda t: t.replace("index 1", "index 1\nextra QQ=="), lambda t: "\n" + t, lambda t: t.split("\n\n", maxsplit=1)[0], lambda _: "",
    lambda t: t.replace("\n", "\r\n"),
])
def test_bent_proof_files_are_refused(signer: keys.Signer, change) -> None:
    signed = snapshot.sign(Snapshot(signer.name, 2, ROOT), signer)
    with pytest.raises(BadInput) as caught:
        snapshot.parse_tlog_proof(change(snapshot.tlog_proof(1, [ROOT], signed)))
    assert caught.value.key == "seal.bad-proof"


def _bundle_entries(path: Path) -> list[bytes]:
    """tlog-tiles entry bundle: each entry behind its length, two bytes big endian."""
    data, found = path.read_bytes(), []
    while data:
        length = int.from_bytes(data[:2], "big")
        found.append(data[2 : 2 + length])
        data = data[2 + length :]
    return found


def test_a_real_log_of_others(vectors: Path) -> None:
    folder = vectors / "tessera-log" / "testdata" / "log"
    verifier = note.parse_vkey(TESSERA)
    sizes = set()
    for path in sorted(folder.glob("checkpoint*")):
        head = snapshot.open_snapshot(path.read_bytes(), verifier)
        sizes.add(head.size)
        if head.size == 0:
            assert head.root == merkle.EMPTY
            continue
        entries = _bundle_entries(folder / f"tile/entries/000.p/{head.size}")
        leaves = [merkle.leaf_hash(entry) for entry in entries]
        assert len(entries) == head.size
        assert merkle.root(leaves) == head.root
        assert b"".join(leaves) == (folder / f"tile/0/000.p/{head.size}").read_bytes()
    assert sizes == set(range(16))


def test_a_changed_entry_of_a_real_log_is_not_under_its_root(vectors: Path) -> None:
    folder = vectors / "tessera-log" / "testdata" / "log"
    head = snapshot.open_snapshot((folder / "checkpoint.15").read_bytes(), note.parse_vkey(TESSERA))
    leaves = [merkle.leaf_hash(entry) for entry in _bundle_entries(folder / "tile/entries/000.p/15")]
    leaves[4] = merkle.leaf_hash(hashlib.sha256(b"another").digest())
    assert merkle.root(leaves) != head.root
