"""Dossier -> record.html: a self-contained page in several languages, without a script and without anything from outside."""

from __future__ import annotations

import base64
import functools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup

from provenance import canon, data, words
from provenance.errors import BadInput
from provenance.paper.html import policy
from provenance.paper.html_runs import shown
from provenance.paper.places import runs
from provenance.report.dossier import Card, Dossier
from provenance.report.parts import Page, split
from provenance.report.speak import Speaker

if TYPE_CHECKING:
    from jinja2 import Environment

LANGUAGES = ("zh", "en")
PREVIEW_TYPES = ("image/png", "image/jpeg", "image/webp")  # never SVG: it is a document
MOST_MAP = 1024 * 1024  # bytes; a larger one is in the bundle alone
LARGE_ON_PAGE_ONE = 3
TOOLS_ON_PAGE_ONE = 9
CHANGES_UNFOLDED = 40
ENTRIES_ON_PAGE_ONE = 3


def render(
    dossier: Dossier, previews: Mapping[str, tuple[str, bytes]], languages: Sequence[str] = LANGUAGES, page: Page | None = None
) -> bytes:
    """The page as bytes; the same arguments give the same bytes.

    Args:
        dossier: as `gather` made it.
        previews: (media type, bytes) by the picture's SHA-256, or by the preview blob's; difference maps by theirs. Only PNG, JPEG and
        WebP are shown, and only
            bytes whose SHA-256 an entry names as the picture's preview, where one does.
        languages: `zh`, `en` or both; the first is the one shown first.
        page: which of several pages this is, with `dossier` its part; None: the only one.
    Returns:
        UTF-8 HTML. Its content security policy (CSP Level 3, in a meta element) allows its own style sheet by hash and data: images.
    Raises:
        BadInput: `report.language` for an unknown or missing language.
    """
    if not languages or any(language not in LANGUAGES for language in languages):
        raise BadInput("report.language", languages=", ".join(languages))
    page = page or split(dossier, whole=True)[0]
    environment = _environment()
    style = data.read("report/page.css")
    speakers = [Speaker(language) for language in dict.fromkeys(languages)]
    pictures, refused = _pictures(page.shown, previews)
    shared = {
        "d": dossier,
        "page": page,
        "numbers": page.names,
        "here": frozenset(card.number for card in page.shown),
        "pictured": frozenset(pictures),
        "refused": refused,
        "large": LARGE_ON_PAGE_ONE,
        "few": TOOLS_ON_PAGE_ONE,
        "unfolded": CHANGES_UNFOLDED,
        "brackets": {one.number: one for one in dossier.brackets},
        "cited": ENTRIES_ON_PAGE_ONE,
        "maps": (maps := _maps(dossier, previews)),
    }
    bodies = [Markup(environment.get_template("language.html").render(s=speaker, **shared)) for speaker in speakers]
    return environment.get_template("page.html").render(
        s=speakers[0],
        speakers=speakers,
        bodies=bodies,
        pictures={f"p{number}": uri for number, uri in pictures.items()} | {f"m{seq}": uri for seq, uri in maps.items()},
        style=Markup(style),
        policy=policy(style),
        **shared,
    ).encode("utf-8")


def _maps(dossier: Dossier, given: Mapping[str, tuple[str, bytes]]) -> dict[int, str]:
    """The data: URI of each difference map by its entry's number; only bytes that the entry names."""
    found = {}
    named = [(one.seq, one.map, "image/png") for one in dossier.edited] + [(one.seq, one.overlay, "image/jpeg") for one in dossier.overlaid]
    for seq, sha256, wanted in named:
        kind, shown = given.get(sha256, ("", b""))
        if kind == wanted and len(shown) <= MOST_MAP and canon.sha256(shown) == sha256:
            found[seq] = f"data:{kind};base64,{base64.b64encode(shown).decode('ascii')}"
    return found


@functools.cache  # compiled once: a large record has many pages
def _environment() -> Environment:
    import jinja2

    environment = jinja2.Environment(
        autoescape=True,
        loader=jinja2.FunctionLoader(lambda name: data.read(f"report/{name}")),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["show"] = shown
    environment.filters["visible"] = words.visible
    environment.globals["runs"] = runs
    return environment


def _pictures(cards: Sequence[Card], previews: Mapping[str, tuple[str, bytes]]) -> tuple[dict[int, str], frozenset[int]]:
    """The data: URI of each picture's preview by its number, and the numbers of those whose preview is not the one an entry names."""
    found: dict[int, str] = {}
    refused: set[int] = set()
    for card in cards:
        given = next((previews[key] for key in (card.sha256, *card.previews) if key in previews), None)
        if given is None or given[0] not in PREVIEW_TYPES:
            continue
        if card.previews and canon.sha256(given[1]) not in card.previews:
            refused.add(card.number)
            continue
        found[card.number] = f"data:{given[0]};base64,{base64.b64encode(given[1]).decode('ascii')}"
    return found, frozenset(refused)
