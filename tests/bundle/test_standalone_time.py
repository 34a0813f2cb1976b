"""Step 11 of the stand-alone verifier: what a third party's time is accepted from, and every way in which it is not."""

from __future__ import annotations

import base64
import contextlib
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from hypothesis import given, settings
from hypothesis import strategies as st
from support import authority, bundles, minted, verifiers
from support.minted import Order, Party

from provenance.ledger import chain, merkle
from provenance.seal import snapshot, timestamp

ALONE, TIME = verifiers.STANDALONE, verifiers.TIME
OPENSSL = shutil.which("openssl")
Files = dict[str, bytes]


class Memory:
    """A bundle's files, for the program's Check."""

    def __init__(self, files: Files) -> None:
        self.files, self.crcs = files, dict[str, int]()

    @property
    def sizes(self) -> dict[str, int]:
        return {name: len(data) for name, data in self.files.items()}

    def chunks(self, name: str) -> Iterator[bytes]:
        yield self.files[name]


def note_of(world: bundles.World, size: int) -> bytes:
    root = merkle.root([chain.leaf(raw) for raw in world.raws[:size]])
    return snapshot.sign(snapshot.Snapshot(bundles.ORIGIN, size, root), world.signer)


def anchored(world: bundles.World, tokens: list[bytes], size: int = 8, **changes: bytes) -> Files:
    """The good bundle with these tokens over its first `size` entries, sealed by its author."""
    files, leaves = world.files(), [chain.leaf(raw) for raw in world.raws]
    path = merkle.consistency_proof(leaves, size)
    files[f"proof/anchor-{size}.txt"] = note_of(world, size)
    files[f"proof/anchor-{size}.consistency"] = b"".join(base64.b64encode(item) + b"\n" for item in path)
    files |= {f"proof/anchor-{size}-{n}.tsr": token for n, token in enumerate(tokens, 1)} | changes
    return sealed(world, files)


def sealed(world: bundles.World, files: Files) -> Files:
    bundles.rehash(files)
    bundles.resign(files, world.signer)
    return files


def judged(files: Files, roots: list[bytes]) -> tuple[str, list[str], list[dict[str, Any]]]:
    check = ALONE.Check(Memory(files), None, [certificate for data in roots for certificate in TIME.certificates(data)], [])
    word = check.run()
    return word, sorted(code for _, code, _ in check.findings), check.anchors


def openssl_agrees(folder: Path, note: bytes, answer: bytes, root: bytes, at: int) -> bool:
    for name, data in (("note", note), ("a.tsr", answer), ("root.pem", root)):
        (folder / name).write_bytes(data)
    command = [str(OPENSSL), "ts", "-verify", "-data", "note", "-in", "a.tsr", "-CAfile", "root.pem", "-attime", str(at)]
    return subprocess.run(command, cwd=folder, capture_output=True, timeout=60, check=False).returncode == 0


def pem(der: bytes) -> bytes:
    return b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(der) + b"-----END CERTIFICATE-----\n"


# --- a real authority ------------------------------------------------------------------------------------------------------------

real = pytest.mark.skipif(OPENSSL is None, reason="LOUD: no openssl: no token of a real authority was checked")


