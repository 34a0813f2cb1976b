"""A home that is open: its ledger, blobs, key and views, together."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from functools import cached_property

from provenance import __version__, config, facts
from provenance.clock import Clock, system
from provenance.config import Config, Home
from provenance.daemon import keyfiles
from provenance.errors import BadInput, Damaged, ProvError, Unavailable
from provenance.facts import Fact
from provenance.ledger.blobs import Blobs, json_shape
from provenance.ledger.chain import Entry
from provenance.ledger.store import Ledger
from provenance.seal import keys, succession
from provenance.seal.keys import Signer
from provenance.seal.succession import Line, Reign
from provenance.seal.vault import Vault, keychain
from provenance.views.store import Views

SOFTWARE = f"prov {__version__}"


class House:
    """All that a command or the recorder works on. Close it."""

    def __init__(self, home: Home, settings: Config, ledger: Ledger, clock: Clock) -> None:
        self.home, self.config, self.ledger, self.clock = home, settings, ledger, clock
        self.keychain: Callable[[], Vault | None] = keychain
        self._line: tuple[int, Line] | None = None  # entries looked at, and the keys they tell of
        self._signer: Signer | None = None

    @cached_property
    def blobs(self) -> Blobs:
        """Content-addressed files of this home."""
        return Blobs(self.home.blobs)

    def line(self) -> Line:
        """The ledger's keys, from its entries; each entry is looked at once. Raises Damaged `seal.key-line`."""
        size = self.ledger.size()
        try:
            seen, line = self._line or (1, succession.begin(next(self.ledger.entries(0, 1)).open))
            for entry in self.ledger.entries(seen, size, kinds=succession.KINDS) if size > seen else ():
                line = succession.follow(line, entry.seq, entry.kind, entry.open)
        except (BadInput, StopIteration) as error:
            raise Damaged("seal.key-line", why=str(error)) from error
        self._line = (max(seen, size), line)
        return line

    @property
    def signer(self) -> Signer:
        """The ledger's key as it is now: another process may have given it a new one. Raises as `keyfiles.open_key`."""
        reign: Reign = self.line().current
        if self._signer is None or self._signer.verifier != reign.verifier:
            self._signer = keyfiles.open_key(self.home.keys, reign, self.keychain)
        return self._signer

    def vault(self) -> Vault | None:
        """The keychain, where this home's key is kept with it; heads are then kept there too."""
        try:
            kept = keys.protection(self.home.keys) == keys.IN_KEYCHAIN
        except ProvError:
            return None
        return self.keychain() if kept else None

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


def create(home: Home, settings: Config, clock: Clock = system, vault: Vault | None = None) -> House:
    """Make a home: folder, key, ledger with its first entry, prov.toml last, so that a home with one is whole.

    Args:
        vault: the keychain that is to hold what opens the key; None: the key lies in a file, and that is said.

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
    signer = _half_made(home, vault) or keys.create(home.keys, f"creative-provenance/{secrets.token_hex(10)}", vault)
    next_key = keyfiles.commitment(home.keys, signer.name)
    ledger = Ledger.open(home.ledger, clock) if home.ledger.exists() else Ledger.create(home.ledger, signer.name, clock)
    if not ledger.size():
        opened = facts.LedgerOpened(
            software=SOFTWARE, public_key=signer.fingerprint, vkey=signer.vkey, key_protection=keys.protection(home.keys), next_key=next_key
        )
        ledger.append([opened])
    config.write(home, settings)
    return House(home, settings, ledger, clock)


def whole(home: Home) -> bool:
    """Whether `create` came to its end here."""
    return bool(home.ledger.exists() and home.config.exists())


def _half_made(home: Home, vault: Vault | None) -> Signer | None:
    return keys.load(home.keys, vault) if (home.keys / keys.PEM).exists() and (home.ledger.exists() or not home.heads.exists()) else None


def open_house(home: Home | None = None, clock: Clock = system, *, read_only: bool = False) -> House:
    """Open the home that `prov init` made. Raises Unavailable `home.missing`, Damaged, Busy."""
    home = home or config.home()
    settings = config.load(home)
    if not home.ledger.exists():
        raise Unavailable("home.no-ledger", home=str(home.path))
    return House(home, settings, Ledger.open(home.ledger, clock, read_only=read_only), clock)
