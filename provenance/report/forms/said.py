"""What the record says of the things that forum papers ask: lines with their class and entries, never a judgement. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from provenance import facts
from provenance.paper.blocks import CODE, LATE, Row, Run, Text, run
from provenance.report import tell
from provenance.report.dossier import Card, Dossier, Line, Spoken, Whole
from provenance.report.forms.desk import Desk, Said, rests
from provenance.report.held.values import line
from provenance.report.picked import filed, picked
from provenance.report.values import Item

SHOWN = 6
"""Of a list; how many more there are is said, and the report and the whole record have them."""
PROMPT = 300
LONGEST = 70_000
"""Characters of a statement: an entry holds no more, so it is printed whole."""
CHOICES = ("kept", "rejected", "chosen")
STATEMENT, SIGNED = "statement.made", "statement.signed"


def wholes(d: Dossier, *kinds: str) -> list[Whole]:
    """Entries of these kinds in any version, in order."""
    return [one for one in d.annex if one.kind.partition("/")[0] in kinds]


def few(desk: Desk, texts: Sequence[Text]) -> tuple[Text, ...]:
    """The first of many lines, and how many more there are."""
    more = len(texts) - SHOWN
    return tuple(texts) if more <= 0 else (*texts[:SHOWN], desk.text("more", count=more))


def stated(desk: Desk, texts: Sequence[Text], entries: Iterable[int]) -> Said:
    """Lines that a person stated."""
    return Said(few(desk, texts), rests(facts.STATED, tuple(entries))) if texts else Said()


def name(d: Dossier, desk: Desk) -> Said:
    """What the work is called."""
    return stated(desk, [tell.value(one) for one in d.names], (seq for one in d.names for seq in one.entries))


def persons(d: Dossier, desk: Desk) -> Said:
    """Who takes part, as stated: name, part, relation, for whom."""
    named = [one for one in d.spoken if one.kind == facts.PersonNamed.KIND]
    texts: list[Text] = []
    for one in named:
        parts = [tell.value(line(one, field)) for field in ("name", "part", "for_whom")]
        relation = [run(desk.s.word("relation", item.text)) for item in _items(one, "relation")]
        texts.append(_joined(desk, [parts[0], *relation, *parts[1:]]))
    return stated(desk, texts, (one.seq for one in named))


def acting(d: Dossier, desk: Desk) -> Said:
    """Who was said to be at the machine."""
    people = [one for one in d.spoken if one.kind == facts.PersonNamed.KIND]
    named = {item.text: tell.value(line(one, "name")) for one in people for item in _items(one, "person")}
    acts = [one for one in d.spoken if one.kind == facts.PersonActing.KIND]
    texts = []
    for one in acts:
        who = [named.get(item.text) or (Run(item.text, CODE),) for item in _items(one, "person")]
        texts.append(desk.text("acting", when=desk.s.when(one.at), who=who[0] if who else desk.none()))
    return stated(desk, texts, (one.seq for one in acts))


def tools(d: Dossier, desk: Desk, *blanks: str) -> list[Row]:
    """Rows of generators, models and LoRAs as the files name them, those of files found later apart; one to fill in where none is."""
    groups: dict[tuple[str, bool], list[Line]] = {}
    for one in d.tools:
        groups.setdefault((one.field, one.imported), []).append(one)
    found = []
    for (field, late), lines in groups.items():
        texts = [tell.value(one) + ((Run(" " + desk.s.say("class.IMPORTED"), LATE),) if late else ()) for one in lines]
        source = rests(lines[0].klass, tuple(seq for one in lines for seq in one.entries))
        found.append(desk.row(run(desk.s.field(field)), Said(few(desk, texts), source), *blanks))
    return found or [desk.row("ask.tools", Said(), "tools")]


def finals(d: Dossier, desk: Desk) -> Said:
    """The pictures that a person said are chosen: when they were first recorded, and how. Where nobody said so of any, that is said before
    the pictures of the work."""
    at = {one.seq: one for one in d.annex}
    said = picked(d)
    chosen = [(card, first) for card in said or filed(d) if (first := _first(card, at))]
    texts = [desk.text(f"final.{'late' if card.imported_only else 'live'}", number=card.number, when=desk.s.when(first.at),
                       sha256=Run(card.sha256, CODE)) for card, first in chosen]  # fmt: skip
    klass = facts.IMPORTED if chosen and all(card.imported_only for card, _ in chosen) else facts.OBSERVED
    unsaid = () if said else (desk.text("final.unsaid"),)
    return Said((*unsaid, *few(desk, texts)), rests(klass, tuple(one.seq for _, one in chosen))) if texts else Said()


def _first(card: Card, at: dict[int, Whole]) -> Whole | None:
    return min((at[seq] for seq in card.entries if seq in at and at[seq].kind in facts.FILE_KINDS), key=lambda one: one.seq, default=None)


def published(d: Dossier, desk: Desk) -> Said:
    """Publications as stated."""
    those = [one for one in wholes(d, "decision.made") if [item.text for item in _items(one, "decision")] == ["published"]]
    texts = [_joined(desk, [desk.text("published", when=desk.s.when(one.at)), tell.value(line(one, "where"))]) for one in those]
    return stated(desk, texts, (one.seq for one in those))


def inputs(d: Dossier, desk: Desk) -> Said:
    """Own and other inputs, as declared."""
    those = [one for one in d.spoken if one.kind == facts.InputDeclared.KIND]
    texts = []
    for one in those:
        rights = "".join(desk.s.word("rights", item.text) for item in _items(one, "rights"))
        texts.append(_joined(desk, [run(rights), *(tell.value(line(one, field)) for field in ("file", "note"))]))
    return stated(desk, texts, (one.seq for one in those))


def ideas(d: Dossier, desk: Desk) -> Said:
    """Ideas, with whether they were written down before the first generated picture shown was recorded."""
    those = [one for one in d.spoken if one.kind == facts.IdeaStated.KIND]
    texts = []
    for one in those:
        order = desk.say("idea.alone" if one.first < 0 else "idea.before" if one.seq < one.first else "idea.after", first=one.first)
        texts.append(_joined(desk, [run(desk.s.when(one.at)), run(order), tell.value(line(one, "text"))]))
    return stated(desk, texts, (one.seq for one in those))


def choices(d: Dossier, desk: Desk) -> Said:
    """Choices that persons stated and did not take back: how many of each, and with how many reasons."""
    mine = [one for one in d.decisions if one.klass == facts.STATED and one.withdrawn < 0 and one.decision in CHOICES]
    kinds = {key: sum(one.decision == key for one in mine) for key in dict.fromkeys(one.decision for one in mine)}
    texts = [desk.text("choices", decision=desk.s.word("decision", key), count=count) for key, count in kinds.items()]
    if mine:
        texts.append(desk.text("choices.reasons", count=sum(bool(one.reason or one.commitment) for one in mine), all=len(mine)))
    return stated(desk, texts, (one.seq for one in mine))


def taken(d: Dossier, desk: Desk) -> Said:
    """Files recorded as they appeared: how often, the first and the last time."""
    return _files(desk, "live", wholes(d, "file.captured", "file.changed"), facts.OBSERVED)


def late(d: Dossier, desk: Desk) -> Said:
    """Files found later: how many, when the first and the last was found."""
    return _files(desk, "late", wholes(d, "file.imported"), facts.IMPORTED)


def _files(desk: Desk, key: str, those: Sequence[Whole], klass: str) -> Said:
    if not those:
        return Said()
    text = desk.text(f"taken.{key}", count=len(those), first=desk.s.when(those[0].at), last=desk.s.when(those[-1].at))
    return Said((text,), rests(klass, tuple(one.seq for one in those)))


def prompts(d: Dossier, desk: Desk) -> Said:
    """The first and the last prompt that files name, verbatim: between them lies what the report's steps show."""
    told = [one for one in wholes(d, "file.captured", "file.changed", "file.imported") if line(one, "prompts")]
    ends = told[:1] + ([told[-1]] if len(told) > 1 else [])
    texts = [desk.text("prompt", when=desk.s.when(one.at), prompt=tell.value(line(one, "prompts"), most=PROMPT)) for one in ends]
    return Said(tuple(texts), rests(facts.FILE_CLAIMED, tuple(one.seq for one in ends))) if texts else Said()


