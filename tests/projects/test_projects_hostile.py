"""Cut, flipped and lying project files: problems, never errors, and bounded."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import projectfiles as made
from support.projectfiles import Made, noise

from provenance.projects import lzf
from provenance.projects.bounds import MOST_TEXT, Cut
from provenance.projects.formats import describe

ROWS = [Made("g", inside=[Made("a", noise(1, 9, 8, alpha=True), ident=1)]), Made("b", noise(2, 12, 9), ident=2)]
FILES = {
    "psd": made.psd(ROWS, tool="x"), "psb": made.psd(ROWS, big=True, packing=3), "xcf": made.xcf(ROWS),
    "xcf 3": made.xcf(ROWS, version=3, packing=2),
    "kra": made.kra(ROWS), "ora": made.ora(ROWS), "clip": made.clip([("a", 1), ("b", 0)]), "procreate": made.procreate(ROWS),
    "tiff": made.tiff_pages(ROWS[1:] * 2), "tiff photoshop": made.tiff_photoshop(ROWS),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_no_cut_raises(name: str) -> None:
    data = FILES[name]
    for end in range(0, len(data), max(1, len(data) // 60)):
        describe(data[:end], "a.procreate")


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_no_changed_byte_raises(name: str, data: st.DataObject) -> None:
    found = bytearray(FILES[name])
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(4, len(found) - 1))
        found[at] = data.draw(st.sampled_from((0, 1, 0x7F, 0x80, 0xFF)))
    describe(bytes(found), "a.procreate")


def test_sizes_that_lie_are_refused_before_memory_is_taken() -> None:
    psd = bytearray(made.psd([Made("b", noise(2, 12, 9))]))
    at = psd.index(struct.pack(">4i", 0, 0, 9, 12))
    psd[at : at + 16] = struct.pack(">4i", 0, 0, 200_000, 200_000)
    found = describe(bytes(psd))
    assert found is not None and found.layers[0].unread == "too large"
    tiles = made.kra_tiles(noise(2, 12, 9)).replace(b"0,0,LZF", b"9000000,9000000,LZF")
    kra = describe(made.kra([Made("b", noise(2, 12, 9))], more={"x": tiles}))
    assert kra is not None


def test_tiles_far_apart_are_refused() -> None:
    from provenance.projects import kra_tiles
    from provenance.projects.bounds import Budget, Spent

    one = made.kra_tiles(noise(2, 12, 9), packed=False)
    head, body = one.split(b"DATA 1\n")
    both = head + b"DATA 2\n" + body + body.replace(b"0,0,LZF", b"900000,900000,LZF")
    with pytest.raises(Spent, match="too large"):
        kra_tiles.read(both, b"\0" * 4, 4, (12, 9), Budget())


def test_a_zip_bomb_is_not_inflated() -> None:
    data = made.packed_zip({"maindoc.xml": b" " * (MOST_TEXT + 1)}, ("mimetype", b"application/x-krita"))
    found = describe(data)
    assert len(data) < 100_000 and found is not None and found.problems == ("maindoc.xml",)


def test_a_database_with_views_and_triggers_is_only_read() -> None:
    schema = (
        "DROP TABLE CanvasPreview; CREATE VIEW CanvasPreview AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) "
        "SELECT max(x) AS ImageData FROM n;"
    )
    found = describe(made.clip([("a", 1)], schema=schema))
    assert found is not None and found.preview is None and [layer.name for layer in found.layers] == ["a"]


def test_a_loop_of_folders_ends() -> None:
    found = describe(made.clip([("a", 1), ("b", 1)], schema="UPDATE Layer SET LayerNextIndex = 3 WHERE MainId = 4"))
    assert found is not None and [layer.name for layer in found.layers] == ["b", "a"]


@settings(max_examples=60, deadline=None)
@given(raw=st.binary(max_size=600) | st.builds(lambda a, n: a * n, st.binary(min_size=1, max_size=3), st.integers(1, 400)))
def test_lzf_gives_back_what_was_packed(raw: bytes) -> None:
    assert lzf.unpacked(made.lzf(raw), len(raw))[0] == raw


@settings(max_examples=100, deadline=None)
@given(packed=st.binary(max_size=80), length=st.integers(0, 400))
def test_lzf_of_anything_is_bounded(packed: bytes, length: int) -> None:
    try:
        out, _ = lzf.unpacked(packed, length)
    except Cut:
        return
    assert len(out) == length


@pytest.mark.parametrize("kind", ["ora", "kra"])
def test_a_cut_list_of_layers_says_so(kind: str) -> None:
    name, mime = {"ora": ("stack.xml", b"image/openraster"), "kra": ("maindoc.xml", b"application/x-krita")}[kind]
    inner = {
        "ora": '<image w="4" h="4"><stack><stack name="g"><layer name="a" src="x.png"/>',
        "kra": '<DOC><IMAGE name="p" width="4" height="4"><layers><layer name="g" nodetype="grouplayer"/><layer name="a"/>',
    }[kind]
    found = describe(made.packed_zip({name: inner.encode()}, ("mimetype", mime)))
    assert found is not None and [layer.name for layer in found.layers] == ["g", "a"] and found.problems == (f"{name} cut",)


def test_entities_are_refused() -> None:
    bomb = b'<!DOCTYPE image [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><image w="4" h="4"><stack name="&b;"/></image>'
    found = describe(made.packed_zip({"stack.xml": bomb}, ("mimetype", b"image/openraster")))
    assert found is not None and found.layers == () and found.problems == ("stack.xml",)
