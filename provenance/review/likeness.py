"""Files of the person's own folders that agree with pictures of the work."""

from __future__ import annotations

from collections.abc import Iterator

from provenance.review.finding import HINT, WARNING, Finding
from provenance.review.material import Material

CODES = {
    "same file": "same-file", "same pixels": "same-pixels", "same visible": "same-visible", "looks alike": "looks-alike", "near": "near",
}  # fmt: skip


def likeness(material: Material) -> Iterator[Finding]:
    """One finding for each pair; a measurement says what was measured and how often such findings were wrong."""
    names = {one.sha256: one.name for one in material.pictures}
    for one in material.alike:
        params: dict[str, str | int | tuple[str, str]] = {"path": one.path, "picture": names.get(one.sha256) or one.sha256[:12]}
        params |= {"measured": "  ".join(f"{name}={value}" for name, value in one.measured) or "-", "rate": one.rate}
        code = CODES[one.how]
        yield Finding(f"alike.{code}", HINT if code == "near" else WARNING, one.path, (one.sha256,), (), params)
    if material.not_compared:
        yield Finding("alike.not-compared", HINT, params={"count": material.not_compared, "compared": material.compared or 0})
    if material.cut:
        yield Finding("alike.cut", HINT)
