"""`prov ledger check|salvage|export-tiles`: looking after the ledger itself."""

from __future__ import annotations

import click

from provenance.cli.common import help_of
from provenance.cli.ledger_check import check
from provenance.cli.ledger_salvage import salvage
from provenance.cli.ledger_tiles import export_tiles


@click.group(name="ledger", help=help_of("cli.ledger"), context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """The ledger itself."""


for part in (check, salvage, export_tiles):
    command.add_command(part)
