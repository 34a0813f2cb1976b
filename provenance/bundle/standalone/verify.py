#!/usr/bin/env python3
"""Check this evidence bundle with nothing but Python's standard library (3.8 or newer). It uses no network.

    python3 verify.py                    check the folder that this file lies in
    python3 verify.py BUNDLE             check another folder, or a zip
    python3 verify.py --key FINGERPRINT  also demand this signer (SHA-256 of the raw public key, 64 hex digits)
    python3 verify.py --root ROOT.pem    also trust this root certificate of a time authority (may be given again)
    python3 verify.py --trust-ca CA.pem  also trust this authority to say whose key the author's is (may be given again)
    python3 verify.py --lang en          one language (en or zh);  --json  the same outcome for a program

Exit code: 0 good, 1 failed, 2 not a bundle or not safe to open, 3 incomplete.

It was written to be read from top to bottom. The steps are check_1 to check_12, as in docs/bundle-format.md; each finding has a code.
  files               BagIt 1.0, RFC 8493; canonical JSON, RFC 8785, without floats and with integers below 2^53
  ledger              Merkle tree and its proofs, RFC 9162 section 2.1; C2SP signed-note, tlog-checkpoint, tlog-proof (https://c2sp.org)
  the signer's key    Ed25519, RFC 8032 section 5.1; as PEM: RFC 8410
  a third party's time  RFC 3161, 5652 (CMS), 5816, 5280 (certificates), 8017 (RSA, PKCS #1 v1.5), FIPS 186-5 (ECDSA); DER: X.690
Do not trust the copy inside a bundle more than the bundle: get this file from the project, or do the steps by hand as VERIFY.txt shows.
"""

# ruff: noqa: PTH112, PTH118, PTH120, PTH123, PTH100, PTH113, PTH208, UP006, UP035 - Python 3.8, and nothing that an expert must look up
from __future__ import annotations

import argparse
import base64
import contextlib
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
from typing import Any, BinaryIO, Callable, Iterable, Iterator, NamedTuple, NoReturn, Tuple

