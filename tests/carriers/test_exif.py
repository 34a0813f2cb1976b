from __future__ import annotations

import json
import struct

import pytest
from support.imagefiles import ASCII, EXIF_POINTER, UNDEFINED, comfy_webp_exif, comment_bytes, exif_block, webp

from provenance.carriers import exif
from provenance.carriers.finds import Finds

PROMPT = json.dumps({"3": {"class_type": "KSampler", "inputs": {"seed": 7, "text": 'a {brace} and a \\"quote\\" }}'}}})
WORKFLOW = json.dumps({"nodes": [{"id": 3, "type": "KSampler", "title": "水 } {"}], "links": []}, ensure_ascii=False)


def read(block: bytes) -> tuple[dict[str, str | None], tuple[str, ...]]:
    finds = Finds()
    exif.read(block, finds)
    return {c.name: c.text for c in finds.carriers}, finds.warnings


@pytest.mark.parametrize("order", ["II", "MM"])
def test_named_tags_and_other_text_tags(order: str) -> None:
    tags = {name: f"the {name}" for name in ("DocumentName", "ImageDescription", "Make", "Model", "Software", "Artist", "Copyright")}
    found, warnings = read(exif_block(tags | {"DateTime": "2026:11:22 10:00:00"}, {0x9003: "2026:11:22 10:00:01"}, order=order))
    assert found == {f"exif:IFD0.{name}": text for name, text in tags.items()} | {
        "exif:IFD0.DateTime": "2026:11:22 10:00:00", "exif:Exif.DateTimeOriginal": "2026:11:22 10:00:01",
    }  # fmt: skip
    assert warnings == ()


def test_short_values_stand_in_the_entry() -> None:
    assert read(exif_block({"Make": "abc"}))[0] == {"exif:IFD0.Make": "abc"}


def test_utf16_little_endian_inside_a_big_endian_tiff() -> None:
    found, _ = read(exif_block({}, {"UserComment": comment_bytes("猫 cat", "utf-16-le")}, order="MM"))
    assert found == {"exif:Exif.UserComment": "猫 cat"}


def test_user_comment_in_ifd0_of_any_type() -> None:
    text = json.dumps({"prompt": "x"})
    for kind in (ASCII, UNDEFINED, 1):
        found, _ = read(exif_block({"UserComment": (kind, len(text), text.encode())}))
        assert found == {"exif:IFD0.UserComment": text}


def test_windows_titles_are_utf16() -> None:
    raw = "标题".encode("utf-16-le") + b"\x00\x00"
    assert read(exif_block({0x9C9B: (1, len(raw), raw)}))[0] == {"exif:IFD0.XPTitle": "标题"}


def test_gps_is_never_read() -> None:
    assert read(exif_block({0x8825: 8, "Make": "m" * 9}))[0] == {"exif:IFD0.Make": "m" * 9}


def test_stray_prefix_is_passed_over_and_told() -> None:
    found, warnings = read(exif_block({"Make": "maker"}, prefix=b"Exif\x00\x00"))
    assert found == {"exif:IFD0.Make": "maker"} and warnings == ("exif.prefix",)


def test_comfy_webp_as_it_should_be() -> None:
    found, warnings = read(comfy_webp_exif(PROMPT, WORKFLOW, prefix=b""))
    assert found == {"exif:IFD0.Model": f"prompt:{PROMPT}", "exif:IFD0.Make": f"workflow:{WORKFLOW}"} and warnings == ()


@pytest.mark.parametrize("lose", [2, 3, 20, 60])
def test_comfy_json_past_the_declared_count(lose: int) -> None:
    found, warnings = read(comfy_webp_exif(PROMPT, WORKFLOW, prefix=b"", lose=lose))
    assert found["exif:IFD0.Model"] == f"prompt:{PROMPT}" and found["exif:IFD0.Make"] == f"workflow:{WORKFLOW}"
    assert warnings == ("exif.count IFD0.Model",)


def test_model_that_starts_in_the_tail_of_make() -> None:
    make, model = f"workflow:{WORKFLOW}".encode() + b"\x00", f"prompt:{PROMPT}".encode() + b"\x00"
    heap_at = 8 + 2 + 2 * 12 + 4
    early = heap_at + len(make) - 20
    found, warnings = read(exif_block({"Make": (ASCII, len(make), make), "Model": (ASCII, len(model), model, early)}, order="II"))
    assert found["exif:IFD0.Make"] == f"workflow:{WORKFLOW}"
    assert found["exif:raw"] == f"prompt:{PROMPT}"
    assert warnings[0].startswith("exif.uncovered prompt@")


