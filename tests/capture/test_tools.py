"""Each tool is known by its own files, from its outputs upwards, with the folders that its settings name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.modelfiles import tree

from provenance.capture.installed import installed
from provenance.capture.model_index import ModelIndex
from provenance.capture.tool import Tool
from provenance.capture.tools import recognise, tool_of


def known(base: Path, **environ: str) -> Tool:
    tool = recognise(base, environ)
    assert tool is not None
    return tool


def comfy(base: Path) -> Path:
    models = [f"models/{name}/" for name in ("checkpoints", "loras", "clip", "text_encoders", "configs", "ultralytics")]
    return tree(base, "main.py", "folder_paths.py", "comfy/", "output/", "input/", *models)


def webui(base: Path, *more: str) -> Path:
    return tree(base, "webui.py", "modules/", "models/Stable-diffusion/", "models/Lora/", "models/VAE/", *more)


def test_comfyui_outputs_inputs_previews_and_models(tmp_path: Path) -> None:
    tool = known(comfy(tmp_path))
    assert (tool.kind, tool.base, tool.problems) == ("comfyui", str(tmp_path), ())
    assert tool.roots == (str(tmp_path / "output"), str(tmp_path / "input"), str(tmp_path / "temp"))
    folders = list(tool.model_folders)
    assert ("checkpoint", str(tmp_path / "models/checkpoints")) in folders and ("lora", str(tmp_path / "models/loras")) in folders
    assert ("detector", str(tmp_path / "models/ultralytics")) in folders
    assert not any(path.endswith("configs") for _, path in folders)
    encoders = [path for kind, path in folders if kind == "text_encoder"]
    assert encoders == [str(tmp_path / "models/text_encoders"), str(tmp_path / "models/clip"), str(tmp_path / "output/clip")]
    assert folders[-1] == ("lora", str(tmp_path / "output/loras"))  # CheckpointSave and LoraSave write there, and it is searched


def test_a_bare_base_folder_is_comfyui_too(tmp_path: Path) -> None:
    assert known(tree(tmp_path / "a", "models/checkpoints/", "input/", "output/")).kind == "comfyui"
    assert known(tree(tmp_path / "b", "models/checkpoints/", "output/")).kind == "comfyui"
    assert recognise(tree(tmp_path / "c", "models/checkpoints/"), {}) is None
    assert recognise(tree(tmp_path / "d", "output/", "input/"), {}) is None


YAML = """
a111:
    base_path: $WEBUI/
    checkpoints: models/Stable-diffusion
    configs: models/Stable-diffusion
    loras: |
         models/Lora
         models/LyCORIS
    embeddings: embeddings
near:
    base_path: ../shared
    is_default: true
    loras: loras
home:
    base_path: ~/m
    vae: |
      vae
loose:
    unet: unets
    custom_nodes: nodes
broken: 7
nothing:
odd:
    loras: [1, 2]
    3: x
