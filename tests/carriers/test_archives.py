"""safetensors headers; Krita and OpenRaster documents."""

from __future__ import annotations

import json
import struct
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.soundfiles import document, latent, safetensors

from provenance.carriers import Container, open_container

GRAPH = '{"3": {"class_type": "KSampler", "text": "猫 \\" \\u732b"}}'


def opened(content: bytes) -> Container:
    return open_container(content, size=len(content))


def texts(content: bytes) -> dict[str, str | None]:
    found = opened(content)
    assert found.warnings == (), found.warnings
    return {carrier.name: carrier.text for carrier in found.carriers}


def test_a_latent_of_comfyui() -> None:
    assert texts(latent(prompt=GRAPH, workflow="{}")) == {"safetensors:prompt": GRAPH, "safetensors:workflow": "{}"}
    found = opened(latent(prompt=GRAPH))
    assert (found.media_type, found.container) == ("application/x-safetensors", "safetensors")


@pytest.mark.parametrize("header", [
    {"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}, "__metadata__": {"k": "v"}},
    {"a{\"}": {"dtype": "}{", "shape": [], "data_offsets": [0, 0]}, "b": 1, "__metadata__": {"k": "v"}, "c": {}},
    b'  { "__metadata__" : { "k" : "v" } , "t" : {} }   ',
    b'{"__metadata__":{"k":"v"},' + b'"t":{"shape":[[[[]]]]}}',
], ids=["last", "braces in strings", "blanks", "rest is not looked at"])  # fmt: skip
def test_metadata_wherever_it_stands(header: object) -> None:
    content = safetensors(header)
    if isinstance(header, bytes) and header.startswith(b" "):
        content = safetensors(header.lstrip())
    assert texts(content) == {"safetensors:k": "v"}


@pytest.mark.parametrize("header", [{}, {"t": {"shape": []}}, {"__metadata__": {}}, b'{"__metadata__":null}'])
def test_no_metadata_is_no_warning(header: object) -> None:
    assert texts(safetensors(header)) == {}


@pytest.mark.parametrize(
    "header",
    [b'{"__metadata__":{"k":1}}', b'{"__metadata__":{"k":"v"', b'{"__metadata__":[1]}', b'{"t":[', b'{"__metadata__":{"k":"\xff"}}'],
)
def test_headers_that_are_not_as_the_format_says(header: bytes) -> None:
    assert opened(safetensors(header)).warnings == ("safetensors.json",)


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=60), max_size=6), st.booleans())
@settings(deadline=None, max_examples=150)
def test_every_text_comes_back(metadata: dict[str, str], ascii_only: bool) -> None:
    raw = json.dumps({"t": {"shape": [1]}, "__metadata__": metadata}, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    assert texts(safetensors(raw)) == {f"safetensors:{key}": text for key, text in metadata.items()}


def test_a_header_longer_than_the_file() -> None:
    assert "safetensors.header" in opened(struct.pack("<Q", 5_000) + b'{"__metadata__":{"k":"v"},').warnings


def test_a_large_header_between_head_and_tail_is_fetched() -> None:
    content = safetensors({"__metadata__": {"first": "x" * 9_000, "prompt": GRAPH}, "t": {"shape": [1]}}, 100_000)
    asked = []

    def fetch(offset: int, length: int) -> bytes:
        asked.append((offset, length))
        return content[offset : offset + length]

    found = open_container(content[:4_096], size=len(content), tail=content[-4_096:], fetch=fetch)
    assert {c.name: c.text for c in found.carriers} == {"safetensors:first": "x" * 9_000, "safetensors:prompt": GRAPH} and len(asked) == 1
    model = safetensors({"__metadata__": {"k": "v"}, **{f"t{n}": {"shape": [n]} for n in range(2_000)}}, 100_000)
    found = open_container(model[:4_096], size=len(model), tail=model[-4_096:], fetch=fetch)
    assert [c.text for c in found.carriers] == ["v"] and len(asked) == 1  # what the head holds whole is not fetched again


# --- documents -------------------------------------------------------------------------------------------------------------------

UI = json.dumps({"version": 1, "history": [{"params": {"prompt": "猫"}}]}, ensure_ascii=False)
MAINDOC = '<?xml version="1.0"?><DOC><IMAGE profile="sRGB" height="768" name="Unnamed" width="1024"><layers/></IMAGE></DOC>'
XMP = '<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_a_krita_document_with_the_plugin_s_history(method: int) -> None:
    content = document({
        "maindoc.xml": MAINDOC, "documentinfo.xml": "<document-info/>", "preview.png": b"\x89PNG", "Unnamed/layers/layer1": bytes(900),
        "Unnamed/annotations/ai_diffusion/ui.json": UI, "Unnamed/annotations/ai_diffusion/result0.webp": bytes(900),
        "Unnamed/annotations/icc": b"\x00\x00\x02", "Unnamed/annotations/note": "words", "Unnamed/metadata.xmp": XMP,
    }, method=method)  # fmt: skip
    assert texts(content) == {
        "kra:mimetype": "application/x-krita", "kra:maindoc.xml": MAINDOC, "kra:documentinfo.xml": "<document-info/>",
        "kra:Unnamed/annotations/ai_diffusion/ui.json": UI, "kra:Unnamed/annotations/note": "words", "xmp": XMP,
    }  # fmt: skip
    found = opened(content)
    assert (found.container, found.width, found.height, found.complete) == ("kra", 1024, 768, True)


def test_an_openraster_document() -> None:
    stack = '<image version="0.0.3" w="640" h="480"><stack/></image>'
    found = opened(document({"stack.xml": stack, "data/layer0.png": b"\x89PNG", "mergedimage.png": b"\x89PNG"}, kind="image/openraster"))
    assert [(c.name, c.text) for c in found.carriers] == [("ora:mimetype", "image/openraster"), ("ora:stack.xml", stack)]
    assert (found.container, found.width, found.height) == ("ora", 640, 480)


def test_bombs_are_not_inflated_and_told() -> None:
    found = opened(document({"maindoc.xml": MAINDOC, "a/annotations/bomb.json": bytes(40_000_000)}))
    assert [c.name for c in found.carriers] == ["kra:mimetype", "kra:maindoc.xml"]
    assert found.warnings == ("text-long a/annotations/bomb.json",)


def test_many_bombs_cost_no_more_than_one() -> None:
    found = opened(document({f"a/annotations/{n}.json": bytes(11_000_000) for n in range(12)}))
    assert sum(len(c.raw) for c in found.carriers) <= 24 << 20 and any(w.startswith("text-long") for w in found.warnings)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_methods_of_packing_are_told(method: int) -> None:
    found = opened(document({"maindoc.xml": MAINDOC}, method=method))
    assert [c.name for c in found.carriers] == ["kra:mimetype"] and found.warnings == ("zip.packed maindoc.xml",)


def test_encrypted_and_damaged_entries() -> None:
    content = document({"maindoc.xml": MAINDOC}, method=zipfile.ZIP_STORED)
    at = content.rindex(b"PK\x01\x02")
    locked = content[: at + 8] + b"\x01" + content[at + 9 :]
    assert opened(locked).warnings == ("zip.packed maindoc.xml",)
    broken = content.replace(b"sRGB", b"sRGZ", 1)
    assert opened(broken).warnings == ("zip.entry maindoc.xml",)
    assert opened(content[:-30]).warnings == ("zip.directory",)


def test_a_directory_of_a_million_entries_is_refused() -> None:
    content = document({"maindoc.xml": MAINDOC})
    end = content.rindex(b"PK\x05\x06")
    start, directory = struct.unpack_from("<I", content, end + 16)[0], content[struct.unpack_from("<I", content, end + 16)[0] : end]
    huge = directory * 40_000
    tail = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, len(huge), start, 0)
    found = opened(content[:start] + huge + tail)
    assert found.warnings == ("zip.directory",) and found.carriers == ()


def test_the_same_name_twice_is_read_once() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        import io

        out = io.BytesIO(document({}))
        with zipfile.ZipFile(out, "a") as archive:
            for _ in range(50):
                archive.writestr("maindoc.xml", MAINDOC)
    assert [c.name for c in opened(out.getvalue()).carriers] == ["kra:mimetype", "kra:maindoc.xml"]


def test_a_large_document_is_read_through_its_directory() -> None:
    content = document(
        {"maindoc.xml": MAINDOC, "a/layers/l": bytes(3_000_000), "a/annotations/ai_diffusion/ui.json": UI}, method=zipfile.ZIP_STORED
    )
    asked = []

    def fetch(offset: int, length: int) -> bytes:
        asked.append(length)
        return content[offset : offset + length]

    found = open_container(content[:200], size=len(content), tail=content[-500:], fetch=fetch)
    assert [c.text for c in found.carriers] == ["application/x-krita", MAINDOC, UI] and (found.width, found.height) == (1024, 768)
    assert sum(asked) < 20_000
    blind = open_container(content[:200], size=len(content), tail=content[-500:])
    assert not any(w.startswith("failed") for w in blind.warnings) and blind.warnings
