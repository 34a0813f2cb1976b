"""One entry as a scene: what was said, decided, seen and missed, with the class of who says it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from provenance import facts, words
from provenance.film import scene
from provenance.film.scene import Line, Piece, Scene, Shot, line, written
from provenance.film.screen import HANDED, name_of, place_of, said, value
from provenance.views.fold import RecordLike

MOST_SHOTS = 4
PICTURES = ("image/png", "image/jpeg", "image/webp", "image/avif", "image/gif")


@dataclass(frozen=True)
class Eye:
    """How entries are looked at.

    lang: of the words. withheld: names of sealed fields. look: SHA-256 of a recorded file -> a blob that shows it, "" where there is none.
    first: the entry that first recorded a file, None where none did. decided: whether anything was decided of a file.
    """

    lang: str
    withheld: frozenset[str]
    look: Callable[[str], str]
    first: Callable[[str], int | None]
    decided: Callable[[str], bool]

    def say(self, key: str, **params: Any) -> str:
        """A message in the film's language."""
        return words.say(key, self.lang, **params)

    def word(self, stem: str, text: Any) -> str:
        """A fixed word of the ledger in the film's language; itself, made visible, where none is known."""
        return self.say(f"{stem}.{text}") if words.known(f"{stem}.{text}") else words.visible(str(text))

    def caption(self, sha256: str) -> str:
        """The entry that first recorded a file, or the beginning of its hash where none did."""
        seq = self.first(sha256)
        return sha256[:12] if seq is None else f"#{seq}"

    def shots(self, hashes: Iterable[str], captions: Mapping[str, str] | None = None) -> tuple[tuple[Shot, ...], list[Line]]:
        """The first pictures, and a line that says how many more there are."""
        listed = list(dict.fromkeys(h for h in hashes if isinstance(h, str)))
        shots = tuple(Shot(h, self.look(h), line((captions or {}).get(h) or self.caption(h))) for h in listed[:MOST_SHOTS])
        more = len(listed) - len(shots)
        return shots, [line(Piece(self.say("film.more-pictures", count=more), "quiet"))] if more else []


def card(record: RecordLike, eye: Eye) -> Scene | None:
    """The scene of an entry; None for a kind that no film shows."""
    make = _MAKERS.get(record.entry.kind)
    return make(record, eye) if make is not None else None