@pytest.fixture(scope="module", params=["rsa", "ec", "unsorted"])
def tsa(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> authority.Authority:
    return authority.make(tmp_path_factory.mktemp("tsa"), rsa_keys=request.param != "ec", unsorted=request.param == "unsorted")


@pytest.fixture(scope="module")
def stamped(tsa: authority.Authority, world: bundles.World) -> bytes:
    return tsa.reply(timestamp.query(TIME.sha256(note_of(world, 8)), None))


@real
def test_a_token_of_a_real_authority_anchors(tsa: authority.Authority, stamped: bytes, world: bundles.World, tmp_path: Path) -> None:
    word, codes, anchors = judged(anchored(world, [stamped]), [tsa.root])
    assert (word, codes) == ("ANCHORED", [])
    stamp = timestamp.check(stamped, TIME.sha256(note_of(world, 8)), [tsa.root])
    told = {"file": "proof/anchor-8-1.tsr", "size": 8, "time": stamp.time, "root": tsa.fingerprint, "by": "--root"}
    assert anchors == [told]
    word, codes, _ = judged(anchored(world, [stamped]), [])
    assert (word, codes) == ("INTEGRITY ONLY", ["T001", "T007"])


@real
def test_the_program_takes_roots_by_pem(tsa: authority.Authority, stamped: bytes, world: bundles.World, tmp_path: Path) -> None:
    path = tmp_path / "bundle.zip"
    path.write_bytes(bundles.zipped(anchored(world, [stamped])))
    other = authority.make(tmp_path / "other")
    assert verifiers.program(path, "--root", str(other.root_pem), "--root", str(tsa.root_pem)) == (0, "ANCHORED", {})
    assert verifiers.program(path, "--root", str(other.root_pem)) == (0, "INTEGRITY ONLY", {"T001": 1, "T007": 1})
    command = [verifiers.sys.executable, "-I", "-S", str(verifiers.PROGRAM), str(path), "--root", str(tsa.root_pem), "--lang"]
    english, chinese = (subprocess.run([*command, lang], capture_output=True, text=True, timeout=60, check=False) for lang in ("en", "zh"))
    assert english.returncode == chinese.returncode == 0
    assert tsa.fingerprint in english.stdout and "\nANCHORED\n" in english.stdout and not any("一" <= c <= "龥" for c in english.stdout)
    assert ALONE.WORDS["ANCHORED"] in chinese.stdout and "It proves" not in chinese.stdout


@real
def test_a_pinned_fingerprint_makes_the_root_in_a_token_the_one_that_is_meant(
    world: bundles.World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tsa = authority.make(tmp_path, unsorted=True)
    files = anchored(world, [tsa.reply(timestamp.query(TIME.sha256(note_of(world, 8)), None))])
    assert judged(files, [])[:2] == ("INTEGRITY ONLY", ["T001", "T007"]), "a forger's own root inside the token"
    monkeypatch.setitem(TIME.PINNED, tsa.fingerprint, "Test")
    word, codes, anchors = judged(files, [])
    assert (word, codes, anchors[0]["by"]) == ("ANCHORED", [], "Test")


@real
def test_a_swapped_token_and_an_older_head(tsa: authority.Authority, world: bundles.World) -> None:
    older = tsa.reply(timestamp.query(TIME.sha256(note_of(world, 5)), None))
    assert judged(anchored(world, [older], size=5), [tsa.root])[:2] == ("ANCHORED", ["T009"])
    assert judged(anchored(world, [older]), [tsa.root])[:2] == ("FAILED", ["T001", "T005"])


@real
def test_no_bit_of_a_token_gives_another_time(tsa: authority.Authority, stamped: bytes, world: bundles.World) -> None:
    """Cut anywhere, one bit turned, a byte more: refused, or the very same time (a bit outside what is signed)."""
    files = anchored(world, [stamped])
    check = ALONE.Check(Memory(files), None, TIME.certificates(tsa.root), [])
    assert check.run() == "ANCHORED"
    good, chance = check.anchors[0], random.Random(7)
    for _ in range(40):
        at, turned = chance.randrange(len(stamped)), bytearray(stamped)
        turned[at] ^= 1 << chance.randrange(8)
        for bad in (bytes(turned), stamped[:at], stamped + bytes((at % 256,)), stamped[:at] + b"\0" + stamped[at:]):
            check.files.files["proof/anchor-8-1.tsr"] = bad
            check.findings, check.anchors = [], []
            check.check_11()
            assert check.anchors in ([], [good])
            assert bool(check.anchors) != any(code in ("T004", "T005", "T006", "T007") for _, code, _ in check.findings)


@real
@pytest.mark.parametrize("rsa_keys", [True, False])
def test_three_levels_and_certificates_in_any_order(world: bundles.World, tmp_path: Path, rsa_keys: bool) -> None:
    """openssl's own authority with an intermediate; the root is not in the token, as with the large public ones."""
    tsa = authority.make(tmp_path, rsa_keys=rsa_keys)
    top = minted.root("rsa2048" if rsa_keys else "p384")
    middle = minted.leaf(top, "rsa2048" if rsa_keys else "p256", name="Middle", ca=True, usage=True, path=0, since=900, until=900)
    leaf = minted.leaf(middle, "rsa2048" if rsa_keys else "p256", usage=False, since=900, until=900)
    (tmp_path / "leaf.pem").write_bytes(leaf.pem)
    plain = serialization.NoEncryption()
    (tmp_path / "leaf.key").write_bytes(
        leaf.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    )
    (tmp_path / "chain.pem").write_bytes(middle.pem)
    (tmp_path / "tsa.cnf").write_text((tmp_path / "tsa.cnf").read_text() + "certs = chain.pem\n")
    note = note_of(world, 8)
    answer = tsa.reply(timestamp.query(TIME.sha256(note), None))
    for root, word in ((top, "ANCHORED"), (minted.root("p256"), "INTEGRITY ONLY")):
        assert judged(anchored(world, [answer]), [root.der])[0] == word
        assert (word == "ANCHORED") == openssl_agrees(tmp_path, note, answer, root.pem, int(minted.NOW.timestamp()) + 10**6)


# --- tokens as no honest authority would make them ---------------------------------------------------------------------------------


def forged_rsa(own: Any) -> Callable[[bytes], bytes]:
    """Bleichenbacher 2006: no private key, e = 3, the digest followed by garbage: a cube root that looks right at its beginning."""

    def forge(data: bytes) -> bytes:
        size = own.key_size // 8
        start = b"\0\1" + b"\xff" * 8 + b"\0" + bytes.fromhex("3031300d060960864801650304020105000420") + TIME.sha256(data)
        low, high, target = 0, 1 << 800, int.from_bytes(start.ljust(size, b"\0"), "big")
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if middle**3 < target else (low, middle)
        assert (low**3).to_bytes(size, "big").startswith(start), "the forgery must look right to a careless reader"
        return low.to_bytes(size, "big")

    return forge


def pair(r: int, s: int) -> Callable[[bytes], bytes]:
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    return lambda _: encode_dss_signature(r, s)


def without(kind: str) -> Callable[[list[Any]], list[Any]]:
    return lambda rows: [row for row in rows if row["type"] != kind]


def changed(kind: str, values: list[Any]) -> Callable[[list[Any]], list[Any]]:
    return lambda rows: [row | {"values": values} if row["type"] == kind else row for row in rows]


ROOT, RSA_ROOT = minted.root("p256"), minted.root("rsa2048")
LEAF, RSA_LEAF, OTHER = minted.leaf(ROOT, usage=False), minted.leaf(RSA_ROOT, "rsa2048", usage=False), minted.leaf(ROOT, usage=False)
E3 = minted.leaf(RSA_ROOT, "rsa2048e3", usage=False)
NOT_CA = minted.leaf(ROOT, name="Not a CA", purposes=())
NO_SIGNING = minted.leaf(ROOT, name="No signing", ca=True, usage=False)
LONE = minted.leaf(ROOT, name="Lone", ca=True, usage=True, path=0)
BELOW = minted.leaf(LONE, name="Below", ca=True, usage=True)
N256 = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


PLAIN = Order()


def case(
    code: str, signer: Party = LEAF, order: Order = PLAIN, more: tuple[Party, ...] = (), root: Party = ROOT, *, agrees: bool = True
) -> Any:
    """agrees: whether `openssl ts -verify` sees the fault, too."""
    return code, signer, order, more, root, agrees


CASES = {
    "good": case(""),
    "good_rsa": case("", RSA_LEAF, root=RSA_ROOT),
    "good_plain_rsa_name": case("", RSA_LEAF, Order(plain_rsa=True), root=RSA_ROOT),
    "good_e3": case("", E3, root=RSA_ROOT),
    "good_sha512": case("", RSA_LEAF, Order(digest="sha512"), root=RSA_ROOT),
    "good_p384": case("", minted.leaf(ROOT, "p384", usage=False, digest="sha384"), Order(digest="sha384")),
    "good_named_by_sha1": case("", order=Order(v1=True)),
    "good_fraction": case("", order=Order(at="20261122060000.25Z")),
    "good_root_sent_along": case("", more=(ROOT, OTHER, RSA_LEAF)),
    "expired_leaf": case("T007", minted.leaf(ROOT, usage=False, until=-1)),
    "leaf_of_later": case("T007", minted.leaf(ROOT, usage=False, since=-1)),
    "expired_root": case("T007", minted.leaf(minted.root(until=-1), usage=False)),
    "leaf_without_purpose": case("T004", minted.leaf(ROOT, usage=False, purposes=())),
    "leaf_of_another_purpose": case("T004", minted.leaf(ROOT, usage=False, purposes=(minted.ExtendedKeyUsageOID.SERVER_AUTH,))),
    "leaf_of_two_purposes": case(
        "T004", minted.leaf(ROOT, usage=False, purposes=(minted.ExtendedKeyUsageOID.TIME_STAMPING, minted.ExtendedKeyUsageOID.SERVER_AUTH))
    ),
    "purpose_not_critical": case("T004", minted.leaf(ROOT, usage=False, critical=False)),
    "issuer_is_no_ca": case("T007", minted.leaf(NOT_CA, usage=False), more=(NOT_CA,)),
    "issuer_may_not_sign": case("T007", minted.leaf(NO_SIGNING, usage=False), more=(NO_SIGNING,)),
    "path_too_long": case("T007", minted.leaf(BELOW, usage=False), more=(BELOW, LONE)),
    "unknown_critical_extension": case("T007", minted.leaf(ROOT, usage=False, strange=True)),
    "another_root_of_the_same_name": case("T007", root=minted.root("p256")),
    "leaf_as_root": case("T007", root=LEAF),
    "weak_rsa": case("T006", minted.leaf(RSA_ROOT, "rsa1024", usage=False), root=RSA_ROOT, agrees=False),
    "good_p521": case("", minted.leaf(ROOT, "p521", usage=False), Order(digest="sha512")),
    "another_imprint": case("T005", order=Order(imprint="sha512"), agrees=False),
    "waiting": case("T004", order=Order(status="waiting")),
    "time_without_a_zone": case("T004", order=Order(at="20261122060000"), agrees=False),
    "time_with_an_offset": case("T004", order=Order(at="20261122060000+0800"), agrees=False),
    "no_such_day": case("T004", order=Order(at="20261132060000Z"), agrees=False),
    "no_message_digest": case("T006", order=Order(attributes=without("message_digest"))),
    "another_message_digest": case("T006", order=Order(attributes=changed("message_digest", [bytes(32)]))),
    "no_content_type": case("T006", order=Order(attributes=without("content_type")), agrees=False),
    "another_content_type": case("T006", order=Order(attributes=changed("content_type", ["data"])), agrees=False),
    "certificate_not_named": case("T006", order=Order(attributes=without("signing_certificate_v2"))),
    "another_certificate_named": case("T006", order=Order(named=OTHER.der), more=(OTHER,)),
    "attribute_twice": case("T006", order=Order(attributes=lambda rows: [*rows, rows[0]]), agrees=False),
    "unsigned": case("T006", order=Order(forge=lambda _: b"")),
    "signed_by_another": case("T006", order=Order(forge=lambda data: minted._sign(OTHER.key, data, "sha256"))),
    "r_is_zero": case("T006", order=Order(forge=pair(0, 1))),
    "s_is_zero": case("T006", order=Order(forge=pair(1, 0))),
    "r_is_the_order": case("T006", order=Order(forge=pair(N256, 1))),
    "s_is_the_order": case("T006", order=Order(forge=pair(1, N256))),
    "garbage_after_the_digest": case("T006", E3, Order(forge=forged_rsa(E3.key)), root=RSA_ROOT),
    "rsa_signature_too_long": case("T006", RSA_LEAF, Order(forge=lambda d: b"\0" + minted._sign(RSA_LEAF.key, d, "sha256")), root=RSA_ROOT),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_each_fault_of_a_token(name: str, world: bundles.World, tmp_path: Path) -> None:
    code, signer, order, more, root, agrees = CASES[name]
    note = note_of(world, 8)
    answer = minted.token(note, signer, [signer.der, *(party.der for party in more)], order)
    word, codes, anchors = judged(anchored(world, [answer]), [root.pem])
    expected = [code, "T001"] if code and code < "T001" else ["T001", code] if code else []
    assert codes == expected
    assert word == ("ANCHORED" if not code else "INTEGRITY ONLY" if code == "T007" else "FAILED")
    time = "2026-11-22T06:00:00.250000Z" if "fraction" in name else "2026-11-22T06:00:00.000000Z"
    assert [anchor["time"] for anchor in anchors] == ([] if code else [time])
    if agrees and OPENSSL:
        assert openssl_agrees(tmp_path, note, answer, root.pem, int(minted.NOW.timestamp())) == (not code)


def test_both_verifiers_say_the_same_of_each(world: bundles.World, tmp_path: Path) -> None:
    path = tmp_path / "bundle.zip"
    for name, (_, signer, order, more, root, _) in CASES.items():
        token = minted.token(note_of(world, 8), signer, [signer.der, *(party.der for party in more)], order)
        path.write_bytes(bundles.zipped(anchored(world, [token])))
        assert verifiers.both(path, None, [root.der]), name


def test_one_good_token_of_two_anchors_and_the_other_is_noted(world: bundles.World) -> None:
    note = note_of(world, 8)
    stranger = minted.root(name="Stranger")
    tokens = [minted.token(note, one, [one.der]) for one in (LEAF, minted.leaf(stranger, usage=False))]
    assert judged(anchored(world, tokens), [ROOT.der])[:2] == ("ANCHORED", ["T007"])


def test_heads_that_are_not_this_ledgers(world: bundles.World) -> None:
    note = note_of(world, 5)
    token = minted.token(note, LEAF, [LEAF.der])

    def with_(**changes: bytes) -> tuple[str, list[str]]:
        return judged(anchored(world, [token], 5, **changes), [ROOT.der])[:2]

    text, proof = "proof/anchor-5.txt", "proof/anchor-5.consistency"
    good = anchored(world, [token], 5)
    assert with_() == ("ANCHORED", ["T009"])
    assert with_(**{proof: b""}) == ("FAILED", ["T001", "T003"])
    assert with_(**{proof: good[proof] + good[proof]}) == ("FAILED", ["T001", "T003"])
    assert with_(**{proof: good[proof][:-1]}) == ("FAILED", ["T001", "T003"])
    fork = snapshot.sign(snapshot.Snapshot(bundles.ORIGIN, 5, bytes(32)), world.signer)
    forked = minted.token(fork, LEAF, [LEAF.der])
    assert with_(**{text: fork, "proof/anchor-5-1.tsr": forked}) == ("FAILED", ["T001", "T003"])
    assert with_(**{text: note + b"x"}) == ("FAILED", ["T001", "T002"])
    assert with_(**{text: note_of(world, 6)}) == ("FAILED", ["T001", "T002"])
    assert with_(**{text: note.replace(b"b0b", b"b0c")}) == ("FAILED", ["T001", "T002"])
    later = snapshot.sign(snapshot.Snapshot(bundles.ORIGIN, 9, bytes(32)), world.signer)
    files = world.files() | {"proof/anchor-9.txt": later, "proof/anchor-9.consistency": b""}
    assert judged(sealed(world, files), [])[:2] == ("FAILED", ["T001", "T003"])


def test_parts_that_are_not_there(world: bundles.World) -> None:
    files = anchored(world, [minted.token(note_of(world, 5), LEAF, [LEAF.der])], 5)
    del files["proof/anchor-5.consistency"]
    assert judged(files, [ROOT.der])[0] == "INCOMPLETE"
    assert judged(sealed(world, files), [ROOT.der])[:2] == ("FAILED", ["T001", "T003"])


def test_what_the_ledger_tells_of_a_token(world: bundles.World) -> None:
    note = note_of(world, 8)
    token = minted.token(note, LEAF, [LEAF.der])
    check = ALONE.Check(Memory(anchored(world, [token])), None, TIME.certificates(ROOT.der), [])
    assert check.run() == "ANCHORED"
    told = {"token": TIME.sha256(token).hex(), "time": "2026-11-22T06:00:00.000000Z", "covers": TIME.sha256(note).hex(), "size": 8}
    wrong = ({"time": "2026-11-22T05:00:00.000000Z"}, {"size": 7}, {"covers": "0" * 64})
    for change, codes in (({}, []), *((change, ["T008"]) for change in wrong)):
        check.entries[7] = check.entries[7] | {"kind": "time.attested/1", "open": told | change}
        check.findings, check.anchors = [], []
        check.check_11()
        assert [code for _, code, _ in check.findings] == codes


def test_pinned_roots_are_those_of_the_recorder() -> None:
    import json

    from provenance import data

    rows = json.loads(data.read("authorities.json"))["authorities"]
    pinned = {root: row["label"]["en"] for row in rows for root in row["roots"]}
    assert dict(TIME.PINNED) == pinned, "write these into the stand-alone verify.py"


def test_pinned_roots_in_the_systems_store_are_found() -> None:
    here = {certificate.fingerprint for certificate in TIME.stored()}
    if not here & set(TIME.PINNED):
        pytest.skip("LOUD: this system's store has none of the pinned roots: finding them was NOT checked")
    assert len(here & set(TIME.PINNED)) == len(TIME.PINNED)


# --- the arithmetic against the library's ------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=20)
@given(st.sampled_from(["p256", "p384", "p521"]), st.sampled_from(list(minted.SHA)), st.binary(max_size=40), st.integers(0, 2**32))
def test_ecdsa_is_the_librarys(kind: str, name: str, message: bytes, salt: int) -> None:
    own = minted.key(kind)
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    key = TIME.read_der(own.public_key().public_bytes(serialization.Encoding.DER, spki))[0]
    signature = minted._sign(own, message, name)
    oid = next(oid for oid, hashed in TIME.SIGNING.items() if hashed == name and oid.startswith(TIME.EC))
    assert TIME.signed(key, oid, name, message, signature) is True
    assert TIME.signed(key, oid, name, message + b"x", signature) is False
    bad = bytearray(signature)
    bad[8 + salt % (len(bad) - 8)] ^= 1 << salt % 8
    with contextlib.suppress(ValueError, LookupError):
        assert TIME.signed(key, oid, name, message, bytes(bad)) is False


def test_a_point_beside_the_curve_is_no_key() -> None:
    own = minted.key("p256")
    signature = minted._sign(own, b"m", "sha256")
    numbers = own.public_key().public_numbers()
    curve = TIME.CURVES[TIME.EC + "030107"]
    assert TIME.ecdsa(curve, (numbers.x, numbers.y), TIME.sha256(b"m"), signature)
    for x, y in ((numbers.x, numbers.y ^ 1), (numbers.x + curve[0], numbers.y), (0, 0)):
        assert not TIME.ecdsa(curve, (x, y), TIME.sha256(b"m"), signature)


@pytest.mark.parametrize("bits", [2048, 3072, 4096])
def test_rsa_is_the_librarys(bits: int) -> None:
    own = minted.key(f"rsa{bits}")
    numbers = own.public_key().public_numbers()
    for name in ("sha256", "sha384", "sha512"):
        signature = minted._sign(own, b"m", name)
        digest = TIME.hashlib.new(name, b"m").digest()
        assert TIME.rsa(numbers.n, numbers.e, name, digest, signature)
        assert not TIME.rsa(numbers.n, numbers.e, name, digest, signature[:-1] + bytes((signature[-1] ^ 1,)))
        other = int.from_bytes(signature, "big") + numbers.n
        assert not TIME.rsa(numbers.n, numbers.e, name, digest, other.to_bytes(bits // 8 + 1, "big"))
        assert not TIME.rsa(numbers.n, 1, name, digest, b"\0\1" + digest.rjust(bits // 8 - 2, b"\xff"))


@pytest.mark.parametrize("text", ["3080", "30810100", "3082000100", "3005", "1f0100", "30", "30850000000001", "300400000000ff"])
def test_a_second_spelling_of_der_is_refused(text: str) -> None:
    with pytest.raises((ValueError, IndexError)):
        TIME.read_der(bytes.fromhex(text))


@pytest.mark.parametrize("text", ["0202007f", "0200", "0203000001", "0202ff80"])
def test_a_second_spelling_of_a_number_is_refused(text: str) -> None:
    with pytest.raises((ValueError, IndexError)):
        TIME.read_der(bytes.fromhex(text))[0].number()


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=200))
def test_junk_is_no_token_and_no_certificate(junk: bytes) -> None:
    for reader in (TIME.Token, TIME.Certificate):
        with pytest.raises(TIME.FAULTS):
            reader(junk)


def test_published_tokens(vectors: Path) -> None:
    """Answers of public authorities, and others' broken ones."""
    seen: dict[str, bool | None] = {}
    for path in sorted((vectors / "rfc3161").rglob("*.tsr")):
        try:
            seen[path.name] = TIME.Token(path.read_bytes()).well_signed()
        except TIME.FAULTS:
            seen[path.name] = None
    assert seen == {
        "issue-104.tsr": True, "response-invalid-signature.tsr": False, "response-no-embedded-cert.tsr": None, "response-sha256.tsr": True,
        "response-sha384.tsr": True, "response-sha512.tsr": True, "response-expired.tsr": None, "other_response.tsr": True,
        "response-injected-certs.tsr": True, "response.tsr": True,
    }  # fmt: skip


def test_consistency_as_published(vectors: Path) -> None:
    import json

    count = 0
    for path in sorted((vectors / "merkle" / "testdata" / "consistency").rglob("*.json")):
        row = json.loads(path.read_text())
        proof = [base64.b64decode(item) for item in row["proof"] or []]
        roots = [base64.b64decode(row[name] or "") for name in ("root1", "root2")]
        assert TIME.consistent(row["size1"], row["size2"], proof, *roots) == (not row["wantErr"]), path
        count += 1
    assert count == 98
