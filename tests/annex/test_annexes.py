"""Our PROV-JSON and RO-Crate as the reference libraries read them, and what they must not say."""

from __future__ import annotations

import json
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.evening import Evening, txt2img

from provenance import facts
from provenance.bundle import withhold
from provenance.bundle.folder import read_folder
from provenance.bundle.verify import verify
from provenance.daemon import annexing
from provenance.daemon.exporting import hand_over
from provenance.views.selection import of_work

WORK, PERSON = "00112233aabbccdd", "ffee001122334455"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Evening, tuple[str, ...], Path]]:
    """A work of three pictures by a named person, one linked by a person's word, one that only looks alike; and its bundle, unpacked."""
    folder = tmp_path_factory.mktemp("annex")
    with Evening(folder) as one:
        one.say(facts.WorkNamed(work=WORK, name="Secret Harbour"))
        one.say(facts.PersonNamed(person=PERSON, name="Ada Secret"), facts.PersonActing(person=PERSON))
        one.at(1).comfy("secret_a.png", txt2img(1, "a fox, secretword"), salt=1)
        one.at(60).comfy("secret_b.png", txt2img(2, "a fox, secretword"), salt=2)
        one.at(120).webui("secret_c.png", "a hill, secretword", "Steps: 20, Seed: 5", salt=3)
        shas = tuple(row["sha256"] for row in one.house.views.ask("SELECT sha256 FROM versions ORDER BY seq"))
        one.say(facts.WorkFiled(work=WORK, pictures=shas), facts.LinkStated(parent=shas[0], child=shas[1], how="edited by hand"))
        one.say(facts.LikenessFound(
            child=shas[2], parent=shas[0], how="looks alike", method="orb-blocks/1", inliers=30, agreeing=60, compared=90, share="0.667",
            rate="r1",
        ))  # fmt: skip
        one.say(facts.DecisionMade(decision="chosen", pictures=(shas[1],), why="Secret reason"))
        one.say(facts.NoteAdded(text="Secret note", work=WORK))
        chosen, quick = of_work(one.house.views, WORK), {"film": False, "pdf": False}
        hand_over(one.house, chosen, folder / "b.zip", withheld=frozenset(), why="", languages=("en",), **quick)
        with zipfile.ZipFile(folder / "b.zip") as archive:
            archive.extractall(folder / "unpacked")
        yield one, shas, next((folder / "unpacked").iterdir())


def document(made: Any, *withheld: str) -> dict[str, Any]:
    house, target = made[0].house, made[0].out.parent / "x.json"
    data = annexing.write(house, of_work(house.views, WORK), withhold.fields(withheld), target)
    assert target.read_bytes() == data
    return json.loads(data)


def test_the_w3c_library_reads_and_writes_it_again(made: Any) -> None:
    prov = pytest.importorskip("prov.model", reason="THE LIBRARY `prov` IS NOT INSTALLED: PROV-JSON is not compared with it")
    text = (made[2] / "annex" / "prov.json").read_text(encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        read = prov.ProvDocument.deserialize(content=text, format="json")
        again = prov.ProvDocument.deserialize(content=read.serialize(format="json"), format="json")
    assert read == again
    told = json.loads(text)
    assert len(list(read.get_records(prov.ProvEntity))) == len(told["entity"])
    assert len(list(read.get_records(prov.ProvActivity))) == len(told["activity"]) == 4
    assert len(list(read.get_records(prov.ProvUsage))) == len(told["used"])


def test_it_tells_who_says_what_and_no_more(made: Any) -> None:
    told = document(made)
    _, shas, _ = made
    (derived,) = told["wasDerivedFrom"].values()
    assert (derived["prov:usedEntity"], derived["prov:generatedEntity"]) == (f"sha256:{shas[0]}", f"sha256:{shas[1]}")
    assert (derived["rec:grade"], derived["rec:class"]) == ("STATED", "STATED") and derived["rec:entries"]
    assert told["entity"][f"sha256:{shas[2]}"]["rec:looksAlike"][0]["$"] == f"sha256:{shas[0]}", "a likeness is no derivation"
    assert "wasAttributedTo" not in told, "nobody is said to be an author"
    generated = told["wasGeneratedBy"].values()
    assert {one["prov:entity"] for one in generated} == {f"sha256:{sha}" for sha in shas}
    assert all(one["rec:class"] == "FILE_CLAIMED" and "prov:time" not in one for one in generated)
    agents = [one for one in told["wasAssociatedWith"].values() if one["prov:agent"] == f"rec:person-{PERSON}"]
    assert len(agents) == 3 and all(one["rec:class"] == "STATED" for one in agents)
    assert told["agent"][f"rec:person-{PERSON}"]["prov:label"] == "Ada Secret"


def test_what_is_withheld_is_in_none_of_it(made: Any) -> None:
    told = json.dumps(document(made, "prompt", "path", "note", "name", "person"), ensure_ascii=False).lower()
    assert "secret" not in told and "fox" not in told
    assert "ada secret" in json.dumps(document(made)).lower()


def test_the_bundle_verifies_and_is_a_crate(made: Any) -> None:
    _, shas, folder = made
    verdict = verify(read_folder(folder))
    assert {finding.code for finding in verdict.findings} == {"T001"} and verdict.exit_code == 0, "nothing but that no time was asked for"
    lines = (folder / "tagmanifest-sha256.txt").read_text().splitlines()
    assert {"annex/prov.json", "ro-crate-metadata.json"} <= {line.split("  ", 1)[1] for line in lines}, "listed and hashed"
    rocrate = pytest.importorskip("rocrate.rocrate", reason="THE LIBRARY `rocrate` IS NOT INSTALLED: the crate is not opened with it")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        crate = rocrate.ROCrate(folder)
    actions = [one for one in crate.contextual_entities if one.type == "CreateAction"]
    assert len(actions) == 3 and {one["result"][0]["sha256"] for one in actions} == set(shas)
    assert all(one["agent"]["name"] == "Ada Secret" and one["instrument"].type == "SoftwareApplication" for one in actions)
    assert all((folder / one.id).is_file() for one in crate.data_entities)
    assert crate.name == "Secret Harbour" and crate.root_dataset["conformsTo"].id.endswith("/process/0.5")
