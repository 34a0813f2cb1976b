"""`prov show FILE|ID`: everything known of a picture, by class, each line with its entry."""

from __future__ import annotations

import dataclasses
from typing import Any

import click

from provenance import facts, words
from provenance.cli import decisions, out, pick, story, terms_said, tree
from provenance.cli.common import at_home, cli_command, help_of
from provenance.daemon import layers
from provenance.daemon.house import House
from provenance.daemon.telling import Teller
from provenance.terms.applies import LOCAL
from provenance.views import agreed, ask, family, family_places, family_tree, people, used
from provenance.views.family_edge import CLASSES
from provenance.views.fold import plain
from provenance.views.reading import from_values
from provenance.views.used import Used

MOST_CHILDREN = 50
CLAIMED = ("generator", "version", "prompts", "negative_prompts", "models", "seeds", "steps", "cfgs", "samplers", "schedulers", "sizes")


@cli_command("show")
@click.argument("ref", metavar="FILE|ID")
@click.option("--json", "as_json", is_flag=True, help=help_of("cli.opt.json"))
def command(ref: str, as_json: bool) -> None:
    with at_home(read_only=True) as house:
        found = gather(house, pick.picture(house, ref))
    if as_json:
        told = story.step_json(found["step"], numbered=False) if found["step"] is not None else None
        edges = {name: [family_tree.edge_json(edge) for edge in found[name]] for name in ("parents", "children")}
        project = {"project": found["project"].as_json() if found["project"] is not None else None}
        project |= {"terms": [terms_said.applied_json(row) for row in found["terms"]]}
        kin = {name: [dataclasses.asdict(one) for one in found[name]] for name in ("replaced", "used")}
        out.json_line(found | edges | project | kin | {"step": told})
    else:
        show(found)


def gather(house: House, sha256: str) -> dict[str, Any]:
    """One picture as `prov show --json` prints it: its reading, the bound model files, and the entries it rests on."""
    about = ask.about(house.views, sha256)
    best = next((v for v in (*about["versions"], *about["sidecars"]) if v["parsed"] == "read"), about["versions"][0])
    record = house.ledger.record(best["seq"])
    children = family.children(house.views, sha256, MOST_CHILDREN).edges
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
        "declared": about["declared"],
        "acting": people.acting(house.views, about["versions"][0]["seq"]),
        "notes": about["notes"],
        "conversations": about["conversations"],
        "works": about["works"],
        "parents": family.parents(house.views, sha256),
        "children": children,
        "used": list(used.used(house.views, children)),
        "replaced": family_places.replaced(house.views, sha256),
        "terms": agreed.of_picture(house.views, sha256),
        "described": about["described"][0] if about["described"] else None,
        "drawings": about["drawings"],
        "edits": about["edits"],
        "overlays": about["overlays"],
        "project": layers.version(house.views, sha256),
        "step": Teller(house).step(sha256),
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
        + _layers(found, lang)
        + _drawn(found, lang)
        + _edits(found, lang)
        + _seen(found, facts.OBSERVED, lang)
        + _parents(found, facts.OBSERVED, lang),
    )
    claimed = [(name, value) for name in CLAIMED if (value := reading.get(name))]
    _part(
        facts.FILE_CLAIMED,
        [
            (found["read_in"], words.say(f"cli.read.{name}", lang), value if isinstance(value, str) else "; ".join(value))
            for name, value in claimed
        ]
        + [(found["read_in"], "LoRA", f"{item['name']}  {item.get('weight')} / {item.get('weight_te')}") for item in reading["loras"]]
        + _changed(found, lang)
        + _editor(found, lang)
        + _terms(found, lang)
        + _parents(found, facts.FILE_CLAIMED, lang),
    )
    _part(facts.IMPORTED, _seen(found, facts.IMPORTED, lang) + _talks(found, facts.ConversationImported.KIND, lang))
    _part(
        facts.STATED,
        [(d["seq"], decisions.word(d["decision"]), _why(d)) for d in found["decisions"] if d["class"] == facts.STATED]
        + [(n["seq"], words.say("cli.show.note", lang), n["text"]) for n in found["notes"]]
        + _talks(found, facts.ConversationStated.KIND, lang)
        + ([(found["acting"]["seq"], words.say("cli.show.acting", lang), found["acting"]["name"])] if found.get("acting") else [])
        + [(w["filed"], words.say("cli.show.work", lang), w["name"]) for w in found["works"]]
        + _declared(found, lang)
        + _parents(found, facts.STATED, lang),
    )


def _why(row: dict[str, Any]) -> str:
    return "  ".join(part for part in (row["place"], row["why"]) if part) or "-"


def _seen(found: dict[str, Any], said_by: str, lang: str) -> list[tuple[Any, str, str]]:
    """What was seen that may show a decision, with what a rule takes it to mean; and that another picture was made with this one."""
    label = words.say("cli.show.seen", lang)
    rows = [(d["seq"], label, decisions.said(d)) for d in found["decisions"] if d["class"] == said_by]
    if said_by == facts.OBSERVED:
        rows += [_used(one, lang) for one in found["used"]]
    return rows


def _used(one: Used, lang: str) -> tuple[int, str, str]:
    """That another picture was made with this one, or a larger one of it."""
    if one.before is None or one.after is None:
        return one.seq, words.say("cli.show.used", lang), f"{one.child[:12]}  {words.visible(one.name)}".strip()
    sizes = dict(zip(("wide", "high", "width", "height"), (*one.before, *one.after), strict=True))
    return one.seq, words.say("cli.show.enlarged", lang), f"{one.child[:12]}  {words.say('cli.show.enlarged.by', lang, **sizes)}"


