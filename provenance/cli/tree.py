"""`prov tree PICTURE|WORK`: what it was made from, what was made from it, and how each link is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import click

from provenance import words
from provenance.cli import out, pick
from provenance.cli.common import as_json, at_home, cli_command, help_of
from provenance.daemon.house import House
from provenance.errors import BadInput
from provenance.views import ask, family_rates, family_tree
from provenance.views.family_edge import Edge
from provenance.views.family_pixels import BROUGHT_IN
from provenance.views.family_tree import Node, Tree

NAME = 44  # columns at most that names may push the others to the right
Row = tuple[str, str, str, str, str]
Say = Callable[..., str]


@cli_command("tree")
@click.argument("ref", metavar="FILE|ID|WORK")
@click.option("--up", is_flag=True, help=help_of("cli.tree.up"))
@click.option("--down", is_flag=True, help=help_of("cli.tree.down"))
@click.option("--depth", type=click.IntRange(1, 1000), default=family_tree.DEPTH, show_default=True, help=help_of("cli.tree.depth"))
@as_json
def command(ref: str, up: bool, down: bool, depth: int, as_json: bool) -> None:
    both = up == down
    with at_home(read_only=True) as house:
        starts = pictures(house, ref)
        found = family_tree.tree(house.views, starts, up=up or both, down=down or both, depth=depth)
    if as_json:
        out.json_line(family_tree.as_json(found))
    elif not starts:
        out.say("cli.tree.empty", "quiet")
    else:
        show(found, up or both, down or both, words.language())


def pictures(house: House, ref: str) -> tuple[str, ...]:
    """A picture, or all that is filed in a work of that name; a picture is meant where both could be.

    Raises:
        BadInput: as `pick.picture` where it is neither; `work.ambiguous`.
    """
    try:
        return (pick.picture(house, ref),)
    except BadInput as problem:
        if problem.key != "pick.unknown":
            raise
        try:
            work = ask.work(house.views, ref)
        except BadInput as other:
            raise (problem if other.key == "work.unknown" else other) from None
    return tuple(row["sha256"] for row in ask.filed(house.views, work["work"]))


def show(found: Tree, up: bool, down: bool, lang: str) -> None:
    """The tree for people."""

    def say(key: str, **params: object) -> str:
        return words.say(key, lang, **params)

    parts = [*([("from", found.up, True)] if up else []), *([("into", found.down, False)] if down else [])]
    for number, start in enumerate(found.starts):
        node = found.nodes[start]
        out.echo(("\n" if number else "") + "  ".join(cell for cell in _cells(node, say) if cell), "strong")
        table(list(_facts(node, "", say)))
        for part, chart, upwards in parts:
            if chart.get(start):
                out.say(f"cli.tree.{part}", "quiet")
                table(list(_branches(found, chart, start, upwards, say)))
            else:
                out.say(f"cli.tree.none-{'up' if upwards else 'down'}", "quiet")
    for line in family_rates.told((edge for group in found.edges.values() for edge in group), lang):
        out.echo(line, "quiet")


def table(rows: list[Row]) -> None:
    """Rows whose last cell is only a remark in aligned columns; a long name takes its own room and pushes its own line alone."""
    widths = [min(NAME, max((out.width(row[i]) for row in rows if row[1]), default=0)) for i in range(4)]
    for row in rows:
        if not row[1]:
            out.echo(out.clipped(row[0]))
            continue
        line = "  ".join(out.pad(cell, width) for cell, width in zip(row[:4], widths, strict=True))
        out.echo(out.clipped(f"{line}  {row[4]}".rstrip()))


def _branches(found: Tree, chart: dict[str, tuple[str, ...]], start: str, upwards: bool, say: Say) -> Iterator[Row]:
    """Depth first, without recursion, each picture with its branches once: a second time it is only named."""
    shown = {start}
    waiting = _near(found, chart, start, "")
    while waiting:
        below, sha256, lead, bend = waiting.pop()
        again = sha256 in shown and bool(chart.get(sha256))
        yield _line(found, (sha256, below) if upwards else (below, sha256), sha256, lead, again, say)
        if sha256 in shown or sha256 not in found.nodes:
            continue
        shown.add(sha256)
        yield from _facts(found.nodes[sha256], bend + ("│  " if chart.get(sha256) else "   "), say)
        near = _near(found, chart, sha256, bend)
        yield from _left_out(found, sha256, bend, say)
        waiting += near
    yield from _left_out(found, start, "", say)


def _near(found: Tree, chart: dict[str, tuple[str, ...]], sha256: str, bend: str) -> list[tuple[str, str, str, str]]:
    """(from where, picture, what leads its own line, what leads the lines below it), the last first."""
    near = chart.get(sha256, ())
    rows = [(sha256, one, bend + "├─ ", bend + "│  ") for one in near[:-1]]
    return [*rows, *((sha256, one, bend + "└─ ", bend + "   ") for one in near[-1:])][::-1]


def _line(found: Tree, pair: tuple[str, str], sha256: str, lead: str, again: bool, say: Say) -> Row:
    edges = found.edges[pair]
    name, short, at, _ = _cells(found.nodes[sha256], say)
    best = edges[0].grade
    told = dict.fromkeys(relation(edge, say) for edge in edges if edge.grade == best)
    others = dict.fromkeys(say(f"family.grade.{edge.grade}") for edge in edges if edge.grade != best)
    notes = dict.fromkeys(note(code, detail, say) for edge in edges for code, detail in edge.notes)
    seqs = sorted({seq for edge in edges for seq in edge.seqs})
    above = [f"({say('family.above')})"] if again else []
    remark = (", ".join(told), *(f"+ {other}" for other in others), *notes, " ".join(f"#{seq}" for seq in seqs), *above)
    return lead + name, short, at, say(f"family.grade.{best}"), "  ".join(remark)


def _cells(node: Node, say: Say) -> tuple[str, str, str, str]:
    if node.first is None:
        return say("family.not-recorded"), node.sha256[:12], "", ""
    first = node.first
    return words.visible(first["name"]), node.sha256[:12], first["at"][:19].replace("T", " "), words.visible(first["generator"] or "")


def _facts(node: Node, lead: str, say: Say) -> Iterator[Row]:
    """What stands below a picture's line and is no descent: its other places, what it replaced, inputs without bytes, twins."""
    for edge in node.places:
        assert edge.places is not None
        grade = say(f"family.grade.{edge.grade}")
        yield _remark(f"{lead}= {words.visible(edge.places[1])}  {grade}  {relation(edge, say)}  #{edge.seqs[-1]}")
    for one in node.replaced:
        key, other = ("in-place-of", one.before) if one.after == node.sha256 else ("replaced-by", one.after)
        yield _remark(f"{lead}· {say(f'family.{key}', other=other[:12])}  #{one.seq}")
    for named in node.unbound:
        yield _remark(f"{lead}? {words.visible(named.name)}  {say('family.unbound')}  #{named.seq}")
    for twin in node.twins:
        key = "brought-in" if twin.why == BROUGHT_IN else "made-again" if twin.how == "same pixels" else "made-again-alike"
        yield _remark(f"{lead}· {say(f'family.{key}', other=twin.sha256[:12])}  {' '.join(f'#{seq}' for seq in twin.seqs)}")


def _left_out(found: Tree, sha256: str, lead: str, say: Say) -> Iterator[Row]:
    if sha256 in found.cut:
        count = found.cut[sha256]
        yield _remark(f"{lead}… " + (say("family.more", count=count) if count else say("family.more-unknown")))


def _remark(text: str) -> Row:
    return text, "", "", "", ""


def relation(edge: Edge, say: Say) -> str:
    """What a source says of the two, in the user's language; a person's own word stands as it is."""
    key = f"family.relation.{edge.relation}"
    return say(key) if edge.grade != "STATED" and words.known(key) else words.visible(edge.relation)


def note(code: str, detail: str, say: Say) -> str:
    """A remark beside an edge."""
    return say(f"family.note.{code}", of=detail[:12])
