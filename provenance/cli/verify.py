"""`prov verify BUNDLE|LEDGER|FILE`: numbered steps, findings by code, a verdict word, an exit code."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provenance import config, words
from provenance.bundle.verdict import Anchor, Trust, Verdict
from provenance.cli import coverage, out
from provenance.cli.common import cli_command, help_of
from provenance.cli.time_said import when
from provenance.errors import BadInput, ProvError, Unavailable

if TYPE_CHECKING:
    from provenance.seal.cosign import Witness

STYLES = {"INTEGRITY ONLY": "good", "ANCHORED": "good", "FAILED": "bad", "REFUSED": "bad", "INCOMPLETE": "bad"}


@cli_command("verify")
@click.argument("target", required=False, type=click.Path(), metavar="[BUNDLE|LEDGER|FILE]")
@click.option("--key", "fingerprint", metavar="HEX", help=help_of("cli.verify.key"))
@click.option("--trust-ca", "authorities", multiple=True, type=click.Path(exists=True, dir_okay=False), help=help_of("cli.verify.ca"))
@click.option("--root", "roots", multiple=True, type=click.Path(exists=True, dir_okay=False), help=help_of("cli.verify.root"))
@click.option("--witness", "vkeys", multiple=True, metavar="VKEY|FILE", help=help_of("cli.verify.witness"))
@click.option("--quick", is_flag=True, help=help_of("cli.verify.quick"))
@click.option("--json", "as_json", is_flag=True, help=help_of("cli.opt.json"))
def command(
    target: str | None, fingerprint: str | None, authorities: tuple[str, ...], roots: tuple[str, ...], vkeys: tuple[str, ...], quick: bool,
    as_json: bool,
) -> int:
    path = Path(target) if target else config.home().ledger
    if not path.exists():
        raise BadInput("verify.missing", path=str(path)) if target else Unavailable("home.missing", home=str(path.parent))
    if fingerprint and (len(fingerprint) != 64 or set(fingerprint.lower()) - set("0123456789abcdef")):
        raise BadInput("verify.bad-key")
    certificates = tuple(trusted(Path(name)) for name in authorities)
    roots_of_time = time_roots([Path(name) for name in roots])
    trust = Trust(fingerprint.lower() if fingerprint else None, certificates, *roots_of_time, witnesses=witnesses(vkeys))
    what, verdict = judge(path, trust, quick=quick)
    found = coverage.of_ledger(_ledger_file(path)) if what == "ledger" else None
    if as_json:
        out.json_line(as_object(what, path, verdict) | ({"coverage": coverage.as_object(found)} if found else {}))
    else:
        show(what, path, verdict)
        if found is not None:
            coverage.show(found)
    return verdict.exit_code


def trusted(path: Path) -> bytes:
    """A file of certificates that the person who checks trusts. Raises BadInput `seal.certificate`."""
    from provenance.seal import certificates

    data = path.read_bytes()
    certificates.chain(data)
    return data


def time_roots(files: list[Path]) -> tuple[tuple[bytes, ...], frozenset[str]]:
    """Root certificates of time authorities, DER, from these files and (where pinned) of this machine; and all pinned fingerprints.

    Raises:
        BadInput: `time.root-file` for a file without a certificate.
    """
    from provenance import data
    from provenance.seal import authorities, timestamp

    given: list[bytes] = []
    for path in files:
        raw = path.read_bytes()
        found = list(authorities.pem_certificates(raw.decode("latin-1"))) or ([raw] if raw[:1] == b"\x30" else [])
        if not found:
            raise BadInput("time.root-file", path=str(path), why="no certificate in PEM form")
        given += found
    pinned = frozenset(print_ for one in authorities.listed(data.read("authorities.json")) for print_ in one.roots)
    return (*given, *timestamp.pinned(authorities.system_roots(), pinned)), pinned


def witnesses(given: tuple[str, ...]) -> tuple[Witness, ...]:
    """Verifier keys of witnesses: each one itself, or a file with one a line (empty lines and lines that begin with # say nothing).

    Raises:
        BadInput: `seal.bad-key`, `seal.weak-key`, `verify.witness-file`.
    """
    from provenance.seal import cosign

    found: list[Witness] = []
    for text in given:
        if text.count("+") >= 2:  # as a key has it; a file of such a name is named ./so
            found.append(cosign.parse_vkey(text))
            continue
        try:
            with Path(text).open("rb") as file:
                lines = file.read(1 << 16).decode("utf-8").splitlines()
        except (OSError, ValueError) as error:
            raise BadInput("verify.witness-file", path=text) from error
        keys = [cosign.parse_vkey(line.strip()) for line in lines if line.strip() and not line.startswith("#")]
        if not keys:
            raise BadInput("verify.witness-file", path=text)
        found += keys
    return tuple(dict.fromkeys(found))


def judge(path: Path, trust: Trust, *, quick: bool) -> tuple[str, Verdict]:
    """What this is ("bundle", "ledger", "file") and what is to be said of it."""
    ledger = _ledger_file(path)
    if ledger.is_file() and (ledger.name == "ledger.db" or _starts(ledger, b"SQLite format 3\0")):
        return "ledger", _ledger(ledger, quick=quick)
    if path.is_dir() or _starts(path, b"PK") or path.suffix.lower() == ".zip":
        from provenance.bundle.examine import examine

        return "bundle", examine(path, trust)
    from provenance.cli.verify_file import verify_file

    return "file", verify_file(path)


def _ledger_file(path: Path) -> Path:
    return path / "ledger.db" if path.is_dir() else path


def _ledger(ledger: Path, *, quick: bool) -> Verdict:
    from provenance.bundle.ledger_verify import verify_ledger

    with out.progress(words.say("cli.verify.bar", words.language()), 0) as bar:
        kept, locked = kept_head(ledger.parent)
        return verify_ledger(
            ledger, ledger.with_name("heads.log"), depth="quick" if quick else "full", progress=bar.reach, kept=kept, locked=locked
        )


def kept_head(home: Path) -> tuple[bytes | None, bool]:
    """The head that the keychain holds of the ledger in this folder, where its key is kept with the keychain; and whether it is locked."""
    from provenance.seal import heads, keys, vault

    try:
        key = keys.named(home / "keys")
        if key is None or keys.protection(home / "keys") != keys.IN_KEYCHAIN:
            return None, False
        chain = vault.keychain()
        return (heads.recall(chain, key.name), False) if chain is not None else (None, True)
    except ProvError:
        return None, True


def _starts(path: Path, magic: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(magic)) == magic


def as_object(what: str, path: Path, verdict: Verdict) -> dict[str, Any]:
    """The verdict for a script."""
    return {
        "what": what, "path": str(path), "verdict": verdict.word, "exit_code": verdict.exit_code,
        "steps": [{"number": s.number, "step": s.key, "ok": s.ok} for s in verdict.steps],
        "findings": [{"code": f.code, "severity": f.severity, "params": dict(f.params)} for f in verdict.findings],
        "anchors": [{**asdict(anchor), "trusted": anchor.trusted} for anchor in verdict.anchors],
        "witnesses": [asdict(one) for one in verdict.witnessed],
        "added": list(verdict.added), "withheld": list(verdict.withheld), "counts": dict(verdict.counts),
    }


def accuracy(anchor: Anchor, lang: str) -> str:
    """How exact the authority says its clock is."""
    if anchor.accuracy_ms is None:
        return words.say("cli.verify.accuracy-none", lang)
    return words.say("cli.verify.accuracy", lang, seconds=f"{anchor.accuracy_ms / 1000:g}")


def show(what: str, path: Path, verdict: Verdict) -> None:
    """The verdict for people."""
    from provenance.bundle.findings import text

    lang = words.language()
    out.say(f"cli.verify.{what}", "strong", path=str(path))
    for step in verdict.steps:
        mark = out.styled("ok  ", "good") if step.ok else out.styled("FAIL", "bad")
        out.echo(f"  {step.number:>2}  {mark}  {words.say('step.' + step.key, lang)}")
    for finding in verdict.findings[:50]:
        out.echo(f"      {finding.code}  {text(finding, lang)}", "quiet" if finding.severity == "note" else "bad")
    if len(verdict.findings) > 50:
        out.say("cli.verify.more", "quiet", count=len(verdict.findings) - 50)
    for anchor in verdict.anchors:
        if anchor.trusted:
            told = {"at": when(anchor.time), "authority": anchor.authority, "last": anchor.size - 1, "accuracy": accuracy(anchor, lang)}
            out.say("cli.verify.anchor", "good", **told)
    for one in verdict.witnessed:
        told = {"name": one.name, "at": when(one.time), "last": one.size - 1, "under": one.under, "shown": one.shown}
        out.say("cli.verify.witnessed", "good", **told)
    if verdict.withheld:
        out.say("cli.verify.withheld", fields=", ".join(verdict.withheld))
    out.echo("")
    word = " +".join((verdict.word, *verdict.added))
    out.echo(out.styled(word, STYLES.get(verdict.word, "strong")) + "  " + words.say(f"verdict.{verdict.word}", lang))
