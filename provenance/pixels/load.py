"""From a file's bytes to samples, bounded: further frames, orientation and transparency are told, never silently dropped."""

from __future__ import annotations

import io
import struct
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provenance.errors import Unreadable

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Samples = npt.NDArray[np.uint8]

MOST_PIXELS = 80_000_000
MOST_SIDE = 65_535
_PLAIN = ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "La", "RGBa", "RGBX")
_DEEP_PNG = (b"\x89PNG\r\n\x1a\n", 24, 16)  # signature; where IHDR tells the depth (PNG third edition, 11.2.1); the depth in question


@dataclass(frozen=True, eq=False)
class Picture:
    """The first frame of a picture, in the order in which the file stores it.

    samples: (height, width, 3 or 4) of uint8: red, green, blue and, where there is any, alpha, not premultiplied. form: "rgb8", "rgba8",
    or, where 8 bits of RGB are not all that the file holds, the name of what it holds ("cmyk8", "I;16", "rgb16" ...); samples are then a
    rendering of it. exact: the bytes that stand for the pixels in `form`, row by row. orientation: EXIF tag 0x0112, 1 to 8, not applied.
    animated: there are further frames, pages or layers behind this one. kind: the container's name by Pillow, e.g. "PNG".
    """

    samples: Samples
    form: str
    exact: bytes
    orientation: int
    animated: bool
    kind: str

    @property
    def width(self) -> int:
        """Of the stored picture, in pixels."""
        return int(self.samples.shape[1])

    @property
    def height(self) -> int:
        """Of the stored picture, in pixels."""
        return int(self.samples.shape[0])


def load(data: bytes, most_pixels: int = MOST_PIXELS) -> Picture:
    """Decode the first frame of a picture.

    Args:
        data: the whole file. most_pixels: more than these are refused before anything is decoded.
    Raises:
        Unreadable: `pixels.not-decoded` for what Pillow cannot decode; `pixels.too-large`.
    """
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data)) as picture:
                width, height = picture.size
                if width * height > most_pixels or max(width, height) > MOST_SIDE or not width * height:
                    raise Unreadable("pixels.too-large", width=width, height=height)
                kind, animated = picture.format or "", bool(getattr(picture, "is_animated", False))
                orientation = _orientation(picture)
                if kind == "MPO":  # a JPEG with further pictures behind it; not an animation
                    kind, animated = "JPEG", False
                return _taken(picture, data, (kind, animated, orientation))
    except Unreadable:
        raise
    except Image.DecompressionBombError as error:
        raise Unreadable("pixels.too-large", width="?", height="?") from error
    except Exception as error:  # a decoder may raise anything on hostile bytes
        raise Unreadable("pixels.not-decoded", why=type(error).__name__) from error


def _taken(picture: Any, data: bytes, told: tuple[str, bool, int]) -> Picture:
    import numpy as np

    kind, animated, orientation = told
    deep = _deep(data) if kind == "PNG" else None
    if picture.mode in _PLAIN and deep is None:
        clear = picture.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in picture.info
        mode = "RGBA" if clear else "RGB"
        plain = picture if picture.mode == mode else picture.convert(mode)
        if clear and plain.getchannel("A").getextrema() == (255, 255):
            mode, plain = "RGB", plain.convert("RGB")  # an alpha that hides nothing: the same picture saved without it is the same
        exact = plain.tobytes()
        return Picture(_shaped(exact, plain.size, len(mode)), mode.lower() + "8", exact, orientation, animated, kind)
    if deep is not None:
        samples = np.ascontiguousarray((deep >> 8).astype(np.uint8))
        form = "rgba16" if deep.shape[2] == 4 else "rgb16"
        return Picture(samples, form, deep.astype(">u2").tobytes(), orientation, animated, kind)
    exact, form = picture.tobytes(), picture.mode.lower() + "8" if picture.mode in ("CMYK", "YCbCr", "LAB", "HSV") else picture.mode
    shown = (_stretched(picture) if picture.mode in ("I", "F") or picture.mode.startswith("I;") else picture).convert("RGB")
    return Picture(_shaped(shown.tobytes(), shown.size, 3), form, exact, orientation, animated, kind)


def _shaped(raw: bytes, size: tuple[int, int], depth: int) -> Samples:
    import numpy as np

    return np.frombuffer(raw, np.uint8).reshape(size[1], size[0], depth)


def _deep(data: bytes) -> Any:
    """(height, width, 3 or 4) of uint16 for a PNG of 16 bits a sample with colours, else None: Pillow would drop the lower 8 bits."""
    signature, at, depth = _DEEP_PNG
    if not data.startswith(signature) or len(data) < 26 or data[at] != depth or data[at + 1] not in (2, 6):
        return None
    import cv2
    import numpy as np

    found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if found is None or found.dtype != np.uint16 or found.ndim != 3:
        raise ValueError("16-bit PNG")
    return found[:, :, [2, 1, 0, *([3] if found.shape[2] == 4 else [])]]


def _stretched(picture: Any) -> Any:
    """Grey of more than 8 bits as 8, from its darkest to its lightest value: only to be looked at."""
    import numpy as np
    from PIL import Image

    values = np.nan_to_num(np.asarray(picture, dtype=np.float64))
    low, high = float(values.min()), float(values.max())
    return Image.fromarray(((values - low) * (255 / max(high - low, 1e-9))).astype(np.uint8))


def _orientation(picture: Any) -> int:
    try:
        found = picture.getexif().get(0x0112, 1)
    except (OSError, ValueError, SyntaxError, struct.error, KeyError, TypeError):
        return 1
    return found if isinstance(found, int) and 1 <= found <= 8 else 1


def upright(samples: Samples, orientation: int) -> Samples:
    """Samples turned and mirrored as EXIF orientation says (CIPA DC-008 4.6.4): the picture as a viewer shows it.

    Args:
        samples: (height, width, n). orientation: 1 to 8.
    """
    import numpy as np

    turned = np.rot90(samples, {3: 2, 4: 2, 5: 3, 6: 3, 7: 1, 8: 1}.get(orientation, 0))
    return np.ascontiguousarray(turned[:, ::-1] if orientation in (2, 4, 5, 7) else turned)


def opaque(samples: Samples, ground: int = 255) -> Samples:
    """Red, green and blue as they stand in the file where there is no alpha; else laid over an even grey, `ground` 0 to 255."""
    import numpy as np

    if samples.shape[2] == 3:
        return samples
    alpha = samples[:, :, 3:].astype(np.uint16)
    return ((samples[:, :, :3] * alpha + ground * (255 - alpha) + 127) // 255).astype(np.uint8)


def grey(samples: Samples) -> Samples:
    """(height, width) of uint8: luma after ITU-R BT.601 of the stored colours; alpha is left out: what it hides is compared, too."""
    import cv2
    import numpy as np

    return np.asarray(cv2.cvtColor(np.ascontiguousarray(samples[:, :, :3]), cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def fitted(samples: Samples, side: int) -> Samples:
    """Samples whose longer side is at most `side` pixels, averaged over areas (never enlarged)."""
    import cv2
    import numpy as np

    height, width = samples.shape[:2]
    if max(height, width) <= side:
        return samples
    by = side / max(height, width)
    size = (max(1, round(width * by)), max(1, round(height * by)))
    return np.asarray(cv2.resize(samples, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
