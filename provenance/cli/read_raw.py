"""`prov read --raw`: the places of a file that carry words, as found, before anything is made of them."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from provenance import words
from provenance.capture.stations import Specimen
from provenance.cli import out

BEGINNING = 60  # characters of a text that are shown of it in a table
ROWS = 60


def raw_record(specimen: Specimen, file: str) -> dict[str, Any]:
    """A file's container and every carrier in it. text: decoded, or None for a blob, whose bytes are then in `base64`."""
    container = specimen.container
    return {
        "file": file,
        "sha256": specimen.sha256,
        "size": specimen.shape.size,
        "media_type": container.media_type,
        "container": container.container,
        "width": container.width,
        "height": container.height,
        "complete": container.complete,
        "warnings": list(container.warnings),
        "carriers": [
            {
                "name": carrier.name,
                "size": len(carrier.raw),
                "sha256": hashlib.sha256(carrier.raw).hexdigest(),
                "text": carrier.text,
                "base64": None if carrier.text is not None else base64.b64encode(carrier.raw).decode("ascii"),
            }
            for carrier in container.carriers
        ],
    }


def raw_shown(found: dict[str, Any], everything: bool) -> None:
    """The same for people: one line a carrier, its text's beginning; whole texts with `everything`."""
    out.echo(f"{words.visible(found['file'])}  ({found['media_type']})", "strong")
    carriers = found["carriers"]
    if not carriers:
        out.say("read.raw.none", "quiet")
    elif everything:
        for carrier in carriers:
            out.echo(f"  {words.visible(carrier['name'])}  {carrier['size']} B  {carrier['sha256']}", "quiet")
            out.echo(words.visible(carrier["text"] if carrier["text"] is not None else carrier["base64"], keep_newlines=True))
    else:
        out.table([_row(carrier) for carrier in carriers[:ROWS]])
        if len(carriers) > ROWS:
            out.say("read.more-rows", "quiet", count=len(carriers) - ROWS)
    for warning in found["warnings"]:
        out.echo(f"  {words.visible(warning)}", "quiet")
    out.echo("")


def _row(carrier: dict[str, Any]) -> tuple[str, ...]:
    text = carrier["text"]
    begins = words.say("read.raw.blob", words.language()) if text is None else " ".join(text[: BEGINNING * 2].split())[:BEGINNING]
    return (f"  {words.visible(carrier['name'])}", f"{carrier['size']} B", carrier["sha256"][:12], words.visible(begins))
