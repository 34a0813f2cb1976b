"""How `prov terms` prints versions, statements and what bears on a picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from provenance import words
from provenance.cli import out
from provenance.terms.applies import Applied
from provenance.terms.force import Found
from provenance.terms.profile import FIELDS, SERVICE, SINGLE, Statement, Version

INDENT = "    "


def lang() -> str:
    """The user's language."""
    return words.language()


def phrase(key: str, **params: object) -> str:
    """The message `cli.terms.<key>`; words that the report says too are `report.terms.<key>`."""
    full = f"cli.terms.{key}" if words.known(f"cli.terms.{key}") else f"report.terms.{key.removeprefix('field.')}"
    return words.say(full, lang(), **params)


def texts(said: Sequence[Statement]) -> list[str]:
    """Statements in the user's language, with clause and the mark of what is uncertain."""
    return [_text(one) for one in said]


def _text(one: Statement) -> str:
    parts = (one.text(lang()), one.clause and phrase("clause", clause=one.clause), phrase("unsure") if one.uncertain else "")
    return "  ".join(part for part in parts if part)


def statement_json(one: Statement) -> dict[str, Any]:
    """A statement in both languages."""
    return {"en": one.en, "zh": one.zh, "clause": one.clause or None, "uncertain": one.uncertain}


def version_json(version: Version) -> dict[str, Any]:
    """A version without its statements."""
    return {
        "dated": version.dated or None, "number": version.number or None, "from": version.start or None, "until": version.until or None,
        "until_inferred": version.until_inferred, "stands_for": list(version.stands_for), "source": version.source,
        "looked": version.looked, "read": version.read, "sha256": version.sha256 or None,
    }  # fmt: skip


def found_json(found: Found, *, statements: bool = True) -> dict[str, Any]:
    """A document with its version in force; `version` null is "unknown"."""
    version = found.version
    told = {"document": found.document.title, "version": version_json(version) if version else None, "marks": list(found.marks)}
    if version is None or not statements:
        return told
    return told | {"says": {name: [statement_json(one) for one in version.statements.get(name, ())] for name in FIELDS}}


def found_said(found: Found, indent: str = "", *, gaps: bool = True) -> None:
    """A document with its version in force, for people. gaps: name what the profile lacks, too; a licence is not asked about training."""
    out.echo(f"{indent}{found.document.title}  ({found.document.covers.text(lang())})", "strong")
    version = found.version
    if version is None:
        out.echo(f"{indent}  {phrase('none-known')}")
        return
    unknown = phrase("unknown")
    force = phrase("force", since=version.start or unknown, until=version.until or unknown)
    out.echo(f"{indent}  {phrase('version')}: {version.label or unknown}  {force}")
    if version.stands_for:
        out.echo(f"{indent}  {phrase('stands-for', days='  '.join(version.stands_for))}")
    for code in found.marks:
        out.echo(f"{indent}  {phrase('mark.' + code)}")
    for name in FIELDS:
        for text in texts(version.statements.get(name, ())) or ([phrase("not-found")] if gaps and name in SINGLE else []):
            out.echo(f"{indent}  {out.pad(phrase('field.' + name), 14)}  {text}")
    out.echo(f"{indent}  {phrase('source', source=version.source, looked=version.looked)}  {phrase('read.' + version.read)}", "quiet")


def applied_json(row: dict[str, Any]) -> dict[str, Any]:
    """What bears on a picture: `named` null is a model whose file names no licence, or that was not found."""
    applied: Applied | None = row["applied"]
    start = {"on": row["on"] or None, "basis": row["basis"], "model": row["model"] or None, "entries": row["seqs"]}
    if applied is None:
        return start | {"kind": "licence", "named": None, "profile": None, "documents": [], "recorded": None, "marks": []}
    saved = applied.saved
    mine = saved and {"seq": saved.seq, "at": saved.at, "sha256": saved.sha256 or None, "title": saved.title, "plan": saved.plan,
                      "accepted": saved.accepted, "stated": saved.stated}  # fmt: skip
    return start | {
        "kind": applied.kind, "named": applied.named, "profile": applied.profile.id if applied.profile else None,
        "documents": [found_json(found) for found in applied.found], "recorded": mine, "marks": list(applied.marks),
    }  # fmt: skip


def short(row: dict[str, Any]) -> str:
    """What bears on a picture, in one line: what the file names, and the version of each text or "unknown"."""
    applied: Applied | None = row["applied"]
    if applied is None:
        return f"{row['model']}  {phrase('no-licence')}"
    named = "  ".join(part for part in (row["model"], applied.named) if part)
    told = [phrase(f"mark.{code}") for code in applied.marks]
    for one in applied.found:
        version = one.version.label or phrase("undated") if one.version else phrase("unknown")
        told.append(f"{one.document.title}: {version}")
    if applied.saved is not None:
        told.insert(0, f"{phrase('saved')} #{applied.saved.seq}")
    return "  ".join((named, *told))


def applied_said(row: dict[str, Any]) -> None:
    """The same for people: the person's own record first."""
    applied: Applied | None = row["applied"]
    entries = " ".join(f"#{seq}" for seq in row["seqs"])
    on = phrase(f"day.{row['basis']}", on=row["on"] or phrase("unknown"))
    if applied is None:
        out.echo(f"{words.visible(row['model'])}  {entries}", "strong")
        out.echo(f"{INDENT}{phrase('no-licence')}")
        return
    title = "  ".join(part for part in (row["model"], applied.named) if part)
    out.echo(f"{words.visible(title)}  {entries}", "strong")
    out.echo(f"{INDENT}{on}", "quiet")
    for code in applied.marks:
        out.echo(INDENT + phrase(f"mark.{code}"))
    if applied.saved is not None:
        one = applied.saved
        mine = words.say("cli.terms.mine", lang(), seq=one.seq, platform=one.platform, at=one.at[:10], plan=one.plan or "-",
                         accepted=one.accepted or "-", sha256=one.sha256[:16] or "-")  # fmt: skip
        out.echo(INDENT + mine)
    for found in applied.found:
        found_said(found, INDENT, gaps=applied.kind == SERVICE)
