#!/usr/bin/env python3
"""Check this evidence bundle with nothing but Python's standard library (3.8 or newer). It uses no network.

    python3 verify.py                    check the folder that this file lies in
    python3 verify.py BUNDLE             check another folder, or a zip
    python3 verify.py --key FINGERPRINT  also demand this signer (SHA-256 of the raw public key, 64 hex digits)
    python3 verify.py --root ROOT.pem    also trust this root certificate of a time authority (may be given again)
    python3 verify.py --trust-ca CA.pem  also trust this authority to say whose key the author's is (may be given again)
    python3 verify.py --witness VKEY     also trust this witness: its verifier key, or a file of such keys (may be given again)
    python3 verify.py --lang en          one language (en or zh);  --json  the same outcome for a program

Exit code: 0 good, 1 failed, 2 not a bundle or not safe to open, 3 incomplete.

Five files, each written to be read from top to bottom, and none of them taken from anywhere but the folder that this one lies in:
  verify.py        the procedure: check_1 to check_13 are the steps of docs/bundle-format.md; each finding has a code
  verify_forms.py  the forms and the arithmetic: zip, canonical JSON, Ed25519 (RFC 8032), signed notes, Merkle proofs (RFC 9162)
  verify_time.py   what third parties say: time stamps (RFC 3161), certificates. Without it the rest is checked, and nothing is ANCHORED
  verify_author.py   what the author's own key signed. Without it (or verify_time.py) that is not checked, where there is anything of it
  verify_witness.py  what other people say of the ledger's heads: witnesses. Without it nothing is WITNESSED
Do not trust the copies inside a bundle more than the bundle: get these files from the project, or do the steps by hand as VERIFY.txt shows.
"""

# ruff: noqa: E402, I001, PTH112, PTH113, PTH118, PTH120, PTH123, PTH100, UP035 - Python 3.8, and nothing that an expert must look up
from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import re
import sys
import types
import unicodedata
import zlib
from typing import Any, Callable, Iterable, NoReturn

