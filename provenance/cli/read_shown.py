"""`prov read` for people: calm sections of what a file says, and only of what it says. From the object of `--json` to lines."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provenance import words
from provenance.cli import out

LONGEST = 4_000  # characters of one text, and
MOST = 40  # lines of one section that are shown unless all is asked for
LABEL = 14
FIRST_OF_REST = 6  # names of what has no line of its own
LISTS = ("seeds", "steps", "cfgs", "samplers", "schedulers", "denoises", "sizes")
COLUMNS = ("role", "seed", "steps", "cfg", "sampler", "scheduler", "denoise", "size", "model", "node")
CLAIMED = ("claim_generator", "issuer", "digital_source_types", "actions", "software_agents", "n_manifests")
CLASS_FIRST = {"checkpoint": 0, "diffusion": 0, "api": 0}


@dataclass(frozen=True)
class Row:
    """A line of a section: what it is, and what the file says of it. whole: never broken into several (a table's line)."""

    label: str
    text: str
    whole: bool = False


def shown(found: Mapping[str, Any], everything: bool = False) -> None:
    """Print one file's object. everything: nothing is shortened, and what no other name holds (`rest`) is shown too."""
    lang = words.language()
    out.echo(words.visible(Path(found["file"]).name), "strong")
    for title, rows in sections(found, lang, everything):
        if title:
            out.echo(f"  {words.say(title, lang)}", "quiet")
        for line in printed(rows, lang, everything):
            out.echo(line)
    out.echo("")


def sections(found: Mapping[str, Any], lang: str, everything: bool = False) -> Iterator[tuple[str, list[Row]]]:
    """(title's message key, rows) of every section that has rows; the first has no title."""
    for title, rows in (
        ("", _head(found, lang)),
        ("read.section.prompts", _prompts(found, lang)),
        ("read.section.passes", _passes(found, lang)),
        ("read.section.models", _models(found, lang)),
        ("read.section.controls", _controls(found, lang)),
        ("read.section.parts", _parts(found, lang)),
        ("read.section.inputs", [Row(_named("read.role", i["role"], lang), _joined(i["name"], i.get("sha256"))) for i in found["inputs"]]),
        ("read.section.aigc", [Row(key, str(value)) for key, value in (found["aigc"] or {}).items()]),
        ("read.section.c2pa", _credentials(found["c2pa"] or {}, lang, everything)),
        ("read.section.attestations", [_attested(item, lang) for item in found["attestations"]]),
        ("read.section.edits", [_edit(item) for item in found["edits"]]),
        ("read.section.rest", _rest(found["rest"], lang, everything)),
        ("read.section.warnings", [Row("", in_words(code, lang)) for code in found["warnings"]]),
    ):
        if rows:
            yield title, rows


def printed(rows: Sequence[Row], lang: str, everything: bool) -> Iterator[str]:
    """Rows as lines: labels in a column, long texts wrapped to the terminal, hostile characters as codes."""
    columns = max(30, min(shutil.get_terminal_size((100, 24)).columns, 120) - LABEL - 5)
    before = None
    for row in rows if everything else rows[:MOST]:
        text = row.text if everything else row.text[:LONGEST]
        seen = words.visible(text.replace("\r\n", "\n").rstrip("\n"), keep_newlines=True)
        lines = [out.clipped(seen, LABEL + 5)] if row.whole else out.wrapped(seen, columns if row.label else columns + LABEL)
        if len(text) < len(row.text):
            lines.append(words.say("read.more-text", lang, count=len(row.text) - len(text)))
        label = words.visible(row.label)
        if not label:
            yield from (f"    {line}" for line in lines)
            continue
        yield from (
            f"    {out.pad(label if n == 0 and label != before else '', LABEL)} {line}".rstrip() for n, line in enumerate(lines)
        )
        before = label
    if not everything and len(rows) > MOST:
        yield f"    {words.say('read.more-rows', lang, count=len(rows) - MOST)}"


def in_words(code: str, lang: str) -> str:
    """A warning in a sentence where the words know its code, else the code itself. `unresolved 12.text` -> warning.unresolved."""
    parts = code.split(" ")
    for count in range(min(3, len(parts)), 0, -1):
        head, place = "-".join(parts[:count]), " ".join(parts[count:])
        for room in ("carriers", "warning"):
            if words.known(f"{room}.{head}"):
                return words.say(f"{room}.{head}", lang, place=place or "-")
    return code


def _head(found: Mapping[str, Any], lang: str) -> list[Row]:
    pixels = f" {found['width']}x{found['height']}" if found.get("width") and found.get("height") else ""
    made = found["generator"] or words.say("cli.read.none", lang)
    rows = [Row(words.say("cli.read.generator", lang), f"{made}  ({found['container']}{pixels})")]
    if found["version"]:
        rows.append(Row(words.say("cli.read.version", lang), found["version"]))
    if found["also_claimed"]:
        rows.append(Row(words.say("read.also", lang), ", ".join(found["also_claimed"])))
    return rows


def _prompts(found: Mapping[str, Any], lang: str) -> list[Row]:
    """Prompts and negatives, each with how it came about where the file tells; then the texts that are neither."""
    rows, left = [], list(found["texts"])
    for name, role in (("prompts", "prompt"), ("negative_prompts", "negative")):
        for text in found[name]:
            told = next((item for item in left if item["text"] == text and item["role"] in (role, "typed")), None)
            if told is not None:
                left.remove(told)
            rows.append(Row(words.say(f"cli.read.{name}", lang), _classed(text, told, lang)))
    rows += [
        Row(_named("read.text", item["role"], lang), _classed(item["text"], item, lang))
        for item in left
        if item["text"] is None or item["text"].strip()
    ]
    return rows


def _classed(text: str | None, told: Mapping[str, Any] | None, lang: str) -> str:
    shown_text = (text if text is None or text.strip() else words.say("read.blank", lang)) or words.say("read.not-kept", lang)
    if told is None:
        return shown_text
    where = f" {told['where']}" if told.get("where") else ""
    return f"[{told['origin']}{where}] {shown_text}"


def _passes(found: Mapping[str, Any], lang: str) -> list[Row]:
    """One pass as a list of its settings, several as a table."""
    passes = found["passes"]
    if len(passes) < 2:
        return [Row(words.say(f"cli.read.{name}", lang), ", ".join(found[name])) for name in LISTS if any(found[name])]
    used = [name for name in COLUMNS if any(item.get(name) for item in passes)]
    table = [[words.say(f"read.column.{name}", lang) for name in used]]
    table += [[words.visible(_short(str(item.get(name) or "-"))) for name in used] for item in passes]
    widths = [max(out.width(line[i]) for line in table) for i in range(len(used))]
    lines = ["  ".join(out.pad(cell, w) for cell, w in zip(line, widths, strict=True)).rstrip() for line in table]
    return [Row("#" if n == 0 else str(n), line, whole=True) for n, line in enumerate(lines)]


def _models(found: Mapping[str, Any], lang: str) -> list[Row]:
    rows = [
        Row(_named("read.model", item["kind"], lang), _joined(item["name"], item.get("hash")))
        for item in sorted(found["resources"], key=lambda item: CLASS_FIRST.get(item["kind"], 1))
    ]
    for item in found["loras"]:
        weights = [item["weight"], item["weight_te"]] if item.get("weight_te") not in (None, item.get("weight")) else [item["weight"]]
        strength = " / ".join(weight or "?" for weight in weights)
        rows.append(Row(words.say("cli.read.lora", lang), _joined(item["name"], strength, item.get("hash"))))
    claimed = {value for item in (*found["resources"], *found["loras"]) if (value := item.get("hash"))}
    rows += [Row(words.say("read.hash", lang), f"{name}  {value}") for name, value in found["hashes"].items() if value not in claimed]
    return rows


def _controls(found: Mapping[str, Any], lang: str) -> list[Row]:
    rows = []
    for item in found["controls"]:
        span = f"{item['start'] or '?'}-{item['end'] or '?'}" if item.get("start") or item.get("end") else None
        picture = f"<- {item['image']}" if item.get("image") else None
        text = _joined(item["model"], item["weight"], span, item["preprocessor"], picture)
        rows.append(Row(_named("read.control", item["kind"], lang), text))
    return rows


def _parts(found: Mapping[str, Any], lang: str) -> list[Row]:
    rows = []
    for item in found["parts"]:
        label, place = _named("read.part", item["role"], lang), _joined(item["place"], item["weight"])
        rows.append(Row(label, f"({place}) {item['prompt'] or ''}" if place else item["prompt"] or ""))
        if item["negative"]:
            rows.append(Row(words.say("cli.read.negative_prompts", lang), item["negative"]))
    return rows


def _credentials(c2pa: Mapping[str, Any], lang: str, everything: bool) -> list[Row]:
    """What the manifest claims, then what was checked of it: binding, signature and trust apart, for each may hold without the others."""
    if not c2pa:
        return []
    claimed = [name for name, value in c2pa.items() if name not in ("checked", "unchecked") and value not in (None, [], {}, "")]
    rows = [Row(_named("read.c2pa", name, lang), _plain(c2pa[name])) for name in claimed if everything or name in CLAIMED]
    if checked := c2pa.get("checked"):
        parts = ("binding", "signature", "trust", *(("time", "codes", "with") if everything else ("time", "with")))
        return rows + [Row(_named("read.checked", name, lang), _plain(checked[name])) for name in parts if checked.get(name)]
    why = f" ({c2pa['unchecked']})" if c2pa.get("unchecked") else ""
    return [*rows, Row(words.say("read.checked", lang), words.say("read.unchecked", lang) + why)]


def _attested(item: Mapping[str, Any], lang: str) -> Row:
    return Row(item["by"], _joined(item["what"], _named("read.result", item["result"], lang), item["detail"]))


def _edit(item: Mapping[str, Any]) -> Row:
    return Row(item["action"], _joined(item["when"], item["tool"], item["changed"]))


def _rest(rest: Mapping[str, Any], lang: str, everything: bool) -> list[Row]:
    if not rest:
        return []
    if everything:
        return [Row(name, _plain(value)) for name, value in rest.items()]
    first = ", ".join(list(rest)[:FIRST_OF_REST])
    more = len(rest) - FIRST_OF_REST
    key = "read.rest-more" if more > 0 else "read.rest-all"
    return [Row("", _joined(first, words.say(key, lang, count=more) if more > 0 else words.say(key, lang)))]


def _named(room: str, kind: str, lang: str) -> str:
    """A kind in words where they know it, else as it is."""
    key = f"{room}.{kind}"
    return words.say(key, lang) if words.known(key) else kind


def _plain(value: Any) -> str:
    """A value on one line: texts as they are, lists of texts and of named things by their names, anything else as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    if isinstance(value, list) and value and all(isinstance(item, dict) and set(item) <= {"action", "when"} for item in value):
        return ", ".join("  ".join(str(part) for part in item.values()) for item in value)
    return json.dumps(value, ensure_ascii=False, default=str)


def _joined(*parts: str | None) -> str:
    return "  ".join(part for part in parts if part)


def _short(text: str) -> str:
    """A name without folders, short enough for a cell of a table."""
    return out.cut(text.replace("\\", "/").rsplit("/", 1)[-1], 32)
