from __future__ import annotations

import io
import random
import struct
import tracemalloc
import zlib

from PIL import Image
from support.imagefiles import IEND, PNG_MAGIC, apng, bomb, chunk, comment_bytes, exif_block, png, text_chunk

from provenance.carriers import Container, carrier, open_container


def opened(data: bytes) -> Container:
    return open_container(data, size=len(data))


def texts(found: Container) -> list[tuple[str, str | None]]:
    return [(c.name, c.text) for c in found.carriers]


def test_texts_of_every_kind_in_file_order() -> None:
    data = png(
        [("tEXt", "parameters", "a cat"), ("zTXt", "notes", "deflated"), ("iTXt", "prompt", "猫咪"), ("AIGC", "", '{"Label":"1"}')],
        before=text_chunk("iTXt", "workflow", '{"节点":[]}', compressed=True),
        size=(24, 10),
    )
    found = opened(data)
    assert texts(found) == [
        ("tEXt:parameters", "a cat"), ("zTXt:notes", "deflated"), ("iTXt:prompt", "猫咪"), ("AIGC", '{"Label":"1"}'),
        ("iTXt:workflow", '{"节点":[]}'),
    ]  # fmt: skip
    assert (found.media_type, found.container, found.complete, found.width, found.height) == ("image/png", "png", True, 24, 10)
    assert found.warnings == ()
    assert found.carriers[0].key == "parameters"


def test_pillow_reads_the_same_from_what_the_builder_makes() -> None:
    data = png({"parameters": "a cat", "prompt": "猫"}, seed=7)
    picture = Image.open(io.BytesIO(data))
    picture.load()
    assert {name.split(":")[1]: text for name, text in texts(opened(data))} == picture.info


def test_a_wrong_crc_is_told_and_the_text_is_kept() -> None:
    data = png(before=text_chunk("tEXt", "workflow", "{}", crc=0))
    found = opened(data)
    assert texts(found) == [("tEXt:workflow", "{}")]
    assert found.warnings == (f"png.crc tEXt@{data.index(b'tEXt') - 4}",)


def test_a_wrong_crc_of_the_pixels_is_nobodys_business_here() -> None:
    damaged = bytearray(png())
    damaged[damaged.index(b"IDAT") + 6] ^= 0xFF
    assert opened(bytes(damaged)).warnings == ()


def test_raw_utf8_in_a_latin1_chunk_and_true_latin1() -> None:
    found = opened(png([("tEXt", "a", "女孩, ソファ".encode()), ("tEXt", "b", "café".encode("latin-1"))]))
    assert texts(found) == [("tEXt:a", "女孩, ソファ"), ("tEXt:b", "café")]
    assert found.carriers[1].raw == b"caf\xe9"


def test_text_after_the_pixels_and_after_the_end() -> None:
    late, last = text_chunk("tEXt", "comment", "late"), text_chunk("tEXt", "workflow", "{}")
    found = opened(png({"parameters": "x"}, after_idat=late, after_iend=last))
    assert texts(found) == [("tEXt:parameters", "x"), ("tEXt:comment", "late"), ("tEXt:workflow", "{}")]
    assert [w.split("@")[0] for w in found.warnings] == ["png.after-iend tEXt"]
    assert found.complete is True


def test_bytes_behind_the_end_that_are_no_chunks_are_counted() -> None:
    for junk in (b"\x00", b"junk", b"\x00" * 40, b"some words behind the picture", struct.pack(">I", 9999) + b"tEXtshort"):
        found = opened(png(after_iend=junk))
        assert found.warnings == (f"png.trailing {len(junk)}",)
        assert found.complete is True


def test_duplicate_keys_are_all_kept_in_order() -> None:
    found = opened(png([("parameters", "first"), ("iTXt", "parameters", "second"), ("parameters", "third")]))
    assert [text for _, text in texts(found)] == ["first", "second", "third"]


def test_comf_chunks_of_an_animated_png() -> None:
    data = apng({"prompt": '{"3": {"class_type": "KSampler"}}', "workflow": '{"nodes": []}'}, frames=3)
    found = opened(data)
    assert texts(found) == [("comf:prompt", '{"3": {"class_type": "KSampler"}}'), ("comf:workflow", '{"nodes": []}')]
    assert (found.media_type, found.container, found.complete) == ("image/apng", "png", True)


def test_exif_in_a_png() -> None:
    block = exif_block({"Software": "tool"}, {"UserComment": comment_bytes("猫, 1girl")})
    found = opened(png(before=chunk(b"eXIf", block)))
    assert texts(found) == [("exif:IFD0.Software", "tool"), ("exif:Exif.UserComment", "猫, 1girl")]


def test_xmp_under_its_key_in_any_text_chunk() -> None:
    packet = "<x:xmpmeta/>"
    for kind in ("iTXt", "tEXt", "zTXt"):
        assert texts(opened(png([(kind, "XML:com.adobe.xmp", packet)]))) == [("xmp", packet)]


def test_a_manifest_store_is_a_blob_and_the_word_alone_is_not() -> None:
    store = b"\x00\x00\x00\x30jumb\x00\x00\x00\x28jumdc2pa" + bytes(28)
    found = opened(png(before=chunk(b"caBX", store)))
    assert [(c.name, c.raw, c.text) for c in found.carriers] == [("c2pa", store, None)]
    nothing = opened(png(before=chunk(b"caBX", b"c2pa, they said")))
    assert nothing.carriers == () and nothing.warnings[0].startswith("png.not-c2pa caBX@")


def test_the_bomb_of_these_tests_is_one() -> None:
    assert zlib.decompressobj(-15).decompress(bomb(3)[2:]) == bytes(3 << 20)


