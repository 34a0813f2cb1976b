"""A person's key: made, brought along, opened with the passphrase alone, and read by everybody's tools."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from provenance.errors import BadInput, Damaged, ProvError, Unavailable
from provenance.seal import author, person

SECRET = "correct horse 电池".encode()
openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="NOT RUN: no openssl here")
sshkeygen = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="NOT RUN: no ssh-keygen here")


def run(*command: str | Path, give: bytes = b"") -> bytes:
    return subprocess.run(list(map(str, command)), input=give, capture_output=True, check=True, timeout=60).stdout


def never() -> bytes:
    raise AssertionError("asked for a passphrase that no one needs")


def pem(key: object, secret: bytes | None = None) -> bytes:
    how = serialization.BestAvailableEncryption(secret) if secret else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, how)  # type: ignore[attr-defined]


def test_made_kept_and_opened(tmp_path: Path) -> None:
    made = author.fresh()
    author.save(tmp_path / "keys", made, SECRET)
    found = author.unlock(tmp_path / "keys", SECRET)
    assert found.person == made.person == author.known(tmp_path / "keys")
    assert found.person.verify(b"message", found.sign(b"message")) and not found.person.verify(b"another", found.sign(b"message"))
    assert "_key" not in repr(found)
    with pytest.raises(BadInput) as caught:
        author.unlock(tmp_path / "keys", b"wrong passphrase")
    assert caught.value.key == "author.passphrase"
    with pytest.raises(Unavailable) as taken:
        author.save(tmp_path / "keys", author.fresh(), SECRET)
    assert taken.value.key == "seal.key-exists" and author.unlock(tmp_path / "keys", SECRET).person == made.person
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / "keys" / author.P12).stat().st_mode) == 0o600


def test_a_short_passphrase_is_refused_and_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        author.save(tmp_path / "keys", author.fresh(), b"1234567")
    assert caught.value.key == "author.short" and not (tmp_path / "keys").exists() and author.known(tmp_path) is None


@openssl
def test_openssl_reads_it_and_its_rounds_are_many(tmp_path: Path) -> None:
    made = author.fresh()
    author.save(tmp_path, made, SECRET)
    said = subprocess.run(["openssl", "pkcs12", "-info", "-noout", "-in", tmp_path / author.P12, "-passin", "stdin"], input=SECRET,
                          capture_output=True, check=True, timeout=60).stderr.decode()
    assert "PBES2, PBKDF2, AES-256-CBC, Iteration 600000, PRF hmacWithSHA256" in said
    key = run("openssl", "pkcs12", "-in", tmp_path / author.P12, "-nocerts", "-nodes", "-passin", "stdin", give=SECRET)
    assert run("openssl", "pkey", "-pubout", give=key) == made.person.pem


KINDS = {
    "ed25519": ed25519.Ed25519PrivateKey.generate,
    "ecdsa-p256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "ecdsa-p384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "rsa": lambda: rsa.generate_private_key(65537, 2048),
}


@openssl
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_key_signs_as_openssl_checks(tmp_path: Path, kind: str) -> None:
    found = author.read(pem(KINDS[kind]()), never)
    assert found.person.algorithm == kind
    author.save(tmp_path, found, SECRET)
    signature = author.unlock(tmp_path, SECRET).sign(b"message")
    for name, data in (("public", found.person.pem), ("message", b"message"), ("signature", signature)):
        (tmp_path / name).write_bytes(data)
    at = {name: str(tmp_path / name) for name in ("public", "message", "signature")}
    if kind == "ed25519":
        run("openssl", "pkeyutl", "-verify", "-pubin", "-inkey", at["public"], "-rawin", "-in", at["message"], "-sigfile", at["signature"])
    else:
        digest = "-sha384" if kind == "ecdsa-p384" else "-sha256"
        run("openssl", "dgst", digest, "-verify", at["public"], "-signature", at["signature"], at["message"])
    parsed = person.parse(found.person.pem)
    assert parsed == found.person and parsed.verify(b"message", signature)
    for wrong in (b"", signature[:-1], bytes(len(signature)), signature + b"\0"):
        assert not parsed.verify(b"message", wrong)


@sshkeygen
@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_an_ssh_key_is_taken_as_it_is(tmp_path: Path, kind: str) -> None:
    run("ssh-keygen", "-q", "-t", kind, "-N", "", "-f", tmp_path / "id")
    before = (tmp_path / "id").read_bytes()
    found = author.read(before, never)
    public = serialization.load_ssh_public_key((tmp_path / "id.pub").read_bytes())
    assert person.person(public) == found.person and (tmp_path / "id").read_bytes() == before


@sshkeygen
def test_an_encrypted_ssh_key_opens_or_says_what_is_lacking(tmp_path: Path) -> None:
    run("ssh-keygen", "-q", "-t", "ed25519", "-a", "1", "-N", SECRET.decode(), "-f", tmp_path / "id")
    try:
        import bcrypt  # noqa: F401
    except ImportError:
        with pytest.raises(BadInput) as caught:
            author.read((tmp_path / "id").read_bytes(), lambda: SECRET)
        assert caught.value.key == "author.needs-bcrypt"
    else:
        assert author.read((tmp_path / "id").read_bytes(), lambda: SECRET).person.algorithm == "ed25519"


@openssl
def test_keys_that_openssl_made(tmp_path: Path) -> None:
    run("openssl", "genpkey", "-algorithm", "ed25519", "-out", tmp_path / "plain.pem")
    plain = author.read((tmp_path / "plain.pem").read_bytes(), never)
    run("openssl", "pkcs8", "-topk8", "-in", tmp_path / "plain.pem", "-passout", "stdin", "-out", tmp_path / "locked.pem", give=SECRET)
    run("openssl", "pkey", "-in", tmp_path / "plain.pem", "-outform", "DER", "-out", tmp_path / "key.der")
    run("openssl", "req", "-x509", "-new", "-key", tmp_path / "plain.pem", "-subj", "/CN=Mei", "-days", "9", "-out", tmp_path / "cert.pem")
    run("openssl", "pkcs12", "-export", "-inkey", tmp_path / "plain.pem", "-in", tmp_path / "cert.pem", "-passout", "stdin",
        "-out", tmp_path / "key.p12", give=SECRET)
    assert author.read((tmp_path / "key.der").read_bytes(), never).person == plain.person
    for name in ("locked.pem", "key.p12"):
        data = (tmp_path / name).read_bytes()
        found = author.read(data, lambda: SECRET)
        assert found.person == plain.person
        assert found.chain == ((tmp_path / "cert.pem").read_bytes() if name == "key.p12" else b"")
        with pytest.raises(BadInput) as caught:
            author.read(data, lambda: b"wrong one")
        assert caught.value.key == "author.passphrase"


@pytest.mark.parametrize("data", [b"", b"\0" * 9, b"0\x82", b"-----BEGIN nothing-----\n", b"x" * (author.MOST + 1), "中文".encode()])
def test_what_is_no_key(data: bytes) -> None:
    with pytest.raises(BadInput) as caught:
        author.read(data, lambda: SECRET)
    assert caught.value.key in ("author.not-a-key", "author.passphrase")


@pytest.mark.parametrize("key", [
    lambda: ec.generate_private_key(ec.SECP521R1()),
    lambda: rsa.generate_private_key(65537, 1024), lambda: rsa.generate_private_key(3, 2048),
])
def test_kinds_that_are_not_taken(key) -> None:
    with pytest.raises(BadInput) as caught:
        author.read(pem(key()), never)
    assert caught.value.key in ("seal.bad-key", "seal.weak-key")


def test_a_weak_public_key_of_a_person_is_refused() -> None:
    weak = ed25519.Ed25519PublicKey.from_public_bytes(b"\1" + bytes(31))
    data = weak.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(BadInput) as caught:
        person.parse(data)
    assert caught.value.key == "seal.weak-key"


def test_halves_that_do_not_fit(tmp_path: Path) -> None:
    author.save(tmp_path, author.fresh(), SECRET)
    (tmp_path / author.PUBLIC).write_bytes(author.fresh().person.pem)
    with pytest.raises(Damaged):
        author.unlock(tmp_path, SECRET)
    (tmp_path / author.PUBLIC).unlink()
    with pytest.raises(ProvError):
        author.known(tmp_path)
