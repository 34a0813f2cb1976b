"""The tree over the leaves: RFC 6962 section 2.1, proofs and their checks as in RFC 9162 section 2.1. SHA-256; pure.

Hashes are 32 raw bytes everywhere. Prefix 0x00 marks a leaf and 0x01 a node, so that a node can never be shown as an entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

RAGGED = 4096  # hashes of incomplete subtrees that are kept
EMPTY = sha256(b"").digest()
"""The root of the tree without leaves (RFC 6962: the hash of an empty string)."""


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 || data), 32 bytes."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right), 32 bytes."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True)
class Frontier:
    """The roots of the complete subtrees on the right edge, largest first: all that is needed to go on, log2(size) hashes."""

    size: int = 0
    edge: tuple[bytes, ...] = ()

    def append(self, leaf: bytes) -> Frontier:
        """The frontier after one more leaf hash."""
        return self.extend((leaf,))

    def extend(self, leaves: Iterable[bytes]) -> Frontier:
        """The frontier after more leaf hashes, in order."""
        edge, size = list(self.edge), self.size
        for leaf in leaves:
            node, rest = leaf, size
            while rest & 1:
                node = sha256(b"\x01" + edge.pop() + node).digest()
                rest >>= 1
            edge.append(node)
            size += 1
        return Frontier(size, tuple(edge))

    def joined(self, edge: Iterable[bytes], count: int) -> Frontier:
        """The frontier after `count` more leaves, of which a frontier of their own was made: its edge. Raises ValueError where the complete
        subtrees of that one are none of this tree (this size must be a multiple of the largest)."""
        mine, size = list(self.edge), self.size
        for node, level in zip(edge, (bit for bit in reversed(range(count.bit_length())) if count >> bit & 1), strict=True):
            if size & ((1 << level) - 1):
                raise ValueError(f"no complete subtree of {1 << level} leaves begins at {size}")
            rest = size >> level
            while rest & 1:
                node = node_hash(mine.pop(), node)
                rest >>= 1
            mine.append(node)
            size += 1 << level
        return Frontier(size, tuple(mine))

    def root(self) -> bytes:
        """The Merkle tree hash over all leaves so far."""
        if not self.edge:
            return EMPTY
        node = self.edge[-1]
        for left in reversed(self.edge[:-1]):
            node = node_hash(left, node)
        return node


class Tree:
    """Every complete subtree's hash, level by level (64 bytes a leaf in all), so that a proof costs microseconds at any size.

    Grows at its right edge and changes nowhere else, so that a proof may be made while another thread adds leaves.
    """

    def __init__(self) -> None:
        self._levels = [bytearray()]
        self._ragged: dict[tuple[int, int], bytes] = {}

    @property
    def size(self) -> int:
        """How many leaves the tree has."""
        return len(self._levels[0]) // 32

    def extend(self, leaves: Iterable[bytes]) -> Tree:
        """Add leaf hashes after its own, in order; the work is that of the new ones. Hands back this tree."""
        fresh = b"".join(leaves)
        depth = 0
        added: list[tuple[int, bytes]] = []
        while fresh:
            added.append((depth, fresh))
            if depth == len(self._levels):
                self._levels.append(bytearray())
            level, known = self._levels[depth], len(self._levels[depth])
            pairs = (bytes(level[known - 32 :]) if known // 32 & 1 else b"") + fresh
            fresh = b"".join([sha256(b"\x01" + pairs[at : at + 64]).digest() for at in range(0, len(pairs) // 64 * 64, 64)])
            depth += 1
        for depth, nodes in reversed(added):  # the leaves last: a size that is seen has its nodes
            self._levels[depth] += nodes
        return self

    def root(self, size: int | None = None) -> bytes:
        """The Merkle tree hash over the first `size` leaves (all by default). Raises ValueError when there are fewer."""
        size = self.size if size is None else size
        if not 0 <= size <= self.size:
            raise ValueError(f"no tree of size {size} within {self.size} leaves")
        return self._range(0, size) if size else EMPTY

    def _range(self, start: int, stop: int) -> bytes:
        """MTH(D[start:stop]); start is a multiple of the largest power of two not above stop - start."""
        count = stop - start
        depth = count.bit_length() - 1
        if count == 1 << depth:
            at = (start >> depth) * 32
            return bytes(self._levels[depth][at : at + 32])
        known = self._ragged.get((start, stop))
        if known is None:  # a range once complete never changes, and every proof of one size asks for the same few at its right edge
            if len(self._ragged) >= RAGGED:
                self._ragged.clear()
            middle = start + _split(count)
            known = self._ragged[start, stop] = node_hash(self._range(start, middle), self._range(middle, stop))
        return known

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """PATH(index, D[0:size]) of RFC 6962 section 2.1.1: the sibling's hash first. Raises ValueError out of range."""
        size = self.size if size is None else size
        if not 0 <= index < size <= self.size:
            raise ValueError(f"no leaf {index} in a tree of size {size} within {self.size} leaves")
        proof: list[bytes] = []
        start, stop = 0, size
        while stop - start > 1:
            middle = start + _split(stop - start)
            if index < middle:
                proof.append(self._range(middle, stop))
                stop = middle
            else:
                proof.append(self._range(start, middle))
                start = middle
        return proof[::-1]

    def consistency(self, old: int, new: int | None = None) -> list[bytes]:
        """PROOF(old, D[0:new]) of RFC 6962 section 2.1.2; empty where old is 0 or equals new. Raises ValueError out of range."""
        new = self.size if new is None else new
        if not 0 <= old <= new <= self.size:
            raise ValueError(f"no proof from {old} to {new} within {self.size} leaves")
        if old in (0, new):
            return []
        proof: list[bytes] = []
        start, stop = 0, new
        while old != stop:
            middle = start + _split(stop - start)
            if old <= middle:
                proof.append(self._range(middle, stop))
                stop = middle
            else:
                proof.append(self._range(start, middle))
                start = middle
        if start:  # the old tree's last subtree is not the whole old tree, so its hash must be given too
            proof.append(self._range(start, stop))
        return proof[::-1]


