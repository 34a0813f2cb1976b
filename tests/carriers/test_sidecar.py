from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.carriers import sidecar

TEXT = "一只猫, masterpiece\nNegative prompt: 低质量\nSteps: 20, Seed: 1"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings(encoding: str) -> None:
    found = sidecar.sidecar_text(TEXT.encode(encoding))
    assert (found.name, found.text, found.raw) == ("sidecar:txt", TEXT, TEXT.encode(encoding))


def test_utf16_big_endian_and_latin1() -> None:
    assert sidecar.sidecar_text(b"\xfe\xff" + TEXT.encode("utf-16-be")).text == TEXT
    assert sidecar.sidecar_text("café".encode("latin-1")).text == "café"


def test_names() -> None:
    assert sidecar.names("picture.v2.png") == ("picture.v2.txt",)
    assert sidecar.names("noending") == ("noending.txt",)
    assert sidecar.names("名\udcff.jpg") == ("名\udcff.txt",)
    assert sidecar.names("notes.TXT") == ()
    assert sidecar.names(".png") == (".png.txt",)


@given(st.binary(max_size=300))
@settings(deadline=None)
def test_any_bytes_give_text(data: bytes) -> None:
    assert isinstance(sidecar.sidecar_text(data).text, str)
