"""Decisions from where people decide already: other programs' marks into the ledger, and what the recorder's folders mean."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provenance import canon, facts
from provenance.capture import marks
from provenance.capture.marks.mark import COPIED, MOVED, PUT, VANISHED, Mark, Meaning, in_folder, meaning
from provenance.config import Rule
from provenance.daemon.house import House
from provenance.errors import BadInput, Unreadable
from provenance.ledger.chain import Entry
from provenance.views import ask, decided
from provenance.views.fold import plain, unplain

TOGETHER = 300  # pictures of one entry: their hashes stay far below what an entry may hold
Standing = Callable[[str], list[str]]
"""Where bytes should stand by what the ledger says, as `Known.standing`."""
DECIDED = ("image/", "video/", "audio/")  # media types of what is decided of: a text beside a picture is not
SWARM_STAR = "SwarmUI: Starred/"


@dataclass(frozen=True)
class Imported:
    """entries: what was written. pictures: marks that are new. known: marks that were written down before. unknown: marks of files that
    the ledger does not know. places: (source, path) that was read."""

    entries: tuple[Entry, ...]
    pictures: int
    known: int
    unknown: int
    places: tuple[tuple[str, str], ...]


def import_marks(house: House, path: str, only: str = "", step: Callable[[], None] = lambda: None) -> Imported:
    """Write down what other programs say was done with recorded pictures. What was written before is not written again.

    Args:
        path: a program's folder, database or log. only: the name of a source, "" any. step: called for each mark.
    Raises:
        BadInput: `marks.nothing` where no program's data is found, `marks.no-database`. Busy `marks.busy`. Unreadable.
    """
    places = marks.found(path, only)
    if not places:
        raise BadInput("marks.nothing", path=path)
    groups: dict[tuple[str, ...], list[str]] = {}
    known = unknown = 0
    hashes: dict[str, str] = {}
    for source, place in places:
        try:
            for mark in source.marks(place):
                step()
                sha256 = _picture(house, mark.path, hashes)
                if not sha256:
                    unknown += 1
                    continue
                meant = meaning(house.config.rules, mark.observed, mark.path, value=mark.value, place=mark.place)
                if _told(house, sha256, mark, meant):
                    known += 1
                    continue
                key = (mark.observed, mark.value, mark.place, mark.tool, mark.at, meant.means, meant.rule, meant.pattern, place)
                group = groups.setdefault(key, [])
                if sha256 in group:
                    known += 1
                else:
                    group.append(sha256)
        except OSError as error:
            raise Unreadable("capture.unreadable", path=place, why=error.strerror or "") from error
    said = list(_facts(groups))
    entries = house.tell(*said) if said else ()
    return Imported(entries, sum(map(len, groups.values())), known, unknown, tuple((source.name, place) for source, place in places))


def apply_rules(house: House) -> Imported:
    """Write down what the folders' rules of prov.toml make of files that stand there now: they came before the rule did, or before the
    file elsewhere was seen. How and when they came was not seen."""
    groups: dict[tuple[str, ...], list[str]] = {}
    known = 0
    rules = [rule for rule in house.config.rules if rule.folder and rule.observed in ("", PUT)]
    rows = house.views.ask("SELECT path, folder, sha256 FROM places WHERE here = 1 AND sha256 != '' ORDER BY seq") if rules else []
    for row in rows:
        path, place = unplain(row["path"]), str(row["folder"])
        meant = meaning(house.config.rules, PUT, path)
        media = ask.versions(house.views, row["sha256"])[:1] if meant.rule.startswith("prov.toml") else []
        if not media or not media[0]["media_type"].startswith(DECIDED):
            continue
        before = house.views.ask(
            "SELECT 1 FROM decisions WHERE sha256 = :s AND decision = :d AND rule LIKE 'prov.toml %' AND place = :p",
            s=row["sha256"], d=meant.means, p=place,
        )  # fmt: skip
        if before:
            known += 1
            continue
        groups.setdefault((PUT, "", unplain(place), "", "", meant.means, meant.rule, meant.pattern, ""), []).append(row["sha256"])
    said = list(_facts(groups))
    entries = house.tell(*said) if said else ()
    return Imported(entries, sum(map(len, groups.values())), known, 0, (("rules", str(house.home.config)),))


def _facts(groups: dict[tuple[str, ...], list[str]]) -> Iterator[facts.DecisionImported]:
    for (observed, value, place, tool, at, means, rule, pattern, source), pictures in groups.items():
        for start in range(0, len(pictures), TOGETHER):
            yield facts.DecisionImported(
                pictures=tuple(pictures[start : start + TOGETHER]), observed=observed, value=value or None, meaning=means or None,
                rule=rule or None, tool=tool or None, place=_place(place) if place else None, pattern=pattern or None,
                at_tool=at or None, source=canon.path(source) if source else None,
            )  # fmt: skip


def _told(house: House, sha256: str, mark: Mark, meant: Meaning) -> bool:
    place = plain(_place(mark.place)) if mark.place else ""
    row = {"observed": mark.observed, "value": mark.value or None, "place": place, "tool": mark.tool}
    return row | {"decision": meant.means or None} in decided.imported(house.views, sha256)


def _place(text: str) -> Any:
    """A path, tag or board as the ledger holds it. Other programs' texts may hold what no path of this system can."""
    try:
        return canon.path(text)
    except UnicodeEncodeError:
        return canon.clean(text)


