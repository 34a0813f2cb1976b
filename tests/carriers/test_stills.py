"""GIF, TIFF, PSD, SVG, JPEG XL, and the Photoshop, IPTC and JUMBF parts of JPEG."""

from __future__ import annotations

import base64
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.imagefiles import comment_bytes, exif_block, jpeg, png, segment
from support.stillfiles import (
    IPTC_UTF8,
    animated_gif,
    dataset,
    gif_application,
    gif_comment,
    gif_xmp,
    jumbf_segments,
    jxl,
    jxl_box,
    jxl_stream,
    pieces,
    psd,
    resource,
    store,
    svg,
    tiff,
    xmp_packet,
)

from provenance.carriers import Container, open_container

PACKET = xmp_packet("<dc:title>猫</dc:title>")
XMP = {"xmp": PACKET, "xmp:dc:title": "猫"}
INFOTEXT = "a fox, 雪\nNegative prompt: blurry\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 42, Size: 512x512"
EXIF = exif_block({"Software": "Fooocus v2.5.5"}, {"UserComment": comment_bytes(INFOTEXT)})
ASCII, BYTE, UNDEFINED = 2, 1, 7


def opened(data: bytes) -> Container:
    return open_container(data, size=len(data))


def texts(found: Container) -> dict[str, str]:
    return {c.name: c.text for c in found.carriers if c.text is not None and not c.name.startswith("c2pa:")}


def told(found: Container) -> tuple[str, ...]:
    """Warnings but for those on the content of manifest stores, which are empty here."""
    return tuple(w for w in found.warnings if not w.startswith("c2pa."))


# --- GIF -------------------------------------------------------------------------------------------------------------------------


def test_gif_comments_wherever_they_stand_and_however_long() -> None:
    long = INFOTEXT + " x" * 900
    found = opened(animated_gif([gif_comment(long), gif_comment("last")]))
    assert [(c.name, c.text) for c in found.carriers] == [("GIF:comment", long), ("GIF:comment", "last")]
    assert (found.width, found.height, found.complete, found.warnings) == (3, 2, True, ())


def test_gif_by_pillow_with_a_comment_of_several_sub_blocks() -> None:
    import io

    from PIL import Image

    out = io.BytesIO()
    frames = [Image.new("P", (40, 30), n) for n in range(4)]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], comment=(INFOTEXT * 9).encode())
    found = opened(out.getvalue())
    assert texts(found)["GIF:comment"] == INFOTEXT * 9 and told(found) == () and found.width == 40


def test_gif_application_extensions() -> None:
    manifest = store(body=bytes(900))
    netscape = gif_application(b"NETSCAPE2.0", b"\x01\x00\x00")
    found = opened(animated_gif([netscape, gif_application(b"C2PA_GIF\x01\x00\x00", manifest), gif_xmp(PACKET)], table=False))
    assert texts(found) == XMP and told(found) == ()
    assert [c.raw for c in found.carriers if c.name == "c2pa"] == [manifest]
    in_pieces = opened(animated_gif([gif_application(b"XMP DataXMP", PACKET.encode())]))
    assert texts(in_pieces) == XMP
    caption = resource(1028, dataset(120, "caption"))
    assert texts(opened(animated_gif([gif_application(b"MGKIPTC0000", caption)]))) == {"iptc:Caption-Abstract": "caption"}


def test_gif_damage_is_told() -> None:
    data = animated_gif([gif_comment("words")])
    assert opened(data[:-1] + b"\x77").warnings[0].startswith("gif.garbage @")
    assert opened(data[:-4]).warnings[0].startswith("gif.cut @")
    flood = opened(b"GIF89a" + bytes(7) + gif_comment("c") * 150_000 + b";")
    assert "gif.too-many-blocks" in flood.warnings and len(flood.carriers) == 2000
    assert "gif.too-many-blocks" in opened(b"GIF89a" + bytes(7) + b"!\xfe" + b"\x01x" * 2_500_000).warnings


