"""Hostile texts, and a book in which every text is one of them."""

from __future__ import annotations

from report_builders import Book, picture, sha

from provenance import facts, words
from provenance.report.dossier import Picture

HOSTILE = [
    "<script>document.title='PWNED'</script>",
    "<img src=x onerror=\"document.title='PWNED'\">",
    "<svg onload=document.title='PWNED'>",
    "</span></details></style><script>document.title='PWNED'</script>",
    "\"'><iframe srcdoc=\"<script>parent.document.title='PWNED'</script>\">",
    "{{ 7*7 }} {% for x in y %} {placeholder} %s",
    "javascript:document.title='PWNED'",
    "\u202egnp.exe\u2066\u200f\u0000\u0007\u001b[31m\r\n\t",
    "\ud83d lone \udfff",
    "שלום עולם \u0627\u0644\u0639\u0631\u0628\u064a\u0629",
    "👩‍👩‍👧‍👦🏳️‍🌈 \U000e0041\U0010ffff",
    "Z" + "\u0300\u0336\u0489" * 200,
    "((((a:1.2), <lora:x:1>" * 850,
]


def hostile_book(prompts: list[str]) -> tuple[Book, tuple[Picture, ...]]:
    """Pictures whose every text is hostile, with statements to match."""
    book = Book()
    pictures = []
    for number, text in enumerate(prompts):
        rows = ({"name": text, "kind": text, "claimed_hash": text},)
        pictures.append(picture(
            book, f"chosen-{number}", prompts=(text,), negative_prompts=(text, text), path=f"/x/{text}", generator=text, models=rows,
            loras=({"name": text, "weight": text},), rest={text: text}, seeds=(text,), hashes={text: text},
        ))
        book.write(facts.DecisionMade(decision="kept", pictures=(pictures[-1].sha256,), why=text))
        book.write(facts.NoteAdded(about=(pictures[-1].sha256,), text=text))
    safe = [text for text in prompts if words.visible(text, keep_newlines=True) == text]
    for text in safe:
        book.raw(text, {"class": text, text: text, "of": sha("chosen-0")}, {text: text})
    return book, tuple(pictures)
