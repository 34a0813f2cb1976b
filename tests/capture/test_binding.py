"""A picture's names and hashes against the files that lie there: bound, contradicted, found by hash, or said not to be found."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.modelfiles import hashes

from provenance import facts
from provenance.capture import binding, hash_claims
from provenance.capture.binding import Binding, bind
from provenance.capture.model_cache import ModelCache
from provenance.capture.model_index import ModelIndex
from provenance.capture.models import ModelHashes, hash_model, probe
from provenance.capture.tools import recognise
from provenance.readers.reading import Lora, Model, Reading

SHA, PAYLOAD, OTHER = "ab" * 32, "cd" * 32, "ef" * 32
FILE = hashes(SHA, payload_sha256=PAYLOAD, autov1="12345678")


def one(
    item: Model | Lora,
    names: Mapping[str, Sequence[str]] | None = None,
    known: Mapping[str, ModelHashes | None] | None = None,
    by_hash: Sequence[tuple[str, ModelHashes]] = (),
    claimed: Mapping[str, str] | None = None,
) -> Binding:
    reading = Reading(
        "t", models=(item,) if isinstance(item, Model) else (), loras=(item,) if isinstance(item, Lora) else (), hashes=claimed or {}
    )
    found = names if names is not None else {item.name: ("/m/x",)}
    files = known if known is not None else {"/m/x": FILE}
    (got,) = bind(reading, lambda name, kind: found.get(name, ()), lambda path: files[path], lambda claim: by_hash)
    return got


@pytest.mark.parametrize(
    ("claim", "agrees"),
    [
        (None, None), ("", None), ("unknown", None), ("blake3:" + SHA, None), ("random:0af1", None), ("e3b0c442", None),
        (SHA[:10], True), (SHA[:10].upper(), True), (SHA, True), ("sha256:" + SHA, True),  # A1111, Fooocus, Civitai
        (PAYLOAD[:12], True), (SHA[:12], True),  # LoRA: A1111, Forge
        ("0x" + PAYLOAD, True), ("0x" + SHA, True),  # SwarmUI
        ("12345678", True), ("87654321", False), (OTHER[:10], False), (OTHER[:12], False), ("0x" + OTHER, False), (SHA[:-1] + "0", False),
    ],
)
def test_a_claim_is_held_against_every_convention(claim: str | None, agrees: bool | None) -> None:
    got = one(Model("x", "checkpoint", claim))
    assert (got.how, got.hashes, got.agrees) == ("by name", FILE, agrees)


def test_what_a_header_says_of_itself_is_no_agreement() -> None:
    stale = dataclasses.replace(FILE, header={"sshs_model_hash": OTHER})
    got = one(Lora("x", claimed_hash=OTHER[:12]), known={"/m/x": stale})
    assert (got.agrees, got.notes) == (None, ("header label",))


def test_a_contradiction_stands_unless_another_file_fits() -> None:
    got = one(Model("x", "checkpoint", OTHER[:10]))
    assert (got.how, got.path, got.agrees) == ("by name", "/m/x", False)
    real = hashes(OTHER)
    got = one(Model("x", "checkpoint", OTHER[:10]), by_hash=[("/m/old.safetensors", real)])
    assert (got.how, got.path, got.hashes, got.agrees, got.notes) == (
        "by hash", "/m/old.safetensors", real, True, ("other file under this name",),
    )


def test_a_renamed_file_is_found_by_its_hash_not_by_a_label() -> None:
    got = one(Lora("gone", claimed_hash=SHA[:12]), names={}, by_hash=[("/m/renamed", FILE)])
    assert (got.how, got.path, got.agrees, got.notes) == ("by hash", "/m/renamed", True, ())
    label = hashes("0" * 64, header={"sshs_model_hash": SHA})
    assert one(Lora("gone", claimed_hash=SHA[:12]), names={}, by_hash=[("/m/liar", label)]).how == "not found"


def test_a_model_that_runs_elsewhere_is_not_looked_for() -> None:
    assert one(Model("x", "api")).how == "remote"


def test_not_found_is_said() -> None:
    got = one(Model("gone", "vae"), names={}, by_hash=[("/m/x", FILE)])
    assert (got.how, got.path, got.hashes, got.agrees) == ("not found", None, None, None)


def test_among_several_of_a_name_the_one_that_fits_is_bound() -> None:
    names, second = {"x": ("/m/1", "/m/2")}, hashes(OTHER)
    files: dict[str, ModelHashes | None] = {"/m/1": FILE, "/m/2": second}
    got = one(Lora("x", claimed_hash=OTHER[:12]), names, files)
    assert (got.path, got.agrees, got.notes) == ("/m/2", True, ())
    assert one(Lora("x"), names, files).notes == ("ambiguous",)
    waiting = one(Lora("x", claimed_hash=OTHER[:12]), names, {"/m/1": FILE, "/m/2": None})
    assert (waiting.how, waiting.path) == ("pending", "/m/2")
    assert binding.waits([waiting]) == ("/m/2",)


def test_folders_and_unreadable_files_are_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()

    def refuse(path: str) -> ModelHashes | None:
        return hashes(shape=probe(path))

    reading = Reading("t", models=(Model("folder", "checkpoint"), Model("gone", "vae")))
    folder, locked = bind(reading, lambda name, kind: (str(tmp_path / name),), refuse)
    assert (folder.kind, folder.how, folder.hashes) == ("diffusers folder", "not hashed", None)
    assert (locked.kind, locked.how) == ("vae", "unreadable")


def test_the_hashes_list_of_a_picture_counts_as_a_claim() -> None:
    assert one(Model("x", "checkpoint"), claimed={"model": SHA[:10]}).agrees is True
    assert one(Model("x", "vae"), claimed={"vae": OTHER[:10]}).agrees is False
    assert one(Model("x", "embedding"), claimed={"embed:x": SHA[:12]}).agrees is True
    assert one(Lora("x"), claimed={"lora:x": PAYLOAD[:12], "model": OTHER[:10]}).agrees is True
    both = one(Lora("x", claimed_hash=OTHER[:12]), claimed={"lora:x": PAYLOAD[:12]})
    assert (both.agrees, both.notes) == (False, ("claims differ",))


def test_with_two_checkpoints_the_one_model_hash_is_nobodys() -> None:
    reading = Reading("t", models=(Model("a", "checkpoint"), Model("b", "checkpoint")), hashes={"model": OTHER[:10]})
    assert [b.agrees for b in bind(reading, lambda name, kind: ("/m/x",), lambda path: FILE)] == [None, None]


def test_each_model_is_bound_once_in_order() -> None:
    reading = Reading("t", models=(Model("m", "checkpoint"), Model("m", "vae")), loras=(Lora("l", "1"), Lora("m"), Lora("l", "0.5")))
    got = bind(reading, lambda name, kind: (), lambda path: None)
    assert [(b.kind, b.name) for b in got] == [("checkpoint", "m"), ("vae", "m"), ("lora", "l"), ("lora", "m")]


def test_the_facts_can_be_written_down() -> None:
    bindings = (
        Binding("a", "checkpoint", binding.BY_NAME, "/m/a", FILE, False, ("ambiguous",)),
        Binding("b", "lora", binding.NOT_FOUND),
        Binding("c", "diffusers folder", binding.NOT_HASHED, "/m/c"),
    )
    fact = binding.bound(bindings, of=7, sha256=OTHER, seqs={"/m/a": 5})
    assert (fact.found, fact.missing) == (1, 1)
    assert fact.bindings == (
        {"name": "a", "kind": "checkpoint", "how": "by name", "sha256": SHA, "autov2": SHA[:10], "autov3": PAYLOAD[:12], "seen": 5,
         "agrees": False, "notes": ["ambiguous"]},
        {"name": "b", "kind": "lora", "how": "not found"},
        {"name": "c", "kind": "diffusers folder", "how": "not hashed"},
    )
    assert facts.split(fact).sealed["bindings"][1] == {"name": "b", "kind": "lora", "how": "not found"}
    seen = binding.seen(FILE, kind="lora", name="x", path="/m/\udcff", was=OTHER)
    assert (seen.was, seen.sha256, seen.mtime) == (OTHER, SHA, "1970-01-01T00:00:00.000000Z")
    assert binding.seen(FILE, kind="lora", name="x", path="/m/x", was=SHA).was is None
    written = facts.split(seen)
    assert written.sealed["path"] == {"enc": "fs", "b64": "L20v/w=="} and "/m/" not in json.dumps(written.open)


@given(st.text(max_size=80))
def test_no_claim_raises(text: str) -> None:
    normal = hash_claims.normal(text)
    assert normal is None or hash_claims.fits(normal, FILE) in (None, "autov1", "sha256", "payload", "header label")


def test_the_recorded_sitting_is_bound_to_its_files(session: Path, tmp_path: Path) -> None:
    for name in ("input", "output"):
        (tmp_path / name).mkdir()
    (tmp_path / "models").symlink_to(session / "models", target_is_directory=True)
    tool = recognise(tmp_path, {})
    assert tool is not None and tool.kind == "comfyui"
    index = ModelIndex(tool.model_folders)
    index.refresh()
    truth = json.loads((session / "truth.json").read_text())
    singular = {"checkpoints": "checkpoint", "loras": "lora", "embeddings": "embedding"}
    bound = 0
    for prompt in truth["prompts"]:
        wanted = prompt.get("models") or []
        named = [(singular[m["kind"]], m["name"], m["sha256"]) for m in wanted]
        reading = Reading(
            "ComfyUI",
            models=tuple(Model(name, kind) for kind, name, _ in named if kind != "lora"),
            loras=tuple(Lora(name) for kind, name, _ in named if kind == "lora"),
        )
        got = bind(reading, index.find_all, hash_model)
        assert {(b.kind, b.name, b.hashes.sha256 if b.hashes else None) for b in got} == set(named)
        assert all(b.how == ("by name" if b.hashes else "not found") for b in got)
        bound += sum(b.hashes is not None for b in got)
    assert bound > 50


def test_the_recorded_loras_agree_with_each_tools_way_to_name_them(session: Path, tmp_path: Path) -> None:
    index = ModelIndex([("lora", str(session / "models" / "loras"))])
    index.refresh()
    cache = ModelCache(tmp_path / "models.cache")
    for truth in json.loads((session / "truth.json").read_text())["models"][1:3]:
        for claim in (truth["autov3"], truth["sha256"][:12], truth["autov2"], "0x" + truth["payload_sha256"]):
            stem = truth["name"].removesuffix(".safetensors")
            (got,) = bind(Reading("A1111", loras=(Lora(stem, claimed_hash=claim),)), index.find_all, hash_model)
            assert (got.agrees, got.hashes.sha256 if got.hashes else None) == (True, truth["sha256"])
            cache.put(hash_model(str(session / truth["path"])))
            (by_hash,) = bind(
                Reading("A1111", loras=(Lora("renamed", claimed_hash=claim),)), index.find_all, hash_model,
                lambda text: index.candidates_by_hash(text, cache),
            )
            assert (by_hash.how, by_hash.path) == ("by hash", str(session / truth["path"]))
    cache.close()


