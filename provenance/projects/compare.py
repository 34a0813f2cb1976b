"""What changed between two versions of one project file, layer by layer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]
"""A layer as `project.described/1` has it."""
ADDED, REMOVED, RENAMED, REPAINTED, MOVED, ORDER = "added", "removed", "renamed", "repainted", "moved", "order"
SHOWN, HIDDEN, OPACITY, BLEND, REGROUPED = "shown", "hidden", "opacity", "blend", "depth"


@dataclass(frozen=True)
class Change:
    """One thing that differs. what: one of the words above. name: of the layer, now (before, where it was removed); "" for their order.
    kind: of the layer. before, after: as text, where there are two."""

    what: str
    name: str
    kind: str
    before: str = ""
    after: str = ""


def changes(before: Sequence[Row], after: Sequence[Row]) -> tuple[Change, ...]:
    """What happened to the layers, in the order of the later version; removed ones last.

    A layer is found again by the identifier that the file gives it; where a format has none, by equal pixels, else by name, kind and depth,
    where exactly one fits. What cannot be found again counts as removed and added: nothing is guessed.
    """
    found_again = pairs(before, after)
    found = [change for place, row in enumerate(after) for change in _of(found_again.get(place), before, row)]
    gone = set(range(len(before))) - set(found_again.values())
    found += [Change(REMOVED, _name(before[place]), before[place]["kind"]) for place in sorted(gone)]
    return tuple(found + list(_order(found_again)))


def pairs(before: Sequence[Row], after: Sequence[Row]) -> dict[int, int]:
    """Place after -> place before, of the layers that are found again."""
    found: dict[int, int] = {}
    for key in (_by_ident, _by_pixels, _by_name):
        free_before = _only(before, key, set(found.values()))
        free_after = _only(after, key, set(found))
        found.update({place: free_before[value] for value, place in free_after.items() if value in free_before})
    return found


def _by_ident(row: Row) -> Any:
    return row.get("ident")


def _by_pixels(row: Row) -> Any:
    """Without an identifier only: one that got another identifier is another layer, a copy."""
    return (row["kind"], row["pixels"]) if row.get("pixels") and not row.get("ident") else None


def _by_name(row: Row) -> Any:
    return (_name(row), row["kind"], row.get("depth", 0)) if not row.get("ident") else None


def _only(rows: Sequence[Row], key: Any, taken: set[int]) -> dict[Any, int]:
    """The places of the rows of which only one has its key."""
    places: dict[Any, list[int]] = {}
    for place, row in enumerate(rows):
        if place not in taken and (value := key(row)) is not None:
            places.setdefault(value, []).append(place)
    return {value: there[0] for value, there in places.items() if len(there) == 1}


def _of(place: int | None, before: Sequence[Row], row: Row) -> Iterator[Change]:
    name, kind = _name(row), row["kind"]
    if place is None:
        yield Change(ADDED, name, kind)
        return
    was = before[place]
    if _name(was) != name:
        yield Change(RENAMED, name, kind, _name(was), name)
    if _differ(was, row, "pixels"):
        yield Change(REPAINTED, name, kind)
    elif was.get("pixels") and not row.get("pixels") and row.get("area") == 0:
        yield Change(REPAINTED, name, kind)  # wiped
    elif row.get("pixels") and not was.get("pixels") and was.get("area") == 0:
        yield Change(REPAINTED, name, kind)  # the first strokes on an empty layer
    elif _differ(was, row, "rect"):
        yield Change(MOVED, name, kind, *(",".join(map(str, one["rect"][:2])) for one in (was, row)))
    if was.get("visible") != row.get("visible") and None not in (was.get("visible"), row.get("visible")):
        yield Change(SHOWN if row["visible"] else HIDDEN, name, kind)
    for what in (OPACITY, BLEND, REGROUPED):
        if _differ(was, row, what):
            yield Change(what, name, kind, str(was[what]), str(row[what]))


def _differ(was: Row, row: Row, key: str) -> bool:
    """Both tell of it, and not the same."""
    return was.get(key) is not None and row.get(key) is not None and was[key] != row[key]


def _order(found_again: Mapping[int, int]) -> Iterator[Change]:
    """Whether layers that both versions have lie in another order. Which of them was moved is not told: two have only changed places."""
    places = [found_again[place] for place in sorted(found_again)]
    if places != sorted(places):
        yield Change(ORDER, "", "")


def _name(row: Row) -> str:
    name = row.get("name")
    return name if isinstance(name, str) else ""
