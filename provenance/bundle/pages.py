"""The whole record as pages: what the entries say, all of it, with previews. A large record goes over several pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from provenance.bundle.images import Look
from provenance.report import parts
from provenance.report.dossier import Dossier
from provenance.report.html import render


def record(dossier: Dossier, look: Look, languages: tuple[str, ...], step: Callable[[int, int], None]) -> dict[str, bytes]:
    """`exhibits/record.html`, and `exhibits/record-2.html` and so on for pictures above 200: one page's previews are held at a time.

    Args:
        step: told (pages made, pages in all).
    """
    found = dict[str, bytes]()
    pages = parts.split(dossier)
    for number, page in enumerate(pages, 1):
        keys = [card.sha256 for card in page.shown] + [one.map for one in page.dossier.edited if one.map]
        found[f"exhibits/{page.file}"] = render(page.dossier, _images(keys, look), languages, page)
        step(number, len(pages))
    return found


def _images(keys: list[str], look: Look) -> Mapping[str, tuple[str, bytes]]:
    images = ((key, look(key)) for key in dict.fromkeys(keys))
    return {key: (image.media_type, image.data) for key, image in images if image is not None}
