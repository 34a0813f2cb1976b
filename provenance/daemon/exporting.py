"""An export from an open home: previews that are missing, a fresh snapshot, the bundle, and the entry that says it was made."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from provenance import canon, facts
from provenance.bundle import withhold
from provenance.bundle.assemble import Signing
from provenance.bundle.export import WHOLE, Step, export, slug, span
from provenance.bundle.request import Exported, Film, Request
from provenance.bundle.withhold import NOTHING, Also
from provenance.daemon.describing import describe, load
from provenance.daemon.house import SOFTWARE, House
from provenance.daemon.sealing import SignedHead, check_heads, last_head, sign_now
from provenance.errors import BadInput, Unavailable
from provenance.facts.fact import MOST_PICTURES
from provenance.ledger import copying
from provenance.ledger.chain import Entry
from provenance.pixels.blur import blurred
from provenance.seal.author import Author
from provenance.views.fold import unplain
from provenance.views.selection import Selection, of_pictures, of_work

FILMED, SCENES = 300, 60
"""How many pictures a work has at most of which a film goes into its bundle; how many runs and files such a film shows at most."""


def hand_over(  # noqa: PLR0913 - all by name
    house: House,
    chosen: Selection,
    target: Path | None,
    *,
    withheld: frozenset[str],
    why: str,
    languages: tuple[str, ...],
    author: Author | None = None,
    step: Callable[[int, int], None] | None = None,
    stamp: Callable[[], None] | None = None,
    annex: bool = True,
    forum: str | None = None,
    film: bool = True,
    pdf: bool = True,
    also: Also = NOTHING,
    privileged: frozenset[int] = frozenset(),
) -> tuple[Exported, Entry | None]:
    """Export and write down that it was done.

    Args:
        target: the zip to make; None: in the home's folder `bundles`, named after the work. author: who signs it beside the ledger.
        annex: whether PROV-JSON and RO-Crate go in. forum: whose order and papers, None: as prov.toml says. film: whether a process film
        goes in, where it is made quickly. pdf: whether papers are printed as PDF, too. step: told (how much is done, of WHOLE).
        also: what is withheld beside fields of all entries; a film is not made then. privileged: notes for counsel that go in all the same.
        stamp: called before the head is signed that the bundle rests on, when all that it shows is written down.
    Returns:
        What was made, and its `bundle.exported` entry (None from a closed ledger, which takes no entry).
    """
    closed = copying.closed(house.ledger.path)  # the beginning of a ledger whose end is lost: handed over as it is, never added to
    if not closed and _describe_missing(house, chosen):
        hashes = [p.sha256 for p in chosen.pictures if p.role == "chosen"]
        chosen = of_work(house.views, chosen.work) if chosen.work else of_pictures(house.views, hashes)
    chosen = withhold.without(chosen, withhold.privileged(house.ledger) - privileged)
    if stamp is not None and not closed:
        stamp()
    head = _last_signed(house) if closed else sign_now(house, "export")
    told = step or (lambda done, total: None)
    request = Request(
        chosen, head.note, head.at, SOFTWARE, finder(house), withheld, why, languages, keys=_keys(house, author), author=signing(author),
        annex=annex, forum=forum or house.config.export.forum, pdf=pdf,
        film=film_of(house, chosen, languages[0], withheld, span(told, 0, 250)) if film and not also else None,
        also=also, blur=blurred,
    )
    title = "" if withheld or also else chosen.title  # a file's name is read by whoever gets the file
    target = target or house.home.bundles / f"EVIDENCE-{slug(title, chosen)}-{head.at[:10].replace('-', '')}.zip"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable("export.cannot-write", path=str(target), why=error.strerror or "") from error
    done = export(house.ledger, house.blobs, house.signer, request, target, step=span(told, 250, WHOLE))
    if closed:
        return done, None
    (entry,) = house.tell(
        facts.BundleExported(
            size=done.size,
            snapshot=head.size,
            seal=done.seal,
            bundle=done.bundle,
            withheld=(*sorted(withheld), *withhold.items(also)),
            pictures=done.pictures[:MOST_PICTURES],
            unlisted=max(0, len(done.pictures) - MOST_PICTURES) or None,
            path=canon.path(os.path.abspath(target)),  # noqa: PTH100 - links stay as the user named them
        )
    )
    return done, entry


def film_of(
    house: House, chosen: Selection, lang: str, withheld: frozenset[str], step: Step = lambda done, total: None
) -> Film | None:
    """The process film of what is exported; None where it shows nothing, or would take long: `prov film` makes that one."""
    from provenance.daemon import filming

    if len(chosen.pictures) > FILMED:
        return None
    try:
        film = filming.planned(house, filming.of_selection(house, chosen, lang, withheld), lang, withheld, None, sorted(withheld), SCENES)
    except BadInput as error:
        if error.key != "film.nothing":
            raise
        return None
    if len(film.scenes) > 2 * SCENES:
        return None
    return Film(filming.drawn(house, film, lang, step), filming.FILMS[".webp"], film.first, film.last)


def _last_signed(house: House) -> SignedHead:
    """The last head of a closed ledger: what came after it can no longer be signed. Raises Unavailable `ledger.closed-unsigned`."""
    check_heads(house)
    head = last_head(house)
    if head is None:
        raise Unavailable("ledger.closed-unsigned", path=str(house.ledger.path))
    return head


def _keys(house: House, author: Author | None) -> tuple[int, ...]:
    """Entries that gave the ledger another key, and those that name the author's."""
    rotations = [reign.after for reign in house.line().reigns[1:]]
    named = house.ledger.entries(kinds=(facts.AuthorNamed.KIND,)) if author else ()
    return (*rotations, *(entry.seq for entry in named if author and entry.open["public_key"] == author.person.fingerprint))


def signing(author: Author | None) -> Signing | None:
    """The author's part of an export."""
    return Signing(author.person.pem, author.chain, author.sign) if author else None


def _describe_missing(house: House, chosen: Selection) -> bool:
    """Previews of pictures that none was made of yet, as entries, so that the snapshot covers them. True when any was added."""
    added, find = False, finder(house)
    for picture in chosen.pictures:
        if house.views.ask("SELECT 1 FROM described WHERE sha256 = :s", s=picture.sha256):
            continue
        path = None if house.blobs.has(picture.sha256) else find(picture.sha256)
        data = load(house.blobs, picture.sha256, str(path) if path else "")
        found = describe(data, picture.sha256) if data else None
        if found is not None:
            house.keep([found[1]])
            house.tell(found[0])
            added = True
    return added


def finder(house: House) -> Callable[[str], Path | None]:
    """SHA-256 -> a file that stands where the ledger last saw these bytes and still has them."""

    def find(sha256: str) -> Path | None:
        for row in house.views.ask("SELECT path FROM places WHERE sha256 = :s AND here = 1 ORDER BY seq", s=sha256):
            path = Path(unplain(row["path"]))
            try:
                if path.is_file() and _hash(path) == sha256:
                    return path
            except (OSError, ValueError):
                continue
        return None

    return find


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
