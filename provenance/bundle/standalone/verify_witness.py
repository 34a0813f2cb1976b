"""What other people say of a ledger's heads: step 13 of the procedure. verify.py loads this file from beside itself.

A witness's line under a head (C2SP tlog-cosignature v1, Ed25519) says: by my own clock, this was the largest head of this ledger that I had
seen, and it began with each one before. It counts for whoever trusts that witness beforehand, and only where it is somebody else's.
"""

# ruff: noqa: PTH123, UP035 - Python 3.8, and nothing that an expert must look up
from __future__ import annotations

import base64
import contextlib
import datetime
import re
from typing import Any, Callable, NamedTuple

from verify_forms import FAULTS, SIZE, consistent, ed25519, key_id, need, read_consistency, read_note, read_vkey, sha256

NOTES = ("W001", "W006", "W007", "W008")
# fmt: off
TEXTS = {  # what is said: code -> (en, zh)
    "W001": ("a line by no witness that is trusted here (see --witness)", "此处未信任的见证方的副署（见 --witness）"),
    "W002": ("a cosigned head is malformed or not this key's", "经副署的快照格式错误，或不属于该密钥"),
    "W003": ("a cosigned head is not this ledger's past", "经副署的快照不是本账本的前身"),
    "W004": ("not the signature of the witness that you trust", "并非您所信任的见证方的副署"),
    "W005": ("the ledger tells of this line otherwise", "账本对此副署的记载不符"),
    "W006": ("the ledger's own or the author's key: no other person", "所用密钥即账本自身或作者的密钥，不计为见证"),
    "W007": ("no witness that you trust put a word under a head", "您信任的见证方均未副署"),
    "W008": ("entries after the largest witnessed head", "晚于所见最大快照的记录"),
}
# fmt: on
OWN = {
    "ledger.opened/": ("public_key", "next_key"), "key.rotated/": ("old_key", "new_key", "next_key"),
    "key.revoked/": ("old_key", "new_key", "next_key"), "author.named/": ("public_key",),
}  # fmt: skip

class Context(NamedTuple):
    """The bundle as verify.py has found it to be. Nothing here is changed by a check."""

    names: set[str]  # the files that are here
    missing: set[str]  # files that are listed and not here: said once already
    take: Callable[..., bytes | None]  # a file's bytes by its name; None where it is not here or is too large
    entries: dict[int, Any]  # the entries that are here, by number
    head: tuple[str, int, bytes]  # origin, size and root of the checkpoint
    opened: Callable[[bytes, int], tuple[str, int, bytes]]  # a note as a head of this ledger of that size; ValueError for any other note
    key_at: Callable[[int], str]  # the verifier key that is the ledger's under a head of that size
    key: bytes  # the signer's public key
    author: bytes  # the author's public key as its file has it; b"" where there is none
    trusted: list[str]  # the verifier keys of witnesses that whoever checks trusts

    def named(self, end: str) -> list[tuple[str, str]]:
        """The names of cosigned heads, or of their proofs, and the size in each."""
        matches = [re.fullmatch(rf"proof/witnessed-({SIZE})\.{end}", name) for name in sorted(self.names)]
        return [(match.group(0), match.group(1)) for match in matches if match]

def read_keys(texts: list[str]) -> list[str]:
    """Verifier keys of witnesses, each given itself or in a file with one a line. ValueError for any other text."""
    found: list[str] = []
    for text in texts:
        lines = [text]
        if text.count("+") < 2:
            with open(text, encoding="utf-8") as file:
                lines = [line.strip() for line in file if line.strip() and line[0] != "#"]
        need(lines)
        found += [line for line in lines if read_vkey(line, b"\x04") and line not in found]
    return found

def line(name: str, raw: bytes) -> bytes:
    return f"\u2014 {name} {base64.b64encode(raw).decode()}\n".encode()

def stamp(seconds: int) -> str:
    at = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=seconds)
    return f"{at.year:04d}-{at.month:02d}-{at.day:02d}T{at.hour:02d}:{at.minute:02d}:{at.second:02d}.000000Z"

def said(vkey: str, by: str, raw: bytes, text: str) -> str | None:
    """The time in a line, if it is this witness's word over a note of this text."""
    name, key = read_vkey(vkey, b"\x04")
    seconds = int.from_bytes(raw[4:12], "big")
    fits = (by, raw[:4], len(raw)) == (name, key_id(name, key, b"\x04"), 76) and seconds <= 253402300799
    return stamp(seconds) if fits and ed25519(key, raw[12:], f"cosignature/v1\ntime {seconds}\n{text}".encode()) else None

