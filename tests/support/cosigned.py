"""Witnessed bundles: the world of bundles.py in which two other people cosigned heads, and a broken bundle for each way to get that wrong.

The ledger: 0-3 as in bundles.py, 4 `snapshot.signed` over 4 entries, 5 `head.witnessed` (the lawyer's), 6 `head.witnessed` by somebody
whose key is the ledger's own, then the recorder's stop and the rest, and a head over all of it that the lawyer and a friend cosigned, too.
The keys of witnesses are made of fixed bytes, and worthless.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from support import anchors, bundles
from support.bundles import ORIGIN, World, digest

from provenance import canon, clock, facts
from provenance.bundle.witnesses import Cosigned
from provenance.ledger import chain, merkle
from provenance.ledger.store import Ledger
from provenance.seal import cosign, keys, note, snapshot
from provenance.seal.cosign import Witness

FIRST = 4
"""Entries of the first cosigned head."""

AT, LATER = 1_795_312_800, 1_795_399_200
Files = dict[str, bytes]


def signer(name: str) -> keys.Signer:
    """A witness's key, the same each time."""
    return keys.Signer.of_seed(f"witness.example/{name}", hashlib.sha256(name.encode()).digest())


LAW, FRIEND, STRANGER = signer("law"), signer("friend"), signer("stranger")


def of(by: keys.Signer) -> Witness:
    """The public half of a witness."""
    return cosign.witness(by.name, by.public)


def myself(owner: keys.Signer) -> keys.Signer:
    """The ledger's own key under the name of a witness."""
    return dataclasses.replace(owner, name="witness.example/myself")


def under(signed: bytes, *by: tuple[keys.Signer, int]) -> bytes:
    """A signed note with these witnesses' lines."""
    text, _ = note.parse(signed)
    return cosign.joined(signed, [cosign.sign(text, key, at) for key, at in by])


def told(signed: bytes, size: int, by: keys.Signer, at: int) -> facts.HeadWitnessed:
    """The entry that the owner writes for a word."""
    return facts.HeadWitnessed(
        witness=by.name, key_id=of(by).key_id.hex(), vkey=of(by).vkey, size=size, covers=digest(signed),
        cosigned=digest(under(signed, (by, at))), time=clock.stamp(datetime.fromtimestamp(at, UTC)),
    )  # fmt: skip


@dataclass(frozen=True)
class Party:
    """A witnessed bundle's world. sizes: of the cosigned heads. trusted: whom the person who checks trusts: not the stranger."""

    world: World
    sizes: tuple[int, int]

    @property
    def trusted(self) -> tuple[Witness, ...]:
        return of(LAW), of(FRIEND), of(myself(self.world.signer))

    def files(self) -> Files:
        return self.world.files()


def make(folder: Path, owner: keys.Signer | None = None) -> Party:
    """Record, sign, have it cosigned, write that down, go on, sign, have it cosigned again."""
    folder.mkdir(parents=True, exist_ok=True)
    owner = owner or keys.create(folder / "keys", ORIGIN)
    story = bundles.sitting(owner)
    with Ledger.create(folder / "ledger.db", ORIGIN, bundles.ticking()) as ledger:
        ledger.append(story[:FIRST])
        first = anchors._sign(ledger, owner)
        ledger.append([anchors._signed(ledger, first)])
        ledger.append([told(first, FIRST, LAW, AT), told(first, FIRST, myself(owner), AT)])
        ledger.append(story[FIRST:])
        last, size = anchors._sign(ledger, owner), ledger.size()
        world = anchors._world(folder, ledger, owner, last, ())
        heads = (
            Cosigned(FIRST, under(first, (LAW, AT)), tuple(ledger.consistency(FIRST, size)), ()),
            Cosigned(size, under(last, (LAW, LATER), (FRIEND, LATER + 1)), (), ()),
        )
    return Party(dataclasses.replace(world, content=dataclasses.replace(world.content, witnessed=heads)), (FIRST, size))


