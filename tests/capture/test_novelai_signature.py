"""NovelAI's signature over pixels and settings, with a key of the test's own; and with NovelAI's, where real files are at hand."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from PIL import Image
from support.imagefiles import png, text_chunk

from provenance.capture import novelai_signature
from provenance.capture.intake import texts_of
from provenance.capture.novelai_signature import check
from provenance.carriers import open_container
from provenance.readers.reading import Attestation, Texts

KEY = Ed25519PrivateKey.generate()
PUBLIC = base64.b64encode(KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
SETTINGS: dict[str, Any] = {"prompt": "1girl, 猫", "scale": 5.0, "seed": 42, "uc": "", "skip": None, "n": [1.5e-05]}
VALID = Attestation("NovelAI", "pixels and settings", "valid")


def picture(colour: tuple[int, int, int] = (10, 20, 30)) -> Image.Image:
    image = Image.new("RGBA", (9, 5), (*colour, 255))
    image.putpixel((3, 2), (1, 2, 3, 254))
    return image


def encoded(image: Image.Image, form: str = "PNG", **how: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **how)
    return out.getvalue()


def signed(image: Image.Image, settings: dict[str, Any] = SETTINGS) -> str:
    rgb = image.convert("RGB").tobytes()
    signature = KEY.sign(rgb + json.dumps(settings).encode())
    return json.dumps({**settings, "signed_hash": base64.b64encode(signature).decode()})


def test_a_signed_picture_holds_in_every_place_of_its_comment() -> None:
    image = picture()
    comment = signed(image)
    assert check(encoded(image), (("tEXt:Comment", comment),), PUBLIC) == VALID
    assert check(encoded(image), (("stealth:Comment", comment), ("tEXt:Comment", comment)), PUBLIC) == VALID
    exif = json.dumps({"Comment": comment, "Software": "NovelAI"})
    assert check(encoded(image, "WEBP", lossless=True, exact=True), (("exif:Exif.UserComment", exif),), PUBLIC) == VALID


def test_alpha_is_not_signed_and_may_be_gone() -> None:
    image = picture()
    assert check(encoded(image.convert("RGB")), (("tEXt:Comment", signed(image)),), PUBLIC) == VALID


def test_one_changed_pixel_or_word_breaks_it() -> None:
    image = picture()
    comment = signed(image)
    broken = Attestation("NovelAI", "pixels and settings", "invalid", "pixels-or-settings")
    other = picture()
    other.putpixel((8, 4), (10, 20, 31, 255))
    assert check(encoded(other), (("tEXt:Comment", comment),), PUBLIC) == broken
    assert check(encoded(image), (("tEXt:Comment", comment.replace("1girl", "2girl")),), PUBLIC) == broken
    assert check(encoded(image), (("tEXt:Comment", comment),)) == broken  # NovelAI did not sign it


def test_two_copies_of_which_one_was_altered() -> None:
    image = picture()
    comment = signed(image)
    texts = (("tEXt:Comment", comment.replace("42", "43")), ("stealth:Comment", comment))
    assert check(encoded(image), texts, PUBLIC) == Attestation("NovelAI", "pixels and settings", "invalid", "copies-differ")


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        (encoded(picture().convert("RGB"), "JPEG"), "lossy"),
        (encoded(picture(), "WEBP", quality=50), "lossy"),
        (encoded(picture().convert("RGB"), "WEBP", quality=50), "lossy"),
        (encoded(picture().convert("P")), "format"),
        (encoded(picture(), "TIFF"), "format"),
        (encoded(picture())[:60], "pixels"),
        (b"", "format"),
    ],
)
def test_what_cannot_be_checked_is_said(data: bytes, detail: str) -> None:
    found = check(data, (("tEXt:Comment", signed(picture())),), PUBLIC)
    assert found == Attestation("NovelAI", "pixels and settings", "unchecked", detail)


def test_a_huge_picture_is_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(novelai_signature, "MAX_PIXELS", 40)
    found = check(encoded(picture()), (("tEXt:Comment", signed(picture())),), PUBLIC)
    assert found is not None and found.detail == "too-large"


@pytest.mark.parametrize(
    "comment",
    ['{"signed_hash": "AAAA"}', '{"signed_hash": 7}', '{"signed_hash"', '["signed_hash"]', '{"x": {"signed_hash": ""}}', '"signed_hash"'],
)
def test_what_is_no_signature_is_malformed(comment: str) -> None:
    found = check(encoded(picture()), (("tEXt:Comment", comment),), PUBLIC)
    assert found is not None and (found.result, found.detail) == ("unchecked", "malformed")


def test_pictures_without_one_are_not_asked() -> None:
    for texts in ((), (("tEXt:Comment", "{}"),), (("tEXt:prompt", '{"signed_hash": "x"}'),)):
        assert check(png(), texts, PUBLIC) is None


def test_the_comment_is_found_through_the_carriers() -> None:
    image = picture()
    whole = encoded(image)
    data = whole[:33] + text_chunk("tEXt", "Comment", signed(image)) + whole[33:]
    texts: Texts = texts_of(open_container(data, size=len(data)))
    assert check(data, texts, PUBLIC) == VALID


def test_real_pictures_hold_and_altered_ones_do_not(corpus: Path) -> None:
    rows = [row for row in json.loads((corpus / "index.json").read_text(encoding="utf-8"))["files"] if row["generator"] == "NovelAI"]
    assert rows
    for row in rows:
        data = (corpus / row["path"]).read_bytes()
        texts = texts_of(open_container(data, size=len(data)))
        assert check(data, texts) == VALID, row["path"]
        altered = tuple((name, text.replace("1girl", "2girl")) for name, text in texts)
        found = check(data, altered)
        assert found is not None and found.result == "invalid", row["path"]
