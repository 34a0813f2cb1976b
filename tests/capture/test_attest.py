"""Attestations in files, checked: binding, signature and trust apart, without a network, and never at the cost of the process."""

from __future__ import annotations

import base64
import io
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.c2pafiles import GENERATED, action, manifest, png_with, store
from support.imagefiles import png, text_chunk

from provenance import readers
from provenance.capture import attest
from provenance.capture.intake import texts_of
from provenance.capture.understand import understood
from provenance.carriers import open_container
from provenance.readers.reading import Reading

UNSIGNED = png_with(store(manifest(actions=[action("c2pa.created", GENERATED)])))
GOOD = {
    "state": "Valid",
    "time": "2026-05-31T21:02:12+00:00",
    "success": ["claimSignature.validated", "assertion.dataHash.match"],
    "with": "x 1",
}


def checked(data: bytes, run: attest.Runner | None = None) -> Reading:
    container = open_container(data, size=len(data))
    found = attest.attested(readers.read(texts_of(container)), container, data, run)
    assert found is not None
    return found


def credential(data: bytes, run: attest.Runner | None = None) -> dict[str, Any]:
    found = checked(data, run).c2pa
    assert found is not None
    return dict(found)


@pytest.fixture(scope="module")
def signed() -> bytes:
    pytest.importorskip("c2pa", reason="LOUD: the extra c2pa is not installed: real signatures were NOT checked")
    from support.c2pasigned import signed_png

    return signed_png(png(size=(16, 16)))


# --- with the library -----------------------------------------------------------------------------------------------------------------


def test_a_real_signature_of_somebody_nobody_knows(signed: bytes, tmp_path: Path) -> None:
    file = tmp_path / "a.png"
    file.write_bytes(signed)
    read = understood(str(file), check=True).reading
    assert read is not None
    assert read.c2pa is not None
    told = read.c2pa["checked"]
    assert (told["binding"], told["signature"], told["trust"]) == ("valid", "valid", "untrusted")
    assert told["state"] == read.c2pa["validation_state"] == "Valid"
    assert told["with"].startswith("c2pa-python ")
    assert read.c2pa["unchecked"] is None
    assert read.c2pa["issuer"] == "Test Company"


def test_a_changed_pixel_breaks_the_binding_alone(signed: bytes) -> None:
    at = signed.index(b"IDAT") + 12
    told = credential(signed[:at] + bytes([signed[at] ^ 1]) + signed[at + 1 :])["checked"]
    assert (told["binding"], told["signature"], told["trust"]) == ("invalid", "valid", "untrusted")
    assert "assertion.dataHash.mismatch" in told["codes"]


def test_a_changed_claim_breaks_the_signature_alone(signed: bytes) -> None:
    told = credential(signed.replace(b"dc:titleea.png", b"dc:titleeb.png"))["checked"]
    assert (told["binding"], told["signature"]) == ("valid", "invalid")
    assert "claimSignature.mismatch" in told["codes"]


def test_a_changed_assertion_breaks_the_binding(signed: bytes) -> None:
    told = credential(signed.replace(b"trainedAlgorithmicMedia", b"trainedAlgorithmicMedib"))["checked"]
    assert (told["binding"], told["signature"]) == ("invalid", "valid")
    assert "assertion.hashedURI.mismatch" in told["codes"]


def test_what_the_library_refuses_is_unchecked_and_still_told() -> None:
    pytest.importorskip("c2pa", reason="LOUD: the extra c2pa is not installed: this was NOT checked")
    found = credential(UNSIGNED)
    assert found["checked"] is None
    assert found["unchecked"].startswith("failed C2paDecoding")
    assert found["claim_generator"] == "A Tool"


def test_recording_does_not_check(signed: bytes, tmp_path: Path) -> None:
    file = tmp_path / "a.png"
    file.write_bytes(signed)
    read = understood(str(file)).reading
    assert read is not None
    assert read.c2pa is not None
    assert (read.c2pa["checked"], read.c2pa["unchecked"]) == (None, "not-asked")


# --- without a network ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def server() -> Iterator[tuple[int, list[bytes]]]:
    """A server on this machine that writes down who calls."""
    calls: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                calls.append(connection.recv(200))
                connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listening.getsockname()[1], calls
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join(timeout=10)


def remote(port: int, carried: bytes = b"") -> bytes:
    """A PNG whose XMP says that its manifest lies on a server."""
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""'
        f' xmlns:dcterms="http://purl.org/dc/terms/" dcterms:provenance="http://127.0.0.1:{port}/a.c2pa"/></rdf:RDF></x:xmpmeta>'
    )
    return png(before=text_chunk("iTXt", "XML:com.adobe.xmp", packet) + carried)


