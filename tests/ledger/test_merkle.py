"""The tree: a recursive reference, others' vectors, and every proof bent."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.ledger import merkle

leaves_of = st.lists(st.binary(min_size=0, max_size=4).map(merkle.leaf_hash), max_size=70)


def reference(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + reference(leaves[:k]) + reference(leaves[k:])).digest()


def reference_path(m: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of RFC 6962 section 2.1.1, word for word."""
    if len(leaves) == 1:
        return []
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    if m < k:
        return [*reference_path(m, leaves[:k]), reference(leaves[k:])]
    return [*reference_path(m - k, leaves[k:]), reference(leaves[:k])]


def reference_proof(m: int, leaves: list[bytes], whole: bool = True) -> list[bytes]:
    """SUBPROOF of RFC 6962 section 2.1.2, word for word."""
    if m == len(leaves):
        return [] if whole else [reference(leaves)]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    if m <= k:
        return [*reference_proof(m, leaves[:k], whole), reference(leaves[k:])]
    return [*reference_proof(m - k, leaves[k:], False), reference(leaves[:k])]


@settings(deadline=None, max_examples=60)
@given(leaves_of, st.integers(0, 70))
def test_edge_tree_and_reference_agree_however_the_leaves_arrive(leaves: list[bytes], cut: int) -> None:
    whole = reference(leaves)
    assert merkle.root(leaves) == whole
    frontier = merkle.Frontier().extend(leaves[:cut])
    for leaf in leaves[cut:]:
        frontier = frontier.append(leaf)
    assert (frontier.size, frontier.root()) == (len(leaves), whole)
    tree = merkle.Tree().extend(leaves[:cut]).extend(leaves[cut:])
    once = merkle.Tree().extend(leaves)
    assert all(tree.root(size) == once.root(size) == merkle.root(leaves[:size]) for size in range(len(leaves) + 1))
    assert [tree.root(n) for n in range(len(leaves) + 1)] == [reference(leaves[:n]) for n in range(len(leaves) + 1)]


