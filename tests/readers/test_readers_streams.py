"""A ComfyUI graph in every film, sound and archive that ComfyUI's savers write: bytes -> carriers -> Reading."""

from __future__ import annotations

import json

import pytest
from support.filmfiles import cluster, data, film, info, keyed, listed, matroska, simple, still, tags
from support.imagefiles import exif_block
from support.soundfiles import FORMAT, SOUND, flac, info_list, latent, ogg, riff, tag, txxx

from provenance.carriers import open_container
from provenance.readers import attempt

GRAPH = json.dumps({
    "3": {"class_type": "KSampler", "inputs": {
        "seed": 2**64 - 1, "steps": 20, "cfg": 7.5, "sampler_name": "euler", "scheduler": "normal", "denoise": 1.0,
        "model": ["4", 0], "positive": ["6", 0], "negative": ["7", 0], "latent_image": ["5", 0]}},
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "m.safetensors"}},
    "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 64, "height": 48, "batch_size": 1}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "雪中的狐狸 a fox", "clip": ["4", 1]}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "blurry", "clip": ["4", 1]}},
    "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
    "9": {"class_type": "SaveImage", "inputs": {"images": ["8", 0], "filename_prefix": "x"}},
}, ensure_ascii=False)  # fmt: skip
CANVAS = json.dumps({"nodes": [], "links": [], "version": 0.4})
BOTH = {"prompt": GRAPH, "workflow": CANVAS}
OLD = json.dumps({"prompt": GRAPH, "workflow": json.loads(CANVAS)})  # VideoHelperSuite: the graph as a string inside the comment's JSON
PAIRS = [("prompt", GRAPH), ("workflow", CANVAS)]

FILES = {
    "mp4": film(keyed(BOTH)),
    "mp4 twice quoted": film(keyed({"prompt": json.dumps(GRAPH), "workflow": CANVAS})),
    "mp4 old comment": film(listed({b"\xa9cmt": data(OLD)})),
    "mov": film(moov=keyed(BOTH, quicktime=True), brand=b"qt  "),
    "webm": matroska(info(), tags(simple("PROMPT", GRAPH), simple("WORKFLOW", CANVAS)), cluster()),
    "mkv old comment": matroska(info(), tags(simple("COMMENT", OLD)), cluster(), kind=b"matroska"),
    "flac": flac(PAIRS),
    "opus": ogg("opus", PAIRS),
    "mp3": tag(txxx("prompt", GRAPH), txxx("workflow", CANVAS), version=3) + SOUND,
    "mp3 2.4 in UTF-16": tag(txxx("prompt", GRAPH, 1, 4), txxx("workflow", CANVAS, 1, 4), version=4) + SOUND,
    "latent": latent(**BOTH),
    "avif": still([(b"Exif", b"", bytes(4) + exif_block({"Model": "prompt:" + GRAPH, "Make": "workflow:" + CANVAS}))]),
}


@pytest.mark.parametrize("name", FILES)
def test_the_graph_is_read(name: str) -> None:
    found = open_container(FILES[name], size=len(FILES[name]))
    reading, failed = attempt(tuple((c.name, c.text) for c in found.carriers if c.text is not None))
    assert failed == () and reading is not None and reading.generator == "ComfyUI"
    assert reading.prompts == ("雪中的狐狸 a fox",) and reading.negative_prompts == ("blurry",)
    assert [(step.seed, step.steps, step.cfg, step.sampler) for step in reading.passes] == [("18446744073709551615", "20", "7.5", "euler")]


@pytest.mark.parametrize("content", [
    film(listed({b"\xa9cmt": data("shot on a phone"), b"\xa9nam": data("holiday")})),
    matroska(info("a talk"), tags(simple("COMMENT", "a comment"), simple("ENCODER", "Lavf62")), cluster()),
    flac([("TITLE", "song"), ("comment", "ripped")]), tag(txxx("comment", "x")) + SOUND,
    riff(b"WAVE", [FORMAT, info_list({"ICMT": "recorded outside"})]), latent(format="pt"),
], ids=["mp4", "mkv", "flac", "mp3", "wav", "safetensors"])  # fmt: skip
def test_ordinary_files_have_no_generator(content: bytes) -> None:
    found = open_container(content, size=len(content))
    reading, failed = attempt(tuple((c.name, c.text) for c in found.carriers if c.text is not None))
    assert failed == () and (reading is None or reading.generator is None)