def _picture(house: House, path: str, hashes: dict[str, str]) -> str:
    """The hash of the recorded picture that stands at a path: as the ledger says, else by its bytes; "" where they were never recorded."""
    if path not in hashes:
        there = ask.by_place(house.views, plain(_place(path)))
        sha256 = there[0] if there else _hash(path)
        hashes[path] = sha256 if sha256 and (there or ask.versions(house.views, sha256)) else ""
    return hashes[path]


def _hash(path: str) -> str:
    try:
        if not Path(path).is_file():
            return ""
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError):
        return ""


def into_folder(
    rules: Sequence[Rule], sha256: str, path: str, *, was: str | None, live: bool, standing: Standing
) -> Iterator[facts.Fact]:
    """What it means that bytes which the ledger knew came into a folder; nothing where no rule speaks of it.

    Args:
        rules: of prov.toml. path: where they stand now. was: where they stood, for a rename that was seen; None for a file that appeared.
        live: seen as it happened.
    """
    star = "/Starred/" in path.replace("\\", "/")
    if not rules and not star:
        return
    others = [other for other in standing(sha256) if other != path]
    observed = MOVED if was is not None else _appeared(path, others)
    meant = meaning(rules, observed, path)
    if meant.rule and was is not None and meaning(rules, observed, was) == meant:
        return  # renamed within the folder: decided before
    tool = None
    if not meant.rule and star and path.replace("\\", "/").replace("/Starred/", "/", 1) in (other.replace("\\", "/") for other in others):
        meant, tool = Meaning("kept", "built-in", SWARM_STAR), "SwarmUI"
    if meant.means:
        yield _seen(live)(
            pictures=(sha256,), observed=observed, meaning=meant.means, rule=meant.rule, tool=tool, pattern=meant.pattern or None,
            place=canon.path(str(Path(path).parent)),
        )  # fmt: skip


def left_folder(rules: Sequence[Rule], sha256: str, path: str, *, live: bool, standing: Standing) -> Iterator[facts.Fact]:
    """What it means that a file left its folder: if a rule of prov.toml says so and the bytes stand nowhere else that is watched."""
    if not sha256 or not any(rule.observed == VANISHED for rule in rules):
        return
    meant = meaning(rules, VANISHED, path)
    if meant.means and not any(_there(other) for other in standing(sha256) if other != path):
        yield _seen(live)(
            pictures=(sha256,), observed=VANISHED, meaning=meant.means, rule=meant.rule, pattern=meant.pattern or None,
            place=canon.path(str(Path(path).parent)),
        )  # fmt: skip


def _seen(live: bool) -> Callable[..., facts.Fact]:
    return facts.DecisionObserved if live else facts.DecisionImported


def _appeared(path: str, others: Sequence[str]) -> str:
    """Copied, where the same bytes still stand elsewhere; where they do not, nobody saw how they came."""
    return COPIED if any(_there(other) for other in others if other != path) else PUT


def _there(path: str) -> bool:
    try:
        return Path(path).is_file()
    except (OSError, ValueError):
        return False


def unused(rules: Sequence[Rule], roots: Sequence[str]) -> list[int]:
    """Numbers of rules whose folder cannot lie below a watched one, as far as their text before the first `*` tells."""
    found = []
    for number, rule in enumerate(rules, 1):
        start = rule.folder.partition("*")[0]
        below = (f"{root}/".startswith(start) or start.startswith(f"{root}/") or in_folder(rule.folder, root) for root in roots)
        if start and not any(below):
            found.append(number)
    return found