def reading_time(lines: Iterable[Line], least: int, most: int = 8_000) -> int:
    """How long lines want to be read, in ms: 45 for a letter, twice for a Han character."""
    letters = sum(1 if char.isascii() else 2 for one in lines for char in written(one))
    return min(most, least + 45 * letters // 100 * 100)


def _scene(record: RecordLike, eye: Eye, lines: list[Line], **more: Any) -> Scene:
    entry = record.entry
    least = more.pop("least", 1_800)
    return Scene(
        **{
            "kind": scene.WORDS, "seqs": (entry.seq,), "at": entry.at, "klass": facts.field_class(entry.kind, ""),
            "head": eye.say(f"report.kind.{entry.kind.partition('/')[0]}.short"), "lines": tuple(lines),
            "ms": reading_time(lines, least), **more,
        }
    )  # fmt: skip


def _words(record: RecordLike, eye: Eye) -> Scene:
    """Notes, ideas, conversations, declared inputs, links, names: what a person said."""
    o, fields = record.entry.open, eye.withheld
    lines: list[Line] = []
    for field, label in _LABELS:
        label = "film.name" if field == "name" and record.entry.kind == facts.WorkNamed.KIND else label
        lines += said(eye.say(label) if label else "", name_of(record, fields, field) if field == "file" else value(record, field, fields))
    lines += [line(Piece(text, "quiet")) for text in _open_words(o, eye)]
    hashes = list(o.get("about") or o.get("pictures") or [])
    hashes += [o[name] for name in ("parent", "child") if name in o]
    ends = {o.get("parent"): "film.source", o.get("child"): "film.result"} if "child" in o else {}
    shots, more = eye.shots(hashes, {h: f"{eye.say(key)} {eye.caption(str(h))}" for h, key in ends.items()})
    if o.get("kept") and o.get("media_type") in PICTURES and not fields & HANDED:
        shots = (Shot(str(o.get("sha256") or o["kept"]), str(o["kept"]), line(str(o["kept"])[:12])), *shots)[:MOST_SHOTS]
    elif isinstance(o.get("sha256"), str) and record.entry.kind == facts.InputDeclared.KIND:
        shots, more = eye.shots([o["sha256"]])
    return _scene(record, eye, lines + more, shots=shots)


_LABELS = (
    ("text", ""), ("title", "film.name"), ("name", "film.person"), ("part", "film.part"), ("note", "film.note"), ("why", "film.reason"),
    ("file", "film.file"),
)  # fmt: skip


def _open_words(o: Mapping[str, Any], eye: Eye) -> Iterable[str]:
    if o.get("way") == "voice":
        yield eye.say("film.voice")
    if o.get("kept") and o.get("media_type"):
        yield eye.say("film.kept-file", media=str(o["media_type"]))
    if "rights" in o:
        yield eye.say("film.rights", rights=eye.word("cli.rights", o["rights"]))
    if "used_before" in o:
        yield eye.say("film.used-before", seq=o["used_before"])
    if "earlier" in o:
        yield eye.say("film.idea-later", seq=o["earlier"])
    if "how" in o:
        yield eye.say("film.how", how=eye.word("report.word.how", o["how"]))
    if "count" in o and "form" in o:
        yield eye.say("film.turns", count=o["count"])


def _acting(record: RecordLike, eye: Eye) -> Scene:
    lines = [] if record.entry.open.get("person") else [line(eye.say("film.nobody"))]
    return _scene(record, eye, lines, least=1_200)


def _decision(record: RecordLike, eye: Eye) -> Scene:
    """What was decided, or seen and taken to mean something: two lines, always."""
    o, fields = record.entry.open, eye.withheld
    lines: list[Line] = []
    head = eye.say(f"report.kind.{record.entry.kind.partition('/')[0]}.short")
    mark = str(o.get("decision") or o.get("meaning") or "")
    if "decision" in o:
        head = eye.say("film.decision", decision=eye.word("cli.show", o["decision"]))
        if "withdraws" in o:
            lines.append(line(eye.say("film.withdraws", seq=o["withdraws"])))
        why = said(eye.say("film.reason"), value(record, "why", fields))
        lines += why or [line(Piece(eye.say("film.no-reason"), "quiet"))]
        lines += said(eye.say("film.place"), value(record, "where", fields))
    else:
        seen = eye.say("film.observed", observed=eye.word("report.word.observed", o.get("observed", "")), value=str(o.get("value") or ""))
        lines.append(line(seen.rstrip()))
        place = value(record, "place", fields)
        lines += said(eye.say("film.place"), place_of(place) if place else place)
        meaning, rule = o.get("meaning"), o.get("rule", "")
        told = eye.say("film.meaning", meaning=eye.word("cli.show", meaning), rule=eye.word("report.word.rule", rule)) if meaning else None
        lines.append(line(Piece(told or eye.say("film.no-meaning"), "quiet")))
    pictures = tuple(h for h in o.get("pictures") or () if isinstance(h, str))
    shots, more = eye.shots(pictures)
    return _scene(
        record, eye, lines + more, kind=scene.DECISION, head=head, shots=shots, pictures=pictures, mark=mark, least=2_200
    )


def _file(record: RecordLike, eye: Eye) -> Scene:
    """A file that is no run: an edited, copied or exported one, or one without a generator's data."""
    o = record.entry.open
    lines = said(eye.say("film.file"), name_of(record, eye.withheld))
    if "width" in o:
        lines.append(line(Piece(eye.say("film.size", media=str(o["media_type"]), width=o["width"], height=o["height"]), "quiet")))
    if "same_bytes_as" in o:
        lines.append(line(eye.say("film.twin", seq=o["same_bytes_as"])))
    was = o.get("was")
    now = f"#{record.entry.seq}"
    captions = {o["sha256"]: now}
    if was:
        captions = {was: f"{eye.say('film.was')} {eye.caption(was)}", o["sha256"]: f"{eye.say('film.now')} {now}"}
    shots, _ = eye.shots([was, o["sha256"]] if was else [o["sha256"]], captions)
    kept = bool(was) or eye.decided(o["sha256"])
    return _scene(record, eye, lines, kind=scene.FILE, shots=shots, kept=kept, ms=2_000 if was else 1_400)


def _moved(record: RecordLike, eye: Eye) -> Scene:
    o, fields = record.entry.open, eye.withheld
    lines = said(eye.say("film.file"), name_of(record, fields))
    if record.entry.kind == facts.FileVanished.KIND:
        lines.append(line(Piece(eye.say("film.vanished"), "quiet")))
    lines += said(eye.say("film.renamed"), name_of(record, fields, "was_path"))
    shots, _ = eye.shots([o["sha256"]] if o.get("sha256") else [])
    return _scene(record, eye, lines, kind=scene.FILE, shots=shots, kept=False, ms=1_200)


def _gap(record: RecordLike, eye: Eye) -> Scene:
    o = record.entry.open
    key = "film.gap.folder" if "path" in record.entry.sealed else "film.gap.lasts"
    return gap(record, eye, str(o.get("since", "")), str(o.get("until", "")), str(o.get("reason", "")), key)


def gap(record: RecordLike, eye: Eye, since: str, until: str, reason: str, key: str = "", seqs: tuple[int, ...] = ()) -> Scene:
    """A card for a time in which nothing was recorded. record: the entry that ends it. key: of the sentence. seqs: all that tell it."""
    lines = [line(eye.say(key or "film.gap.lasts", since=shown_time(since), until=shown_time(until)))]
    if reason:
        lines.append(line(Piece(eye.say("film.gap.why", reason=eye.word("report.word.reason", reason)), "quiet")))
    return _scene(record, eye, lines, kind=scene.GAP, head=eye.say("film.gap"), seqs=seqs or (record.entry.seq,))


def _clock(record: RecordLike, eye: Eye) -> Scene:
    o = record.entry.open
    told = eye.say("film.clock", before=shown_time(str(o.get("wall_before", ""))), after=shown_time(str(o.get("wall_after", ""))))
    return _scene(record, eye, [line(told)], kind=scene.GAP)


def _map(record: RecordLike, eye: Eye) -> Scene:
    """Before, after and where they differ; or that the two cannot be compared."""
    o = record.entry.open
    captions = {o.get("parent"): eye.say("film.was"), o.get("child"): eye.say("film.now")}
    shots, _ = eye.shots([h for h in (o.get("parent"), o.get("child")) if h], captions)
    lines: list[Line] = []
    if o.get("map"):
        lines.append(line(Piece(eye.say("film.map.shown", method=str(o.get("method", "?"))), "quiet")))
        shots = (*shots, Shot("", str(o["map"]), line(eye.say("film.map.picture"))))
    if o.get("outcome") != "mapped":
        lines.append(line(eye.say("film.map.none", why=eye.word("edits.why", o.get("why", "?")))))
    of = (o.get("width") or 0) * (o.get("height") or 0)
    lines += [line(eye.say(f"film.map.{name}", pixels=o[name], of=of)) for name in ("repainted", "inside", "outside") if name in o]
    lines += [line(eye.say("film.map.added", pixels=o["added"], of=of))] if o.get("added") else []
    if o.get("material") == "previews":
        lines.append(line(Piece(eye.say("film.map.previews"), "quiet")))
    return _scene(record, eye, lines, kind=scene.MAP, head=eye.say("film.map"), shots=shots, least=2_000)


def shown_time(stamp: str) -> str:
    """`2026-11-22 20:14:03`, or the text itself where it is no stamp."""
    return stamp[:19].replace("T", " ") if len(stamp) >= 19 else words.visible(stamp)


_MAKERS: dict[str, Callable[[RecordLike, Eye], Scene]] = {
    **dict.fromkeys(
        (facts.NoteAdded.KIND, facts.IdeaStated.KIND, facts.InputDeclared.KIND, facts.LinkStated.KIND, facts.WorkNamed.KIND,
         facts.WorkFiled.KIND, facts.PersonNamed.KIND, *facts.CONVERSATION_KINDS),
        _words,
    ),
    facts.PersonActing.KIND: _acting,
    **dict.fromkeys(facts.DECISION_KINDS, _decision),
    **dict.fromkeys(facts.FILE_KINDS, _file),
    facts.FileRenamed.KIND: _moved,
    facts.FileVanished.KIND: _moved,
    facts.GapNoticed.KIND: _gap,
    facts.ClockJumped.KIND: _clock,
    facts.EditMapped.KIND: _map,
}  # fmt: skip
KINDS = frozenset(_MAKERS) | {facts.RecorderStarted.KIND, facts.RecorderStopped.KIND}
"""What a film shows, and what it learns times without a record from."""