# --- TIFF ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("big", [False, True], ids=["tiff", "bigtiff"])
def test_tiff_of_every_kind(order: str, big: bool) -> None:
    tags = {
        0x0100: 640, 0x0101: 480, 0x010E: (ASCII, INFOTEXT.encode() + b"\x00"), 0x0131: (ASCII, b"ab\x00"), 0x013B: (ASCII, b"Ann Doe\x00"),
        700: (BYTE, PACKET.encode()), 33723: (UNDEFINED, IPTC_UTF8 + dataset(110, "信用")),
        34377: (UNDEFINED, resource(1028, dataset(5, "t"))),
    }  # fmt: skip
    comment = (UNDEFINED, comment_bytes("猫 cat", "utf-16-le"))
    data = tiff(tags, {0x9286: comment}, order=order, big=big, more={0x010E: (ASCII, b"second\x00")})
    found = opened(data)
    assert told(found) == () and (found.container, found.width, found.height) == ("tiff", 640, 480)
    assert texts(found) == XMP | {
        "exif:IFD0.ImageDescription": INFOTEXT, "exif:IFD0.Software": "ab", "exif:IFD0.Artist": "Ann Doe", "iptc:Credit": "信用",
        "iptc:ObjectName": "t", "exif:Exif.UserComment": "猫 cat", "exif:IFD1.ImageDescription": "second",
    }  # fmt: skip


def test_tiff_by_pillow_with_a_user_comment() -> None:
    import io

    from PIL import Image

    out = io.BytesIO()
    image = Image.new("RGB", (20, 10))
    exif = image.getexif()
    exif[0x9286] = "a fox"
    exif[0x0131] = "Fooocus v2.5.5"
    exif[0x9003] = "2026:11:22 10:00:00"
    image.save(out, "TIFF", exif=exif)
    found = opened(out.getvalue())
    assert texts(found) == {
        "exif:IFD0.UserComment": "a fox", "exif:IFD0.Software": "Fooocus v2.5.5", "exif:IFD0.DateTimeOriginal": "2026:11:22 10:00:00",
    }  # fmt: skip
    assert (found.width, found.height, found.warnings) == (20, 10, ())


def test_tiff_content_credentials() -> None:
    manifest = store(body=bytes(99))
    assert [c.raw for c in opened(tiff({52545: (UNDEFINED, manifest)})).carriers if c.name == "c2pa"] == [manifest]
    assert opened(tiff({52545: (UNDEFINED, b"c2pa jumb, they said")})).warnings == ("tiff.not-c2pa",)


def test_tiff_damage_is_told() -> None:
    assert opened(b"II*\x00\x08\x00\x00\x00" + struct.pack("<HI", 0, 8)).warnings == ("tiff.loop",)
    assert opened(b"II*\x00\x00\x00\x00\x00").warnings == ("tiff.header",)
    assert opened(b"MM\x00*\x00\x00\x99\x00").warnings == ("tiff.offset IFD0",)
    cut = tiff({0x010E: (ASCII, b"words that are long enough\x00")})
    beyond = cut[: cut.rfind(struct.pack("<HH", 0x010E, 2)) + 4] + struct.pack("<II", 9999, 8) + bytes(4)
    assert "tiff.offset IFD0.ImageDescription" in opened(beyond).warnings
    chain = b"".join(struct.pack("<HI", 0, 8 + 6 * (n + 1)) for n in range(500))
    assert opened(b"II*\x00\x08\x00\x00\x00" + chain).warnings == ("tiff.too-many-directories",)


def test_a_large_tiff_is_read_where_its_directory_points() -> None:
    data = tiff({0x0100: 9, 0x010E: (ASCII, INFOTEXT.encode() + b"\x00")})
    spread = data[:8] + bytes(3_000_000) + data[8:]
    moved = bytearray(tiff({0x0100: 9, 0x0131: (ASCII, b"ab\x00")}))
    at = int.from_bytes(moved[4:8], "little")
    late = bytes(moved[:4]) + struct.pack("<I", at + 3_000_000) + bytes(3_000_000) + bytes(moved[8:])
    found = open_container(late[:4096], size=len(late), tail=late[-4096:], fetch=lambda offset, length: late[offset : offset + length])
    assert texts(found) == {"exif:IFD0.Software": "ab"} and found.width == 9
    assert not any(w.startswith("failed") for w in opened(spread).warnings)