def _declared(found: dict[str, Any], lang: str) -> list[tuple[Any, str, str]]:
    rows = []
    for one in found["declared"]:
        key = "cli.show.input.said" if one["used_before"] is None else "cli.show.input.late"
        rights = words.say(f"cli.rights.{one['rights']}", lang)
        text = words.say(key, lang, rights=rights, used=one["used_before"])
        said = (text, one["note"], one["licence"])
        rows.append((one["seq"], words.say("cli.show.input", lang), "  ".join(part for part in said if part)))
    return rows


def _terms(found: dict[str, Any], lang: str) -> list[tuple[Any, str, str]]:
    """The services and licences that the files name; `prov terms of` says all of it, and what names none."""
    rows = (row for row in found["terms"] if row["applied"] is not None and LOCAL not in row["applied"].marks)
    return [(row["seqs"][0], words.say("cli.show.terms", lang), terms_said.short(row)) for row in rows]


def _changed(found: dict[str, Any], lang: str) -> list[tuple[Any, str, str]]:
    """What changed from the run before, as both files tell it."""
    if found["step"] is None:
        return []
    said = [text for text, _ in story.body(found["step"], lang, classed=False)]
    return [(found["step"].run.files[0].seq, words.say("cli.show.changed", lang), "\n".join(said))]


def _layers(found: dict[str, Any], lang: str) -> list[tuple[Any, str, str]]:
    """A project file's layers, and what changed in them since the version before."""
    from provenance.report import layers as told

    one = found["project"]
    if one is None:
        return []
    row, label = one.project, words.say("cli.show.layers", lang)
    count = words.say("layers.count", lang, format=row["format"], count=row["layer_count"], decoded=row["decoded"])
    rows = [(row["seq"], label, "\n".join((count, *told.layers(one.layers, lang))))]
    if one.before is not None:
        said = tuple(told.changes(one.changes, lang)) or (words.say("layers.same", lang),)
        rows.append((row["seq"], words.say("cli.show.changed", lang), "\n".join((words.say("layers.since", lang, seq=one.before), *said))))
    return rows


def _drawn(found: dict[str, Any], lang: str) -> list[tuple[Any, str, str]]:
    """What was drawn in a mask editor, in pixels."""
    label = words.say("cli.show.drawn", lang)
    return [(d["seq"], label, words.say(f"drawn.{d['part']}", lang, covered=d["covered"], total=d["total"])) for d in found["drawings"]]


def _edits(found: dict[str, Any], lang: str) -> list[tuple[Any, str, str]]:
    """What was repainted since the picture before, in pixels."""
    from provenance.report import edits as told
    from provenance.report import overlaid

    laid = [(seq, words.say("cli.show.overlay", lang), line) for seq, line in overlaid.lines(found["overlays"], lang)]
    return [(seq, words.say("cli.show.edit", lang), line) for seq, line in told.lines(found["edits"], lang)] + laid


def _editor(found: dict[str, Any], lang: str) -> list[tuple[Any, str, str]]:
    """What a project file says of its making."""
    from provenance.report import layers as told

    said = told.claims(found["project"].project, lang) if found["project"] is not None else ""
    if found["project"] is None:
        return []
    offered = found["project"].candidates
    used = sum(row["in_use"] for row in offered)
    lines = [said, words.say("layers.candidates", lang, count=len(offered), used=used) if offered else ""]
    text = "\n".join(line for line in lines if line)
    return [(found["project"].project["seq"], words.say("cli.show.editor", lang), text)] if text else []


def _talks(found: dict[str, Any], kind: str, lang: str) -> list[tuple[Any, str, str]]:
    label = words.say("cli.show.conversation", lang)
    rows = [row for row in found["conversations"] if row["kind"] == kind]
    return [(r["seq"], label, f"{r['title']}  {words.say('cli.add-conversation.turns', lang, count=r['turns'])}".strip()) for r in rows]


def _parents(found: dict[str, Any], said_by: str, lang: str) -> list[tuple[Any, str, str]]:
    """What the picture came from, as far as this class says it, each with its grade; and what it took the place of, which is no descent."""

    def say(key: str, **params: object) -> str:
        return words.say(key, lang, **params)

    rows = []
    for edge in found["parents"]:
        if CLASSES[edge.grade] == said_by:
            told = (edge.parent[:12], say(f"family.grade.{edge.grade}"), tree.relation(edge, say), edge.name)
            rows.append((edge.seqs[-1], say("cli.show.parent"), "  ".join(part for part in told if part)))
    if said_by == facts.OBSERVED:
        before = (one for one in found["replaced"] if one.after == found["sha256"])
        rows += [(one.seq, say("cli.show.place"), say("family.in-place-of", other=one.before[:12])) for one in before]
    return rows


def _part(title: str, rows: list[tuple[Any, str, str]]) -> None:
    if rows:
        out.echo(title, "quiet")
        for seq, name, value in rows:
            number = f"#{seq}" if seq is not None else ""
            out.echo(f"  {number:<7} {out.pad(name, 12)} {words.visible(value, keep_newlines=True).replace(chr(10), chr(10) + ' ' * 23)}")
