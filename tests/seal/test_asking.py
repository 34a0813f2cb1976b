"""The one place that reaches the network: what is taken for an answer, what is not, and that nothing takes longer or more than it may."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support import authority
from support.authority import OPENSSL, Served

from provenance.errors import BadInput, ProvError, Unavailable
from provenance.seal import timestamp
from provenance.seal.asking import ask

QUERY = timestamp.query(bytes(32), 5)
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\n"


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "no_proxy", "NO_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    if OPENSSL is None:
        pytest.skip("LOUD: no openssl: the answers of a real authority were NOT checked")
    with authority.serve(authority.make(tmp_path)) as found:
        yield found


@contextmanager
def talking(talk: Callable[[socket.socket, threading.Event], None]) -> Iterator[tuple[str, list[bytes]]]:
    """A server that says what `talk` says. Gives its URL and the heads of the requests."""
    listener = socket.create_server(("127.0.0.1", 0))
    over, heads = threading.Event(), list[bytes]()

    def serve() -> None:
        while not over.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                heads.append(connection.recv(65536))
                try:
                    talk(connection, over)
                except OSError:
                    continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/tsr", heads
    finally:
        over.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(10)


def refusal(url: str, **more: object) -> ProvError:
    with pytest.raises(ProvError) as refused:
        ask(url, QUERY, **more)  # type: ignore[arg-type]
    return refused.value


@pytest.mark.parametrize("mood", ["good", "201"])
def test_an_answer(served: Served, mood: str) -> None:
    served.mood = mood
    assert timestamp.imprint_in(ask(served.url, QUERY)) == bytes(32)
    assert served.asked == [QUERY]


@pytest.mark.parametrize(("mood", "key"), [("html", "time.html"), ("busy", "time.http"), ("cut", "time.cut")])
def test_what_is_none(served: Served, mood: str, key: str) -> None:
    served.mood = mood
    assert refusal(served.url).key == key


def test_a_server_that_is_not_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    error = refusal(f"http://127.0.0.1:{port}/")
    assert isinstance(error, Unavailable) and error.key == "time.unreachable"


@pytest.mark.parametrize("where", ["silent", "head", "body"])
def test_trickling_is_cut_off(where: str) -> None:
    """A byte now and then resets every limit on a single read; the limit is over all of it."""

    def trickle(connection: socket.socket, over: threading.Event) -> None:
        if where == "body":
            connection.sendall(OK + b"Content-Length: 5000\r\n\r\n")
        elif where == "head":
            connection.sendall(OK)
        while not over.wait(0.02):
            if where != "silent":
                connection.sendall(b"x")

    with talking(trickle) as (url, _):
        assert refusal(url, seconds=0.4).key == "time.slow"


def test_given_up_when_asked_to() -> None:
    asked = threading.Event()

    def silent(connection: socket.socket, over: threading.Event) -> None:
        asked.set()
        over.wait(30)

    with talking(silent) as (url, _):
        assert refusal(url, halted=asked.is_set).key == "time.halted"


@pytest.mark.parametrize("length", [True, False])
def test_more_than_any_token_is_not_read(length: bool) -> None:
    sent: list[int] = []

    def endless(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(OK + (b"Content-Length: 1000000000\r\n\r\n" if length else b"\r\n"))
        while not over.is_set():
            sent.append(connection.send(bytes(65536)))

    with talking(endless) as (url, _):
        assert refusal(url).key == "time.large"
    assert sum(sent) < 50_000_000


def test_a_login_page_without_its_type_and_nothing_at_all() -> None:
    for body, key in ((b"\n <!doctype html>", "time.html"), (b"", "time.cut")):

        def say(connection: socket.socket, over: threading.Event, body: bytes = body) -> None:
            connection.sendall(OK + f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)

        with talking(say) as (url, _):
            assert refusal(url).key == key


def test_it_is_followed_within_its_host_only(served: Served) -> None:
    target = ["http://localhost:1/", served.url]

    def point(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(f"HTTP/1.1 307 X\r\nLocation: {target[0]}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())

    with talking(point) as (url, _):
        for bad in ("http://localhost:1/", "ftp://127.0.0.1/x", "file:///etc/passwd"):
            target[0] = bad
            assert refusal(url).key in ("time.redirect", "time.http")
        target[0] = served.url
        assert timestamp.imprint_in(ask(url, QUERY)) == bytes(32)
        target[0] = url
        assert refusal(url).key == "time.http", "a ring"


@pytest.mark.parametrize("bad", ["file:///etc/passwd", "ftp://x/", "x", "http://", "https://user:pass@x/", "http://[", "http://a\nb/", ""])
def test_an_address_that_is_none(bad: str) -> None:
    error = refusal(bad)
    assert isinstance(error, BadInput) and error.key == "time.url"


def test_the_proxy_of_the_environment(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    def say(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(b"HTTP/1.1 407 no\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    with talking(say) as (proxy, heads):
        monkeypatch.setenv("http_proxy", proxy)
        error = refusal("http://tsa.example/tsr")
        assert error.key == "time.http" and error.params["status"] == 407
        assert heads[0].startswith(b"POST http://tsa.example/tsr HTTP/1.1\r\n")
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        assert ask(served.url, QUERY)
        assert len(heads) == 1


def test_nothing_of_the_user_is_sent() -> None:
    def say(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(b"HTTP/1.1 500 no\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    with talking(say) as (url, heads):
        refusal(url)
    names = {line.partition(b":")[0].lower() for line in heads[0].partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]}
    assert names == {b"accept", b"accept-encoding", b"connection", b"content-length", b"content-type", b"host", b"user-agent"} - (
        {b"accept-encoding"} - names
    )
    assert b"User-Agent: prov\r\n" in heads[0]