PINNED = {  # SHA-256 of the root certificates of time authorities that are trusted unasked; a certificate is never trusted for being sent
    "552f7bdcf1a7af9e6ce672017f4f12abf77240c78e761ac203d1d9d20ac89988": "DigiCert",
    "2cabeafe37d06ca22aba7391c0033d25982952c453647349763a3ab5ad6ccf69": "GlobalSign",
    "5d56499be4d2e08bcfcad08a3e38723d50503bde706948e42f55603019e528ae": "IdenTrust",
}
MISSING_CODES, NOTE_CODES = ("B004", "B005"), ("A004", "A006", "A007", "B007", "K008", "K009", "K010", "T001", "T007", "T009")
DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
MANIFEST, TAGMANIFEST, SEAL, BUNDLE = "manifest-sha256.txt", "tagmanifest-sha256.txt", "seal.sig", "data/bundle.json"
AUTHOR, AUTHOR_PEM, AUTHOR_CHAIN = "author.sig", "proof/author.pem", "proof/author-chain.pem"  # where the author signed, too
CHECKPOINT, BODY, SIGNATURE = "proof/checkpoint.txt", "proof/checkpoint.body", "proof/checkpoint.sig"
PEM, VKEY, FIRST = "proof/signer.pem", "proof/signer.vkey", "data/entries/00000000.json"
REQUIRED = ("bagit.txt", "bag-info.txt", MANIFEST, TAGMANIFEST, SEAL, BUNDLE, CHECKPOINT, BODY, SIGNATURE, PEM, VKEY)
DROPPINGS = (".DS_Store", "Thumbs.db", "desktop.ini")  # left by file managers in a folder: noted, never read
SMALL, LARGE = 1 << 16, 64 << 20  # no good file of its kind has more bytes

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
    12: ("author: the author's own key signed, too", "作者：作者本人的密钥也已签名"),
}
TEXTS = {
    "A001": ("the author's key cannot be used", "作者公钥不可用"), "A002": ("not the author's signature", "不是作者的签名"),
    "A003": ("no entry here names the author's key", "所示记录均未指明作者密钥"),
    "A004": ("the author's key signed, too", "作者密钥也已签名"),
    "A005": ("a certificate that does not fit the author's key", "证书与作者密钥不符"),
    "A006": ("a certificate names this person; no authority trusted here says so", "证书指明此人，但签发机构不在信任之列"),
    "A007": ("an authority that you trust names this person (revocation was not asked for)", "您信任的机构指明此人（未查询吊销状态）"),
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
    "T002": ("a stamped head is malformed or not this key's", "被盖时间戳的快照格式错误，或不属于该密钥"),
    "T003": ("a stamped head is not this ledger's past", "被盖时间戳的快照不是本账本的前身"),
    "T004": ("a token is malformed, or not a time authority's", "时间戳格式错误，或不是时间戳机构所签"),
    "T005": ("a token is over other bytes", "时间戳针对的是其他内容"), "T006": ("a token's signature is wrong", "时间戳的签名错误"),
    "T007": ("a token leads to no root trusted here (see --root)", "时间戳未能连到此处信任的根证书（见 --root）"),
    "T008": ("the ledger tells of this token otherwise", "账本对此时间戳的记载不符"),
    "T009": ("entries after the newest trusted time", "晚于最近可信时间的记录"),
    "Z001": ("not a whole zip", "不是完整的 zip，或首尾有多余字节"), "Z002": ("zip: compressed or encrypted", "zip：被压缩或加密"),
    "Z003": ("zip: extra fields or comments", "zip：含附加字段或注释"), "Z004": ("zip: a link or special mode", "zip：链接或特殊权限"),
    "Z005": ("zip: header and directory differ", "zip：文件头与目录不一致"), "Z006": ("zip: a gap or an overlap", "zip：存在空隙或重叠"),
    "Z007": ("zip: not in a bundle's form", "zip：不是证据包的固定写法"), "Z008": ("a dangerous file name", "危险的文件名"),
    "Z009": ("two names for one file", "两个文件名可能指同一文件"),
    "Z010": ("zip: not one EVIDENCE- folder", "zip：不是唯一的 EVIDENCE- 文件夹"), "Z011": ("a link or a special file", "链接或特殊文件"),
    "Z012": ("zip: a checksum is wrong", "zip：校验和错误"), "Z013": ("larger than any good file of its kind", "超过此类文件的合理大小"),
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
CODES = {"ANCHORED": 0, "INTEGRITY ONLY": 0, "FAILED": 1, "REFUSED": 2, "INCOMPLETE": 3}
FAULTS = (ValueError, LookupError)  # what the readers below raise on bytes in another form


class Refused(Exception):
    """Not a bundle, or not one that can be opened without danger."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code, self.detail = code, detail

def demand(good: object, code: str, detail: str = "") -> None:
    if not good:
        raise Refused(code, detail)

def need(good: object) -> None:
    """For the readers below: these bytes are not in the one form that is read."""
    if not good:
        raise ValueError("form")

# --- step 0: names that mean one and the same file on every system, and the two containers ------------------------------------------------

DEVICES = re.compile("con|prn|aux|nul|conin[$]|conout[$]|(com|lpt)[0-9\u00b9\u00b2\u00b3]")  # Windows takes such a name for a device

def bad_name(name: str) -> bool:
    parts = name.split("/")
    return (
        any(part in ("", ".", "..") or part[-1] in ". " or part[0] == " " for part in parts)
        or any(c in '\\:*?"<>|' or unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") for c in name)
        or any(DEVICES.fullmatch(part.split(".")[0].rstrip().casefold()) for part in parts)
        or (len(name.encode()) > 240 or len(parts) > 8 or unicodedata.normalize("NFC", name) != name)
    )

def check_names(names: Iterable[str]) -> None:
    """Refuse bad names, and two names that some file system takes for one (NFC and case folding), folders included."""
    seen: dict[str, str] = {}
    for name in names:
        demand(not bad_name(name), "Z008", name)
    for name in names:
        steps = [name[:at] for at, c in enumerate(name) if c == "/"] + [name]
        folded = [unicodedata.normalize("NFC", path.casefold()) for path in steps]
        for path, key in zip(steps[:-1], folded):  # noqa: B905 - strict is Python 3.10
            demand(seen.setdefault(key, path + "/") == path + "/", "Z009", name)
        demand(folded[-1] not in seen, "Z009", name)
        seen[folded[-1]] = name

class Folder:
    """An unpacked bundle. Links and special files are refused, not followed."""

    def __init__(self, root: str) -> None:
        self.root, self.sizes, self.crcs = root, {}, {}  # type: str, dict[str, int], dict[str, int]
        self.enter(root, "")
        check_names(sorted(self.sizes))

    def enter(self, folder: str, above: str) -> None:
        with os.scandir(folder) as items:
            inside = list(items)
        for item in inside:
            found, name = item.stat(follow_symlinks=False), above + item.name
            demand(not bad_name(name), "Z008", name)
            junction = getattr(found, "st_file_attributes", 0) & 0x400  # a link of Windows that looks like a folder
            demand((stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)) and not junction, "Z011", name)
            if stat.S_ISDIR(found.st_mode):
                self.enter(item.path, name + "/")
            else:
                self.sizes[name] = found.st_size

    def chunks(self, name: str) -> Iterator[bytes]:
        with open(os.path.join(self.root, *name.split("/")), "rb") as file:
            yield from iter(lambda: file.read(1 << 20), b"")

class Zip:
    """A zip in the one spelling that a bundle has: stored, from byte 0, no gaps, extras, comments; docs/bundle-format.md section 2.

    Every header byte is worked out from name, size, CRC-32 and place, and compared, so that nothing can hide between the files.
    """

    def __init__(self, file: BinaryIO) -> None:
        self.file, members, at, place = file, {}, 0, 0  # type: BinaryIO, dict[str, tuple[int, int, int]], int, int
        count, length, offset = self.end(file.seek(0, 2))
        directory = self.at(offset, length)
        while at < len(directory):
            name, size, crc, start, at = self.member(directory, at)
            header = headers(name, size, crc, start)[0]
            demand(start == place, "Z006", name)
            demand(place + len(header) + size <= offset and self.at(place, len(header)) == header, "Z005", name)
            demand(name not in members, "Z009", name)
            members[name] = (place + len(header), size, crc)
            place += len(header) + size
        demand(len(members) == count, "Z001", "directory")
        demand(place == offset, "Z006")
        check_names(members)
        top = min(members, default="").partition("/")[0] + "/"
        demand(re.fullmatch("EVIDENCE-[^/]+/", top) and all(name.startswith(top) for name in members), "Z010")
        self.places, self.sizes, self.crcs = ({name[len(top) :]: row[i] for name, row in members.items()} for i in range(3))

    def at(self, place: int, size: int) -> bytes:
        self.file.seek(place)
        return self.file.read(size)

    def end(self, total: int) -> tuple[int, int, int]:
        """Count, length and offset of the directory; the zip64 records stand where a number needs them and nowhere else."""
        tail = self.at(max(0, total - 98), 98)
        demand(tail[-22:-18] == b"PK\5\6", "Z001", "end record")
        count, length, offset = struct.unpack("<HII", tail[-12:-2])
        if len(tail) == 98 and tail[:4] == b"PK\6\6" and tail[56:60] == b"PK\6\7":
            count, length, offset = struct.unpack("<3Q", tail[32:56])
        end = b""
        if count >= 0xFFFF or max(length, offset) >= FULL:
            end = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 0x32D, 45, 0, 0, count, count, length, offset)
            end += struct.pack("<4sIQI", b"PK\6\7", 0, offset + length, 1)
        short = min(count, 0xFFFF)
        end += struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, short, short, min(length, FULL), min(offset, FULL), 0)
        demand(tail.endswith(end) and offset + length + len(end) == total, "Z001", "end record")
        demand(length <= LARGE, "Z013", "directory")
        return count, length, offset

    @staticmethod
    def member(data: bytes, at: int) -> tuple[str, int, int, int, int]:
        """Name, size, CRC-32 and place of the file whose header begins at `at`, and where the next header begins."""
        demand(data[at : at + 4] == b"PK\1\2" and len(data) - at >= 46, "Z001", "directory")
        made, _, flags, method, _, _, crc, _, size, n, e, c, _, _, mode, start = struct.unpack("<6H3I5H2I", data[at + 4 : at + 46])
        raw, extra, after = data[at + 46 : at + 46 + n], data[at + 50 + n : at + 46 + n + e], at + 46 + n + e + c
        wide = struct.unpack_from(f"<{len(extra) // 8}Q", extra)
        size = wide[0] if size == FULL and len(wide) >= 2 else size
        start = wide[-1] if start == FULL and wide else start
        try:
            name = raw.decode("utf-8")
        except UnicodeDecodeError:
            raise Refused("Z008", repr(raw)) from None
        if data[at:after] != headers(name, size, crc, start)[1]:
            special = mode != 0o100644 << 16 or made >> 8 != 3
            raise Refused("Z002" if method or flags & 1 else "Z004" if special else "Z003" if e or c else "Z007", name)
        return name, size, crc, start, after

    def chunks(self, name: str) -> Iterator[bytes]:
        at, left = self.places[name], self.sizes[name]
        while left:
            chunk = self.at(at, min(left, 1 << 20))
            demand(chunk, "Z001", name)
            at, left = at + len(chunk), left - len(chunk)
            yield chunk

FULL = 0xFFFFFFFF

def headers(name: str, size: int, crc: int, start: int) -> tuple[bytes, bytes]:
    """A file's own header and the directory's, byte for byte; a zip64 field where a number does not fit."""
    sizes, place = struct.pack("<2Q", size, size) if size >= FULL else b"", struct.pack("<Q", start) if start >= FULL else b""
    extras = [struct.pack("<2H", 1, len(wide)) + wide if wide else b"" for wide in (sizes, sizes + place)]
    (local, central), raw = ((45 if extra else 20, len(extra)) for extra in extras), name.encode()
    common = (0x800, 0, 0, 33, crc, min(size, FULL), min(size, FULL), len(raw))
    one = struct.pack("<4s5H3I2H", b"PK\3\4", local[0], *common, local[1])
    two = struct.pack("<4s6H3I3H", b"PK\1\2", 0x300 | central[0], central[0], *common, central[1], 0)
    return one + raw + extras[0], two + struct.pack("<2H2I", 0, 0, 0o100644 << 16, min(start, FULL)) + raw + extras[1]

# --- canonical JSON -----------------------------------------------------------------------------------------------------------------------

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

# --- Ed25519 (RFC 8032 section 5.1), verification only: points are X, Y, Z, T with x = X/Z, y = Y/Z, x*y = T/Z ----------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
Point = Tuple[int, int, int, int]
ZERO: Point = (0, 1, 1, 0)

def add(a: Point, b: Point) -> Point:
    """RFC 8032 section 5.1.4; the formula is complete, so it doubles too."""
    A, B = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    C, Z = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    E, F, G, H = B - A, Z - C, Z + C, B + A
    return E * F % P, G * H % P, F * G % P, E * H % P

def multiply(count: int, point: Any, plus: Callable[[Any, Any], Any], zero: Any) -> Any:
    """count * point, on this curve or on those of ECDSA below."""
    result = zero
    while count:
        result = plus(result, point) if count & 1 else result
        point, count = plus(point, point), count >> 1
    return result

def decompress(data: bytes) -> Point | None:
    """RFC 8032 section 5.1.3. A y of P or more, or the sign bit on x = 0, is a second spelling and refused."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if len(data) != 32 or y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    x = x * pow(2, (P - 1) // 4, P) % P if (x * x - x2) % P else x
    if (x * x - x2) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P

def weak(key: bytes) -> bool:
    """Not a point in its one spelling, or of small order (8A = 0): such a key "signs" many messages at once."""
    point = decompress(key)
    if point is None:
        return True
    x, y, z, _ = multiply(8, point, add, ZERO)
    return bool(x % P == 0 and (y - z) % P == 0)

def ed25519(key: bytes, signature: bytes, message: bytes) -> bool:
    """RFC 8032 section 5.1.7 with S < L and the equation SB = R + kA without the cofactor; weak keys verify nothing."""
    A, B, S = decompress(key), decompress(b"\x58" + b"\x66" * 31), int.from_bytes(signature[32:], "little")
    if A is None or weak(key) or len(signature) != 64 or S >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    minus = (P - A[0], A[1], 1, P - A[3])
    x, y, z, _ = add(multiply(S, B, add, ZERO), multiply(k, minus, add, ZERO))  # SB - kA must encode to the bytes of R
    inverse = pow(z, P - 2, P)
    return (y * inverse % P | (x * inverse % P & 1) << 255).to_bytes(32, "little") == signature[:32]

# --- signed notes, checkpoints, Merkle proofs ---------------------------------------------------------------------------------------------

def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()

def unbase64(text: str) -> bytes:
    """Standard base64 in its one spelling, else ValueError."""
    raw = base64.b64decode(text, validate=True)
    need(base64.b64encode(raw).decode() == text)
    return raw

def key_name(name: str) -> bool:
    return bool(name) and not any(c.isspace() or c < " " or c == "+" for c in name)

def key_id(name: str, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n\x01" + public)[:4]

def read_note(data: bytes) -> tuple[str, list[tuple[str, bytes]]]:
    """The text of a signed note, and of each signature the name and the bytes (4 of the key's id, then the signature), unchecked."""
    whole = data.decode("utf-8")
    at = whole.rfind("\n\n")
    lines = [line.split(" ") for line in whole[at + 2 : -1].split("\n")]
    need(at >= 0 and whole.endswith("\n") and len(lines) <= 100 and not any(c < " " and c != "\n" for c in whole))
    need(all(len(line) == 3 and line[0] == "\u2014" and key_name(line[1]) for line in lines))
    need(all(len(unbase64(line[2])) >= 5 for line in lines))
    return whole[: at + 1], [(line[1], unbase64(line[2])) for line in lines]

def read_vkey(text: str) -> tuple[str, bytes]:
    """Name and public key of a verifier key in its one spelling; "weak" for a key that proves nothing."""
    name, identity, coded = text.split("+", 2)
    kind, key = unbase64(coded)[:1], unbase64(coded)[1:]
    need(key_name(name) and kind == b"\x01" and len(key) == 32)
    if weak(key):
        raise ValueError("weak")
    need(key_id(name, key).hex() == identity)
    return name, key

def fingerprint(vkey: str) -> str:
    return sha256(read_vkey(vkey)[1]).hex()

def signed_text(note: bytes, vkey: str) -> tuple[str, bytes | None]:
    """The text of a signed note, and this key's signature: b"" where it is wrong, None where there is none."""
    (text, signatures), (name, key) = read_note(note), read_vkey(vkey)
    ours = [raw[4:] for by, raw in signatures if (by, raw[:4]) == (name, key_id(name, key))]
    return text, None if not ours else ours[0] if ed25519(key, ours[0], text.encode()) else b""

def read_checkpoint(text: str) -> tuple[str, int, bytes]:
    """Origin, size and root of a checkpoint's three lines."""
    origin, size, root, rest = text.split("\n")
    need(not rest and origin and re.fullmatch("0|[1-9][0-9]{0,18}", size) and int(size) < 1 << 63 and len(unbase64(root)) == 32)
    return origin, int(size), unbase64(root)

def read_proof(data: bytes) -> tuple[int, list[bytes], bytes]:
    """Index, path and checkpoint of a .tlog-proof."""
    head, gap, note = data.decode("utf-8").partition("\n\n")
    match = re.fullmatch(r"c2sp\.org/tlog-proof@v1\n(?:extra ([^\n]*)\n)?index (0|[1-9][0-9]{0,18})((?:\n[^\n]+)*)", head)
    if not gap or not match:
        raise ValueError("proof")
    path = [unbase64(line) for line in match.group(3).split("\n")[1:]]
    need(len(path) <= 63 and all(len(item) == 32 for item in path))
    if match.group(1) is not None:
        unbase64(match.group(1))
        note = ""  # an extra line is legal in the format and has no place here: the checkpoint is not ours then
    return int(match.group(2)), path, note.encode()

def climb(fn: int, sn: int, old: bytes, new: bytes, path: list[bytes]) -> tuple[bytes, bytes]:
    """The walk that RFC 9162 describes twice, up from node fn of a level whose last node is sn: the hashes of both trees at its end."""
    for item in path:
        if sn == 0:
            return b"", b""  # the path is too long
        if fn & 1 or fn == sn:
            old, new = sha256(b"\x01", item, old), sha256(b"\x01", item, new)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            new = sha256(b"\x01", new, item)
        fn, sn = fn >> 1, sn >> 1
    return (old, new) if sn == 0 else (b"", b"")

def included(index: int, size: int, leaf: bytes, path: list[bytes], root: bytes) -> bool:
    """RFC 9162 section 2.1.3.2."""
    return 0 <= index < size and climb(index, size - 1, leaf, leaf, path)[1] == root

def consistent(size: int, later: int, path: list[bytes], old: bytes, new: bytes) -> bool:
    """RFC 9162 section 2.1.4.2: whether the tree of `later` leaves begins with the tree of `size` leaves."""
    if size == later:
        return not path and old == new and (size > 0 or old == sha256())
    if not 0 < size < later or not path or any(len(item) != 32 for item in path):
        return False
    path = path if size & (size - 1) else [old, *path]
    fn, sn = size - 1, later - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    return climb(fn, sn, path[0], path[0], path[1:]) == (old, new)

# --- a third party's time: DER (X.690), signatures, certificates (RFC 5280), tokens (RFC 3161) --------------------------------------------

RSA, EC, ED25519 = "2a864886f70d0101", "2a8648ce3d", "2b6570"  # object identifiers, in hex as DER has them
SHA256 = "608648016503040201"
HASHES = {SHA256: "sha256", "608648016503040202": "sha384", "608648016503040203": "sha512"}
SIGNING = {RSA + "0b": "sha256", RSA + "0c": "sha384", RSA + "0d": "sha512", ED25519: ""}
SIGNING.update({EC + "040302": "sha256", EC + "040303": "sha384", EC + "040304": "sha512"})
SIGNED_DATA, TST_INFO, CONTENT_TYPE, MESSAGE_DIGEST = (RSA[:12] + end for end in ("010702", "0109100104", "010903", "010904"))
CERTIFICATE_V1, CERTIFICATE_V2 = RSA[:12] + "010910020c", RSA[:12] + "010910022f"  # signingCertificate: RFC 2634, 5035
BASIC, USAGE, PURPOSE, UNDERSTOOD = "551d13", "551d0f", "551d25", ("551d13", "551d0f", "551d25", "551d0e", "551d23", "551d20", "551d11")
TIME_STAMPING = (True, bytes.fromhex("300a06082b06010505070308"))  # critical, and this purpose alone (RFC 3161 section 2.3)
CURVES = {  # FIPS 186-5: prime, base point, order; a = -3, and b follows from the base point
    EC + "030107": (2**256 - 2**224 + 2**192 + 2**96 - 1, (
        0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
        0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5),
        0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551),
    "2b81040022": (2**384 - 2**128 - 2**96 + 2**32 - 1, (
        0xAA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B9859F741E082542A385502F25DBF55296C3A545E3872760AB7,
        0x3617DE4A96262C6F5D9E98BF9292DC29F8F41DBD289A147CE9DA3113B5F0B8C00A60B1CE1D7E819D7A431D7C90EA0E5F),
        0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973),
    "2b81040023": (2**521 - 1, (
        0xC6858E06B70404E9CD9E3ECB662395B4429C648139053FB521F828AF606B4D3DBAA14B5E77EFE75928FE1DC127A2FFA8DE3348B3C1856A429BF97E7E31C2E5BD66,
        0x11839296A789A3BC0045C8A5FB42C7D1BD998F54449579B446817AFBD17273E662C97EE72995EF42640C550B9013FAD0761353C7086A272C24088BE94769FD16650),
        2**521 - 0x5AE79787C40D069948033FEB708F65A2FC44A36477663B851449048E16EC79BF7),
}  # fmt: skip

class Der(NamedTuple):
    """One value: its tag, its content, and the whole with tag and length."""

    tag: int
    body: bytes
    whole: bytes

    def take(self, tag: int) -> bytes:
        need(self.tag == tag)
        return self.body

    def each(self, tag: int = 0x30) -> list[Der]:
        return read_der(self.take(tag))

    def number(self) -> int:
        value = int.from_bytes(self.take(2), "big", signed=True)
        need(len(self.body) == (value if value >= 0 else ~value).bit_length() // 8 + 1)
        return value

    def oid(self) -> str:
        """An object identifier, or that of an AlgorithmIdentifier, in hex."""
        return self.each()[0].oid() if self.tag == 0x30 else self.take(6).hex()

def read_der(data: bytes) -> list[Der]:
    """The values that follow one another in `data`, with lengths in their one spelling and nothing after the last."""
    found, at = [], 0
    while at < len(data):
        start, size, at = at, data[at + 1], at + 2
        if size > 127:
            more, at = data[at : at + size - 128], at + size - 128
            size = int.from_bytes(more, "big")
            need(0 < len(more) <= 4 and more[0] and size > 127)
        need(data[start] & 31 != 31 and at + size <= len(data))
        found.append(Der(data[start], data[at : at + size], data[start : at + size]))
        at += size
    return found

def moment(value: Der) -> str:
    """UTCTime or GeneralizedTime (RFC 5280 section 4.1.2.5) as digits that sort: YYYYMMDDHHMMSS, and a fraction where there is one."""
    text = value.body.decode("ascii")
    text = ("19" if text >= "5" else "20") + text if value.tag == 0x17 else text
    need(value.tag in (0x17, 0x18) and re.fullmatch(r"[0-9]{14}(\.[0-9]*[1-9])?Z", text))
    datetime.datetime.strptime(text[:14], "%Y%m%d%H%M%S")
    return text[:-1]

def rsa(n: int, e: int, name: str, digest: bytes, signature: bytes) -> bool:
    """RFC 8017 section 8.2.2. The block that must come out is built and compared whole: nothing can hide in it (Bleichenbacher 2006)."""
    oid = next(oid for oid, hashed in HASHES.items() if hashed == name)
    info = bytes.fromhex(f"30{17 + len(digest):02x}300d0609{oid}050004{len(digest):02x}") + digest
    size, s = (n.bit_length() + 7) // 8, int.from_bytes(signature, "big")
    if not (2048 <= n.bit_length() <= 8192 and n & e & 1 and 2 < e < 1 << 64 and len(signature) == size and s < n):
        return False
    return pow(s, e, n).to_bytes(size, "big") == b"\x00\x01" + b"\xff" * (size - 3 - len(info)) + b"\x00" + info

def ecdsa(curve: tuple[int, tuple[int, int], int], key: tuple[int, int], digest: bytes, signature: bytes) -> bool:
    """FIPS 186-5 section 6.4.2, with affine points; None is the point at infinity."""
    p, base, order = curve

    def plus(a: Any, b: Any) -> Any:
        if a is None or b is None:
            return a or b
        if a[0] == b[0] and (a[1] + b[1]) % p == 0:
            return None
        slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, p) if a == b else (b[1] - a[1]) * pow(b[0] - a[0], -1, p)
        x = (slope * slope - a[0] - b[0]) % p
        return x, (slope * (a[0] - x) - a[1]) % p

    b, ours = ((y * y - x * x * x + 3 * x) % p for x, y in (base, key))
    (pair,) = read_der(signature)
    r, s = (value.number() for value in pair.each())
    if not (max(key) < p and b == ours and 0 < r < order and 0 < s < order):
        return False
    z = int.from_bytes(digest, "big") >> max(0, 8 * len(digest) - order.bit_length())
    w = pow(s, -1, order)
    point = plus(multiply(z * w % order, base, plus, None), multiply(r * w % order, key, plus, None))
    return point is not None and point[0] % order == r

def signed(key: Der, algorithm: str, name: str, message: bytes, signature: bytes) -> bool:
    """Whether this is the signature of the key in a SubjectPublicKeyInfo, by an algorithm that is known here."""
    kind, bits = key.each()
    if kind.oid() == ED25519:
        return algorithm == ED25519 and ed25519(bits.take(3)[1:], signature, message)
    digest, curve = hashlib.new(name, message).digest(), CURVES.get(kind.each()[-1].whole[2:].hex())
    if kind.oid() == RSA + "01" and algorithm[:10] == RSA[:10]:
        n, e = (value.number() for value in read_der(bits.take(3)[1:])[0].each())
        return rsa(n, e, name, digest, signature)
    if kind.oid() == EC + "0201" and algorithm[:10] == EC and curve:
        point, half = bits.take(3)[1:], (curve[0].bit_length() + 7) // 8
        need(len(point) == 1 + 2 * half and point[0] == 4)
        x, y = (int.from_bytes(part, "big") for part in (point[1 : half + 1], point[half + 1 :]))
        return ecdsa(curve, (x, y), digest, signature)
    return False

class Certificate:
    """What a chain needs of an X.509 certificate (RFC 5280 section 4.1)."""

    def __init__(self, whole: bytes) -> None:
        (outer,) = read_der(whole)
        body, algorithm, signature = outer.each()
        fields = body.each()
        _, serial, inner, issuer, validity, subject, self.key, *rest = fields if fields[0].tag == 0xA0 else [fields[0], *fields]
        need(inner.whole == algorithm.whole and signature.take(3)[:1] == b"\x00")
        self.whole, self.body, self.algorithm, self.signature = whole, body.whole, algorithm.oid(), signature.body[1:]
        self.issuer, self.subject, self.serial, self.fingerprint = issuer.whole, subject.whole, serial.whole, sha256(whole).hex()
        self.since, self.until = (moment(value) for value in validity.each())
        self.extensions: dict[str, tuple[bool, bytes]] = {}
        for row in [row.each() for field in rest if field.tag == 0xA3 for row in field.each(0xA3)[0].each()]:
            need(row[0].oid() not in self.extensions)
            self.extensions[row[0].oid()] = (len(row) == 3 and row[1].take(1) == b"\xff", row[-1].take(4))

    def fit(self, at: str) -> bool:
        """Whether it was valid then, and has no critical extension that is not understood here."""
        return self.since <= at[:14] <= self.until and all(name in UNDERSTOOD for name, row in self.extensions.items() if row[0])

    def issued(self, below: Certificate, depth: int) -> bool:
        """Whether this is a CA that may have `depth` CAs below it (basicConstraints, keyUsage), and its key signed that certificate."""
        if self.subject != below.issuer or below.algorithm not in SIGNING:
            return False
        try:
            basic = read_der(self.extensions[BASIC][1])[0].each()
            usage = read_der(self.extensions.get(USAGE, (True, b"\x03\x02\x00\x04"))[1])[0].take(3)
            allowed = basic[0].take(1) == b"\xff" and usage[1] & 4 and (len(basic) == 1 or basic[1].number() >= depth)
            return bool(allowed and signed(self.key, below.algorithm, SIGNING[below.algorithm], below.body, below.signature))
        except FAULTS:
            return False

    def common_name(self) -> str:
        """The name that the certificate gives, untrusted text."""
        parts = [part.each() for name in read_der(self.subject)[0].each() for part in name.each(0x31)]
        return next((value.body.decode("utf-8", "replace") for kind, value in parts if kind.oid() == "550403"), "")

def chain(leaf: Certificate, sent: list[Certificate], trusted: list[Certificate], at: str) -> Certificate | None:
    """The trusted root that the leaf leads to by issuers that were valid then; what was sent along may stand between, no more."""
    level, seen = [leaf] if leaf.fit(at) else [], {leaf.whole}
    for depth in range(8):
        above = [c for c in trusted + sent if c.fit(at) and any(c.issued(low, depth) for low in level)]
        for root in above:
            if root in trusted:
                return root
        level = [c for c in above if c.whole not in seen]
        seen |= {c.whole for c in level}
    return None

class Token:
    """A TimeStampResp (RFC 3161 section 2.4.2) that grants, taken apart: one signer, who may sign time and whose certificate is in it."""

    def __init__(self, answer: bytes) -> None:
        (response,) = read_der(answer)
        status, token = response.each()
        kind, content = token.each()
        version, hashes, inner, sent, *rest = content.each(0xA0)[0].each()  # SignedData, RFC 5652 section 5.1
        inner_kind, wrapped = inner.each()
        need(status.each()[0].number() == 0 and (kind.oid(), inner_kind.oid()) == (SIGNED_DATA, TST_INFO))
        (signer,) = rest[-1].each(0x31)
        _, name, hashed, self.attributes, algorithm, signature, *_ = signer.each()
        self.hashed, self.algorithm, self.signature = hashed.oid(), algorithm.oid(), signature.take(4)
        need(version.number() == 3 and self.hashed in [item.oid() for item in hashes.each(0x31)])
        self.certificates = [Certificate(item.whole) for item in sent.each(0xA0)]
        issuer, serial = name.each()
        self.leaf = {(c.issuer, c.serial): c for c in reversed(self.certificates)}[issuer.whole, serial.whole]
        self.info = wrapped.each(0xA0)[0].take(4)
        version, _, imprint, _, time, *_ = read_der(self.info)[0].each()
        self.imprint, self.time = (imprint.each()[0].oid(), imprint.each()[1].take(4)), moment(time)
        need(self.leaf.extensions[PURPOSE] == TIME_STAMPING and version.number() == 1 and len(read_der(self.info)) == 1)

    def text(self) -> str:
        """The time as the ledger writes one: RFC 3339, UTC, six digits of the second; what is finer is cut off."""
        at = self.time
        return f"{at[:4]}-{at[4:6]}-{at[6:8]}T{at[8:10]}:{at[10:12]}:{at[12:14]}.{at[15:21]:0<6}Z"

    def well_signed(self) -> bool:
        """Whether the signature is the leaf's, over attributes that hold the digest of the statement and that of the leaf."""
        try:
            rows = {row.each()[0].oid(): row.each()[1].each(0x31) for row in self.attributes.each(0xA0)}
            name = HASHES[self.hashed]
            need(len(rows) == len(self.attributes.each(0xA0)) and all(len(values) == 1 for values in rows.values()))
            need(rows[CONTENT_TYPE][0].oid() == TST_INFO and rows[MESSAGE_DIGEST][0].take(4) == hashlib.new(name, self.info).digest())
            named = [(how, rows[oid][0]) for oid, how in ((CERTIFICATE_V2, "sha256"), (CERTIFICATE_V1, "sha1")) if oid in rows]
            for how, value in named:  # SigningCertificate: a list of lists; the first certificate in it must be the signer's
                parts = value.each()[0].each()[0].each()
                how, digest = (HASHES[parts[0].oid()], parts[1]) if parts[0].tag == 0x30 else (how, parts[0])
                need(digest.take(4) == hashlib.new(how, self.leaf.whole).digest())
            need(named and (self.algorithm == RSA + "01" or SIGNING.get(self.algorithm) == name))
            return signed(self.leaf.key, self.algorithm, name, b"\x31" + self.attributes.whole[1:], self.signature)
        except FAULTS:
            return False

def certificates(data: bytes) -> list[Certificate]:
    """The certificates in a file, DER or PEM; what cannot be read is left out."""
    found = []
    for item in [base64.b64decode(text) for text in re.findall(rb"-BEGIN CERTIFICATE-----([^-]+)-----END", data)] or [data]:
        with contextlib.suppress(*FAULTS):
            found.append(Certificate(item))
    return found

def stored() -> list[Certificate]:
    """The certificates of the operating system: they count where their fingerprint is pinned, as those in a token do."""
    found = []
    with contextlib.suppress(ImportError, OSError):
        import ssl

        paths = ssl.get_default_verify_paths()
        names = [os.path.join(paths.capath, name) for name in os.listdir(paths.capath)] if paths.capath else []
        for name in [*names, paths.cafile or ""]:
            if os.path.isfile(name):
                with open(name, "rb") as file:
                    found += certificates(file.read())
        for der, *_ in getattr(ssl, "enum_certificates", lambda _: ())("ROOT"):  # on Windows
            found += certificates(der)
    return found

def to_pem(certificate: Certificate) -> bytes:
    return pem(b"CERTIFICATE", certificate.whole)

def pem(what: bytes, der: bytes) -> bytes:
    text = base64.b64encode(der)
    lines = b"".join(text[at : at + 64] + b"\n" for at in range(0, len(text), 64))
    return b"-----BEGIN %b-----\n%b-----END %b-----\n" % (what, lines, what)

def read_public(data: bytes) -> Der:
    """A person's public key in PEM, in its one spelling: Ed25519, P-256, P-384 or RSA."""
    der = base64.b64decode(b"".join(data.split(b"\n")[1:-2]))
    (key,) = read_der(der)
    kind, bits = key.each()
    need(pem(b"PUBLIC KEY", der) == data)
    if kind.oid() == ED25519:
        need(len(key.whole) == 44 and not weak(bits.take(3)[1:]))
    elif kind.oid() == RSA + "01":
        n, e = (value.number() for value in read_der(bits.take(3)[1:])[0].each())
        need(2048 <= n.bit_length() <= 8192 and e >= 65537)
    else:
        need(kind.oid() == EC + "0201" and kind.each()[1].oid() in (EC + "030107", "2b81040022"))
    return key

def proves(key: Der, message: bytes, signature: bytes) -> bool:
    """A person's signature: RSA and P-256 with SHA-256, P-384 with SHA-384."""
    kind = key.each()[0]
    name = "sha384" if kind.each()[-1].whole == bytes.fromhex("06052b81040022") else "sha256"
    try:
        return signed(key, kind.oid() if kind.oid() == ED25519 else kind.oid()[:10], name, message, signature)
    except FAULTS:
        return False

# --- the procedure ------------------------------------------------------------------------------------------------------------------------

HEX32, HEX64, DIGITS = "[0-9a-f]{32}", "[0-9a-f]{64}", "([0-9]{8,16})"
SIZE, PLACES = "[1-9][0-9]{0,15}", (
    f"data/(bundle\\.json|(entries|disclosures)/{DIGITS}\\.json|originals/[0-9a-f]{{16}}\\.[a-z0-9]{{1,8}}|blobs/{HEX64})"
)
STAMP = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z"
ENTRY = {
    "at": STAMP, "kind": r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+/[1-9][0-9]{0,3}",
    "log": r"[!#-*,-\[\]-~]{1,255}", "open": {"class": str}, "prev": HEX64, "salt": HEX32, "sealed": dict, "seq": int, "v": int,
}  # fmt: skip
NINE = ["ledger", "event", "old", "new", "next", "size", "root", "time", "since"]
STATEMENT = {"event": "rotated|lost|revoked", "next": HEX64, "size": "0|[1-9][0-9]{0,15}", "time": STAMP + "|-", "since": STAMP + "|-"}
ABOUT = {
    "format": "prov-bundle/1", "log": str, "made_at": str, "software": str, "title": str, "snapshot": dict, "entries": [int],
    "pictures": [{"role": "chosen|ancestor|rejected|input", "media_type": str, "sha256": HEX64, "entries": [int]}],
    "models": [dict], "withheld": [str],
}  # fmt: skip

def fits(value: Any, form: Any) -> bool:
    """form: a type, the pattern of a text, the form of a list's items or of some values of an object."""
    if isinstance(form, str):
        return type(value) is str and re.fullmatch(form, value) is not None
    if isinstance(form, list):
        return type(value) is list and all(fits(item, form[0]) for item in value)
    if isinstance(form, dict):
        return type(value) is dict and all(name in value and fits(value[name], inner) for name, inner in form.items())
    return type(value) is form

def read_entry(raw: bytes) -> Any:
    """An entry in the ledger's form (docs/ledger-format.md)."""
    entry = parse_json(raw)
    need(fits(entry, ENTRY) and set(entry) == set(ENTRY) and entry["v"] == 1 and entry["seq"] >= 0)
    datetime.datetime.fromisoformat(entry["at"][:-1])
    need(all(re.fullmatch("[a-z][a-z0-9_]{0,63}", name) and name not in entry["open"] for name in entry["sealed"]))
    need(all(fits(digest, HEX64) for digest in entry["sealed"].values()))
    return entry

def read_statement(note: str) -> dict[str, str]:
    """A change of the ledger's key (docs/ledger-format.md section 10): signed by the new key, and by the old one if it is at hand."""
    lines = note.partition("\n\n")[0].split("\n")
    said = dict(line.split(" ", 1) for line in lines[1:])
    need(lines[0] == "creative-provenance/key-statement/1" and list(said) == NINE)
    need(len(lines) == 10 and fits(said, STATEMENT) and len(unbase64(said["root"])) == 32)
    need((said["since"] != "-") == (said["event"] == "revoked") and said["old"] != said["new"])
    for stamp in (said["time"], said["since"]):
        datetime.datetime.fromisoformat(stamp[:-1] if stamp != "-" else "2026-01-01")
    by = {who: signed_text(note.encode(), said[who])[1] for who in ("old", "new")}
    need(by["new"] and (by["old"] or (by["old"] is None and said["event"] != "rotated")))
    return said

def read_rows(raw: bytes) -> Any:
    """The [salt, name, value] of a disclosure."""
    rows = parse_json(raw)
    need(fits(rows, [list]) and all(len(row) == 3 and fits(row[0], HEX32) and fits(row[1], str) for row in rows))
    return rows

def read_about(raw: bytes) -> Any:
    """data/bundle.json of format prov-bundle/1; names that this version does not know are left to later ones."""
    about = parse_json(raw)
    need(fits(about, ABOUT))
    for numbers in [about["entries"]] + [row["entries"] for row in about["pictures"]]:
        need(numbers == sorted(set(numbers)) and min(numbers, default=0) >= 0)
    for row in about["pictures"]:
        need(fits(row["file"], str) or (row["file"] is None and fits(row.get("why_absent"), str)))
        need(row.get("preview") is None or fits(row["preview"], HEX64))
    return about

def read_consistency(raw: bytes) -> list[bytes]:
    lines = raw.decode("ascii").split("\n")
    need(not lines[-1])
    return [unbase64(line) for line in lines[:-1]]

def texts(value: Any) -> Iterator[str]:
    """Every text of 64 characters in a value, however deep."""
    if isinstance(value, str) and len(value) == 64:
        yield value
    elif isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from texts(item)

class Check:
    """One verification: the steps in their order over the files of a bundle. A step that lacks a part that it needs returns False."""

    def __init__(self, files: Any, expected: str | None, roots: list[Certificate], authorities: list[Certificate]) -> None:
        self.files, self.expected, self.roots, self.step = files, expected, roots, 0
        self.authorities, self.identified, self.made_at = authorities, False, ""
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
            _, self.key = read_vkey(vkey.rstrip("\n"))
        except ValueError as error:
            self.found(*(("K003",) if str(error) == "weak" else ("K001", VKEY)))
            return False
        self.vkey = vkey.rstrip("\n")
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
        self.withheld, self.made_at = about["withheld"], about["made_at"]
        if self.head:
            snapshot = {"size": self.head[1], "root": base64.b64encode(self.head[2]).decode()}
            self.expect((about["log"], about["snapshot"]) == (self.head[0], snapshot), "M006")
        self.lists(about)
        for seq, entry in sorted(self.entries.items()):  # each sealed field is shown or withheld, and never both
            shown, withheld = set(self.shown.get(seq, {})), set(self.withheld)
            for code, fields in (("M004", shown & withheld), ("M005", set(entry["sealed"]) - shown - withheld)):
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

    def check_11(self) -> None:
        known = {digits for _, digits in self.named(f"proof/anchor-({SIZE})\\.txt")} if self.head else set()
        for name, digits in self.named(f"proof/anchor-({SIZE})(?:\\.consistency|-[1-9][0-9]{{0,3}}\\.tsr)") if self.head else ():
            self.expect(digits in known or f"proof/anchor-{digits}.txt" in self.missing, "T002", name)
        for digits in sorted(known):
            self.anchor(f"proof/anchor-{digits}", int(digits))
        self.expect(self.anchors, "T001")
        later = sorted(seq for seq in self.entries if seq >= max((anchor["size"] for anchor in self.anchors), default=0))
        self.expect(not self.anchors or not later, "T009", ", ".join(map(str, later)))

    def anchor(self, stem: str, size: int) -> None:
        """One stamped head: this ledger's, and the beginning of what the snapshot covers; then the tokens over it."""
        note, path = self.take(stem + ".txt"), None
        if note is None:
            return
        try:
            head = self.opened(note, self.key_at(size))[0]
            need(head[1] == size)
        except ValueError:
            self.found("T002", stem + ".txt")
            return
        proof = self.take(stem + ".consistency")
        with contextlib.suppress(*FAULTS):
            path = read_consistency(b"?" if proof is None else proof)
        if path is None or not consistent(size, self.head[1], path, head[2], self.head[2]):
            self.expect(stem + ".consistency" in self.missing, "T003", stem + ".txt")
            return
        for name, _ in self.named(f"{stem}-([1-9][0-9]{{0,3}})\\.tsr"):
            token = self.read(name, Token, "T004")
            if token and token.imprint != (SHA256, sha256(note)):
                self.found("T005", name)
            elif token and not token.well_signed():
                self.found("T006", name)
            elif token:
                self.token(name, token, (token.text(), sha256(note).hex(), size))

    def token(self, name: str, token: Token, told: tuple[str, str, int]) -> None:
        """A sound token: what the ledger says of it, and whether it leads to a root that is trusted here."""
        for entry in self.entries.values():
            if entry["kind"].startswith("time.attested/") and entry["open"].get("token") == self.hashes[name]:
                self.expect(tuple(entry["open"].get(key) for key in ("time", "covers", "size")) == told, "T008", name)
        sent, at = token.certificates, token.time
        root = chain(token.leaf, sent, self.roots + [one for one in sent if one.fingerprint in PINNED], at)
        root = root or chain(token.leaf, sent, [one for one in stored() if one.fingerprint in PINNED], at)
        self.expect(root, "T007", name)
        if root:
            by = PINNED.get(root.fingerprint, "--root")
            self.anchors.append({"file": name, "size": told[2], "time": told[0], "root": root.fingerprint, "by": by})

    def check_12(self) -> None:
        """The author's own key, where it signed the same list, too; and what a certificate says of it."""
        spki, data = self.read(AUTHOR_PEM, read_public, "A001"), self.take(AUTHOR_CHAIN)
        signature, manifest = self.take(AUTHOR), self.take(TAGMANIFEST, LARGE)
        if spki is None or signature is None or manifest is None:
            return
        named = [entry["open"].get("public_key") for entry in self.entries.values() if entry["kind"].startswith("author.named/")]
        if not proves(spki, manifest, signature):
            self.found("A002")
        elif sha256(spki.whole).hex() not in named:
            self.found("A003", sha256(spki.whole).hex())
        else:
            self.found("A004", sha256(spki.whole).hex())
            handed = certificates(data or b"")
            if data is not None and (not 0 < len(handed) <= 8 or handed[0].key != spki or b"".join(map(to_pem, handed)) != data):
                self.found("A005")
            elif data is not None:
                root = chain(handed[0], handed[1:], self.authorities, re.sub("[^0-9]", "", self.made_at)[:14])
                usage = read_der(handed[0].extensions.get(USAGE, (True, b"\x03\x02\x00\x80"))[1])[0].body
                self.identified = root is not None and usage[1] & 0xC0 != 0
                self.found("A007" if self.identified else "A006", handed[0].common_name())

# --- the program --------------------------------------------------------------------------------------------------------------------------

def visible(text: object) -> str:
    """Untrusted text with every control, direction and undecodable character as a code: it must not move the cursor."""
    return "".join(f"\\u{{{ord(c):04X}}}" if unicodedata.category(c)[0] == "C" or c in "\u2028\u2029" else c for c in str(text))

def show(check: Check | None, refusal: Refused | None, word: str, lang: int | None) -> None:
    def say(pair: tuple[str, str]) -> str:
        return "  ".join(pair) if lang is None else pair[lang]

    if refusal:
        print(f"{refusal.code}  {visible(refusal.detail)}\n      {say(TEXTS[refusal.code])}")
    for number in (n for n in STEPS if check and (n < 12 or check.names & {AUTHOR, AUTHOR_PEM, AUTHOR_CHAIN})):
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
    if check and check.identified and CODES[word] == 0:
        print("\n+ IDENTIFIED", end="")
    print(f"\n{word}  {WORDS[word]}" if lang is None else f"\n{word if lang == 0 else WORDS[word]}")
    for limit in {"INTEGRITY ONLY": LIMITS, "ANCHORED": (*LIMITS[:3], LATEST)}.get(word, ()):
        print("  - " + say(limit))

def examine(
    path: str, key: str | None = None, roots: Iterable[bytes] = (), cas: Iterable[bytes] = ()
) -> tuple[Check | None, Refused | None, str]:
    """The verification of a folder or zip, or why it is not opened, and the verdict. roots, cas: certificates trusted, DER or PEM."""
    trusted = [[certificate for data in files for certificate in certificates(data)] for files in (roots, cas)]
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
    parser.add_argument("--lang", choices=("en", "zh"), help="one language instead of both")
    parser.add_argument("--json", action="store_true", help="print JSON")
    args = parser.parse_args()
    try:
        roots, cas = ([read_file(name) for name in names] for names in (args.root, args.trust_ca))
        check, refusal, word = examine(args.bundle, args.key and args.key.lower(), roots, cas)
    except OSError as error:
        print(f"{visible(str(error.filename or args.bundle))}: {error.strerror}", file=sys.stderr)
        sys.exit(2)
    if args.json:
        findings = [(0, refusal.code, refusal.detail)] if refusal else check.findings if check else []
        rows = [{"step": step, "code": code, "detail": visible(detail)} for step, code, detail in findings]
        told = {"withheld": check.withheld if check else [], "anchors": check.anchors if check else []}
        print(json.dumps({"verdict": word, "findings": rows, **told}, indent=1))
    else:
        show(check, refusal, word, None if args.lang is None else ("en", "zh").index(args.lang))
    sys.exit(CODES[word])

if __name__ == "__main__":
    main()
