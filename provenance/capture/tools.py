"""Which generator a folder belongs to, where that one writes pictures, and where its models lie. Edge: asks for a few known files.

A tool is known by files that only it has; a new tool is one function, and one word in RECOGNISERS, whose order is meaning: the
particular before the general. What only a command line says (`--output-directory`) cannot be known here: the user names such folders.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from provenance.capture.tool import Environ, Tool
from provenance.capture.tool_comfyui import comfyui
from provenance.capture.tool_others import fooocus, invokeai, swarmui
from provenance.capture.tool_webui import webui

__all__ = ["RECOGNISERS", "Tool", "recognise", "tool_of"]

RECOGNISERS: tuple[Callable[[Path, Environ], Tool | None], ...] = (swarmui, invokeai, fooocus, webui, comfyui)
MAX_UP = 6


def recognise(base: Path, environ: Environ | None = None) -> Tool | None:
    """The tool whose program or data folder this is; None for any other folder, and for one that may not be read.

    environ: for variables in settings files; the process's own where None.
    """
    environ = os.environ if environ is None else environ
    base = base.absolute()
    for recogniser in RECOGNISERS:
        try:
            found = recogniser(base, environ)
        except (OSError, ValueError):  # no right to look, a name that no file can have
            continue
        if found is not None:
            return found
    return None


def tool_of(folder: Path, environ: Environ | None = None, known: Sequence[Tool] = ()) -> Tool | None:
    """The tool a watched folder belongs to: one of `known` that writes or reads there, else the nearest one above (MAX_UP levels)."""
    folder = folder.absolute()
    here = (folder, *folder.parents)
    for tool in known:
        if any(Path(root) in here for root in tool.roots):
            return tool
    above = (recognise(place, environ) for place in here[: MAX_UP + 1])
    return next((tool for tool in above if tool is not None), None)
