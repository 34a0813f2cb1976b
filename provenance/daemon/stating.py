"""A person's statement about a work, into the ledger; and the signature of that person's own key over an entry that states something."""

from __future__ import annotations

import base64
import re
from hashlib import sha256

from provenance import facts
from provenance.daemon.conversing import decoded
from provenance.daemon.house import House
from provenance.daemon.saying import Handed, hand, kept
from provenance.errors import BadInput
from provenance.ledger.chain import Entry
from provenance.seal import statement
from provenance.seal.author import Author
from provenance.views import ask, statements

MOST_TYPED = 60_000
"""Bytes of UTF-8 that a statement may have in an entry's sealed field; a longer one is kept as a file."""

UNSAID = "und"
"""The language of a statement where its person did not say one (ISO 639-2, RFC 5646 section 4.1)."""

_LANG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_TEMPLATE = "#:"
"""How a line of the template begins; such lines are no part of a statement."""


def typed(text: str) -> str:
    """What a person typed into the template: every line but those of the template's own, without blank lines around it."""
    return "\n".join(line.rstrip() for line in text.splitlines() if not line.startswith(_TEMPLATE)).strip()


def state(
    house: House, work: str, text: str, file: str | None = None, *, lang: str = UNSAID, replaces: int | None = None
) -> Entry:
    """Write a statement down. Earlier ones stand, whatever this one says that it replaces.

    Args:
        work: its name or id. text: as typed. file: handed in instead: its bytes are kept; a text that is not too long is read from it, too.
        lang: a BCP 47 tag. replaces: the entry of an earlier statement about the same work.
    Raises:
        BadInput: `statement.empty`, `statement.lang`, `statement.replaces`, `work.unknown`, `work.ambiguous`, `say.no-file`,
            `say.too-large`.
    """
    if not _LANG.fullmatch(lang) or len(lang) > 35:
        raise BadInput("statement.lang", lang=lang)
    row = ask.work(house.views, work)
    if replaces is not None and replaces not in {one["seq"] for one in statements.of_work(house.views, row["work"])}:
        raise BadInput("statement.replaces", seq=replaces, name=row["name"])
    handed = hand(file) if file is not None else None
    said = _text(handed) if handed is not None else text.strip()
    if said is not None and not said.strip():
        raise BadInput("statement.empty")
    sha, media = (kept(house, handed), handed.media_type) if handed is not None else (None, None)
    if said is not None and len(said.encode("utf-8", "surrogatepass")) > MOST_TYPED:
        if sha is None:
            sha, media = _keep(house, said), "text/plain"
        said = None
    (entry,) = house.tell(facts.StatementMade(
        work=row["work"], lang=lang, way="file" if handed is not None else "typed", replaces=replaces, kept=sha, media_type=media, text=said
    ))  # fmt: skip
    return entry


def _text(handed: Handed) -> str | None:
    """The text of a file that is one; None for a film, a scan, a document of some program, which is kept and not read."""
    if handed.size == 0:
        return ""
    if handed.data is None or handed.media_type not in ("text/plain", "application/octet-stream"):  # the latter: Chinese in GB 18030
        return None
    try:
        text = decoded(handed.data).strip()
    except BadInput:
        return None
    return None if any(char < " " and char not in "\t\n\r\f" for char in text) else text


def _keep(house: House, text: str) -> str:
    data = text.encode("utf-8", "surrogatepass")
    house.keep([data])  # durable before the entry that names it
    return sha256(data).hexdigest()


def sign(house: House, author: Author, seq: int) -> Entry:
    """The author's key signs an entry that states something.

    Raises:
        BadInput: `statement.no-entry`; `statement.not-stated` for what no person said; `author.unnamed` where the ledger does not name
            this key as the author's now.
    """
    found = signable(house, seq)
    who, leaf = ready(house, author).person, found.leaf.hex()
    signature = base64.b64encode(author.sign(statement.message(found.log, seq, leaf))).decode()
    (entry,) = house.tell(facts.StatementSigned(
        of=seq, leaf=leaf, public_key=who.fingerprint, algorithm=who.algorithm, key=statement.coded(who), signature=signature
    ))  # fmt: skip
    return entry


def signable(house: House, seq: int) -> Entry:
    """An entry that states something. Raises BadInput `statement.no-entry`, `statement.not-stated`."""
    found = next(house.ledger.entries(seq, seq + 1), None) if 0 <= seq < house.ledger.size() else None
    if found is None:
        raise BadInput("statement.no-entry", seq=seq)
    if found.open.get("class") != facts.STATED:
        raise BadInput("statement.not-stated", seq=seq)
    return found


def ready(house: House, author: Author) -> Author:
    """The key itself, where it is the last that the ledger names as the author's. Raises BadInput `author.unnamed`."""
    named = [entry.open["public_key"] for entry in house.ledger.entries(kinds=(facts.AuthorNamed.KIND,))]
    if not named or named[-1] != author.person.fingerprint:
        raise BadInput("author.unnamed", fingerprint=author.person.fingerprint)
    return author
