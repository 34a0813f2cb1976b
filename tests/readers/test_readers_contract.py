"""What every reader owes: a name, claims that never raise, the same answer twice, no state."""

from __future__ import annotations

import importlib
import pkgutil
import random
import re
import types
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reader_builders import base, infotext, texts

from provenance import canon, readers
from provenance.readers import READERS, attempt, read
from provenance.readers.reading import About, Reader, Reading, Texts

NAMES = st.sampled_from(
    [
        "tEXt:parameters",
        "tEXt:prompt",
        "iTXt:workflow",
        "comf:prompt",
        "exif:Exif.UserComment",
        "exif:IFD0.Make",
        "COM",
        "sidecar:txt",
        "xmp",
        "",
    ]
)
PIECES = st.sampled_from(
    [
        "Steps: 20",
        "\n",
        ", ",
        "Negative prompt:",
        "{",
        "}",
        "[",
        "]",
        '"',
        '"class_type"',
        '"nodes"',
        '"links"',
        ":",
        "Seed: 1",
        "<lora:",
        ">",
        "prompt:",
        "workflow:",
        "\0",
        "\ud800",
        "NaN",
        "Template:",
        "Sampler: Euler a",
        "Size: 1x1",
        '{"3":{"class_type":"KSampler","inputs":{}}}',
    ]
)
TEXTS = st.lists(st.tuples(NAMES, st.one_of(st.text(), st.lists(PIECES, max_size=30).map("".join))), max_size=4).map(tuple)


def _modules() -> Iterator[types.ModuleType]:
    for found in pkgutil.walk_packages(readers.__path__, "provenance.readers."):
        yield importlib.import_module(found.name)


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.NAME)
@given(found=TEXTS)
@settings(deadline=None, max_examples=150)
def test_claims_never_raises(reader: Reader, found: Texts) -> None:
    assert reader.claims(found) in (True, False)


def test_names_differ_and_are_names() -> None:
    assert len({reader.NAME for reader in READERS}) == len(READERS)
    assert all(reader.NAME.strip() for reader in READERS)


@given(found=TEXTS, name=st.text())
@settings(deadline=None, max_examples=300)
def test_attempt_never_raises_and_says_the_same_twice(found: Texts, name: str) -> None:
    assert attempt(found, name) == attempt(found, name)


def test_no_state_between_readings() -> None:
    """The failure kept in mind: a reader that gave one image's prompt to another under load."""
    files = [infotext(f"Steps: {n}, Sampler: Euler, Seed: {n}", positive=f"boat {n}") for n in range(1, 20)]
    files += [texts(base(n6={"class_type": "CLIPTextEncode", "inputs": {"text": f"ship {n}", "clip": ["4", 1]}})) for n in range(1, 20)]
    files.append((("tEXt:Title", "nothing"),))
    first = [read(found) for found in files]
    assert len({found.prompts for found in first if found}) == 38
    for seed in range(5):
        places = list(range(len(files)))
        random.Random(seed).shuffle(places)
        assert all(read(files[place]) == first[place] for place in places)


@pytest.mark.parametrize("module", list(_modules()), ids=lambda module: module.__name__)
def test_modules_hold_no_mutable_state(module: types.ModuleType) -> None:
    values = (str, int, bool, About, frozenset)
    fixed = (*values, types.MappingProxyType, re.Pattern, types.FunctionType, types.ModuleType, type, types.GenericAlias)
    for name, value in vars(module).items():
        if name.startswith("__") or name == "annotations" or callable(value):
            continue
        assert isinstance(value, fixed) or (isinstance(value, tuple) and _deeply_fixed(value)), f"{name}: {type(value)}"


def _deeply_fixed(value: tuple[object, ...]) -> bool:
    fixed = (str, int, re.Pattern, types.FunctionType, types.ModuleType)
    return all(_deeply_fixed(item) if isinstance(item, tuple) else isinstance(item, fixed) for item in value)


def test_a_reading_can_be_written_down() -> None:
    """Every value of a Reading is fit for canonical bytes: no floats, no foreign types, depth in bounds."""
    graph = base(n99={"class_type": "X", "inputs": {}}) | {"extra": {"a": [1.5, {"b": [[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]}]}}
    found = read(
        (*texts(graph), *infotext('Steps: 20, Seed: 1, Hashes: {"model": "aa"}, Civitai resources: [{"weight": 0.7}], Version: x\ud800'))
    )
    assert isinstance(found, Reading)
    for value in (found.rest, found.seeds, found.cfgs, found.prompts, found.hashes):
        canon.encode(canon.clean(value))
    assert all(type(item) is str for item in (*found.seeds, *found.steps, *found.cfgs, *found.sizes, *found.samplers, *found.prompts))


def test_a_reader_that_breaks_is_written_down_and_the_next_gets_its_turn() -> None:
    found, warnings = attempt((*texts(prompt='{"3": {"class_type": "KSampler", "inputs": '), *infotext("Steps: 20, Seed: 5")))
    assert warnings == ("reader.failed ComfyUI",)
    assert found is not None and found.generator == "A1111" and found.warnings[0] == "reader.failed ComfyUI"
    assert found.also_claimed == ("ComfyUI",)
    assert attempt(texts(prompt='{"3": {"class_type": ')) == (None, ("reader.failed ComfyUI",))


@pytest.mark.parametrize(
    "found",
    [
        (("tEXt:Software", "a tool"), ("exif:Exif.UserComment", "holiday, 2019: the beach, evening: late")),
        (("tEXt:prompt", "a plain prompt of another tool"), ("tEXt:seed", "42")),
        (("tEXt:parameters", '{"prompt": "x", "steps": 20, "seed": 5}'),),
        (("tEXt:parameters", "Steps to reproduce: open the file"),),
        (("sidecar:txt", "Prompt: a boat\nSeed: 1\nSteps: 25\nGuidance Scale: 7.5"),),
        (("xmp", '<x>"nodes" "links" "class_type"</x>'),),
        (),
    ],
)
def test_what_is_nobodys_stays_nobodys(found: Texts) -> None:
    assert attempt(found) == (None, ())
