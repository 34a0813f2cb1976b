"""A14 to A17, and B: who, with what, whether seen live, under which terms, published where. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from provenance import facts
from provenance.report.dossier import Whole
from provenance.report.held.values import MOST, Book, Held, Param, Pictures, Quote, Stamp, Word, line, quote, said, seqs
from provenance.report.picked import picked
from provenance.terms.profile import SERVICE


def named(book: Book) -> Iterator[Held]:
    """Who takes part and for whom, as stated."""
    for mine in list(_persons(book).values())[:MOST]:
        last = {name: one for one in mine for name in ("name", "part", "relation", "for_whom") if line(one, name) is not None}
        told = {name: quote(one, name) or Quote("") for name, one in last.items()}
        params: dict[str, Param] = {"name": told.get("name", Quote("–")), "part": told.get("part", Quote("–"))}
        yield Held("person", facts.STATED, seqs(mine), params)
        if "relation" in last:
            key = "person.relation.for" if "for_whom" in last else "person.relation"
            entries = [last[name].seq for name in ("relation", "for_whom") if name in last]
            relation = Word("relation", said(last["relation"], "relation"))
            yield Held(key, facts.STATED, tuple(dict.fromkeys(entries)), {"relation": relation, "whom": told.get("for_whom", Quote(""))})


def people(book: Book) -> Iterator[Held]:
    """A14: who takes part, as stated; under which account the recorder ran; which keys."""
    yield from named(book)
    acting = book.of(facts.PersonActing.KIND)
    if acting:
        yield Held("acting", facts.STATED, seqs(acting), {"count": len(acting)})
    started = book.of(facts.RecorderStarted.KIND)
    accounts = [one for one in started if line(one, "account") is not None]
    if accounts:
        distinct = {text for one in accounts if (text := said(one, "account"))}
        key = "accounts" if distinct else "accounts.withheld"
        yield Held(key, facts.OBSERVED, seqs(accounts), {"count": len(accounts), "distinct": len(distinct)})
    yield from author_key(book)


def author_key(book: Book) -> Iterator[Held]:
    """The last key that was named as the author's."""
    for one in book.of(facts.AuthorNamed.KIND)[-1:]:
        params: dict[str, Param] = {"name": quote(one, "name") or Quote("–"), "fingerprint": said(one, "public_key")[:16]}
        yield Held("author.key", facts.STATED, (one.seq,), params)


def _persons(book: Book) -> dict[str, list[Whole]]:
    """The entries of each person; a later one adds to or corrects an earlier one. Those about another work are left out."""
    found: dict[str, list[Whole]] = {}
    for one in book.of(facts.PersonNamed.KIND):
        if said(one, "work") in ("", book.d.meta.work) or not book.d.meta.work:
            found.setdefault(said(one, "person"), []).append(one)
    return found


def disclosure(book: Book) -> Iterator[Held]:
    """A15: which tools the files name, and which labels they carry."""
    tools = [one for one in book.d.tools if one.field == "generator"]
    for tool in tools[:MOST]:
        key = "tool" if not tool.imported else "tool.imported"
        yield Held(key, tool.klass, tool.entries, {"name": Quote(tool.items[0].text), "count": len(tool.entries)})
    yield from labels(book)
    yield from talks(book)


def talks(book: Book) -> Iterator[Held]:
    """Conversations on record, those that were exported by a service apart from those that the person wrote down."""
    for kind in facts.CONVERSATION_KINDS:
        found = book.of(kind)
        if found:
            yield Held("talks", facts.KINDS[kind].CLASS, seqs(found), {"count": len(found)})


def labels(book: Book) -> Iterator[Held]:
    """B06: AI labels and content credentials that files carry."""
    for name in ("aigc", "c2pa"):
        found = [one for one in book.of(*facts.FILE_KINDS) if line(one, name) is not None]
        if found:
            yield Held(f"label.{name}", facts.FILE_CLAIMED, seqs(found), {"count": len(found)})


