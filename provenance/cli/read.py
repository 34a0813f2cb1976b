"""`prov read FILE...`: what a file says of its making. Needs no home and no ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from provenance import words
from provenance.capture.intake import textual
from provenance.capture.understand import understood
from provenance.cli import out
from provenance.cli.common import cli_command, help_of
from provenance.errors import ProvError
from provenance.readers.show import as_record


@cli_command("read")
@click.argument("files", nargs=-1, required=True, type=click.Path())
@click.option("--json", "as_json", is_flag=True, help=help_of("cli.opt.json"))
def command(files: tuple[str, ...], as_json: bool) -> int:
    worst = 0
    for file in files:
        try:
            found = record(file)
        except ProvError as error:
            worst = max(worst, error.exit_code)
            out.error(error)
            continue
        if as_json:
            out.json_line(found)
        else:
            show(found)
    return worst


def record(file: str) -> dict[str, Any]:
    """One file as the object of `prov read --json`. Raises Unreadable for what is no readable file."""
    read = understood(file)
    container = read.specimen.container
    found = as_record(read.reading, container.container, file)
    found["rest"] = textual(found["rest"])
    found["warnings"] = list(dict.fromkeys([*container.warnings, *read.problems, *found["warnings"]]))
    return found


def show(found: dict[str, Any]) -> None:
    """The same for people: only what is there."""
    lang = words.language()
    out.echo(words.visible(Path(found["file"]).name), "strong")
    rows = [("generator", f"{found['generator'] or words.say('cli.read.none', lang)}  ({found['container']})")]
    for name in ("version", "prompts", "negative_prompts", "models", "seeds", "steps", "cfgs", "samplers", "schedulers", "sizes"):
        value = found.get(name)
        if value:
            rows.append(
                (name, "\n".join(value) if name.endswith("prompts") else ", ".join(value) if isinstance(value, list) else str(value))
            )
    rows += [
        ("lora", f"{item['name']}  {item.get('weight') or '?'} / {item.get('weight_te') or item.get('weight') or '?'}")
        for item in found["loras"]
    ]
    rows += [("input", f"{item['name']}  ({item['role']})") for item in found["inputs"]]
    rows += [("warning", warning) for warning in found["warnings"]]
    for name, value in rows:
        label = out.pad(words.say(f"cli.read.{name}", lang), 12)
        out.echo(f"  {label} {words.visible(value, keep_newlines=True).replace(chr(10), chr(10) + ' ' * 15)}")
    out.echo("")
