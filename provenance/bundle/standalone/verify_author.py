"""What the author's own key signed: step 12 of the procedure. verify.py loads this file from beside itself, after verify_time.py.

A person's key, opened with a passphrase, may sign the bundle's list of files (author.sig), and single entries of the ledger (in entries
`statement.signed`): a statement about the work, a note, a decision. Whose key it is, only an authority that whoever checks trusts can say.
"""

from __future__ import annotations

import base64
import contextlib
import re
from typing import Any

from verify_forms import FAULTS, HEX64, LARGE, fits, need, sha256, unbase64, weak
from verify_time import EC, ED25519, RSA, USAGE, Certificate, Context, Der, Said, certificates, chain, read_der, signed

NOTES = ("A004", "A006", "A007", "A010", "A011", "A012")
TAGMANIFEST = "tagmanifest-sha256.txt"
AUTHOR, AUTHOR_PEM, AUTHOR_CHAIN = "author.sig", "proof/author.pem", "proof/author-chain.pem"
NAMED, SIGNED = "author.named/", "statement.signed/"  # entries that name the author's key, and that are signatures over other entries
# fmt: off
TEXTS = {  # what is said: code -> (en, zh)
    "A001": ("the author's key cannot be used", "作者公钥不可用"), "A002": ("not the author's signature", "不是作者的签名"),
    "A003": ("no entry here names the author's key", "所示记录均未指明作者密钥"),
    "A004": ("the author's key signed, too", "作者密钥也已签名"),
    "A005": ("a certificate that does not fit the author's key", "证书与作者密钥不符"),
    "A006": ("a certificate names this person; no authority trusted here says so", "证书指明此人，但签发机构不在信任之列"),
    "A007": ("an authority that you trust names this person (revocation was not asked for)", "您信任的机构指明此人（未查询吊销状态）"),
    "A008": ("an entry that is not a good signature over another", "并非对另一条记录的有效签名"),
    "A009": ("signed was another entry than the one here", "所签记录与此处所示的不同"),
    "A010": ("a good signature over an entry that is not here", "有效签名，但所签记录不在此处"),
    "A011": ("signed with a key that no entry here names", "签名密钥未被所示记录指明"),
    "A012": ("an entry that the author's key signed", "作者密钥已对此记录签名"),
}
# fmt: on

# --- a person's key ----------------------------------------------------------------------------------------------------------------------

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
        need(2048 <= n.bit_length() <= 8192 and 65537 <= e < 1 << 64 and n & e & 1)
    else:
        need(kind.oid() == EC + "0201" and kind.each()[1].oid() in (EC + "030107", "2b81040022"))
    return key

def algorithm(key: Der) -> str:
    """The kind of a key that `read_public` read, as the ledger names it."""
    kind = key.each()[0]
    curves = {EC + "030107": "ecdsa-p256", "2b81040022": "ecdsa-p384"}
    return {ED25519: "ed25519", RSA + "01": "rsa"}.get(kind.oid()) or curves[kind.each()[1].oid()]

def proves(key: Der, message: bytes, signature: bytes) -> bool:
    """A person's signature: RSA and P-256 with SHA-256, P-384 with SHA-384."""
    kind = key.each()[0]
    name = "sha384" if algorithm(key) == "ecdsa-p384" else "sha256"
    try:
        return bool(signed(key, kind.oid() if kind.oid() == ED25519 else kind.oid()[:10], name, message, signature))
    except FAULTS:
        return False

# --- step 12: what the author's own key signed -------------------------------------------------------------------------------------------

def author(bundle: Context) -> Said:
    """The list of files, where it was signed; what a certificate says of the key; then single entries."""
    said = Said()
    listed(bundle, said)
    statements(bundle, said)
    return said

def named(bundle: Context) -> list[Any]:
    """The fingerprints of the keys that entries here name as the author's."""
    return [entry["open"].get("public_key") for entry in bundle.entries.values() if entry["kind"].startswith(NAMED)]

def listed(bundle: Context, said: Said) -> None:
    """The author's signature over the list of files."""
    spki, data = None, bundle.take(AUTHOR_PEM)
    signature, manifest = bundle.take(AUTHOR), bundle.take(TAGMANIFEST, LARGE)
    if data is not None:
        try:
            spki = read_public(data)
        except FAULTS:
            said.found("A001", AUTHOR_PEM)
    if spki is None or signature is None or manifest is None:
        return
    by = sha256(spki.whole).hex()
    if not proves(spki, manifest, signature):
        said.found("A002")
    elif by not in named(bundle):
        said.found("A003", by)
    else:
        said.found("A004", by)
        identity(bundle, spki, said)

def identity(bundle: Context, spki: Der, said: Said) -> None:
    """The certificates handed over for this key: they count only under an authority that whoever checks trusts."""
    data = bundle.take(AUTHOR_CHAIN)
    if data is None:
        return
    handed = certificates(data)
    if not 0 < len(handed) <= 8 or handed[0].key != spki or b"".join(map(to_pem, handed)) != data:
        said.found("A005")
        return
    root = chain(handed[0], handed[1:], bundle.authorities, re.sub("[^0-9]", "", bundle.made_at)[:14])
    name = ""
    with contextlib.suppress(*FAULTS):  # whoever wrote such a name or usage is named by nobody
        name = handed[0].common_name()
        usage = read_der(handed[0].extensions.get(USAGE, (True, b"\x03\x02\x00\x80"))[1])[0].take(3)
        if root is not None and usage[1] & 0xC0:
            said.words.add("IDENTIFIED")
    said.found("A007" if said.words else "A006", name)

def signing(entry: Any) -> str | None:
    """The fingerprint of the key that made the signature in this entry, if it is a good one over what the entry says that it signs."""
    told = entry["open"]
    of, leaf, key = (told.get(name) for name in ("of", "leaf", "key"))
    try:
        need(type(of) is int and of >= 0 and fits(leaf, HEX64) and fits(key, str) and fits(told.get("signature"), str))
        spki, signature = read_public(pem(b"PUBLIC KEY", unbase64(key))), unbase64(told["signature"])
        by = sha256(spki.whole).hex()
        need((told.get("public_key"), told.get("algorithm")) == (by, algorithm(spki)))
    except FAULTS:
        return None
    message = f"creative-provenance/statement/1\n{entry['log']}\n{of}\n{leaf}\n"
    return by if proves(spki, message.encode(), signature) else None

def statements(bundle: Context, said: Said) -> None:
    """Each entry that is a signature over another: whether it is good, over that entry as it is here, by a key that is named here."""
    keys = named(bundle)
    for seq, entry in sorted(bundle.entries.items()):
        if not entry["kind"].startswith(SIGNED):
            continue
        by, of, leaf = signing(entry), entry["open"].get("of"), entry["open"].get("leaf")
        if by is None:
            said.found("A008", str(seq))
        elif of in bundle.entries and bundle.leaves[of].hex() != leaf:
            said.found("A009", f"{seq}: {of}")
        else:
            said.expect(of in bundle.entries, "A010", f"{seq}: {of}")
            said.expect(by in keys, "A011", f"{seq}: {by}")
            if of in bundle.entries and by in keys:
                said.found("A012", f"{seq}: {of}, {by}")
