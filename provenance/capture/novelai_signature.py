"""NovelAI signs each picture: Ed25519 over its pixels and settings. Whoever has the file can check it, without asking NovelAI.

What is signed (NovelAI/novelai-image-metadata nai_sig.py 3d9c7b7): the bytes of red, green and blue of every pixel, row by row, followed
by the comment's JSON without `signed_hash`, as Python's json.dumps writes it (blanks after `,` and `:`, non-ASCII escaped), UTF-8. The
alpha channel, which holds the hidden copy of the settings, is not signed.
"""

from __future__ import annotations

import base64
import binascii
import io
import json
from typing import Any

from provenance import data as data_files
from provenance.readers.reading import Attestation, Texts
from provenance.readers.texts import key_of

BY, WHAT = "NovelAI", "pixels and settings"
MAX_PIXELS = 8_000_000  # twice the largest that the site makes; up to 25 bytes of memory each
_FIELD = '"signed_hash"'
_KEYS = frozenset({"comment", "usercomment"})


def check(data: bytes, texts: Texts, public_key: str | None = None) -> Attestation | None:
    """Check NovelAI's signature of a picture.

    Args:
        data: the file. texts: what its carriers say, the hidden text included. public_key: Base64 of 32 bytes; None: NovelAI's own.
    Returns:
        None where no text has a signature. Else an Attestation: `valid`; `invalid` with `pixels-or-settings` (one of them is not what
        was signed) or `copies-differ` (one of several signed texts holds, another does not); `unchecked` with `malformed` (no such
        signature), `lossy` (the format cannot keep the pixels), `format`, `too-large`, `pixels` (cannot be decoded).
    """
    signed = tuple(dict.fromkeys(text for name, text in texts if _FIELD in text.replace("\\", "") and key_of(name) in _KEYS))
    if not signed:
        return None
    statements = [_statement(text) for text in signed[:4]]
    if None in statements:
        return Attestation(BY, WHAT, "unchecked", "malformed")
    pixels = _pixels(data)
    if isinstance(pixels, str):
        return Attestation(BY, WHAT, "unchecked", pixels)
    key = base64.b64decode(public_key or json.loads(data_files.read("novelai.json"))["public_key"])
    held = [_holds(key, pixels, statement) for statement in dict.fromkeys(filter(None, statements))]
    if all(held):
        return Attestation(BY, WHAT, "valid")
    return Attestation(BY, WHAT, "invalid", "copies-differ" if any(held) else "pixels-or-settings")


def _statement(text: str) -> tuple[bytes, bytes] | None:
    """The signature and the settings' bytes that it covers; None where the text is not of that form."""
    try:
        comment: Any = json.loads(text)
        if isinstance(comment, dict) and isinstance(comment.get("Comment"), str):  # EXIF: all text keys as JSON
            comment = json.loads(comment["Comment"])
        signature = base64.b64decode(comment.pop("signed_hash"), validate=True)
        return (signature, json.dumps(comment).encode("utf-8")) if len(signature) == 64 else None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, binascii.Error):
        return None


def _pixels(data: bytes) -> bytes | str:
    """Red, green and blue of every pixel, or why they cannot be had."""
    if data[:4] == b"RIFF" and b"VP8 " in data[12:64] and b"VP8L" not in data[12:64]:
        return "lossy"
    if data[:2] == b"\xff\xd8":  # JPEG
        return "lossy"
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "WEBP")) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                return "too-large"
            if picture.mode not in ("RGB", "RGBA"):
                return "format"
            return picture.tobytes("raw", "RGB")
    except UnidentifiedImageError:
        return "format"
    except Exception:  # a decoder's trouble, whatever it is, leaves the signature unchecked
        return "pixels"


def _holds(key: bytes, pixels: bytes, statement: tuple[bytes, bytes]) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    signature, settings = statement
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, pixels + settings)
    except InvalidSignature:
        return False
    return True
