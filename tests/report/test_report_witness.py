"""What the page says of witnesses: who, until where, by whose clock, who refused; and that their clocks are no trusted time."""

from __future__ import annotations

import pytest
import report_builders as build

from provenance import facts
from provenance.report.dossier import Witness
from provenance.report.gather import gather
from provenance.report.html import render

HOSTILE = "witness.example/<script>alert(1)</script>\u202e"
KEY = "witness.example/law+8c1f06a2+BKxy"


def page(language: str, *more: facts.Fact, **meta: object) -> str:
    book, pictures = build.sitting()
    for fact in more:
        book.write(fact)
    return render(gather(book.records, pictures, build.meta(book, **meta)), {}, (language,)).decode()


SAID = [("en", "nobody else put a word", "by its own clock"), ("zh", "没有他人", "其自身时钟")]


@pytest.mark.parametrize(("language", "none", "clock"), SAID)
def test_a_witness_is_named_with_its_key_and_its_clock(language: str, none: str, clock: str) -> None:
    assert none in page(language)
    told = page(language, witnesses=(Witness(21, 18, "2026-03-02T12:00:00.000000Z", HOSTILE, KEY),), refused=(20,))
    assert none not in told and clock in told and KEY in told and "2026-03-02 12:00:00 UTC" in told
    assert "<script>" not in told and "\u202e" not in told
    assert ("another history" if language == "en" else "另一历史") in told


def test_a_witness_s_clock_is_no_trusted_time() -> None:
    word = facts.HeadWitnessed(
        witness="w", key_id="00000000", vkey=KEY, size=3, covers="0" * 64, cosigned="1" * 64, time="2026-03-02T12:00:00.000000Z"
    )
    book, pictures = build.sitting()
    before = gather(book.records, pictures, build.meta(book)).unattested
    book.write(word)
    after = gather(book.records, pictures, build.meta(book)).unattested
    assert (after.attested, after.seconds) == (before.attested, before.seconds)
