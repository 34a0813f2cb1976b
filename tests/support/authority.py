"""A real time authority of our own: a CA, a signing certificate, `openssl ts`, and a server on the loopback that can also misbehave."""

from __future__ import annotations

import datetime
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

OPENSSL = shutil.which("openssl")
_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Authority:
    """folder: keys and openssl's configuration. root: the root certificate, DER. Answers come from `openssl ts -reply`."""

    folder: Path
    root: bytes
    lock: Any = field(default_factory=threading.Lock, compare=False)

    @property
    def root_pem(self) -> Path:
        return self.folder / "root.pem"

    @property
    def fingerprint(self) -> str:
        return x509.load_der_x509_certificate(self.root).fingerprint(hashes.SHA256()).hex()

    def reply(self, query: bytes) -> bytes:
        """openssl's answer to a TimeStampReq."""
        with self.lock:
            (self.folder / "query.tsq").write_bytes(query)
            subprocess.run(
                [str(OPENSSL), "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query.tsq", "-out", "reply.tsr"],
                cwd=self.folder, check=True, capture_output=True,
            )  # fmt: skip
            return (self.folder / "reply.tsr").read_bytes()


def make(
    folder: Path, *, rsa_keys: bool = True, name: str = "Test Authority", days: int = 30, before: int = 1, unsorted: bool = False
) -> Authority:
    """Keys and certificates in `folder`.

    rsa_keys: RSA 2048, else EC P-256. days, before: the signing certificate is valid from `before` days ago until in `days` days.
    unsorted: let openssl add the chain by itself, which gives certificate SETs that are not in DER order.
    """
    folder.mkdir(parents=True, exist_ok=True)
    now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    root_key, leaf_key = _key(rsa_keys), _key(rsa_keys)
    root_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{name} Root")])
    root = (
        x509.CertificateBuilder().subject_name(root_name).issuer_name(root_name).public_key(root_key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - 4000 * _DAY).not_valid_after(now + 4000 * _DAY)
        .add_extension(x509.BasicConstraints(True, None), critical=True)
        .add_extension(x509.KeyUsage(False, False, False, False, False, True, True, False, False), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )  # fmt: skip
    leaf = (
        x509.CertificateBuilder().subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])).issuer_name(root_name)
        .public_key(leaf_key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - before * _DAY).not_valid_after(now + days * _DAY)
        .add_extension(x509.BasicConstraints(False, None), critical=True)
        .add_extension(x509.KeyUsage(True, False, False, False, False, False, False, False, False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )  # fmt: skip
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    (folder / "root.pem").write_bytes(root.public_bytes(pem))
    (folder / "leaf.pem").write_bytes(leaf.public_bytes(pem))
    (folder / "leaf.key").write_bytes(leaf_key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    (folder / "serial").write_text("01\n")
    (folder / "tsa.cnf").write_text(_CONFIG + ("certs = root.pem\n" if unsorted else ""))
    return Authority(folder, root.public_bytes(serialization.Encoding.DER))


def _key(rsa_keys: bool) -> Any:
    return rsa.generate_private_key(65537, 2048) if rsa_keys else ec.generate_private_key(ec.SECP256R1())


_CONFIG = """[tsa]
default_tsa = tsa1
[tsa1]
serial = serial
signer_cert = leaf.pem
signer_key = leaf.key
signer_digest = sha256
default_policy = 1.3.6.1.4.1.99999.1
digests = sha256, sha384, sha512
accuracy = secs:1
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


@dataclass
class Served:
    """A running server. asked: the requests it got. mood: how it answers next: good, 201, html, busy, wrong (another request's answer),
    slow (not before `release`), cut (half of it)."""

    url: str
    asked: list[bytes] = field(default_factory=list)
    mood: str = "good"
    release: threading.Event = field(default_factory=threading.Event)


@contextmanager
def serve(authority: Authority) -> Iterator[Served]:
    """The authority over HTTP on the loopback."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    served = Served(f"http://127.0.0.1:{server.server_port}/tsr")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            served.asked.append(query)
            if served.mood == "slow":
                served.release.wait(60)
            body = authority.reply(served.asked[0] if served.mood == "wrong" else query)
            status, kind = (201 if served.mood == "201" else 503 if served.mood == "busy" else 200), "application/timestamp-reply"
            if served.mood in ("html", "busy"):
                body, kind = b"<html><body>Service unavailable</body></html>", "text/html"
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                self.wfile.write(body[: len(body) // 2] if served.mood == "cut" else body)
            except OSError:
                return

        def log_message(self, *_: Any) -> None:
            """Tests are quiet."""

    server.RequestHandlerClass = Handler
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        served.release.set()
        server.shutdown()
        server.server_close()
        thread.join()
