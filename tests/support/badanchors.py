"""One broken anchored bundle for each T code: the good one of anchors.py, one thing changed, listed and sealed again by the author.

The author is who gains from a false time, so the author's key is in play in all of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from support import anchors, authority, bundles, calendars
from support.anchors import FIRST, Anchored, names
from support.authority import Authority
from support.bundles import ORIGIN

from provenance import canon
from provenance.ledger import chain, merkle
from provenance.seal import snapshot, timestamp

Files = dict[str, bytes]
NOTE, PROOF, TOKEN = names(FIRST)
PROVEN = f"proof/anchor-{FIRST}.ots"
PROMISE = b"\x00" + calendars.pending("https://one.calendar.example")
OTHER = b"\xff\x00ANOTHER!\x00"  # an attestation of a kind that nobody knows, with more to come
BLOCK = b"\x08\x00" + calendars.bitcoin(900_000)


@dataclass(frozen=True)
class Party:
    """Who is there: the good bundle; a stranger's authority, which nobody trusts; one that is trusted and whose certificate had ended."""

    good: Anchored
    stranger: Authority
    ended: Authority

    @property
    def roots(self) -> tuple[bytes, ...]:
        """Whom the person who checks trusts."""
        return self.good.tsa.root, self.ended.root


def party(folder: Path, good: Anchored | None = None) -> Party:
    """Make everybody, in `folder`."""
    good = good or anchors.make(folder / "good")
    return Party(
        good,
        authority.make(folder / "stranger", rsa_keys=False, name="Test Authority", unsorted=True),
        authority.make(folder / "ended", rsa_keys=False, days=-1, before=10),
    )


@dataclass(frozen=True)
class Case:
    """codes: all that is found when the roots of `Party` are trusted. word: the verdict then."""

    name: str
    change: Callable[[Files, Party], None]
    codes: frozenset[str]
    word: str

    def build(self, all_: Party) -> Files:
        files = all_.good.files()
        self.change(files, all_)
        bundles.rehash(files)
        bundles.resign(files, all_.good.world.signer)
        return files


def _case(name: str, change: Callable[[Files, Party], None], *more: str, word: str = "FAILED") -> Case:
    return Case(name, change, frozenset((name[:4], *more)), word)


def _ask(tsa: Authority, of: bytes) -> bytes:
    return tsa.reply(timestamp.query(sha256(of).digest(), 5))


def _fork(files: Files, all_: Party) -> None:
    """A second history: the author signs another first head, which was never this ledger's, and has it stamped by a good authority."""
    signer = all_.good.world.signer
    leaves = [chain.leaf(raw) for raw in all_.good.world.raws[: FIRST - 1]] + [chain.leaf(b"another")]
    note = snapshot.sign(snapshot.Snapshot(ORIGIN, FIRST, merkle.root(leaves)), signer)
    files[NOTE], files[TOKEN] = note, _ask(all_.good.tsa, note)


def _later(files: Files, all_: Party) -> None:
    """A head of more entries than the bundle's own."""
    size = all_.good.sizes[1] + 5
    note = snapshot.sign(snapshot.Snapshot(ORIGIN, size, bytes(32)), all_.good.world.signer)
    files[names(size)[0]], files[names(size)[1]], files[names(size)[2]] = note, b"", _ask(all_.good.tsa, note)


def _elsewhere(files: Files, all_: Party) -> None:
    """A stamped head that the ledger's key did not sign."""
    files[NOTE] = files[NOTE].replace(b"\n4\n", b"\n04\n", 1)
    files[TOKEN] = _ask(all_.good.tsa, files[NOTE])


def _renamed(files: Files, all_: Party) -> None:
    """A head under another size than its own."""
    for old, new in zip(names(FIRST), names(FIRST + 1), strict=True):
        files[new] = files.pop(old)


def _orphan(files: Files, all_: Party) -> None:
    files[names(7)[2]] = files[TOKEN]


def _no_token(files: Files, all_: Party) -> None:
    files[TOKEN] = b"<html><body>Service unavailable</body></html>"


def _trailing(files: Files, all_: Party) -> None:
    files[TOKEN] += b"\0"


