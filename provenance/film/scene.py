"""What a film shows, as values: scenes of lines and pictures. Nothing here knows pixels or files. Pure."""

from __future__ import annotations

from dataclasses import dataclass

TITLE, RUN, FILE, WORDS, DECISION, GAP, MAP, END = "title", "run", "file", "words", "decision", "gap", "map", "end"


@dataclass(frozen=True)
class Piece:
    """A part of a line. style: "", "strong", "quiet" or "class". withheld: drawn as a black bar with a word on it; it has no text."""

    text: str = ""
    style: str = ""
    withheld: bool = False


Line = tuple[Piece, ...]


@dataclass(frozen=True)
class Shot:
    """A picture of a scene. sha256: the recorded file's. blob: what is drawn of it, "" where there is nothing. caption: under it."""

    sha256: str
    blob: str
    caption: Line = ()


@dataclass(frozen=True)
class Scene:
    """One card of a film.

    kind: one of the names above. seqs: the entries that it is made from. at: time of the first of them, "" for a card about the film.
    klass: who says it. head: its title. lines: what it says. shots: its pictures. ms: how long it stays. kept: never left out of a long
    film. skipped: how many scenes just before it were left out. pictures: of a decision, those that it is about. mark: its short word.
    """

    kind: str
    seqs: tuple[int, ...]
    at: str
    klass: str
    head: str
    lines: tuple[Line, ...] = ()
    shots: tuple[Shot, ...] = ()
    ms: int = 1_500
    kept: bool = True
    skipped: int = 0
    pictures: tuple[str, ...] = ()
    mark: str = ""


@dataclass(frozen=True)
class Film:
    """All scenes in order. left_out: scenes that a long film does without. first, last: the lowest and highest entry shown."""

    scenes: tuple[Scene, ...]
    left_out: int
    first: int
    last: int

    @property
    def ms(self) -> int:
        """How long it runs."""
        return sum(scene.ms for scene in self.scenes)


def line(*parts: str | Piece) -> Line:
    """A line of texts and pieces."""
    return tuple(part if isinstance(part, Piece) else Piece(part) for part in parts)


def withheld() -> Piece:
    """What stands for a value that is not shown."""
    return Piece(withheld=True)


def written(one: Line) -> str:
    """A line as text, what is withheld as nothing."""
    return "".join(piece.text for piece in one)