@settings(deadline=None, max_examples=60)
@given(leaves_of.filter(bool), st.data())
def test_proofs_are_the_reference_s_and_verify(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    old = data.draw(st.integers(1, len(leaves)))
    path, proof = merkle.inclusion_proof(leaves, index), merkle.consistency_proof(leaves, old)
    assert path == reference_path(index, leaves)
    assert proof == reference_proof(old, leaves)
    root = reference(leaves)
    assert merkle.verify_inclusion(index, len(leaves), leaves[index], path, root)
    assert merkle.verify_consistency(old, len(leaves), proof, reference(leaves[:old]), root)


@settings(deadline=None, max_examples=80)
@given(st.integers(2, 40), st.data())
def test_no_bent_proof_verifies(size: int, data: st.DataObject) -> None:
    leaves = [merkle.leaf_hash(bytes([n])) for n in range(size)]
    root, index = merkle.root(leaves), data.draw(st.integers(0, size - 1))
    path = merkle.inclusion_proof(leaves, index)
    at, bit = data.draw(st.integers(0, 32 * (len(path) + 2) - 1)), 1 << data.draw(st.integers(0, 7))
    flat = bytearray(leaves[index] + b"".join(path) + root)
    flat[at] ^= bit
    parts = [bytes(flat[n : n + 32]) for n in range(0, len(flat), 32)]
    assert not merkle.verify_inclusion(index, size, parts[0], parts[1:-1], parts[-1])
    assert not merkle.verify_inclusion(index, size, leaves[index], path[:-1], root)
    assert not merkle.verify_inclusion(index, size, leaves[index], [*path, root], root)
    other = data.draw(st.integers(0, size - 1).filter(lambda n: n != index))
    assert not merkle.verify_inclusion(other, size, leaves[index], path, root)


@settings(deadline=None, max_examples=80)
@given(st.integers(2, 40), st.data())
def test_no_bent_consistency_verifies(size: int, data: st.DataObject) -> None:
    leaves = [merkle.leaf_hash(bytes([n])) for n in range(size)]
    old = data.draw(st.integers(1, size - 1))
    proof, old_root, root = merkle.consistency_proof(leaves, old), merkle.root(leaves[:old]), merkle.root(leaves)
    assert not merkle.verify_consistency(old, size, proof[:-1], old_root, root)
    assert not merkle.verify_consistency(old, size, [*proof, root], old_root, root)
    assert not merkle.verify_consistency(old, size, proof, root, old_root)
    rewritten = [merkle.leaf_hash(b"another"), *leaves[1:]]
    assert not merkle.verify_consistency(old, size, merkle.consistency_proof(rewritten, old), old_root, merkle.root(rewritten))


def test_the_empty_tree_proves_nothing() -> None:
    junk = b"j" * 32
    assert merkle.EMPTY.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert merkle.verify_consistency(0, 0, [], merkle.EMPTY, merkle.EMPTY)
    assert not merkle.verify_consistency(0, 0, [], junk, junk)
    assert not merkle.verify_consistency(0, 1, [], merkle.EMPTY, junk)
    assert not merkle.verify_inclusion(0, 0, junk, [], merkle.EMPTY)


@pytest.mark.parametrize("call", [
    lambda t: t.inclusion(3), lambda t: t.inclusion(-1), lambda t: t.inclusion(0, 4), lambda t: t.inclusion(2, 2),
    lambda t: t.consistency(4), lambda t: t.consistency(2, 1), lambda t: t.root(4), lambda t: t.root(-1),
])
def test_out_of_range_is_refused(call) -> None:
    tree = merkle.Tree().extend([merkle.leaf_hash(b"x")] * 3)
    with pytest.raises(ValueError, match="no "):
        call(tree)


def _bytes(text: str | None) -> bytes:
    return base64.b64decode(text or "")


def test_others_vectors_agree(vectors: Path) -> None:
    wrong, count = [], 0
    for path in sorted((vectors / "merkle/testdata/inclusion").rglob("*.json")):
        v = json.loads(path.read_text())
        proof = [_bytes(item) for item in v["proof"] or []]
        good = merkle.verify_inclusion(v["leafIdx"], v["treeSize"], _bytes(v["leafHash"]), proof, _bytes(v["root"]))
        wrong += [path.name] if good == v["wantErr"] else []
        count += 1
    for path in sorted((vectors / "merkle/testdata/consistency").rglob("*.json")):
        v = json.loads(path.read_text())
        proof = [_bytes(item) for item in v["proof"] or []]
        good = merkle.verify_consistency(v["size1"], v["size2"], proof, _bytes(v["root1"]), _bytes(v["root2"]))
        wrong += [path.name] if good == v["wantErr"] else []
        count += 1
    assert wrong == []
    assert count == 196


def _valid_subtree(start: int, end: int) -> bool:
    return start % (1 << (end - start - 1).bit_length()) == 0


def test_accumulated_vectors_over_every_subtree_up_to_130() -> None:
    """The rolling hashes published in draft-ietf-plants-merkle-tree-certs (appendix on subtree test vectors)."""
    leaves = [merkle.leaf_hash(bytes([n])) for n in range(130)]
    hashes, paths = hashlib.sha256(), hashlib.sha256()
    for end in range(1, 131):
        for start in range(end):
            if not _valid_subtree(start, end):
                continue
            tree = merkle.Tree().extend(leaves[start:end])
            hashes.update(f"[{start}, {end}) {tree.root().hex()}\n".encode())
            for index in range(end - start):
                shown = "".join(f" {item.hex()}" for item in tree.inclusion(index))
                paths.update(f"{start + index} [{start}, {end}){shown}\n".encode())
    assert hashes.hexdigest() == "94a95384a8c69acea9b50d035a58285b3a777cb7a724005faa5e1f1e1190007f"
    assert paths.hexdigest() == "ac2a8f989e44d99e399db448050ff5f19757df53cfb716aa81015d3955d8163f"