def own_keys(bundle: Context) -> set[str]:
    """Fingerprints of the keys of the ledger and its author: whoever holds one of these is no other person."""
    own = {sha256(bundle.key).hex()}
    for entry in bundle.entries.values():
        fields = [name for prefix, names in OWN.items() if entry["kind"].startswith(prefix) for name in names]
        own.update(entry["open"][name] for name in fields if isinstance(entry["open"].get(name), str))
    return own

class Witnesses:
    """findings: codes with details. good: the words that count, {"file", "size", "time", "name", "vkey", "under"}, the largest first."""

    def __init__(self, bundle: Context) -> None:
        self.bundle, self.own = bundle, own_keys(bundle)
        self.findings: list[tuple[str, str]] = []
        self.good: list[dict[str, Any]] = []
        known = {digits for _, digits in bundle.named("txt")}
        for name, digits in bundle.named("consistency"):
            if digits not in known and f"proof/witnessed-{digits}.txt" not in bundle.missing:
                self.findings.append(("W002", name))
        for size in sorted(map(int, known), reverse=True):
            self.head(f"proof/witnessed-{size}", size)
        if bundle.trusted and not self.good:
            self.findings.append(("W007", ""))
        later = [str(seq) for seq in sorted(bundle.entries) if self.good and seq >= self.good[0]["size"]]
        if later:
            self.findings.append(("W008", ", ".join(later)))

    def head(self, stem: str, size: int) -> None:
        """One cosigned head: this ledger's, its own signature first, and the beginning of what the snapshot covers; then the lines."""
        note, path, now = self.bundle.take(stem + ".txt"), None, self.bundle.head
        if note is None:
            return
        try:
            then, (text, signatures) = self.bundle.opened(note, size), read_note(note)
            owner, key = read_vkey(self.bundle.key_at(size))
            need((signatures[0][0], signatures[0][1][:4]) == (owner, key_id(owner, key)))
        except ValueError:
            self.findings.append(("W002", stem + ".txt"))
            return
        proof = self.bundle.take(stem + ".consistency")
        with contextlib.suppress(*FAULTS):
            path = read_consistency(b"?" if proof is None else proof)
        if path is None or not consistent(size, now[1], path, then[2], now[2]):
            self.findings += [("W003", stem + ".txt")] if proof is not None or stem + ".consistency" not in self.bundle.missing else []
            return
        own = text.encode() + b"\n" + line(*signatures[0])
        for by, raw in signatures[1:]:
            self.word(stem + ".txt", size, text, by, raw)
            self.told(stem + ".txt", size, text, own, by, raw)

    def word(self, file: str, size: int, text: str, by: str, raw: bytes) -> None:
        """One line: whether somebody who is trusted said it, and is somebody else."""
        mine = [vkey for vkey in self.bundle.trusted if (vkey.split("+")[0], vkey.split("+")[1]) == (by, raw[:4].hex())]
        good = next(((vkey, at) for vkey in mine for at in [said(vkey, by, raw, text)] if at), None)
        if good is None:
            self.findings.append(("W004" if mine else "W001", f"{file}: {by} {raw[:4].hex()}"))
            return
        key = read_vkey(good[0], b"\x04")[1]
        spki = bytes.fromhex("302a300506032b6570032100") + key  # RFC 8410 section 4
        pem = b"-----BEGIN PUBLIC KEY-----\n" + base64.b64encode(spki) + b"\n-----END PUBLIC KEY-----\n"
        if self.own & {sha256(key).hex(), sha256(spki).hex()} or self.bundle.author == pem:
            self.findings.append(("W006", f"{file}: {by} {raw[:4].hex()}"))
            return
        under = sum(seq < size for seq in self.bundle.entries)
        self.good.append({"file": file, "size": size, "time": good[1], "name": by, "vkey": good[0], "under": under})

    def told(self, file: str, size: int, text: str, own: bytes, by: str, raw: bytes) -> None:
        """What the ledger says of this line."""
        for seq, entry in sorted(self.bundle.entries.items()):
            open_ = entry["open"]
            if not entry["kind"].startswith("head.witnessed/") or open_.get("cosigned") != sha256(own, line(by, raw)).hex():
                continue
            at = None
            with contextlib.suppress(*FAULTS):
                at = said(str(open_.get("vkey")), by, raw, text)
            told = tuple(open_.get(name) for name in ("witness", "key_id", "size", "covers", "time"))
            if at is None or type(open_.get("size")) is not int or told != (by, raw[:4].hex(), size, sha256(own).hex(), at):
                self.findings.append(("W005", f"{seq}: {file}"))
