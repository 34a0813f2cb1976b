"""What every forum paper is written with: words of one language, blanks, legal lines, rows of facts, the head that says: a draft. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from provenance import facts, words
from provenance.paper.blocks import BLANK, CODE, LATE, SMALL, Block, Cell, Heading, Paper, Para, Row, Run, Source, Table, Text, run
from provenance.paper.wording import worded
from provenance.report import tell
from provenance.report.dossier import UNKNOWN, Dossier
from provenance.report.forms.law import as_of, law
from provenance.report.speak import Speaker

LABELS = ("entry", "exhibit", "withheld", "page", "contents", "none")


@dataclass(frozen=True)
class Said:
    """What the record says of one thing: lines below one another, and what they rest on. No lines: it says nothing."""

    lines: tuple[Text, ...] = ()
    source: Source = Source()


def rests(klass: str, entries: Sequence[int]) -> Source:
    """What a line rests on: all entries; a row prints few of many and says so."""
    return Source(klass, tuple(sorted(set(entries))))


@dataclass(frozen=True)
class Desk:
    """One paper's language and forum. forum: its name. files: languages in which the forum reads the paper; others are reading copies."""

    s: Speaker
    forum: str
    files: tuple[str, ...]

    def say(self, key: str, **params: object) -> str:
        """The message `forms.<key>`; only our own words and numbers may be parameters."""
        return words.say(f"forms.{key}", self.s.lang, **params)

    def text(self, key: str, **params: object) -> Text:
        """The message `forms.<key>` as runs; parameters as `paper.wording.worded`."""
        return worded(f"forms.{key}", self.s.lang, **params)

    def blank(self, key: str) -> Run:
        """Something for the person to fill in: `forms.blank.<key>`."""
        return Run(self.say(f"blank.{key}"), BLANK)

    def both(self, pair: tuple[str, str]) -> str:
        """A pair (zh, en) in this language."""
        return pair[0] if self.s.lang == "zh" else pair[1]

    def heading(self, key: str) -> Heading:
        """A heading: `forms.section.<key>`. Of the second level: a paper of two pages is one chapter and needs no list of contents."""
        return Heading(self.say(f"section.{key}"), 2)

    def legal(self, key: str) -> Text:
        """A legal line with its authorities, their dates and how surely each is known."""
        one = law(self.forum)[key]
        lang = self.s.lang
        rests = [
            self.say("authority", authority=by.named(lang), date=by.dated(lang), certainty=by.known(lang)) for by in one.authorities
        ]
        return (Run(self.both(one.words)), Run(" " + " ".join(rests), SMALL))

    def law(self, *keys: str) -> tuple[Block, ...]:
        """Legal lines as notes."""
        return tuple(Para(self.legal(key), kind="note") for key in keys)

    def none(self) -> Text:
        """That there is nothing."""
        return run(self.say("none"))

    def row(self, label: str | Text, said: Said, *blanks: str) -> Row:
        """A row: what is asked, then what the record holds (or that it holds nothing), then what the person fills in."""
        asked = run(self.say(label)) if isinstance(label, str) else label
        told = said.lines or (self.none(),)
        few = tell.few(said.source.entries)
        if len(few) < len(said.source.entries):
            told = (*told, run(self.say("entries", count=len(said.source.entries)), SMALL))
        source = dataclasses.replace(said.source, entries=few)
        return Row((Cell((asked,)), Cell((*told, *((self.blank(key),) for key in blanks)))), source, head=True)

    def ask(self, label: str, *blanks: str) -> Row:
        """A row that only the person can fill in."""
        return Row((Cell((run(self.say(label)),)), Cell(tuple((self.blank(key),) for key in blanks))), Source(), head=True)

    def table(self, rows: Sequence[Row], asked: str = "head.item") -> Table:
        """Rows of `row` and `ask` as a table."""
        return Table((self.say(asked), self.say("head.record")), tuple(rows), (3, 7))

    def skeleton(self, key: str, **params: object) -> Para:
        """A sentence in the first person that nobody has said: marked as such, to be read, changed or struck out by the one who signs."""
        return Para((Run(self.say("skeleton") + " ", LATE), *self.text(f"skeleton.{key}", **params)))

    def paper(self, d: Dossier, name: str, blocks: Sequence[Block]) -> Paper:
        """The paper: its head, then its blocks. name: of the form, its title is `forms.title.<name>`."""
        head: list[Block] = [Para(run(self.say("draft")), kind="limit")]
        if self.s.lang not in self.files:
            head.append(Para((Run(self.say("copy"), LATE),), kind="note"))
        told = self.text(
            "from", log=Run(d.meta.log, CODE), size=d.meta.snapshot_size, when=self.s.when(d.meta.snapshot_at),
            software=d.meta.software, asof=as_of(self.forum),
        )  # fmt: skip
        return Paper(
            lang=self.s.lang,
            title=self.say(f"title.{name}"),
            blocks=(*head, Para(told, kind="note"), *blocks),
            footer=self.say("footer", log=d.meta.log, root=d.meta.root[:16] or "–"),
            about=(d.meta.log, d.meta.software),
            made_at=d.meta.made_at,
            labels={key: self.say(f"label.{key}") for key in LABELS}
            | {f"class.{key}": self.s.say(f"class.{key}") for key in (*facts.CLASSES, UNKNOWN)},
        )
