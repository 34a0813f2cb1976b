"""XMP: properties by namespace, in every form of RDF that writers use, and nothing that a hostile packet could do."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.imagefiles import jpeg, png, segment, webp, xmp_segments
from support.stillfiles import xmp_packet

from provenance.carriers import open_container, xmp
from provenance.carriers.carrier import Container
from provenance.carriers.finds import Finds

LABEL = {"Label": "1", "ContentProducer": "001191110000000000000X10000", "ProduceID": "P-1"}


def properties(packet: str) -> dict[str, str]:
    return dict(xmp.properties(packet.encode()))


def opened(data: bytes) -> tuple[Container, dict[str, str | None]]:
    found = open_container(data, size=len(data))
    return found, {c.name: c.text for c in found.carriers if c.name.startswith("xmp")}


def test_attributes_and_elements_are_the_same_property() -> None:
    both = properties(xmp_packet("<dc:format>image/png</dc:format>", 'xmp:CreatorTool="Draw Things"'))
    assert both == {"xmp:CreatorTool": "Draw Things", "dc:format": "image/png"}


def test_the_default_alternative_and_lists() -> None:
    body = (
        '<dc:description><rdf:Alt><rdf:li xml:lang="de">Katze</rdf:li><rdf:li xml:lang="x-default">cat</rdf:li></rdf:Alt></dc:description>'
        "<dc:subject><rdf:Bag><rdf:li>one</rdf:li><rdf:li>two</rdf:li></rdf:Bag></dc:subject>"
        "<dc:creator><rdf:Seq><rdf:li>Ann</rdf:li></rdf:Seq></dc:creator><dc:rights><rdf:Alt/></dc:rights>"
    )
    assert properties(xmp_packet(body)) == {"dc:description": "cat", "dc:subject": '["one","two"]', "dc:creator": "Ann"}


def test_json_in_an_alternative_as_draw_things_writes_it() -> None:
    written = '{"c":"a \\"fox\\" & <snow>","seed":18446744073709551615}'
    escaped = written.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    body = f'<exif:UserComment><rdf:Alt><rdf:li xml:lang="x-default">{escaped}</rdf:li></rdf:Alt></exif:UserComment>'
    assert properties(xmp_packet(body)) == {"exif:UserComment": written}


STEP = '<rdf:li stEvt:action="saved" stEvt:softwareAgent="Photoshop"/>'
RESOURCE = "<rdf:li rdf:parseType='Resource'>{}</rdf:li>".format(
    "<stEvt:action>saved</stEvt:action><stEvt:softwareAgent>Photoshop</stEvt:softwareAgent>"
)
NESTED = '<rdf:li><rdf:Description stEvt:action="saved"><stEvt:softwareAgent>Photoshop</stEvt:softwareAgent></rdf:Description></rdf:li>'


@pytest.mark.parametrize("step", [STEP, RESOURCE, NESTED], ids=["attributes", "parseType", "Description"])
def test_structures_are_json_however_they_are_written(step: str) -> None:
    found = properties(xmp_packet(f"<xmpMM:History><rdf:Seq>{step}</rdf:Seq></xmpMM:History>"))
    assert json.loads(found["xmpMM:History"]) == [{"stEvt:action": "saved", "stEvt:softwareAgent": "Photoshop"}]


def test_qualified_values_resources_and_pantries() -> None:
    body = (
        '<dc:source><rdf:Description><rdf:value>a.png</rdf:value><dc:type>file</dc:type></rdf:Description></dc:source>'
        '<dc:relation rdf:resource="https://example.org/x"/>'
        "<xmpMM:Pantry><rdf:Bag><rdf:li>whole packets</rdf:li></rdf:Bag></xmpMM:Pantry>"
    )
    assert properties(xmp_packet(body)) == {"dc:source": "a.png", "dc:relation": "https://example.org/x"}


@pytest.mark.parametrize(("prefix", "uri", "name"), [
    ("iptcExt", "http://iptc.org/std/Iptc4xmpExt/2008-02-29/", "Iptc4xmpExt:AIGC"),
    ("C260", "http://www.tc260.org.cn/ns/AIGC/1.0/", "TC260:AIGC"),
    ("TC260", "http://www.tc260.org.cn/ns/AIGC/1.0", "TC260:AIGC"),
    ("TC260", "https://www.tc260.org.cn/ns/AIGC/1.0/", "TC260:AIGC"),
    ("dc", "http://example.org/other#", "{http://example.org/other#}AIGC"),
])  # fmt: skip
def test_the_namespace_counts_and_not_the_prefix(prefix: str, uri: str, name: str) -> None:
    assert properties(xmp_packet("", f'{prefix}:AIGC="x"', names={prefix: uri})) == {name: "x"}
    assert properties(xmp_packet(f"<{prefix}:AIGC>x</{prefix}:AIGC>", names={prefix: uri})) == {name: "x"}


@pytest.mark.parametrize("form", ["element", "attribute", "cdata"])
def test_the_aigc_label_comes_out_as_its_json(form: str) -> None:
    text = json.dumps(LABEL)
    escaped = text.replace('"', "&quot;")
    packet = {
        "element": xmp_packet(f"<TC260:AIGC>{text}</TC260:AIGC>"),
        "attribute": xmp_packet("", f'TC260:AIGC="{escaped}"'),
        "cdata": xmp_packet(f"<TC260:AIGC><![CDATA[{text}]]></TC260:AIGC>"),
    }[form]
    assert json.loads(properties(packet)["TC260:AIGC"]) == LABEL


@pytest.mark.parametrize("encode", [
    lambda text: text.encode("utf-8-sig"), lambda text: text.encode("utf-16"), lambda text: text.encode("utf-16-be"),
    lambda text: text.encode("utf-16-le"), lambda text: b"\x00\x00" + text.encode() + b"\x00\n",
    lambda text: b"<?xml version='1.0' encoding='US-ASCII'?>" + text.encode(), lambda text: text.encode() + b" trailing words",
], ids=["utf-8-sig", "utf-16-bom", "utf-16-be", "utf-16-le", "zeros", "declared", "trailing"])  # fmt: skip
def test_packets_in_any_encoding_and_wrapping(encode: object) -> None:
    packet = encode(xmp_packet("<dc:title>猫</dc:title>"))  # type: ignore[operator]
    assert xmp.properties(packet) == [("dc:title", "猫")]


def test_prefixes_without_their_namespaces_mean_what_they_always_mean() -> None:
    bare = "<x:xmpmeta><rdf:RDF><rdf:Description TC260:AIGC='1'><dc:title>t</dc:title></rdf:Description></rdf:RDF></x:xmpmeta>"
    assert properties(bare) == {"TC260:AIGC": "1", "dc:title": "t"}


def test_every_picture_format_gives_packet_and_properties() -> None:
    packet = xmp_packet("<dc:title>猫</dc:title>", padding=2000)
    expected = {"xmp": packet, "xmp:dc:title": "猫"}
    for kind in ("tEXt", "iTXt", "zTXt"):
        text = packet.encode()
        found, texts = opened(png([(kind, "XML:com.adobe.xmp", text)]))
        assert texts == expected and found.warnings == (), kind
    for data in (webp(xmp=packet), jpeg(segments=xmp_segments(packet))):
        found, texts = opened(data)
        assert texts == expected and found.warnings == ()
    assert [c.derived for c in found.carriers] == [False, True]


def test_extended_xmp_gives_its_properties_too_and_tells_what_is_missing() -> None:
    more = xmp_packet("<dc:description>" + "long " * 30_000 + "</dc:description>", wrapper=False)
    parts = xmp_segments(xmp_packet("<dc:title>t</dc:title>"), more)
    found, texts = opened(jpeg(segments=parts))
    assert texts["xmp:extended"] == more and texts["xmp:dc:title"] == "t"
    assert texts["xmp:dc:description"] == ("long " * 30_000).strip() and found.warnings == ()
    lacking = parts[: parts.rfind(b"\xff\xe1")]  # the piece with offset 0 stands last
    found, texts = opened(jpeg(segments=lacking))
    assert "xmp:extended" not in texts and "jpeg.xmp-extended" in found.warnings


BILLION = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize("packet", [
    "", "no xml at all", "<", "<x:xmpmeta xmlns:x='adobe:ns:meta/'>", xmp_packet("<dc:title>&b;</dc:title>"),
    BILLION + xmp_packet("<dc:title>&b;</dc:title>", wrapper=False), xmp_packet("<unknown:tag/>"), xmp_packet("<dc:title>\x01</dc:title>"),
])  # fmt: skip
def test_what_is_no_xml_is_kept_and_told(packet: str) -> None:
    finds = Finds()
    xmp.add(finds, packet.encode())
    assert [(c.name, c.text) for c in finds.carriers] == [("xmp", packet)]
    assert finds.warnings == ("xmp.broken",)


def test_the_words_of_a_document_type_in_a_comment_declare_nothing() -> None:
    finds = Finds()
    xmp.add(finds, xmp_packet("<!-- <!DOCTYPE x> --><dc:title><![CDATA[<!DOCTYPE y>]]></dc:title>").encode())
    assert [(c.name, c.text) for c in finds.carriers][1:] == [("xmp:dc:title", "<!DOCTYPE y>")] and finds.warnings == ()


def test_floods_are_bounded() -> None:
    finds = Finds()
    xmp.add(finds, xmp_packet("<dc:x>1</dc:x>" * 5000).encode())
    assert len(finds.carriers) == 1001 and finds.warnings == ("xmp.too-many-properties",)
    finds = Finds()
    xmp.add(finds, xmp_packet("<dc:x>1</dc:x>" * 500_000).encode())
    assert len(finds.carriers) == 1 and finds.warnings[0].startswith("xmp.long ")
    finds = Finds()
    xmp.add(finds, xmp_packet("<dc:x>" + "<rdf:Bag><rdf:li>" * 5000 + "</rdf:li></rdf:Bag>" * 5000 + "</dc:x>").encode())
    assert not any(c.text and len(c.text) > 1_000_000 for c in finds.carriers)
    many = b"".join(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00" + xmp_packet("<dc:x/>" * 8000).encode()) for _ in range(100))
    found = open_container(jpeg(segments=many), size=len(many))
    assert len([c for c in found.carriers if c.derived]) <= 1000


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=40)


@given(st.dictionaries(st.from_regex(r"[A-Za-z][A-Za-z0-9]{0,8}", fullmatch=True), TEXT, max_size=6), st.booleans())
@settings(deadline=None, max_examples=150)
def test_any_property_comes_back_as_it_was_put(values: dict[str, str], short: bool) -> None:
    from xml.sax.saxutils import escape, quoteattr

    if short:
        packet = xmp_packet("", " ".join(f"photoshop:{name}={quoteattr(value)}" for name, value in values.items()))
    else:
        packet = xmp_packet("".join(f"<photoshop:{name}>{escape(value)}</photoshop:{name}>" for name, value in values.items()))
    found = properties(packet)
    assert set(found) == {f"photoshop:{name}" for name in values}
    for name, value in values.items():
        assert found[f"photoshop:{name}"].strip(" ") == value.strip(" ")


@given(st.binary(max_size=60), st.integers(0, 400), st.integers(0, 30))
@settings(deadline=None, max_examples=300)
def test_damaged_packets_never_raise(noise: bytes, at: int, gone: int) -> None:
    packet = xmp_packet(f"<xmpMM:History><rdf:Seq>{STEP}</rdf:Seq></xmpMM:History><dc:title>t</dc:title>").encode()
    finds = Finds()
    xmp.add(finds, packet[:at] + noise + packet[at + gone :])
    assert finds.carriers[0].name == "xmp"
