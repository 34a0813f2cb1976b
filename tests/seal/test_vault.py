"""The keychain: what is one, what is not, and a key that only it opens."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import keyring
import pytest
from support import keychain as fake

from provenance.errors import Damaged, Unavailable
from provenance.seal import heads, keys, vault
from provenance.seal.snapshot import Snapshot, sign

NAME = "prov.test/vault"


@pytest.fixture
def memory() -> fake.Memory:
    return fake.Memory()


def test_no_keychain_here_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    from keyring.backends import fail, null

    for backend in (fail.Keyring(), null.Keyring()):
        monkeypatch.setattr(keyring, "get_keyring", lambda backend=backend: backend)
        assert vault.keychain() is None
    assert vault.tried(None) is None


def test_the_library_s_backend_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PROV_TEST_KEYCHAIN", str(tmp_path / "chain"))
    before = keyring.get_keyring()
    keyring.set_keyring(fake.Keyring())
    try:
        chain = vault.keychain()
        assert vault.tried(chain) is chain is not None
        assert chain.get("a") is None
        chain.put("a", "b")
        assert chain.get("a") == "b"
        chain.drop("a")
        chain.drop("a")
        assert chain.get("a") is None
        (tmp_path / "chain.locked").touch()
        assert vault.tried(chain) is None
        for use in (lambda: chain.get("a"), lambda: chain.put("a", "b"), lambda: chain.drop("a")):
            with pytest.raises(Unavailable) as caught:
                use()
            assert caught.value.key == "seal.keychain" and "locked" in str(caught.value)
    finally:
        keyring.set_keyring(before)


def test_a_key_that_the_keychain_opens(tmp_path: Path, memory: fake.Memory) -> None:
    made = keys.create(tmp_path, NAME, memory)
    assert keys.protection(tmp_path) == keys.IN_KEYCHAIN and keys.named(tmp_path) == made.verifier
    assert keys.load(tmp_path, memory).public == made.public
    data = (tmp_path / keys.PEM).read_bytes()
    (secret,) = memory.held.values()
    assert len(secret) == 64 and secret.encode() not in data and b"BEGIN PRIVATE KEY" not in data
    for chain in (None, fake.Memory()):
        with pytest.raises(Unavailable) as caught:
            keys.load(tmp_path, chain)
        assert caught.value.key == "seal.key-locked"
    memory.held = dict.fromkeys(memory.held, "00" * 32)
    with pytest.raises(Damaged):
        keys.load(tmp_path, memory)
    memory.locked = True
    with pytest.raises(Unavailable) as caught:
        keys.load(tmp_path, memory)
    assert caught.value.key == "seal.keychain"


def test_kept_another_way_and_back(tmp_path: Path, memory: fake.Memory) -> None:
    made = keys.create(tmp_path, NAME)
    assert keys.protection(tmp_path) == keys.IN_FILE
    keys.put(tmp_path, made, memory)
    assert keys.protection(tmp_path) == keys.IN_KEYCHAIN and keys.load(tmp_path, memory).public == made.public
    before = (tmp_path / keys.PEM).read_bytes()
    keys.put(tmp_path, made, memory)
    (tmp_path / keys.PEM).write_bytes(before)  # a crash after the keychain was told, before the file was replaced
    assert keys.load(tmp_path, memory).public == made.public
    keys.put(tmp_path, made, None)
    assert keys.load(tmp_path).public == made.public
    assert [path.name for path in tmp_path.iterdir()] == [keys.PEM]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="NOT RUN: no openssl here")
def test_openssl_opens_it_with_the_secret(tmp_path: Path, memory: fake.Memory) -> None:
    made = keys.create(tmp_path, NAME, memory)
    (secret,) = memory.held.values()
    done = subprocess.run(["openssl", "pkey", "-in", tmp_path / keys.PEM, "-passin", "stdin", "-pubout"], input=secret.encode(),
                          capture_output=True, check=True)
    assert done.stdout == made.pem_public


def test_the_keychain_remembers_the_later_head(memory: fake.Memory, tmp_path: Path) -> None:
    signer = keys.create(tmp_path, NAME)
    notes = {size: sign(Snapshot(NAME, size, bytes(32)), signer) for size in (3, 5)}
    for size in (5, 3):  # a second process that was slower
        heads.remember(memory, Snapshot(NAME, size, bytes(32)), notes[size])
    assert heads.recall(memory, NAME) == notes[5]
    assert heads.recall(memory, "prov.test/other") is None