def _not_for_time(files: Files, all_: Party) -> None:
    """The signer's certificate says that it is for signing code."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    leaf = x509.load_pem_x509_certificate((all_.good.tsa.folder / "leaf.pem").read_bytes()).public_bytes(Encoding.DER)
    other = bytearray(leaf)
    at = leaf.index(bytes.fromhex("06082b06010505070308"))
    other[at + 9] = 0x03  # codeSigning where timeStamping stood
    assert files[TOKEN].count(leaf) == 1
    files[TOKEN] = files[TOKEN].replace(leaf, bytes(other))


def _refused(files: Files, all_: Party) -> None:
    files[TOKEN] = bytes.fromhex("30053003020102")


def _swapped(files: Files, all_: Party) -> None:
    """The tokens of two heads change places."""
    other = names(all_.good.sizes[1])[2]
    files[TOKEN], files[other] = files[other], files[TOKEN]


def _backdated(files: Files, all_: Party) -> None:
    """Another year in the token's own time, which is signed."""
    token = files[TOKEN]
    at = token.index(b"\x18\x0f20") + 2
    files[TOKEN] = token[:at] + b"2019" + token[at + 4 :]


def _flipped(files: Files, all_: Party) -> None:
    """The last byte of the signature."""
    token = bytearray(files[TOKEN])
    token[-1] ^= 1
    files[TOKEN] = bytes(token)


def _of_version_1(files: Files, all_: Party) -> None:
    """The version of a SignedData is not among what is signed."""
    for size in all_.good.sizes:
        name = names(size)[2]
        assert files[name].count(b"\2\1\3\x31") == 1
        files[name] = files[name].replace(b"\2\1\3\x31", b"\2\1\1\x31")


def _long_length(files: Files, all_: Party) -> None:
    """A word beside the status, its length in two bytes where one is enough: no verifier uses it."""

    def der(tag: int, body: bytes) -> bytes:
        size = bytes([len(body)]) if len(body) < 128 else b"\x82" + len(body).to_bytes(2, "big")
        return bytes([tag]) + size + body

    for size in all_.good.sizes:
        answer = files[names(size)[2]]
        assert answer[:2] == b"\x30\x82" and answer[4:9] == b"\x30\3\2\1\0"
        status = der(0x30, b"\2\1\0" + der(0x30, b"\x0c\x81\1x"))
        files[names(size)[2]] = der(0x30, status + answer[9:])


def _forged(files: Files, all_: Party) -> None:
    """Somebody's own authority with the same name, its root sent along inside the token."""
    for size in all_.good.sizes:
        files[names(size)[2]] = _ask(all_.stranger, files[names(size)[0]])


def _ended(files: Files, all_: Party) -> None:
    for size in all_.good.sizes:
        files[names(size)[2]] = _ask(all_.ended, files[names(size)[0]])


def _one_of_two(files: Files, all_: Party) -> None:
    """A stranger's token beside a good one proves nothing and spoils nothing."""
    files[names(FIRST, 2)[2]] = _ask(all_.stranger, files[NOTE])


def _told_otherwise(kind: str = "time.attested/1", **values: object) -> Callable[[Files, Party], None]:
    """The ledger tells of the token otherwise than the token does; everything after it is linked, signed and proved anew."""

    def change(files: Files, all_: Party) -> None:
        raws, size = list(all_.good.world.raws), all_.good.sizes[1]
        at = next(n for n, raw in enumerate(raws) if json.loads(raw)["kind"].startswith("time.attested/"))
        value = json.loads(raws[at])
        raws[at] = canon.encode(value | {"kind": kind, "open": value["open"] | values})
        for later in range(at + 1, len(raws)):
            raws[later] = canon.encode(json.loads(raws[later]) | {"prev": chain.leaf(raws[later - 1]).hex()})
        bundles.rewrite(files, all_.good.world.signer, raws)
        for name in names(size):
            del files[name]
        leaves = [chain.leaf(raw) for raw in raws]
        path = merkle.consistency_proof(leaves, FIRST)
        files[PROOF] = anchors.proof(path)

    return change


def _proof(tree: bytes, *, of: bytes = b"") -> Callable[[Files, Party], None]:
    """An OpenTimestamps proof beside the tokens of the first head; `of`: over other bytes than its note."""

    def change(files: Files, all_: Party) -> None:
        files[PROVEN] = calendars.proof(sha256(of or files[NOTE]).digest(), tree)

    return change


def _block_told_otherwise(**values: object) -> Callable[[Files, Party], None]:
    """The ledger names another block than the proof does."""

    def change(files: Files, all_: Party) -> None:
        covers = sha256(files[NOTE]).digest()
        said = {"covers": covers.hex(), "size": FIRST, "block": 900_000, "merkle_root": sha256(covers).digest()[::-1].hex(), **values}
        _told_otherwise("time.committed/1", **said)(files, all_)
        files[PROVEN] = calendars.proof(covers, BLOCK)

    return change