# --- PSD -------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("big", [False, True], ids=["psd", "psb"])
def test_photoshop_documents(big: bool) -> None:
    inside = (
        resource(1005, bytes(16)) + resource(1060, PACKET.encode(), name=b"xmp") + resource(1058, EXIF)
        + resource(1028, IPTC_UTF8 + dataset(120, "说明") + dataset(25, "one") + dataset(25, "two"), name=b"odd name")
    )  # fmt: skip
    found = opened(psd(inside, big=big, palette=bytes(768)))
    assert texts(found) == XMP | {
        "exif:IFD0.Software": "Fooocus v2.5.5", "exif:Exif.UserComment": INFOTEXT, "iptc:Caption-Abstract": "说明", "iptc:Keywords": "two",
    }  # fmt: skip
    assert (found.container, found.width, found.height, found.warnings) == ("psd", 30, 20, ())
    assert [c.text for c in found.carriers if c.name == "iptc:Keywords"] == ["one", "two"]
    assert [c.name for c in found.carriers if c.text is None] == ["iptc"]


def test_photoshop_damage_is_told() -> None:
    inside = resource(1060, PACKET.encode())
    assert opened(psd(inside)[:60]).warnings == ("psd.cut", "8bim.cut", "xmp.broken")
    assert opened(psd(inside + b"XXXX" + bytes(20))).warnings == ("8bim.garbage",)
    assert opened(psd(resource(1028, dataset(120, "x" * 50)[:20]))).warnings == ("iptc.cut",)


# --- SVG -------------------------------------------------------------------------------------------------------------------------


def test_svg_as_comfyui_saves_it() -> None:
    written = '{"prompt": {"3": {"class_type": "KSampler", "inputs": {"text": "a < b & c ]]"}}}}'
    found = opened(svg(f"\n  <metadata>\n    <![CDATA[\n{written}\n    ]]>\n</metadata>\n<title>x</title>", 'width="64px" height="48.0"'))
    assert texts(found) == {"svg:metadata": written, "svg:title": "x"}
    assert (found.container, found.width, found.height, found.warnings) == ("svg", 64, 48, ())


def test_svg_text_with_entities_comments_and_prefixes() -> None:
    metadata = "<svg:metadata id='m'>a &lt;b&gt; &amp;amp; &#29483; &#x732B; &nope; <!-- not -->&quot;</svg:metadata>"
    found = opened(svg(metadata + "<desc/><desc>d<b>old</b></desc>", ""))
    assert texts(found) == {"svg:metadata": 'a <b> &amp; 猫 猫 &nope; "', "svg:desc": "dold"}


def test_svg_with_xmp_and_with_inkscapes_rdf() -> None:
    assert texts(opened(svg(f"<metadata>{PACKET}</metadata>"))) == XMP
    rdf = '<rdf:RDF><cc:Work rdf:about=""><dc:format>image/svg+xml</dc:format></cc:Work></rdf:RDF>'
    assert texts(opened(svg(f"<metadata>\n{rdf}\n</metadata>")))["xmp:dc:format"] == "image/svg+xml"


def test_svg_content_credentials() -> None:
    manifest = store(body=bytes(99))
    body = f"<metadata><c2pa:manifest xmlns:c2pa='http://c2pa.org/manifest'>{base64.b64encode(manifest).decode()}</c2pa:manifest></metadata>"
    found = opened(svg(body))
    assert [c.raw for c in found.carriers if c.name == "c2pa"] == [manifest]
    assert "svg.not-c2pa" in opened(svg("<metadata><c2pa:manifest>AAAA</c2pa:manifest></metadata>")).warnings


def test_svg_damage_and_floods() -> None:
    assert opened(svg("")[:-6] + b"<metadata>never ends").warnings[0].startswith("svg.cut @")
    assert "svg.too-many title" in opened(svg("<title>t</title>" * 100_000)).warnings
    assert opened(svg("<" + "a" * 2_000_000)).carriers == ()
    assert opened(svg("<metadata>" + "<![CDATA[" * 100_000 + "]]></metadata>")).warnings == ()
    assert opened(svg("<metadata>" + "&#65;" * 300_000 + "</metadata>")).warnings[0].startswith("svg.text-long metadata@")
    assert opened(svg("<metadatas>no</metadatas>")).carriers == ()