"""


def test_extra_model_paths_as_comfyui_reads_them(tmp_path: Path) -> None:
    base = comfy(tmp_path / "ComfyUI")
    (base / "extra_model_paths.yaml").write_text(YAML)
    tool = known(base, WEBUI=str(tmp_path / "sd"), HOME=str(tmp_path / "me"))
    assert tool.problems == ()
    loras = [Path(path).relative_to(tmp_path).as_posix() for kind, path in tool.model_folders if kind == "lora"]
    assert loras == ["shared/loras", "ComfyUI/models/loras", "sd/models/Lora", "sd/models/LyCORIS", "ComfyUI/output/loras"]
    found = {(kind, Path(path).relative_to(tmp_path).as_posix()) for kind, path in tool.model_folders}
    assert {
        ("checkpoint", "sd/models/Stable-diffusion"), ("embedding", "sd/embeddings"), ("vae", "me/m/vae"), ("diffusion", "ComfyUI/unets"),
    } <= found
    assert not any("nodes" in path for _, path in found)


def test_the_new_name_of_the_file_hides_the_old_one(tmp_path: Path) -> None:
    base = comfy(tmp_path)
    (base / "extra_model_paths.yaml").write_text("a:\n  vae: old\n")
    (base / "extra_paths.yaml").write_text("a:\n  vae: new\n")
    paths = [Path(path).name for kind, path in known(base).model_folders if kind == "vae"]
    assert "new" in paths and "old" not in paths


@pytest.mark.parametrize(
    "text",
    [b"\t- [", b"a: &a [*a, *a]\nb: *a", b"!!python/object/apply:os.system [x]", b"\xff\xfe\x00", b"[" * 2000, b"#" * 300_000, b"7"],
    ids=range(7),
)
def test_hostile_settings_cost_their_folders_and_are_noted(tmp_path: Path, text: bytes) -> None:
    base = comfy(tmp_path)
    (base / "extra_model_paths.yaml").write_bytes(text)
    tool = known(base)
    assert ("checkpoint", str(base / "models/checkpoints")) in tool.model_folders
    assert all("extra_model_paths.yaml" in problem for problem in tool.problems)


def test_the_a1111_family_is_told_apart(tmp_path: Path) -> None:
    assert known(webui(tmp_path / "a")).kind == "a1111"
    assert known(webui(tmp_path / "f", "modules_forge/")).kind == "forge"
    assert known(webui(tmp_path / "s", "installer.py")).kind == "sdnext"
    assert known(webui(tmp_path / "x", "fooocus_version.py")).kind == "fooocus"
    assert known(tree(tmp_path / "data", "models/Stable-diffusion/", "config.json")).kind == "a1111"


def test_a1111_outputs_with_the_save_buttons_folder(tmp_path: Path) -> None:
    tool = known(webui(tmp_path))
    assert tool.roots == (str(tmp_path / "outputs"), str(tmp_path / "log/images"))
    folders = set(tool.model_folders)
    assert {("checkpoint", str(tmp_path / "models/Stable-diffusion")), ("embedding", str(tmp_path / "embeddings"))} <= folders


def test_folders_of_config_json(tmp_path: Path) -> None:
    base = webui(tmp_path / "sd")
    config = {
        "outdir_txt2img_samples": str(tmp_path / "elsewhere"), "outdir_img2img_samples": "outputs/img2img-images", "outdir_grids": "",
        "outdir_samples": None, "outdir_save": "../saved", "outdir_init_images": "outputs/init-images", "lora_dir": str(tmp_path / "loras"),
    }
    (base / "config.json").write_text(json.dumps(config))
    tool = known(base)
    assert tool.outputs == (str(base / "outputs"), str(base / "log/images"), str(tmp_path / "elsewhere"), str(tmp_path / "saved"))
    assert tool.roots == tool.outputs and tool.inputs == (str(base / "outputs/init-images"),)
    assert ("lora", str(tmp_path / "loras")) in tool.model_folders
    (base / "config.json").write_text("{ broken")
    assert known(base).problems == (f"{base / 'config.json'}: not JSON",)


@pytest.mark.parametrize(
    ("name", "text"),
    [  # {m}: the folder of the models
        ("webui-user.bat", '@echo off\nset PYTHON=\n@REM set COMMANDLINE_ARGS=--lora-dir no\n'
         'set COMMANDLINE_ARGS=--ckpt-dir "{m}/my ck" --lora-dir {m}/lo --api\n'),
        ("webui-user.bat", 'set "M={m}"\nset "COMMANDLINE_ARGS=--ckpt-dir \\"%M%/my ck\\" --api --lora-dir \\"%M%/lo\\""\n'),
        ("webui-user.bat", 'set COMMANDLINE_ARGS=--xformers\n'
         'set COMMANDLINE_ARGS=%COMMANDLINE_ARGS% ^\n --ckpt-dir "{m}/my ck" ^\n --lora-dir {m}/lo\n'),
        ("webui-user.sh", '#export COMMANDLINE_ARGS="--lora-dir no"\n'
         'export COMMANDLINE_ARGS="--lora-dir={m}/lo --ckpt-dir \'{m}/my ck\'"\n'),
        ("webui-user.sh", 'M="{m}"\nexport M="{m}"\nexport COMMANDLINE_ARGS="--lora-dir ${{M}}/lo --ckpt-dir \\"$M/my ck\\""\n'),
    ],
)
def test_folders_of_the_launch_script(tmp_path: Path, name: str, text: str) -> None:
    base = webui(tmp_path / "sd")
    (base / name).write_text(text.format(m=tmp_path))
    folders = known(base).model_folders
    assert ("checkpoint", str(tmp_path / "my ck")) in folders and ("lora", str(tmp_path / "lo")) in folders
    assert not any(path.endswith("no") for _, path in folders)


def test_forge_that_borrows_the_models_of_others(tmp_path: Path) -> None:
    other = webui(tmp_path / "a1111")
    comfy(tmp_path / "ComfyUI")
    base = webui(tmp_path / "forge", "modules_forge/", "output/")
    (base / "webui-user.sh").write_text(
        f'export COMMANDLINE_ARGS="--forge-ref-a1111-home {other} --forge-ref-comfy-home {tmp_path}/ComfyUI --data-dir {tmp_path}/data"\n'
    )
    tool = known(base)
    assert {("lora", str(other / "models/Lora")), ("lora", str(tmp_path / "ComfyUI/models/loras"))} <= set(tool.model_folders)
    assert tool.outputs == (str(tmp_path / "data/outputs"), str(tmp_path / "data/log/images"))


def test_fooocus_swarmui_and_invokeai(tmp_path: Path) -> None:
    base = tree(tmp_path / "Fooocus", "fooocus_version.py", "webui.py", "modules/")
    (base / "config.txt").write_text(json.dumps({"path_outputs": str(tmp_path / "out"), "path_loras": ["a", str(tmp_path / "b")]}))
    tool = known(base)
    assert (tool.kind, tool.roots) == ("fooocus", (str(tmp_path / "out"),))
    assert [p for k, p in tool.model_folders if k == "lora"] == [str(base / "a"), str(tmp_path / "b")]
    assert ("checkpoint", str(base / "models/checkpoints")) in tool.model_folders

    base = tree(tmp_path / "SwarmUI", "src/SwarmUI.csproj", "Models/Lora/")
    assert known(base).roots == (str(base / "Output"),)
    (base / "Data").mkdir()
    (base / "Data/Settings.fds").write_text(
        f"Paths:\n\t#Root path\n\tModelRoot: Models;{tmp_path / 'big'}\n\tOutputPath: Pictures\n\tSDLoraFolder: Lora;loras\n"
    )
    tool = known(base)
    assert (tool.kind, tool.roots) == ("swarmui", (str(base / "Pictures"),))
    assert [p for k, p in tool.model_folders if k == "lora"] == [
        str(base / "Models/Lora"), str(base / "Models/loras"), str(tmp_path / "big/Lora"), str(tmp_path / "big/loras"),
    ]

    base = tree(tmp_path / "invoke", "invokeai.yaml", "databases/")
    assert known(base).roots == (str(base / "outputs/images"),)
    (base / "invokeai.yaml").write_text("schema_version: 4.0.2\noutputs_dir: /pictures\nmodels_dir: ~/m\n")
    assert known(base, HOME="/me").model_folders == (("any", "/me/m"),)
    assert known(base).outputs == ("/pictures/images",)
    (base / "invokeai.yaml").write_text("InvokeAI:\n  Paths:\n    outdir: old\n")
    assert known(base).outputs == (str(base / "old/images"),)


def test_a_tool_is_found_from_its_output_folder_upwards(tmp_path: Path) -> None:
    base = comfy(tmp_path / "ComfyUI_windows_portable" / "ComfyUI")
    for folder in (base / "output", base / "output/2026/11/22", base / "temp", base):
        tool = tool_of(folder, {})
        assert tool is not None and tool.base == str(base)
    assert tool_of(tree(tmp_path, "Pictures/") / "Pictures", {}) is None
    assert tool_of(base / "1/2/3/4/5/6/7", {}) is None
    assert tool_of(Path("a\0b"), {}) is None


def test_an_output_folder_elsewhere_belongs_to_the_tool_that_names_it(tmp_path: Path) -> None:
    base = webui(tmp_path / "sd")
    (base / "config.json").write_text(json.dumps({"outdir_samples": str(tmp_path / "pictures")}))
    tool = tool_of(tmp_path / "pictures" / "2026", {}, known=[known(base)])
    assert tool is not None and tool.base == str(base)


def test_installed_tools_in_the_usual_places(tmp_path: Path) -> None:
    home = tmp_path / "me"
    comfy(home / "ComfyUI")
    comfy(home / "Downloads/ComfyUI_windows_portable_nvidia/ComfyUI_windows_portable/ComfyUI")
    webui(home / "stable-diffusion-webui")
    webui(home / "AI/webui_forge_cu121/webui", "modules_forge/")
    webui(home / "StabilityMatrix/Data/Packages/SD.Next", "installer.py")
    comfy(home / "pinokio/api/comfyui.git/app")
    tree(home / "AppData/StabilityMatrix/Packages/Fooocus", "fooocus_version.py")
    comfy(home / ".local/share/krita/ai_diffusion/server/ComfyUI")
    tree(home / "root of invoke", "invokeai.yaml")
    tree(tmp_path / "disk/SwarmUI", "SwarmUI.sln")
    comfy(home / "Music/ComfyUI")  # not a usual place
    (home / "comfy link").symlink_to(home / "ComfyUI", target_is_directory=True)
    environ = {"INVOKEAI_ROOT": str(home / "root of invoke"), "APPDATA": str(home / "AppData")}
    got = installed(home, environ, [tmp_path / "disk", tmp_path / "no such disk"])
    assert sorted((t.kind, Path(t.base).relative_to(tmp_path).as_posix()) for t in got) == [
        ("a1111", "me/stable-diffusion-webui"),
        ("comfyui", "me/.local/share/krita/ai_diffusion/server/ComfyUI"),
        ("comfyui", "me/ComfyUI"),
        ("comfyui", "me/Downloads/ComfyUI_windows_portable_nvidia/ComfyUI_windows_portable/ComfyUI"),
        ("comfyui", "me/pinokio/api/comfyui.git/app"),
        ("fooocus", "me/AppData/StabilityMatrix/Packages/Fooocus"),
        ("forge", "me/AI/webui_forge_cu121/webui"),
        ("invokeai", "me/root of invoke"),
        ("sdnext", "me/StabilityMatrix/Data/Packages/SD.Next"),
        ("swarmui", "disk/SwarmUI"),
    ]


def test_the_desktop_app_names_its_base_folder(tmp_path: Path) -> None:
    base = tree(tmp_path / "my comfy", "models/checkpoints/", "input/", "output/", "user/")
    settings = tree(tmp_path / "AppData", "ComfyUI/") / "ComfyUI/extra_models_config.yaml"
    settings.write_text(f"comfyui:\n  base_path: {base}\n  is_default: true\n  loras: models/loras/\nmore:\n  loras: {tmp_path / 'far'}\n")
    (tool,) = installed(tmp_path / "home", {"APPDATA": str(tmp_path / "AppData")}, [])
    assert tool.base == str(base)
    loras = [path for kind, path in tool.model_folders if kind == "lora"]
    assert loras == [str(base / "models/loras"), str(tmp_path / "far"), str(base / "output/loras")]
    assert tool_of(base / "output", {"APPDATA": str(tmp_path / "AppData")}) == tool


def test_a_tools_folders_find_its_models(tmp_path: Path) -> None:
    base = webui(tmp_path)
    (base / "models/Lora/sub").mkdir()
    (base / "models/Lora/sub/ink.safetensors").write_bytes(b"1")
    (base / "models/Stable-diffusion/ink.ckpt").write_bytes(b"2")
    index = ModelIndex(known(base).model_folders)
    index.refresh()
    assert index.find("ink", "lora") == str(base / "models/Lora/sub/ink.safetensors")
    assert index.find("ink", "checkpoint") == str(base / "models/Stable-diffusion/ink.ckpt")
    assert index.find("ink", "vae") is None  # a checkpoint of that name is no VAE
    (base / "models/Stable-diffusion/ink.vae.pt").write_bytes(b"3")
    index.refresh()
    assert index.find("ink.vae.pt", "vae") == str(base / "models/Stable-diffusion/ink.vae.pt")
