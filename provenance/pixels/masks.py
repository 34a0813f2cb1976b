"""How much of a picture a mask covers: pixels counted, nothing judged."""

from __future__ import annotations

import io
import warnings

from provenance.errors import Unreadable
from provenance.pixels.load import MOST_PIXELS

CHANNELS = ("alpha", "red", "green", "blue")


def drawn(data: bytes, most_pixels: int = MOST_PIXELS) -> tuple[int, int]:
    """(pixels that are not wholly transparent, all pixels) of strokes on nothing; without transparency all are. Raises as `covered`."""
    from provenance.pixels.load import load

    picture = load(data, most_pixels)
    total = picture.width * picture.height
    return (int((picture.samples[:, :, 3] > 0).sum()) if picture.samples.shape[2] == 4 else total), total


def covered(data: bytes, channel: str = "", most_pixels: int = MOST_PIXELS) -> tuple[int, int]:
    """Count the pixels that a mask does not leave wholly alone.

    Args:
        data: the whole file. channel: as ComfyUI 0.3.64 names it (nodes.py, LoadImageMask): `alpha` covers where it is not opaque, `red`,
            `green` and `blue` where they are not 0; "" for a mask without a named channel: its brightness, where it is not 0.
    Returns:
        (covered pixels, all pixels) of the first frame as the file stores it.
    Raises:
        Unreadable: `pixels.not-decoded`, `pixels.too-large`.
    """
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data)) as picture:
                width, height = picture.size
                if width * height > most_pixels or not width * height:
                    raise Unreadable("pixels.too-large", width=width, height=height)
                if channel in CHANNELS:
                    band = picture.convert("RGBA").getchannel(channel[0].upper())
                else:
                    band = picture.convert("RGB").convert("L")
                counts = band.histogram()
                return width * height - counts[255 if channel == "alpha" else 0], width * height
    except Unreadable:
        raise
    except Exception as error:  # a decoder may raise anything on hostile bytes
        raise Unreadable("pixels.not-decoded", why=type(error).__name__) from error
