"""Digests of pixels: equal where two files decode to the same samples, whatever container, compression and metadata they have.

`pixels/2` is SHA-256 over the ASCII text `FORM WIDTH HEIGHT` and a line feed, then the samples row by row from the top left: for `rgb8`
three bytes a
pixel, for `rgba8` four, alpha not premultiplied; a picture whose alpha is 255 everywhere is `rgb8`, one in grey or with a palette is
what it
renders to. Other forms (`rgb16` and `rgba16`: big endian; `cmyk8`; `I;16`, `I`, `F` as Pillow stores them) have their own name in the
text and so are never equal to an
8-bit rendering of themselves. Orientation is not applied, colour profiles are not applied: it is about stored samples.
"""

from __future__ import annotations

import hashlib

from provenance.pixels.load import Picture

VERSION = "pixels/2"


def pixels(picture: Picture) -> str:
    """The digest `pixels/2` of a picture, 64 hex digits."""
    return _over(picture.form, picture, picture.exact)


def visible(picture: Picture) -> str | None:
    """The same with red, green and blue set to 0 where alpha is 0; None where no pixel is wholly transparent (it would be equal to
    `pixels`).

    Encoders may change what transparency hides (lossless WebP does so unless told otherwise): equal `visible` digests say that all that
    can be
    seen is equal, and no more than that.
    """
    if picture.form != "rgba8":
        return None
    samples = picture.samples
    hidden = samples[:, :, 3] == 0
    if not hidden.any():
        return None
    shown = samples.copy()
    shown[hidden] = 0
    return _over("rgba8 visible", picture, shown.tobytes())


def _over(form: str, picture: Picture, exact: bytes) -> str:
    found = hashlib.sha256(f"{form} {picture.width} {picture.height}\n".encode("ascii"))
    found.update(exact)
    return found.hexdigest()