def test_a_manifest_on_a_server_is_told_and_not_fetched(server: tuple[int, list[bytes]], tmp_path: Path) -> None:
    c2pa = pytest.importorskip("c2pa", reason="LOUD: the extra c2pa is not installed: that nothing is fetched was NOT checked")
    port, calls = server
    data = remote(port)
    file = tmp_path / "a.png"
    file.write_bytes(data)
    read = understood(str(file), check=True).reading
    assert read is not None
    assert (read.c2pa, read.rest["c2pa_remote"]) == (None, f"http://127.0.0.1:{port}/a.c2pa")
    assert "error" in attest.in_process(data, "image/png")
    assert calls == []
    fetching = c2pa.Settings.from_dict({"verify": {"remote_manifest_fetch": True}})
    with pytest.raises(c2pa.C2paError), c2pa.Context(fetching) as context:
        c2pa.Reader("image/png", io.BytesIO(data), context=context)
    assert len(calls) == 1, "the library's own default fetches: this server would have heard us"


# --- without the library, or with one that fails ----------------------------------------------------------------------------------


def test_without_the_library_the_reason_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attest, "find_spec", lambda name: None)
    found = credential(UNSIGNED)
    assert (found["checked"], found["unchecked"], found["validation_state"]) == (None, "no-library", None)


def test_a_crash_a_hang_and_an_answer_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def ends(code: int, answer: bytes) -> attest.Runner:
        def run(*args: object, **kwargs: object) -> subprocess.CompletedProcess[bytes]:
            return subprocess.CompletedProcess([], code, answer, b"")

        monkeypatch.setattr(attest.subprocess, "run", run)
        return attest.in_process

    for code, answer in ((-11, b""), (0, b"not json"), (0, b"[]"), (1, b"{}")):
        assert credential(UNSIGNED, ends(code, answer))["unchecked"] == "crashed"
    monkeypatch.undo()
    assert credential(UNSIGNED, lambda data, kind: attest.in_process(data, kind, timeout=0.0))["unchecked"] == "timeout"
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert credential(UNSIGNED, attest.in_process)["unchecked"] == "no-process"


def test_a_library_that_cannot_say(monkeypatch: pytest.MonkeyPatch) -> None:
    found = credential(UNSIGNED, lambda data, kind: {"error": "Other: unknown algorithm", "with": "c2pa-python 0"})
    assert (found["checked"], found["unchecked"]) == (None, "failed Other: unknown algorithm")


def test_a_file_that_is_not_at_hand() -> None:
    container = open_container(UNSIGNED, size=len(UNSIGNED))
    found = attest.attested(readers.read(texts_of(container)), container, None, lambda data, kind: GOOD)
    assert found is not None
    assert found.c2pa is not None
    assert found.c2pa["unchecked"] == "too-large"


def test_novelais_signature_is_checked_beside() -> None:
    comment = json.dumps({"prompt": "a boat", "seed": 1, "signed_hash": base64.b64encode(bytes(64)).decode()})
    found = checked(png([("tEXt", "Software", "NovelAI"), ("tEXt", "Comment", comment)], size=(8, 8)))
    assert [(one.by, one.result) for one in found.attestations] == [("NovelAI", "invalid")]


def test_a_file_without_credentials_is_not_touched() -> None:
    def never(data: bytes, kind: str) -> dict[str, Any]:
        raise AssertionError("asked")

    plain = png([("tEXt", "parameters", "a boat\nSteps: 20, Sampler: Euler, Seed: 1, Size: 8x8")])
    container = open_container(plain, size=len(plain))
    before = readers.read(texts_of(container))
    assert attest.attested(before, container, plain, never) is before
    assert attest.attested(None, container, plain, never) is None


# --- the verdict --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("success", "failure", "expected"),
    [
        (["claimSignature.validated", "assertion.dataHash.match", "signingCredential.trusted"], [], ("valid", "valid", "trusted")),
        (["claimSignature.validated", "assertion.bmffHash.match"], ["signingCredential.untrusted"], ("valid", "valid", "untrusted")),
        (["claimSignature.validated"], ["assertion.dataHash.mismatch"], ("invalid", "valid", "unknown")),
        (["assertion.boxesHash.match"], ["claimSignature.mismatch"], ("valid", "invalid", "unknown")),
        (["assertion.dataHash.match"], ["claim.cbor.invalid"], ("valid", "invalid", "unknown")),
        (["claimSignature.validated"], ["claim.hardBindings.missing"], ("invalid", "valid", "unknown")),
        (["claimSignature.validated"], [], ("absent", "valid", "unknown")),
        ([], ["signingCredential.untrusted", "signingCredential.expired"], ("absent", "absent", "expired")),
        ([], ["signingCredential.untrusted", "signingCredential.invalid"], ("absent", "absent", "invalid")),
        ([], ["signingCredential.ocsp.revoked", "signingCredential.invalid"], ("absent", "absent", "revoked")),
    ],
)
def test_three_answers_from_the_codes(success: list[str], failure: list[str], expected: tuple[str, str, str]) -> None:
    told = attest.verdict({"success": success, "failure": failure, "state": "Valid"})
    assert (told["binding"], told["signature"], told["trust"]) == expected


def test_the_codes_of_manifests_before_this_one_stand_apart() -> None:
    told = attest.verdict({**GOOD, "ingredients": ["assertion.dataHash.mismatch"], "informational": ["timeStamp.untrusted"]})
    assert told["codes"] == ["timeStamp.untrusted", "ingredient:assertion.dataHash.mismatch"]
    assert told["binding"] == "valid"
    assert told["time"] == "2026-05-31T21:02:12+00:00"
