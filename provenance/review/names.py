"""Names of well-known characters, artists and brands in prompts and in models' names: a hint that the name stands there, and no more."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from provenance import canon, data
from provenance.law.authority import Authority, all_cited
from provenance.prompts.tags import tags
from provenance.review import matcher
from provenance.review.finding import HINT, WARNING, Finding, Params, once, rests_on
from provenance.review.material import NAME, NEGATIVE, PROMPT, Text

KINDS = ("characters", "artists", "brands")
MOST_WORDS = 5  # ways of writing that a finding quotes
MOST_TEXT = 200_000  # characters of one text that are looked at


@dataclass(frozen=True)
class Known:
    """A name. kind: one of KINDS. en, zh: its first form in each language. holder: where it is commonly known, else ""."""

    id: str
    kind: str
    en: str
    zh: str
    aliases: tuple[str, ...]
    holder: str
    authorities: tuple[Authority, ...]


@functools.cache  # data files that come with the program
def known() -> dict[str, Known]:
    """Every name by `kind/id`."""
    found: dict[str, Known] = {}
    for kind in KINDS:
        for row in json.loads(data.read(f"names/{kind}.json"))["names"]:
            aliases = (*row["en"], *row["zh"], *row["more"])
            stands = all_cited(row.get("authorities", ()))
            found[f"{kind}/{row['id']}"] = Known(row["id"], kind, row["en"][0], row["zh"][0], aliases, row["holder"] or "", stands)
    return found


@functools.cache
def version() -> str:
    """SHA-256 over the data that names are sought by."""
    return canon.sha256("\n".join(data.read(f"names/{kind}.json") for kind in KINDS).encode())


@functools.cache
def _all() -> matcher.Matcher:
    return matcher.matcher((ident, one.aliases) for ident, one in known().items())


def names(texts: Iterable[Text]) -> tuple[Finding, ...]:
    """One finding for each name and each place it stands in: asked for, kept out, or in the name of a model."""
    hits: dict[tuple[str, str], list[tuple[Text, str]]] = {}
    for text in texts:
        for where, words in _parts(text):
            for ident, as_found in matcher.found(_all(), words).items():
                hits.setdefault((ident, where), []).append((text, as_found))
    return tuple(_finding(known()[ident], where, found) for (ident, where), found in sorted(hits.items(), key=_order))


def _parts(text: Text) -> Iterator[tuple[str, str]]:
    """(where, words): what a prompt calls a network by, `<lora:name:0.8>`, is a model's name and no word of the prompt."""
    words = text.text[:MOST_TEXT]
    if text.where == NAME:
        yield NAME, matcher.of_name(words)
        return
    between, at = list[str](), 0
    for tag in tags(words):
        yield NAME, matcher.of_name(tag.name)
        start = words.index(tag.text, at)
        between.append(words[at:start])
        at = start + len(tag.text)
    yield NEGATIVE if text.where == NEGATIVE else PROMPT, ";".join((*between, words[at:]))


def _order(hit: tuple[tuple[str, str], list[tuple[Text, str]]]) -> tuple[int, int, str]:
    (ident, where), _ = hit
    return (PROMPT, NAME, NEGATIVE).index(where), KINDS.index(ident.partition("/")[0]), ident


def _finding(one: Known, where: str, found: Sequence[tuple[Text, str]]) -> Finding:
    pictures, entries = rests_on([text for text, _ in found])
    params: Params = {
        "name": (one.en, one.zh), "kind": _KINDS[one.kind], "holder": one.holder or "-", "count": len(pictures), "texts": len(found),
        "words": ", ".join(once(as_found for _, as_found in found)[:MOST_WORDS]),
    }  # fmt: skip
    level = HINT if where == NEGATIVE else WARNING
    return Finding(f"name.{where}", level, f"{one.kind}/{one.id}", pictures, entries, params, one.authorities)


_KINDS = {"characters": ("character", "角色"), "artists": ("artist", "艺术家"), "brands": ("brand", "品牌")}
