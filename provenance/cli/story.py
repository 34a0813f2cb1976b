"""How sittings and steps are printed: times and entry numbers first, then one line for each kind of thing that changed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from provenance import facts, words
from provenance.cli import out

if TYPE_CHECKING:
    from provenance.daemon.telling import Teller, Told
    from provenance.report.steps.story import Against, Step
    from provenance.views.sittings import Sitting

INDENT = 10
PROMPT = 300  # characters of the first run's prompt
MANY = 6  # lines of a comparison with a run of another canvas that are printed


def chosen(teller: Teller, name: str, day: str) -> list[Sitting]:
    """The sittings that a story is asked of: by name, by day, else the newest. Raises BadInput as `views.sittings`."""
    from provenance.views import sittings

    if name:
        return [sittings.named(teller.views, name, teller.gap)]
    if day:
        return sittings.of_day(teller.views, day, teller.gap)
    return teller.sittings()[-1:]


def print_json(teller: Teller, sitting: Sitting) -> None:
    """A sitting as one object a line: itself, then its runs and entries in order."""
    from provenance.cli.log import line
    from provenance.daemon import telling

    out.json_line({"type": "sitting"} | telling.as_json(sitting))
    for told in teller.story(sitting):
        if told.step is not None:
            out.json_line({"type": "run", "sitting": sitting.name} | step_json(told.step))
        else:
            project = {"project": told.project.as_json()} if told.project is not None else {}
            out.json_line({"type": "entry", "sitting": sitting.name} | line(told.record) | project)


def step_json(step: Step, numbered: bool = True) -> dict[str, Any]:
    """A step with its sentences (`said`) in the user's language. numbered: whether its number is one of a sitting or work."""
    from provenance.report.steps import say

    found = step.as_json()
    for name, against in (("since_previous", step.before), ("since_alike", step.alike)):
        if against is not None:
            found[name]["said"] = say.lines(against.changes, words.language())
            if not numbered:
                found[name].pop("run", None)
    if not numbered:
        found.pop("run")
    return found


def print_story(teller: Teller, sitting: Sitting) -> None:
    """A sitting for people."""
    lang = words.language()
    out.echo(title(sitting, lang), "strong")
    for told in teller.story(sitting):
        print_told(told, lang)
    out.echo("")


def print_told(told: Told, lang: str, dated: bool = False) -> None:
    """One thing of a story. dated: with its day."""
    if told.between:
        out.say("cli.story.between", "quiet", count=told.between)
    if told.step is not None:
        print_step(told.step, lang, dated)
    else:
        _print_entry(told, lang, dated)


def title(sitting: Sitting, lang: str) -> str:
    """`Sitting 3  2026-11-22 20:14 - 23:02 UTC  #12-#88`."""
    until = sitting.until[:16] if sitting.until[:10] != sitting.since[:10] else sitting.until[11:16]
    times = f"{sitting.since[:16].replace('T', ' ')} – {until.replace('T', ' ')} UTC"
    key = "cli.story.imported" if sitting.imported else "cli.story.sitting"
    return f"{words.say(key, lang, name=sitting.name)}  {times}  #{sitting.first}–#{sitting.last}"


def print_step(step: Step, lang: str, dated: bool = False) -> None:
    """A run: its time, entries and files, then what changed."""
    run, first = step.run, step.run.files[0]
    at = first.mtime if first.imported else first.at
    label = words.say("steps.run", lang, run=step.number)
    names = first.name if len(run.files) == 1 else f"{first.name} … {run.files[-1].name}"
    head = [_time(at, dated), entries(run.seqs), label, words.visible(names)]
    if len(run.files) > 1:
        together = words.say(f"steps.together.{run.together}", lang)
        head.append(words.say("cli.story.together", lang, files=words.say("steps.files", lang, count=len(run.files)), how=together))
    out.echo("  ".join(part for part in head if part), "strong")
    for text, style in body(step, lang):
        for part in out.wrapped(words.visible(text), max(40, shutil.get_terminal_size((110, 24)).columns - INDENT - 2)):
            out.echo(" " * INDENT + part, style)


def body(step: Step, lang: str, classed: bool = True) -> Iterator[tuple[str, str]]:
    """(line, style) of what changed, each comparison with what it was made with and, if `classed`, who says so."""
    from provenance.report.steps import say
    from provenance.report.values import plain

    by = f"{facts.FILE_CLAIMED}  " if classed else ""
    if step.before is None:
        yield words.say("steps.first", lang), "quiet"
        if classed and (prompt := plain((step.run.values.get("prompts") or ("",))[0])):
            more = "…" if len(prompt) > PROMPT else ""
            topic = words.say("steps.topic.prompt", lang)
            yield f"{by}{words.say('steps.line', lang, topic=topic, what=prompt[:PROMPT] + more)}", ""
    for against in (step.alike, step.before):
        if against is not None:
            yield f"{by}{since(against, step, lang)}", "quiet"
            said = say.lines(against.changes, lang)
            if step.alike is not None and against is step.before and len(said) > MANY:
                said = [words.say("steps.many", lang, names=say.topics(against.changes, lang))]
            yield from ((text, "") for text in said)
    if step.run.edited:
        yield words.say("steps.edited", lang, entries=entries(step.run.edited)), "quiet"


def since(against: Against, step: Step, lang: str) -> str:
    """What a run is compared with."""
    if not against.number:
        return words.say("steps.earlier", lang, at=against.sitting[:16].replace("T", " "))
    key = "steps.entry.alike" if against is step.alike else "steps.entry" if against.like or step.alike is None else "steps.entry.other"
    return words.say(key, lang, entries=entries(against.entries))


def entries(seqs: tuple[int, ...]) -> str:
    """`#12`, `#12–#15`, `#12, #14`."""
    if len(seqs) > 2 and seqs[-1] - seqs[0] == len(seqs) - 1:
        return f"#{seqs[0]}–#{seqs[-1]}"
    return ", ".join(f"#{seq}" for seq in seqs[:6]) + (" …" if len(seqs) > 6 else "")


def _time(stamp: str, dated: bool) -> str:
    return stamp[:19].replace("T", " ") if dated else stamp[11:19]


def _print_entry(told: Told, lang: str, dated: bool) -> None:
    """An entry between the runs, with its class."""
    from provenance.cli.log import gist

    record: Any = told.record
    entry = record.entry
    key = f"kind.{entry.kind}"
    kind = words.say(key, lang) if words.known(key) else entry.kind
    text = gist(record, told.project.name if told.project is not None else "")
    if (twin := entry.open.get("same_bytes_as")) is not None and entry.kind in facts.FILE_KINDS:
        text = f"{text}  {words.say('cli.story.twin', lang, seq=twin)}"
    klass = facts.field_class(entry.kind, "") if entry.kind in facts.KINDS else str(entry.open.get("class", "?"))
    text = words.visible(text)
    start = f"{_time(entry.at, dated)}  #{entry.seq}  "
    out.echo(start + out.clipped(f"{klass}  {kind}  {text}".rstrip(), out.width(start)))
    if told.project is not None:
        from provenance.report import layers

        for line in layers.changes(told.project.changes, lang):
            out.echo(" " * INDENT + out.clipped(line, INDENT))
