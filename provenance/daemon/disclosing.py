"""Showing later what a bundle withheld: a new bundle of the same snapshot and the same entries, from the ledger that made the first one."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from provenance import canon, facts
from provenance.bundle import bag, withhold
from provenance.bundle.archive import read_zip
from provenance.bundle.examine import examine
from provenance.bundle.export import Step, export
from provenance.bundle.folder import read_folder
from provenance.bundle.request import Exported, Request
from provenance.bundle.screen import WITHHELD
from provenance.bundle.verdict import Files
from provenance.bundle.withhold import Also
from provenance.daemon.exporting import film_of, finder, signing
from provenance.daemon.house import SOFTWARE, House
from provenance.errors import BadInput, ProvError
from provenance.ledger import copying
from provenance.ledger.chain import Entry
from provenance.pixels.blur import blurred
from provenance.seal.author import Author
from provenance.views import selection

CAP = 64 << 20


@dataclass(frozen=True)
class Old:
    """A bundle that was verified and is of this ledger. about: its bundle.json. note: the checkpoint. seal: SHA-256 of the tag manifest."""

    about: dict[str, Any]
    note: bytes
    seal: str
    names: frozenset[str]
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Shown:
    """done: the new bundle. left: what is still withheld. entry: bundle.disclosed, None from a closed ledger, which takes no entry."""

    done: Exported
    left: tuple[str, ...]
    entry: Entry | None


def disclose(
    house: House, path: Path, items: Sequence[str], target: Path | None, *, author: Author | None = None, step: Step | None = None
) -> Shown:
    """Make a bundle that shows more than this one, and write it down.

    Args:
        path: the bundle, a zip or a folder. items: `name`, `name@entry` (groups too), `picture:<SHA-256>`, "previews".
        target: the zip to make; None: beside the old one, with `-disclosed`.
    Raises:
        BadInput: `disclose.*`; `withhold.unknown`; `export.leak` where what is shown now would tell what is still withheld.
    """
    if not items:
        raise BadInput("disclose.nothing")
    old = opened(house, path)
    everywhere, also = less(old, items)
    request = _request(house, old, everywhere, also, author)
    target = target or path.with_name(f"{path.name.removesuffix('.zip')}-disclosed.zip")
    done = export(house.ledger, house.blobs, house.signer, request, target, step=step)
    left = (*sorted(everywhere), *withhold.items(also), *(["previews"] if also.previews != withhold.KEEP else []))
    if copying.closed(house.ledger.path):
        return Shown(done, left, None)
    (entry,) = house.tell(
        facts.BundleDisclosed(
            old_seal=old.seal, size=done.size, snapshot=old.about["snapshot"]["size"], seal=done.seal, bundle=done.bundle,
            shows=tuple(items), path=canon.path(os.path.abspath(target)),  # noqa: PTH100 - links stay as the user named them
        )
    )
    return Shown(done, left, entry)


def opened(house: House, path: Path) -> Old:
    """A bundle of this ledger, verified. Raises BadInput `disclose.not-good`, `disclose.other-ledger`, `disclose.other-key`."""
    verdict = examine(path)
    if verdict.exit_code:
        raise BadInput("disclose.not-good", verdict=verdict.word, path=str(path))
    with _files(path) as files:
        about: Any = canon.decode(files.read("data/bundle.json", CAP))
        if about["log"] != house.ledger.origin or about["snapshot"]["size"] > house.ledger.size():
            raise BadInput("disclose.other-ledger", path=str(path))
        entries = tuple(_same(house, files, seq, path) for seq in about["entries"])
        if files.read("proof/signer.vkey", 1 << 16).decode().strip() != house.signer.vkey:
            raise BadInput("disclose.other-key")
        seal = sha256(files.read(bag.TAGMANIFEST, CAP)).hexdigest()
        return Old(about, files.read("proof/checkpoint.txt", 1 << 16), seal, frozenset(files.names()), entries)


@contextmanager
def _files(path: Path) -> Iterator[Files]:
    if path.is_dir():
        yield read_folder(path)
        return
    with path.open("rb") as file:
        yield read_zip(file)


def _same(house: House, files: Files, seq: int, path: Path) -> Entry:
    """The ledger's entry of this number, which must be the bundle's byte for byte."""
    try:
        entry = house.ledger.record(seq).entry
    except ProvError as error:
        raise BadInput("disclose.other-ledger", path=str(path)) from error
    if entry.raw != files.read(f"data/entries/{seq:08d}.json", 1 << 16):
        raise BadInput("disclose.other-ledger", path=str(path))
    return entry


def less(old: Old, items: Sequence[str]) -> tuple[frozenset[str], Also]:
    """What is still withheld when these items are shown. Raises BadInput `disclose.not-withheld`, `withhold.unknown`."""
    everywhere = frozenset(old.about["withheld"])
    at = {int(seq): frozenset(names) for seq, names in old.about.get("withheld_at", {}).items()}
    pictures = frozenset(row["sha256"] for row in old.about["pictures"] if row["file"] is None and row["why_absent"] == WITHHELD)
    covered = {entry.seq for entry in old.entries if withhold.about(entry) & pictures}
    at = {seq: names for seq, names in at.items() if seq not in covered}  # what a withheld picture's files say follows from that
    previews = old.about.get("previews", withhold.KEEP)
    known = (*old.about["withheld"], *(f"{name}@{seq}" for seq, names in at.items() for name in sorted(names)))
    for item in items:
        before = (everywhere, at, pictures, previews)
        if item == "previews":
            previews = withhold.KEEP
        elif item.startswith(withhold.PICTURE):
            sha = item.removeprefix(withhold.PICTURE)
            pictures -= {sha}
        else:
            everywhere, at = _without(old, everywhere, at, item)
        if before == (everywhere, at, pictures, previews):
            there = [*known, *(withhold.PICTURE + sha256 for sha256 in sorted(pictures))]
            raise BadInput("disclose.not-withheld", what=item, known=", ".join(there) or "-")
    reasons = {what: why for what, why in old.about.get("withheld_reasons", {}).items() if what not in items}
    return everywhere, Also(at, pictures, reasons, previews, shared=True)


Fields = frozenset[str]


def _without(old: Old, everywhere: Fields, at: dict[int, Fields], item: str) -> tuple[Fields, dict[int, Fields]]:
    """The same without one field or group, of all entries or of one."""
    (only, also) = withhold.asked([(item, "")], lambda ref: ref)
    if only:
        return everywhere - only, {seq: left for seq, names in at.items() if (left := names - only)}
    ((seq, names),) = also.at.items()
    moved = names & everywhere & frozenset(next((entry.sealed for entry in old.entries if entry.seq == seq), {}))
    spread = {entry.seq: moved & frozenset(entry.sealed) for entry in old.entries if entry.seq != seq}
    found = {n: at.get(n, frozenset()) | spread.get(n, frozenset()) for n in {*at, *spread}}
    found[seq] = at.get(seq, frozenset()) - names
    return everywhere - moved, {n: left for n, left in sorted(found.items()) if left}


def _request(house: House, old: Old, everywhere: Fields, also: Also, author: Author | None) -> Request:
    about = old.about
    chosen = [row["sha256"] for row in about["pictures"] if row["role"] == selection.CHOSEN]
    now = selection.of_work(house.views, about["work"]) if about.get("work") else selection.of_pictures(house.views, chosen)
    pictures = tuple(selection.Picture(row["sha256"], row["role"], tuple(row["entries"])) for row in about["pictures"])
    same = dataclasses.replace(now, pictures=pictures, entries=tuple(about["entries"]), missing=tuple(about.get("missing", ())))
    languages = tuple(about.get("languages", ("zh", "en")))
    film = film_of(house, same, languages[0], everywhere) if "exhibits/film.webp" in old.names and not also else None
    return Request(
        same, old.note, about["made_at"], SOFTWARE, finder(house), everywhere, about.get("withheld_why", ""), languages,
        author=signing(author), annex="annex/prov.json" in old.names, forum=about.get("forum", "general"), film=film,
        pdf="report.pdf" in old.names, also=also, blur=blurred, exactly=True,
    )  # fmt: skip
