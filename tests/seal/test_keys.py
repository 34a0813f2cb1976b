"""The key file: made once, whole, readable by its owner only."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from provenance.errors import BadInput, Damaged, ProvError, Unavailable
from provenance.seal import keys

posix = pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")


def test_made_and_read_again(tmp_path: Path) -> None:
    made = keys.create(tmp_path / "a" / "keys", "prov.local/x")
    found = keys.load(tmp_path / "a" / "keys")
    assert (found.name, found.public, found.vkey, found.fingerprint) == (made.name, made.public, made.vkey, made.fingerprint)
    assert found.verifier.verify(b"message", made.sign(b"message"))
    assert not found.verifier.verify(b"another", made.sign(b"message"))
    assert "key" not in repr(made).lower().replace("_key", "")
    assert serialization.load_pem_public_key(made.pem_public)


@posix
def test_modes(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        keys.create(tmp_path / "keys", "prov.local/x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    assert [(p.name, stat.S_IMODE(p.stat().st_mode)) for p in (tmp_path / "keys").iterdir()] == [("ledger.pem", 0o600)]


@posix
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_key_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    keys.create(tmp_path, "prov.local/x")
    (tmp_path / keys.PEM).chmod(mode)
    with pytest.raises(Unavailable) as caught:
        keys.load(tmp_path)
    assert caught.value.key == "seal.key-open"


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    keys.create(tmp_path, "prov.local/x")
    before = (tmp_path / keys.PEM).read_bytes()
    with pytest.raises(Unavailable) as caught:
        keys.create(tmp_path, "prov.local/y")
    assert caught.value.key == "seal.key-exists"
    assert (tmp_path / keys.PEM).read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == [keys.PEM]


@pytest.mark.parametrize("damage", [
    lambda pem: b"", lambda pem: pem[:-40], lambda pem: pem.split(b"\n", 1)[1], lambda pem: pem.replace(b"prov.local/x", b"prov.local/y"),
    lambda pem: b"\xff" + pem, lambda pem: pem.split(b"\n", 1)[0] + b"\n" + generate_private_key(SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
])
def test_what_is_no_key_is_said_to_be_damaged(tmp_path: Path, damage) -> None:
    keys.create(tmp_path, "prov.local/x")
    path = tmp_path / keys.PEM
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(Damaged) as caught:
        keys.load(tmp_path)
    assert caught.value.key == "seal.key-damaged"


def test_another_ledger_s_key_under_this_one_s_name(tmp_path: Path) -> None:
    keys.create(tmp_path / "a", "prov.local/x")
    keys.create(tmp_path / "b", "prov.local/x")
    first, second = ((tmp_path / name / keys.PEM).read_bytes().split(b"\n", 1) for name in "ab")
    (tmp_path / "a" / keys.PEM).write_bytes(first[0] + b"\n" + second[1])
    with pytest.raises(Damaged):
        keys.load(tmp_path / "a")


def test_missing_and_impossible(tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as caught:
        keys.load(tmp_path)
    assert caught.value.key == "seal.key-missing"
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ProvError) as refused:
        keys.create(tmp_path / "file" / "keys", "prov.local/x")
    assert refused.value.key == "seal.key-unwritable"
    for name in ("", "a b", "a+b", "a\n"):
        with pytest.raises(BadInput):
            keys.create(tmp_path / "keys", name)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="NOT RUN: no openssl here")
def test_openssl_reads_the_key_and_checks_its_signatures(tmp_path: Path) -> None:
    signer = keys.create(tmp_path, "prov.local/x")
    shown = subprocess.run(["openssl", "pkey", "-in", tmp_path / keys.PEM, "-pubout"], capture_output=True, check=True).stdout
    assert shown == signer.pem_public
    (tmp_path / "pub").write_bytes(signer.pem_public)
    (tmp_path / "message").write_bytes(b"message")
    (tmp_path / "signature").write_bytes(signer.sign(b"message"))
    subprocess.run(
        ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", tmp_path / "pub", "-rawin", "-in", tmp_path / "message",
         "-sigfile", tmp_path / "signature"], check=True, capture_output=True,
    )
