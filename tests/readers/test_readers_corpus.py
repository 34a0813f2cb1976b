"""Score over the shared corpus by the rules of scripts/scoring.py, every container. Read in place; skipped loudly where it is absent."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from reader_builders import ROOT, shared

from provenance.cli.read import record
from provenance.cli.read_shown import in_words

sys.path.insert(0, str(ROOT / "scripts"))

from scoring import MISSED, RIGHT, WRONG, Sample, judge, judge_more, reports, samples

_SDNEXT, _CANVAS = "vladmandic__sdnext/models/Reference", "receyuki__comfyui-prompt-reader-node/workflows"
NOT_SO = {
    *(
        (f"{_SDNEXT}/{name}.jpg", "negative")
        for name in (
            "CalamitousFelicitousness--Anima-1.0-Aesthetic-Diffusers", "MoodyRealMix-SDNQ-int8-svd-r32", "gemini-3.1-flash-lite-image",
            "microsoft--Lens-Base", "microsoft--Lens", "resonantsky--MoodyRealMix-SDNQ-int8-svd-r32",
        )
    ),
    (f"{_CANVAS}/hires_fix_example.png", "seed"),
    (f"{_CANVAS}/hires_fix_example.png", "loras"),
    (f"{_CANVAS}/lora_example.png", "loras"),
}
"""Where the index states what the file does not. Six negative prompts are blank; the index takes the `Template:` lines that follow for
them. On two canvases the inputs `seed` and `lora_name` come through a link from another node; the index takes the widgets' stale values."""
SYNTHETIC_TRAPS = "SYNTHETIC"


@cache
def answers(where: Path) -> tuple[tuple[Sample, dict[str, Any]], ...]:
    """Every file of the corpus with what `prov read --json` says of it."""
    return tuple((item, record(str(where / item.path))) for item in samples(where))


@pytest.fixture
def found() -> tuple[tuple[Sample, dict[str, Any]], ...]:
    return answers(shared("PROV_CORPUS", "corpus"))


@pytest.mark.slow
def test_the_seven_fields(found: tuple[tuple[Sample, dict[str, Any]], ...]) -> None:
    table: dict[str, list[int]] = {}
    told: list[str] = []
    counts = {RIGHT: 0, WRONG: 0, MISSED: 0}
    for item, answer in found:
        row = table.setdefault(item.family, [0, 0])
        for field, verdict in judge(item.truth, answer).items():
            counts[verdict] += 1
            row[0] += verdict == RIGHT
            row[1] += 1
            if verdict != RIGHT:
                told.append(f"{verdict} {item.path} {field}")
    checked = sum(counts.values())
    print(*(f"{name:40} {row[0]:4}/{row[1]:4}" for name, row in sorted(table.items())), counts, *told, sep="\n")
    assert checked > 1250, "the corpus is not whole"
    assert counts[WRONG] == 0, "\n".join(told)
    assert counts[RIGHT] >= 0.97 * checked, "\n".join(told)


@pytest.mark.slow
def test_every_synthetic_trap_is_read_whole(found: tuple[tuple[Sample, dict[str, Any]], ...]) -> None:
    traps = [(item, judge(item.truth, answer)) for item, answer in found if item.family.startswith(SYNTHETIC_TRAPS)]
    assert len(traps) > 45
    assert [(item.path, verdicts) for item, verdicts in traps if set(verdicts.values()) - {RIGHT}] == []


@pytest.mark.slow
def test_what_is_missed_of_real_files_is_named_here(found: tuple[tuple[Sample, dict[str, Any]], ...]) -> None:
    """A field that is no longer read shows up at once; so does one that is read now."""
    missed = {
        (item.path, name)
        for item, answer in found
        for name, verdict in {**judge(item.truth, answer), **judge_more(item.truth, answer)}.items()
        if verdict != RIGHT
    }
    assert missed == NOT_SO


@pytest.mark.slow
def test_beyond_the_seven_fields(found: tuple[tuple[Sample, dict[str, Any]], ...]) -> None:
    """LoRAs, hashes, labels, credentials, characters: stated and read."""
    told = [(item.path, name, verdict) for item, answer in found for name, verdict in judge_more(item.truth, answer).items()]
    assert len(told) > 280, "the corpus is not whole"
    assert {name for _, name, _ in told} >= {"loras", "networks", "hashes", "size", "scheduler", "aigc", "c2pa", "creator tool"}
    assert [row for row in told if row[2] != RIGHT and row[:2] not in NOT_SO] == []


@pytest.mark.slow
def test_nothing_is_reported_of_files_without_generation_data(found: tuple[tuple[Sample, dict[str, Any]], ...]) -> None:
    empty = [(item, answer) for item, answer in found if item.empty]
    assert len(empty) > 45
    assert [(item.path, answer["generator"]) for item, answer in empty if reports(answer)] == []


@pytest.mark.slow
def test_no_reader_breaks_on_a_real_file(found: tuple[tuple[Sample, dict[str, Any]], ...]) -> None:
    said = [(item.path, warning) for item, answer in found for warning in answer["warnings"]]
    assert [row for row in said if row[1].startswith(("reader.failed", "failed "))] == []


@pytest.mark.slow
def test_every_warning_of_a_real_file_is_told_in_words(found: tuple[tuple[Sample, dict[str, Any]], ...]) -> None:
    said = {warning for _, answer in found for warning in answer["warnings"]}
    assert len(said) > 30
    assert [warning for warning in sorted(said) if in_words(warning, "en") == warning or in_words(warning, "zh") == warning] == []


@pytest.mark.slow
def test_lora_weights_of_the_traps() -> None:
    """Two numbers in a tag: the first is the text encoder's, the second the model's, as the webui's own code has it."""
    where = shared("PROV_CORPUS", "corpus")
    loras = record(str(where / "synthetic" / "a1111_lora_hashes.png"))["loras"]
    assert [(lora["name"], lora["weight"], lora["weight_te"], lora["hash"]) for lora in loras] == [
        ("styleA_v1", "0.8", "0.8", "1111aaaa2222"),
        ("charB-x", "0.5", "0.65", "3333bbbb4444"),
        ("neg lora", "-0.4", "-0.4", "5555cccc6666"),
        ("locon_z", "1", "1", None),
    ]

