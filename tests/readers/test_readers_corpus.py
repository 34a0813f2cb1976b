"""Score over the shared corpus: seven fields by family, and negative controls. Read in place; skipped loudly where it is absent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from reader_builders import shared

from provenance.carriers import open_container
from provenance.readers import attempt
from provenance.readers.jsontext import same_number
from provenance.readers.reading import Reading, Texts

FAMILIES = (
    "ComfyUI",
    "A1111",
    "Forge",
    "reForge",
    "EasyReforge",
    "SD.Next",
    "SYNTHETIC A1111",
    "SYNTHETIC ComfyUI trap",
    "Civitai on-site",
)
FIELDS = (
    ("prompt", "prompts", "prompts"),
    ("negative_prompt", "negative_prompts", "negative_prompts"),
    ("seed", "seeds", "seeds"),
    ("steps", "", "steps"),
    ("cfg", "cfgs", "cfgs"),
    ("sampler", "sampler_names", "samplers"),
    ("model", "models", "models"),
)
CONTAINERS = ("png", "jpeg", "webp")
NOTHING_TO_READ = ("negative control", "C2PA test file", "editor XMP")


def _texts(path: Path) -> Texts:
    data = path.read_bytes()
    found = open_container(data, size=len(data))
    return tuple((item.name, item.text) for item in found.carriers if item.text is not None)


def _files(where: Path) -> Iterator[dict[str, Any]]:
    yield from json.loads((where / "index.json").read_text(encoding="utf-8"))["files"]


def _same(field: str, one: str, other: Any) -> bool:
    if field in ("seed", "steps", "cfg"):
        return same_number(one, str(other))
    if field == "model":
        return one.replace("\\", "/").rsplit("/", 1)[-1] == str(other).replace("\\", "/").rsplit("/", 1)[-1]
    return " ".join(one.split()) == " ".join(str(other).split())


def _right(reading: Reading | None, expected: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    for single, several, attribute in FIELDS:
        wanted = [
            item
            for key in (single, several)
            if key in expected
            for item in ([expected[key]] if not isinstance(expected[key], list) else expected[key])
        ]
        if wanted:
            got = [] if reading is None else [getattr(item, "name", item) for item in getattr(reading, attribute)]
            yield (
                single,
                any(_same(single, one, other) for one in got for other in wanted)
                or (not got and not any(str(item).strip() for item in wanted)),
            )


@pytest.mark.slow
def test_score_by_family() -> None:
    where = shared("PROV_CORPUS", "corpus")
    table: dict[str, list[int]] = {}
    misses: list[str] = []
    for item in _files(where):
        if not item["generator"].startswith(FAMILIES) or item["container"] not in CONTAINERS or "stealth" in item["generator"]:
            continue
        reading, failed = attempt(_texts(where / item["path"]), Path(item["path"]).name)
        row = table.setdefault(item["generator"], [0, 0, 0])
        row[2] += 1
        for field, is_right in _right(reading, item["expected"]):
            row[0] += is_right
            row[1] += 1
            if not is_right:
                misses.append(f"{item['path']} {field} {failed}")
    right, checked = sum(row[0] for row in table.values()), sum(row[1] for row in table.values())
    print(
        *(f"{name:36} {row[2]:4} files {row[0]:4}/{row[1]:4}" for name, row in sorted(table.items())),
        f"TOTAL {right}/{checked}",
        *misses,
        sep="\n",
    )
    assert checked > 900, "the corpus is not whole"
    assert right >= 0.95 * checked, "\n".join(misses)


@pytest.mark.slow
def test_negative_controls_report_nothing() -> None:
    where = shared("PROV_CORPUS", "corpus")
    wrong, seen = [], 0
    for item in _files(where):
        if item["generator"].startswith(NOTHING_TO_READ):
            seen += 1
            reading, failed = attempt(_texts(where / item["path"]), Path(item["path"]).name)
            if reading is not None or failed:
                wrong.append(f"{item['path']}: {reading.generator if reading else failed}")
    assert seen > 30 and not wrong, wrong


@pytest.mark.slow
def test_lora_weights_of_the_traps() -> None:
    """Two numbers in a tag: the first is the text encoder's, the second the model's, as the webui's own code has it."""
    where = shared("PROV_CORPUS", "corpus")
    reading, _ = attempt(_texts(where / "synthetic" / "a1111_lora_hashes.png"))
    assert reading is not None
    assert [(lora.name, lora.weight, lora.weight_te, lora.claimed_hash) for lora in reading.loras] == [
        ("styleA_v1", "0.8", "0.8", "1111aaaa2222"),
        ("charB-x", "0.5", "0.65", "3333bbbb4444"),
        ("neg lora", "-0.4", "-0.4", "5555cccc6666"),
        ("locon_z", "1", "1", None),
    ]
