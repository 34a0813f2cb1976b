"""The check before publishing on an open home: what it finds, its entry, and the person's answers as entries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from provenance import canon, facts
from provenance.daemon import gathering
from provenance.daemon.comparing import Compared
from provenance.daemon.house import House
from provenance.ledger.chain import Entry
from provenance.review import checks, labels, names, policy
from provenance.review.finding import MOST_NAMED, REFUSAL, WARNING, Finding
from provenance.review.material import Material
from provenance.views import reviewed
from provenance.views.selection import Selection

MOST_ROWS = 400  # findings written down one by one, beside every warning, which may be answered; all are counted


@dataclass(frozen=True)
class Checked:
    """What a check found. closed: idents of findings that an earlier answer closes. entry: its own, None where none was written."""

    material: Material
    findings: tuple[Finding, ...]
    closed: frozenset[str]
    entry: Entry | None = None

    @property
    def open(self) -> tuple[Finding, ...]:
        """Warnings without an answer that closes them."""
        return tuple(one for one in self.findings if one.level == WARNING and one.ident not in self.closed)

    @property
    def refused(self) -> tuple[Finding, ...]:
        """What the policy refuses."""
        return tuple(one for one in self.findings if one.level == REFUSAL)

    @property
    def exit_code(self) -> int:
        """1 refused by the policy, 3 warnings open, 0 neither."""
        return 1 if self.refused else 3 if self.open else 0


def look(house: House, chosen: Selection, compared: Compared | None = None, *, review: bool = True) -> Checked:
    """Look a work over; nothing is written.

    Args:
        compared: what a comparison with the person's own folders found. review: whether the review that a policy may ask for is taken as
            there: while it is being made.
    """
    material = gathering.material(house, chosen)
    if compared is not None:
        material = replace(material, alike=compared.alike, compared=compared.files, not_compared=compared.left_out, cut=compared.cut)
    closed = reviewed.answered(house.views, chosen.work)
    return Checked(material, checks.check(material, house.config.policy, review), closed)


def write_down(house: House, checked: Checked, folders: Sequence[str] = ()) -> Checked:
    """The check as an entry."""
    material = checked.material
    counts: dict[tuple[str, str], int] = {}
    for one in checked.findings:
        counts[one.code, one.level] = counts.get((one.code, one.level), 0) + 1
    (entry,) = house.tell(
        facts.WorkChecked(
            work=material.work, picture_count=len(material.pictures),
            pictures_sha256=reviewed.digest(one.sha256 for one in material.pictures),
            codes=tuple({"code": code, "level": level, "count": count} for (code, level), count in counts.items()),
            names_data=names.version(), duties_data=labels.version(), policy=policy.digest(house.config.policy),
            compared=material.compared, not_compared=material.not_compared if material.compared is not None else None,
            findings=tuple(_row(one) for n, one in enumerate(checked.findings) if n < MOST_ROWS or one.level == WARNING),
            folders=tuple(canon.path(folder) for folder in folders) or None,
        )
    )  # fmt: skip
    return replace(checked, entry=entry)


def answer(house: House, checked: Checked, found: Iterable[Finding], said: tuple[str, str, str]) -> tuple[Entry, ...]:
    """A person's answer to findings, an entry for each code. said: (answer, way, words)."""
    assert checked.entry is not None
    answered, way, text = said
    by_code: dict[str, list[str]] = {}
    for one in found:
        by_code.setdefault(one.code, []).append(one.ident)
    told = [
        facts.CheckAnswered(of=checked.entry.seq, work=checked.material.work, code=code, answer=answered, way=way, count=len(idents),
                            findings=tuple(idents), words=text or None)
        for code, idents in by_code.items()
    ]  # fmt: skip
    return house.tell(*told) if told else ()


def again(house: House, checked: Checked) -> Checked:
    """The same with the answers that were given since."""
    return replace(checked, closed=reviewed.answered(house.views, checked.material.work))


def on_record(house: House, chosen: Selection) -> bool:
    """Whether the last check of a work was of these very pictures and every warning of it is closed by an answer."""
    now = reviewed.digest(one.sha256 for one in chosen.pictures)
    rows = reviewed.checks(house.views, chosen.work, now)
    if not rows or rows[-1]["pictures_sha256"] != now:
        return False
    found = house.ledger.record(rows[-1]["seq"]).values.get("findings")
    closed = reviewed.answered(house.views, chosen.work)
    listed = [row for row in found if isinstance(row, dict)] if isinstance(found, list | tuple) else []
    return all(row.get("finding") in closed for row in listed if row.get("level") == WARNING)


def _row(one: Finding) -> dict[str, Any]:
    """A finding as it is written down: as it was said in both languages, for words and data change."""
    row: dict[str, Any] = {"finding": one.ident, "code": one.code, "level": one.level}
    row["said"] = {lang: one.said(lang) for lang in ("en", "zh")}
    if one.subject:
        row["subject"] = one.subject
    if one.pictures:
        row |= {"pictures": list(one.pictures[:MOST_NAMED]), "picture_count": len(one.pictures)}
    if one.entries:
        row["entries"] = list(one.entries[:MOST_NAMED])
    if one.authorities:
        row["authorities"] = [authority.row() for authority in one.authorities]
    return row
