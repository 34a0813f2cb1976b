"""From a file's texts to one Reading: who claims it, who can read it, and what two kinds of data in one file say of each other."""

from __future__ import annotations

from dataclasses import replace

from provenance.readers import a1111, comfyui
from provenance.readers.reading import Reader, Reading, Texts
from provenance.readers.together import with_parameters

READERS: tuple[Reader, ...] = (comfyui, a1111)
"""In order of trust: what ran (a graph) before what a saver wrote about it. A new generator is one new file and one line here."""


def read(texts: Texts, file_name: str = "") -> Reading | None:
    """What the file says of its making, or None. Never raises; see `attempt` for the warnings of readers that failed."""
    return attempt(texts, file_name)[0]


def attempt(texts: Texts, file_name: str = "") -> tuple[Reading | None, tuple[str, ...]]:
    """The first reader that claims the texts and can read them.

    Args:
        texts: (carrier name, text) in file order. file_name: the bare name, to choose among several savers; "" if unknown.
    Returns:
        The Reading or None, and `reader.failed <name>` for every reader that claimed and failed (also among the Reading's warnings).
    """
    failed: list[str] = []
    claimed = [reader for reader in READERS if _claims(reader, texts, failed)]
    for place, reader in enumerate(claimed):
        reading = _read(reader, texts, file_name, failed)
        if reading is None:
            continue
        if reader is not a1111 and a1111 in claimed[place + 1 :]:
            infotext = _read(a1111, texts, file_name, failed)
            reading = with_parameters(reading, infotext, _text(texts)) if infotext is not None else reading
        others = tuple(other.NAME for other in claimed if other is not reader)
        return replace(reading, warnings=(*failed, *reading.warnings), also_claimed=others), tuple(failed)
    return None, tuple(failed)


def _claims(reader: Reader, texts: Texts, failed: list[str]) -> bool:
    try:
        return reader.claims(texts)
    except Exception:  # a reader's defect must not end a recording, whatever it is
        failed.append(f"reader.failed {reader.NAME}")
        return False


def _read(reader: Reader, texts: Texts, file_name: str, failed: list[str]) -> Reading | None:
    try:
        return reader.read(texts, file_name)
    except Exception:  # as above: the next reader gets its turn, and the failure is written down
        failed.append(f"reader.failed {reader.NAME}")
        return None


def _text(texts: Texts) -> str:
    return next(text for name, text in texts if a1111.claims(((name, text),)))
