"""A copy of a preview that shows patches of colour and no writing: what is thrown away is gone, so that nothing can bring it back."""

from __future__ import annotations

import io

from provenance.errors import Unreadable
from provenance.pixels.load import fitted, load, opaque, upright

PATCHES = 24  # of the longer side: letters need some five samples each in height, and a face some thirty
SIDE = 240


def blurred(data: bytes) -> bytes | None:
    """A picture of at most PATCHES by PATCHES colours, drawn larger: PNG without any metadata; None for what cannot be decoded.

    Args:
        data: a whole picture file.
    """
    from PIL import Image

    try:
        picture = load(data)
    except Unreadable:
        return None
    patches = max(1, min(PATCHES, max(picture.width, picture.height) // 4))  # a picture that is small already must not pass as it is
    small = opaque(upright(fitted(picture.samples, patches), picture.orientation))
    scale = SIDE // max(small.shape[:2])
    out = io.BytesIO()
    image = Image.fromarray(small[:, :, :3])
    image.resize((image.width * scale, image.height * scale), Image.Resampling.NEAREST).save(out, "PNG", optimize=False)
    return out.getvalue()
