"""A chat or a text from a file into the ledger: read as it lies, its own part of the file kept verbatim, its turns as told."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provenance import canon, facts
from provenance.daemon.house import House
from provenance.errors import BadInput, Unreadable
from provenance.ledger.chain import Entry
from provenance.readers.conversation import Conversation, conversations
from provenance.readers.conversation.turns import USER

MOST = 256 * 1024 * 1024  # bytes, the largest blob; services' exports of years stay below it


@dataclass(frozen=True)
class Handed:
    """A file as it was handed in. path: as given, None for standard input. found: the conversations in it, in its order."""

    path: str | None
    sha256: str
    size: int
    found: tuple[Conversation, ...]


def read(data: bytes, path: str | None) -> Handed:
    """Understand a file. Raises BadInput `conversation.empty`, `conversation.unknown`, `conversation.binary`, `conversation.too-large`."""
    if len(data) > MOST:
        raise BadInput("conversation.too-large", most=MOST // 1024 // 1024)
    return Handed(path, canon.sha256(data), len(data), conversations(decoded(data)))


def load(path: str, most: int = MOST, absent: str = "conversation.no-file") -> bytes:
    """A regular file's bytes, one more than `most` of a larger one. Raises Unreadable `capture.unreadable`, BadInput `absent`."""
    place = Path(path)
    try:
        if not place.is_file():
            raise BadInput(absent, path=path)
        with place.open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise Unreadable("capture.unreadable", path=path, why=error.strerror or "") from error
    return data


def decoded(data: bytes) -> str:
    """A text file as text: by its byte order mark, else UTF-8, else GB 18030 (Chinese Windows). Raises BadInput `conversation.binary`."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        codecs = ["utf-16"]
    else:
        codecs = ["utf-8-sig", "gb18030"]
    for codec in codecs:
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise BadInput("conversation.binary")


def choose(found: Sequence[Conversation], only: Sequence[str]) -> tuple[Conversation, ...]:
    """The conversations that are asked for, by number (from 1), id or title; all of a file with one.

    Raises:
        BadInput: `conversation.several` where there are more and none is named, `conversation.not-there`, `conversation.ambiguous`.
    """
    if not only:
        if len(found) > 1:
            raise BadInput("conversation.several", count=len(found))
        return tuple(found)
    chosen: dict[int, Conversation] = {}
    for name in only:
        places = [n for n, item in enumerate(found) if name == str(n + 1) or (item.ident or "") == name]
        places = places or [n for n, item in enumerate(found) if (item.title or "") == name]
        if not places:
            raise BadInput("conversation.not-there", name=name)
        if len(places) > 1:
            raise BadInput("conversation.ambiguous", name=name)
        chosen[places[0]] = found[places[0]]
    return tuple(chosen.values())


def record(  # noqa: PLR0913 - what a person may say of it
    house: House,
    handed: Handed,
    chosen: Sequence[Conversation],
    *,
    stated: bool,
    tool: str | None = None,
    title: str | None = None,
    about: tuple[str, ...] = (),
    work: str | None = None,
) -> tuple[Entry, ...]:
    """Write one entry for each conversation; durable on return. The blobs are durable before: a crash between leaves blobs only."""
    parts = [item.raw.encode("utf-8", "surrogatepass") for item in chosen]
    house.keep(parts)
    kind = facts.ConversationStated if stated else facts.ConversationImported
    said = [
        kind(
            sha256=handed.sha256, size=handed.size, kept=canon.sha256(part), form=item.form, count=len(item.turns),
            turns_of_people=sum(turn.role == USER for turn in item.turns), branches=item.branches, about=about or None, work=work,
            path=None if handed.path is None else canon.path(handed.path), tool=tool, title=title or item.title, ident=item.ident,
            since=item.since, until=item.until, turns=tuple(_row(turn) for turn in item.turns),
        )
        for item, part in zip(chosen, parts, strict=True)
    ]  # fmt: skip
    return house.tell(*said)


def _row(turn: Any) -> dict[str, Any]:
    return {name: value for name, value in dataclasses.asdict(turn).items() if value not in (None, ())}
