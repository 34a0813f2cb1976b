#!/usr/bin/env python3
"""Check this evidence bundle with nothing but Python's standard library (3.8 or newer).

    python3 verify.py                    check the folder that this file lies in
    python3 verify.py BUNDLE             check another folder, or a zip
    python3 verify.py --key FINGERPRINT  also demand this signer (SHA-256 of the raw public key, 64 hex digits)
    python3 verify.py --json             the same outcome for a program

Exit code: 0 good, 1 failed, 2 not a bundle or not safe to open, 3 incomplete.

It was written to be read. Each step of the procedure is one function, check_1 to check_11; each finding has a code. Formats:
  BagIt 1.0                 RFC 8493
  canonical JSON            RFC 8785, here without floats and with integers below 2^53
  Merkle tree               RFC 6962 section 2.1; inclusion proof as in RFC 9162 section 2.1.3.2
  signed snapshot           C2SP signed-note v1.0.0, tlog-checkpoint v1.0.0, tlog-proof v1 (https://c2sp.org)
  Ed25519                   RFC 8032 section 5.1.7; key as PEM: RFC 8410
Do not trust the copy inside a bundle more than the bundle: get this file from the project, or read it, or do the steps by hand as
VERIFY.txt shows.
"""

# ruff: noqa: PTH112, PTH118, PTH120, PTH123, PTH100, UP006, UP035 - Python 3.8, and nothing that an expert must look up

from __future__ import annotations

import argparse
import base64
import binascii
import datetime
import hashlib
import json
import os
import re
import stat
import struct
import sys
import unicodedata
import zlib
from typing import Any, BinaryIO, Iterator, NoReturn, Tuple

MISSING_CODES, NOTE_CODES = ("B004", "B005"), ("B007", "T001")
DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
MANIFEST, TAGMANIFEST, SEAL, BUNDLE = "manifest-sha256.txt", "tagmanifest-sha256.txt", "seal.sig", "data/bundle.json"
CHECKPOINT, BODY, SIGNATURE = "proof/checkpoint.txt", "proof/checkpoint.body", "proof/checkpoint.sig"
PEM, VKEY = "proof/signer.pem", "proof/signer.vkey"
REQUIRED = ("bagit.txt", "bag-info.txt", MANIFEST, TAGMANIFEST, SEAL, BUNDLE, CHECKPOINT, BODY, SIGNATURE, PEM, VKEY)
DROPPINGS = (".DS_Store", "Thumbs.db", "desktop.ini")  # left by file managers in a folder: noted, never read
HEX64 = re.compile(r"[0-9a-f]{64}")


class Refused(Exception):
    """Not a bundle, or not one that can be opened without danger."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code, self.detail = code, detail


# --- names that mean one and the same file on every system ----------------------------------------------------------------------

DEVICES = ["con", "prn", "aux", "nul", "conin$", "conout$"] + [k + n for k in ("com", "lpt") for n in "0123456789\u00b9\u00b2\u00b3"]


def bad_name(name: str) -> bool:
    parts = name.split("/")
    if any(part in ("", ".", "..") or part[-1] in ". " or part[0] == " " for part in parts):
        return True
    if any(c in '\\:*?"<>|' or unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") for c in name):
        return True
    if any(part.split(".")[0].rstrip().casefold() in DEVICES for part in parts):
        return True
    return len(name.encode()) > 240 or len(parts) > 8 or unicodedata.normalize("NFC", name) != name


def check_names(names: list[str]) -> None:
    """Refuse bad names, and two names that some file system takes for one (NFC and case folding), folders included."""
    folders: dict[str, str] = {}
    files = set()
    for name in names:
        if bad_name(name):
            raise Refused("Z008", name)
    for name in names:
        parts = name.split("/")
        for count in range(1, len(parts)):
            path = "/".join(parts[:count])
            if folders.setdefault(fold(path), path) != path or fold(path) in files:
                raise Refused("Z009", name)
        if fold(name) in files or fold(name) in folders:
            raise Refused("Z009", name)
        files.add(fold(name))


def fold(path: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


# --- the two containers ---------------------------------------------------------------------------------------------------------


class Folder:
    """An unpacked bundle. Links and special files are refused, not followed."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.sizes: dict[str, int] = {}
        self._list(root, "")
        check_names(sorted(self.sizes))

    def _list(self, folder: str, above: str) -> None:
        with os.scandir(folder) as items:
            for item in items:
                found = item.stat(follow_symlinks=False)
                kind = found.st_mode
                if bad_name(above + item.name):
                    raise Refused("Z008", above + item.name)
                if getattr(found, "st_file_attributes", 0) & 0x400 or not (stat.S_ISREG(kind) or stat.S_ISDIR(kind)):
                    raise Refused("Z011", above + item.name)
                if stat.S_ISDIR(kind):
                    self._list(os.path.join(folder, item.name), above + item.name + "/")
                else:
                    self.sizes[above + item.name] = found.st_size

    def crc(self, name: str) -> int | None:
        return None

    def chunks(self, name: str) -> Iterator[bytes]:
        with open(os.path.join(self.root, *name.split("/")), "rb") as file:
            yield from iter(lambda: file.read(1 << 20), b"")