def names(size: int) -> tuple[str, str]:
    """Note and consistency proof of a head."""
    return f"proof/witnessed-{size}.txt", f"proof/witnessed-{size}.consistency"


NOTE, PROOF = names(FIRST)


@dataclass(frozen=True)
class Case:
    """codes: all that is found, beside T001, when those of `Party.trusted` are trusted. word: the verdict then; added: beside it."""

    name: str
    change: Callable[[Files, Party], None]
    codes: frozenset[str]
    word: str
    added: bool

    def build(self, all_: Party) -> Files:
        files = all_.files()
        self.change(files, all_)
        bundles.rehash(files)
        bundles.resign(files, all_.world.signer)
        return files


def _case(name: str, change: Callable[[Files, Party], None], *more: str, word: str = "FAILED", added: bool = False) -> Case:
    return Case(name, change, frozenset((name[:4], *more)), word, added)


def _lines(files: Files, change: Callable[[list[str]], list[str]], name: str = NOTE) -> None:
    """Change the signature lines of a note; its text stays."""
    text, _, lines = files[name].decode().partition("\n\n")
    files[name] = (text + "\n\n" + "".join(line + "\n" for line in change(lines.split("\n")[:-1]))).encode()


def _bent(change: Callable[[bytes], bytes]) -> Callable[[Files, Party], None]:
    """Another cosignature of the lawyer's: its bytes behind the key id are changed."""

    def one(line: str) -> str:
        dash, name, coded = line.split(" ")
        raw = base64.b64decode(coded)
        return f"{dash} {name} {base64.b64encode(raw[:4] + change(raw[4:])).decode()}"

    return lambda files, all_: _lines(files, lambda lines: [lines[0], one(lines[1])])


def _head(all_: Party, size: int, leaves: list[bytes]) -> bytes:
    """A head of these leaves, signed with the ledger's key and cosigned by a witness that keeps no order."""
    signed = snapshot.sign(snapshot.Snapshot(ORIGIN, size, merkle.root(leaves)), all_.world.signer)
    return under(signed, (LAW, AT))


def _fork(files: Files, all_: Party) -> None:
    """The history that the lawyer saw is not the one that is handed over."""
    files[NOTE] = _head(all_, FIRST, [*(chain.leaf(raw) for raw in all_.world.raws[: FIRST - 1]), chain.leaf(b"another")])


def _larger(files: Files, all_: Party) -> None:
    """A head of more entries than the bundle's own: the rest was cut off."""
    size = all_.sizes[1] + 2
    files[names(size)[0]] = _head(all_, size, [*(chain.leaf(raw) for raw in all_.world.raws), chain.leaf(b"x"), chain.leaf(b"y")])
    files[names(size)[1]] = b""


def _renamed(files: Files, all_: Party) -> None:
    for old, new in zip(names(FIRST), names(FIRST + 1), strict=True):
        files[new] = files.pop(old)


def _of_another_log(files: Files, all_: Party) -> None:
    """The lawyer's word under another ledger's head of the same size, laid under this one."""
    other = snapshot.Snapshot("prov.test/another", FIRST, bytes(32)).text()
    line = cosign.sign(other, LAW, AT).removesuffix("\n")
    _lines(files, lambda lines: [lines[0], line])


def _head_of_another_log(files: Files, all_: Party) -> None:
    other = keys.Signer.of_seed("prov.test/another", b"\5" * 32)
    files[NOTE] = under(snapshot.sign(snapshot.Snapshot(other.name, FIRST, bytes(32)), other), (LAW, AT))


