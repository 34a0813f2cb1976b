"""`prov show FILE|ID`: everything known of a picture, by class, each line with its entry."""

from __future__ import annotations

from typing import Any

import click

from provenance import facts, words
from provenance.cli import out, pick
from provenance.cli.common import at_home, cli_command, help_of
from provenance.daemon.house import House
from provenance.views import ask
from provenance.views.fold import plain
from provenance.views.reading import from_values

CLAIMED = ("generator", "version", "prompts", "negative_prompts", "models", "seeds", "steps", "cfgs", "samplers", "schedulers", "sizes")


@cli_command("show")
@click.argument("ref", metavar="FILE|ID")
@click.option("--json", "as_json", is_flag=True, help=help_of("cli.opt.json"))
def command(ref: str, as_json: bool) -> None:
    with at_home(read_only=True) as house:
        found = gather(house, pick.picture(house, ref))
    if as_json:
        out.json_line(found)
    else:
        show(found)


def gather(house: House, sha256: str) -> dict[str, Any]:
    """One picture as `prov show --json` prints it: its reading, the bound model files, and the entries it rests on."""
    about = ask.about(house.views, sha256)
    best = next((v for v in (*about["versions"], *about["sidecars"]) if v["parsed"] == "read"), about["versions"][0])
    record = house.ledger.record(best["seq"])
    models = [
        {k: row[k] for k in ("name", "kind", "sha256", "autov2", "autov3", "how", "seen")}
        | {"agrees": None if row["agrees"] is None else bool(row["agrees"])}
        for row in _latest(about["bindings"])
    ]
    return {
        "sha256": sha256,
        "models": models,
        "read_in": best["seq"],
        "reading": from_values(record.values, best["container"], plain(record.values.get("path"))),
        "entries": ask.entries_of(about),
        "versions": about["versions"],
        "places": [row["path"] for row in about["places"]],
        "sidecars": [row["path"] for row in about["sidecars"]],
        "moves": about["moves"],
        "losses": about["losses"],
        "decisions": about["decisions"],
        "notes": about["notes"],
        "conversations": about["conversations"],
        "works": about["works"],
        "parents": about["parents"],
        "children": about["children"],
        "described": about["described"][0] if about["described"] else None,
    }


def _latest(bindings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The bindings of the last entry that has any: the same bytes may have been captured more than once."""
    last = max((row["of"] for row in bindings), default=None)
    return [row for row in bindings if row["of"] == last]


def show(found: dict[str, Any]) -> None:
    """The same for people."""
    lang = words.language()
    first, reading = found["versions"][0], found["reading"]
    out.echo(f"{words.visible(first['name'])}  {found['sha256'][:16]}", "strong")
    _part(
        facts.OBSERVED if first["kind"] != facts.FileImported.KIND else facts.IMPORTED,
        [
            (
                v["seq"],
                words.say(f"kind.{v['kind']}", lang),
                f"{v['at'][:19].replace('T', ' ')} UTC  {v['size']} B  {v['media_type']}  {v['path']}",
            )
            for v in found["versions"]
        ]
        + [(m["seq"], words.say("kind.file.renamed/1", lang), f"{m['was_path']} -> {m['path']}") for m in found["moves"]]
        + [(m["seq"], words.say("kind.file.vanished/1", lang), m["path"]) for m in found["losses"]]
        + [
            (m["seen"], m["kind"], f"{m['name']}  {(m['sha256'] or '-')[:16]}  {words.say('how.' + m['how'], lang)}")
            for m in found["models"]
        ]
        + _parents(found, (facts.OBSERVED, facts.IMPORTED), lang),
    )
    claimed = [(name, value) for name in CLAIMED if (value := reading.get(name))]
    _part(
        facts.FILE_CLAIMED,
        [
            (found["read_in"], words.say(f"cli.read.{name}", lang), value if isinstance(value, str) else "; ".join(value))
            for name, value in claimed
        ]
        + [(found["read_in"], "LoRA", f"{item['name']}  {item.get('weight')} / {item.get('weight_te')}") for item in reading["loras"]]
        + _parents(found, (facts.FILE_CLAIMED,), lang),
    )
    _part(facts.IMPORTED, _talks(found, facts.ConversationImported.KIND, lang))
    _part(
        facts.STATED,
        [(d["seq"], words.say(f"cli.show.{d['decision']}", lang), d["why"] or "-") for d in found["decisions"]]
        + [(n["seq"], words.say("cli.show.note", lang), n["text"]) for n in found["notes"]]
        + _talks(found, facts.ConversationStated.KIND, lang)
        + [(w["filed"], words.say("cli.show.work", lang), w["name"]) for w in found["works"]]
        + _parents(found, (facts.STATED,), lang),
    )


def _talks(found: dict[str, Any], kind: str, lang: str) -> list[tuple[Any, str, str]]:
    label = words.say("cli.show.conversation", lang)
    rows = [row for row in found["conversations"] if row["kind"] == kind]
    return [(r["seq"], label, f"{r['title']}  {words.say('cli.add-conversation.turns', lang, count=r['turns'])}".strip()) for r in rows]


def _parents(found: dict[str, Any], classes: tuple[str, ...], lang: str) -> list[tuple[Any, str, str]]:
    """What the picture came from, as far as these classes say it."""
    label = words.say("cli.show.parent", lang)
    return [
        (p["seq"], label, "  ".join(part for part in (p["parent"][:12], _how(p["how"], lang), p["name"]) if part))
        for p in found["parents"]
        if p["class"] in classes
    ]


def _how(how: str, lang: str) -> str:
    return words.say(f"lineage.{how}", lang) if words.known(f"lineage.{how}") else how


def _part(title: str, rows: list[tuple[Any, str, str]]) -> None:
    if rows:
        out.echo(title, "quiet")
        for seq, name, value in rows:
            number = f"#{seq}" if seq is not None else ""
            out.echo(f"  {number:<7} {out.pad(name, 12)} {words.visible(value, keep_newlines=True).replace(chr(10), chr(10) + ' ' * 23)}")
