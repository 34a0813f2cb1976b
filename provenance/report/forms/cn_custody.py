"""操作环境与保管说明: the questions of 证据规定 arts 93 and 94 in their order, each with what the record holds."""

from __future__ import annotations

from provenance.paper.blocks import Block, Paper, Row
from provenance.report.dossier import Dossier
from provenance.report.forms import kept, said
from provenance.report.forms.desk import Desk, Said

NAME = "cn_custody"
FORUM = "cn"


def paper(d: Dossier, desk: Desk) -> Paper:
    """One part for each question; a person who knows the machine fills in the rest and signs."""
    asked: list[tuple[str, list[Row]]] = [
        ("env", [desk.row("ask.software", kept.started(d, desk)), desk.row("ask.machine", kept.started(d, desk, kept.WHO), "machine")]),
        ("normal", [desk.row("ask.starts", kept.starts(d, desk)), desk.row("ask.gaps", kept.running(d, desk, "gaps", "overflow")),
                    desk.row("ask.jumps", kept.running(d, desk, "clock")), desk.row("ask.clock", kept.started(d, desk, kept.CLOCK)),
                    desk.row("ask.unreadable", kept.running(d, desk, "lost")), desk.ask("ask.effect", "effect")]),
        ("errors", [desk.row("ask.checks", Said((desk.text("checks"),)), "checks")]),
        ("complete", [desk.row("ask.key", kept.key(d, desk)), desk.row("ask.dropped", kept.running(d, desk, "dropped")),
                      desk.row("ask.withheld", kept.withheld(d, desk)), desk.row("ask.export", kept.exported(d, desk), "export")]),
        ("ordinary", [desk.row("ask.routine", kept.running(d, desk, "folders"), "routine"),
                      desk.row("ask.late", said.late(d, desk))]),
        ("person", [desk.row("ask.acting", said.acting(d, desk), "custodian"), desk.ask("ask.interest", "interest")]),
        ("confirm", [desk.row("ask.times", kept.times(d, desk)), desk.row("ask.witnesses", kept.witnesses(d, desk)),
                     desk.row("ask.unattested", kept.unattested(d, desk)), desk.ask("ask.notary", "notary")]),
        ("before", [desk.ask("ask.corroboration", "corroboration")]),
    ]  # fmt: skip
    blocks: list[Block] = [desk.heading("questions")]
    for key, rows in asked:
        blocks += [*desk.law(key), desk.table(rows)]
    end = desk.table([desk.ask(f"ask.{key}", key) for key in ("signature", "date")])
    return desk.paper(d, NAME, [*blocks, desk.heading("submission"), end, desk.heading("law"), *desk.law("chain", "sign", "alone")])


