"""A home that is open: its ledger, blobs, key and views, together."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from functools import cached_property

from provenance import __version__, config, facts
from provenance.clock import Clock, system
from provenance.config import Config, Home
from provenance.errors import BadInput, Unavailable
from provenance.facts import Fact
from provenance.ledger.blobs import Blobs, json_shape
from provenance.ledger.chain import Entry
from provenance.ledger.store import Ledger
from provenance.seal import keys
from provenance.seal.keys import Signer
from provenance.views.store import Views

SOFTWARE = f"prov {__version__}"
PROTECTION = "file-0600"


class House:
    """All that a command or the recorder works on. Close it."""

    def __init__(self, home: Home, settings: Config, ledger: Ledger, clock: Clock) -> None:
        self.home, self.config, self.ledger, self.clock = home, settings, ledger, clock

    @cached_property
    def blobs(self) -> Blobs:
        """Content-addressed files of this home."""
        return Blobs(self.home.blobs)

    @cached_property
    def signer(self) -> Signer:
        """The ledger key."""
        return keys.load(self.home.keys)

    @cached_property
    def views(self) -> Views:
        """The folds, caught up once when they are first asked for."""
        views = Views(self.home.views)
        views.catch_up(self.ledger)
        return views

    def tell(self, *said: Fact) -> tuple[Entry, ...]:
        """Write facts; durable on return. The views catch up when they are asked again."""
        entries = self.ledger.append(said)
        if "views" in self.__dict__:
            self.views.catch_up(self.ledger)
        return entries

    def append(self, said: Sequence[Fact]) -> tuple[Entry, ...]:
        """Write facts; durable on return. For the recorder, whose views catch up behind it."""
        return self.ledger.append(said)

    def keep(self, blobs: Sequence[bytes]) -> None:
        """Make blobs durable. Workflow JSON is kept as a difference to the first of its shape."""
        self.blobs.put_many([(blob, json_shape(blob.decode("utf-8", "replace")) if blob[:1] == b"{" else None) for blob in blobs])

    def close(self) -> None:
        """Let go of the files."""
        if "views" in self.__dict__:
            self.views.close()
        self.ledger.close()


def create(home: Home, settings: Config, clock: Clock = system) -> House:
    """Make a home: folder, key, ledger with its first entry, prov.toml last, so that a home with one is whole.

    Raises:
        BadInput: `home.exists` where a home already is. Unavailable: where the folder cannot be made.
    """
    if whole(home):
        raise BadInput("home.exists", home=str(home.path))
    try:
        home.path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable("home.unwritable", path=str(home.path), why=error.strerror or "") from error
    # A crash between two of these lines leaves a home without prov.toml, and the next call goes on where this one ended. A key that has
    # signed a head is never given to a second ledger: then `keys.create` refuses.
    signer = _half_made(home) or keys.create(home.keys, f"creative-provenance/{secrets.token_hex(10)}")
    ledger = Ledger.open(home.ledger, clock) if home.ledger.exists() else Ledger.create(home.ledger, signer.name, clock)
    if not ledger.size():
        ledger.append([facts.LedgerOpened(software=SOFTWARE, public_key=signer.fingerprint, vkey=signer.vkey, key_protection=PROTECTION)])
    config.write(home, settings)
    return House(home, settings, ledger, clock)


def whole(home: Home) -> bool:
    """Whether `create` came to its end here."""
    return bool(home.ledger.exists() and home.config.exists())


def _half_made(home: Home) -> Signer | None:
    return keys.load(home.keys) if (home.keys / keys.PEM).exists() and (home.ledger.exists() or not home.heads.exists()) else None


def open_house(home: Home | None = None, clock: Clock = system, *, read_only: bool = False) -> House:
    """Open the home that `prov init` made. Raises Unavailable `home.missing`, Damaged, Busy."""
    home = home or config.home()
    settings = config.load(home)
    if not home.ledger.exists():
        raise Unavailable("home.no-ledger", home=str(home.path))
    return House(home, settings, Ledger.open(home.ledger, clock, read_only=read_only), clock)