def test_workflow_in_copyright_and_capital_labels() -> None:
    found, warnings = read(exif_block({"Copyright": f"workflow:{WORKFLOW}", "Make": f"Prompt: {PROMPT}"}))
    assert found == {"exif:IFD0.Copyright": f"workflow:{WORKFLOW}", "exif:IFD0.Make": f"Prompt: {PROMPT}"} and warnings == ()


def test_json_that_no_tag_points_to() -> None:
    found, warnings = read(exif_block({"Make": "m"}) + b"\x00" + f"prompt:{PROMPT}".encode() + b"\x00" + f"workflow:{WORKFLOW}".encode())
    assert "exif:raw" in found and len(warnings) == 2 and all(w.startswith("exif.uncovered ") for w in warnings)


def test_json_that_no_tag_points_to_behind_a_workflow_full_of_the_word() -> None:
    wordy = json.dumps({"nodes": ["prompt"] * 5000})
    found, warnings = read(exif_block({"Make": f"workflow:{wordy}"}) + b"\x00" + f"prompt:{PROMPT}".encode())
    assert found == {"exif:IFD0.Make": f"workflow:{wordy}", "exif:raw": f"prompt:{PROMPT}"} and len(warnings) == 1


def test_json_that_never_ends_keeps_what_was_declared() -> None:
    found, warnings = read(exif_block({"Model": 'prompt:{"3": {"inputs": {'}))
    assert found == {"exif:IFD0.Model": 'prompt:{"3": {"inputs": {'} and warnings == ()


def test_words_of_a_prompt_are_not_taken_for_generation_data() -> None:
    text = 'UNICODE prompt: {"a|b"} and "workflow: {"'
    assert list(read(exif_block({"ImageDescription": text}))[0]) == ["exif:IFD0.ImageDescription"]


def test_loops_and_bad_offsets_are_bounded() -> None:
    loop = exif_block({EXIF_POINTER: 8, "Make": "m" * 9}, next_ifd=8)
    found, warnings = read(loop)
    assert found == {"exif:IFD0.Make": "m" * 9} and warnings == ("exif.loop",)
    nested = b"".join(struct.pack("<HHHII", 1, EXIF_POINTER, 4, 1, 8 + 18 * (n + 1)) + bytes(4) for n in range(1000))
    assert read(b"II*\x00\x08\x00\x00\x00" + nested)[1] == ("exif.loop",)
    assert read(b"II*\x00\xff\xff\xff\xff")[1] == ("exif.offset IFD0",)
    assert read(exif_block({"Make": (ASCII, 50, b"", 1 << 31)}))[1] == ("exif.offset IFD0.Make",)
    found, warnings = read(exif_block({"Make": (ASCII, 1 << 31, b"maker words")}))
    assert found == {"exif:IFD0.Make": "maker words"} and warnings == ("exif.count IFD0.Make",)


def test_a_directory_that_claims_more_entries_than_there_are() -> None:
    block = bytearray(exif_block({"Make": "abc"}))
    block[8:10] = b"\xff\xff"
    found, warnings = read(bytes(block))
    assert found == {"exif:IFD0.Make": "abc"} and "exif.cut IFD0" in warnings


def test_entries_that_all_point_at_the_same_bytes_are_bounded() -> None:
    body = b"x" * 400_000
    rows = b"".join(struct.pack("<HHII", 0x010E, ASCII, len(body), 8 + 2 + 12 * 300 + 4) for _ in range(300))
    finds = Finds()
    exif.read(b"II*\x00\x08\x00\x00\x00" + struct.pack("<H", 300) + rows + bytes(4) + body, finds)
    assert len(finds.carriers) == 2 and finds.warnings == ("exif.overlap IFD0.ImageDescription",)


def test_no_header() -> None:
    assert read(b"")[1] == read(b"garbage!")[1] == ("exif.header",)


def test_damage_is_read_through_the_whole_file() -> None:
    from provenance.carriers import open_container

    data = webp(comfy_webp_exif(PROMPT, WORKFLOW, lose=9))
    found = open_container(data, size=len(data))
    assert {c.name: c.text for c in found.carriers}["exif:IFD0.Model"] == f"prompt:{PROMPT}"
    assert found.warnings == ("exif.prefix", "exif.count IFD0.Model")
