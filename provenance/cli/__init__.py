"""The command line: `prov`. A command file parses, calls one function and prints; the library is the product."""

from __future__ import annotations

import sys


def main() -> None:
    """Entry point of `prov`. The overview is printed before anything heavy is imported."""
    arguments = sys.argv[1:]
    if not arguments or arguments in (["--help"], ["-h"], ["help"]):
        from provenance.cli.overview import overview

        sys.stdout.write(overview())
        raise SystemExit(0)
    if arguments == ["--version"]:
        from provenance import __version__

        sys.stdout.write(f"prov {__version__}\n")
        raise SystemExit(0)
    from provenance.cli.app import run

    raise SystemExit(run(arguments))
