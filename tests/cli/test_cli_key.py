"""`prov key`, `prov export --sign`, `prov verify --trust-ca`: as a person types them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from PIL import Image
from support import people
from support.prov import Near, Prov

from provenance.seal import person

SECRET = "a long passphrase"


@pytest.fixture
def near(tmp_path: Path) -> Near:
    (tmp_path / "out").mkdir()
    Image.new("RGB", (8, 8), "red").save(tmp_path / "out" / "a.png")
    made = Near(tmp_path / "home")
    made.ok("init", "--yes", str(tmp_path / "out"))
    made.ok("import", str(tmp_path / "out"))
    return made


def secretly(near: Prov, *arguments: str, secret: str = SECRET) -> subprocess.CompletedProcess[str]:
    """The passphrase on a descriptor, as a script hands it over."""
    reading, writing = os.pipe()
    os.write(writing, secret.encode() + b"\n")
    os.close(writing)
    try:
        return near.run(*arguments, "--passphrase-fd", str(reading))
    finally:
        os.close(reading)


def good(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def export(near: Prov, tmp_path: Path, *more: str) -> Path:
    out = tmp_path / "bundle.zip"
    arguments = ("export", "--no-pdf", "--no-film", str(tmp_path / "out" / "a.png"), "-o", str(out), *more)
    good(secretly(near, *arguments) if "--sign" in more else near.run(*arguments))
    return out


def verdict(near: Prov, path: Path, *more: str) -> dict:
    return json.loads(near.run("verify", str(path), "--json", *more).stdout)


def codes(told: dict) -> set[str]:
    return {row["code"] for row in told["findings"]} - {"T001"}


def test_a_bundle_after_a_rotation_is_followed_to_the_first_key(near: Near, tmp_path: Path) -> None:
    first = near.lines("key", "show", "--json")[0]["keys"][0]["fingerprint"]
    near.ok("key", "rotate")
    bundle = export(near, tmp_path)
    told = verdict(near, bundle, "--key", first)
    assert told["verdict"] == "INTEGRITY ONLY" and codes(told) == set()
    assert codes(verdict(near, bundle, "--key", "00" * 32)) == {"K004"}
    pem = near.ok("key", "export", "--pem")
    with zipfile.ZipFile(bundle) as file:
        (name,) = (name for name in file.namelist() if name.endswith("proof/signer.pem"))
        assert file.read(name).decode() == pem
    assert near.ok("key", "export").startswith("creative-provenance/")


def test_the_author_signs_an_export(near: Near, tmp_path: Path) -> None:
    assert near.run("export", str(tmp_path / "out" / "a.png"), "--sign").returncode == 2
    told = json.loads(good(secretly(near, "key", "author", "new", "--name", "林梅", "--json")))
    assert told["algorithm"] == "ed25519"
    wrong = secretly(near, "export", str(tmp_path / "out" / "a.png"), "--sign", secret="not this one")
    assert wrong.returncode == 2 and "does not open" in wrong.stderr
    bundle = export(near, tmp_path, "--sign")
    found = verdict(near, bundle)
    assert (found["verdict"], found["added"], codes(found)) == ("INTEGRITY ONLY", [], {"A004"})
    assert "signed, too" in near.ok("verify", str(bundle))
    if shutil.which("openssl"):
        with zipfile.ZipFile(bundle) as file:
            file.extractall(tmp_path / "x")
        (folder,) = (tmp_path / "x").iterdir()
        command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "proof/author.pem", "-rawin", "-in", "tagmanifest-sha256.txt",
                   "-sigfile", "author.sig"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=60)
    assert secretly(near, "key", "author", "new").returncode == 4  # a key is never overwritten


def test_a_certificate_names_the_author_to_who_trusts_the_authority(near: Near, tmp_path: Path) -> None:
    secretly(near, "key", "author", "new")
    public = serialization.load_pem_public_key(json.loads(near.ok("key", "author", "show", "--json"))["public_key"].encode())
    root = people.authority()
    issuer = root.below("Issuing CA")
    leaf = issuer.leaf(public)
    given, trusted = tmp_path / "given.pem", tmp_path / "root.pem"
    given.write_bytes(issuer.pem + leaf.public_bytes(serialization.Encoding.PEM))  # in any order
    trusted.write_bytes(root.pem)
    assert "Mei Lin" in near.ok("key", "author", "certificate", str(given))
    assert "Mei Lin" in near.ok("key", "author", "show")
    bundle = export(near, tmp_path, "--sign")
    found = verdict(near, bundle, "--trust-ca", str(trusted))
    assert (found["verdict"], found["added"], codes(found)) == ("INTEGRITY ONLY", ["IDENTIFIED"], {"A004", "A007"})
    assert "INTEGRITY ONLY +IDENTIFIED" in near.ok("verify", str(bundle), "--trust-ca", str(trusted))
    assert codes(verdict(near, bundle)) == {"A004", "A006"}
    assert near.run("verify", str(bundle), "--trust-ca", str(bundle)).returncode == 2
    other = people.authority("Other").leaf(people.authority().key.public_key())
    given.write_bytes(other.public_bytes(serialization.Encoding.PEM))
    assert near.run("key", "author", "certificate", str(given)).returncode == 2


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="NOT RUN: no ssh-keygen here")
def test_a_key_that_a_person_has_already(near: Near, tmp_path: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "id"], check=True, timeout=60)
    told = json.loads(good(secretly(near, "key", "author", "import", str(tmp_path / "id"), "--json")))
    public = serialization.load_ssh_public_key((tmp_path / "id.pub").read_bytes())
    assert told["fingerprint"] == person.person(public).fingerprint
    assert codes(verdict(near, export(near, tmp_path, "--sign"))) == {"A004"}


def test_a_passphrase_is_never_taken_from_arguments_or_the_environment(near: Near) -> None:
    """Without a terminal and without a descriptor there is no passphrase."""
    done = Prov(near.home, PASSPHRASE=SECRET, PROV_PASSPHRASE=SECRET).run("key", "author", "new", input=SECRET + "\n")
    assert done.returncode == 2 and "--passphrase-fd" in done.stderr
    assert near.run("key", "author", "new", "--passphrase", SECRET).returncode == 2
    assert secretly(near, "key", "author", "new", secret="short").returncode == 2
    assert near.run("key", "author", "new", "--passphrase-fd", "999").returncode == 2
    assert near.run("key", "author", "show").returncode == 2
    assert not (near.home / "keys" / "author.p12").exists()


def test_both_languages_and_the_plain_output(near: Near) -> None:
    assert "opened the ledger" in near.ok("key", "show") and "next-key.txt" in near.ok("key", "show")
    near.environ["PROV_LANG"] = "zh"
    assert "开立账本" in near.ok("key", "show") and "共同签名" in near.ok("key", "rotate")
