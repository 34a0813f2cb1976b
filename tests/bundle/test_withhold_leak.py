"""The search for withheld values: in every spelling that a program would read, and nothing found where there is nothing."""

from __future__ import annotations

import base64
import gzip
import io
import json
import random
import struct
import zipfile
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.bundle import leak
from provenance.bundle.grams import many
from provenance.bundle.leak import OVERLAP, WHOLE, WINDOW, Purse, Search, windows
from provenance.bundle.needles import needles, own_words, trie

SECRET = "opal-lantern 海棠花 No. 7"


def zipped(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("word/document.xml", data)
    return out.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(kind: bytes, data: bytes) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes(13)) + chunk(kind, data) + chunk(b"IEND", b"")


WAYS: dict[str, Callable[[str], bytes]] = {
    "plain": lambda text: text.encode(),
    "utf-16-le": lambda text: b"\xff\xfe" + text.encode("utf-16-le"),
    "utf-16-be": lambda text: text.encode("utf-16-be"),
    "json": lambda text: json.dumps({"a": f'"{text}"'}).encode(),
    "json in json": lambda text: json.dumps({"a": json.dumps({"b": text})}).encode(),
    "html": lambda text: "".join(f"&#x{ord(char):x};" for char in text).encode(),
    "html of ASCII": lambda text: f"<p>{text.encode('ascii', 'xmlcharrefreplace').decode()}</p>".encode(),
    "hex": lambda text: b"<FEFF" + text.encode("utf-16-be").hex().upper().encode() + b">",
    "hex at an odd place": lambda text: b"2" + text.encode().hex().encode(),
    "percent": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()).encode(),
    "quoted-printable": lambda text: "".join(f"={byte:02X}" for byte in text.encode()).encode(),
    "base64": lambda text: b"data:;base64," + base64.b64encode(text.encode()),
    "base64 shifted by one": lambda text: base64.b64encode(b" " + text.encode()),
    "base64 shifted by two": lambda text: base64.b64encode(b". " + text.encode()),
    "base64 behind letters": lambda text: b"ab" + base64.b64encode(f"{text} {text}".encode()),
    "base64 in lines": lambda text: base64.encodebytes(b"." * 49 + text.encode() + b"." * 80),
    "base64 of URLs": lambda text: base64.urlsafe_b64encode(b"\xff\xfe\xfb" * 8 + text.encode()),
    "base32": lambda text: base64.b32encode(text.encode()),
    "gzip": lambda text: gzip.compress(text.encode()),
    "zlib in anything": lambda text: b"\xff\xd8garbage" + zlib.compress(b"head " + text.encode()) + b"tail",
    "pdf": lambda text: b"%PDF-1.7\n1 0 obj\nstream\r\n" + zlib.compress(text.encode(), 1) + b"\nendstream",
    "zip": lambda text: zipped(text.encode()),
    "base64 of a zip": lambda text: base64.b64encode(zipped(text.encode())),
    "png tEXt": lambda text: png(b"tEXt", b"prompt\0" + text.encode()),
    "png zTXt": lambda text: png(b"zTXt", b"prompt\0\0" + zlib.compress(text.encode())),
    "png iTXt": lambda text: png(b"iTXt", b"prompt\0\1\0\0\0" + zlib.compress(json.dumps({"text": text}).encode())),
}


def search(*values: str, field: str = "prompts") -> Search:
    return Search(needles([(field, value, True) for value in values], (), "").pieces)


@pytest.mark.parametrize("way", WAYS)
def test_a_withheld_value_is_found_in_every_spelling(way: str) -> None:
    made = WAYS[way](SECRET)
    found = search(SECRET).find("x", [made[:7], made[7:]])
    assert found is not None and found.field == "prompts"
    assert search("another thing altogether").find("x", [made]) is None


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), min_size=8, max_size=90),
       st.sampled_from(sorted(WAYS)), st.binary(max_size=40))
@settings(max_examples=120, deadline=None)
def test_any_value_in_any_spelling(text: str, way: str, before: bytes) -> None:
    pieces = needles([("text", text, True)], (), "").pieces
    spelled = WAYS[way](text)
    if not spelled.startswith((b"PK", b"\x89PNG", b"\x1f\x8b", b"%PDF")) and way in {"plain", "zlib in anything", "percent"}:
        spelled = before.decode("latin-1").encode() + b"\n" + spelled
    if pieces:
        assert Search(pieces).find("x", [spelled]) is not None


def test_names_paths_and_whose_home_are_looked_for_by_their_parts() -> None:
    one = search("/home/violetta/Bilder/geheim/opal_00017_.png", field="path")
    for said in ("opal_00017_.png", "EVIDENCE-opal_00017_-1.zip", "in /home/violetta/Bilder/geheim lies", "made by violetta."):
        assert one.find("x", [said.encode()]) is not None, said
    assert one.find("report-opal_00017_.html", [b""]) is not None, "a file's name tells, too"
    assert one.find("x", [b"the violettas, Bilder"]) is None


