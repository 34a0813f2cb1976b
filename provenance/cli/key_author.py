"""`prov key author new|import|certificate|sign|show`: a person's own key. Its passphrase is typed, or on a descriptor."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance import words
from provenance.cli import out
from provenance.cli.common import as_json, at_home, cli_command, help_of
from provenance.errors import BadInput

if TYPE_CHECKING:
    from provenance.daemon.house import House
    from provenance.seal.author import Author

PASSPHRASE_FD = click.option("--passphrase-fd", "descriptor", type=int, metavar="FD", help=help_of("cli.key.author.fd"))


@click.group(name="author", help=help_of("cli.key.author"), context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """The author's key."""


def passphrase(descriptor: int | None, key: str = "cli.key.author.ask", *, twice: bool = False) -> bytes:
    """The passphrase: one line of an open descriptor, or typed unseen. Never an argument or a variable, which others on the machine see.

    Raises:
        BadInput: `author.no-passphrase` where there is neither a descriptor nor a terminal.
    """
    if descriptor is not None:
        try:
            with os.fdopen(os.dup(descriptor), "rb") as file:
                line = file.readline()
        except OSError as error:
            raise BadInput("author.no-passphrase") from error
        return line.rstrip(b"\r\n")
    if not sys.stdin.isatty():
        raise BadInput("author.no-passphrase")
    text: str = click.prompt(help_of(key), hide_input=True, confirmation_prompt=twice)
    return text.encode()


def unlocked(house: House, descriptor: int | None) -> Author:
    """The author's key, opened. Raises BadInput `author.none`, `author.passphrase`, `author.no-passphrase`."""
    from provenance.seal import author

    if author.known(house.home.keys) is None:
        raise BadInput("author.none")
    return author.unlock(house.home.keys, passphrase(descriptor))


@cli_command("key.author.new")
@click.option("--name", help=help_of("cli.key.author.name"))
@PASSPHRASE_FD
@as_json
def new(name: str | None, descriptor: int | None, as_json: bool) -> None:
    from provenance.seal import author

    _keep(author.fresh(), name, passphrase(descriptor, twice=True), as_json=as_json)


@cli_command("key.author.import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--name", help=help_of("cli.key.author.name"))
@PASSPHRASE_FD
@as_json
def import_(file: str, name: str | None, descriptor: int | None, as_json: bool) -> None:
    from provenance.seal import author

    given: list[bytes] = []

    def once() -> bytes:
        given.append(passphrase(descriptor, "cli.key.author.ask-file"))
        return given[0]

    found = author.read(Path(file).read_bytes(), once)
    # the same passphrase goes on protecting it; a file without one gets one now
    _keep(found, name, given[0] if given else passphrase(descriptor, twice=True), as_json=as_json)


def _keep(made: object, name: str | None, secret: bytes, *, as_json: bool) -> None:
    from provenance import facts
    from provenance.seal import author, certificates

    assert isinstance(made, author.Author)
    with at_home() as house:
        author.save(house.home.keys, made, secret)
        certificate = certificates.fingerprint(certificates.chain(made.chain)[0]) if made.chain else None
        who = made.person
        (entry,) = house.tell(
            facts.AuthorNamed(public_key=who.fingerprint, algorithm=who.algorithm, certificate=certificate, name=name or None)
        )
    if as_json:
        out.json_line({"seq": entry.seq, "fingerprint": who.fingerprint, "algorithm": who.algorithm, "certificate": certificate})
        return
    out.say("cli.key.author.done", "good", seq=entry.seq, algorithm=who.algorithm, fingerprint=who.fingerprint)
    out.say("cli.key.author.next", "quiet")


@cli_command("key.author.certificate")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@as_json
def certificate(file: str, as_json: bool) -> None:
    from provenance import facts
    from provenance.seal import author

    with at_home() as house:
        said = author.certify(house.home.keys, Path(file).read_bytes())
        who = author.known(house.home.keys)
        assert who is not None
        (entry,) = house.tell(facts.AuthorNamed(public_key=who.fingerprint, algorithm=who.algorithm, certificate=said.leaf))
    if as_json:
        out.json_line({"seq": entry.seq, "name": said.name, "issuer": said.issuer, "certificate": said.leaf})
        return
    out.say("cli.key.author.certified", "good", seq=entry.seq, name=said.name, issuer=said.issuer)
    out.say("cli.key.author.trust", "quiet")


@cli_command("key.author.show")
@as_json
def show(as_json: bool) -> None:
    from provenance.seal import author, certificates

    with at_home(read_only=True) as house:
        who, chain = author.known(house.home.keys), author.chain(house.home.keys)
    if who is None:
        raise BadInput("author.none")
    leaf = certificates.chain(chain)[0] if chain else None
    if as_json:
        out.json_line({"fingerprint": who.fingerprint, "algorithm": who.algorithm, "public_key": who.pem.decode(),
                       "certificate": certificates.fingerprint(leaf) if leaf else None,
                       "name": leaf.subject.rfc4514_string() if leaf else None, "issuer": leaf.issuer.rfc4514_string() if leaf else None})
        return
    out.echo(f"{who.algorithm}  {who.fingerprint}")
    if leaf is not None:
        lang = words.language()
        said = words.say("cli.key.author.says", lang, name=leaf.subject.rfc4514_string(), issuer=leaf.issuer.rfc4514_string())
        out.echo(said)
    out.echo(who.pem.decode().rstrip("\n"), "quiet")


@cli_command("key.author.sign")
@click.argument("seq", type=click.IntRange(min=0))
@PASSPHRASE_FD
@as_json
def sign(seq: int, descriptor: int | None, as_json: bool) -> None:
    from provenance.daemon import stating

    with at_home() as house:
        stating.signable(house, seq)
        entry = stating.sign(house, unlocked(house, descriptor), seq)
    if as_json:
        named = ("of", "leaf", "public_key", "algorithm", "signature")
        out.json_line({"seq": entry.seq, "at": entry.at} | {name: entry.open[name] for name in named})
    else:
        out.say("cli.sign.done", "good", of=seq, seq=entry.seq)


for part in (new, import_, certificate, sign, show):
    command.add_command(part)
