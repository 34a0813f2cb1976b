"""Notes on Regulation (EU) No 910/2014: which of the record's times come from authorities listed as qualified, and which do not."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping

from provenance import data
from provenance.paper.blocks import LATE, Block, Cell, Paper, Para, Row, Run, Source, Table, run
from provenance.report import tell
from provenance.report.dossier import Dossier, Time
from provenance.report.forms import kept, said
from provenance.report.forms.desk import Desk

NAME = "eu_eidas"
FORUM = "eu"
TIMES_SHOWN = 20


@functools.cache  # a data file that comes with the program
def listed() -> Mapping[str, tuple[bool, str]]:
    """Authority's name -> whether the program's list calls it qualified, and its jurisdiction."""
    return {one["name"]: (one["qualified"], one["jurisdiction"]) for one in json.loads(data.read("authorities.json"))["authorities"]}


def paper(d: Dossier, desk: Desk) -> Paper:
    """Tokens, what the Regulation says of them, and points of national law with their dates. No advice."""
    qualified = [one for one in d.meta.times if listed().get(one.authority, (False, ""))[0]]
    summary = desk.text("eu.summary", all=len(d.meta.times), qualified=len(qualified), other=len(d.meta.times) - len(qualified))
    head = tuple(desk.say(f"eu.{key}") for key in ("authority", "time", "covers", "qualified"))
    rows = tuple(_row(one, desk) for one in d.meta.times[:TIMES_SHOWN])
    table: list[Block] = [Table(head, rows, (24, 24, 14, 26))] if rows else [Para(desk.none())]
    if len(d.meta.times) > TIMES_SHOWN:
        table.append(Para(desk.text("more", count=len(d.meta.times) - TIMES_SHOWN)))
    keeping = desk.table([desk.row("ask.unattested", kept.unattested(d, desk)), desk.row("ask.witnesses", kept.witnesses(d, desk)),
                          desk.row("ask.key", kept.key(d, desk))])  # fmt: skip
    record = desk.table([desk.row("ask.inputs", said.inputs(d, desk)), desk.row("ask.edits", said.edits(d, desk)),
                         desk.row("ask.rounds", said.rounds(d, desk)), desk.row("ask.arranged", said.arranged(d, desk))])  # fmt: skip
    blocks: list[Block] = [
        desk.heading("eu-times"), Para(summary), *table, Para(desk.text("eu.check"), kind="note"), *desk.law("41-1", "41-2", "41-3", "42"),
        desk.heading("eu-keeping"), Para(desk.text("eu.signature")), keeping, *desk.law("25", "35", "45l"),
        desk.heading("eu-works"), record, *desk.law("it", "de", "de-2", "cz"), desk.heading("eu-labels"), *desk.law("aiact"),
    ]  # fmt: skip
    return desk.paper(d, NAME, blocks)


def _row(one: Time, desk: Desk) -> Row:
    known = listed().get(one.authority)
    word = "unlisted" if known is None else "yes" if known[0] else "no"
    said = desk.say(f"eu.qualified.{word}", jurisdiction=known[1] if known else "")
    cells = (Cell(((tell.verbatim(one.authority),),)), Cell((run(desk.s.when(one.time)),)),
             Cell((run(desk.say("eu.first", size=one.size)),)), Cell(((Run(said, "" if word == "yes" else LATE),),)))  # fmt: skip
    return Row(cells, Source("ATTESTED", (one.seq,)))
