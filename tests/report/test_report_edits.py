"""Edits in the report: before, after and map on the later picture's card; a map that is not the entry's own is not shown."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image
from report_builders import meta, sha, sitting

from provenance import canon, facts
from provenance.bundle import kin
from provenance.report.gather import gather
from provenance.report.html import render
from provenance.views.family_edge import NAMED, Edge

PARENT, CHILD = sha("ancestor-1"), sha("chosen-3")


def png() -> bytes:
    file = io.BytesIO()
    Image.new("1", (8, 8), 1).save(file, "PNG")
    return file.getvalue()


def test_a_map_stands_on_the_later_pictures_card() -> None:
    book, pictures = sitting()
    shown = png()
    seq = book.write(facts.EditMapped(
        parent=PARENT, child=CHILD, method="m/1", outcome="mapped", material="files", width=100, height=80, placed="same frame",
        tone="linear", repainted=1234, added=0, unchanged=6766, regions=3, map=canon.sha256(shown),
    ))  # fmt: skip
    unlike: dict[str, Any] = {"outcome": "cannot compare", "why": "too few matches"}
    book.write(facts.EditMapped(parent=sha("elsewhere"), child=CHILD, method="m/1", material="files", **unlike))
    dossier = gather(book.records, pictures, meta(book))
    page = render(dossier, {canon.sha256(shown): ("image/png", shown)}, ("en", "zh")).decode()
    assert f'id="m{seq}"' in page and "1234 of 8000 pixels differ from" in page and "8000 像素中有 1234 像素不同" in page
    assert "too few places found again" in page and "colour changed all over" in page
    other = render(dossier, {canon.sha256(shown): ("image/png", shown + b" ")}, ("en",)).decode()
    assert f'id="m{seq}"' not in other and "1234 of 8000" in other


def test_a_comparison_is_left_out_with_the_edge_that_it_would_tell() -> None:
    book, _ = sitting()
    book.write(facts.EditMapped(parent=PARENT, child=CHILD, method="m/1", outcome="cannot compare", material="files", why="gone"))
    edges = (Edge(PARENT, CHILD, NAMED, "image", (14,)),)
    entry = book.records[-1].entry
    assert kin.mapped(entry, kin.told(edges, set(), {14}))
    assert not kin.mapped(entry, kin.told(edges, {"inputs"}, {14}))
    assert kin.mapped(book.records[0].entry, ())