def test_a_bomb_is_cut_and_costs_little_memory() -> None:
    data = png(before=chunk(b"zTXt", b"parameters\x00\x00" + bomb(1024)), after_idat=text_chunk("tEXt", "prompt", "still read"))
    tracemalloc.start()
    try:
        found = opened(data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found.warnings == ("png.inflate-capped parameters",)
    assert peak < 8 << 20
    assert texts(found)[1] == ("tEXt:prompt", "still read")
    assert set(found.carriers[0].raw) == {0}


def test_many_bombs_share_one_allowance() -> None:
    noise = random.Random(1).randbytes(500_000).hex()
    packs_well = "".join(noise[at : at + 6] + " " * 250 for at in range(0, len(noise), 6))  # to a sixtieth: not beyond all belief
    large = text_chunk("zTXt", "k", packs_well[: 40 << 20])
    found = opened(png(before=large * 3))
    assert [len(c.raw) for c in found.carriers] == [40 << 20, 65_536, 0]
    assert found.warnings == ("png.inflate-capped k",)


def test_what_packs_better_than_any_text_is_cut_after_its_first_mebibyte() -> None:
    found = opened(png(before=text_chunk("zTXt", "k", "\x00" * (40 << 20))))
    assert [(c.name, len(c.raw)) for c in found.carriers] == [("zTXt:k", 1 << 20)]
    assert found.warnings == ("png.inflate-capped k",)


def test_a_large_but_honest_compressed_text_is_whole() -> None:
    words = "".join(f"{n}," for n in range(400_000))
    assert texts(opened(png([("zTXt", "workflow", words)]))) == [("zTXt:workflow", words)]


def test_a_text_beyond_the_cap_is_not_copied() -> None:
    found = opened(png(before=chunk(b"tEXt", b"k\x00" + bytes(carrier.MAX_TEXT + 300))))
    assert found.carriers == () and found.warnings[0].startswith("png.text-long tEXt@")


def test_damaged_deflate_gives_what_came_before_the_damage() -> None:
    packed = zlib.compress(b"".join(b"word%d " % n for n in range(20_000)))
    found = opened(png(before=chunk(b"zTXt", b"k\x00\x00" + packed[: len(packed) // 2])))
    text = found.carriers[0].text
    assert found.warnings == ("png.inflate-broken k",)
    assert text is not None and text.startswith("word0 word1 word2 ") and len(text) > 1000


def test_malformed_text_chunks_are_told_and_kept() -> None:
    no_key = opened(png(before=chunk(b"tEXt", b"no separator at all")))
    assert texts(no_key) == [("tEXt:", "no separator at all")] and no_key.warnings[0].startswith("png.no-key tEXt@")
    short = opened(png(before=chunk(b"iTXt", b"prompt\x00\x00")))
    assert [c.name for c in short.carriers] == ["iTXt:prompt"] and short.warnings[0].startswith("png.text-form iTXt@")
    long_key = opened(png(before=chunk(b"tEXt", b"k" * 5000 + b"\x00v")))
    assert long_key.carriers[0].name == "tEXt:"


def test_a_length_beyond_the_file_ends_the_walk() -> None:
    for lie in (0xFFFFFFFF, 0x7FFFFFFF, 400):
        data = PNG_MAGIC + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)) + chunk(b"tEXt", b"a\x00b", length=lie)
        found = opened(data)
        assert found.carriers == () and found.complete is False
        assert found.warnings == ("png.chunk-length tEXt@33",)


def test_a_hostile_number_of_texts_is_bounded_and_said() -> None:
    found = opened(png(before=text_chunk("tEXt", "k", "v", crc=1) * 9000))
    assert len(found.carriers) == 2000
    assert "too-many-texts" in found.warnings and "too-many-warnings" in found.warnings and len(found.warnings) < 70


def test_cut_at_every_byte_it_is_incomplete_and_never_fails() -> None:
    data = png({"parameters": "a cat", "prompt": "猫"}, before=chunk(b"eXIf", exif_block({"Make": "m" * 9})), size=(2, 2))
    whole = opened(data)
    for length in range(len(data)):
        found = opened(data[:length])
        assert not found.complete, length
        assert [c.name for c in found.carriers] == [c.name for c in whole.carriers][: len(found.carriers)]
        if length >= 8:
            assert found.container == "png"


def test_of_a_large_file_the_first_and_the_last_part_are_walked() -> None:
    data = png({"parameters": "early"}, size=(400, 400), seed=5, level=0, after_idat=text_chunk("tEXt", "workflow", "late"), idat=8192)
    head, tail = data[:20_000], data[-20_000:]
    found = open_container(head, size=len(data), tail=tail)
    assert texts(found) == [("tEXt:parameters", "early"), ("tEXt:workflow", "late")]
    assert found.complete is True and found.warnings == ("partial",)


def test_one_pixel_chunk_that_bridges_the_gap() -> None:
    data = png({"parameters": "early"}, size=(400, 400), seed=5, level=0, after_idat=text_chunk("tEXt", "workflow", "late"), idat=1 << 30)
    found = open_container(data[:1000], size=len(data), tail=data[-1000:])
    assert [c.text for c in found.carriers] == ["early", "late"] and found.complete is True
    blind = open_container(data[:1000], size=len(data))
    assert [c.text for c in blind.carriers] == ["early"] and blind.complete is not True and blind.warnings == ("partial",)


def test_a_file_without_a_header_is_told() -> None:
    found = opened(PNG_MAGIC + text_chunk("tEXt", "a", "b") + IEND)
    assert (found.width, found.height, found.complete) == (None, None, True) and found.warnings == ("png.header",)
    assert texts(found) == [("tEXt:a", "b")]
