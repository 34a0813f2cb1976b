"""The JSON Schemas that a bundle brings along: they describe what is in it, and refuse what is not so."""

from __future__ import annotations

import copy
import fnmatch
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.evening import Evening, txt2img

from provenance import data, facts
from provenance.daemon.exporting import hand_over
from provenance.views.selection import of_work

jsonschema = pytest.importorskip("jsonschema", reason="LOUD: jsonschema IS NOT INSTALLED: no schema is compared with a bundle")
WORK = "00112233aabbccdd"
Docs = dict[str, Any]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, bytes]]:
    folder = tmp_path_factory.mktemp("schemas")
    with Evening(folder) as one:
        one.say(facts.WorkNamed(work=WORK, name="水晶猫"))
        one.at(1).comfy("a.png", txt2img(1, "a fox"), {"nodes": []}, salt=1)
        one.at(60).webui("b.png", "a hill", "Steps: 20, Seed: 5", salt=3)
        label = {
            "Label": "1",
            "ContentProducer": "c",
            "ProduceID": "p",
            "ReservedCode1": "",
            "ContentPropagator": "",
            "PropagateID": "",
            "ReservedCode2": "",
        }
        one.at(70).save("c.png", labelled(label))
        shas = tuple(row["sha256"] for row in one.house.views.ask("SELECT sha256 FROM versions ORDER BY seq"))
        one.say(facts.WorkFiled(work=WORK, pictures=shas), facts.DecisionMade(decision="rejected", pictures=shas[1:2], why="dull"))
        Path(one.out / "b.png").unlink()  # and so its original is not there
        hand_over(
            one.house,
            of_work(one.house.views, WORK),
            folder / "b.zip",
            withheld=frozenset({"path"}),
            why="private",
            languages=("en",),
            pdf=False,
        )
    with zipfile.ZipFile(folder / "b.zip") as archive:
        yield {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


def labelled(label: dict[str, str]) -> bytes:
    from support.imagefiles import png

    return png([("AIGC", "AIGC", json.dumps(label))], seed=9)


def schema(name: str) -> dict[str, Any]:
    return json.loads(data.read(f"schemas/{name}"))  # type: ignore[no-any-return]


def validator(name: str) -> Any:
    return jsonschema.Draft202012Validator(schema(name))


def index() -> dict[str, str]:
    return schema("index.json")["schemas"]  # type: ignore[no-any-return]


def test_each_schema_is_one_and_goes_along_with_the_bundle(files: dict[str, bytes]) -> None:
    names = {name.rpartition("/")[2] for name in data.names("schemas")} - {"index.json"}
    assert names == set(index().values())
    for name in names:
        jsonschema.Draft202012Validator.check_schema(schema(name))
        assert schema(name)["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert json.loads(files[f"schemas/{name}"]) == schema(name)


def test_every_json_document_of_a_bundle_has_a_schema_and_keeps_to_it(files: dict[str, bytes]) -> None:
    used = set()
    for name, content in files.items():
        if not name.endswith(".json") or name.startswith(("schemas/", "exhibits/E")):  # copies are the tools' own words
            continue
        (kind,) = [kind for pattern, kind in index().items() if fnmatch.fnmatchcase(name, pattern)]
        validator(kind).validate(json.loads(content))
        used.add(kind)
    assert used == set(index().values()), "this bundle has one of each"


def broken() -> list[tuple[str, str, Callable[[Any], Any]]]:
    def put(*path: Any, value: Any = None, drop: bool = False) -> Callable[[Any], Any]:
        def change(document: Any) -> Any:
            at = document
            for key in path[:-1]:
                at = at[key]
            if drop:
                del at[path[-1]]
            else:
                at[path[-1]] = value
            return document

        return change

    bundle, entry, index_ = "data/bundle.json", "data/entries/00000000.json", "exhibits/index.json"
    return [
        (bundle, "format", put("format", value="prov-bundle/2")),
        (bundle, "no log", put("log", drop=True)),
        (bundle, "root", put("snapshot", "root", value="abc")),
        (bundle, "size", put("snapshot", "size", value="4")),
        (bundle, "without entry 0", put("entries", value=[1, 2])),
        (bundle, "negative", put("entries", value=[0, -1])),
        (bundle, "role", put("pictures", 0, "role", value="nice")),
        (bundle, "absent without a reason", lambda d: d["pictures"].append({**d["pictures"][0], "file": None}) or d),
        (bundle, "file elsewhere", put("pictures", 0, "file", value="../x.png")),
        (bundle, "forum", put("forum", value="mars")),
        (entry, "another key", put("more", value=1)),
        (entry, "kind", put("kind", value="Ledger.Opened")),
        (entry, "prev", put("prev", value="0" * 63)),
        (entry, "float", put("seq", value=0.5)),
        (entry, "sealed", put("sealed", value={"name": "plain"})),
        (index_, "number", put("exhibits", 0, "number", value="12")),
        (index_, "kept out without a reason", put("exhibits", 0, "file", value=None)),
        (index_, "both", put("exhibits", 0, "withheld", value="x")),
        (index_, "kind", put("exhibits", 0, "kind", value="proof")),
        ("exhibits/labels-aigc.json", "class", put("found", 0, "class", value="OBSERVED")),
        ("data/disclosures/00000001.json", "a row of four", lambda d: [[*d[0], 1]]),
        ("data/disclosures/00000001.json", "salt", put(0, 0, value="zz")),
        ("annex/prov.json", "prefix", put("prefix", drop=True)),
        ("ro-crate-metadata.json", "context", put("@context", value=["x"])),
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "what", "change"), broken(), ids=lambda part: part if isinstance(part, str) else "")
def test_what_is_not_so_is_refused(files: dict[str, bytes], name: str, what: str, change: Callable[[Any], Any]) -> None:
    (kind,) = [kind for pattern, kind in index().items() if fnmatch.fnmatchcase(name, pattern)]
    good = json.loads(files[name])
    assert validator(kind).is_valid(good)
    assert not validator(kind).is_valid(change(copy.deepcopy(good))), what