def _told_otherwise(**values: object) -> Callable[[Files, Party], None]:
    """The ledger tells of the lawyer's word otherwise than the word does; all after it is linked, signed, proved and cosigned anew."""

    def change(files: Files, all_: Party) -> None:
        raws = list(all_.world.raws)
        at = next(n for n, raw in enumerate(raws) if json.loads(raw)["kind"].startswith("head.witnessed/"))
        value = json.loads(raws[at])
        raws[at] = canon.encode(value | {"open": value["open"] | values})
        for later in range(at + 1, len(raws)):
            raws[later] = canon.encode(json.loads(raws[later]) | {"prev": chain.leaf(raws[later - 1]).hex()})
        bundles.rewrite(files, all_.world.signer, raws)
        for name in names(all_.sizes[1]):
            del files[name]
        files[PROOF] = anchors.proof(merkle.consistency_proof([chain.leaf(raw) for raw in raws], FIRST))

    return change


def _myself(files: Files, all_: Party) -> None:
    files[NOTE] = under(files[NOTE].partition(b"\n\n")[0] + b"\n\n" + _own_line(files), (myself(all_.world.signer), AT))


def _own_line(files: Files) -> bytes:
    return files[NOTE].partition(b"\n\n")[2].splitlines(keepends=True)[0]


def _nobody(files: Files, all_: Party) -> None:
    for size in all_.sizes:
        _lines(files, lambda lines: lines[:1], names(size)[0])


def _without(files: Files, all_: Party) -> None:
    for size in all_.sizes:
        for name in names(size):
            del files[name]


def _only_the_first(files: Files, all_: Party) -> None:
    for name in names(all_.sizes[1]):
        del files[name]


SEEN, NO_COSIGNATURE = "INTEGRITY ONLY", "\u2014 anybody AAAAAAA="
CASES = (
    _case("W001_stranger_beside_the_lawyer", lambda f, p: f.update({NOTE: under(f[NOTE], (STRANGER, AT))}), word=SEEN, added=True),
    _case("W001_line_that_is_no_cosignature", lambda f, p: _lines(f, lambda rows: [*rows, NO_COSIGNATURE]), word=SEEN, added=True),
    _case("W002_head_of_another_log", _head_of_another_log),
    _case("W002_head_under_another_size", _renamed),
    _case("W002_proof_without_its_head", lambda f, p: f.update({names(7)[1]: b""})),
    _case("W002_ledger_not_first", lambda f, p: _lines(f, lambda rows: rows[::-1])),
    _case("W002_not_signed_by_the_ledger", lambda f, p: _lines(f, lambda rows: rows[1:])),
    _case("W003_another_history_was_witnessed", _fork),
    _case("W003_more_was_witnessed_than_is_there", _larger),
    _case("W003_proof_gone", lambda f, p: f.pop(PROOF)),
    _case("W003_proof_of_nothing", lambda f, p: f.update({PROOF: b""})),
    _case("W003_proof_in_a_second_spelling", lambda f, p: f.update({PROOF: f[PROOF] + b"\n"})),
    _case("W004_cosignature_of_another_log", _of_another_log),
    _case("W004_earlier_time", _bent(lambda raw: (AT - 86_400).to_bytes(8, "big") + raw[8:])),
    _case("W004_flipped_bit", _bent(lambda raw: raw[:-1] + bytes([raw[-1] ^ 1]))),
    _case("W004_plain_signature_without_a_time", _bent(lambda raw: raw[8:])),
    _case("W004_time_that_nobody_means", _bent(lambda raw: b"\xff" * 8 + raw[8:])),
    _case("W005_entry_tells_an_earlier_time", _told_otherwise(time="2019-01-01T00:00:00.000000Z"), "W008"),
    _case("W005_entry_tells_of_more_entries", _told_otherwise(size=FIRST + 1), "W008"),
    _case("W005_entry_names_another_s_key", _told_otherwise(vkey=of(FRIEND).vkey), "W008"),
    _case("W005_entry_names_no_key", _told_otherwise(vkey="law"), "W008"),
    _case("W006_own_key_beside_the_lawyer", _myself, word=SEEN, added=True),
    _case("W007_nobody_is_left", _nobody, word=SEEN),
    _case("W007_no_head_at_all", _without, word=SEEN),
    _case("W008_entries_after_the_last_head", _only_the_first, word=SEEN, added=True),
)  # fmt: skip
