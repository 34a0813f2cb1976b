"""Decisions as other programs keep them. A new program is one `finds` and one `marks`, and one line here. Read only, always."""

from __future__ import annotations

from provenance.capture.marks import databases, files
from provenance.capture.marks.mark import Source

SOURCES: tuple[Source, ...] = (
    Source("a1111", files.a1111_finds, files.a1111_marks),
    Source("swarmui", files.swarmui_finds, files.swarmui_marks),
    Source("invokeai", databases.invokeai_finds, databases.invokeai_marks),
    Source("iib", databases.iib_finds, databases.iib_marks),
    Source("eagle", files.eagle_finds, files.eagle_marks),
    Source("xmp", files.xmp_finds, files.xmp_marks),
)


def found(path: str, only: str = "") -> list[tuple[Source, str]]:
    """Which programs' data lies at or below a path, and where.

    Args:
        only: the name of a source; "" tries all, XMP only where nothing else is found: it reads every picture.
    """
    if only:
        return [(source, place) for source in SOURCES if source.name == only for place in source.finds(path)]
    known = [(source, place) for source in SOURCES if source.name != "xmp" for place in source.finds(path)]
    return known or [(source, place) for source in SOURCES if source.name == "xmp" for place in source.finds(path)]
