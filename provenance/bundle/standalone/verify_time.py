"""What third parties say of a bundle: the time. verify.py loads this file from beside itself.

Without it verify.py checks all the rest, says T010, and calls nothing ANCHORED. `Context` is the bundle as it was found; each kind of word
over a stamped head is one function of it, in `KINDS`. No certificate is trusted for being sent along: roots come from whoever checks, or
are pinned here.

  time      RFC 3161 (tokens), 5652 (CMS), 5816, 5280 (certificates); consistency of two heads of a ledger: RFC 9162 section 2.1.4
  keys      RFC 8017 (RSA, PKCS #1 v1.5), FIPS 186-5 (ECDSA), RFC 8032 (Ed25519, in verify_forms.py); DER: X.690
"""

# ruff: noqa: PTH118, PTH123, PTH113, PTH208, UP035 - Python 3.8, and nothing that an expert must look up
from __future__ import annotations

import base64
import contextlib
import datetime
import hashlib
import os
import re
from typing import Any, Callable, NamedTuple

from verify_forms import FAULTS, SIZE, consistent, ed25519, multiply, need, read_consistency, sha256

PINNED = {  # SHA-256 of the root certificates of time authorities that are trusted unasked; a certificate is never trusted for being sent
    "552f7bdcf1a7af9e6ce672017f4f12abf77240c78e761ac203d1d9d20ac89988": "DigiCert",
    "2cabeafe37d06ca22aba7391c0033d25982952c453647349763a3ab5ad6ccf69": "GlobalSign",
    "5d56499be4d2e08bcfcad08a3e38723d50503bde706948e42f55603019e528ae": "IdenTrust",
}
NOTES = ("T001", "T007", "T009", "T011", "T013")
# fmt: off
TEXTS = {  # what is said: code -> (en, zh)
    "T002": ("a stamped head is malformed or not this key's", "被盖时间戳的快照格式错误，或不属于该密钥"),
    "T003": ("a stamped head is not this ledger's past", "被盖时间戳的快照不是本账本的前身"),
    "T004": ("a token is malformed, or not a time authority's", "时间戳格式错误，或不是时间戳机构所签"),
    "T005": ("a token is over other bytes", "时间戳针对的是其他内容"), "T006": ("a token's signature is wrong", "时间戳的签名错误"),
    "T007": ("a token leads to no root trusted here (see --root)", "时间戳未能连到此处信任的根证书（见 --root）"),
    "T008": ("the ledger tells of this token otherwise", "账本对此时间戳的记载不符"),
    "T009": ("entries after the newest trusted time", "晚于最近可信时间的记录"),
    "T011": ("an OpenTimestamps proof; compare with any Bitcoin node", "OpenTimestamps 证明，请与任一比特币节点比对"),
    "T012": ("not an OpenTimestamps proof, or over other bytes", "不是 OpenTimestamps 证明，或针对其他内容"),
    "T013": ("an OpenTimestamps proof without a Bitcoin block: a promise, no time", "OpenTimestamps 证明尚无比特币区块：仅为承诺"),
}
# fmt: on

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

def throughout(data: bytes) -> None:
    """That every length in every constructed value, read or not, has its one spelling, so that no two readers see two tokens."""
    bodies, depth = [data], 0
    while bodies:
        need(depth < 64)
        bodies, depth = [value.body for body in bodies for value in read_der(body) if value.tag & 32], depth + 1

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
        throughout(answer)
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
        self.certificates = [Certificate(item.whole) for item in sent.each(0xA0) if item.tag == 0x30]  # of the other kinds none is used
        issuer, serial = name.each()
        self.leaf = {(c.issuer, c.serial): c for c in reversed(self.certificates)}[issuer.whole, serial.whole]
        self.info = wrapped.each(0xA0)[0].take(4)
        throughout(self.info)
        version, _, imprint, _, time, *_ = read_der(self.info)[0].each()
        need(time.tag == 0x18)
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

# --- what a word of a third party is checked against --------------------------------------------------------------------------------------

