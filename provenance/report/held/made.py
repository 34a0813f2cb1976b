"""A01 to A08: what was thought, put in, written, set, judged, counted and chosen. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from provenance import facts
from provenance.report.dossier import Step
from provenance.report.held.values import (
    MOST,
    Book,
    Held,
    Names,
    Param,
    Pictures,
    Quote,
    Stamp,
    Word,
    line,
    number,
    quote,
    quoted,
    said,
    seqs,
)
from provenance.report.steps import delta
from provenance.views.family_edge import ALIKE

_LIVE = (facts.FileCaptured.KIND, facts.FileChanged.KIND)
_TEXTS = frozenset({delta.PROMPT, delta.NEGATIVE, delta.TEMPLATE, delta.NEGATIVE_TEMPLATE, delta.TYPED_TEXT})
_SET = frozenset({delta.PARAMETER, delta.PASS, delta.LORA, delta.MODEL, delta.CONTROL})


def conception(book: Book) -> Iterator[Held]:
    """A01: ideas, each before or after the first picture with a generator's data; and notes before it."""
    first = next((one.first for one in book.d.spoken if one.first >= 0), -1)
    ideas = book.of(facts.IdeaStated.KIND)
    for idea in ideas[:MOST]:
        params: dict[str, Param] = {"at": Stamp(idea.at), "text": quote(idea, "text") or Quote("")}
        key = "idea" if first < 0 else "idea.before" if idea.seq < first else "idea.after"
        yield Held(key, facts.STATED, (idea.seq, first) if first >= 0 else (idea.seq,), {**params, "first": first})
        bracket = book.bracket(idea.seq)
        if bracket is not None:
            told = [time.seq for time in (bracket.after, bracket.before) if time is not None]
            yield Held("bracket", facts.ATTESTED if told else "", (idea.seq, *told), {"bracket": bracket})
        earlier = number(idea, "earlier")
        if earlier is not None and earlier != first:  # a picture of the work was there, whatever its file tells of its making
            yield Held("idea.earlier", facts.OBSERVED, (idea.seq, earlier), {"idea": idea.seq, "earlier": earlier})
    if len(ideas) > MOST:
        yield Held("idea.more", facts.STATED, seqs(ideas[MOST:]), {"count": len(ideas) - MOST})
    notes = [note for note in book.of(facts.NoteAdded.KIND) if 0 <= note.seq < first]
    if notes:
        yield Held("notes.before", facts.STATED, seqs(notes), {"count": len(notes), "first": first})


def own_inputs(book: Book) -> Iterator[Held]:
    """A02: inputs that a person declared their own, what used them, and what compared them with the outcome."""
    for declared in [one for one in book.of(facts.InputDeclared.KIND) if said(one, "rights") == "mine"][:MOST]:
        sha = said(declared, "sha256")
        note = quote(declared, "note") or quote(declared, "file") or Quote("")
        used = number(declared, "used_before")
        params: dict[str, Param] = {"at": Stamp(declared.at), "note": note, "sha256": sha[:16]}
        yield Held("own.declared" if used is None else "own.declared.late", facts.STATED, (declared.seq, *([] if used is None else [used])),
                   params)  # fmt: skip
        for grade in dict.fromkeys(one.grade for one in book.d.kin if one.sha256 == sha):
            kin = [one for one in book.d.kin if one.sha256 == sha and one.grade == grade and one.child != book.numbers.get(sha)]
            if kin and grade != ALIKE:
                yield Held("own.used", kin[0].klass, tuple(seq for one in kin for seq in one.entries),
                           {"pictures": Pictures(tuple(one.child for one in kin)), "how": Word("grade", grade)})  # fmt: skip
    open_inputs = _undeclared(book)
    if open_inputs:
        yield Held("own.undeclared", facts.OBSERVED, book.files(*open_inputs), {"pictures": Pictures(open_inputs)})
    for laid in book.d.overlaid[:MOST]:
        yield Held("own.overlaid", facts.OBSERVED, (laid.seq,), {"picture": Pictures((laid.output,)), "overlaid": laid})
    if len(book.d.overlaid) > MOST:
        yield Held(
            "own.overlaid.more", facts.OBSERVED, tuple(one.seq for one in book.d.overlaid[MOST:]), {"count": len(book.d.overlaid) - MOST}
        )


def _undeclared(book: Book) -> tuple[int, ...]:
    declared = {said(one, "sha256") for one in book.of(facts.InputDeclared.KIND)}
    return tuple(card.number for card in book.d.cards if card.role == "input" and card.sha256 not in declared)


def prompts(book: Book) -> Iterator[Held]:
    """A03: how many prompts differ, and the first and the last of them as the files have them."""
    told = [(one, found) for one in book.of(*_LIVE) if (found := line(one, "prompts")) is not None]
    shown = [(one, found) for one, found in told if not found.commitment]
    if shown:
        distinct = {tuple(item.text for item in found.items) for _, found in shown}
        yield Held("prompts", facts.FILE_CLAIMED, seqs(one for one, _ in shown), {"runs": len(shown), "count": len(distinct)})
        for key, (one, found) in (("first", shown[0]), ("last", shown[-1]))[: min(2, len(distinct))]:
            yield Held(f"prompts.{key}", facts.FILE_CLAIMED, (one.seq,), {"text": quoted(found), "at": Stamp(one.at)})
    hidden = [one for one, found in told if found.commitment]
    if hidden:
        yield Held("prompts.withheld", facts.FILE_CLAIMED, seqs(hidden), {"count": len(hidden)})
    late = [one for one in book.of(facts.FileImported.KIND) if line(one, "prompts") is not None]
    if late:
        yield Held("prompts.imported", facts.FILE_CLAIMED, seqs(late), {"count": len(late)})
    changed = [step for step in book.steps if any(one.topic in _TEXTS for one in step.said)]
    if changed:
        yield Held("prompts.steps", facts.FILE_CLAIMED, _rests(book, changed), {"count": len(changed), "of": len(book.steps)})


