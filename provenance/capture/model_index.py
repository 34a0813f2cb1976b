"""Which model files lie in the known folders, found by the names that tools write into pictures. Edge: lists folders, opens nothing."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from provenance.capture import model_kinds
from provenance.capture.models import ModelHashes, label_of, shape_of
from provenance.capture.stations import Shape

EXTENSIONS = (".safetensors", ".sft", ".ckpt", ".gguf", ".pt", ".pth", ".bin")  # in the order preferred for a name without one
MAX_ENTRIES = 200_000
MAX_DEPTH = 16
_TITLE_HASH = re.compile(r"\s+\[[0-9a-fA-F]{8,64}\]$")
_DRIVE = re.compile(r"[A-Za-z]:/|/")


@dataclass(frozen=True)
class ModelFile:
    """A file, or a diffusers folder. kind: of the folder it was found in; rel: its path below that folder, with slashes."""

    path: str
    kind: str
    rel: str
    shape: Shape | None


class Known(Protocol):
    """What is asked of `ModelCache`."""

    def by_hash(self, claim: str) -> tuple[ModelHashes, ...]: ...


class ModelIndex:
    """The files of some model folders, as they were at the last `refresh`.

    folders: (kind, path), in search order; kind as `model_kinds.of_folder` gives it, or "any". label: a LoRA's alias by its path.
    truncated: the folders hold more than was listed.
    """

    def __init__(
        self, folders: Sequence[tuple[str, str]], *, label: Callable[[str], str | None] = label_of, limit: int = MAX_ENTRIES
    ) -> None:
        self._folders = tuple(dict.fromkeys(folders))
        self._label = label
        self._limit = limit
        self._files: tuple[ModelFile, ...] = ()
        self._names: dict[tuple[str, str], list[ModelFile]] = {}
        self._labels: dict[tuple[str, Shape | None], str | None] = {}
        self.truncated = False

    @property
    def files(self) -> tuple[ModelFile, ...]:
        return self._files

    def refresh(self, folders: Sequence[tuple[str, str]] | None = None) -> None:
        """List the folders anew. A folder that is away or may not be read counts as empty.

        folders: from now on these instead: a tool may have been installed, or its settings changed, since the last time.
        """
        if folders is not None:
            self._folders = tuple(dict.fromkeys(folders))
        left = self._limit
        files: list[ModelFile] = []
        names: dict[tuple[str, str], list[ModelFile]] = {}
        for kind, folder in self._folders:
            found, left = _scan(kind, folder, left)
            for file in sorted(found, key=_rank):
                files.append(file)
                for form in _forms(file, tails=kind == model_kinds.ANY):
                    names.setdefault(form, []).append(file)
        self._files, self._names, self.truncated = tuple(files), names, left <= 0
        present = {(file.path, file.shape) for file in files}
        self._labels = {key: label for key, label in self._labels.items() if key in present}

    def find(self, name: str, kind: str | None = None) -> str | None:
        """The path of the model of this name, or None; the first of `find_all`."""
        return next(iter(self.find_all(name, kind)), None)

    def find_all(self, name: str, kind: str | None = None) -> tuple[str, ...]:
        """Every file that a tool may have meant by a name, the likeliest first. The name is only looked up, never opened.

        Args:
            name: as a tool wrote it: ComfyUI's path below a model folder (either slash), A1111's bare stem, `stem [hash]`, an alias
                (`ss_output_name`) of a LoRA, or a path of another machine. kind: as readers give it; limits where is looked.
        Returns:
            One path where the tool's own rule decides (whole relative name: the first folder wins), several where the name is
            ambiguous. Case and Unicode form count only when something fits exactly.
        """
        for form in _wanted(name):
            hits = self._of_kind(self._names.get(form, []), kind)
            if hits:
                return hits[:1] if form[0] == "rel" else hits
        return self._by_label(name, kind) if kind in (None, "lora") else ()

    def candidates_by_hash(self, claim: str, known: Known) -> tuple[tuple[str, ModelHashes], ...]:
        """Files here that were hashed before, are unchanged, and fit a claimed hash of any convention."""
        places: dict[Shape, str] = {}
        for file in self._files:
            if file.shape is not None:
                places.setdefault(file.shape, file.path)
        found = ((places.get(hashes.shape), hashes) for hashes in known.by_hash(claim))
        return tuple((path, hashes) for path, hashes in found if path is not None and shape_of(path) == hashes.shape)

    def _of_kind(self, files: Sequence[ModelFile], kind: str | None) -> tuple[str, ...]:
        kinds = model_kinds.searched(kind)
        order = None if kinds is None else (*kinds, model_kinds.ANY)
        hits = [f for f in files if order is None or f.kind in order]
        if order is not None:
            hits.sort(key=lambda f: order.index(f.kind))
        once = {file.shape or file.path: file.path for file in reversed(hits)}  # one file by two ways is one file
        return tuple(path for path in dict.fromkeys(f.path for f in hits) if path in once.values())

    def _by_label(self, name: str, kind: str | None) -> tuple[str, ...]:
        loras = [file for file in self._files if file.kind == "lora" and file.shape is not None]
        for file in loras:
            if (file.path, file.shape) not in self._labels:
                self._labels[file.path, file.shape] = self._label(file.path)
        return self._of_kind([file for file in loras if self._labels[file.path, file.shape] == name], kind)


def _scan(kind: str, folder: str, left: int) -> tuple[list[ModelFile], int]:
    """The models below a folder, symlinks followed, no folder entered twice; and what is left of the entries that may be listed."""
    found: list[ModelFile] = []
    entered: set[tuple[int, int]] = set()
    waiting = [("", 0)]
    while waiting and left > 0:
        rel, depth = waiting.pop()
        for name, path, found_folder in _entries(Path(folder, rel), entered):
            left -= 1
            if left <= 0:
                break
            below = f"{rel}/{name}" if rel else name
            if found_folder:
                if (path / "model_index.json").is_file():  # diffusers: a model that is a folder
                    found.append(ModelFile(str(path), _kind(kind, below), below, None))
                elif depth < MAX_DEPTH and not name.startswith("."):
                    waiting.append((below, depth + 1))
            elif name.lower().endswith(EXTENSIONS) and (shape := shape_of(str(path))) is not None:
                found.append(ModelFile(str(path), _kind(kind, below), below, shape))
    return found, left


def _entries(folder: Path, entered: set[tuple[int, int]]) -> Iterator[tuple[str, Path, bool]]:
    try:
        here = folder.stat()
        if (here.st_dev, here.st_ino) in entered:
            return
        entered.add((here.st_dev, here.st_ino))
        with os.scandir(folder) as entries:
            for entry in entries:
                yield entry.name, folder / entry.name, entry.is_dir()
    except (OSError, ValueError):
        return


def _kind(kind: str, rel: str) -> str:
    if kind == model_kinds.ANY:
        return model_kinds.of_path(rel)
    # A1111 takes a VAE that lies beside its checkpoint as `name.vae.pt`
    return "vae" if kind == "checkpoint" and _stem(rel).lower().endswith(".vae") else kind


def _rank(file: ModelFile) -> tuple[int, int, str]:
    """Order within one folder: shallow before deep, then by extension."""
    end = next((n for n, extension in enumerate(EXTENSIONS) if file.rel.lower().endswith(extension)), len(EXTENSIONS))
    return file.rel.count("/"), end, file.rel


def _stem(name: str) -> str:
    return next((name[: -len(end)] for end in EXTENSIONS if name.lower().endswith(end)), name)


def _fold(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _forms(file: ModelFile, tails: bool) -> set[tuple[str, str]]:
    """Every (form, name) by which a file can be asked for. tails: the folder may lie above a tool's model folders."""
    base = file.rel.rsplit("/", 1)[-1]
    plain = {("rel", file.rel), ("relstem", _stem(file.rel)), ("base", base), ("stem", _stem(base)), ("path", file.path.replace("\\", "/"))}
    if tails:
        parts = file.rel.split("/")
        ends = ["/".join(parts[n:]) for n in range(1, len(parts) - 1)]
        plain |= {("tail", end) for end in ends} | {("tail", _stem(end)) for end in ends}
    return plain | {("~" + form, _fold(name)) for form, name in plain}


def _wanted(name: str) -> list[tuple[str, str]]:
    text = _TITLE_HASH.sub("", name.strip()).replace("\\", "/").removeprefix("./")
    if not text or len(text) > 4096:
        return []
    base = text.rsplit("/", 1)[-1]
    if _DRIVE.match(text):  # a whole path, perhaps of another machine
        plain = [("path", text), ("base", base), ("stem", base)]
    elif "/" in text:
        plain = [("rel", text), ("relstem", text), ("tail", text)]
    else:
        plain = [("rel", text), ("relstem", text), ("base", text), ("stem", text)]
    return plain + [("~" + form, _fold(key)) for form, key in plain]
