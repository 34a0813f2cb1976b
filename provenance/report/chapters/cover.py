"""The first two pages: what was made, by whom, how, when, what shows it, and what is not proved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from provenance import facts
from provenance.paper.blocks import (
    CODE,
    LARGE_PICTURE,
    MEDIUM_PICTURE,
    SMALL,
    STRONG,
    Block,
    Cell,
    Figure,
    Figures,
    Heading,
    Para,
    Point,
    Points,
    Row,
    Run,
    Source,
    Table,
    Text,
)
from provenance.report import said_held, tell
from provenance.report.contribution import asking
from provenance.report.dossier import Card, Dossier
from provenance.report.forum import Forum
from provenance.report.held import about, made, shaped
from provenance.report.held.values import Book, Held
from provenance.report.picked import filed, picked
from provenance.report.speak import Speaker

MOST_PICTURES = 3
MOST_MODELS = 3
MOST_PEOPLE = 5
CLASSES = (*facts.CLASSES,)


def blocks(d: Dossier, s: Speaker, forum: Forum) -> tuple[Block, ...]:
    """The cover; it has no number. What is not proved stands before how to read it."""
    chosen = shown(d)
    size = LARGE_PICTURE if len(chosen) == 1 else MEDIUM_PICTURE
    kind = tell.say(s, "cover.kind", forum=forum.title[0 if s.lang == "zh" else 1])
    found: list[Block] = [Para((Run(kind),), kind="note"), Heading(tell.say(s, "chapter.cover"), 1, "cover"), _verdict(d, s)]
    if chosen:
        found.append(Figures(tuple(_figure(d, s, card) for card in chosen), size))
    found.append(Para(tuple(_classes(s)), kind="note"))
    found.append(Table(("", ""), tuple(_answers(d, s)), (17, 83)))
    found.append(Heading(tell.say(s, "cover.not"), 2))
    whole = Run(" " + tell.say(s, "cover.not.more", see=tell.see(s, "limits")), SMALL)
    found.append(Para((Run(tell.say(s, "limits.short")), whole), kind="limit"))
    weak = tuple(Point((Run(one),), source) for one, source in tempered(d, s))
    found += [Points(weak)] if weak else []
    return (*found, *_guide(d, s))


def shown(d: Dossier) -> tuple[Card, ...]:
    """The pictures for the first page: those that a person said are published or chosen; where nobody did, the first of the work."""
    return (picked(d) or filed(d))[:MOST_PICTURES]


def _verdict(d: Dossier, s: Speaker) -> Para:
    lines = (
        Run(tell.say(s, "cover.verdict"), STRONG),
        Run(s.verdict(d.meta.verdict)),
        Run(tell.say(s, "cover.verdict.note", see=tell.see(s, "check")), SMALL),
    )
    return Para(lines, kind="verdict")


def _classes(s: Speaker) -> Iterator[Run]:
    """Who says so: the marks are explained before the first of them."""
    yield Run(tell.say(s, "cover.classes"))
    for name in CLASSES:
        yield Run(s.say(f"class.{name}"), STRONG)
        yield Run(tell.say(s, "colon") + s.say(f"class.{name}.means") + " ")


def _figure(d: Dossier, s: Speaker, card: Card) -> Figure:
    name: Text = (tell.verbatim(card.name, 60), Run(" · ")) if card.name else ()
    caption = (Run(s.say("picture", number=card.number) + " · "), *name, Run(tell.say(s, "cover.fingerprint")), Run(card.sha256, CODE))
    exhibits = tuple(one.number for one in d.meta.exhibits if one.sha256 == card.sha256 and one.file)[:1]
    klass = facts.IMPORTED if card.imported_only else facts.OBSERVED
    return Figure(card.sha256, caption, Source(klass, tell.few(card.entries[:1]), exhibits))


def _answers(d: Dossier, s: Speaker) -> Iterator[Row]:
    book = asking(d)
    yield from _rows(s, "what", list(_what(d, s)))
    named = list(about.named(book))
    people = _held(s, named[:MOST_PEOPLE]) or [((Run(tell.say(s, "cover.who.none")),), Source())]
    more = [((Run(tell.say(s, "cover.more", see=tell.see(s, "work"))),), Source())] if len(named) > MOST_PEOPLE else []
    yield from _rows(s, "who", [*people, *more])
    how = [*_tools(d, s), *_held(s, done(book))]
    yield from _rows(s, "how", how or [((Run(s.say("one.how.none")),), Source())])
    yield from _rows(s, "when", list(_when(d, s)))
    yield from _rows(s, "shows", list(_shows(d, s)))
    yield from _rows(s, "third", list(_third(d, s)))
    yield from _rows(s, "withheld", [(_withheld(d, s), Source())])


def done(book: Book) -> list[Held]:
    """The first fact of each sort that is no tool's output: idea, own inputs as stated, texts, region edits, hand edits, choices."""
    own = [one for one in made.own_inputs(book) if one.klass == facts.STATED]
    finders = (made.prompts, shaped.regions, shaped.manual, made.choice)
    return [*list(made.conception(book))[:1], *own[:1], *(one for finder in finders for one in list(finder(book))[:1])]


