from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.imagefiles import comment_bytes

from provenance.carriers.usercomment import comment_text

INFOTEXT = "masterpiece, 猫, <lora:水墨:0.8>\nNegative prompt: 低质量\nSteps: 20, Sampler: Euler a, Seed: 18446744073709551615"
CHINESE = "一只橘色的猫坐在窗台上看着外面的雨"
JAPANESE = "縁側で眠る三毛猫、夕暮れの光"
THAI = "แมวสีส้มนั่งอยู่บนขอบหน้าต่าง"
RUSSIAN = "рыжий кот сидит на подоконнике"
KOREAN = "창가에앉아있는고양이"


TEXTS = [INFOTEXT, CHINESE, JAPANESE, KOREAN, THAI, RUSSIAN, "一只猫", "最美的一天", "你好", "plain words", "猫", "emoji 🐈 and 𠮷"]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("bom", [True, False])
def test_unicode_of_either_byte_order(text: str, encoding: str, bom: bool) -> None:
    assert comment_text(comment_bytes(text, encoding, bom=bom)) == text


@pytest.mark.parametrize("text", [INFOTEXT, CHINESE, "a cat on a sofa, watercolour", "a cat on a sofa\x00"])
def test_utf8_that_is_called_unicode(text: str) -> None:
    assert comment_text(b"UNICODE\x00" + text.encode()) == text.rstrip("\x00")
    assert comment_text(b"UNICODE\x00\xef\xbb\xbf" + text.encode()) == text.rstrip("\x00")


@pytest.mark.parametrize("prefix", [b"ASCII\x00\x00\x00", b"\x00" * 8, b""])
def test_other_codes_are_utf8_then_latin1_and_utf16_where_nuls_show_it(prefix: bytes) -> None:
    assert comment_text(prefix + INFOTEXT.encode()) == INFOTEXT
    assert comment_text(prefix + "café crème".encode("latin-1")) == "café crème"
    assert comment_text(prefix + "plain words".encode("utf-16-le")) == "plain words"
    assert comment_text(prefix + b"words\x00\x00\x00") == "words"


def test_jis() -> None:
    for codec in ("iso2022_jp", "shift_jis", "utf-8"):
        assert comment_text(b"JIS\x00\x00\x00\x00\x00" + JAPANESE.encode(codec)) == JAPANESE


def test_a_text_cut_inside_a_pair_keeps_its_order() -> None:
    for encoding in ("utf-16-le", "utf-16-be"):
        cut = "a cat 🐈".encode(encoding)[:-2]
        assert comment_text(b"UNICODE\x00" + cut).startswith("a cat ")


def test_padding_is_no_text() -> None:
    assert comment_text(b"") == comment_text(b"ASCII\x00\x00\x00" + bytes(256)) == comment_text(b"UNICODE\x00" + bytes(256)) == ""


@given(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), min_size=4).map(lambda t: f"cat, {t}, seed: 1"))
@settings(deadline=None, max_examples=200)
def test_any_infotext_comes_back(text: str) -> None:
    for encoding in ("utf-16-le", "utf-16-be"):
        assert comment_text(comment_bytes(text, encoding)) == text.rstrip("\x00")


@given(st.binary(max_size=200), st.sampled_from([b"", b"UNICODE\x00", b"ASCII\x00\x00\x00", b"JIS\x00\x00\x00\x00\x00"]))
@settings(deadline=None, max_examples=400)
def test_any_bytes_give_text(raw: bytes, prefix: bytes) -> None:
    assert isinstance(comment_text(prefix + raw), str)