def _split(count: int) -> int:
    """The largest power of two below `count` (count > 1)."""
    return 1 << ((count - 1).bit_length() - 1)


def root(leaves: Sequence[bytes]) -> bytes:
    """The Merkle tree hash over leaf hashes."""
    return Frontier().extend(leaves).root()


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The path from leaf `index` to the root over `leaves` (leaf hashes). Raises ValueError out of range."""
    return Tree().extend(leaves).inclusion(index)


def consistency_proof(leaves: Sequence[bytes], old: int) -> list[bytes]:
    """That the tree over the first `old` leaf hashes is a prefix of the tree over all. Raises ValueError out of range."""
    return Tree().extend(leaves).consistency(old)


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """RFC 9162 section 2.1.3.2: whether `leaf` (a leaf hash) stands at `index` in the tree of `size` leaves with this root."""
    if not 0 <= index < size or not _hashes(leaf, root, *proof):
        return False
    fn, sn, node = index, size - 1, leaf
    for item in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            node = node_hash(item, node)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            node = node_hash(node, item)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and node == root


def verify_consistency(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """RFC 9162 section 2.1.4.2: whether the tree of `new` leaves begins with the tree of `old` leaves.

    From size 0 to a larger one nothing can be proved and the answer is False; at 0 to 0 both roots must be the empty tree's.
    """
    if old == new >= 0:
        return not proof and old_root == new_root and (old > 0 or old_root == EMPTY)
    if not 0 < old < new or not proof or not _hashes(old_root, new_root, *proof):
        return False
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for item in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node_hash(item, fr), node_hash(item, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, item)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == old_root and sr == new_root


def _hashes(*values: bytes) -> bool:
    return all(len(value) == 32 for value in values)
