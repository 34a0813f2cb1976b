"""How to check it without this program and without trusting whoever handed it over."""

from __future__ import annotations

from provenance.paper.blocks import CODE, Block, Cell, Para, Point, Points, Row, Run, Table
from provenance.report import tell
from provenance.report.dossier import Dossier
from provenance.report.forum import Forum
from provenance.report.speak import Speaker

KEY = "-pubin -inkey proof/signer.pem -rawin"
COMMANDS: tuple[tuple[str, str], ...] = (
    ("files", "sha256sum -c manifest-sha256.txt\nsha256sum -c tagmanifest-sha256.txt"),
    ("seal", f"openssl pkeyutl -verify {KEY} -in tagmanifest-sha256.txt -sigfile seal.sig"),
    ("snapshot", f"openssl pkeyutl -verify {KEY} -in proof/checkpoint.body -sigfile proof/checkpoint.sig"),
    ("fingerprint", "openssl pkey -pubin -in proof/signer.pem -outform DER | tail -c 32 | sha256sum"),
    ("time", "openssl ts -verify -data proof/anchor-<n>.txt -in proof/anchor-<n>-<k>.tsr -CAfile ../ROOT.pem"),
    ("all", "python3 verify.py"),
    ("page", "verify.html"),
)
"""(name of what it shows, the command as VERIFY.txt gives it)."""


def blocks(d: Dossier, s: Speaker, forum: Forum) -> tuple[Block, ...]:
    """Commands and what each shows; what they cannot show."""
    rows = [
        Row((Cell(tuple((Run(line, CODE),) for line in command.split("\n"))), Cell(((Run(tell.say(s, f"check.{name}")),),))))
        for name, command in COMMANDS
        if name != "time" or d.meta.times
    ]
    table = Table((tell.say(s, "check.command"), tell.say(s, "check.shows")), tuple(rows), (52, 48), sourced=False)
    said = [tell.say(s, "check.own"), s.say("check.2"), s.say("check.3"), tell.say(s, "check.report")]
    return tell.chapter(s, "check", [Para((Run(s.say("check.1")),)), table, Points(tuple(Point((Run(one),)) for one in said))])