class Context(NamedTuple):
    """The bundle as verify.py has found it to be. Nothing here is changed by a check."""

    names: set[str]  # the files that are here
    missing: set[str]  # files that are listed and not here: said once already
    hashes: dict[str, str]  # SHA-256 of each file that is here
    take: Callable[..., bytes | None]  # a file's bytes by its name; None where it is not here or is too large
    entries: dict[int, Any]  # the entries that are here, by number
    leaves: dict[int, bytes]  # their leaf hashes
    head: tuple[str, int, bytes] | None  # origin, size and root of the checkpoint, once its signature was found to be the key's
    opened: Callable[[bytes, int], tuple[str, int, bytes]]  # a note as a head of this ledger of that size; ValueError for any other note
    made_at: str  # what bundle.json says
    roots: list[Certificate]  # trusted by whoever checks: for time
    authorities: list[Certificate]  # trusted by whoever checks: to say whose key the author's is

    def named(self, pattern: str) -> list[tuple[str, str]]:
        """The names of this form, and what its first group is in each."""
        matches = [re.fullmatch(pattern, name) for name in sorted(self.names)]
        return [(match.group(0), match.group(1)) for match in matches if match]

class Said:
    """What a check found: codes with details; times that are trusted, {"file", "size", "time", "root", "by"}; words beside the verdict."""

    def __init__(self) -> None:
        self.findings: list[tuple[str, str]] = []
        self.anchors: list[dict[str, Any]] = []
        self.words: set[str] = set()

    def found(self, code: str, detail: str = "") -> None:
        self.findings.append((code, detail))

    def expect(self, good: object, code: str, detail: str = "") -> None:
        if not good:
            self.found(code, detail)

# --- step 11: time ------------------------------------------------------------------------------------------------------------------------

def head(bundle: Context, stem: str, size: int, said: Said) -> bytes | None:
    """A stamped head, if it is this ledger's and the beginning of what the snapshot covers: the bytes of its note."""
    note, path, now = bundle.take(stem + ".txt"), None, bundle.head
    if note is None or now is None:
        return None
    try:
        then = bundle.opened(note, size)
    except ValueError:
        said.found("T002", stem + ".txt")
        return None
    proof = bundle.take(stem + ".consistency")
    with contextlib.suppress(*FAULTS):
        path = read_consistency(b"?" if proof is None else proof)
    if path is not None and consistent(size, now[1], path, then[2], now[2]):
        return note
    said.expect(stem + ".consistency" in bundle.missing, "T003", stem + ".txt")
    return None

def tokens(bundle: Context, heads: dict[int, bytes], said: Said) -> None:
    """RFC 3161: proof/anchor-SIZE-N.tsr, each over the note proof/anchor-SIZE.txt."""
    for size, note in sorted(heads.items()):
        for name, _ in bundle.named(rf"proof/anchor-{size}-([1-9][0-9]{{0,3}})\.tsr"):
            data = bundle.take(name)
            if data is None:
                continue
            try:
                token = Token(data)
            except FAULTS:
                said.found("T004", name)
                continue
            if token.imprint != (SHA256, sha256(note)):
                said.found("T005", name)
            elif not token.well_signed():
                said.found("T006", name)
            else:
                trusted_time(bundle, name, token, (token.text(), sha256(note).hex(), size), said)

def trusted_time(bundle: Context, name: str, token: Token, told: tuple[str, str, int], said: Said) -> None:
    """A sound token: what the ledger says of it, and whether it leads to a root that is trusted here."""
    for entry in bundle.entries.values():
        if entry["kind"].startswith("time.attested/") and entry["open"].get("token") == bundle.hashes[name]:
            said.expect(tuple(entry["open"].get(key) for key in ("time", "covers", "size")) == told, "T008", name)
    sent, at = token.certificates, token.time
    root = chain(token.leaf, sent, bundle.roots + [one for one in sent if one.fingerprint in PINNED], at)
    root = root or chain(token.leaf, sent, [one for one in stored() if one.fingerprint in PINNED], at)
    said.expect(root, "T007", name)
    if root:
        by = PINNED.get(root.fingerprint, "--root")
        said.anchors.append({"file": name, "size": told[2], "time": told[0], "root": root.fingerprint, "by": by})

