"""Bundles whose ledger's key changed, and bundles or entries that an author signed: one or more for each code A, K007 to K010 and K004."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from support import authors, bundles, heirs, signed
from support.bundles import World
from support.heirs import KEYS, LOST, REVOKED, ROTATED
from support.signed import Says

from provenance import canon
from provenance.seal.author import Author

Files = dict[str, bytes]
Seal = Callable[[World, Author | None], Files]
Change = Callable[[Files], object]
NOBODY = "0" * 64
OTHER = 3  # the number of another person's key


@dataclass(frozen=True)
class Case:
    """One bundle. changes: of the ledger's key, `signers`: by others than must. author: they sign, too, and hand over `chain`. says: what
    is written into the ledger besides. key: what whoever checks demands."""

    name: str
    word: str = "FAILED"
    codes: tuple[str, ...] = ()
    changes: Sequence[tuple[str, int, int]] = ()
    signer: int = 0
    signers: tuple[int, ...] = ()
    committed: bool = True
    author: bool = False
    chain: bytes = b""
    named: bool = True
    says: Says | None = None
    change: Change | None = None
    key: str = ""

    @property
    def good(self) -> bool:
        return self.word == "INTEGRITY ONLY"

    def build(self, folder: Path, seal: Seal) -> Files:
        """seal: the bundle of a ledger, as it is handed over."""
        who = authors.mei(self.chain) if self.author else None
        made = heirs.world(
            folder, self.changes, signer=self.signer, committed=self.committed, signers=self.signers, author=who, named=self.named,
            says=self.says,
        )  # fmt: skip
        files = seal(made, who)
        if self.change is not None:
            self.change(files)
            bundles.relist(files)
            bundles.resign(files, made.signer)
        return files


def _swapped(files: Files) -> None:
    """Another person puts their own signature on it, and the holder of the ledger's key seals that."""
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    files["proof/author.pem"] = authors.key(OTHER).public_key().public_bytes(serialization.Encoding.PEM, spki)
    bundles.relist(files)
    files["author.sig"] = authors.key(OTHER).sign(files["tagmanifest-sha256.txt"])


def _weak(files: Files) -> None:
    key = ed25519.Ed25519PublicKey.from_public_bytes(b"\1" + bytes(31))
    files["proof/author.pem"] = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    files["author.sig"] = b"\1" + bytes(63)


def _spelled(files: Files) -> None:
    files["proof/author.pem"] += b"\n"


def _flipped(files: Files) -> None:
    files["author.sig"] = files["author.sig"][:-1] + bytes([files["author.sig"][-1] ^ 1])


def _unsigned(files: Files) -> None:
    del files["author.sig"]


STATED = 9
"""The number of the statement in the ledgers of these cases, behind the eight entries of the sitting and the author's key."""


def _left_out(files: Files) -> None:
    """The statement that was signed is not handed over."""
    for name in (f"data/entries/{STATED:08d}.json", f"data/disclosures/{STATED:08d}.json", f"proof/{STATED:08d}.tlog-proof"):
        del files[name]
    about = json.loads(files["data/bundle.json"])
    about["entries"].remove(STATED)
    files["data/bundle.json"] = canon.encode(about)
    bundles.rehash(files)


def _weak_key() -> dict[str, str]:
    """A key of small order, whose signature fits any bytes."""
    der = bytes.fromhex("302a300506032b6570032100") + b"\1" + bytes(31)
    return {"key": b64encode(der).decode(), "public_key": bundles.digest(der), "signature": b64encode(b"\1" + bytes(63)).decode()}


