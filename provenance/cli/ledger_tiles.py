"""`prov ledger export-tiles DIR`: the ledger as files that other people's programs check."""

from __future__ import annotations

from pathlib import Path

import click

from provenance import words
from provenance.cli import out
from provenance.cli.common import as_json, at_home, cli_command


@cli_command("ledger.export-tiles")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), metavar="DIR")
@as_json
def export_tiles(folder: Path, as_json: bool) -> None:
    from provenance.daemon import tiling
    from provenance.daemon.sealing import sign_now
    from provenance.seal import snapshot

    with at_home() as house:
        signed = sign_now(house, "export")
        key = house.line().at(signed.size)
        source = tiling.Source(
            signed.note, snapshot.open_snapshot(signed.note, key), house.ledger.leaves,
            lambda start, stop: (entry.raw for entry in house.ledger.entries(start, stop)), house.ledger.root_at,
        )  # fmt: skip
        with out.progress(words.say("cli.verify.bar", words.language()), 0, quiet=as_json) as bar:
            done = tiling.export(folder, source, bar.reach)
    if as_json:
        out.json_line({"path": str(folder), "size": done.size, "before": done.before, "written": done.written, "kept": done.kept,
                       "origin": source.head.origin, "vkey": key.vkey})  # fmt: skip
        return
    out.say("cli.ledger.export-tiles.done", "good", size=done.size, path=str(folder), written=done.written)
    out.say("cli.ledger.export-tiles.key", vkey=key.vkey)
    out.say("cli.ledger.export-tiles.shows", "quiet")
