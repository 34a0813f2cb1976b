"""A model is found by the name its tool wrote, in the folder of its kind, and never outside the folders."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.modelfiles import safetensors

from provenance.capture.model_cache import ModelCache
from provenance.capture.model_index import ModelIndex
from provenance.capture.models import hash_model


def models(base: Path, *names: str) -> None:
    for name in names:
        path = base / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())


def index(*folders: tuple[str, Path], **options: int) -> ModelIndex:
    made = ModelIndex([(kind, str(path)) for kind, path in folders], **options)
    made.refresh()
    return made


@pytest.fixture
def comfy(tmp_path: Path) -> ModelIndex:
    models(
        tmp_path,
        "checkpoints/base.safetensors", "checkpoints/XL/deep.safetensors", "loras/ink.safetensors",
        "loras/style/wash.safetensors",
        "embeddings/easyneg.safetensors", "embeddings/easyneg.pt", "vae/base.safetensors", "loras/.hidden/no.safetensors",
        "loras/notes.txt", "loras/Größe.safetensors",
    )
    kinds = ("checkpoint", "checkpoints"), ("lora", "loras"), ("embedding", "embeddings"), ("vae", "vae")
    return index(*((kind, tmp_path / name) for kind, name in kinds))


@pytest.mark.parametrize(
    ("name", "kind", "path"),
    [
        ("base.safetensors", "checkpoint", "checkpoints/base.safetensors"),  # ComfyUI
        ("XL/deep.safetensors", "checkpoint", "checkpoints/XL/deep.safetensors"),
        ("XL\\deep.safetensors", "checkpoint", "checkpoints/XL/deep.safetensors"),  # written on Windows
        ("deep", "checkpoint", "checkpoints/XL/deep.safetensors"),  # A1111: the stem alone
        ("XL/deep", "checkpoint", "checkpoints/XL/deep.safetensors"),  # SwarmUI
        ("base.safetensors [abcdef1234]", "checkpoint", "checkpoints/base.safetensors"),  # A1111's title
        ("base [0123456789]", "checkpoint", "checkpoints/base.safetensors"),
        ("base", "vae", "vae/base.safetensors"),
        ("ink", "lora", "loras/ink.safetensors"),
        ("INK", "lora", "loras/ink.safetensors"),
        ("wash", "lora", "loras/style/wash.safetensors"),
        ("GRÖSSE", "lora", "loras/Größe.safetensors"),
        ("easyneg", "embedding", "embeddings/easyneg.safetensors"),  # extension optional, safetensors preferred
        ("easyneg.pt", "embedding", "embeddings/easyneg.pt"),
        ("D:\\elsewhere\\loras\\ink.safetensors", "lora", "loras/ink.safetensors"),  # a path of another machine
        ("/elsewhere/ink.safetensors", "lora", "loras/ink.safetensors"),
        ("ink.safetensors", None, "loras/ink.safetensors"),
        ("ink.safetensors", "a kind of tomorrow", "loras/ink.safetensors"),
    ],
)
def test_names_as_tools_write_them(comfy: ModelIndex, tmp_path: Path, name: str, kind: str | None, path: str) -> None:
    assert comfy.find(name, kind) == str(tmp_path / path)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("ink", "checkpoint"),  # another kind of file of that name is not the model
        ("base", "lora"), ("other/ink.safetensors", "lora"), ("ink.ckpt", "lora"), ("no", "lora"), ("notes.txt", "lora"), ("", "lora"),
        ("../checkpoints/base.safetensors", "lora"), ("/etc/passwd", None), ("a\0b", None), ("x" * 99_999, None), ("None", "vae"),
    ],
)
def test_what_is_not_there_is_not_found(comfy: ModelIndex, name: str, kind: str | None) -> None:
    assert comfy.find(name, kind) is None


def test_the_first_folder_wins_and_a_stem_may_be_ambiguous(tmp_path: Path) -> None:
    models(tmp_path, "a/m.safetensors", "b/m.safetensors", "b/sub/only.pt", "a/sub2/only.safetensors")
    found = index(("lora", tmp_path / "b"), ("lora", tmp_path / "a"))
    assert found.find_all("m.safetensors", "lora") == (str(tmp_path / "b/m.safetensors"),)
    assert set(found.find_all("only", "lora")) == {str(tmp_path / "b/sub/only.pt"), str(tmp_path / "a/sub2/only.safetensors")}


def test_one_file_by_two_ways_is_one_file(tmp_path: Path) -> None:
    models(tmp_path, "shared/ink.safetensors")
    (tmp_path / "loras").symlink_to(tmp_path / "shared", target_is_directory=True)
    found = index(("lora", tmp_path / "loras"), ("lora", tmp_path / "shared"))
    assert found.find_all("ink", "lora") == (str(tmp_path / "loras/ink.safetensors"),)


def test_symlinked_folders_are_followed_and_circles_end(tmp_path: Path) -> None:
    models(tmp_path, "big disk/x.safetensors")
    (tmp_path / "loras").mkdir()
    (tmp_path / "loras/far").symlink_to(tmp_path / "big disk", target_is_directory=True)
    (tmp_path / "loras/round").symlink_to(tmp_path / "loras", target_is_directory=True)
    (tmp_path / "loras/dead").symlink_to(tmp_path / "nowhere")
    found = index(("lora", tmp_path / "loras"))
    assert [file.rel for file in found.files] == ["far/x.safetensors"]


def test_a_folder_of_any_kind_tells_kinds_by_its_sub_folders(tmp_path: Path) -> None:
    models(tmp_path, "mine/loras/a/x.safetensors", "mine/Stable-diffusion/x.safetensors", "mine/loose.safetensors")
    found = index(("any", tmp_path))
    assert found.find("x", "lora") == str(tmp_path / "mine/loras/a/x.safetensors")
    assert found.find("a/x.safetensors", "lora") == str(tmp_path / "mine/loras/a/x.safetensors")
    assert found.find("x.safetensors", "checkpoint") == str(tmp_path / "mine/Stable-diffusion/x.safetensors")
    assert found.find("loose", "vae") == str(tmp_path / "mine/loose.safetensors")


def test_a_diffusers_folder_is_one_model(tmp_path: Path) -> None:
    models(tmp_path, "Diffusers/org--model/model_index.json", "Diffusers/org--model/unet/weights.safetensors")
    found = index(("diffusers", tmp_path / "Diffusers"))
    assert found.find("org--model", "checkpoint") == str(tmp_path / "Diffusers/org--model")
    assert found.find("weights", "checkpoint") is None


def test_an_alias_is_looked_up_in_the_headers_once(tmp_path: Path) -> None:
    (tmp_path / "file_name.safetensors").write_bytes(safetensors({"w": b"1"}, {"ss_output_name": "The Alias"}))
    asked: list[str] = []

    def label(path: str) -> str:
        asked.append(path)
        return "The Alias"

    found = ModelIndex([("lora", str(tmp_path))], label=label)
    for _ in range(2):
        found.refresh()
        assert found.find("The Alias", "lora") == str(tmp_path / "file_name.safetensors")
    assert len(asked) == 1
    assert index(("lora", tmp_path)).find("The Alias", "lora") is not None
    assert found.find("The Alias", "checkpoint") is None


def test_listing_is_bounded_and_says_so(tmp_path: Path) -> None:
    models(tmp_path, *(f"{n}.pt" for n in range(20)))
    assert index(("lora", tmp_path), limit=10).truncated
    assert not index(("lora", tmp_path)).truncated


def test_what_is_added_removed_or_away_shows_after_a_refresh(tmp_path: Path) -> None:
    found = index(("lora", tmp_path / "loras"))
    assert found.files == ()
    models(tmp_path, "loras/x.pt")
    found.refresh()
    assert found.find("x", "lora") is not None
    models(tmp_path, "new tool/vae/v.pt")
    found.refresh([("lora", str(tmp_path / "loras")), ("vae", str(tmp_path / "new tool/vae"))])
    assert found.find("v", "vae") is not None and found.find("x", "lora") is not None
    (tmp_path / "loras/x.pt").unlink()
    found.refresh()
    assert found.find("x", "lora") is None


def test_found_by_hash_only_while_unchanged(tmp_path: Path) -> None:
    models(tmp_path, "loras/renamed.pt")
    path = tmp_path / "loras/renamed.pt"
    cache = ModelCache(tmp_path / "models.cache")
    got = hash_model(str(path))
    cache.put(got)
    found = index(("lora", tmp_path / "loras"))
    assert found.candidates_by_hash(got.autov2, cache) == ((str(path), got),)
    assert found.candidates_by_hash("0" * 10, cache) == ()
    path.write_bytes(b"changed since")
    assert found.candidates_by_hash(got.autov2, cache) == ()
    cache.close()


def test_names_that_are_not_unicode_are_found(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/\xff\xfe.pt"
    try:
        Path(os.fsdecode(raw)).touch()
    except OSError:
        pytest.skip("this file system takes no such names")
    assert index(("lora", tmp_path)).find(os.fsdecode(b"\xff\xfe"), "lora") == os.fsdecode(raw)


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=40), st.sampled_from(["lora", "checkpoint", None, "?"]))
def test_no_name_escapes_the_folders_or_raises(tmp_path_factory: pytest.TempPathFactory, name: str, kind: str | None) -> None:
    base = tmp_path_factory.getbasetemp() / "fixed"
    models(base, "a/m.pt", "secret.pt")
    for path in index(("lora", base / "a")).find_all(name, kind):
        assert path == str(base / "a/m.pt")