def test_what_would_be_found_by_chance_is_counted_and_not_looked_for() -> None:
    own = own_words()
    hidden = [("seeds", ["5"]), ("steps", ["20"]), ("name", "prompt"), ("sizes", ["512x512"]), ("text", "violet opal")]
    made = needles([(*row, True) for row in hidden], ["a", "b"], own)
    assert set(made.pieces) == {"violet opal"} and made.unsought == 4
    assert needles([("name", "Opal Sea", True)], [{"title": "Opal Sea"}], own).pieces == {}, "an open field says it anyway"


def test_a_short_word_inside_a_picture_or_a_word_is_no_leak() -> None:
    noise = random.Random(7).randbytes(3_000_000)
    page = b'<p>categories</p><img src="data:image/png;base64,' + base64.b64encode(noise) + b'">'
    short = search("cat", "Opal", "ab12")
    assert short.find("report.html", [page]) is None
    assert short.find("report.html", [page + b"<p>a cat sat</p>"]) is not None
    assert short.find("data/originals/1.png", [noise]) is None


def test_behind_the_end_of_a_png_and_between_its_pixels() -> None:
    behind = png(b"IDAT", b"x" * 5000) + SECRET.encode()
    assert search(SECRET).find("x", [behind]) is not None
    made = png(b"IDAT", b"y" * 99)
    between = made[:-12] + chunk(b"tEXt", b"a\0" + SECRET.encode()) + chunk(b"IDAT", b"z" * 99) + made[-12:]
    assert search(SECRET).find("x", [between]) is not None
    assert search(SECRET).find("x", [between[:200]]) is not None, "a file that is cut"


def test_streams_over_one_another_and_zips_of_bombs_end(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = list[int]()
    seen = Search._in

    def counted(self: Search, block: bytes) -> str:
        looked.append(len(block))
        return seen(self, block)

    monkeypatch.setattr(Search, "_in", counted)
    monkeypatch.setattr(leak, "Purse", lambda: Purse(4 << 20, 1 << 20))
    over = b"\x78\x01\x00\xff\xff\x00\x00" * 10_000  # at each seventh byte a stored block of 64 KiB begins
    assert search("another thing altogether").find("x", [over]) is None and sum(looked) < 32 << 20
    looked.clear()
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as zipped_up:
        for number in range(40):
            zipped_up.writestr(str(number), bytes(1 << 20))
    assert search("another thing altogether").find("x", [made.getvalue()]) is None and sum(looked) < 32 << 20
    assert search(SECRET).find("x", [over + zlib.compress(SECRET.encode())]) is not None, "what is whole is still looked at"


def test_large_files_are_read_in_windows_that_overlap() -> None:
    size = WHOLE + WINDOW
    secret = SECRET.encode()
    blocks = [bytes(WHOLE - 10), secret, bytes(size - WHOLE)]
    assert max(map(len, windows(blocks))) <= WHOLE and OVERLAP > 4 * 64
    assert search(SECRET).find("x", blocks) is not None


@given(st.lists(st.binary(min_size=1, max_size=6), min_size=1, max_size=30), st.binary(max_size=60))
@settings(deadline=None)
def test_the_pattern_finds_what_a_plain_search_finds(words: list[bytes], text: bytes) -> None:
    import re

    assert bool(re.search(trie(sorted(set(words))), text, re.DOTALL)) is any(word in text for word in words)


@given(st.lists(st.binary(min_size=3, max_size=24), min_size=1, max_size=60), st.lists(st.binary(max_size=30), max_size=4), st.randoms())
@settings(deadline=None)
def test_many_at_once_find_what_one_after_the_other_finds(words: list[bytes], around: list[bytes], chance: random.Random) -> None:
    text = b"".join(part + chance.choice([b"", chance.choice(words)]) for part in around)
    found = many(words, 0).find(text, lambda text, start, end: True)
    assert bool(found) is any(word in text for word in words) and found in {b"", *words} and found in text


def test_what_is_shown_on_purpose_is_looked_for_only_where_a_person_speaks() -> None:
    row = ("rest", {"a": "violet opal lamp"})
    assert needles([(*row, False)], (), "", "it has a violet opal lamp in it").pieces == {}
    assert needles([(*row, False), ("text", "violet opal lamp", True)], (), "", "a violet opal lamp").pieces == {"violet opal lamp": "text"}


def test_folders_within_folders_by_the_hundred_are_no_pattern_too_deep() -> None:
    deep = [("path", f"/a{'/b' * number}/d{number}/c{number}.png", False) for number in range(600)]
    made = needles(deep, (), "", "\n".join(path for _, path, _ in deep[::2]))
    assert "c598.png" not in made.pieces and "c599.png" in made.pieces
