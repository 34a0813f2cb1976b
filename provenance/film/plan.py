"""From the entries of a work or a sitting to the scenes of its film, in the order of the entries. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from provenance import facts, words
from provenance.errors import BadInput
from provenance.film import sampling, scene, screen
from provenance.film.cards import Eye, card, gap, reading_time, shown_time
from provenance.film.scene import Film, Line, Piece, Scene, line, withheld
from provenance.report.steps.story import Against, Step
from provenance.report.values import plain
from provenance.views.fold import RecordLike

PROMPT = 300  # characters of the first run's prompt
MANY = 6  # lines of a comparison with a run of another canvas


class ToldLike(Protocol):
    """One thing of a story: a run, or another entry."""

    @property
    def step(self) -> Step | None: ...
    @property
    def record(self) -> RecordLike | None: ...
    @property
    def between(self) -> int: ...


@dataclass(frozen=True)
class About:
    """What the film is of. title: in words, for the first card. name: the work's own, "" none, None where it is withheld. origin: of the
    ledger. leaf: the leaf hash (64 hex digits) of an entry. seconds: how long it is to run, None: as long as its cards need. most: runs and
    files that are shown at most beside those of which something was decided. withheld: names as the person gave them."""

    title: str
    name: str | None
    origin: str
    leaf: Callable[[int], str]
    seconds: int | None = None
    most: int = sampling.MOST
    withheld: tuple[str, ...] = ()


def plan(told: Iterable[ToldLike], about: About, eye: Eye) -> Film:
    """The film's scenes.

    Raises:
        BadInput: `film.nothing` where no entry has a card.
    """
    sampler = sampling.Sampler(about.most)
    seen: list[int] = []
    first_at = last_at = ""
    classes: dict[str, None] = {}
    runs = 0
    for one in scenes(told, eye):
        sampler.offer(one)
        seen = [min([*seen[:1], *one.seqs]), max([*seen[1:], *one.seqs])]
        first_at, last_at = min(first_at or one.at, one.at), max(last_at, one.at)
        classes.setdefault(one.klass)
        runs += one.kind in (scene.RUN, scene.FILE)
    if not seen:
        raise BadInput("film.nothing", what=about.title)
    found, left = sampler.scenes()
    opening = _opening(about, eye, (seen[0], seen[1], first_at, last_at), left, runs)
    body = [_skipping(one, eye) for one in found]
    timed = sampling.timed([opening, *body, _closing(about, eye, seen[1], classes)], about.seconds)
    return Film(tuple(timed), left, seen[0], seen[1])


def scenes(told: Iterable[ToldLike], eye: Eye) -> Iterator[Scene]:
    """All scenes but the first and the last, none left out."""
    stopped: RecordLike | None = None
    for one in told:
        if one.step is not None:
            yield _run(one.step, eye, one.between)
            continue
        record = one.record
        if record is None:
            continue
        if record.entry.kind == facts.RecorderStopped.KIND:
            stopped = record
        elif record.entry.kind == facts.RecorderStarted.KIND:
            if stopped is not None:
                since = stopped.entry
                yield gap(record, eye, since.at, record.entry.at, "stopped", seqs=(since.seq, record.entry.seq))
            stopped = None
        elif (found := card(record, eye)) is not None:
            yield found


def _run(step: Step, eye: Eye, between: int) -> Scene:
    run, first = step.run, step.run.files[0]
    lines: list[Line] = []
    if between:
        lines.append(line(Piece(eye.say("film.between", count=between), "quiet")))
    lines += screen.said(eye.say("film.file"), screen.name_of(run.record, eye.withheld))
    if first.imported:
        lines.append(line(Piece(eye.say("film.claimed-time", time=shown_time(first.mtime)), "quiet")))
    if generator := screen.value(run.record, "generator", eye.withheld):
        lines.append(line(Piece(words.visible(generator), "quiet")))
    lines += _changes(step, eye)
    pictures = [file.sha256 for file in run.files]
    shots, more = eye.shots(pictures, {file.sha256: f"#{file.seq}" for file in run.files})
    head = eye.say("steps.run", run=step.number)
    if len(run.files) > 1:
        head += f" · {eye.say('steps.files', count=len(run.files))}"
    klass = facts.IMPORTED if first.imported else facts.OBSERVED
    return Scene(
        scene.RUN, run.seqs, first.at, klass, _capital(head), tuple(lines + more), shots,
        reading_time(lines, 1_200, 4_500), any(eye.decided(sha256) for sha256 in pictures),
    )  # fmt: skip


def _changes(step: Step, eye: Eye) -> Iterator[Line]:
    """What differs from the run before, and from the last of its kind: each with what it is compared with, and who says so."""
    by = Piece(f"{eye.say(f'report.class.{facts.FILE_CLAIMED}')}  ", "class")
    if step.before is None:
        prompt = screen.value(step.run.record, "prompts", eye.withheld)
        if prompt is None:
            yield line(by, screen.topic(eye.say("steps.topic.prompt"), eye.lang), withheld())
        elif prompts := step.run.values.get("prompts"):
            text = words.visible(plain(prompts[0]))
            shown = text[:PROMPT] + ("…" if len(text) > PROMPT else "")
            yield line(by, eye.say("steps.line", topic=eye.say("steps.topic.prompt"), what=shown))
    for against in (step.alike, step.before):
        if against is None:
            continue
        yield line(by, Piece(_since(against, step, eye), "quiet"))
        told = screen.differences(against.changes, eye.withheld, eye.lang)
        if step.alike is not None and against is step.before and len(told) > MANY:
            told = [*told[:MANY], line(Piece("…", "quiet"))]
        yield from told


def _since(against: Against, step: Step, eye: Eye) -> str:
    if not against.number:
        return eye.say("steps.earlier", at=against.sitting[:16].replace("T", " "))
    key = "steps.entry.alike" if against is step.alike else "steps.entry" if against.like or step.alike is None else "steps.entry.other"
    return eye.say(key, entries=entries(against.entries))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _skipping(one: Scene, eye: Eye) -> Scene:
    if not one.skipped:
        return one
    note = line(Piece(eye.say("film.skipped", count=one.skipped), "quiet"))
    return dataclasses.replace(one, lines=(note, *one.lines))


def _opening(about: About, eye: Eye, seen: tuple[int, int, str, str], left: int, runs: int) -> Scene:
    first, last, since, until = seen
    lines: list[Line] = []
    if about.name is None:
        lines += screen.said(eye.say("film.name"), None)
    lines.append(line(eye.say("film.of")))
    told = eye.say("film.range", first=first, last=last, origin=about.origin, since=shown_time(since), until=shown_time(until))
    lines.append(line(Piece(told, "quiet")))
    if left:
        lines.append(line(eye.say("film.left", count=left, all=runs)))
    if about.withheld:
        lines.append(line(eye.say("film.withheld.list", names=", ".join(about.withheld))))
    head = words.visible(about.name) if about.name else about.title
    return Scene(scene.TITLE, (), "", "", head, tuple(lines), ms=3_500)


def _closing(about: About, eye: Eye, last: int, classes: Iterable[str]) -> Scene:
    lines = [line(eye.say("film.end.says"))]
    for klass in (name for name in (*facts.CLASSES,) if name in {*classes, facts.FILE_CLAIMED}):
        name = Piece(eye.say(f"report.class.{klass}"), "class")
        lines.append(line(name, Piece("  " + eye.say(f"report.class.{klass}.means"), "quiet")))
    lines.append(line(Piece(eye.say("film.end.leaf", seq=last, leaf=about.leaf(last)), "quiet")))
    return Scene(scene.END, (), "", "", eye.say("film.end"), tuple(lines), ms=6_000)


def entries(seqs: tuple[int, ...]) -> str:
    """`#12`, `#12–#15`, `#12, #14`."""
    if len(seqs) > 2 and seqs[-1] - seqs[0] == len(seqs) - 1:
        return f"#{seqs[0]}–#{seqs[-1]}"
    return ", ".join(f"#{seq}" for seq in seqs[:6]) + (" …" if len(seqs) > 6 else "")
