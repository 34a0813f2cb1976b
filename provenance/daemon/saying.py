"""What a person says beside the pictures, into the ledger: ideas, notes by voice or file, own inputs, who takes part."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from provenance import canon, clock, facts
from provenance.capture.collect import collect
from provenance.daemon.conversing import decoded
from provenance.daemon.house import House
from provenance.errors import BadInput
from provenance.ledger.chain import Entry
from provenance.views import ask, family, people, sittings
from provenance.views.family_edge import METADATA, NAMED, STATED

MOST = 256 * 1024 * 1024  # bytes of a file that is kept: the largest blob
USES = (STATED, NAMED, METADATA)
MOST_TEXT = 1024 * 1024  # of a text file that is read as a note


@dataclass(frozen=True)
class Handed:
    """A file that a person hands over. data: None where it is larger than MOST, and only its hash is written down."""

    path: str
    sha256: str
    size: int
    media_type: str
    data: bytes | None


def hand(path: str) -> Handed:
    """Read a file once. Raises BadInput `say.no-file`, Unreadable `capture.unreadable`."""
    if not Path(path).is_file():
        raise BadInput("say.no-file", path=path)
    specimen, data = collect(os.path.abspath(path), memory_cap=MOST)  # noqa: PTH100 - links stay as the user named them
    return Handed(path, specimen.sha256, specimen.shape.size, specimen.container.media_type, data)


def kept(house: House, handed: Handed) -> str:
    """Keep a file's bytes; durable on return, before the entry that names them. Raises BadInput `say.too-large`."""
    if handed.data is None:
        raise BadInput("say.too-large", path=handed.path, most=MOST // 1024 // 1024)
    house.keep([handed.data])
    return handed.sha256


@dataclass(frozen=True)
class Idea:
    """entries: what was written, the work's naming first where it was new. earlier: the entry that first recorded a picture of the work.
    sitting: the first entry of the sitting that is going on, None where none is: what was made in it may be of the work, not yet filed."""

    entries: tuple[Entry, ...]
    work: str | None
    named: bool
    earlier: int | None
    sitting: int | None


def idea(house: House, text: str, files: tuple[str, ...], work: str | None, *, privileged: bool = False) -> Idea:
    """Write an idea down, with the files that belong to it. A work that is named and does not exist yet is named by this.

    Args:
        privileged: for counsel alone.

    Raises:
        BadInput: `idea.empty`, `work.ambiguous`, `say.no-file`, `say.too-large`.
    """
    if not text.strip() and not files:
        raise BadInput("idea.empty")
    handed = [hand(path) for path in files]
    shas = [kept(house, one) for one in handed]
    said: list[facts.Fact] = []
    known, named = _work(house, work)
    if named and work is not None and known is not None:
        said.append(facts.WorkNamed(work=known, name=work))
    earlier = people.earliest(house.views, known) if known and not named else None
    said.extend(
        facts.IdeaStated(
            text=(text.strip() or None) if number == 0 else None, work=known, earlier=earlier, kept=shas[number] if handed else None,
            media_type=handed[number].media_type if handed else None,
            privileged=privileged or None,
            file=canon.path(os.path.basename(handed[number].path)) if handed else None,  # noqa: PTH119
        )
        for number in range(max(1, len(handed)))
    )
    return Idea(house.tell(*said), known, named, earlier, _going_on(house))


def _going_on(house: House) -> int | None:
    gap = timedelta(minutes=house.config.sitting_minutes)
    one = sittings.last(house.views, gap)
    return one.first if one is not None and house.clock().wall - clock.parse(one.until) <= gap else None


def _work(house: House, name: str | None) -> tuple[str | None, bool]:
    """(id, whether it is new) of a work. Raises BadInput `work.ambiguous`."""
    if name is None or not name.strip():
        return None, False
    try:
        return str(ask.work(house.views, name)["work"]), False
    except BadInput as error:
        if error.key != "work.unknown":
            raise
    return secrets.token_hex(8), True


def note(
    house: House, text: str, file: str | None, about: tuple[str, ...], work: str | None, *, privileged: bool = False
) -> Entry:
    """A remark during the work: typed, from a text file, or by voice. A voice note is kept as it is; no words are made of it.

    Raises:
        BadInput: `note.empty`, `say.no-file`, `say.too-large`, `say.not-said` for a file that is neither text nor sound or film.
    """
    way, sha, media, name = "typed", None, None, None
    if file is not None:
        handed = hand(file)
        voice = handed.media_type.startswith(("audio/", "video/"))
        if not voice:
            text = "\n".join(part for part in (text.strip(), _text(handed)) if part)
        way, sha, media = "voice" if voice else "file", kept(house, handed), handed.media_type
        name = canon.path(os.path.basename(file))  # noqa: PTH119
    if not text.strip() and sha is None:
        raise BadInput("note.empty")
    said = facts.NoteAdded(
        text=text.strip() or None, about=about or None, work=work, way=way, kept=sha, media_type=media, file=name,
        privileged=privileged or None,
    )  # fmt: skip
    (entry,) = house.tell(said)
    return entry


def _text(handed: Handed) -> str:
    if handed.data is None or len(handed.data) > MOST_TEXT:
        raise BadInput("say.too-large", path=handed.path, most=MOST_TEXT // 1024 // 1024)
    try:
        found = decoded(handed.data).strip()
    except BadInput as error:
        raise BadInput("say.not-said", path=handed.path) from error
    if not found:
        raise BadInput("note.empty")
    return found


def used_before(house: House, sha256: str) -> int | None:
    """The entry of the first recorded picture that used these bytes, as a file or a person says; pixels that agree are no use."""
    children = {edge.child for edge in family.children(house.views, sha256).edges if edge.grade in USES}
    seqs = [ask.versions(house.views, child)[0]["seq"] for child in children if ask.versions(house.views, child)]
    return min(seqs, default=None)


def declare(
    house: House, path: str, rights: str, *, note: str | None = None, licence: str | None = None, work: str | None = None
) -> Entry:
    """Declare a file that the person brings to the work; its bytes are kept.

    Args:
        rights: "mine", "licensed", "third-party". licence: a file, which is kept, or an address, which is written down and not visited.
    Raises:
        BadInput: `say.no-file`, `say.too-large` for a licence.
    """
    handed = hand(path)
    licence_kept = None
    if licence is not None and "://" not in licence:
        licence_kept = kept(house, hand(licence))
        licence = os.path.basename(licence)  # noqa: PTH119
    said = facts.InputDeclared(
        sha256=handed.sha256, size=handed.size, media_type=handed.media_type, rights=rights,
        kept=kept(house, handed) if handed.data is not None else None, licence_kept=licence_kept,
        used_before=used_before(house, handed.sha256), work=work, note=note or None,
        licence=canon.path(licence) if licence else None, file=canon.path(os.path.basename(path)),  # noqa: PTH119
    )  # fmt: skip
    (entry,) = house.tell(said)
    return entry


def name_person(
    house: House, name: str, *, part: str | None = None, relation: str | None = None, for_whom: str | None = None, work: str | None = None
) -> tuple[str, Entry]:
    """State who somebody is; more about somebody who is named already is a further entry of the same person. Raises BadInput `who.empty`,
    `who.ambiguous`."""
    if not name.strip():
        raise BadInput("who.empty")
    known: dict[str, Any] = people.person(house.views, name.strip()) or {}
    person = str(known.get("person") or secrets.token_hex(8))
    said = facts.PersonNamed(
        person=person, name=str(known.get("name") or name.strip()), part=part or known.get("part") or None,
        relation=relation or known.get("relation"), for_whom=for_whom or known.get("for_whom") or None, work=work or known.get("work"),
    )  # fmt: skip
    (entry,) = house.tell(said)
    return person, entry


def act_as(house: House, name: str | None) -> tuple[Entry, ...]:
    """From now on this person is at the machine; somebody new is named by it. None: nobody is said to be. Raises as `name_person`."""
    if name is None:
        return house.tell(facts.PersonActing(person=None))
    if not name.strip():
        raise BadInput("who.empty")
    known = people.person(house.views, name.strip())
    if known is not None:
        return house.tell(facts.PersonActing(person=known["person"]))
    person = secrets.token_hex(8)
    return house.tell(facts.PersonNamed(person=person, name=name.strip()), facts.PersonActing(person=person))
