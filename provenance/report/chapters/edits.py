"""Chapter: what was changed in a part of a picture or by hand: masks, comparisons with maps, layered project files, files that were
replaced. A map shows where pixels differ, not who changed them; what cannot be compared is said."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from provenance import facts, words
from provenance.paper.blocks import LATE, MEDIUM_PICTURE, SMALL, STRONG, Block, Cell, Figure, Figures, Heading, Para, Row, Run, Table, Text
from provenance.report import layers, tell
from provenance.report import shown as sh
from provenance.report.course.values import Masked, Project, Try
from provenance.report.dossier import Dossier
from provenance.report.edits import Edited
from provenance.report.forum import Forum
from provenance.report.picked import picked
from provenance.report.speak import Speaker

MOST_REGIONS = 12
MOST_PAIRS = 2
MOST_LINES = 12
MOST_PROJECTS = 12
MOST_LAYERS = 10


def blocks(d: Dossier, s: Speaker, forum: Forum) -> tuple[Block, ...]:
    """The chapter."""
    one, course = sh.shown(d), d.course
    masked = [run for run in course.tries if run.masks]
    if not (masked or d.edited or course.projects or course.drawings or course.replaced):
        return tell.chapter(s, "edits", ())
    parts: tuple[tuple[str, bool, Callable[[], Iterator[Block]]], ...] = (
        ("regions", bool(masked or course.drawings), lambda: _regions(masked, one, s)),
        ("maps", bool(d.edited), lambda: _maps(one, s)),
        ("projects", bool(course.projects), lambda: _projects(one, s)),
        ("replaced", bool(course.replaced), lambda: _replaced(one, s)),
    )
    found = [block for name, there, told in parts if there for block in (Heading(tell.say(s, f"edits.{name}"), 2), *told())]
    bare = [tell.say(s, f"edits.{name}") for name, there, _ in parts if not there]
    none = (Para((Run(tell.say(s, "nothing"), STRONG), Run(s.say("comma").join(bare) + tell.say(s, "stop")))),) if bare else ()
    return tell.chapter(s, "edits", (Para(tell.text(s, "edits.intro"), kind="note"), *found, *none))


def _regions(masked: Sequence[Try], one: sh.Shown, s: Speaker) -> Iterator[Block]:
    """Runs with a mask: before, after, and how much the mask covers where that was counted; then what was drawn in a mask editor."""
    rows = [_region(run, one, s) for run in masked[:MOST_REGIONS]]
    if rows:
        head = tuple(tell.say(s, f"edits.head.{name}") for name in ("run", "before", "mask", "after"))
        yield Table(head, tuple(rows), (18, 19, 44, 19))
        yield from sh.rest(s, len(masked) - MOST_REGIONS)
    for drawn in one.d.course.drawings[:MOST_LINES]:
        name = s.say("picture", number=drawn.number) if drawn.number else s.say("picture.outside")
        key = f"edits.drawn.{'mask' if drawn.part == 'mask' else 'strokes'}"
        yield Para(tell.text(s, key, picture=name, covered=drawn.covered, total=drawn.total), tell.source(facts.OBSERVED, (drawn.seq,)))
    yield from sh.rest(s, len(one.d.course.drawings) - MOST_LINES)


def _region(run: Try, one: sh.Shown, s: Speaker) -> Row:
    sources = tuple(dict.fromkeys(e.parent for e in one.d.kin if e.child in run.pictures and e.relation == "image" and e.parent))
    lines = [line for mask in run.masks for line in _mask(mask, s)]
    if run.denoise:
        lines.append((Run(s.field("denoises") + s.say("label"), SMALL), tell.verbatim(run.denoise)))
    before = Cell(((Run(sh.pictures(s, sources, 2) or tell.say(s, "edits.unlinked")),),), one.images(sources, 1))
    after = Cell(((Run(sh.pictures(s, run.pictures, 2)),),), one.images(run.pictures, 1))
    name = Cell(((Run(tell.say(s, "steps.run", number=run.number)),), (Run(s.when(run.at), SMALL),)))
    return sh.row(s, (name, before, Cell(tuple(lines)), after), facts.FILE_CLAIMED, run.entries)


def _mask(mask: Masked, s: Speaker) -> Iterator[Text]:
    yield (Run(tell.say(s, "edits.mask") + s.say("label"), SMALL), tell.verbatim(mask.name))
    if mask.area is None:
        yield (Run(words.say("steps.area.unknown", s.lang), LATE),)
    else:
        area = words.say("steps.area", s.lang, pixels=mask.area.pixels, of=mask.area.of, percent=mask.area.percent)
        yield (Run(area), Run(f" ({s.say('class.OBSERVED')} {sh.entries(s, mask.seqs)})", SMALL))


def _maps(one: sh.Shown, s: Speaker) -> Iterator[Block]:
    """Before, after and the map of each comparison; chosen pictures first where not all can be shown. The others in words."""
    yield sh.note(s, "edits.maps.means")
    chosen = {card.number for card in picked(one.d)}
    ranked = sorted(one.d.edited, key=lambda each: (each.child not in chosen, not each.parent, -_differs(each), each.seq))
    pairs = [each for each in ranked if each.map and _differs(each)][:MOST_PAIRS]
    for each in sorted(pairs, key=lambda each: each.seq):
        yield Para(_compared(each, s), tell.source(facts.OBSERVED, (each.seq,)))
        yield Figures(tuple(_triple(each, one, s)), MEDIUM_PICTURE)
    rest = [each for each in one.d.edited if each not in pairs]
    rows = tuple(Row((Cell((_compared(each, s),)),), tell.source(facts.OBSERVED, (each.seq,))) for each in rest[:MOST_LINES])
    if rows:
        yield Table((tell.say(s, "edits.others"),), rows, (80,))
    yield from sh.rest(s, len(rest) - len(rows))


def _differs(each: Edited) -> int:
    """How many pixels were found to differ."""
    count = each.row.get("repainted")
    return count if isinstance(count, int) else 0


def _compared(each: Edited, s: Speaker) -> Text:
    return tell.text(s, "edits.compared", child=s.say("picture", number=each.child), said=s.edited(each))


def _triple(each: Edited, one: sh.Shown, s: Speaker) -> Iterator[Figure]:
    if each.parent:
        caption = tell.text(s, "edits.before", picture=s.say("picture", number=each.parent))
        yield Figure(one.image(each.parent), caption, tell.source(facts.OBSERVED, one.own(each.parent)))
    caption = tell.text(s, "edits.after", picture=s.say("picture", number=each.child))
    yield Figure(one.image(each.child), caption, tell.source(facts.OBSERVED, one.own(each.child)))
    yield Figure(each.map, tell.text(s, "edits.map"), tell.source(facts.OBSERVED, (each.seq,)))


def _projects(one: sh.Shown, s: Speaker) -> Iterator[Block]:
    found = one.d.course.projects
    rows = [row for project in found[-MOST_PROJECTS:] for row in _project(project, one, s)]
    yield Table(tuple(tell.say(s, f"edits.head.{name}") for name in ("file", "inside")), tuple(rows), (24, 60))
    yield from sh.rest(s, len(found) - MOST_PROJECTS)


def _project(project: Project, one: sh.Shown, s: Speaker) -> Iterator[Row]:
    """What was counted and listed; then, as a row of its own class, what the file says of its making."""
    name: Text = (Run(s.say("picture", number=project.number) if project.number else tell.say(s, "edits.outside")),)
    own = one.cards.get(project.number)
    file = ((tell.verbatim(own.name),),) if own is not None and own.name else ()
    row = project.row
    said = {"format": str(row.get("format", "")), "count": row.get("layer_count", 0), "decoded": row.get("decoded", 0)}
    lines: list[Text] = [(Run(words.say("layers.count", s.lang, **said)),)]
    if project.against:
        lines.append(tell.text(s, "edits.against", picture=s.say("picture", number=project.against)))
    if project.layers is None:
        lines.append((Run(s.field("layers") + s.say("label"), SMALL), tell.bar(project.commitment)))
    else:
        lines += [_layer(layer, s) for layer in project.layers[:MOST_LAYERS]]
        if len(project.layers) > MOST_LAYERS:
            lines.append((Run(words.say("layers.more", s.lang, count=len(project.layers) - MOST_LAYERS), LATE),))
    images = one.images((project.number,))
    yield Row((Cell((name, *file), images), Cell(tuple(lines))), tell.source(facts.OBSERVED, (project.seq,)))
    claims = [(Run(s.field(field) + s.say("label"), SMALL), tell.bar(commitment) if commitment else tell.verbatim(text))
              for field, text, commitment in project.claims]  # fmt: skip
    if claims:
        yield Row((*sh.cells(""), Cell(tuple(claims))), tell.source(facts.FILE_CLAIMED, (project.seq,)))


def _layer(row: Mapping[str, Any], s: Speaker) -> Text:
    """One layer, its name kept apart."""
    name = row.get("name")
    runs: list[Run] = [tell.verbatim(name, 80) if isinstance(name, str) and name else Run(words.say("layers.nameless", s.lang))]
    said = [layers.kind(str(row.get("kind")), s.lang)]
    if row.get("area") is not None and row.get("area_of") in ("pixels", "rectangle"):
        said.append(words.say(f"layers.area.{row['area_of']}", s.lang, area=row["area"]))
    if row.get("changed") is not None:
        said.append(words.say("layers.changed", s.lang, changed=row["changed"]))
    if row.get("visible") is False:
        said.append(words.say("layers.off", s.lang))
    if row.get("unread"):
        said.append(words.say("layers.unread", s.lang, why=str(row["unread"])))
    return (*runs, Run(s.say("comma") + s.say("comma").join(said)))


def _replaced(one: sh.Shown, s: Speaker) -> Iterator[Block]:
    found = one.d.course.replaced
    rows = []
    for each in found[:MOST_LINES]:
        sides = [
            Cell(((Run(s.say("picture", number=number) if number else s.say("picture.outside")),),), one.images((number,)))
            for number in (each.before, each.after)
        ]
        rows.append(Row((*sh.cells(s.when(each.at)), *sides), tell.source(facts.OBSERVED, (each.seq,))))
    yield Table(tuple(tell.say(s, f"edits.head.{name}") for name in ("when", "before", "after")), tuple(rows), (20, 30, 30))
    yield from sh.rest(s, len(found) - MOST_LINES)