# --- JPEG XL ---------------------------------------------------------------------------------------------------------------------


def test_jpeg_xl_boxes() -> None:
    manifest = store(body=bytes(99))
    found = opened(jxl(jxl_box(b"Exif", bytes(4) + EXIF), jxl_box(b"xml ", PACKET.encode()), manifest))
    assert texts(found) == XMP | {"exif:IFD0.Software": "Fooocus v2.5.5", "exif:Exif.UserComment": INFOTEXT}
    assert [c.raw for c in found.carriers if c.name == "c2pa"] == [manifest]
    assert (found.width, found.height, told(found)) == (30, 20, ())
    packed = opened(jxl(jxl_box(b"brob", b"Exif" + bytes(20))))
    assert packed.warnings == ("jxl.brotli Exif@32",) and packed.carriers == ()


def test_jpeg_xl_streams_say_their_size() -> None:
    for size in ((1, 1), (896, 1080), (100_000, 3)):
        assert (opened(jxl_stream(*size)).width, opened(jxl_stream(*size)).height) == size
    assert (opened(b"\xff\x0a").width, opened(b"\xff\x0a\x01").height) == (None, None)
    square = b"\xff\x0a" + (1 | (7 << 1) | (1 << 6)).to_bytes(8, "little")  # the small form: 64 high, ratio 1:1
    assert (opened(square).width, opened(square).height) == (64, 64)


def test_jpeg_xl_damage_is_told() -> None:
    assert opened(jxl(jxl_box(b"xml ", b"x", length=1 << 30))).warnings == ("jxl.box-length xml @32",)
    assert opened(jxl()[:-3]).warnings[0].startswith("jxl.box-length jxlc@")
    assert "jxl.too-many-boxes" in opened(jxl(jxl_box(b"free", b"") * 20_000)).warnings


# --- PNG by ImageMagick ----------------------------------------------------------------------------------------------------------


def profile(kind: str, body: bytes) -> tuple[str, str, bytes]:
    """A row of `png`: a profile as ImageMagick puts it into a text chunk, 36 bytes to a line."""
    lines = "\n".join(body.hex()[at : at + 72] for at in range(0, 2 * len(body), 72))
    return "zTXt", f"Raw profile type {kind}", f"\n{kind}\n{len(body):8}\n{lines}\n".encode()


def test_profiles_in_png_text() -> None:
    caption = resource(1028, dataset(120, "caption"))
    found = opened(png([profile("exif", b"Exif\x00\x00" + EXIF), profile("xmp", PACKET.encode()), profile("iptc", caption)]))
    assert {k: v for k, v in texts(found).items() if not k.startswith("zTXt")} == XMP | {
        "exif:IFD0.Software": "Fooocus v2.5.5", "exif:Exif.UserComment": INFOTEXT, "iptc:Caption-Abstract": "caption",
    }  # fmt: skip
    assert found.warnings == ()
    app1 = opened(png([profile("APP1", b"http://ns.adobe.com/xap/1.0/\x00" + PACKET.encode())]))
    assert texts(app1)["xmp:dc:title"] == "猫"
    assert opened(png([("tEXt", "Raw profile type exif", b"\nexif\n  12\nzz zz")])).warnings == ("png.raw-profile exif",)
    assert opened(png([profile("icc", b"colours")])).warnings == ()


# --- JPEG ------------------------------------------------------------------------------------------------------------------------


def test_iptc_that_is_split_over_app13_segments() -> None:
    block = resource(1005, bytes(16)) + resource(1028, dataset(120, "说" * 40_000, extended=True) + dataset(110, "Made with Google AI"))
    parts = b"".join(segment(0xED, b"Photoshop 3.0\x00" + block[at : at + 60_000]) for at in range(0, len(block), 60_000))
    found = opened(jpeg(segments=parts))
    assert texts(found) == {"iptc:Caption-Abstract": "说" * 40_000, "iptc:Credit": "Made with Google AI"}
    assert told(found) == () and [c.name for c in found.carriers][:3] == ["APP13:8BIM"] * 3


