"""The command line: `prov`. A command file parses, calls one function and prints; the library is the product."""

from __future__ import annotations

import os
import sys

PIPE_CLOSED = 141  # as a shell tells it: 128 + SIGPIPE


def main() -> None:
    """Entry point of `prov`. The overview is printed before anything heavy is imported."""
    arguments = sys.argv[1:]
    if not arguments or arguments in (["--help"], ["-h"], ["help"]):
        from provenance.cli.overview import overview

        raise SystemExit(_tell(overview()))
    if arguments == ["--version"]:
        from provenance import __version__

        raise SystemExit(_tell(f"prov {__version__}\n"))
    from provenance.cli.app import run

    raise SystemExit(run(arguments))


def _tell(text: str) -> int:
    speak_utf8()
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        hush()
        return PIPE_CLOSED
    return 0


def speak_utf8() -> None:
    """Whatever the locale says: names and prompts are in every language, and no output may fail for its letters."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")


def hush() -> None:
    """Nobody reads any more: so that the interpreter's last flush is quiet."""
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
