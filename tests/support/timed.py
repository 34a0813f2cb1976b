"""A home with time authorities of its own, on the loopback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from support import authority
from support.authority import Authority, Served

from provenance import facts
from provenance.clock import Moment
from provenance.config import Config, Home, Time
from provenance.daemon.house import House, create, open_house
from provenance.daemon.timing import Timekeeper


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    seconds: float = 0.0

    def __call__(self) -> Moment:
        wall = datetime(2026, 11, 22, tzinfo=UTC) + timedelta(seconds=self.seconds)
        mono = 1_000_000 + int(self.seconds * 1000)
        return Moment(wall, mono, mono, "b0075eed")


def row(name: str, served: Served, made: Authority, *, pinned: bool = True, rest: int = 15) -> dict[str, str | int]:
    """An authority for [time] in prov.toml."""
    return {"name": name, "url": served.url, "rest": rest, **({"root": str(made.root_pem)} if pinned else {})}


@contextmanager
def home(folder: Path, *rows: dict[str, str | int], use: tuple[str, ...] | None = None, clock: Any = None) -> Iterator[House]:
    """A home with these authorities, all chosen unless `use` says otherwise; opened again if it is there."""
    where = Home(folder / "home")
    names = tuple(str(one["name"]) for one in rows) if use is None else use
    out = folder / "out"
    out.mkdir(exist_ok=True)
    settings = Config(roots=(str(out),), originals_gb=0, previews=False, time=Time(names, rows))
    more = {} if clock is None else {"clock": clock}
    house = open_house(where, **more) if where.ledger.exists() else create(where, settings, **more)
    try:
        yield house
    finally:
        house.close()


def keeper(house: House, **more: Any) -> Timekeeper:
    """A timekeeper without chance in it."""
    return Timekeeper(house, **{"chance": lambda: 0.0, **more})


def note(house: House, text: str = "x") -> None:
    """Something worth signing."""
    house.tell(facts.NoteAdded(text=text))


def attested(house: House) -> list[Any]:
    """The entries of times attested."""
    return list(house.ledger.entries(kinds=(facts.TimeAttested.KIND,)))


@contextmanager
def authorities(folder: Path, count: int = 2) -> Iterator[list[tuple[Authority, Served]]]:
    """Independent authorities, each with its own root, all being served."""
    made = [authority.make(folder / f"tsa{n}", name=f"Authority {n}", rsa_keys=n % 2 == 0, unsorted=n % 2 == 1) for n in range(count)]
    with serving(made) as found:
        yield found


@contextmanager
def serving(made: list[Authority]) -> Iterator[list[tuple[Authority, Served]]]:
    """Serve several."""
    if not made:
        yield []
        return
    with authority.serve(made[0]) as served, serving(made[1:]) as rest:
        yield [(made[0], served), *rest]