@pytest.mark.parametrize(("mark", "encoding", "text"), [
    (IPTC_UTF8, "utf-8", "café 猫"), (b"", "utf-8", "café 猫"), (b"", "latin-1", "café"),
    (dataset(90, b"\x1b.A", record=1), "latin-1", "é"),
])  # fmt: skip
def test_iptc_characters(mark: bytes, encoding: str, text: str) -> None:
    block = mark + dataset(0, b"\x00\x02") + dataset(80, text, encoding=encoding) + dataset(199, "odd") + dataset(202, b"\xff\xd8preview")
    found = opened(jpeg(segments=segment(0xED, b"Photoshop 3.0\x00" + resource(1028, block))))
    assert texts(found) == {"iptc:By-line": text, "iptc:2-199": "odd"} and told(found) == ()


def test_jumbf_is_put_together_in_order_and_counts_only_as_a_manifest_store() -> None:
    manifest = store(body=bytes(range(256)) * 600)
    parts = jumbf_segments(manifest)
    other = jumbf_segments(store(b"other", kind=b"abcd"), instance=2)
    found = opened(jpeg(segments=b"".join([*reversed(parts), *other])))
    assert [c.raw for c in found.carriers if c.name == "c2pa"] == [manifest] and "jpeg.jumbf-cut" not in found.warnings
    lacking = opened(jpeg(segments=b"".join(parts[:-1])))
    assert "jpeg.jumbf-cut" in lacking.warnings
    for bogus in (b"\x00\x00\x00\x20jumbc2pa" + bytes(20), b"JPc2pa" + bytes(30), store(b"c2pa", kind=b"c2pb").replace(b"jumd", b"JUMD")):
        assert opened(jpeg(segments=segment(0xEB, b"JP\x00\x01\x00\x00\x00\x01" + bogus))).carriers == ()


# --- any of them, damaged --------------------------------------------------------------------------------------------------------

FILES = (
    animated_gif([gif_xmp(PACKET), gif_application(b"C2PA_GIF\x01\x00\x00", store()), gif_comment("words")]),
    tiff({0x0100: 9, 700: (BYTE, PACKET.encode()), 0x010E: (ASCII, b"some words\x00")}, {0x9286: (UNDEFINED, comment_bytes("猫"))}),
    tiff({0x010E: (ASCII, b"some words\x00")}, order=">", big=True, more={}),
    psd(resource(1060, PACKET.encode()) + resource(1028, IPTC_UTF8 + dataset(120, "x")) + resource(1058, EXIF)),
    svg(f"<metadata><![CDATA[{{}}]]></metadata><title>t</title><desc>{'d' * 9}</desc>"),
    jxl(jxl_box(b"Exif", bytes(4) + EXIF), jxl_box(b"xml ", PACKET.encode()), store()),
    jpeg(segments=segment(0xED, b"Photoshop 3.0\x00" + resource(1028, dataset(5, "t"))) + b"".join(jumbf_segments(store()))),
    PACKET.encode(),
)  # fmt: skip


@given(st.sampled_from(FILES), st.data())
@settings(deadline=None, max_examples=500)
def test_damaged_stills_never_fail(seed: bytes, data: st.DataObject) -> None:
    damaged = bytearray(seed)
    for _ in range(data.draw(st.integers(0, 5))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(damaged[: data.draw(st.integers(0, len(damaged)))])
    found = opened(cut)
    assert not any(w.startswith("failed") for w in found.warnings), found.warnings
    assert opened(cut) == found


@pytest.mark.parametrize("seed", FILES, ids=["gif", "tiff", "bigtiff", "psd", "svg", "jxl", "jpeg", "xmp"])
def test_stills_cut_at_every_byte_never_fail(seed: bytes) -> None:
    for at in range(0, len(seed), max(1, len(seed) // 700)):
        assert not any(w.startswith("failed") for w in opened(seed[:at]).warnings)
        parted = open_container(seed[:at], size=len(seed), tail=seed[-40:])
        assert not any(w.startswith("failed") for w in parted.warnings)


@given(st.lists(st.binary(max_size=700), max_size=5))
@settings(deadline=None, max_examples=100)
def test_any_comments_of_a_gif_come_back(bodies: list[bytes]) -> None:
    found = opened(animated_gif([b"!\xfe" + pieces(body) for body in bodies]))
    assert [c.raw for c in found.carriers] == bodies and told(found) == ()