def _only_the_first(files: Files, all_: Party) -> None:
    for name in names(all_.good.sizes[1]):
        del files[name]


def _strip(files: Files, all_: Party) -> None:
    for size in all_.good.sizes:
        del files[names(size)[2]]


CASES = (
    _case("T001_heads_without_tokens", _strip, word="INTEGRITY ONLY"),
    _case("T002_head_in_a_second_spelling", _elsewhere),
    _case("T002_head_under_another_size", _renamed),
    _case("T002_token_without_its_head", _orphan),
    _case("T003_head_of_another_history", _fork),
    _case("T003_head_larger_than_the_bundles", _later),
    _case("T003_proof_gone", lambda f, p: f.pop(PROOF)),
    _case("T003_proof_of_nothing", lambda f, p: f.update({PROOF: b""})),
    _case("T003_proof_in_a_second_spelling", lambda f, p: f.update({PROOF: f[PROOF] + b"\n"})),
    _case("T004_no_token_at_all", _no_token),
    _case("T004_byte_behind_the_token", _trailing),
    _case("T004_certificate_not_for_time", _not_for_time),
    _case("T004_signed_data_of_another_version", _of_version_1, "T001"),
    _case("T004_second_spelling_where_no_reader_looks", _long_length, "T001"),
    _case("T004_authority_refused", _refused),
    _case("T005_swapped_tokens", _swapped, "T001"),
    _case("T006_backdated_token", _backdated),
    _case("T006_damaged_signature", _flipped),
    _case("T007_forged_root_inside_the_token", _forged, "T001", word="INTEGRITY ONLY"),
    _case("T007_certificate_had_ended", _ended, "T001", word="INTEGRITY ONLY"),
    _case("T007_one_of_two_tokens", _one_of_two, word="ANCHORED"),
    _case("T008_entry_tells_an_earlier_time", _told_otherwise(time="2019-01-01T00:00:00.000000Z"), "T009"),
    _case("T008_entry_tells_of_more_entries", _told_otherwise(size=FIRST + 1), "T009"),
    _case("T002_proof_without_its_head", lambda f, p: f.update({PROVEN.replace(f"-{FIRST}.", "-7."): b""})),
    _case("T008_entry_tells_another_block", _block_told_otherwise(block=900_001), "T009", "T011"),
    _case("T008_entry_tells_another_merkle_root", _block_told_otherwise(merkle_root="00" * 32), "T009", "T011"),
    _case("T008_block_that_the_proof_does_not_name", lambda f, p: (
        _block_told_otherwise()(f, p), _proof(b"\x08" + PROMISE)(f, p))[0], "T009", "T013"),
    _case("T011_block_named", _proof(b"\xff\x08" + PROMISE + BLOCK), word="ANCHORED"),
    _case("T011_block_behind_every_operation", _proof(b"\xf2\xf3\x02\xf1\x0cprepend-some" + BLOCK[1:]), word="ANCHORED"),
    _case("T012_proof_over_another_head", _proof(BLOCK, of=b"another")),
    _case("T012_no_proof_at_all", lambda f, p: f.update({PROVEN: b"<html><body>Service unavailable</body></html>"})),
    _case("T012_byte_behind_the_proof", _proof(BLOCK + b"\0")),
    _case("T012_proof_cut_off", _proof(BLOCK[:-1])),
    _case("T012_operation_that_is_not_known", _proof(b"\x09" + BLOCK)),
    _case("T012_height_in_a_second_spelling", _proof(b"\x00" + calendars.bitcoin(5)[:8] + b"\x02\x85\x00")),
    _case("T012_nested_too_deeply", _proof(b"\x08" * 255 + BLOCK)),
    _case("T012_too_many_branches", _proof(OTHER * 2047 + BLOCK)),
    _case("T011_as_many_branches_as_there_may_be", _proof(OTHER * 2046 + BLOCK), word="ANCHORED"),
    _case("T013_promise", _proof(b"\x08" + PROMISE), word="ANCHORED"),
    _case("T013_block_behind_a_hash_that_is_not_computed", _proof(b"\x67" + BLOCK), word="ANCHORED"),
    _case("T013_another_chain", _proof(b"\x00" + b"LITECOIN" + b"\x01\x05"), word="ANCHORED"),
    _case("T009_entries_after_the_last_time", _only_the_first, word="ANCHORED"),
)  # fmt: skip
