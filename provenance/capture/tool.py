"""An installed generator as a value, and what all recognisers share."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from provenance.capture import model_kinds
from provenance.errors import ProvError

COMFYUI, A1111, FORGE, SDNEXT, FOOOCUS, SWARMUI, INVOKEAI = "comfyui", "a1111", "forge", "sdnext", "fooocus", "swarmui", "invokeai"
MAX_FOLDERS = 500
_NO_MODELS = frozenset({"configs", "datasets", "fonts", "wildcards", "styles", "karlo", "deepbooru", "torch_deepdanbooru"})

Environ = Mapping[str, str]
Folders = tuple[tuple[str, str], ...]
T = TypeVar("T")


@dataclass(frozen=True)
class Tool:
    """An installed generator. Folders are absolute, and may not exist yet.

    outputs: where finished pictures go. inputs: uploads, masks, init images: evidence as well. temps: previews; the tool removes the
    folder itself at its start. model_folders: (kind, path) in search order, kinds as `model_kinds` has them. problems: settings files
    that could not be used, and why.
    """

    kind: str
    base: str
    outputs: tuple[str, ...]
    inputs: tuple[str, ...] = ()
    temps: tuple[str, ...] = ()
    model_folders: Folders = ()
    problems: tuple[str, ...] = ()

    @property
    def roots(self) -> tuple[str, ...]:
        """The folders to watch: outputs, inputs and previews, none below another."""
        return outermost((*self.outputs, *self.inputs, *self.temps))


def outermost(paths: Iterable[str]) -> tuple[str, ...]:
    """Each path once, without those below another one."""
    wanted = dict.fromkeys(paths)
    return tuple(p for p in wanted if not any(Path(q) in Path(p).parents for q in wanted))


def tried(notes: list[str], work: Callable[[], T]) -> T | None:
    """The result of reading settings; None and a note where the file is broken."""
    try:
        return work()
    except ProvError as error:
        notes.append(f"{error.params.get('path', '')}: {error.params.get('why', error.key)}")
        return None


def folders_in(models: Path, first: tuple[str, ...] = ()) -> Folders:
    """The model folders below a `models` folder, kinds by their names. first: names that are searched before others of their kind."""
    order = {name: n for n, name in enumerate(first)}
    found = sorted(subfolders(models), key=lambda p: (order.get(p.name, len(order)), p.name))
    return tuple((model_kinds.of_folder(p.name), str(p)) for p in found if p.name.lower() not in _NO_MODELS)


def subfolders(folder: Path) -> list[Path]:
    """Folders directly below, symlinked ones too, hidden ones not; at most MAX_FOLDERS entries are looked at. Empty for any trouble."""
    found: list[Path] = []
    try:
        with os.scandir(folder) as entries:
            for n, entry in enumerate(entries):
                if n >= MAX_FOLDERS:
                    break
                if not entry.name.startswith(".") and entry.is_dir():
                    found.append(folder / entry.name)
    except (OSError, ValueError):
        pass
    return sorted(found)
