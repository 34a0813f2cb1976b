"""What the record says of how it was kept: software, machine, gaps, clock, key, third parties, this export. Pure."""

from __future__ import annotations

from provenance import facts
from provenance.paper.blocks import CODE, LATE, Run, Source, Text
from provenance.report import tell
from provenance.report.dossier import Dossier
from provenance.report.forms.desk import Desk, Said, rests
from provenance.report.forms.said import few, wholes

BUILD = ("software", "code", "python", "system", "sqlite", "watcher", "journal")
CLOCK = ("zone", "clock_synchronised", "clock_error_ms")
WHO = ("host", "account", "roots")


def started(d: Dossier, desk: Desk, fields: tuple[str, ...] = BUILD) -> Said:
    """What the recorder wrote of itself and of its machine each time that it started: every value once."""
    values: dict[tuple[str, Text], list[int]] = {}
    for one in wholes(d, "recorder.started"):
        for line in one.lines:
            if line.field in fields and (shown := tell.value(line)):
                values.setdefault((desk.s.label(line), shown), []).append(one.seq)
    texts = [(Run(f"{label}{desk.say('colon')}"), *shown) for label, shown in values]
    entries = tuple(seq for found in values.values() for seq in found)
    return Said(tuple(texts), rests(facts.OBSERVED, entries)) if texts else Said()


def running(d: Dossier, desk: Desk, *topics: str) -> Said:
    """The running record under these headings: how many entries, and the first sentences."""
    events = [event for one in d.running if one.topic in topics for event in one.events]
    if not events:
        return Said()
    texts = [(Run(f"{desk.s.when(event.at)}{desk.say('colon')}{desk.s.sentence(event)}"),) for event in events]
    klasses = {event.klass for event in events}
    return Said(few(desk, texts), rests(klasses.pop() if len(klasses) == 1 else "", tuple(event.seq for event in events)))


def starts(d: Dossier, desk: Desk) -> Said:
    """How often the recorder started and stopped in the entries shown."""
    on, off = wholes(d, "recorder.started"), wholes(d, "recorder.stopped")
    if not on and not off:
        return Said()
    text = desk.text("starts", started=len(on), stopped=len(off), since=desk.s.when(d.period.since), until=desk.s.when(d.period.until))
    return Said((text,), rests(facts.OBSERVED, tuple(one.seq for one in (*on, *off))))


def key(d: Dossier, desk: Desk) -> Said:
    """The signing key: its fingerprint and how it was kept when the ledger was opened."""
    opened = wholes(d, "ledger.opened")
    how = desk.s.word("key_protection", d.meta.key_protection) if d.meta.key_protection else desk.say("none")
    text = desk.text("key", fingerprint=Run(d.meta.key_fingerprint, CODE), how=how)
    return Said((text,), rests(facts.OBSERVED, tuple(one.seq for one in opened)))


def times(d: Dossier, desk: Desk) -> Said:
    """Third parties' times whose tokens are in the bundle, by authority."""
    found: dict[str, list[tuple[str, int, int]]] = {}
    for one in d.meta.times:
        found.setdefault(one.authority, []).append((one.time, one.size, one.seq))
    texts = [
        desk.text("time", authority=tell.verbatim(authority), count=len(those), first=desk.s.when(min(those)[0]),
                  last=desk.s.when(max(those)[0]), size=max(size for _, size, _ in those))
        for authority, those in found.items()
    ]  # fmt: skip
    return Said(few(desk, texts), rests(facts.ATTESTED, tuple(one.seq for one in d.meta.times))) if texts else Said()


def witnesses(d: Dossier, desk: Desk) -> Said:
    """Witnesses' words over heads that are in the bundle."""
    texts = [desk.text("witness", name=tell.verbatim(one.name), when=desk.s.when(one.time), size=one.size) for one in d.meta.witnesses]
    return Said(few(desk, texts), rests(facts.ATTESTED, tuple(one.seq for one in d.meta.witnesses))) if texts else Said()


def unattested(d: Dossier, desk: Desk) -> Said:
    """The longest time without a third party's time."""
    span = d.unattested
    if not span.since:
        return Said()
    ends = {"since": desk.s.when(span.since), "until": desk.s.when(span.until)}
    said = desk.s.say("running.unattested.text", duration=desk.s.duration(span), **ends)
    return Said(((Run(said, LATE),),), Source())


def exported(d: Dossier, desk: Desk) -> Said:
    """This export, as the exporter itself says: no entry tells of it yet."""
    counts = dict(d.counts)
    text = desk.text("exported", when=desk.s.when(d.meta.made_at), software=d.meta.software, shown=counts.get("shown", 0),
                     total=d.meta.total_entries)  # fmt: skip
    return Said((text,), Source())


def withheld(d: Dossier, desk: Desk) -> Said:
    """What is kept back: how many values of which fields, and the reason given."""
    if not d.hidden:
        return Said()
    names = dict.fromkeys(one.field for one in d.hidden)
    fields = desk.say("comma").join(desk.s.field(one) for one in names)
    texts: list[Text] = [desk.text("withheld", count=len(d.hidden), fields=fields)]
    if d.meta.withheld_why:
        texts.append(desk.text("withheld.why", why=tell.verbatim(d.meta.withheld_why)))
    return Said(tuple(texts), rests("", tuple(one.seq for one in d.hidden)))
