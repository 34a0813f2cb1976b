"""`prov verify BUNDLE|LEDGER|FILE`: numbered steps, findings by code, a verdict word, an exit code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from provenance import config, words
from provenance.bundle.verdict import Trust, Verdict
from provenance.cli import out
from provenance.cli.common import cli_command, help_of
from provenance.errors import BadInput, Unavailable

STYLES = {"INTEGRITY ONLY": "good", "FAILED": "bad", "REFUSED": "bad", "INCOMPLETE": "bad"}


@cli_command("verify")
@click.argument("target", required=False, type=click.Path(), metavar="[BUNDLE|LEDGER|FILE]")
@click.option("--key", "fingerprint", metavar="HEX", help=help_of("cli.verify.key"))
@click.option("--quick", is_flag=True, help=help_of("cli.verify.quick"))
@click.option("--json", "as_json", is_flag=True, help=help_of("cli.opt.json"))
def command(target: str | None, fingerprint: str | None, quick: bool, as_json: bool) -> int:
    path = Path(target) if target else config.home().ledger
    if not path.exists():
        raise BadInput("verify.missing", path=str(path)) if target else Unavailable("home.missing", home=str(path.parent))
    if fingerprint and (len(fingerprint) != 64 or set(fingerprint.lower()) - set("0123456789abcdef")):
        raise BadInput("verify.bad-key")
    trust = Trust(fingerprint.lower() if fingerprint else None)
    what, verdict = judge(path, trust, quick=quick)
    if as_json:
        out.json_line(as_object(what, path, verdict))
    else:
        show(what, path, verdict)
    return verdict.exit_code


def judge(path: Path, trust: Trust, *, quick: bool) -> tuple[str, Verdict]:
    """What this is ("bundle", "ledger", "file") and what is to be said of it."""
    ledger = path / "ledger.db" if path.is_dir() else path
    if ledger.is_file() and (ledger.name == "ledger.db" or _starts(ledger, b"SQLite format 3\0")):
        return "ledger", _ledger(ledger, quick=quick)
    if path.is_dir() or _starts(path, b"PK") or path.suffix.lower() == ".zip":
        from provenance.bundle.examine import examine

        return "bundle", examine(path, trust)
    from provenance.cli.verify_file import verify_file

    return "file", verify_file(path)


def _ledger(ledger: Path, *, quick: bool) -> Verdict:
    from provenance.bundle.ledger_verify import verify_ledger

    with out.progress(words.say("cli.verify.bar", words.language()), 0) as bar:
        return verify_ledger(ledger, ledger.with_name("heads.log"), depth="quick" if quick else "full", progress=bar.reach)


def _starts(path: Path, magic: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(magic)) == magic


def as_object(what: str, path: Path, verdict: Verdict) -> dict[str, Any]:
    """The verdict for a script."""
    return {
        "what": what, "path": str(path), "verdict": verdict.word, "exit_code": verdict.exit_code,
        "steps": [{"number": s.number, "step": s.key, "ok": s.ok} for s in verdict.steps],
        "findings": [{"code": f.code, "severity": f.severity, "params": dict(f.params)} for f in verdict.findings],
        "withheld": list(verdict.withheld), "counts": dict(verdict.counts),
    }


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
    if verdict.withheld:
        out.say("cli.verify.withheld", fields=", ".join(verdict.withheld))
    out.echo("")
    out.echo(out.styled(verdict.word, STYLES.get(verdict.word, "strong")) + "  " + words.say(f"verdict.{verdict.word}", lang))
