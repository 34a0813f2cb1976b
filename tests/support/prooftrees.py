"""Random OpenTimestamps trees, for hypothesis: well-formed, of every operation, with known and unknown attestations."""

from __future__ import annotations

from hypothesis import strategies as st
from support.calendars import bitcoin, leb, pending

from provenance.seal import ots

_attestations = st.one_of(
    st.integers(0, (1 << 35) - 1).map(bitcoin),
    st.text("abc/:.-_09", max_size=20).map(pending),
    st.binary(min_size=8, max_size=8).filter(lambda t: t not in (ots.PENDING, ots.BITCOIN)).flatmap(
        lambda tag: st.binary(max_size=20).map(lambda body: tag + leb(len(body)) + body)),
)  # fmt: skip
_arguments = st.binary(min_size=1, max_size=12)
_ops = st.one_of(
    _arguments.map(lambda a: b"\xf0" + leb(len(a)) + a + b"\x08"),
    _arguments.map(lambda a: b"\xf1" + leb(len(a)) + a + b"\x08"),
    st.sampled_from([b"\x08", b"\xf2", b"\xf3\x08", b"\x02\xf3\x08", b"\x67"]),
)
_leaves = _attestations.map(lambda a: b"\x00" + a)
trees = st.recursive(
    _leaves,
    lambda inner: st.lists(st.one_of(_leaves, st.tuples(_ops, inner).map(b"".join)), min_size=1, max_size=3).map(
        lambda items: b"".join(b"\xff" + item for item in items[:-1]) + items[-1]
    ),
    max_leaves=12,
)