def beside(name: str) -> Any:
    """The module in the file of that name beside this one, if it is there. Python's own search looks elsewhere and runs compiled copies."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), name + ".py")
    if not os.path.isfile(path):
        return None
    with open(path, "rb") as file:
        code = compile(file.read(), path, "exec")
    module = sys.modules[name] = types.ModuleType(name)
    exec(code, module.__dict__)
    return module

if beside("verify_forms") is None:
    print("verify_forms.py must lie beside verify.py  verify_forms.py 须与 verify.py 放在同一文件夹", file=sys.stderr)
    sys.exit(2)
TIME, WITNESS = beside("verify_time"), beside("verify_witness")
PERSON = beside("verify_author") if TIME else None  # it needs verify_time.py

from verify_forms import (  # as it was just loaded
    DIGITS, FAULTS, HEX64, LARGE, PLACES, SIZE, TEXTS as FORM_TEXTS, Folder, Refused, Zip, all_withheld, canonical, demand, ed25519,
    fingerprint, fits, included, need, read_about, read_checkpoint, read_entry, read_proof, read_rows, read_statement, read_vkey, sha256,
    signed_text, texts, withheld,
)

MISSING_CODES, NOTE_CODES = ("B004", "B005"), ("B007", "K008", "K009", "K010", "T001", "T010", *(TIME.NOTES if TIME else ()))
NOTE_CODES += (*(PERSON.NOTES if PERSON else ()), *(WITNESS.NOTES if WITNESS else ()))
DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
MANIFEST, TAGMANIFEST, SEAL, BUNDLE = "manifest-sha256.txt", "tagmanifest-sha256.txt", "seal.sig", "data/bundle.json"
AUTHOR, AUTHOR_PEM, AUTHOR_CHAIN = "author.sig", "proof/author.pem", "proof/author-chain.pem"  # where the author signed, too
CHECKPOINT, BODY, SIGNATURE = "proof/checkpoint.txt", "proof/checkpoint.body", "proof/checkpoint.sig"
PEM, VKEY, FIRST = "proof/signer.pem", "proof/signer.vkey", "data/entries/00000000.json"
REQUIRED = ("bagit.txt", "bag-info.txt", MANIFEST, TAGMANIFEST, SEAL, BUNDLE, CHECKPOINT, BODY, SIGNATURE, PEM, VKEY)
DROPPINGS = (".DS_Store", "Thumbs.db", "desktop.ini")  # left by file managers in a folder: noted, never read
SMALL = 1 << 16  # no good file has more bytes, but lists, disclosures, originals and blobs

# --- what is said: code -> (en, zh) -------------------------------------------------------------------------------------------------------
# fmt: off
STEPS = {
    1: ("names: all is listed, all that is listed is here", "文件清单：所有文件均已列明，所列文件均在"),
    2: ("hashes: every file is the listed one", "哈希：每个文件与清单一致"),
    3: ("key: one sound signing key", "密钥：唯一且合格的签名公钥"), 4: ("seal: the key signed the list", "封印：清单由该密钥签名"),
    5: ("snapshot: the key signed the ledger", "快照：账本由该密钥签名"),
    6: ("entries: in form, of this ledger", "记录：格式正确，属于本账本"),
    7: ("proofs: entries are in the ledger", "证明：记录均在已签名账本中"),
    8: ("sealed fields: shown as recorded", "密封字段：披露与当时记录一致"),
    9: ("contents: files are the recorded ones", "内容：文件与记录一致"), 10: ("first entry: it names this key", "首条记录：指明该密钥"),
    11: ("time: what is known of it", "时间：可知的范围"),
    12: ("author: what the author's own key signed", "作者：作者本人密钥的签名"),
    13: ("witness: others saw this history", "见证：他人见过这一历史"),
}
TEXTS = {
    "B000": ("this is not an evidence bundle", "这不是证据包"), "B001": ("bagit.txt is not BagIt 1.0", "不是 BagIt 1.0"),
    "B002": ("a list of files is malformed", "文件清单格式错误"), "B003": ("a file that no list names", "清单之外的文件"),
    "B004": ("a listed file is not there", "清单所列文件缺失"), "B005": ("a necessary part is not there", "缺少必备的部分"),
    "B006": ("bag-info.txt is malformed or counts otherwise", "bag-info.txt 格式错误或计数不符"),
    "B007": ("left by a file manager; no part of the bundle", "文件管理器留下的文件，不属于证据包"),
    "D001": ("disclosed values are malformed", "披露内容格式错误"), "D002": ("disclosed, but never sealed", "披露了未曾密封的字段"),
    "D003": ("a disclosed value is not the recorded one", "披露内容与当时记录不符"), "D004": ("disclosed twice", "同一字段重复披露"),
    "D005": ("disclosed values of an entry that is not here", "所披露的记录不在证据包中"),
    "E001": ("an entry is malformed", "记录不符合账本格式"), "E002": ("an entry under another number", "记录编号与文件名不符"),
    "E003": ("an entry of another ledger", "记录属于另一账本"), "E004": ("an entry after the snapshot", "记录晚于快照"),
    "E005": ("an entry does not follow the one before", "记录与前一条不相衔接"),
    "F001": ("a file is not the listed one", "文件与清单不符"), "F002": ("a file is not what its name says", "文件与其名称所示哈希不符"),
    "F003": ("no entry here recorded this picture", "所示记录均未记载此图片"),
    "F004": ("no entry here names this blob", "所示记录均未提及此附件"),
    "F005": ("a file where the format has none", "格式中不应存在的文件"), "K001": ("the public key is malformed", "公钥文件格式错误"),
    "K002": ("the two public key files differ", "两个公钥文件不一致"),
    "K003": ("a key that proves nothing (small order)", "不合格的公钥（小阶点等）"),
    "K004": ("another key than expected", "公钥与预期不符"), "K005": ("the ledger's first entry is not here", "缺少账本首条记录"),
    "K006": ("the first entry names another key", "首条记录指明另一密钥"), "K007": ("a change of key that is not valid", "密钥变更无效"),
    "K008": ("a new key not announced before", "新密钥未事先承诺"),
    "K009": ("a key was lost; the next one took over", "原密钥丢失，由下一密钥接替"),
    "K010": ("a key was stolen; what it signed later does not count", "密钥被盗，其后的签名不计"),
    "M001": ("bundle.json is malformed", "bundle.json 格式错误"), "M002": ("bundle.json lists other entries", "所列记录与实际不符"),
    "M003": ("bundle.json lists other pictures", "所列图片与实际不符"), "M004": ("called withheld, and is shown", "声明不披露却已披露"),
    "M005": ("neither shown nor called withheld", "未披露，也未声明不披露"),
    "M006": ("bundle.json names another snapshot", "所指快照不符"), "P001": ("a proof is malformed", "证明文件格式错误"),
    "P002": ("a proof for another snapshot", "证明针对另一快照"),
    "P003": ("a proof misses the signed root", "证明不能导出已签名的根哈希"), "P004": ("a proof without its entry", "证明没有对应的记录"),
    "S001": ("the seal is not the key's signature", "封印不是该密钥的签名"), "S002": ("the snapshot is malformed", "快照格式错误"),
    "S003": ("the snapshot is not signed by the key", "快照不是由该密钥签名"),
    "S004": ("a part of the snapshot differs from it", "快照的拆分文件与其不符"),
    "T001": ("no trusted third party's time: only the author's own clock", "没有受信任的第三方时间：仅有作者本机时钟"),
    "T010": ("third parties' words were not looked at: verify_time.py is not beside this file", "未检验第三方证明：缺少 verify_time.py"),
}
LIMITS = (
    ("It does not prove that the record is true or complete, or that a person did the work.", "不能证明记录属实、完整或由人完成。"),
    ("It does not prove who holds the key.", "不能证明密钥由谁持有。"),
    ("It does not prove that no other ledger exists.", "不能证明不存在另一份账本。"),
    ("It does not prove when: no trusted third party attested a time.", "不能证明时间：没有受信任的第三方时间证明。"),
)
LATEST = ("It proves that these entries existed by then, not when they were made.", "只证明这些记录最晚在该时刻已存在，不证明何时产生。")
WORDS = {"ANCHORED": "时间已由第三方证明", "INTEGRITY ONLY": "仅证明完整性", "FAILED": "未通过", "REFUSED": "拒绝打开"}
WORDS["INCOMPLETE"] = "不完整"
# fmt: on
TEXTS.update(FORM_TEXTS)
for part in (TIME, PERSON, WITNESS):
    TEXTS.update(part.TEXTS if part else {})
CODES = {"ANCHORED": 0, "INTEGRITY ONLY": 0, "FAILED": 1, "REFUSED": 2, "INCOMPLETE": 3}

# --- the procedure ------------------------------------------------------------------------------------------------------------------------

class Check:
    """One verification: the steps in their order over the files of a bundle. A step that lacks a part that it needs returns False."""

    def __init__(self, files: Any, expected: str | None, roots: list[Any], authorities: list[Any], witnesses: Any = ()) -> None:
        self.files, self.expected, self.step, self.made_at = files, expected, 0, ""
        self.witnesses, self.seen_by = list(witnesses), []  # type: list[str], list[Any]
        self.roots, self.authorities = roots, authorities  # certificates, as verify_time.py reads them
        self.added: set[str] = set()  # what stands beside a good verdict
        self.findings: list[tuple[int, str, str]] = []
        self.undone: list[int] = []
        self.names = {n for n in files.sizes if n.rpartition("/")[2] not in DROPPINGS or n in files.crcs}
        self.listed, self.missing, self.hashes = {}, set(), {}  # type: dict[str, str], set[str], dict[str, str]
        self.entries, self.leaves, self.shown = {}, {}, {}  # type: dict[int, Any], dict[int, bytes], dict[int, Any]
        self.key = self.head = None  # type: Any
        self.vkey, self.checkpoint, self.withheld, self.anchors = "", b"", [], []  # type: str, bytes, list[str], list[Any]
        self.reigns: list[tuple[int, str]] = []  # the ledger's keys, each with the number of the entry that brought it

    def run(self) -> str:
        demand("bagit.txt" in self.files.sizes or BUNDLE in self.files.sizes, "B000")
        for self.step in STEPS:
            if getattr(self, f"check_{self.step}")() is False:
                self.undone.append(self.step)
        codes = {code for _, code, _ in self.findings}
        if codes - {*MISSING_CODES, *NOTE_CODES}:
            return "FAILED"
        return "INCOMPLETE" if codes & {*MISSING_CODES} or self.undone else "ANCHORED" if self.anchors else "INTEGRITY ONLY"

    def found(self, code: str, detail: object = "") -> None:
        self.findings.append((self.step, code, str(detail)))

    def expect(self, good: object, code: str, detail: object = "") -> None:
        if not good:
            self.found(code, detail)

    def gone(self, name: str) -> bool:
        """Absent without being listed; what is listed and absent was said once, as B004."""
        return name not in self.names and name not in self.missing

    def take(self, name: str, cap: int = SMALL) -> bytes | None:
        """A small file's bytes, None where it is not there or too large."""
        if name not in self.files.sizes:
            return None
        data = bytearray()
        for chunk in self.files.chunks(name):
            data += chunk
            if len(data) > cap:
                self.found("Z013", name)
                return None
        return bytes(data)

    def read(self, name: str, reader: Callable[[bytes], Any], code: str, cap: int = SMALL) -> Any:
        """The same through its reader; None, and the code, where it is in another form."""
        data = self.take(name, cap)
        try:
            return None if data is None else reader(data)
        except FAULTS:
            self.found(code, name)
            return None

    def named(self, pattern: str) -> list[tuple[str, str]]:
        """The names of this form, and the digits in each."""
        matches = [re.fullmatch(pattern, name) for name in sorted(self.names)]
        return [(match.group(0), match.group(1)) for match in matches if match]

    def check_1(self) -> None:
        for name in sorted(set(self.files.sizes) - self.names):
            self.found("B007", name)
        self.expect(self.take("bagit.txt") in (None, DECLARATION), "B001")
        for manifest, payload in ((MANIFEST, True), (TAGMANIFEST, False)):
            rows = self.read(manifest, lambda data: self.manifest(data, payload), "B002", LARGE)  # noqa: B023 - called at once
            if rows is not None:
                unlisted = {name for name in self.names if name.startswith("data/") == payload} - set(rows)
                for name in sorted(unlisted - {TAGMANIFEST, SEAL, AUTHOR}):
                    self.found("B003", name)
                self.listed.update(rows)
        self.missing = set(self.listed) - self.names
        for name in sorted(self.missing):
            self.found("B004", name)
        for name in REQUIRED:
            self.expect(not self.gone(name), "B005", name)
        pair = {AUTHOR, AUTHOR_PEM} if any(not self.gone(name) for name in (AUTHOR, AUTHOR_PEM, AUTHOR_CHAIN)) else set()
        for name in sorted(pair):
            self.expect(not self.gone(name), "B005", name)
        oxum = self.read("bag-info.txt", self.bag_info, "B006")
        sizes = [self.files.sizes[name] for name in self.names if name.startswith("data/")]
        partial = oxum is None or any(name.startswith("data/") for name in self.missing)
        self.expect(partial or oxum == f"{sum(sizes)}.{len(sizes)}", "B006", oxum)

    @staticmethod
    def manifest(data: bytes, payload: bool) -> dict[str, str]:
        """RFC 8493 section 2.1.3, as `sha256sum` writes it: hash, two blanks, name; sorted; CR, LF and % percent-encoded."""
        rows: dict[str, str] = {}
        *lines, end = data.decode("utf-8").split("\n")
        for line in lines:
            need(fits(line, HEX64 + "  [^ ].*") and "\r" not in line and not re.search("%(?!25|0D|0A)", line))
            name = line[66:].replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
            need(name not in rows and name.startswith("data/") == payload and name not in (TAGMANIFEST, SEAL, AUTHOR))
            rows[name] = line[:64]
        need(not end and list(rows) == sorted(rows))
        return rows

    @staticmethod
    def bag_info(data: bytes) -> str:
        """The Payload-Oxum, "" where none is stated."""
        *lines, end = data.decode("utf-8").split("\n")
        need(not end and all(fits(line, r"[A-Za-z0-9-]+: \S(.*\S)?") for line in lines))
        rows = dict(line.split(": ", 1) for line in lines)
        need(len(rows) == len(lines))
        return rows.get("Payload-Oxum", "")

    def check_2(self) -> None:
        for name in sorted(self.names):
            digest, crc = hashlib.sha256(), 0
            for chunk in self.files.chunks(name):
                digest.update(chunk)
                crc = zlib.crc32(chunk, crc)
            self.hashes[name] = digest.hexdigest()
            if self.listed.get(name, self.hashes[name]) != self.hashes[name]:
                self.found("F001", name)
            else:
                self.expect(self.files.crcs.get(name, crc) == crc, "Z012", name)

    def check_3(self) -> bool | None:
        pem, vkey = self.take(PEM), self.read(VKEY, lambda data: data.decode("ascii"), "K001")
        if pem is None or vkey is None:
            return False
        try:
            line = vkey[:-1] if vkey.endswith("\n") else vkey
            self.key, self.vkey = read_vkey(line)[1], line
        except ValueError as error:
            self.found(*(("K003",) if str(error) == "weak" else ("K001", VKEY)))
            return False
        self.expect(vkey == self.vkey + "\n", "K001", VKEY)
        # RFC 8410 section 4: SubjectPublicKeyInfo of an Ed25519 key is these twelve bytes and the key
        body = base64.b64encode(bytes.fromhex("302a300506032b6570032100") + self.key)
        if re.fullmatch(rb"-----BEGIN PUBLIC KEY-----\n[A-Za-z0-9+/]{59}=\n-----END PUBLIC KEY-----\n", pem):
            self.expect(pem.split(b"\n")[1] == body, "K002")
        else:
            self.found("K001", PEM)
        return None

    def check_4(self) -> bool | None:
        seal, manifest = self.take(SEAL), self.take(TAGMANIFEST, LARGE)
        if self.key is None or seal is None or manifest is None:
            return False
        self.expect(ed25519(self.key, seal, manifest), "S001")
        return None

    def opened(self, data: bytes, vkey: str) -> tuple[Any, str, bytes]:
        """A head that this key signed: origin, size and root; the signed text; the signature. ValueError, with the code, for another."""
        code = "S002"
        try:
            text, signature = signed_text(data, vkey)
            if not signature:
                code = "S003"
                raise ValueError
            head = read_checkpoint(text)
            need(head[0] == vkey.partition("+")[0])
        except ValueError:
            raise ValueError(code) from None
        return head, text, signature

    def check_5(self) -> bool | None:
        data = self.take(CHECKPOINT)
        if data is None or self.key is None:
            return False
        self.checkpoint = data
        try:
            self.head, text, signature = self.opened(data, self.vkey)
        except ValueError as error:
            self.found(str(error))
            return False
        for name, part in ((BODY, text.encode()), (SIGNATURE, signature)):
            self.expect(self.take(name) in (None, part), "S004", name)
        return None

    def check_6(self) -> None:
        for name, digits in self.named(f"data/entries/{DIGITS}\\.json"):
            entry = self.read(name, read_entry, "E001", 65535)
            if entry and digits != f'{entry["seq"]:08d}':
                self.found("E002", name)
            elif entry:
                self.entries[entry["seq"]], self.leaves[entry["seq"]] = entry, sha256(b"\x00", canonical(entry))
                self.expect(not self.head or entry["log"] == self.head[0], "E003", name)
                self.expect(not self.head or entry["seq"] < self.head[1], "E004", name)

    def check_7(self) -> bool | None:
        for seq, entry in sorted(self.entries.items()):
            before = self.leaves.get(seq - 1)
            self.expect(entry["prev"] == ("0" * 64 if seq == 0 else before.hex() if before else entry["prev"]), "E005", seq)
            name = f"proof/{seq:08d}.tlog-proof"
            self.expect(not self.gone(name), "B005", name)
            proof = self.read(name, read_proof, "P001") if self.head else None
            if proof:
                self.expect(proof[2] == self.checkpoint, "P002", name)
                good = proof[0] == seq and included(seq, self.head[1], self.leaves[seq], proof[1], self.head[2])
                self.expect(good, "P003", name)
        for name, digits in self.named(f"proof/{DIGITS}\\.tlog-proof"):
            self.expect(not self.gone(f"data/entries/{digits}.json"), "P004", name)
        return None if self.head else False

    def check_8(self) -> None:
        for name, digits in self.named(f"data/disclosures/{DIGITS}\\.json"):
            rows, seq = self.read(name, read_rows, "D001", LARGE), int(digits)
            if rows is None:
                continue
            if digits != f"{seq:08d}":
                self.found("D001", name)
            elif seq in self.entries:
                self.shown[seq] = self.disclosed(name, self.entries[seq]["sealed"], rows)
            else:
                self.expect(not self.gone(f"data/entries/{digits}.json"), "D005", name)

    def disclosed(self, name: str, sealed: dict[str, str], rows: list[Any]) -> dict[str, Any]:
        """The values whose SHA-256 over the canonical bytes of [salt, name, value] is the entry's commitment."""
        values: dict[str, Any] = {}
        for row in rows:
            code = "D002" if row[1] not in sealed else "D003" if sha256(canonical(row)).hex() != sealed[row[1]] else "D004"
            if code == "D004" and row[1] not in values:
                values[row[1]] = row[2]
            else:
                self.found(code, f"{name}: {row[1]}")
        return values

    def check_9(self) -> bool | None:
        said = {text for entry in self.entries.values() for text in texts(entry["open"])} | set(texts(list(self.shown.values())))
        whole = not any(name.startswith(("data/entries/", "data/disclosures/")) for name in self.missing)
        for name in sorted(name for name in self.names if name.startswith("data/")):
            stem = name.rpartition("/")[2].partition(".")[0]
            if not fits(name, PLACES):
                self.found("F005", name)
            elif name.startswith(("data/originals/", "data/blobs/")) and not self.hashes[name].startswith(stem):
                self.found("F002", name)
            else:
                self.expect(not name.startswith("data/blobs/") or not whole or stem in said, "F004", name)
        about = self.read(BUNDLE, read_about, "M001", LARGE)
        if about is None:
            return BUNDLE in self.names
        self.withheld, self.made_at = all_withheld(about), about["made_at"]
        if self.head:
            snapshot = {"size": self.head[1], "root": base64.b64encode(self.head[2]).decode()}
            self.expect((about["log"], about["snapshot"]) == (self.head[0], snapshot), "M006")
        self.lists(about)
        for seq, entry in sorted(self.entries.items()):  # each sealed field is shown or withheld, and never both
            shown, hidden = set(self.shown.get(seq, {})), withheld(about, seq)
            for code, fields in (("M004", shown & hidden), ("M005", set(entry["sealed"]) - shown - hidden)):
                for field in sorted(fields) if f"data/disclosures/{seq:08d}.json" not in self.missing else ():
                    self.found(code, f"{seq}: {field}")
        return None

    def lists(self, about: dict[str, Any]) -> None:
        """bundle.json against the entries and pictures that are here."""
        listed = {f"data/entries/{seq:08d}.json" for seq in about["entries"]}
        astray = {name for name in listed if self.gone(name)} | {n for n in self.names if n.startswith("data/entries/")} - listed
        astray |= {f"data/entries/{seq:08d}.json" for row in about["pictures"] for seq in row["entries"]} - listed
        for name in sorted(astray):
            self.found("M002", name)
        for row in about["pictures"]:
            file, preview, sha = row["file"], row.get("preview"), row["sha256"]
            absent = any(self.gone(name) for name in [file, preview and "data/blobs/" + preview] if name)
            if absent or not (file is None or file.startswith("data/originals/")):
                self.found("M003", sha)
            else:
                self.expect(file is None or self.hashes.get(file, sha) == sha, "F002", file)
            known = [self.entries[seq]["open"].get("sha256") for seq in row["entries"] if seq in self.entries]
            self.expect(len(known) < len(row["entries"]) or sha in known, "F003", sha)
        files = {row["file"] for row in about["pictures"]}
        for name in sorted(name for name in self.names - files if name.startswith("data/originals/")):
            self.found("M003", name)

    def check_10(self) -> bool | None:
        entry = self.entries.get(0)
        opened: Any = entry["open"] if entry else {}
        if not entry or not entry["kind"].startswith("ledger.opened/"):
            self.expect(not entry and not self.gone(FIRST), "K005")
        else:
            try:
                need(opened.get("public_key") == fingerprint(str(opened.get("vkey"))) and fits(opened.get("next_key", ""), HEX64 + "|"))
                self.follow(opened["vkey"], opened.get("next_key", ""))
                need(self.key is None or self.vkey == self.key_at(self.head[1] if self.head else 1 << 63))
            except ValueError:
                self.found("K006")
        ours = [fingerprint(vkey) for _, vkey in self.reigns if self.vkey in [vkey for _, vkey in self.reigns]]
        if self.key and self.expected not in (None, fingerprint(self.vkey), *ours):
            self.findings.append((3, "K004", fingerprint(self.vkey)))
        return None if entry else False

    def follow(self, vkey: str, committed: str) -> None:
        """The keys that the ledger had after its first one: each entry that changes it carries a statement that the keys signed."""
        self.reigns = [(-1, vkey)]
        for seq, entry in sorted(self.entries.items()):
            if not entry["kind"].startswith(("key.rotated/", "key.revoked/")):
                continue
            try:
                said, (after, old) = read_statement(str(entry["open"].get("statement", ""))), self.reigns[-1]
                event = said["event"]
                need(said["ledger"] == old.partition("+")[0] == said["new"].partition("+")[0] and said["old"] == old)
                need(said["new"] not in [vkey for _, vkey in self.reigns] and after < int(said["size"]) and 0 < int(said["size"]) <= seq)
                need(entry["kind"] == ("key.revoked/1" if event == "revoked" else "key.rotated/1"))
                since = "" if said["since"] == "-" else said["since"]
                told = [entry["open"].get(name) for name in ("old_key", "new_key", "next_key")]
                need(told == [fingerprint(old), fingerprint(said["new"]), said["next"]] and entry["open"].get("since", "") == since)
                need(entry["open"].get("event", "revoked") == event)
                need(fingerprint(said["new"]) == committed if committed else event == "rotated")
            except ValueError:
                self.found("K007", seq)
                return  # whoever comes after a key that never reigned does not reign either
            self.expect(committed, "K008", seq)
            self.expect(event == "rotated", "K009" if event == "lost" else "K010", seq)
            self.reigns, committed = [*self.reigns, (seq, said["new"])], said["next"]

    def key_at(self, size: int) -> str:
        """The key whose signature counts under a head of that many entries, as far as the entries tell."""
        return next((vkey for after, vkey in reversed(self.reigns) if after < size), self.vkey)

    def third(self) -> Any:
        """What verify_time.py is shown."""
        return TIME.Context(
            self.names, self.missing, self.hashes, self.take, self.entries, self.leaves, self.head,
            self.opened_at, self.made_at, self.roots, self.authorities,
        )  # fmt: skip

    def said(self, said: Any) -> None:
        for code, detail in said.findings:
            self.found(code, detail)
        self.anchors += said.anchors
        self.added |= said.words

    def opened_at(self, data: bytes, size: int) -> Any:
        """The same for a head over that many entries, by the key that was the ledger's then."""
        head = self.opened(data, self.key_at(size))[0]
        need(head[1] == size)
        return head

    def check_11(self) -> None:
        if TIME is None:
            self.found("T010")
            self.found("T001")
        else:
            self.said(TIME.time(self.third()))

    def check_12(self) -> bool | None:
        if not self.has(12):
            return None
        if PERSON is None:
            return False
        self.said(PERSON.author(self.third()))
        return None

    def check_13(self) -> bool | None:
        if not self.has(13):
            return None
        if WITNESS is None or self.head is None:
            return False
        pem = self.take(AUTHOR_PEM) if self.files.sizes.get(AUTHOR_PEM, LARGE) < 200 else None
        said = WITNESS.Witnesses(WITNESS.Context(
            self.names, self.missing, self.take, self.entries, self.head, self.opened_at, self.key_at, self.key, pem or b"", self.witnesses,
        ))  # fmt: skip
        self.findings += [(13, code, detail) for code, detail in said.findings]
        self.seen_by, self.added = said.good, self.added | ({"WITNESSED"} if said.good else set())
        return None

    def has(self, step: int) -> bool:
        """Whether a bundle has anything that this step is about."""
        seen = self.witnesses or any(fits(name, f"proof/witnessed-{SIZE}\\.(txt|consistency)") for name in self.names)
        signed = any(entry["kind"].startswith("statement.signed/") for entry in self.entries.values())
        return bool({12: signed or self.names & {AUTHOR, AUTHOR_PEM, AUTHOR_CHAIN}, 13: seen}.get(step, True))