def rounds(d: Dossier, desk: Desk) -> Said:
    """How pictures follow one another, from what their files say: counts alone, as context."""
    told = [one for one in d.steps if one.changes or one.reroll]
    files = [one for one in wholes(d, "file.captured", "file.changed", "file.imported") if line(one, "prompts")]
    prompts = {item.text for one in files for item in _items(one, "prompts")}
    texts = [
        desk.text("rounds.steps", count=len(told), reroll=sum(one.reroll for one in told)),
        desk.text("rounds.prompts", count=len(prompts)),
    ]
    return Said(tuple(texts), rests(facts.FILE_CLAIMED, tuple(one.seq for one in files))) if told or files else Said()


def edits(d: Dossier, desk: Desk) -> Said:
    """Before-and-after comparisons: how many, and where a difference was measured."""
    mapped = [one for one in d.edited if one.row.get("outcome") == "mapped"]
    lines = [desk.text("edits.one", child=one.child, line=desk.s.edited(one)) for one in mapped]
    return Said(few(desk, lines), rests(facts.OBSERVED, tuple(one.seq for one in mapped))) if mapped else Said()


def arranged(d: Dossier, desk: Desk) -> Said:
    """Pictures recorded as made from two others or more, and layered project files."""
    parents: dict[int, list[int]] = {}
    for one in d.kin:
        if not one.weak:
            parents.setdefault(one.child, []).append(one.parent)
    many = {child: found for child, found in parents.items() if len(found) > 1}
    layered = wholes(d, "project.described")
    texts = [desk.text("arranged.parents", child=child, count=len(found)) for child, found in many.items()]
    texts += [desk.text("arranged.layers", count=len(layered))] if layered else []
    entries = [seq for one in d.kin if one.child in many and not one.weak for seq in one.entries] + [one.seq for one in layered]
    return Said(few(desk, texts), rests("", entries)) if texts else Said()