def _tools(d: Dossier, s: Speaker) -> Iterator[tuple[Text, Source]]:
    """Tools, models and LoRAs as live files name them, in one line; withheld ones as bars."""
    said: list[Text] = []
    entries: list[int] = []
    for field in ("generator", "models", "loras"):
        named = [one for one in d.tools if one.field == field and not one.imported]
        if named:
            more = (Run(tell.say(s, "more", count=len(named) - MOST_MODELS)),) if len(named) > MOST_MODELS else ()
            names = tell.join(s, [tell.value(one, 60) for one in named[:MOST_MODELS]], "list")
            said.append(tell.text(s, f"cover.{field}", names=(*names, *more)))
            entries += [seq for one in named for seq in one.entries]
    if said:
        yield (Run(tell.say(s, "cover.named")), *tell.join(s, said)), tell.source(facts.FILE_CLAIMED, entries)


def _rows(s: Speaker, name: str, lines: Sequence[tuple[Text, Source]]) -> Iterator[Row]:
    """Lines that rest on the same class share a row, each with its entries behind it."""
    for place, (klass, those) in enumerate(groupby(lines, key=lambda line: line[1].klass)):
        title = Cell(((Run(tell.say(s, f"cover.{name}"), STRONG),),)) if not place else Cell()
        texts = ((*text, *((Run(f" {entries}", SMALL),) if (entries := tell.entries(s, source.entries)) else ())) for text, source in those)
        yield Row((title, Cell(tuple(texts))), Source(klass), head=True)


def _held(s: Speaker, found: Sequence[Held]) -> list[tuple[Text, Source]]:
    return [(said_held.sentence(s, one), tell.source(one.klass, one.entries)) for one in found]


def _what(d: Dossier, s: Speaker) -> Iterator[tuple[Text, Source]]:
    if not d.names:
        yield (Run(tell.say(s, "cover.what.nameless")),), Source()
    for line in d.names[-1:]:
        yield tell.text(s, "cover.what.name", name=tell.value(line)), tell.source(line.klass, line.entries)
    said, own = picked(d), filed(d)
    told = tell.say(s, "cover.what.chosen", pictures=said_held.pictures(s, [card.number for card in said])) if said else ""
    yield (
        (Run(told + tell.say(s, "cover.what.pictures", count=len(own), all=len(d.cards))),),
        tell.source(facts.OBSERVED, tuple(card.entries[0] for card in own if card.entries)),
    )


def _when(d: Dossier, s: Speaker) -> Iterator[tuple[Text, Source]]:
    if not d.annex:
        yield (Run(tell.say(s, "none")),), Source()
        return
    ends = (d.annex[0].seq, d.annex[-1].seq)
    when = tell.say(s, "cover.when.text", since=s.when(d.period.since), until=s.when(d.period.until))
    yield (Run(when),), tell.source(facts.OBSERVED, ends)
    numbers = {card.number for card in shown(d)}
    for one in (one for one in d.brackets if one.number in numbers and (one.after or one.before)):
        told = tell.say(s, "cover.when.picture", number=one.number, bracket=s.bracket(one))
        yield (Run(told),), tell.source(facts.ATTESTED, [time.seq for time in (one.after, one.before) if time is not None])


def _shows(d: Dossier, s: Speaker) -> Iterator[tuple[Text, Source]]:
    counts = dict(d.counts)
    live = tell.say(s, "cover.shows.live", live=counts.get("live", 0), imported=counts.get("imported", 0))
    text = tell.say(
        s, "cover.shows.text", shown=len(d.annex), total=d.meta.total_entries, size=d.meta.snapshot_size, at=s.when(d.meta.snapshot_at)
    )
    yield (Run(live),), Source(facts.OBSERVED)
    yield (Run(text),), Source(facts.OBSERVED)


