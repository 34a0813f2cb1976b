"""The forms and the arithmetic that verify.py needs, which loads this file from beside itself. It decides nothing about a bundle.

What bytes may look like: the two containers, canonical JSON, signed notes, proofs, entries; and what must be computed: Ed25519 and the
Merkle tree. Each reader raises ValueError or LookupError on any other spelling, so that no two programs can read two things.

  files   RFC 8493 (BagIt 1.0); zip as docs/bundle-format.md section 2 has it; canonical JSON: RFC 8785, no floats, integers below 2^53
  proofs  Merkle tree, RFC 9162 section 2.1; C2SP signed-note, tlog-checkpoint, tlog-proof (https://c2sp.org)
  key     Ed25519, RFC 8032 section 5.1
"""

# ruff: noqa: PTH118, PTH123, UP006, UP035 - Python 3.8, and nothing that an expert must look up
from __future__ import annotations

import base64
import datetime
import hashlib
import json
import os
import re
import stat
import struct
import unicodedata
from typing import Any, BinaryIO, Callable, Iterable, Iterator, Tuple

LARGE = 64 << 20  # no good file has more bytes, but originals and blobs
FAULTS = (ValueError, LookupError)  # what the readers below raise on bytes in another form
# fmt: off
TEXTS = {  # what is said of a container: code -> (en, zh)
    "Z001": ("not a whole zip", "不是完整的 zip，或首尾有多余字节"), "Z002": ("zip: compressed or encrypted", "zip：被压缩或加密"),
    "Z003": ("zip: extra fields or comments", "zip：含附加字段或注释"), "Z004": ("zip: a link or special mode", "zip：链接或特殊权限"),
    "Z005": ("zip: header and directory differ", "zip：文件头与目录不一致"), "Z006": ("zip: a gap or an overlap", "zip：存在空隙或重叠"),
    "Z007": ("zip: not in a bundle's form", "zip：不是证据包的固定写法"), "Z008": ("a dangerous file name", "危险的文件名"),
    "Z009": ("two names for one file", "两个文件名可能指同一文件"),
    "Z010": ("zip: not one EVIDENCE- folder", "zip：不是唯一的 EVIDENCE- 文件夹"), "Z011": ("a link or a special file", "链接或特殊文件"),
    "Z012": ("zip: a checksum is wrong", "zip：校验和错误"), "Z013": ("larger than any good file of its kind", "超过此类文件的合理大小"),
}
# fmt: on

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
    """count * point, on this curve or on those of ECDSA in verify_time.py."""
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

def key_id(name: str, public: bytes, kind: bytes = b"\x01") -> bytes:
    return sha256(name.encode() + b"\n" + kind + public)[:4]

def read_note(data: bytes) -> tuple[str, list[tuple[str, bytes]]]:
    """The text of a signed note, and of each signature the name and the bytes (4 of the key's id, then the signature), unchecked."""
    whole = data.decode("utf-8")
    at = whole.rfind("\n\n")
    lines = [line.split(" ") for line in whole[at + 2 : -1].split("\n")]
    need(at >= 0 and whole.endswith("\n") and len(lines) <= 100 and not any(c < " " and c != "\n" for c in whole))
    need(all(len(line) == 3 and line[0] == "\u2014" and key_name(line[1]) for line in lines))
    need(all(len(unbase64(line[2])) >= 5 for line in lines))
    return whole[: at + 1], [(line[1], unbase64(line[2])) for line in lines]

def read_vkey(text: str, kind: bytes = b"\x01") -> tuple[str, bytes]:
    """Name and public key of a verifier key in its one spelling; "weak" for one that proves nothing. kind: 1 a ledger's, 4 a witness's."""
    name, identity, coded = text.split("+", 2)
    found, key = unbase64(coded)[:1], unbase64(coded)[1:]
    need(key_name(name) and found == kind and len(key) == 32)
    if weak(key):
        raise ValueError("weak")
    need(key_id(name, key, kind).hex() == identity)
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

def read_consistency(raw: bytes) -> list[bytes]:
    lines = raw.decode("ascii").split("\n")
    need(not lines[-1])
    return [unbase64(line) for line in lines[:-1]]

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

# --- the forms of what a bundle holds (docs/bundle-format.md, docs/ledger-format.md) -----------------------------------------------------

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
    for seq, names in rows_of(about, "withheld_at"):
        need(fits(seq, "0|[1-9][0-9]{0,15}") and fits(names, [str]))
    need(all(fits(why, str) for _, why in rows_of(about, "withheld_reasons")))
    for row in about["pictures"]:
        need(fits(row["file"], str) or (row["file"] is None and fits(row.get("why_absent"), str)))
        need(row.get("preview") is None or fits(row["preview"], HEX64))
    return about

def rows_of(about: dict[str, Any], name: str) -> list[tuple[str, Any]]:
    """The rows of an object in bundle.json that may be absent."""
    need(fits(about.get(name, {}), dict))
    return list(about.get(name, {}).items())

def withheld(about: dict[str, Any], seq: int) -> set[str]:
    """The sealed fields of an entry that bundle.json calls withheld: of all entries, or of this one."""
    return {*about["withheld"], *about.get("withheld_at", {}).get(str(seq), [])}

def all_withheld(about: dict[str, Any]) -> list[str]:
    """What is withheld, as it is shown: names, then `name@entry`."""
    rows = sorted(rows_of(about, "withheld_at"), key=lambda row: int(row[0]))
    return [*about["withheld"], *(f"{name}@{seq}" for seq, names in rows for name in names)]

def texts(value: Any) -> Iterator[str]:
    """Every text of 64 characters in a value, however deep."""
    if isinstance(value, str) and len(value) == 64:
        yield value
    elif isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from texts(item)