def statements(d: Dossier, desk: Desk) -> list[tuple[Whole, Text]]:
    """The persons' own statements about this work, whole, as typed; a bar where one is withheld, the file's hash where one is a file."""
    found = []
    for one in wholes(d, STATEMENT):
        if d.meta.work and d.meta.work not in [item.text for item in _items(one, "work")]:
            continue
        kept = "".join(item.text for item in _items(one, "kept"))
        found.append((one, tell.value(line(one, "text"), most=LONGEST) or desk.text("statement.kept", sha256=Run(kept, CODE))))
    return found


def replaced(d: Dossier, seq: int) -> tuple[int, ...]:
    """Statements that stand for the statement `seq` now."""
    return tuple(one.seq for one in wholes(d, STATEMENT) if str(seq) in [item.text for item in _items(one, "replaces")])


def signers(d: Dossier, seq: int) -> tuple[int, ...]:
    """Entries in which an author's key signed the entry `seq`."""
    return tuple(one.seq for one in wholes(d, SIGNED) if str(seq) in [item.text for item in _items(one, "of")])


def _items(one: Whole | Spoken, field: str) -> Iterator[Item]:
    found = line(one, field)
    yield from found.items if found else ()


def _joined(desk: Desk, texts: Sequence[Text]) -> Text:
    runs: list[Run] = []
    for one in texts:
        runs += ((Run(desk.say("comma")),) if runs and one else ()) + one
    return tuple(runs)