GOOD, THREE = "INTEGRITY ONLY", [(ROTATED, 0, 1), (LOST, 1, 2), (REVOKED, 2, 3)]
CASES = (
    Case("K004_another_key_is_demanded", codes=("K004", "T001"), key=NOBODY),
    Case("K004_the_next_key_is_demanded", codes=("K004", "T001"), key=KEYS[1].fingerprint),
    Case("K006_the_old_key_goes_on_signing", codes=("K006", "T001"), changes=[(ROTATED, 0, 1)], signer=0),
    Case("K007_a_thief_s_heir", codes=("K006", "K007", "T001"), changes=[(ROTATED, 0, 3)], signer=3),
    Case("K007_the_old_key_did_not_sign", codes=("K006", "K007", "T001"), changes=[(ROTATED, 0, 1)], signer=1, signers=(1,)),
    Case("K007_the_new_key_did_not_sign", codes=("K006", "K007", "T001"), changes=[(LOST, 0, 1)], signer=1, signers=(0,)),
    Case("K007_another_s_old_key", codes=("K006", "K007", "T001"), changes=[(ROTATED, 2, 1)], signer=1),
    Case("K007_a_false_second_signs", codes=("K006", "K007", "T001"), changes=[(ROTATED, 0, 1), (ROTATED, 0, 2)], signer=2),
    Case("K007_a_false_second_after_the_right_one", codes=("K007", "T001"), changes=[(ROTATED, 0, 1), (ROTATED, 0, 2)], signer=1),
    Case("K007_lost_and_nothing_was_committed_to", codes=("K006", "K007", "T001"), changes=[(LOST, 0, 1)], signer=1, committed=False),
    Case("K008_nothing_was_committed_to", GOOD, ("K008", "T001"), [(ROTATED, 0, 1)], 1, committed=False),
    Case("K009_a_key_was_lost", GOOD, ("K009", "T001"), [(LOST, 0, 1)], 1),
    Case("K010_a_key_was_stolen", GOOD, ("K010", "T001"), [(REVOKED, 0, 1)], 1),
    Case("K010_rotated_lost_and_stolen_and_the_first_key_is_demanded", GOOD, ("K009", "K010", "T001"), THREE, 3, key=KEYS[0].fingerprint),
    Case("A001_small_order", codes=("A001", "T001"), author=True, change=_weak),
    Case("A001_second_spelling", codes=("A001", "T001"), author=True, change=_spelled),
    Case("A002_damaged", codes=("A002", "T001"), author=True, change=_flipped),
    Case("A002_empty", codes=("A002", "T001"), author=True, change=lambda files: files.update({"author.sig": b""})),
    Case("A003_another_person", codes=("A003", "T001"), author=True, change=_swapped),
    Case("A003_never_named", codes=("A003", "T001"), author=True, named=False),
    Case("A004_the_author_signed_too", GOOD, ("A004", "T001"), author=True),
    Case("A005_another_s_certificate", codes=("A004", "A005", "T001"), author=True, chain=authors.chain(OTHER)),
    Case("A005_no_certificate", codes=("A004", "A005", "T001"), author=True, chain=b"junk"),
    Case("A006_an_authority_that_nobody_trusts", GOOD, ("A004", "A006", "T001"), author=True, chain=authors.chain(by=2)),
    Case("A007_named_by_a_trusted_authority", GOOD, ("A004", "A007", "T001"), author=True, chain=authors.chain()),
    Case("A008_a_signature_over_other_bytes", codes=("A008", "T001"), says=signed.says(signature=signed.other_message())),
    Case("A008_a_signature_in_a_second_spelling", codes=("A008", "T001"), says=signed.says(signature=lambda s: s + "\n")),
    Case("A008_no_leaf_hash", codes=("A008", "T001"), says=signed.says(leaf="9")),
    Case("A008_the_key_s_code_in_a_second_spelling", codes=("A008", "T001"), says=signed.says(key=lambda s: s + "\n")),
    Case("A008_another_key_s_fingerprint", codes=("A008", "T001"), says=signed.says(public_key=NOBODY)),
    Case("A008_another_algorithm", codes=("A008", "T001"), says=signed.says(algorithm="rsa")),
    Case("A008_small_order", codes=("A008", "T001"), says=signed.says(**_weak_key())),
    Case("A008_a_damaged_signature_on_p_256", codes=("A008", "T001"), says=signed.says(signed.P256, signature=b64encode(b"0\0").decode())),
    Case("A009_another_entry_was_signed", codes=("A009", "T001"), says=signed.says(of=3)),
    Case("A010_the_signed_entry_is_not_here", GOOD, ("A010", "T001"), says=signed.says(), change=_left_out),
    Case("A011_a_key_that_nobody_named", GOOD, ("A011", "T001"), says=signed.says(named=False)),
    Case("A012_a_signed_statement", GOOD, ("A012", "T001"), says=signed.says()),
    Case("A012_signed_on_p_256", GOOD, ("A012", "T001"), says=signed.says(signed.P256)),
    Case("A012_signed_on_p_384", GOOD, ("A012", "T001"), says=signed.says(signed.P384)),
    Case("A012_the_statement_and_the_bundle", GOOD, ("A004", "A012", "T001"), author=True, says=signed.says(named=False)),
    Case("B005_the_author_s_signature_gone", "INCOMPLETE", ("B005", "T001"), author=True, change=_unsigned),
)  # fmt: skip