# --- the program --------------------------------------------------------------------------------------------------------------------------

def visible(text: object) -> str:
    """Untrusted text with every control, direction and undecodable character as a code: it must not move the cursor."""
    return "".join(f"\\u{{{ord(c):04X}}}" if unicodedata.category(c)[0] == "C" or c in "\u2028\u2029" else c for c in str(text))

def show(check: Check | None, refusal: Refused | None, word: str, lang: int | None) -> None:
    def say(pair: tuple[str, str]) -> str:
        return "  ".join(pair) if lang is None else pair[lang]

    if refusal:
        print(f"{refusal.code}  {visible(refusal.detail)}\n      {say(TEXTS[refusal.code])}")
    for number in (n for n in STEPS if check and check.has(n)):
        here = [(code, detail) for step, code, detail in check.findings if step == number] if check else []
        bad = any(code not in NOTE_CODES for code, _ in here)
        print(f"{number:2d} {'NO' if bad else '--' if check and number in check.undone else 'ok'}  {say(STEPS[number])}")
        for code, detail in here[:20]:
            print(f"      {code} {visible(detail)}  {say(TEXTS[code])}")
        print(f"      ... +{len(here) - 20}\n" if len(here) > 20 else "", end="")
    if check:
        print(f"\n{say(('key', '密钥'))}  SHA-256 {sha256(check.key).hex() if check.key else '?'}")
        print(f"{say(('withheld', '未披露'))}  {', '.join(map(visible, check.withheld)) or say(('none', '无'))}")
    for anchor in check.anchors if check else ():
        entries = f"{say(('entries', '记录'))} 0-{anchor['size'] - 1}"
        print(f"{say(('by', '不晚于'))} {anchor['time']}  {entries}  {anchor['by']} {anchor['root']}  {anchor['file']}")
    for one in check.seen_by if check else ():
        shown = f"0-{one['size'] - 1} ({one['under']}/{len(check.entries) if check else 0})"
        print(f"{say(('seen', '见于'))} {one['time']}  {say(('entries', '记录'))} {shown}  {visible(one['name'])}  {one['file']}")
    for more in sorted(check.added) if check and CODES[word] == 0 else ():
        print(f"\n+ {more}", end="")
    print(f"\n{word}  {WORDS[word]}" if lang is None else f"\n{word if lang == 0 else WORDS[word]}")
    for limit in {"INTEGRITY ONLY": LIMITS, "ANCHORED": (*LIMITS[:3], LATEST)}.get(word, ()):
        print("  - " + say(limit))

