from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.carriers import sidecar

TEXT = "一只猫, masterpiece\nNegative prompt: 低质量\nSteps: 20, Seed: 1"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings(encoding: str) -> None:
    found = sidecar.sidecar_text(TEXT.encode(encoding))
    assert (found.name, found.text, found.raw) == ("sidecar:txt", TEXT, TEXT.encode(encoding))


def test_utf16_big_endian_and_latin1() -> None:
    assert sidecar.sidecar_text(b"\xfe\xff" + TEXT.encode("utf-16-be")).text == TEXT
    assert sidecar.sidecar_text("café".encode("latin-1")).text == "café"


def test_names() -> None:
    assert sidecar.names("picture.v2.png") == (
        "picture.v2.txt", "picture.v2.json", "picture.v2.swarm.json", "picture.v2.png.json", "picture.v2.xmp", "picture.v2.png.xmp",
        "log.html",
    )  # fmt: skip
    assert sidecar.names("noending")[:2] == ("noending.txt", "noending.json")
    assert sidecar.names("名\udcff.jpg")[0] == "名\udcff.txt"
    assert sidecar.names(".png")[0] == ".png.txt"


@pytest.mark.parametrize("name", ["notes.TXT", "a.json", "a.swarm.json", "a.xmp", "log.html", "a.swarmpreview.jpg"])
def test_what_is_a_sidecar_or_a_preview_has_none(name: str) -> None:
    assert sidecar.names(name) == ()


def test_kinds() -> None:
    found = [sidecar.kind_of(name) for name in ("a.txt", "a.JSON", "a.swarm.json", "a.png.xmp", "a.png", "log.html")]
    assert found == ["sidecar:txt", "sidecar:json", "sidecar:swarm", "sidecar:xmp", None, None]


def test_an_xmp_sidecar_gives_its_packet_and_its_properties() -> None:
    packet = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        b'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreatorTool="A tool"/></rdf:RDF></x:xmpmeta>'
    )
    found = sidecar.carriers_of(packet, "a.xmp", "a.png")
    assert [(c.name, c.text) for c in found][1:] == [("xmp:xmp:CreatorTool", "A tool")] and found[0].name == "sidecar:xmp"


ENTRY = (
    '<div id="{id}" class="image-container"><hr><table><tr>\n<td><a href="{name}"><img src=\'{name}\'/></a><div>{name}</div></td>'
    "{body}</div>"
)


def log(*entries: tuple[str, str]) -> bytes:
    """A log as Fooocus writes it, the newest entry first."""
    middle = "\n\n".join(ENTRY.format(id=name.replace(".", "_"), name=name, body=body) for name, body in entries)
    return f"<html><body><!--fooocus-log-split-->\n\n{middle}\n\n<!--fooocus-log-split--></body></html>".encode()


def test_a_log_gives_the_entry_of_one_picture() -> None:
    data = log(("b.png", "second"), ("a.png", "first"), ("aa.png", "other"))
    for name, body in (("a.png", "first"), ("b.png", "second"), ("aa.png", "other")):
        (found,) = sidecar.carriers_of(data, "log.html", name)
        assert found.name == "sidecar:log" and found.text is not None and body in found.text
        assert sum(one in found.text for one in ("first", "second", "other")) == 1
    assert sidecar.carriers_of(data, "log.html", "c.png") == ()


def test_a_log_entry_must_show_the_name_itself() -> None:
    """`a.png` and `a_png` have one id: the name in the entry decides."""
    data = log(("a_png", "another picture"))
    assert sidecar.log_entry(data, "a.png") is None and sidecar.log_entry(data, "a_png") is not None


@given(st.binary(max_size=300))
@settings(deadline=None)
def test_any_bytes_give_text(data: bytes) -> None:
    assert isinstance(sidecar.sidecar_text(data).text, str)
    for name in ("a.txt", "a.json", "a.xmp", "log.html"):
        assert all(isinstance(one.text, str) for one in sidecar.carriers_of(data, name, "a.png"))