def order(book: Book) -> Iterator[Held]:
    """A04: phrases that were moved, and weights that were changed."""
    for what in ("moved", "reweighted"):
        found = [(step, one) for step in book.steps for one in step.said if one.topic in _TEXTS and one.what == what]
        if not found:
            continue
        steps = list({id(step): step for step, _ in found}.values())
        yield Held(f"order.{what}", facts.FILE_CLAIMED, _rests(book, steps), {"count": len(steps)})
        for step, one in found[:3]:
            yield Held(f"order.{what}.one", facts.FILE_CLAIMED, book.files(step.before, step.after), {
                "name": Quote(one.name), "before": Quote(one.before), "after": Quote(one.after),
                "pictures": Pictures((step.before, step.after)),
            })  # fmt: skip


def parameters(book: Book) -> Iterator[Held]:
    """A05: settings that changed, by name, and the steps in which nothing but the seed did."""
    found: Counter[str] = Counter()
    changed: list[Step] = []
    for step in book.steps:
        names = {one.name or one.topic for one in step.said if one.topic in _SET}
        found.update(names)
        changed += [step] if names else []
    if changed:
        named = Names(tuple(sorted(found.items(), key=lambda one: (-one[1], one[0]))[:8]))
        yield Held("settings", facts.FILE_CLAIMED, _rests(book, changed), {"count": len(changed), "of": len(book.steps), "names": named})
    rerolls = [step for step in book.steps if step.reroll]
    if rerolls:
        yield Held("rerolls", facts.FILE_CLAIMED, _rests(book, rerolls), {"count": len(rerolls), "of": len(book.steps)})


def loop(book: Book) -> Iterator[Held]:
    """A06: steps in which something was changed, the reasons stated, and the decisions without one."""
    changed = [step for step in book.steps if step.said and not step.reroll]
    if changed:
        yield Held("loop.steps", facts.FILE_CLAIMED, _rests(book, changed), {"count": len(changed), "of": len(book.steps)})
    notes = book.of(facts.NoteAdded.KIND)
    if notes:
        yield Held("loop.notes", facts.STATED, seqs(notes), {"count": len(notes)})
    for note in [one for one in notes if line(one, "text") is not None][:2]:
        yield Held("loop.note", facts.STATED, (note.seq,), {"at": Stamp(note.at), "text": quote(note, "text") or Quote("")})
    yield from _unreasoned(book, "loop")


def counts(book: Book) -> Iterator[Held]:
    """A07: numbers, as context."""
    live = book.of(*_LIVE)
    imported = book.of(facts.FileImported.KIND)
    if live or imported:
        yield Held(
            "counts", facts.OBSERVED, seqs((*live, *imported)), {"live": len(live), "imported": len(imported), "steps": len(book.steps)}
        )
    if book.d.period.since:
        yield Held(
            "counts.period",
            facts.OBSERVED,
            (book.d.annex[0].seq, book.d.annex[-1].seq),
            {"since": Stamp(book.d.period.since), "until": Stamp(book.d.period.until)},
        )


def choice(book: Book) -> Iterator[Held]:
    """A08: what was chosen, kept and rejected, with the reasons stated."""
    stated = [one for one in book.d.decisions if one.klass == facts.STATED]
    good = [one for one in stated if one.decision in ("chosen", "kept") and one.withdrawn < 0]
    for one in sorted(good, key=lambda one: one.decision != "chosen")[:MOST]:
        reason = Quote(one.reason, one.commitment)
        key = "choice.reason" if reason.text or reason.commitment else "choice.bare"
        params: dict[str, Param] = {
            "pictures": Pictures(one.pictures), "decision": Word("decision", one.decision), "at": Stamp(one.at), "why": reason,
        }
        yield Held(key, facts.STATED, (one.seq,), params)
    for decision in ("chosen", "kept", "rejected"):
        those = [one for one in stated if one.decision == decision and one.withdrawn < 0]
        if those:
            pictures = {number for one in those for number in one.pictures}
            yield Held("choice.count", facts.STATED, tuple(one.seq for one in those),
                       {"decision": Word("decision", decision), "count": len(those), "pictures": len(pictures)})  # fmt: skip
    for klass in (facts.OBSERVED, facts.IMPORTED):
        seen = [one for one in book.d.decisions if one.klass == klass]
        if seen:
            key = "choice.seen" if klass == facts.OBSERVED else "choice.imported"
            yield Held(key, klass, tuple(one.seq for one in seen), {"count": len(seen)})
    yield from _unreasoned(book, "choice")


def _unreasoned(book: Book, about: str) -> Iterator[Held]:
    stated = [one for one in book.d.decisions if one.klass == facts.STATED and one.decision != "withdrawn"]
    bare = [one for one in stated if not (one.reason or one.commitment)]
    if bare:
        yield Held(f"{about}.unreasoned", facts.STATED, tuple(one.seq for one in bare), {"count": len(bare), "of": len(stated)})


def _rests(book: Book, steps: list[Step]) -> tuple[int, ...]:
    return book.files(*(number for step in steps for number in (step.before, step.after)))
