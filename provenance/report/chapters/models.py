"""Chapter: the models and LoRAs that pictures name, the files under those names, and the terms and licences in force on the day, the
unfavourable ones too. Statements of terms are this program's summary of the source that stands beside them."""

from __future__ import annotations

from collections.abc import Iterator

from provenance import facts
from provenance.paper.blocks import CODE, LATE, SMALL, Block, Cell, Heading, Para, Row, Run, Table, Text
from provenance.report import shown as sh
from provenance.report import tell
from provenance.report.agreed import Terms
from provenance.report.dossier import Bound, Dossier
from provenance.report.forum import Forum
from provenance.report.speak import Speaker
from provenance.terms.force import Found

MOST = 20
MOST_TERMS = 8
_HIDING = frozenset({"generator", "bindings", "header", "platform"})


def blocks(d: Dossier, s: Speaker, forum: Forum) -> tuple[Block, ...]:
    """The chapter."""
    if not (d.bound or d.unbound or d.terms or d.models):
        return tell.chapter(s, "models", ())
    return tell.chapter(s, "models", (
        Para(tell.text(s, "models.intro"), kind="note"),
        *_bound(d, s),
        Heading(s.say("terms.title"), 2),
        Para(tell.text(s, "models.terms"), kind="note"),
        *_terms(d, s),
    ))  # fmt: skip


def _bound(d: Dossier, s: Speaker) -> Iterator[Block]:
    if not (d.bound or d.unbound):
        yield tell.none(s)
        return
    if d.bound:
        head = tuple(tell.say(s, f"models.head.{name}") for name in ("name", "file", "pictures"))
        yield Table(head, tuple(_row(one, s) for one in d.bound[:MOST]), (26, 54, 20))
        yield from sh.rest(s, len(d.bound) - MOST)
    for hidden in d.unbound[:6]:
        text = (Run(s.say("models.withheld") + s.say("label")), tell.bar(hidden.commitment))
        yield Para(text, tell.source(facts.OBSERVED, (hidden.seq,)))
    yield from sh.rest(s, len(d.unbound) - 6)


def _row(one: Bound, s: Speaker) -> Row:
    name = Cell(((tell.verbatim(one.name),), (Run(s.word("kind", one.kind), SMALL),)))
    file: list[Text] = []
    if one.sha256:
        file.append((Run("SHA-256 ", SMALL), Run(one.sha256, CODE)))
        short = [(Run(f"{label} ", SMALL), Run(value, CODE)) for label, value in (("AutoV2", one.autov2), ("AutoV3", one.autov3)) if value]
        file += [tell.join(s, short)] if short else []
    else:
        file.append((Run(s.say("models.notfound"), LATE),))
    how = (Run(s.word("how", one.how) + s.say("label"), SMALL),)
    agrees = s.say(f"models.agrees.{one.agrees}") if one.agrees in ("yes", "no") else one.agrees or s.say("models.agrees.none")
    file.append((*how, Run(agrees, LATE if one.agrees == "no" else SMALL)))
    cells = (name, Cell(tuple(file)), *sh.cells(sh.pictures(s, one.pictures, 3)))
    return sh.row(s, cells, facts.OBSERVED, one.entries)


def _terms(d: Dossier, s: Speaker) -> Iterator[Block]:
    if any(one.field in _HIDING for one in d.hidden):
        yield Para((Run(s.say("terms.withheld"), LATE),))
    if not d.terms:
        yield tell.none(s)
    head = tuple(tell.say(s, f"models.head.{name}") for name in ("about", "says", "source"))
    for one in d.terms[:MOST_TERMS]:
        yield Para(_whose(one, s), tell.source(facts.FILE_CLAIMED, one.entries))
        yield from (Para((Run(s.say(f"terms.mark.{mark}"), LATE),)) for mark in (one.applied.marks if one.applied else ()))
        yield from _saved(one, s)
        for found in one.applied.found if one.applied else ():
            yield Table(head, tuple(_version(found, s)), (14, 56, 30), sourced=False)
    yield from sh.rest(s, len(d.terms) - MOST_TERMS)


def _whose(one: Terms, s: Speaker) -> Text:
    """Which service or licence, for which pictures, on which days."""
    runs: list[Run] = []
    if one.applied is None:
        runs.append(Run(s.say("terms.no-licence"), LATE))
    else:
        runs += [Run(s.say(f"terms.named.{one.kind}") + s.say("label"), "strong"), tell.verbatim(one.applied.named)]
    if one.models:
        more = len(one.models) - sh.NAMED
        runs.append(Run(s.say("comma") + s.say("models.name") + s.say("label")))
        runs += tell.join(s, [(tell.verbatim(name),) for name in one.models[: sh.NAMED]])
        runs += [Run(" " + tell.say(s, "more", count=more))] if more > 0 else []
    runs.append(Run(s.say("comma") + sh.pictures(s, one.pictures, 4)))
    if one.since:
        runs.append(Run(s.say("comma") + s.say(f"terms.days.{one.basis}", since=one.since, until=one.until)))
    return (*runs, *(run for text in sh.counted(s, one.entries) for run in (Run(" "), *text)))


def _saved(one: Terms, s: Speaker) -> Iterator[Para]:
    """What the person recorded of it: a text that was found later, and what they state."""
    saved = one.applied.saved if one.applied else None
    if saved is None:
        return
    if saved.sha256:
        title = (tell.verbatim(saved.title), Run(" ")) if saved.title else ()
        text = (Run(s.say("terms.saved") + s.say("label")), *title, Run("SHA-256 ", SMALL), Run(saved.sha256, CODE))
        yield Para(text, tell.source(facts.IMPORTED, (saved.seq,)))
    if saved.stated is not None:
        values = (("plan", saved.plan), ("accepted", saved.accepted))
        said = [(Run(s.field(name) + s.say("label")), tell.verbatim(value)) for name, value in values if value]
        if said:
            yield Para(tell.join(s, said), tell.source(facts.STATED, (saved.stated,)))


def _version(found: Found, s: Speaker) -> Iterator[Row]:
    """The version in force; each of its statements with its clause; each row with source and date."""
    title = Run(found.document.title, "verbatim")
    covers = Run(" " + found.document.covers.text(s.lang), SMALL)
    version = found.version
    if version is None:
        yield Row((Cell(((title, covers),)), Cell(((Run(s.say("terms.none-known"), LATE),),)), *sh.cells("–")), head=True)
        return
    source = Cell(((Run(s.say("terms.source", source=version.source, looked=version.looked), SMALL),),))
    unknown = s.say("terms.unknown")
    force = s.say("terms.force", since=version.start or unknown, until=version.until or unknown)
    lines: list[Text] = [(Run(f"{s.say('terms.version')}{s.say('label')}{version.label or unknown}{s.say('comma')}{force}"),)]
    if version.stands_for:
        lines.append((Run(s.say("terms.stands-for", days=s.say("comma").join(version.stands_for)), SMALL),))
    lines += [(Run(s.say(f"terms.mark.{mark}"), LATE),) for mark in found.marks]
    yield Row((Cell(((title, covers),)), Cell(tuple(lines)), source), head=True)
    for field, statements in version.statements.items():
        for said in statements:
            text = [Run(said.text(s.lang))]
            text += [Run(s.say("terms.clause", clause=said.clause), SMALL)] if said.clause else []
            text += [Run(s.say("terms.unsure"), LATE)] if said.uncertain else []
            yield Row((*sh.cells(s.say(f"terms.{field}")), Cell((tuple(text),)), source))
