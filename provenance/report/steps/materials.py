"""What changed in what went in: models, LoRAs, pictures, masks, controls, regions. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provenance.report.steps.delta import CONTROL, INPUT, LORA, MASK, MODEL, PART, Area, Delta, Values, rows, same
from provenance.report.values import plain

Row = Mapping[str, Any]
MOST = 200  # rows of one list: a hostile graph may hold thousands
_CONTROLLED = ("model", "weight", "start", "end", "preprocessor", "image")
_PARTED = ("prompt", "negative", "weight")


@dataclass(frozen=True)
class Mask:
    """A mask as a run used it. name: of its file. sha256: of its bytes as the run's file claims it, "" unknown. channel: alpha, red,
    green, blue, "" unknown."""

    name: str
    sha256: str = ""
    channel: str = ""


AreaOf = Callable[[Mask], Area | None]


def unknown(_: Mask) -> Area | None:
    """An AreaOf where no bytes are at hand."""
    return None


def differences(old: Values, new: Values, masks: tuple[Sequence[Mask], Sequence[Mask]], area_of: AreaOf) -> list[Delta]:
    """Models, LoRAs, inputs, masks, controls and parts, in this order."""
    return [
        *_models(_rows(old, "models"), _rows(new, "models")),
        *_loras(_rows(old, "loras"), _rows(new, "loras")),
        *_inputs(_rows(old, "inputs"), _rows(new, "inputs")),
        *_masks(masks[0] or masks_named(old), masks[1] or masks_named(new), area_of),
        *_side_by_side(CONTROL, "kind", _CONTROLLED, _rows(old, "controls"), _rows(new, "controls")),
        *_side_by_side(PART, "role", _PARTED, _rows(old, "parts"), _rows(new, "parts"), key="place"),
    ]


def masks_named(values: Values) -> tuple[Mask, ...]:
    """The masks that a file names among its inputs."""
    named = [row for row in _rows(values, "inputs") if row.get("role") == "mask"]
    return tuple(Mask(plain(row.get("name")), plain(row.get("sha256"))) for row in named)


def _rows(values: Values, field: str) -> list[Row]:
    return rows(values.get(field))[:MOST]


def _models(old: list[Row], new: list[Row]) -> Iterator[Delta]:
    """By kind: one out and one in of a kind is a replacement. A claimed hash that differs under the same name is told."""
    for kind in dict.fromkeys(plain(row.get("kind")) for row in (*old, *new)):
        before = {plain(row.get("name")): plain(row.get("claimed_hash")) for row in old if plain(row.get("kind")) == kind}
        after = {plain(row.get("name")): plain(row.get("claimed_hash")) for row in new if plain(row.get("kind")) == kind}
        gone, come = [name for name in before if name not in after], [name for name in after if name not in before]
        if len(gone) == len(come) == 1:
            yield Delta(MODEL, "replaced", come[0], gone[0], come[0], of=kind)
        else:
            yield from (Delta(MODEL, "out", name, of=kind) for name in gone)
            yield from (Delta(MODEL, "in", name, of=kind) for name in come)
        for name, was in before.items():
            if was and after.get(name) and was != after[name]:
                yield Delta(MODEL, "rehashed", name, was, after[name], of=kind)


def _loras(old: list[Row], new: list[Row]) -> Iterator[Delta]:
    """By name, the n-th of a name with the n-th; the weights on the model and on the text encoder apart; then the order."""
    before, after = _numbered(old), _numbered(new)
    yield from (Delta(LORA, "out", key[0], before=_weights(row), place=place) for key, (place, row) in before.items() if key not in after)
    yield from (Delta(LORA, "in", key[0], after=_weights(row), place=place) for key, (place, row) in after.items() if key not in before)
    for key, (place, row) in after.items():
        was = before[key][1] if key in before else None
        for what in ("weight", "weight_te"):
            if was is not None and not same(was.get(what), row.get(what)):
                yield Delta(LORA, what, key[0], plain(was.get(what)), plain(row.get(what)), place)
    kept = [key for key in before if key in after]
    stood = {key: place for place, key in enumerate(kept, 1)}
    for place, key in enumerate((key for key in after if key in before), 1):
        if stood[key] != place:
            yield Delta(LORA, "moved", key[0], str(before[key][0]), str(after[key][0]), after[key][0])


def _numbered(loras: list[Row]) -> dict[tuple[str, int], tuple[int, Row]]:
    found: dict[tuple[str, int], tuple[int, Row]] = {}
    seen: dict[str, int] = {}
    for place, row in enumerate(loras, 1):
        name = plain(row.get("name"))
        seen[name] = seen.get(name, 0) + 1
        found[name, seen[name]] = (place, row)
    return found


def _weights(row: Row) -> str:
    return " / ".join(plain(row[key]) for key in ("weight", "weight_te") if row.get(key))


def _inputs(old: list[Row], new: list[Row]) -> Iterator[Delta]:
    """By role. The same name with other bytes is a change; another name with the same bytes is told as that."""
    for role in dict.fromkeys(plain(row.get("role")) for row in (*old, *new)):
        if role == MASK:
            continue
        before = [_named(row) for row in old if plain(row.get("role")) == role]
        after = [_named(row) for row in new if plain(row.get("role")) == role]
        for mine in [one for one in after if one in before]:
            if mine in before:
                before.remove(mine)
                after.remove(mine)
        for what, agree in (("other_bytes", 0), ("other_name", 1)):
            for one in list(after):
                partner = next((two for two in before if two[agree] and two[agree] == one[agree]), None)
                if partner is not None:
                    before.remove(partner)
                    after.remove(one)
                    if what == "other_name" or (partner[1] and one[1]):  # bytes that one of the files does not tell are not compared
                        yield Delta(INPUT, what, one[0], partner[1 - agree], one[1 - agree], of=role, hashes=(partner[1], one[1]))
        if len(before) == len(after) == 1:
            yield Delta(INPUT, "replaced", after[0][0], before[0][0], after[0][0], of=role, hashes=(before[0][1], after[0][1]))
        else:
            yield from (Delta(INPUT, "out", name, of=role, hashes=(sha, "")) for name, sha in before)
            yield from (Delta(INPUT, "in", name, of=role, hashes=("", sha)) for name, sha in after)


def _named(row: Row) -> tuple[str, str]:
    return plain(row.get("name")), plain(row.get("sha256"))


def _masks(old: Sequence[Mask], new: Sequence[Mask], area_of: AreaOf) -> Iterator[Delta]:
    gone, come = [mask for mask in old if mask not in new], [mask for mask in new if mask not in old]
    if len(gone) == len(come) == 1:
        what = "redrawn" if gone[0].name == come[0].name and gone[0].sha256 != come[0].sha256 else "replaced"
        hashes = gone[0].sha256, come[0].sha256
        yield Delta(MASK, what, come[0].name, gone[0].name, come[0].name, of=come[0].channel, area=area_of(come[0]), hashes=hashes)
        return
    yield from (Delta(MASK, "out", mask.name, of=mask.channel, hashes=(mask.sha256, "")) for mask in gone)
    yield from (Delta(MASK, "in", mask.name, of=mask.channel, area=area_of(mask), hashes=("", mask.sha256)) for mask in come)


def _side_by_side(topic: str, label: str, names: Sequence[str], old: list[Row], new: list[Row], key: str = "model") -> Iterator[Delta]:
    """Rows that share label and key are the same one with other settings; then in order; the rest came or went."""
    left = [row for row in old if row not in new]
    pairs: list[tuple[Row, Row]] = []
    come = []
    for row in [row for row in new if row not in old]:
        partner = next((one for one in left if one.get(label) == row.get(label) and one.get(key) == row.get(key)), None)
        if partner is None:
            come.append(row)
        else:
            left.remove(partner)
            pairs.append((partner, row))
    while left and come and left[0].get(label) == come[0].get(label):
        pairs.append((left.pop(0), come.pop(0)))
    for before, after in pairs:
        of = " ".join(part for part in (plain(after.get(label)), plain(after.get("place"))) if part)
        for name in (*names, "place") if topic == PART else names:
            if not same(before.get(name), after.get(name)):
                yield Delta(topic, "changed", name, plain(before.get(name)), plain(after.get(name)), of=of)
    for what, those in (("out", left), ("in", come)):
        for row in those:
            said = "  ".join(f"{name} {plain(row[name])}" for name in (*names, "place") if row.get(name))
            yield Delta(topic, what, plain(row.get(label)), after=said if what == "in" else "", before=said if what == "out" else "")