def _third(d: Dossier, s: Speaker) -> Iterator[tuple[Text, Source]]:
    if d.meta.times:
        last = max(d.meta.times, key=lambda one: one.time)
        text = tell.say(s, "cover.third.times", count=len(d.meta.times), at=s.when(last.time), by=s.short(last.authority))
        yield (Run(text),), tell.source(facts.ATTESTED, [one.seq for one in d.meta.times])
    for one in d.meta.witnesses[:2]:
        text = tell.say(s, "cover.third.witness", name=s.short(one.name), size=one.size, at=s.when(one.time))
        yield (Run(text),), tell.source(facts.ATTESTED, [one.seq])
    if d.meta.refused:
        yield tell.late(s, "cover.third.refused"), tell.source(facts.OBSERVED, d.meta.refused)
    yield (Run(unattested(d, s)),), Source()


def unattested(d: Dossier, s: Speaker) -> str:
    """The longest time without a third party's time."""
    gap = d.unattested
    if not gap.since:
        return tell.say(s, "unattested.none")
    key = "unattested" if gap.attested else "unattested.all"
    return tell.say(s, key, since=s.when(gap.since), until=s.when(gap.until), duration=s.duration(gap))


def _withheld(d: Dossier, s: Speaker) -> Text:
    if not (d.hidden or d.meta.withheld):
        return (Run(tell.say(s, "none")),)
    fields = tell.say(s, "list").join(s.field(name) for name in d.meta.withheld) or "–"
    told: Text = (Run(tell.say(s, "cover.withheld.text", count=len(d.hidden), fields=fields)),)
    if d.meta.withheld_why:
        told += tell.text(s, "cover.withheld.why", why=tell.verbatim(d.meta.withheld_why))
    return told


def tempered(d: Dossier, s: Speaker) -> Iterator[tuple[str, Source]]:
    """What holds for this record in particular: what weakens it, each with its entries."""
    book = asking(d)
    for key, kinds in (("imported", (facts.FileImported.KIND,)), ("gaps", (facts.GapNoticed.KIND,)), ("jumps", (facts.ClockJumped.KIND,))):
        found = [one.seq for one in book.of(*kinds)]
        if found:
            yield tell.say(s, f"limits.here.{key}", count=len(found)), tell.source(facts.KINDS[kinds[0]].CLASS, found)
    only = [card for card in picked(d) if card.imported_only]
    if only:
        entries = [card.entries[0] for card in only]
        yield (
            tell.say(s, "limits.here.chosen", pictures=said_held.pictures(s, [card.number for card in only])),
            tell.source(facts.IMPORTED, entries),
        )
    if not book.of(facts.PersonNamed.KIND):
        yield tell.say(s, "limits.here.people"), Source()
    if d.reasons == 0:
        yield tell.say(s, "limits.here.reasons"), Source()
    if d.hidden:
        yield tell.say(s, "limits.here.withheld", count=len(d.hidden)), Source()
    if len(d.annex) < d.meta.total_entries:
        yield tell.say(s, "limits.here.selection", shown=len(d.annex), total=d.meta.total_entries), Source()


def _guide(d: Dossier, s: Speaker) -> Iterator[Block]:
    yield Heading(tell.say(s, "cover.guide"), 2)
    yield Para((Run(tell.say(s, "cover.guide.text", see=tell.see(s, "glossary")), SMALL),), kind="note")
    ids = (
        ("ledger", d.meta.log), ("key", d.meta.key_fingerprint), ("root", d.meta.root or "–"), ("software", d.meta.software),
        ("made", s.when(d.meta.made_at)), ("work", d.meta.work or "–"),
    )  # fmt: skip
    kept = Row((_cell(tell.say(s, "cover.id.protection")), _cell(s.word("key_protection", d.meta.key_protection))))
    rows = [Row((_cell(tell.say(s, f"cover.id.{name}")), _cell(value, CODE))) for name, value in ids]
    yield Table((tell.say(s, "cover.ids"), ""), (*rows, kept), (22, 78), sourced=False)


def _cell(text: str, style: str = "") -> Cell:
    return Cell(((Run(text, style),),))
