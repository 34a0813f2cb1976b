"""The generators installed on this machine, looked for in the usual places. Bounded: one or two levels of a few folders, no search."""

from __future__ import annotations

import string
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from provenance.capture.tool import Environ, Tool, subfolders
from provenance.capture.tool_comfyui import desktop_base, desktop_paths
from provenance.capture.tools import recognise

_NAMES = (
    "comfy", "stable-diffusion", "stable_diffusion", "stablediffusion", "sd-webui", "sd.webui", "sd_webui", "webui", "automatic", "a1111",
    "forge", "reforge", "sdnext", "sd.next", "fooocus", "swarmui", "stableswarmui", "invoke",
)
_CONTAINERS = ("stabilitymatrix", "pinokio")
_UNDER_HOME = (
    "", "Documents", "Desktop", "Downloads", "AI", "ai", "apps", "Apps", "git", "src", "code", "projects", "Projects", "Applications",
    "programs", "tools",
)
_INSIDE = ("ComfyUI", "ComfyUI_windows_portable/ComfyUI", "webui", "app", "Fooocus", "dlbackend/comfy/ComfyUI")
_ON_LINUX = ("/opt", "/workspace", "/srv", "/data", "/mnt")
_KRITA = "krita/ai_diffusion/server/ComfyUI"


def installed(home: Path, environ: Environ, places: Iterable[Path] | None = None) -> list[Tool]:
    """Every tool found, each base folder once, in the order of the places.

    Args:
        home: the person's home folder. environ: APPDATA, LOCALAPPDATA, OneDrive, XDG_DATA_HOME and INVOKEAI_ROOT are looked at.
        places: folders beside the home's that may hold tools; the system's usual ones where None.
    """
    around = [home / name for name in _UNDER_HOME]
    if environ.get("OneDrive"):
        around.append(Path(environ["OneDrive"], "Documents"))
    around += _system_places() if places is None else places
    found: dict[str, Tool] = {}
    entered: set[tuple[int, int]] = set()
    for candidate in (*_named(home, environ), *(c for place in dict.fromkeys(around) for c in _candidates(place))):
        try:
            status = candidate.stat()
        except (OSError, ValueError):
            continue
        if (status.st_dev, status.st_ino) in entered:  # a folder reached by two names is one tool
            continue
        entered.add((status.st_dev, status.st_ino))
        tool = recognise(candidate, environ)
        if tool is not None:
            found.setdefault(tool.base, tool)
    return list(found.values())


def _named(home: Path, environ: Environ) -> Iterator[Path]:
    """Places that a setting or a program's own rule names."""
    if environ.get("INVOKEAI_ROOT"):
        yield Path(environ["INVOKEAI_ROOT"])
    surely = {"HOME": str(home), **environ}
    for path in desktop_paths(None, surely):
        base = desktop_base(path, surely)
        if base is not None:
            yield base
    data = [environ.get("APPDATA"), environ.get("XDG_DATA_HOME"), str(home / ".local/share"), str(home / "Library/Application Support")]
    for folder in filter(None, data):
        yield Path(folder, _KRITA)
        yield from _packages(Path(folder, "StabilityMatrix"))


def _candidates(place: Path) -> Iterator[Path]:
    """Folders of a place whose names are those of tools, and where such a tool's program folder may lie inside."""
    for folder in subfolders(place):
        name = folder.name.lower()
        if name.startswith(_CONTAINERS):
            yield from _packages(folder)
        elif name.startswith(_NAMES):
            yield folder
            yield from (folder / inner for inner in _INSIDE)


def _packages(folder: Path) -> Iterator[Path]:
    """StabilityMatrix (Packages/*, portable: Data/Packages/*) and Pinokio (api/*, the program often in api/*/app)."""
    for inner in ("Packages", "Data/Packages", "api"):
        for package in subfolders(folder / inner):
            yield package
            yield from (package / name for name in _INSIDE)


def _system_places() -> list[Path]:
    if sys.platform != "win32":
        return [Path(name) for name in _ON_LINUX] if sys.platform == "linux" else [Path("/Applications")]
    drives = [Path(f"{letter}:\\") for letter in string.ascii_uppercase[2:]]
    return [place for drive in drives if _fixed(drive) for place in (drive, drive / "AI")]


def _fixed(drive: Path) -> bool:
    """Whether a Windows drive is a disk of this machine: a network drive that is away would hold the search for a minute."""
    if sys.platform != "win32":
        return False
    import ctypes

    return bool(ctypes.windll.kernel32.GetDriveTypeW(str(drive)) == 3)  # DRIVE_FIXED
