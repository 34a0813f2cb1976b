"""From a specimen and its reading to the facts that the ledger is told. Pure: what was known before is handed in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from provenance import canon, facts
from provenance.capture.stations import Specimen
from provenance.carriers.carrier import Carrier, Container
from provenance.clock import stamp_ns
from provenance.readers.reading import Reading, Texts

LIVE = "live"


@dataclass(frozen=True)
class Place:
    """What the ledger last said of a path: the bytes that stood there, and whether they still do."""

    sha256: str
    size: int
    mtime: str
    seq: int
    here: bool


def texts_of(container: Container) -> Texts:
    """The carriers that hold text, as readers take them."""
    return tuple([(c.name, c.text) for c in container.carriers if c.text is not None])


def blobs_of(container: Container) -> tuple[Carrier, ...]:
    """The carriers whose bytes are kept verbatim beside the ledger: all but those that repeat a part of another."""
    return tuple(c for c in container.carriers if not c.derived)


def decide(  # noqa: PLR0913 - all that a decision rests on
    specimen: Specimen,
    reading: Reading | None,
    problems: Iterable[str],
    *,
    found: str,
    seen_at: str,
    before: Place | None,
    twin: int | None,
    settled: str | None = None,
) -> facts.FileFacts | None:
    """What is new about this version of a file, as one fact; None where the ledger already says it.

    Args:
        specimen, reading: the file's version, read once, and what it says of its making (None: nothing understood).
        problems: warnings of the walkers and readers. found: LIVE, or "start", "rescan", "import" for files found later.
        seen_at: when the watcher was told. before: what stood at this path. twin: seq of an earlier entry with the same bytes.
        settled: how a live file's writer was known to be done.
    """
    was = before.sha256 if before is not None and before.here else None
    if was == specimen.sha256:
        return None
    common = file_fields(specimen, reading, problems) | {
        "seen_at": seen_at,
        "same_bytes_as": twin,
        "settled": settled if found == LIVE else None,
    }
    if found != LIVE:
        return facts.FileImported(**common, found=found, was=was)
    if was is not None:
        return facts.FileChanged(**common, was=was)
    return facts.FileCaptured(**common)


def file_fields(specimen: Specimen, reading: Reading | None, problems: Iterable[str]) -> dict[str, Any]:
    """The fields of a file fact: what was observed, and beside it what the file says."""
    container = specimen.container
    wrong = tuple(dict.fromkeys([*container.warnings, *problems, *(reading.warnings if reading else ())]))
    fields: dict[str, Any] = {
        "sha256": specimen.sha256,
        "size": specimen.shape.size,
        "media_type": container.media_type,
        "container": container.container,
        "parsed": parsed(container, reading),
        "mtime": stamp_ns(specimen.shape.mtime_ns),
        "width": container.width,
        "height": container.height,
        "path": canon.path(specimen.path),
        "problems": wrong or None,
        "carriers": tuple({"name": c.name, "sha256": canon.sha256(c.raw), "size": len(c.raw)} for c in blobs_of(container)) or None,
    }
    return fields | (claims(reading) if reading else {})


def parsed(container: Container, reading: Reading | None) -> str:
    """How far a file was understood: "read" (a generator's data), "plain" (a known container without it), "unparsed"."""
    if reading is not None and reading.generator is not None:
        return "read"
    return "unparsed" if container.container in ("unknown", "empty") or broken(container) else "plain"


def broken(container: Container) -> bool:
    """Whether a picture's format could not be walked to its end: kept by hash, and said to be unparsed."""
    return container.complete is False


def claims(reading: Reading) -> dict[str, Any]:
    """A Reading as sealed fields; what it does not say stays None and is not written."""
    return {
        "generator": reading.generator,
        "tool_version": reading.version,
        "prompts": reading.prompts or None,
        "negative_prompts": reading.negative_prompts or None,
        "seeds": reading.seeds or None,
        "steps": reading.steps or None,
        "cfgs": reading.cfgs or None,
        "samplers": reading.samplers or None,
        "schedulers": reading.schedulers or None,
        "denoises": reading.denoises or None,
        "sizes": reading.sizes or None,
        "passes": tuple(_slim(p) for p in reading.passes) or None,
        "models": tuple(_slim(m) for m in reading.models) or None,
        "loras": tuple(_slim(item) for item in reading.loras) or None,
        "hashes": dict(reading.hashes) or None,
        "inputs": tuple({"name": i.name, "role": i.role, "sha256": i.claimed_sha256} for i in reading.inputs) or None,
        "texts": tuple(_slim(item) for item in reading.texts) or None,
        "parts": tuple(_slim(item) for item in reading.parts) or None,
        "controls": tuple(_slim(item) for item in reading.controls) or None,
        "edits": tuple(_slim(item) for item in reading.edits) or None,
        "dialect": reading.dialect,
        "aigc": None if reading.aigc is None else dict(reading.aigc),
        "c2pa": None if reading.c2pa is None else textual(reading.c2pa),
        "attestations": tuple(_slim(item) for item in reading.attestations) or None,
        "rest": textual(reading.rest) or None,
        "also_claimed": reading.also_claimed or None,
    }


def _slim(value: Any) -> Mapping[str, Any]:
    return {name: item for name in value.__dataclass_fields__ if (item := getattr(value, name)) not in (None, ())}


def textual(value: Any, depth: int = 0) -> Any:
    """A tool's own values made fit for the ledger: numbers beyond the restriction as text, nothing deeper than 20 levels."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return str(value) if isinstance(value, str) else value
    if isinstance(value, int):
        return value if abs(value) <= canon.MAX_INT else str(value)
    if isinstance(value, Mapping) and depth < 20:
        return {str(k): textual(v, depth + 1) for k, v in value.items()}
    if isinstance(value, list | tuple) and depth < 20:
        return [textual(v, depth + 1) for v in value]
    return str(value)
