"""Values of a dossier in one language, safe for a page: hostile characters become codes, everything else is escaped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from provenance import facts, words
from provenance.paper.html_runs import shown
from provenance.report import edits, overlaid
from provenance.report.difference import FieldChange
from provenance.report.dossier import Bracketed, Event, Interval, Line, Step
from provenance.report.edits import Edited
from provenance.report.kin import Kin
from provenance.report.overlaid import Overlaid
from provenance.report.steps import say
from provenance.report.values import Item
from provenance.views import family_rates

LONG = 600
"""Characters from which a text is folded; it stays whole in the page."""
SHORT = 80

_STAMP = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?(?:Z|\+00:00)")
_VOCABULARY = frozenset({"how", "kind", "role", "agrees"})  # details whose values may be the recorder's own words
_TECHNICAL = frozenset({  # for the expert: below the others and smaller
    "sha256", "pixels", "visible", "dhash", "phash", "form", "decoder", "preview", "container", "parsed", "settled", "carriers", "rest",
    "found", "missing", "bindings", "agreeing", "compared", "inliers", "share", "transform", "method", "rate",
    "autov1", "payload_sha256", "header_sha256", "header", "same_bytes_as", "seen_at",
})
_TIMES = frozenset({"mtime", "seen_at", "since", "until", "time", "wall_before", "wall_after"})


@dataclass(frozen=True)
class Speaker:
    """One language of the page. lang: `zh` or `en`."""

    lang: str

    @property
    def tag(self) -> str:
        """The language for HTML's `lang` attribute (BCP 47)."""
        return "zh-CN" if self.lang == "zh" else "en"

    def say(self, key: str, /, **params: Any) -> str:
        """The message `report.<key>`; its untrusted parts are made visible, not yet escaped."""
        return words.say(f"report.{key}", self.lang, **params)

    def family(self, key: str, **params: Any) -> str:
        """The message `family.<key>`, as commands say it too."""
        return words.say(f"family.{key}", self.lang, **params)

    def relation(self, one: Kin) -> str:
        """What joins two pictures; a person's own word stands as it is, made visible."""
        known = one.klass != facts.STATED and words.known(f"family.relation.{one.relation}")
        return self.family(f"relation.{one.relation}") if known else words.visible(one.relation)

    def edited(self, one: Edited) -> str:
        """What was repainted, in pixels; or why that cannot be told."""
        parent = self.say("picture", number=one.parent) if one.parent else one.sha256[:12]
        return edits.line(one.row, parent, self.lang)

    def overlaid(self, one: Overlaid) -> str:
        """Where a person's input is found again, and how often that is wrong."""
        own = self.say("picture", number=one.own) if one.own else one.sha256[:12]
        rate = family_rates.outlines_sentence(one.row["rate"], self.lang)
        return " ".join(part for part in (overlaid.line(one.row, own, self.lang), rate) if part)

    def measured(self, one: Kin) -> tuple[str, ...]:
        """What a comparison measured, and how often its method is wrong."""
        told = dict(one.measured)
        blocks = {name: told[name] for name in ("agreeing", "compared") if name in told}
        rate = family_rates.sentence(told.get("rate", ""), self.lang)
        return (*([self.family("measured", **blocks)] if len(blocks) == 2 else []), *([rate] if rate else []))

    def either(self, key: str, raw: str) -> str:
        """The message `report.<key>` where the words know it, else the raw name, made visible: nothing unknown is dropped."""
        return self.say(key) if words.known(f"report.{key}") else words.visible(raw)

    def field(self, name: str) -> str:
        """A field's label. A name that is not known is cut where it is no label any more; the annex has it whole. `@12`,
        `picture:<SHA-256>`: what is withheld of one entry or picture."""
        if name.startswith("@"):
            return self.say("field.of_entry", seq=name[1:])
        if name.startswith("picture:"):
            return self.say("field.of_picture", sha256=name.removeprefix("picture:")[:12])
        return self.either(f"field.{name}", self.short(name))

    def detail(self, name: str) -> str:
        """The label of a detail inside a value."""
        return self.either(f"detail.{name}", name)

    def label(self, line: Line) -> str:
        """The label of a line: what its field means in this kind of entry, where that differs."""
        key = f"field.{line.kind.partition('/')[0]}.{line.field}"
        return self.say(key) if words.known(f"report.{key}") else self.field(line.field)

    def detail_value(self, name: str, value: str) -> str:
        """A detail's value: the recorder's own words in this language, all else verbatim."""
        return self.word(name, value) if name in _VOCABULARY else value

    def technical(self, line: Line) -> bool:
        """Whether a line is for the expert. A picture made in one pass says of the pass what the other lines say; what is withheld, and
        how a file that was found later was found, is for everybody."""
        if line.commitment or (line.field == "found" and line.imported):
            return False
        return line.field in _TECHNICAL or (line.field == "passes" and len(line.items) == 1)

    def word(self, field: str, value: str) -> str:
        """A value out of the recorder's own closed vocabulary, in this language; any other value verbatim."""
        return self.either(f"word.{field}.{value}", value)

    def text(self, line: Line, item: Item) -> Markup:
        """An item's text as its field wants it: times readable, the recorder's own words translated, all else verbatim and whole."""
        if line.field in _TIMES:
            return escape(self.when(item.text))
        if words.known(f"report.word.{line.field}.{item.text}"):
            return escape(self.word(line.field, item.text))
        return self.whole(item.text)

    def short(self, text: str) -> str:
        """The beginning of a text, for places where the whole would push all else away."""
        return text if len(text) <= SHORT else text[:SHORT] + "…"

    def whole(self, text: str) -> Markup:
        """A text, folded when it is long; the fold holds all of it."""
        if len(text) <= LONG:
            return Markup('<span class="v">{}</span>').format(shown(text))
        more = self.say("whole", count=len(text))
        return Markup('<details><summary><span class="v">{}…</span> <b>{}</b></summary><div class="v">{}</div></details>').format(
            shown(text[:160]), more, shown(text)
        )

    def wide(self, line: Line) -> bool:
        """Whether a line needs the page's whole width."""
        lengths = [len(item.text) + sum(len(value) + 8 for _, value in item.details) for item in line.items]
        return bool(line.commitment) or len(lengths) > 1 or sum(lengths) > 34

    def brief(self, change: FieldChange) -> bool:
        """Whether before and after fit on one line."""
        sides = (*change.before, *change.after)
        return len(change.before) <= 1 and len(change.after) <= 1 and not any(item.details or len(item.text) > 30 for item in sides)

    def kind(self, kind: str) -> str:
        """The short name of a kind of entry."""
        return self.either(f"kind.{kind.partition('/')[0]}.short", self.short(kind))

    def sentence(self, event: Event) -> str:
        """What an entry says, as a sentence of this language."""
        if not event.known:
            return self.say("kind.unknown", kind=self.short(event.kind))
        params: dict[str, str] = {"since": self.say("unknown.time")}
        for name, value in event.said:
            params[name] = self.when(value) if name in _TIMES else self.word(name, value)
        return self.say(f"kind.{event.kind.partition('/')[0]}", **params)

    def when(self, stamp: str) -> str:
        """A time, to the second, with its zone; anything that is no such time stays as it is."""
        found = _STAMP.fullmatch(stamp)
        if found is None:
            return words.visible(stamp) or self.say("unknown.time")
        return f"{found[1]} {found[2]} UTC"

    def duration(self, interval: Interval) -> str:
        """How long an interval is."""
        if interval.seconds < 0:
            return self.say("unknown.time")
        minutes, seconds = divmod(interval.seconds, 60)
        hours, minutes = divmod(minutes, 60)
        days, hours = divmod(hours, 24)
        units = (("days", days), ("hours", hours), ("minutes", minutes), ("seconds", seconds))
        first = next((place for place, (_, count) in enumerate(units) if count), len(units) - 1)
        return " ".join(self.say(f"duration.{name}", count=count) for name, count in units[first:])

    def bracket(self, one: Bracketed) -> str:
        """Between which trusted times a picture's first entry stands."""
        key = {(True, True): "both", (False, True): "before", (True, False): "after"}.get((one.after is not None, one.before is not None))
        params = {"seq": str(one.seq)}
        for name, time in (("after", one.after), ("before", one.before)):
            if time is not None:
                params |= {name: self.when(time.time), f"{name}_by": self.short(time.authority)}
        return self.say(f"bracket.{key or 'none'}", **params)

    def changed(self, step: Step) -> list[str]:
        """What differs from one picture to the next, in sentences; none where nothing does or nothing is said."""
        return say.lines(step.said, self.lang) if step.said else []

    def verdict(self, word: str) -> str:
        """What a verdict means. Words added with `+` (ANCHORED +WITNESSED) are explained by their first part."""
        key = f"verdict.{word.partition('+')[0].strip().lower().replace(' ', '_')}"
        return self.say(key) if words.known(f"report.{key}") else self.say("verdict.other", word=word)

    def numbered(self, stem: str) -> tuple[str, ...]:
        """The keys `<stem>.01`, `<stem>.02`, ... as far as they exist."""
        return tuple(_numbered(stem))


def _numbered(stem: str) -> Iterator[str]:
    number = 1
    while words.known(f"report.{stem}.{number:02}"):
        yield f"{stem}.{number:02}"
        number += 1