def live(book: Book) -> Iterator[Held]:
    """A16: what was seen live, what was found later, and when nothing was watched."""
    seen = book.of(facts.FileCaptured.KIND, facts.FileChanged.KIND)
    if seen:
        yield Held("live", facts.OBSERVED, seqs(seen), {"count": len(seen)})
    late = book.of(facts.FileImported.KIND)
    if late:
        yield Held("imported", facts.IMPORTED, seqs(late), {"count": len(late)})
    gaps = book.of(facts.GapNoticed.KIND)
    if gaps:
        yield Held("gaps", facts.OBSERVED, seqs(gaps), {"count": len(gaps)})
    only = tuple(sorted(card.number for card in picked(book.d) if card.imported_only))
    if only:
        yield Held("imported.chosen", facts.IMPORTED, book.files(*only), {"pictures": Pictures(only)})


def again(book: Book) -> Iterator[Held]:
    """A17: what a later run would need, and whether it is on record."""
    read = [one for one in book.of(*facts.FILE_KINDS) if said(one, "parsed") == "read"]
    seeded = [one for one in read if line(one, "seeds") is not None]
    if read:
        yield Held("seeds", facts.FILE_CLAIMED, seqs(read), {"count": len(seeded), "of": len(read)})
    if book.d.bound:
        hashed = [one for one in book.d.bound if one.sha256]
        entries = tuple(seq for one in book.d.bound for seq in one.entries)
        yield Held("models", facts.OBSERVED, entries, {"count": len(hashed), "of": len(book.d.bound)})
    if book.d.unbound:
        yield Held("models.withheld", facts.OBSERVED, tuple(one.seq for one in book.d.unbound), {"count": len(book.d.unbound)})


def agreed(book: Book) -> Iterator[Held]:
    """B01: terms of the services that files name, and texts that the person saved or accepted."""
    yield from _terms(book, True, "terms")
    for fact, key in ((facts.TermsRecorded, "terms.saved"), (facts.TermsAccepted, "terms.accepted")):
        found = book.of(fact.KIND)
        if found:
            yield Held(key, fact.CLASS, seqs(found), {"count": len(found)})


def licences(book: Book) -> Iterator[Held]:
    """B02: licences that model files name."""
    yield from _terms(book, False, "licences")


def _terms(book: Book, service: bool, key: str) -> Iterator[Held]:
    found = [one for one in book.d.terms if (one.kind == SERVICE) == service]
    known = [one for one in found if one.applied is not None and any(part.version is not None for part in one.applied.found)]
    if found:
        entries = tuple(seq for one in found for seq in one.entries)
        yield Held(key, facts.FILE_CLAIMED, entries, {"count": len(known), "of": len(found)})


def rights(book: Book) -> Iterator[Held]:
    """B03: inputs by what the person says of their rights, and inputs of which nothing was said."""
    declared = book.of(facts.InputDeclared.KIND)
    for word in dict.fromkeys(said(one, "rights") for one in declared):
        those = [one for one in declared if said(one, "rights") == word]
        texts = [one for one in those if said(one, "licence_kept")]
        yield Held("rights", facts.STATED, seqs(those), {"rights": Word("rights", word), "count": len(those), "texts": len(texts)})
    named = {said(one, "sha256") for one in declared}
    bare = tuple(card.number for card in book.d.cards if card.role == "input" and card.sha256 not in named)
    if bare:
        yield Held("rights.unsaid", facts.OBSERVED, book.files(*bare), {"pictures": Pictures(bare)})


def published(book: Book) -> Iterator[Held]:
    """B04: where and when the person says a picture was published."""
    for one in [one for one in book.of(facts.DecisionMade.KIND) if said(one, "decision") == "published"][:MOST]:
        pictures = tuple(decided.pictures for decided in book.d.decisions if decided.seq == one.seq)
        params: dict[str, Param] = {
            "pictures": Pictures(pictures[0] if pictures else ()), "at": Stamp(one.at), "where": quote(one, "where") or Quote("–"),
        }
        yield Held("published", facts.STATED, (one.seq,), params)


def registered(_book: Book) -> Iterator[Held]:
    """B05: no fact of a registration can be on record; a person may write a note of it, which stands where notes stand."""
    yield from ()