class Zip:
    """A zip in the one spelling that a bundle has: stored, from byte 0, no gaps, extras, comments; see docs/bundle-format.md.

    Every header byte is worked out from name, size and CRC-32 and compared, so that nothing can hide between the files.
    """

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        total = self.file.seek(0, 2)
        count, size, offset = self._end(total)
        directory = self._at(offset, size)
        self.members: dict[str, tuple[int, int, int]] = {}
        at = place = found = 0
        while at < len(directory):
            if directory[at : at + 4] != b"PK\1\2" or len(directory) - at < 46:
                raise Refused("Z001", "directory")
            name, size, crc, start, at = self._member(directory, at)
            header = local_header(name, size, crc)
            if start != place:
                raise Refused("Z006", name)
            if place + len(header) + size > offset or self._at(place, len(header)) != header:
                raise Refused("Z005", name)
            if name in self.members:
                raise Refused("Z009", name)
            self.members[name] = (place + len(header), size, crc)
            place, found = place + len(header) + size, found + 1
        if found != count or place != offset:
            raise Refused("Z001" if found != count else "Z006")
        check_names(list(self.members))
        tops = {name.partition("/")[0] for name in self.members}
        top = min(tops) if tops else ""
        if len(tops) != 1 or not re.fullmatch("EVIDENCE-[^/]+", top) or top in self.members:
            raise Refused("Z010")
        self.members = {name[len(top) + 1 :]: found for name, found in self.members.items()}
        self.sizes = {name: member[1] for name, member in self.members.items()}

    def _at(self, place: int, size: int) -> bytes:
        self.file.seek(place)
        return self.file.read(size)

    def _end(self, total: int) -> tuple[int, int, int]:
        tail = self._at(max(0, total - 98), 98)
        if tail[-22:-18] != b"PK\5\6":
            raise Refused("Z001", "end record")
        count, size, offset = struct.unpack("<HII", tail[-12:-2])
        if len(tail) == 98 and tail[:4] == b"PK\6\6" and tail[56:60] == b"PK\6\7":
            count, size, offset = struct.unpack("<3Q", tail[32:56])
        end = b""
        if count >= 0xFFFF or max(size, offset) >= 0xFFFFFFFF:
            end = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 0x32D, 45, 0, 0, count, count, size, offset)
            end += struct.pack("<4sIQI", b"PK\6\7", 0, offset + size, 1)
        short = (min(count, 0xFFFF), min(count, 0xFFFF), min(size, 0xFFFFFFFF), min(offset, 0xFFFFFFFF))
        end += struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, *short, 0)
        if not tail.endswith(end) or offset + size + len(end) != total:
            raise Refused("Z001", "end record")
        if size > 64 << 20:
            raise Refused("Z013", "directory")
        return count, size, offset

    def _member(self, data: bytes, at: int) -> tuple[str, int, int, int, int]:
        made, _, flags, method, _, _, crc, _, size, n, e, c, _, _, mode, start = struct.unpack("<6H3I5H2I", data[at + 4 : at + 46])
        raw, extra = data[at + 46 : at + 46 + n], data[at + 46 + n : at + 46 + n + e]
        wide = list(struct.unpack(f"<{len(extra[4:]) // 8}Q", extra[4 : 4 + len(extra[4:]) // 8 * 8]))
        size = wide[0] if size == 0xFFFFFFFF and len(wide) >= 2 else size
        start = wide[-1] if start == 0xFFFFFFFF and wide else start
        try:
            name = raw.decode("utf-8")
        except UnicodeDecodeError:
            raise Refused("Z008", repr(raw)) from None
        if data[at : at + 46 + n + e + c] != central_header(name, size, crc, start):
            if method or flags & 1:
                raise Refused("Z002", name)
            if mode != 0o100644 << 16 or made >> 8 != 3:
                raise Refused("Z004", name)
            raise Refused("Z003" if e or c else "Z007", name)
        return name, size, crc, start, at + 46 + n + e + c

    def crc(self, name: str) -> int | None:
        return self.members[name][2]

    def chunks(self, name: str) -> Iterator[bytes]:
        at, left, _ = self.members[name]
        while left:
            chunk = self._at(at, min(left, 1 << 20))
            if not chunk:
                raise Refused("Z001", name)
            at, left = at + len(chunk), left - len(chunk)
            yield chunk


def local_header(name: str, size: int, crc: int) -> bytes:
    extra = struct.pack("<2H2Q", 1, 16, size, size) if size >= 0xFFFFFFFF else b""
    short, n = min(size, 0xFFFFFFFF), len(name.encode())
    fixed = struct.pack("<4s5H3I2H", b"PK\3\4", 45 if extra else 20, 0x800, 0, 0, 33, crc, short, short, n, len(extra))
    return fixed + name.encode() + extra


def central_header(name: str, size: int, crc: int, start: int) -> bytes:
    wide = struct.pack("<2Q", size, size) if size >= 0xFFFFFFFF else b""
    wide += struct.pack("<Q", start) if start >= 0xFFFFFFFF else b""
    extra, version = (struct.pack("<2H", 1, len(wide)) + wide, 45) if wide else (b"", 20)
    short, n = min(size, 0xFFFFFFFF), len(name.encode())
    fixed = struct.pack("<4s6H3I3H", b"PK\1\2", 0x300 | version, version, 0x800, 0, 0, 33, crc, short, short, n, len(extra), 0)
    return fixed + struct.pack("<2H2I", 0, 0, 0o100644 << 16, min(start, 0xFFFFFFFF)) + name.encode() + extra


# --- canonical JSON (RFC 8785, restricted) ---------------------------------------------------------------------------------------


def canonical(value: Any, depth: int = 1) -> bytes:
    if isinstance(value, str) or value is None or value is True or value is False:
        return json.dumps(value, ensure_ascii=False).encode("utf-8")  # a lone surrogate is a ValueError here
    if type(value) is int and abs(value) < 1 << 53:
        return b"%d" % value
    if depth > 32 or not isinstance(value, (dict, list)):
        raise ValueError("no canonical form")
    if isinstance(value, list):
        return b"[" + b",".join(canonical(item, depth + 1) for item in value) + b"]"
    # RFC 8785 section 3.2.3: keys are sorted by their UTF-16 code units
    rows = sorted(value.items(), key=lambda row: row[0].encode("utf-16-be", "surrogatepass"))
    return b"{" + b",".join(canonical(key) + b":" + canonical(item, depth + 1) for key, item in rows) + b"}"


def parse_json(data: bytes) -> Any:
    """The value, if these bytes are its canonical form; else ValueError. That refuses duplicate keys, blanks, floats."""
    try:
        value = json.loads(data.decode("utf-8"))
        if canonical(value) != data:
            raise ValueError("not canonical")
    except RecursionError:
        raise ValueError("too deep") from None
    return value


# --- Ed25519 (RFC 8032 section 5.1), verification only ---------------------------------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
Point = Tuple[int, int, int, int]
# extended coordinates: x = X/Z, y = Y/Z, x*y = T/Z


def add(a: Point, b: Point) -> Point:
    """RFC 8032 section 5.1.4; the formula is complete, so it doubles too."""
    A, B = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    C, Z = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    E, F, G, H = B - A, Z - C, Z + C, B + A
    return E * F % P, G * H % P, F * G % P, E * H % P


def multiply(count: int, point: Point) -> Point:
    result: Point = (0, 1, 1, 0)
    while count:
        if count & 1:
            result = add(result, point)
        point, count = add(point, point), count >> 1
    return result


def same(a: Point, b: Point) -> bool:
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def decompress(data: bytes) -> Point | None:
    """RFC 8032 section 5.1.3. A y of P or more, or the sign bit on x = 0, is a second spelling and refused."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if len(data) != 32 or y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - x2) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = decompress(b"\x58" + b"\x66" * 31)


def weak(key: bytes) -> bool:
    """Not a point in its one spelling, or of small order (8A = 0): such a key "signs" many messages at once."""
    point = decompress(key)
    return point is None or same(multiply(8, point), (0, 1, 1, 0))


def ed25519(key: bytes, signature: bytes, message: bytes) -> bool:
    """RFC 8032 section 5.1.7 with S < L and the equation SB = R + kA without the cofactor; weak keys verify nothing."""
    A, S = decompress(key), int.from_bytes(signature[32:], "little")
    if A is None or BASE is None or weak(key) or len(signature) != 64 or S >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    x, y, z, _ = add(multiply(S, BASE), multiply(k, (P - A[0], A[1], 1, P - A[3])))  # SB - kA must encode to the bytes of R
    inverse = pow(z, P - 2, P)
    return (y * inverse % P | (x * inverse % P & 1) << 255).to_bytes(32, "little") == signature[:32]


# --- signed notes, checkpoints, proofs (C2SP) ------------------------------------------------------------------------------------


def unbase64(text: str) -> bytes:
    """Standard base64 in its one spelling, else ValueError."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("base64") from None
    if base64.b64encode(raw).decode() != text:
        raise ValueError("base64")
    return raw


def key_name(name: str) -> bool:
    return bool(name) and not any(c.isspace() or c < " " or c == "+" for c in name)


def key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]


def read_note(data: bytes) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """The text of a signed note and its signatures (name, key id, signature), unchecked; ValueError for any other form."""
    whole = data.decode("utf-8")
    at = whole.rfind("\n\n")
    if at < 0 or not whole.endswith("\n") or any(c < " " and c != "\n" for c in whole):
        raise ValueError("note")
    found = []
    lines = whole[at + 2 : -1].split("\n")
    for line in lines:
        parts = line.split(" ")
        if len(parts) != 3 or parts[0] != "\u2014" or not key_name(parts[1]) or len(lines) > 100:
            raise ValueError("note")
        raw = unbase64(parts[2])
        if len(raw) < 5:
            raise ValueError("note")
        found.append((parts[1], raw[:4], raw[4:]))
    return whole[: at + 1], found


def read_checkpoint(text: str) -> tuple[str, int, bytes]:
    """Origin, size and root of a checkpoint's three lines; ValueError for any other form."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not lines[0] or not re.fullmatch("0|[1-9][0-9]{0,18}", lines[1]) or int(lines[1]) >= 1 << 63:
        raise ValueError("checkpoint")
    root = unbase64(lines[2])
    if len(root) != 32:
        raise ValueError("checkpoint")
    return lines[0], int(lines[1]), root


def read_proof(data: bytes) -> tuple[int, list[bytes], bytes]:
    """Index, path and checkpoint of a .tlog-proof; ValueError for any other form."""
    head, gap, note = data.decode("utf-8").partition("\n\n")
    match = re.fullmatch(r"c2sp\.org/tlog-proof@v1\n(?:extra ([^\n]*)\n)?index (0|[1-9][0-9]{0,18})((?:\n[^\n]+)*)", head)
    if not gap or not match:
        raise ValueError("proof")
    path = [unbase64(line) for line in match.group(3).split("\n")[1:]]
    if match.group(1) is not None:
        unbase64(match.group(1))
        note = ""  # an extra line is legal in the format and has no place here: the checkpoint is not ours then
    if len(path) > 63 or any(len(item) != 32 for item in path):
        raise ValueError("proof")
    return int(match.group(2)), path, note.encode()


def included(index: int, size: int, leaf: bytes, path: list[bytes], root: bytes) -> bool:
    """RFC 9162 section 2.1.3.2."""
    if not 0 <= index < size:
        return False
    fn, sn, node = index, size - 1, leaf
    for item in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            node = hashlib.sha256(b"\x01" + item + node).digest()
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            node = hashlib.sha256(b"\x01" + node + item).digest()
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and node == root


def leaf_hash(raw: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + raw).digest()


# --- the procedure ---------------------------------------------------------------------------------------------------------------

STEPS = {
    1: ("names: everything is listed, everything listed is there", "文件清单：所有文件均已列明，所列文件均在"),
    2: ("hashes: every file is the one that was listed", "哈希：每个文件与清单一致"),
    3: ("key: one sound signing key", "密钥：唯一且合格的签名公钥"),
    4: ("seal: the key signed the list", "封印：清单由该密钥签名"),
    5: ("snapshot: the key signed the ledger's state", "快照：账本状态由该密钥签名"),
    6: ("entries: in form, of this ledger", "记录：格式正确，属于本账本"),
    7: ("proofs: every entry is in the signed ledger", "证明：每条记录都在已签名的账本中"),
    8: ("sealed fields: what is shown is what was recorded", "密封字段：所披露内容与当时记录一致"),
    9: ("contents: pictures and blobs are the recorded ones", "内容：图片与附件与记录一致"),
    10: ("first entry: the ledger was opened with this key", "首条记录：账本以该密钥开立"),
    11: ("time: what is known of it", "时间：可知的范围"),
}
TEXTS = {
    "B000": ("this is not an evidence bundle", "这不是证据包"),
    "B001": ("bagit.txt is not BagIt 1.0", "bagit.txt 不是 BagIt 1.0"),
    "B002": ("a list of files is malformed", "文件清单格式错误"),
    "B003": ("a file that no list names", "存在清单之外的文件"),
    "B004": ("a listed file is not there", "清单所列文件缺失"),
    "B005": ("a part that a bundle must have is not there", "缺少证据包必备的部分"),
    "B006": ("bag-info.txt is malformed or counts otherwise", "bag-info.txt 格式错误或计数不符"),
    "B007": ("left by a file manager; no part of the bundle", "文件管理器留下的文件，不属于证据包"),
    "D001": ("disclosed values are malformed", "披露内容格式错误"),
    "D002": ("a disclosed value that the entry never sealed", "披露了记录中不存在的密封字段"),
    "D003": ("a disclosed value is not the recorded one", "披露内容与当时记录不符"),
    "D004": ("a value is disclosed twice", "同一字段重复披露"),
    "D005": ("disclosed values of an entry that is not here", "所披露的记录不在证据包中"),
    "E001": ("an entry is not in the ledger's form", "记录不符合账本格式"),
    "E002": ("an entry under another number", "记录编号与文件名不符"),
    "E003": ("an entry of another ledger", "记录属于另一账本"),
    "E004": ("an entry after the snapshot", "记录晚于快照"),
    "E005": ("an entry does not follow the one before", "记录与前一条不相衔接"),
    "F001": ("a file is not the one that was listed", "文件与清单不符"),
    "F002": ("a file is not what its name says", "文件与其名称所示哈希不符"),
    "F003": ("no entry shown here recorded this picture", "所示记录均未记载此图片"),
    "F004": ("no entry shown here names this blob", "所示记录均未提及此附件"),
    "F005": ("a file where the format has none", "格式中不应存在的文件"),
    "K001": ("the public key's file is malformed", "公钥文件格式错误"),
    "K002": ("the two public key files differ", "两个公钥文件不一致"),
    "K003": ("a key that proves nothing (small order or not canonical)", "公钥不合格（小阶或非规范编码），不能证明任何事"),
    "K004": ("another key than expected", "公钥与预期不符"),
    "K005": ("the ledger's first entry is not here", "缺少账本首条记录"),
    "K006": ("the ledger's first entry names another key", "账本首条记录指明的是另一密钥"),
    "M001": ("bundle.json is malformed", "bundle.json 格式错误"),
    "M002": ("bundle.json lists other entries", "bundle.json 所列记录与实际不符"),
    "M003": ("bundle.json lists other pictures", "bundle.json 所列图片与实际不符"),
    "M004": ("a field is called withheld and is shown", "声明不披露的字段却已披露"),
    "M005": ("a field is neither shown nor called withheld", "字段既未披露，也未声明不披露"),
    "M006": ("bundle.json names another snapshot", "bundle.json 所指快照不符"),
    "P001": ("a proof is malformed", "证明文件格式错误"),
    "P002": ("a proof for another snapshot", "证明针对的是另一快照"),
    "P003": ("a proof does not lead to the signed root", "证明不能导出已签名的根哈希"),
    "P004": ("a proof without its entry", "证明没有对应的记录"),
    "S001": ("the seal is not the key's signature", "封印不是该密钥的有效签名"),
    "S002": ("the snapshot is malformed", "快照格式错误"),
    "S003": ("the snapshot is not signed by the key", "快照不是由该密钥签名"),
    "S004": ("a part of the snapshot differs from it", "快照的拆分文件与其不符"),
    "T001": ("no third party's time: only the author's own clock", "没有第三方时间：仅有作者本机时钟"),
    "Z001": ("not a whole zip, or bytes around it", "不是完整的 zip，或首尾有多余字节"),
    "Z002": ("zip: compressed or encrypted", "zip：被压缩或加密"),
    "Z003": ("zip: extra fields or comments", "zip：含附加字段或注释"),
    "Z004": ("zip: a link or special mode", "zip：链接或特殊权限"),
    "Z005": ("zip: a file's header and the directory differ", "zip：文件头与目录不一致"),
    "Z006": ("zip: a gap or an overlap", "zip：存在空隙或重叠"),
    "Z007": ("zip: not in the bundle's own form", "zip：不是证据包的固定写法"),
    "Z008": ("a dangerous file name", "危险的文件名"),
    "Z009": ("two names for one file", "两个文件名可能指同一文件"),
    "Z010": ("zip: not one EVIDENCE- folder", "zip：不是唯一的 EVIDENCE- 文件夹"),
    "Z011": ("a link or a special file", "链接或特殊文件"),
    "Z012": ("zip: a checksum is wrong", "zip：校验和错误"),
    "Z013": ("larger than any good file of its kind", "超过此类文件的合理大小"),
}
LIMITS = (
    ("It does not prove that the record is true or complete, or that a person did the work.", "不能证明记录属实、完整或由人完成。"),
    ("It does not prove who holds the key.", "不能证明密钥由谁持有。"),
    ("It does not prove when: no third party attested a time.", "不能证明时间：没有第三方时间证明。"),
    ("It does not prove that no other ledger exists.", "不能证明不存在另一份账本。"),
)
WORDS = {"FAILED": "未通过", "INCOMPLETE": "不完整", "INTEGRITY ONLY": "仅证明完整性", "REFUSED": "拒绝打开"}
CODES = {"INTEGRITY ONLY": 0, "FAILED": 1, "REFUSED": 2, "INCOMPLETE": 3}
SHAPE = {
    "format": str, "log": str, "made_at": str, "software": str, "title": str, "snapshot": dict, "entries": list, "pictures": list,
    "models": list, "withheld": list,
}  # fmt: skip
PLACES = re.compile(
    r"data/(bundle\.json|(entries|disclosures)/[0-9]{8,16}\.json|originals/[0-9a-f]{16}\.[a-z0-9]{1,8}|blobs/[0-9a-f]{64})"
)


def entry_fault(entry: Any) -> bool:
    """Whether a parsed value is no entry: its keys, types and lengths (docs/ledger-format.md)."""
    forms = {
        "at": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", "kind": r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+/[1-9]\d{0,3}",
        "prev": "[0-9a-f]{64}", "salt": "[0-9a-f]{32}", "log": r"[!#-*,-\[\]-~]{1,255}",
    }  # fmt: skip
    if not isinstance(entry, dict) or set(entry) != {*forms, "v", "seq", "open", "sealed"}:
        return True
    if type(entry["v"]) is not int or entry["v"] != 1 or type(entry["seq"]) is not int or entry["seq"] < 0:
        return True
    if any(type(entry[name]) is not str or not re.fullmatch(form, entry[name], re.ASCII) for name, form in forms.items()):
        return True
    try:
        datetime.datetime.fromisoformat(entry["at"][:-1])
    except ValueError:
        return True
    shown, sealed = entry["open"], entry["sealed"]
    if not isinstance(shown, dict) or type(shown.get("class")) is not str or not isinstance(sealed, dict):
        return True
    return any(
        not re.fullmatch("[a-z][a-z0-9_]{0,63}", name) or type(digest) is not str or not HEX64.fullmatch(digest) or name in shown
        for name, digest in sealed.items()
    )


class Check:
    """One verification: the steps in their order over the files of a bundle."""

    def __init__(self, files: Any, expected: str | None) -> None:
        self.files, self.expected = files, expected
        self.findings: list[tuple[int, str, str]] = []
        self.step = 0
        self.undone: list[int] = []
        self.names = {n for n in files.sizes if n.rpartition("/")[2] not in DROPPINGS or files.crc(n) is not None}
        self.listed: dict[str, str] = {}
        self.missing: set[str] = set()
        self.hashes: dict[str, str] = {}
        self.entries: dict[int, dict[str, Any]] = {}
        self.leaves: dict[int, bytes] = {}
        self.shown: dict[int, dict[str, Any]] = {}
        self.key = self.head = None  # type: Any
        self.key_name, self.checkpoint, self.withheld = "", b"", []  # type: str, bytes, list[str]

    def found(self, code: str, detail: object = "") -> None:
        self.findings.append((self.step, code, str(detail)))

    def gone(self, name: str) -> bool:
        """Absent without being listed; what is listed and absent was said once, as B004."""
        return name not in self.names and name not in self.missing

    def take(self, name: str, cap: int = 1 << 16) -> bytes | None:
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

    def run(self) -> str:
        if "bagit.txt" not in self.files.sizes and BUNDLE not in self.files.sizes:
            raise Refused("B000")
        for self.step in STEPS:
            if getattr(self, f"check_{self.step}")() is False:
                self.undone.append(self.step)
        codes = {code for _, code, _ in self.findings}
        if codes - {*MISSING_CODES, *NOTE_CODES}:
            return "FAILED"
        return "INCOMPLETE" if codes & {*MISSING_CODES} or self.undone else "INTEGRITY ONLY"

    def check_1(self) -> None:
        for name in sorted(set(self.files.sizes) - self.names):
            self.found("B007", name)
        if self.take("bagit.txt") not in (None, DECLARATION):
            self.found("B001")
        for manifest in (MANIFEST, TAGMANIFEST):
            data = self.take(manifest, 64 << 20)
            if data is None:
                continue
            try:
                rows = self.manifest(data, manifest == MANIFEST)
            except ValueError as error:
                self.found("B002", f"{manifest}: {error}")
                continue
            outside = {TAGMANIFEST, SEAL} if manifest == TAGMANIFEST else set()
            for name in sorted({n for n in self.names if n.startswith("data/") == (manifest == MANIFEST)} - set(rows) - outside):
                self.found("B003", name)
            self.listed.update(rows)
        self.missing = set(self.listed) - self.names
        for name in sorted(self.missing):
            self.found("B004", name)
        for name in REQUIRED:
            if self.gone(name):
                self.found("B005", name)
        self.bag_info()

    @staticmethod
    def manifest(data: bytes, payload: bool) -> dict[str, str]:
        """RFC 8493 section 2.1.3, as `sha256sum` writes it: hash, two blanks, name; sorted; CR, LF and % percent-encoded."""
        rows: dict[str, str] = {}
        lines = data.decode("utf-8").split("\n")
        for line in lines[:-1]:
            match = re.fullmatch(r"([0-9a-f]{64})  ([^ ].*)", line)
            if not match or "\r" in line or re.search("%(?!25|0D|0A)", line):
                raise ValueError(line[:80])
            name = match.group(2).replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
            if name in rows or name.startswith("data/") != payload or name in (TAGMANIFEST, SEAL):
                raise ValueError(line[:80])
            rows[name] = match.group(1)
        if lines[-1] or list(rows) != sorted(rows):
            raise ValueError("order or end")
        return rows

    def bag_info(self) -> None:
        data = self.take("bag-info.txt")
        if data is None:
            return
        sizes = [self.files.sizes[name] for name in self.names if name.startswith("data/")]
        oxum = f"{sum(sizes)}.{len(sizes)}"
        try:
            lines = data.decode("utf-8").split("\n")
            rows = [re.fullmatch(r"([A-Za-z0-9-]+): (\S(?:.*\S)?)", line) for line in lines[:-1]]
            good = not lines[-1] and all(rows) and len({row.group(1) for row in rows if row}) == len(rows)
            stated = {row.group(1): row.group(2) for row in rows if row}.get("Payload-Oxum")
        except ValueError:
            good, stated = False, None
        if not good or (stated != oxum and not any(name.startswith("data/") for name in self.missing)):
            self.found("B006")

    def check_2(self) -> None:
        for name in sorted(self.names):
            digest, crc = hashlib.sha256(), 0
            for chunk in self.files.chunks(name):
                digest.update(chunk)
                crc = zlib.crc32(chunk, crc)
            self.hashes[name] = digest.hexdigest()
            if self.listed.get(name, self.hashes[name]) != self.hashes[name]:
                self.found("F001", name)
            elif self.files.crc(name) not in (None, crc):
                self.found("Z012", name)

    def check_3(self) -> bool | None:
        pem, vkey = self.take(PEM), self.take(VKEY)
        if pem is None or vkey is None:
            return False
        try:
            name, identity, text = vkey.decode("ascii").rstrip("\n").split("+", 2)
            raw = unbase64(text)
            if not key_name(name) or len(raw) != 33 or raw[0] != 1:
                raise ValueError("vkey")
            if weak(raw[1:]):
                self.found("K003")
                return False
            if key_id(name, raw[1:]).hex() != identity:
                raise ValueError("vkey")
        except ValueError:
            self.found("K001", VKEY)
            return False
        self.key, self.key_name = raw[1:], name
        if vkey != (f"{name}+{identity}+{text}\n").encode():
            self.found("K001", VKEY)
        # RFC 8410 section 4: SubjectPublicKeyInfo of an Ed25519 key is these twelve bytes and the key
        body = base64.b64encode(bytes.fromhex("302a300506032b6570032100") + self.key)
        if not re.fullmatch(rb"-----BEGIN PUBLIC KEY-----\n[A-Za-z0-9+/]{59}=\n-----END PUBLIC KEY-----\n", pem):
            self.found("K001", PEM)
        elif pem.split(b"\n")[1] != body:
            self.found("K002")
        if self.expected not in (None, hashlib.sha256(self.key).hexdigest()):
            self.found("K004", hashlib.sha256(self.key).hexdigest())
        return None

    def check_4(self) -> bool | None:
        seal, manifest = self.take(SEAL), self.take(TAGMANIFEST, 64 << 20)
        if self.key is None or seal is None or manifest is None:
            return False
        if not ed25519(self.key, seal, manifest):
            self.found("S001")
        return None

    def check_5(self) -> bool | None:
        data = self.take(CHECKPOINT)
        self.checkpoint = data or b""
        if data is None or self.key is None:
            return False
        code = "S002"
        try:
            text, signatures = read_note(data)
            ours = [s[2] for s in signatures if s[:2] == (self.key_name, key_id(self.key_name, self.key))]
            if not ours or not ed25519(self.key, ours[0], text.encode()):
                code = "S003"
                raise ValueError("signature")
            head = read_checkpoint(text)
            if head[0] != self.key_name:
                raise ValueError("origin")
        except ValueError:
            self.found(code)
            return False
        self.head = head
        for name, part in ((BODY, text.encode()), (SIGNATURE, ours[0])):
            if self.take(name) not in (None, part):
                self.found("S004", name)
        return None

    def check_6(self) -> None:
        for name in sorted(self.names):
            match = re.fullmatch(r"data/entries/([0-9]{8,16})\.json", name)
            raw = self.take(name, 65535) if match else None
            if match is None or raw is None:
                continue
            try:
                entry = parse_json(raw)
            except ValueError:
                entry = None
            if entry_fault(entry):
                self.found("E001", name)
            elif match.group(1) != f'{entry["seq"]:08d}':
                self.found("E002", name)
            else:
                self.entries[entry["seq"]], self.leaves[entry["seq"]] = entry, leaf_hash(raw)
                if self.head and entry["log"] != self.head[0]:
                    self.found("E003", name)
                if self.head and entry["seq"] >= self.head[1]:
                    self.found("E004", name)

    def check_7(self) -> bool | None:
        for seq, entry in sorted(self.entries.items()):
            before = self.leaves.get(seq - 1)
            expected = "0" * 64 if seq == 0 else before.hex() if before else entry["prev"]
            if entry["prev"] != expected:
                self.found("E005", seq)
            name = f"proof/{seq:08d}.tlog-proof"
            data = self.take(name)
            if self.gone(name):
                self.found("B005", name)
            if data is None or not self.head:
                continue
            try:
                index, path, note = read_proof(data)
            except ValueError:
                self.found("P001", name)
                continue
            if note != self.checkpoint:
                self.found("P002", name)
            if index != seq or not included(seq, self.head[1], self.leaves[seq], path, self.head[2]):
                self.found("P003", name)
        for name in sorted(self.names):
            match = re.fullmatch(r"proof/([0-9]{8,16})\.tlog-proof", name)
            if match and self.gone(f"data/entries/{match.group(1)}.json"):
                self.found("P004", name)
        return None if self.head else False

    def check_8(self) -> None:
        for name in sorted(self.names):
            match = re.fullmatch(r"data/disclosures/([0-9]{8,16})\.json", name)
            data = self.take(name, 64 << 20) if match else None
            if match is None or data is None:
                continue
            seq = int(match.group(1))
            try:
                rows = parse_json(data)
                well = isinstance(rows, list) and all(
                    isinstance(r, list) and [type(x) for x in r[:2]] == [str, str] and len(r) == 3 and re.fullmatch("[0-9a-f]{32}", r[0])
                    for r in rows
                )
            except ValueError:
                well = False
            if not well or f"{seq:08d}" != match.group(1):
                self.found("D001", name)
            elif seq in self.entries:
                self.shown[seq] = self.opened(name, self.entries[seq]["sealed"], rows)
            elif self.gone(f"data/entries/{match.group(1)}.json"):
                self.found("D005", name)

    def opened(self, name: str, sealed: dict[str, str], rows: list[Any]) -> dict[str, Any]:
        """The values whose SHA-256 over the canonical bytes of [salt, name, value] is the entry's commitment."""
        values: dict[str, Any] = {}
        for row in rows:
            where = f"{name}: {row[1]}"
            if row[1] not in sealed:
                self.found("D002", where)
            elif hashlib.sha256(canonical(row)).hexdigest() != sealed[row[1]]:
                self.found("D003", where)
            elif row[1] in values:
                self.found("D004", where)
            else:
                values[row[1]] = row[2]
        return values

    def check_9(self) -> bool | None:
        said = {text for e in self.entries.values() for text in texts(e["open"])} | set(texts(self.shown))
        whole = not any(name.startswith(("data/entries/", "data/disclosures/")) for name in self.missing)
        for name in sorted(n for n in self.names if n.startswith("data/")):
            stem = name.rpartition("/")[2].partition(".")[0]
            if not PLACES.fullmatch(name):
                self.found("F005", name)
            elif name.startswith(("data/originals/", "data/blobs/")) and not self.hashes[name].startswith(stem):
                self.found("F002", name)
            elif name.startswith("data/blobs/") and whole and stem not in said:
                self.found("F004", name)
        data = self.take(BUNDLE, 64 << 20)
        if data is None:
            return False if self.gone(BUNDLE) or BUNDLE in self.missing else None
        try:
            about = parse_json(data)
        except ValueError:
            about = None
        if not well_formed(about):
            self.found("M001")
            return None
        self.withheld = about["withheld"]
        if self.head:
            snapshot = {"size": self.head[1], "root": base64.b64encode(self.head[2]).decode()}
            if (about["log"], about["snapshot"]) != (self.head[0], snapshot):
                self.found("M006")
        self.lists(about)
        self.fields(set(self.withheld))
        return None

    def lists(self, about: dict[str, Any]) -> None:
        """bundle.json against the entries and pictures that are here."""
        listed = {f"data/entries/{seq:08d}.json" for seq in about["entries"]}
        astray = {n for n in listed if self.gone(n)} | {n for n in self.names if n.startswith("data/entries/")} - listed
        astray |= {f"data/entries/{seq:08d}.json" for row in about["pictures"] for seq in row["entries"]} - listed
        for name in sorted(astray):
            self.found("M002", name)
        for row in about["pictures"]:
            file, preview = row["file"], row.get("preview")
            wanted = ([file] if file is not None else []) + (["data/blobs/" + preview] if preview is not None else [])
            if any(self.gone(name) for name in wanted) or not (file is None or file.startswith("data/originals/")):
                self.found("M003", row["sha256"])
            elif file in self.names and self.hashes[file] != row["sha256"]:
                self.found("F002", file)
            known = [self.entries[seq]["open"].get("sha256") for seq in row["entries"] if seq in self.entries]
            if len(known) == len(row["entries"]) and row["sha256"] not in known:
                self.found("F003", row["sha256"])
        files = [row["file"] for row in about["pictures"]]
        for name in sorted(n for n in self.names if n.startswith("data/originals/") and n not in files):
            self.found("M003", name)

    def fields(self, withheld: set[str]) -> None:
        """Each sealed field is shown or withheld, and never both."""
        for seq, entry in sorted(self.entries.items()):
            if f"data/disclosures/{seq:08d}.json" not in self.missing:
                shown = set(self.shown.get(seq, {}))
                for code, fields in (("M004", shown & withheld), ("M005", set(entry["sealed"]) - shown - withheld)):
                    for field in sorted(fields):
                        self.found(code, f"{seq}: {field}")

    def check_10(self) -> bool | None:
        entry = self.entries.get(0)
        if entry is None:
            if self.gone("data/entries/00000000.json"):
                self.found("K005")
            return False
        if not entry["kind"].startswith("ledger.opened/"):
            self.found("K005")
        elif self.key is not None:
            vkey = "{}+{}+{}".format(self.key_name, key_id(self.key_name, self.key).hex(), base64.b64encode(b"\1" + self.key).decode())
            if (entry["open"].get("public_key"), entry["open"].get("vkey")) != (hashlib.sha256(self.key).hexdigest(), vkey):
                self.found("K006")
        return None

    def check_11(self) -> None:
        self.found("T001")


def texts(value: Any) -> Iterator[str]:
    """Every text of 64 characters in a value, however deep."""
    if isinstance(value, str) and len(value) == 64:
        yield value
    elif isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from texts(item)


def well_formed(about: Any) -> bool:
    """Whether this is a bundle.json of format prov-bundle/1; names that this version does not know are left to later ones."""

    def numbers(values: Any) -> bool:
        return type(values) is list and all(type(v) is int and v >= 0 for v in values) and values == sorted(set(values))

    def hexed(value: Any) -> bool:
        return type(value) is str and HEX64.fullmatch(value) is not None

    def picture(row: Any) -> bool:
        if type(row) is not dict or row.get("role") not in ("chosen", "ancestor", "rejected", "input") or "file" not in row:
            return False
        absent = row["file"] is None and type(row.get("why_absent")) is str
        good = type(row.get("media_type")) is str and hexed(row.get("sha256")) and (row.get("preview") is None or hexed(row["preview"]))
        return good and (absent or type(row["file"]) is str) and numbers(row.get("entries"))

    if type(about) is not dict or any(type(about.get(name)) is not kind for name, kind in SHAPE.items()):
        return False
    rest = all(type(name) is str for name in about["withheld"]) and all(type(row) is dict for row in about["models"])
    return about["format"] == "prov-bundle/1" and numbers(about["entries"]) and rest and all(picture(row) for row in about["pictures"])


# --- the program -----------------------------------------------------------------------------------------------------------------


def visible(text: str) -> str:
    """Untrusted text with every control, direction and undecodable character as a code: it must not move the cursor."""
    return "".join(f"\\u{{{ord(c):04X}}}" if unicodedata.category(c)[0] == "C" or c in "\u2028\u2029" else c for c in text)


def show(check: Check | None, refusal: Refused | None, word: str) -> None:
    if refusal:
        print("{}  {}\n      {}  {}".format(refusal.code, visible(refusal.detail), *TEXTS[refusal.code]))
    for number, (en, zh) in STEPS.items() if check else ():
        here = [(code, detail) for step, code, detail in check.findings if step == number] if check else []
        bad = [code for code, _ in here if code not in NOTE_CODES]
        mark = "--" if check and number in check.undone and not bad else "NO" if bad else "ok"
        print(f"{number:2d} {mark}  {en}  {zh}")
        for code, detail in here[:20]:
            print("      {} {}  {}  {}".format(code, visible(detail), *TEXTS[code]))
        if len(here) > 20:
            print(f"      ... +{len(here) - 20}")
    if check and check.key:
        print(f"\nkey / 密钥  SHA-256 {hashlib.sha256(check.key).hexdigest()}")
    if check:
        print("withheld / 未披露  %s" % (", ".join(map(visible, check.withheld)) or "none / 无"))
    print(f"\n{word}  {WORDS[word]}")
    for limit in LIMITS if word == "INTEGRITY ONLY" else ():
        print("  - {}  {}".format(*limit))


def examine(path: str, key: str | None) -> tuple[Check | None, Refused | None, str]:
    """The verification of a folder or zip, or why it is not opened, and the verdict."""
    try:
        if os.path.isdir(path):
            check = Check(Folder(path), key)
            return check, None, check.run()
        with open(path, "rb") as file:
            check = Check(Zip(file), key)
            return check, None, check.run()
    except Refused as error:
        return None, error, "REFUSED"


def main() -> NoReturn:
    for stream in (sys.stdout, sys.stderr):
        getattr(stream, "reconfigure", lambda **_: None)(encoding="utf-8", errors="backslashreplace")
    parser = argparse.ArgumentParser(description="Check an evidence bundle. 检验证据包。")
    parser.add_argument("bundle", nargs="?", default=os.path.dirname(os.path.abspath(__file__)), help="folder or zip")
    parser.add_argument("--key", help="SHA-256 of the signer's raw public key, 64 hex digits")
    parser.add_argument("--json", action="store_true", help="print JSON")
    args = parser.parse_args()
    try:
        check, refusal, word = examine(args.bundle, args.key and args.key.lower())
    except OSError as error:
        print(f"{visible(str(error.filename or args.bundle))}: {error.strerror}", file=sys.stderr)
        sys.exit(2)
    if args.json:
        findings = [(0, refusal.code, refusal.detail)] if refusal else check.findings if check else []
        rows = [{"step": step, "code": code, "detail": visible(detail)} for step, code, detail in findings]
        print(json.dumps({"verdict": word, "findings": rows, "withheld": check.withheld if check else []}, indent=1))
    else:
        show(check, refusal, word)
    sys.exit(CODES[word])


if __name__ == "__main__":
    main()
