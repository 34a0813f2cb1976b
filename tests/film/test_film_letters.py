"""Text that is broken to a width: nothing is dropped, nothing is a box, and what a font has is read from the font itself."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.errors import Unreadable
from provenance.film.letters import Stretch, rows
from provenance.film.scene import Piece
from provenance.fonts import find as fonts
from provenance.fonts.cmap import Coverage, coverage

LATIN = Coverage((0x20,), (0x7E,))
HAN = Coverage((0x3000, 0x4E00), (0x303F, 0x9FFF))


def which(char: str) -> int | None:
    return 0 if char in LATIN else 1 if char in HAN else None


def measure(text: str, face: int) -> int:
    return len(text) * (10, 20)[face]


def told(found: list[tuple[Stretch, ...]]) -> list[str]:
    return ["".join(part.text for part in row) for row in found]


def test_words_and_han_are_broken_where_they_may_be() -> None:
    assert told(rows((Piece("a fox in the snow"),), 90, which, measure, "withheld")) == ["a fox in ", "the snow"]
    han = told(rows((Piece("一只狐狸。在雪里"),), 80, which, measure, ""))
    assert han == ["一只狐", "狸。在雪", "里"], "no line begins with a full stop"
    assert told(rows((Piece("x" * 25),), 100, which, measure, "")) == ["x" * 10, "x" * 10, "x" * 5]


def test_what_no_font_has_is_written_as_its_code() -> None:
    assert told(rows((Piece("a\u0e01b\U0001f600"),), 1_000, which, measure, "")) == ["aU+0E01bU+1F600"]
    assert [part.style for part in rows((Piece("a\u0e01"),), 1_000, which, measure, "")[0]] == ["", "code"]


def test_a_bar_has_a_word_and_no_other_text() -> None:
    (row,) = rows((Piece("prompt: "), Piece(withheld=True)), 1_000, which, measure, "withheld")
    assert [(part.text, part.withheld) for part in row] == [("prompt:", False), (" ", False), (" withheld ", True)]


@settings(deadline=None, max_examples=80)
@given(st.text(st.sampled_from("ab é中。 \u0301\u200d\U0001f600xyz狐,"), max_size=60), st.integers(60, 300))
def test_no_character_is_dropped_and_no_row_is_too_wide(text: str, width: int) -> None:
    found = rows((Piece(text),), width, which, measure, "")
    seen = re.sub(r"U\+([0-9A-F]{4,5})", lambda m: chr(int(m[1], 16)), "".join(told(found)))
    assert seen.replace(" ", "").replace("\u200d", "") == text.replace(" ", "").replace("\u200d", "")
    for row in found:
        assert sum(part.width for part in row) <= max(width, 70) or len(row) == 1 or row[-1].text.isspace()


def sfnt(table: bytes) -> bytes:
    return b"\0\1\0\0" + struct.pack(">HHHH", 1, 0, 0, 0) + b"cmap" + struct.pack(">III", 0, 28, len(table)) + table


def format4(segments: list[tuple[int, int, int]]) -> bytes:
    segments = [*segments, (0xFFFF, 0xFFFF, 1)]
    ends, starts, deltas = ([row[i] for row in segments] for i in (1, 0, 2))
    n = len(segments)
    body = struct.pack(f">{n}HH{n}H{n}H{n}H", *ends, 0, *starts, *deltas, *[0] * n)
    sub = struct.pack(">HHHHHHH", 4, 14 + len(body), 0, 2 * n, 0, 0, 0) + body
    return struct.pack(">HHHHI", 0, 1, 3, 1, 12) + sub


def reading(data: bytes) -> Coverage:
    return coverage(lambda at, length: data[at : at + length])


def test_the_characters_of_a_font_are_read_from_its_table() -> None:
    found = reading(sfnt(format4([(65, 90, 1), (97, 97, 0x10000 - 97)])))
    assert "A" in found and "Z" in found and "[" not in found and "a" not in found, "glyph 0 is no glyph"
    groups = struct.pack(">HHIII", 12, 0, 40, 0, 2) + struct.pack(">IIIIII", 0x4E00, 0x4E10, 5, 0x1F600, 0x1F600, 9)
    twelve = reading(sfnt(struct.pack(">HHHHI", 0, 1, 3, 10, 12) + groups))
    assert "\u4e10" in twelve and "\U0001f600" in twelve and "\u4e11" not in twelve


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=80), st.integers(0, 60))
def test_a_broken_font_is_refused(noise: bytes, cut: int) -> None:
    whole = sfnt(format4([(65, 90, 1)]))
    for data in (noise, whole[:cut], whole[:cut] + noise):
        try:
            reading(data)
        except Unreadable as error:
            assert error.key == "film.font"


def test_fonts_are_looked_for_where_each_system_keeps_them(tmp_path: Path) -> None:
    assert Path("C:/Windows/Fonts") in fonts.folders({}, "win32")
    assert Path("/System/Library/Fonts") in fonts.folders({"HOME": "/Users/a"}, "darwin")
    assert Path("/home/a/.local/share/fonts") in fonts.folders({"HOME": "/home/a"}, "linux")
    folder = tmp_path / "fonts"
    folder.mkdir()
    (folder / "msyh.ttc").write_bytes(b"no font")
    found = fonts.find("en", {"XDG_DATA_DIRS": str(tmp_path), "HOME": str(tmp_path)}, "linux")
    assert not any(face.path.startswith(str(tmp_path)) for face in found.faces), "a file that is no font is passed over"


def test_without_any_font_latin_is_still_written() -> None:
    none = fonts.Fonts(())
    assert none.of("a") == -1 and none.of("中") is None
    assert none.font(-1, 20).getlength("abc") > 0


def test_this_machine_shows_chinese() -> None:
    found = fonts.find("zh")
    if found.of("中") is None:
        pytest.skip("NO FONT WITH HAN ON THIS MACHINE: films show Chinese as codes; install fonts-noto-cjk to see it")
    assert found.of("a") is not None and found.of("，") == found.of("中")
