"""The click group: commands are loaded when they are called; errors become one line, a hint and an exit code."""

from __future__ import annotations

import errno
import importlib
import os
import traceback
from collections.abc import Sequence
from typing import Any

import click

from provenance import __version__, config, words
from provenance.cli import PIPE_CLOSED, hush, out, speak_utf8
from provenance.cli.overview import overview
from provenance.cli.table import COMMANDS
from provenance.errors import BadInput, ProvError, Unavailable


class LazyGroup(click.Group):
    """A group whose commands are files of this folder."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(COMMANDS[cmd_name]).command
        return command

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write(overview())


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="prov", message="%(prog)s %(version)s")
def group() -> None:
    """prov."""


def run(arguments: Sequence[str]) -> int:
    """Run one command.

    Returns:
        Its exit code: 0 good, 1 failed check, 2 bad input, 3 incomplete, 4 the machine refuses, 5 busy, 6 damaged ledger, 70 a defect
        of prov, 130 stopped by the user, 141 nobody reads the output any more.
    """
    speak_utf8()
    try:
        result = group.main(args=list(arguments), prog_name="prov", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except ProvError as error:
        out.error(error)
        return error.exit_code
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        return _usage(error)
    except (KeyboardInterrupt, click.Abort):
        return 130
    except (BrokenPipeError, SystemExit):  # click ends with SystemExit(1) when the pipe is closed: that would read as a failed check
        hush()
        return PIPE_CLOSED
    except OSError as error:
        return _machine(error)
    except Exception as error:
        return _defect(error)


def _usage(error: click.ClickException) -> int:
    message = error.format_message()
    command = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "prov"
    out.line_error(words.say("cli.usage-error", words.language(), message=message.splitlines()[0] if message else "", command=command))
    return 2


def _machine(error: OSError) -> int:
    key = {errno.ENOSPC: "disk.full", errno.EROFS: "disk.read-only", errno.EACCES: "file.denied", errno.EPERM: "file.denied"}
    name = error.filename if isinstance(error.filename, str) else ""
    kind = BadInput if error.errno in (errno.ENAMETOOLONG, errno.ELOOP) else Unavailable  # such a name was given, the machine is well
    told = kind(key.get(error.errno or 0, "file.trouble"), path=name, why=error.strerror or str(error))
    out.error(told)
    return told.exit_code


def _defect(error: Exception) -> int:
    """A defect of prov: one line for the person, the traceback in a file of the home."""
    if os.environ.get("PROV_DEBUG"):
        traceback.print_exc()
    where: Any = config.home().path / "defect.txt"
    try:
        where.write_text("".join(traceback.format_exception(error)), encoding="utf-8", errors="backslashreplace")
    except OSError:
        where = "-"
    out.line_error(words.say("cli.defect", words.language(), what=f"{type(error).__name__}: {error}"[:200], path=str(where)))
    return 70