def examine(
    path: str, key: str | None = None, roots: Iterable[bytes] = (), cas: Iterable[bytes] = (), witnesses: Iterable[str] = ()
) -> tuple[Check | None, Refused | None, str]:
    """The verification of a folder or zip, or why it is not opened, and the verdict. roots, cas: certificates that are trusted, DER or PEM;
    witnesses: verifier keys, or files of them (ValueError for what is none)."""
    trusted = [[certificate for data in files for certificate in TIME.certificates(data)] if TIME else [] for files in (roots, cas)]
    trusted.append(WITNESS.read_keys(list(witnesses)) if WITNESS else [])
    try:
        if os.path.isdir(path):
            check = Check(Folder(path), key, *trusted)
            return check, None, check.run()
        with open(path, "rb") as file:
            check = Check(Zip(file), key, *trusted)
            return check, None, check.run()
    except Refused as error:
        return None, error, "REFUSED"

def read_file(name: str) -> bytes:
    with open(name, "rb") as file:
        return file.read()

def main() -> NoReturn:
    for stream in (sys.stdout, sys.stderr):
        getattr(stream, "reconfigure", lambda **_: None)(encoding="utf-8", errors="backslashreplace")
    parser = argparse.ArgumentParser(description="Check an evidence bundle. 检验证据包。")
    parser.add_argument("bundle", nargs="?", default=os.path.dirname(os.path.abspath(__file__)), help="folder or zip")
    parser.add_argument("--key", help="SHA-256 of the signer's raw public key, 64 hex digits")
    parser.add_argument("--root", action="append", default=[], metavar="PEM", help="a root certificate that you trust for time")
    parser.add_argument("--trust-ca", action="append", default=[], metavar="PEM", help="an authority that you trust to name the author")
    parser.add_argument("--witness", action="append", default=[], metavar="VKEY", help="a witness that you trust, or a file of such keys")
    parser.add_argument("--lang", choices=("en", "zh"), help="one language instead of both")
    parser.add_argument("--json", action="store_true", help="print JSON")
    args = parser.parse_args()
    try:
        roots, cas = ([read_file(name) for name in names] for names in (args.root, args.trust_ca))
        check, refusal, word = examine(args.bundle, args.key and args.key.lower(), roots, cas, args.witness)
    except OSError as error:
        print(f"{visible(str(error.filename or args.bundle))}: {error.strerror}", file=sys.stderr)
        sys.exit(2)
    except ValueError:
        print("--witness: not a witness's verifier key  不是见证方的验证密钥", file=sys.stderr)
        sys.exit(2)
    if args.json:
        findings = [(0, refusal.code, refusal.detail)] if refusal else check.findings if check else []
        rows = [{"step": step, "code": code, "detail": visible(detail)} for step, code, detail in findings]
        told = {"withheld": check.withheld if check else [], "anchors": check.anchors if check else []}
        told["witnesses"] = check.seen_by if check else []
        told["added"] = sorted(check.added) if check and CODES[word] == 0 else []
        print(json.dumps({"verdict": word, "findings": rows, **told}, indent=1))
    else:
        show(check, refusal, word, None if args.lang is None else ("en", "zh").index(args.lang))
    sys.exit(CODES[word])

if __name__ == "__main__":
    main()