class Proof:
    """The bytes of an OpenTimestamps proof (python-opentimestamps 0.4.5), read one after the other."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def take(self, count: int) -> bytes:
        need(count <= len(self.data))
        taken, self.data = self.data[:count], self.data[count:]
        return taken

    def number(self) -> int:
        """Unsigned LEB128 of at most five bytes, in its shortest spelling."""
        read = [self.take(1)[0]]
        while read[-1] > 127:
            need(len(read) < 5)
            read += self.take(1)
        need(read[-1] or len(read) == 1)
        return sum((byte & 127) << 7 * place for place, byte in enumerate(read))

    def some(self, most: int) -> bytes:
        count = self.number()
        need(count <= most)
        return self.take(count)

    def leaf(self, message: bytes) -> int | None:
        """An attestation: the height of a Bitcoin block, whose root the message is then, or None."""
        tag, inside = self.take(8).hex(), Proof(self.some(8192))
        height = None
        if tag == "83dfe30d2ef90c8e":  # pending: a calendar's address
            need(re.fullmatch(rb"[A-Za-z0-9._/:-]*", inside.some(1000)) and not inside.data)
        elif tag == "0588960d73d71901":
            height = inside.number()
            need(len(message) == 32 and not inside.data)
        return height

    def step(self, tag: int, message: bytes) -> bytes:
        """An operation on the message before it. RIPEMD-160 (3) and Keccak-256 (103) are not computed; zeros stand for their results."""
        if tag in (0xF0, 0xF1):
            more = self.some(4096)
            need(more)
            message = message + more if tag == 0xF0 else more + message
        else:
            need(tag in (2, 3, 8, 103, 0xF2, 0xF3))
            results = {2: hashlib.sha1(message).digest(), 3: bytes(20), 8: sha256(message), 103: bytes(32), 0xF2: message[::-1]}
            message = results.get(tag, message.hex().encode())
        need(len(message) <= 4096)
        return message

    def blocks(self, digest: bytes) -> set[tuple[int, str]]:
        """Height and Merkle root (last byte first) of each Bitcoin block that a proof over this digest leads to."""
        need(self.take(65) == b"\x00OpenTimestamps\x00\x00Proof\x00\xbf\x89\xe2\xe8\x84\xe8\x92\x94\x01\x08" + digest)
        found, waiting, at = set(), [], (digest, 0, True)  # at: the message, how many steps led to it, and whether it was computed
        for _ in range(2048):
            tag = self.take(1)[0]
            if tag == 0xFF:  # another branch starts from the same message when this one has ended
                waiting.append(at)
                tag = self.take(1)[0]
            if tag:
                at = (self.step(tag, at[0]), at[1] + 1, at[2] and tag not in (3, 103))
                need(at[1] < 256)
                continue
            height = self.leaf(at[0])
            if height is not None and at[2]:
                found.add((height, at[0][::-1].hex()))
            if not waiting:
                need(not self.data)
                return found
            at = waiting.pop()
        raise ValueError

def proofs(bundle: Context, heads: dict[int, bytes], said: Said) -> None:
    """OpenTimestamps: proof/anchor-SIZE.ots over the note. Whether a block has that root, and when it was, any Bitcoin node tells."""
    for size, note in sorted(heads.items()):
        name, covers = f"proof/anchor-{size}.ots", sha256(note)
        data = bundle.take(name)
        if data is None:
            continue
        try:
            blocks = Proof(data).blocks(covers)
        except FAULTS:
            said.found("T012", name)
            continue
        for height, root in sorted(blocks):
            said.found("T011", f"{name}: block {height}, Merkle root {root}")
        said.expect(blocks, "T013", name)
        for entry in bundle.entries.values():
            told = entry["open"]
            if entry["kind"].startswith("time.committed/") and told.get("covers") == covers.hex():
                same = type(told.get("block")) is int and (told["block"], told.get("merkle_root")) in blocks
                said.expect(same and told.get("size") == size, "T008", name)

KINDS: tuple[Callable[[Context, dict[int, bytes], Said], None], ...] = (tokens, proofs,)
STAMPED = rf"proof/anchor-({SIZE})(?:\.consistency|\.ots|-[1-9][0-9]{{0,3}}\.tsr)"  # files that mean nothing without their anchor-SIZE.txt

def time(bundle: Context) -> Said:
    """Step 11: every stamped head, each kind of word over them, and which entries are left without a trusted time."""
    said, heads = Said(), {}  # type: Said, dict[int, bytes]
    known = {digits for _, digits in bundle.named(rf"proof/anchor-({SIZE})\.txt")} if bundle.head else set()
    for name, digits in bundle.named(STAMPED) if bundle.head else ():
        said.expect(digits in known or f"proof/anchor-{digits}.txt" in bundle.missing, "T002", name)
    for digits in sorted(known):
        note = head(bundle, f"proof/anchor-{digits}", int(digits), said)
        if note is not None:
            heads[int(digits)] = note
    for kind in KINDS:
        kind(bundle, heads, said)
    said.expect(said.anchors, "T001")
    later = sorted(seq for seq in bundle.entries if seq >= max((anchor["size"] for anchor in said.anchors), default=0))
    said.expect(not said.anchors or not later, "T009", ", ".join(map(str, later)))
    return said
