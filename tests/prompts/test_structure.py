"""Prompts as the pieces their tools make of them. Each expected weight was worked out by hand from the tool's own rules."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.prompts.piece import MAX_CHARACTERS, MAX_NESTING, MAX_PIECES, MAX_TOGETHER, Piece
from provenance.prompts.structure import DIALECTS, structure, structures

DIALECT_NAMES = (*DIALECTS, "plain")


def weights(text: str, dialect: str) -> list[tuple[str, str | None]]:
    return [(piece.text.strip(), piece.weight) for piece in structure(text, dialect) if piece.text.strip(" ,")]


def kinds(text: str, dialect: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(piece.kind, piece.values) for piece in structure(text, dialect) if piece.kind != "text"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a, (b:1.2)", [("a,", None), ("b", "1.2")]),
        ("(a) ((b)) (((c)))", [("a", "1.1"), ("b", "1.21"), ("c", "1.331")]),
        ("[a] [[b]]", [("a", "0.909091"), ("b", "0.826446")]),
        ("([a])", [("a", "1")]),
        ("((a:1.5) b)", [("a", "1.65"), ("b", "1.1")]),
        (r"\(a\) (b\))", [(r"\(a\)", None), (r"b\)", "1.1")]),
        ("(never closed", [("never closed", "1.1")]),
        ("closed) too often]", [("closed) too often]", None)]),
        ("(a:0) (b:-0.5) (c:.5) (d: 1.3 )", [("a", "0"), ("b", "-0.5"), ("c", ".5"), ("d", "1.3")]),
        ("(16:9 format)", [("16:9 format", "1.1")]),
        ("(a:1.2.3)", [("a:1.2.3", "1.1")]),
        ("x :1.2)", [("x :1.2)", None)]),
        ("([x)]", [("x", "1")]),
        ("(a AND b)", [("a", "1.1"), ("AND", None), ("b)", None)]),
        ("a :1.2 AND b :0.8", [("a", None), (":1.2 AND", "1.2"), ("b", None), (":0.8", "0.8")]),
        ("16:9", [("16:9", None)]),
    ],
)
def test_webui_weights(text: str, expected: list[tuple[str, str | None]]) -> None:
    assert weights(text, "a1111") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[cat:dog:0.5]", [("schedule", ("cat", "dog", "0.5"))]),
        ("[cat:10]", [("schedule", ("", "cat", "10"))]),
        ("[cat::10]", [("schedule", ("cat", "", "10"))]),
        ("[(red:1.2):blue:.3]", [("schedule", ("(red:1.2)", "blue", ".3"))]),
        ("[<lora:a:1>::8]", [("schedule", ("<lora:a:1>", "", "8"))]),
        ("[a|b|c]", [("alternation", ("a", "b", "c"))]),
        ("[a:b:c:0.5]", []),
        ("[a:b]", []),
        ("<lora:my name:0.8:te=0.5>", [("network", ("lora", "my name", "0.8", "te=0.5"))]),
        ("<lyco:a> <hypernet:b:-1>", [("network", ("lyco", "a")), ("network", ("hypernet", "b", "-1"))]),
        ("<not a tag>", []),
        ("a BREAK b, BREAKFAST", [("break", ())]),
        ("a AND b, AND_PERP c, ANDROID", [("and", ())]),
        ("__place/city*__ a__b", [("wildcard", ("place/city*",))]),
        ("{a|{b|c}|2$$d}", [("choice", ("a", "{b|c}", "2$$d"))]),
        ("{a} {b, c}", []),
        (r"\<lora:a:1> \{a|b\}", []),
    ],
)
def test_webui_notation(text: str, expected: list[tuple[str, tuple[str, ...]]]) -> None:
    assert kinds(text, "a1111") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a (b) (c:1.2)", [("a", None), ("b", "1.1"), ("c", "1.2")]),
        ("((a:1.3))", [("a", "1.3")]),
        ("(a (b) c:1.2)", [("a", "1.2"), ("b", "1.32"), ("c", "1.2")]),
        ("((a))", [("a", "1.21")]),
        ("[a]", [("[a]", None)]),
        (r"saber \(fate\)", [(r"saber \(fate\)", None)]),
        ("(foo:bar)", [("foo:bar", "1.1")]),
        ("(a: 1.2e0 )", [("a", "1.2e0")]),
        (") (a)", [(") (a)", None)]),
        ("(open", [("(open", None)]),
        ("(a (b)", [("a", "1.1"), ("(b", "1.1")]),
    ],
)
def test_comfyui_weights(text: str, expected: list[tuple[str, str | None]]) -> None:
    assert weights(text, "comfyui") == expected


def test_comfyui_notation() -> None:
    found = kinds("(embedding:foo.pt:1.2), {(a:1.1)|b}", "comfyui")
    assert found == [("embedding", ("foo.pt",)), ("choice", ("(a:1.1)", "b"))]
    assert structure("(embedding:foo.pt:1.2)", "comfyui")[0].weight == "1.2"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{a} {{b}} [c]", [("a", "1.05"), ("b", "1.1025"), ("c", "0.952381")]),
        ("1.3::a, b::, c", [("a, b", "1.3"), (", c", None)]),
        ("-0.8::feet::", [("feet", "-0.8")]),
        ("2::a {b}::", [("a", "2"), ("b", "2.1")]),
        ("{1.5::a::}", [("a", "1.575")]),
        ("{open, 1.5::open", [("{open, 1.5::open", None)]),
        ("a:: b", [("a:: b", None)]),
        ("(a:1.2)", [("(a:1.2)", None)]),
    ],
)
def test_novelai_weights(text: str, expected: list[tuple[str, str | None]]) -> None:
    assert weights(text, "novelai") == expected


def test_novelai_chooses_between_bars() -> None:
    assert kinds("a, ||red|blue|| hair", "novelai") == [("choice", ("red", "blue"))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a word++ b", [("a", None), ("word", "1.21"), ("b", None)]),
        ("cat-", [("cat", "0.9")]),
        ("high-res c++17", [("high-res c++17", None)]),
        ("(two words)1.3", [("two words", "1.3")]),
        ("(two words)-", [("two words", "0.9")]),
        ("(a (b)1.2)1.5", [("a", "1.5"), ("b", "1.8")]),
        ("(a b)", [("a b", None)]),
        (r"\(a\)", [(r"\(a\)", None)]),
        ("(open", [("(open", None)]),
    ],
)
def test_invokeai_weights(text: str, expected: list[tuple[str, str | None]]) -> None:
    assert weights(text, "invokeai") == expected


def test_invokeai_calls() -> None:
    assert kinds('("a", "b").and(1, 0.5)', "invokeai") == [("and", ("1", "0.5"))]
    assert kinds('("a", "b").blend(0.7, 0.3) cat.swap(dog)', "invokeai") == [("blend", ("0.7", "0.3")), ("swap", ("dog",))]


def test_midjourney() -> None:
    text = "a cat::2 dog::-0.5 a {red, blue} bird --ar 16:9 --no text, logo --tile"
    assert weights("a cat::2 dog::-0.5 bird", "midjourney") == [("a cat", "2"), ("dog", "-0.5"), ("bird", None)]
    assert kinds(text, "midjourney") == [
        ("choice", ("red", " blue")), ("flag", ("ar", "16:9")), ("flag", ("no", "text, logo")), ("flag", ("tile",)),
    ]  # fmt: skip
    assert kinds("well--known \u2014v 6", "midjourney") == [("flag", ("v", "6"))]


def test_plain_and_unknown_notations_are_text() -> None:
    text = "((a:1.2)) {b}"
    assert structure(text, "plain") == structure(text, None) == structure(text, "of tomorrow") == (Piece("text", text, 0, len(text)),)
    assert structure("", "a1111") == ()


PROMPTISH = st.text(alphabet="ab ,()[]{}<>:|.12-+\\_\n猫😀\ud800\"", max_size=60)
WORDS = st.lists(
    st.sampled_from(
        [
            *"()[]{}|a, ", "\\", ":1.2)", "<lora:a:1>", "__w__", "BREAK", " AND ", "::", "1.3::", "||", "++", ")1.2", ".and(1)",
            " --ar 1:1", "embedding:x", ":0.5]",
        ]
    ),
    max_size=30,
).map("".join)


@given(PROMPTISH | WORDS, st.sampled_from(DIALECT_NAMES))
@settings(deadline=None, max_examples=400)
def test_pieces_are_the_text_without_gap_or_overlap(text: str, dialect: str) -> None:
    pieces = structure(text, dialect)
    assert "".join(text[piece.start : piece.end] for piece in pieces) == text
    at = 0
    for piece in pieces:
        assert piece.start == at <= piece.end
        assert piece.text in text[piece.start : piece.end]
        assert piece.depth <= MAX_NESTING + 40
        at = piece.end
    assert at == len(text)


@pytest.mark.parametrize("dialect", DIALECT_NAMES)
@pytest.mark.parametrize(
    "unit", ["(", "(a", "(a)", "[", "[a|", "{a|", "((a:1.1)", "<lora:", "__a", "1.3::a", "\\", "a AND ", "a++ ", "::2 ", "--a "]
)
def test_a_page_of_brackets_is_bounded(unit: str, dialect: str) -> None:
    text = unit * (2 * MAX_CHARACTERS // len(unit))
    pieces = structure(text, dialect)
    assert len(pieces) <= MAX_PIECES + 3
    assert sum(piece.end - piece.start for piece in pieces) == len(text)


def test_thousands_of_long_prompts_of_one_file_are_bounded() -> None:
    text = "(a)" * MAX_CHARACTERS
    found = structures([text] * 200 + ["(b)"], "a1111")
    assert [len(pieces) > 1 for pieces in found].count(True) == -(-MAX_TOGETHER // MAX_CHARACTERS)
    assert found[-1] == (Piece("text", "(b)", 0, 3),)
    assert structures(["(a)", "(b)"], "a1111") == (structure("(a)", "a1111"), structure("(b)", "a1111"))
