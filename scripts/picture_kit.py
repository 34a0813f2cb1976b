"""Made pictures that behave like generated ones, and edits of them: for scripts/bench_likeness.py and its small version among the tests.

The same `prompt` gives the same layout, palette and kind of texture; another `seed` gives other detail: what a generator does. Nothing is
downloaded; equal numbers give equal pictures.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

Pixels = npt.NDArray[np.uint8]
Rng = np.random.Generator
SIDE = 480
SHAPES = ((1.0, 1.0), (0.75, 1.0), (1.0, 0.75), (0.5625, 1.0), (1.0, 0.5625))  # width and height, of SIDE


def texture(rng: Rng, height: int, width: int, coarse: int, rough: float) -> Any:
    """(height, width) of float32, deviation 1: layered noise, each octave half as wide and `rough` times as strong as the one before."""
    out = np.zeros((height, width), np.float32)
    strength, cell = np.float32(1.0), coarse
    while cell >= 1:
        noise = rng.standard_normal((height // cell + 2, width // cell + 2), dtype=np.float32) * strength
        out += cv2.resize(noise, (width, height), interpolation=cv2.INTER_LINEAR)
        strength, cell = strength * np.float32(rough), cell // 2
    return out / max(1e-6, float(out.std()))


def picture(prompt: int, seed: int, *, jitter: float = 0.02) -> Pixels:
    """(height, width, 3) of uint8: the picture that `prompt` with `seed` gives.

    Args:
        jitter: how far shapes move from seed to seed, as a share of the width; 0: the layout is exactly the same and only the textures
            differ, as with ControlNet or regional prompts.
    """
    plan, rng = np.random.default_rng([prompt, 7]), np.random.default_rng([prompt, seed, 11])
    wide, high = SHAPES[int(plan.integers(len(SHAPES)))]
    width, height = int(SIDE * wide), int(SIDE * high)
    drawn = plan.random() < 0.3  # flat colours and lines; else photographic
    slope = np.linspace(0, 1, height, dtype=np.float32)[:, None, None] ** np.float32(plan.uniform(0.5, 2))
    top, bottom = (plan.uniform(30, 225, 3).astype(np.float32) for _ in range(2))
    out = np.repeat(top * (1 - slope) + bottom * slope, width, axis=1)
    strength = (4 if drawn else 16) * plan.uniform(0.6, 1.6)
    out += (texture(rng, height, width, 64, plan.uniform(0.45, 0.75)) * np.float32(strength))[..., None]
    inner = texture(rng, height, width, 32, plan.uniform(0.4, 0.8)) * np.float32(5 if drawn else 18)
    for _ in range(int(plan.integers(6, 13))):
        _shape(out, (plan, rng), jitter, drawn, inner)
    for _ in range(int(plan.integers(20, 90))):  # strands, leaves, folds: where they lie is the seed's
        start = rng.uniform(0, 1, 2) * (width, height)
        end = start + rng.normal(size=2) * 0.04 * width
        colour = tuple(map(float, rng.uniform(10, 245, 3)))
        cv2.line(out, (int(start[0]), int(start[1])), (int(end[0]), int(end[1])), colour, int(rng.integers(1, 4)), cv2.LINE_AA)
    return np.asarray(np.clip(out, 0, 255), dtype=np.uint8)


def _shape(out: Any, dice: tuple[Rng, Rng], jitter: float, drawn: bool, inner: Any) -> None:
    plan, rng = dice
    height, width = out.shape[:2]
    x, y, radius = plan.uniform(0, width), plan.uniform(0, height), plan.uniform(0.06, 0.28) * width
    corners, colour = int(plan.integers(5, 24)), plan.uniform(10, 245, 3).astype(np.float32)
    reach = plan.uniform(0.6, 1.1, corners)
    x, y, radius = x + rng.normal() * jitter * width, y + rng.normal() * jitter * width, radius * (1 + rng.normal() * jitter * 2)
    reach = reach * (1 + rng.normal(size=corners) * jitter * 3)
    angles = np.arange(corners) * 2 * np.pi / corners
    points = np.stack([x + radius * reach * np.cos(angles), y + radius * reach * np.sin(angles)], 1)
    left, up = np.maximum(points.min(axis=0).astype(int) - 3, 0)
    right, low = np.minimum(points.max(axis=0).astype(int) + 4, (width, height))
    if left >= right or up >= low:
        return
    mask = np.zeros((low - up, right - left), np.float32)
    cv2.fillPoly(mask, [np.round((points - (left, up)) * 16).astype(np.int32)], 1.0, cv2.LINE_AA, 4)
    mask = cv2.GaussianBlur(mask, (0, 0), 0.6 if drawn else 1.4)[..., None]
    part, grain = out[up:low, left:right], np.roll(inner, int(colour[0]), axis=1)[up:low, left:right, None]
    part[...] = part * (1 - mask) + (colour + grain) * mask
    if drawn:
        cv2.polylines(out, [np.round(points).astype(np.int32)], True, tuple(map(float, colour * 0.25)), 2, cv2.LINE_AA)


# --- edits: each takes the picture (and for a composite another one) and dice; what it does is its name


def jpeg(image: Pixels, quality: int) -> Pixels:
    """Through a JPEG of this quality."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(io.BytesIO(file.getvalue())).convert("RGB"))


def crop(image: Pixels, rng: Rng, low: float = 0.70, high: float = 0.95) -> Pixels:
    """A window of 70 to 95 % of each side, anywhere."""
    height, width = image.shape[:2]
    share = rng.uniform(low, high)
    h, w = int(height * share), int(width * share)
    y, x = int(rng.integers(0, height - h + 1)), int(rng.integers(0, width - w + 1))
    return np.ascontiguousarray(image[y : y + h, x : x + w])


def resize(image: Pixels, rng: Rng, low: float = 0.35, high: float = 2.0) -> Pixels:
    """0.35 to 2 times the size, evenly spread in logarithm."""
    by = float(np.exp(rng.uniform(np.log(low), np.log(high))))
    height, width = image.shape[:2]
    how = cv2.INTER_AREA if by < 1 else (cv2.INTER_CUBIC if rng.random() < 0.5 else cv2.INTER_LANCZOS4)
    return np.asarray(cv2.resize(image, (round(width * by), round(height * by)), interpolation=how), dtype=np.uint8)


def rotate(image: Pixels, rng: Rng) -> Pixels:
    """1 to 5 degrees either way, the corners black."""
    height, width = image.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), rng.uniform(1, 5) * rng.choice([-1, 1]), 1.0)
    return np.asarray(cv2.warpAffine(image, turn, (width, height), flags=cv2.INTER_CUBIC), dtype=np.uint8)


def recolour(image: Pixels, rng: Rng) -> Pixels:
    """Contrast, brightness, gamma and white balance, or grey."""
    values = image.astype(np.float32) / 255
    if rng.random() < 0.3:
        values = np.repeat((values @ np.array([0.299, 0.587, 0.114], np.float32))[..., None], 3, axis=2)
    values = np.clip(values, 0, 1) ** np.float32(rng.uniform(0.7, 1.4)) * rng.uniform(0.8, 1.2, 3).astype(np.float32)
    return np.clip(((values - 0.5) * rng.uniform(0.7, 1.35) + 0.5 + rng.uniform(-0.08, 0.08)) * 255, 0, 255).astype(np.uint8)


def lettered(image: Pixels, rng: Rng) -> Pixels:
    """A title over the picture."""
    out = image.copy()
    height, width = out.shape[:2]
    for n in range(int(rng.integers(1, 4))):
        colour = tuple(map(float, rng.uniform(0, 255, 3)))
        at = (int(rng.uniform(0, 0.3) * width), int(rng.uniform(0.15, 0.95) * height))
        cv2.putText(out, ("THE SEA AT NIGHT", "chapter one", "No. 17")[n], at, 4, width / rng.uniform(260, 520), colour, 2 + n, cv2.LINE_AA)
    return out


def painted(image: Pixels, rng: Rng, low: float = 0.05, high: float = 0.40) -> Pixels:
    """5 to 40 % of the area under strokes or a patch that was generated anew."""
    height, width = image.shape[:2]
    goal, mask = rng.uniform(low, high), np.zeros((height, width), np.uint8)
    while mask.mean() / 255 < goal:
        start = rng.uniform(0, 1, 2) * (width, height)
        end = np.clip(start + rng.normal(size=2) * 0.25 * width, 0, (width, height))
        cv2.line(mask, (int(start[0]), int(start[1])), (int(end[0]), int(end[1])), 255, int(rng.uniform(0.03, 0.12) * width))
    if rng.random() < 0.5:
        other = picture(int(rng.integers(1, 1 << 30)) | 1 << 31, 1)
        fill = np.asarray(cv2.resize(other, (width, height)), dtype=np.float32)
    else:
        fill = np.full_like(image, 0, dtype=np.float32) + rng.uniform(0, 255, 3) + (texture(rng, height, width, 16, 0.6) * 6)[..., None]
    soft = cv2.GaussianBlur(mask, (0, 0), 1.5).astype(np.float32)[..., None] / 255
    return np.clip(image * (1 - soft) + fill * soft, 0, 255).astype(np.uint8)


def flipped(image: Pixels, rng: Rng) -> Pixels:
    """Left and right changed."""
    return np.ascontiguousarray(image[:, ::-1])


def composite(one: Pixels, two: Pixels, rng: Rng) -> Pixels:
    """Half of one beside or above half of the other, or the other laid into the first as a smaller picture."""
    height, width = one.shape[:2]
    out = one.copy()
    if rng.random() < 0.5:
        by = rng.uniform(0.45, 0.6) * min(width / two.shape[1], height / two.shape[0])
        inset = np.asarray(cv2.resize(two, None, fx=by, fy=by, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        y, x = int(rng.uniform(0, height - inset.shape[0])), int(rng.uniform(0, width - inset.shape[1]))
        out[y : y + inset.shape[0], x : x + inset.shape[1]] = inset
        return out
    by = max(width / two.shape[1], height / two.shape[0])  # laid over the whole, what is too long cut off
    fitted = np.asarray(cv2.resize(two, None, fx=by, fy=by, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    fitted = fitted[:height, :width]
    if fitted.shape != one.shape:
        below, beside = height - fitted.shape[0], width - fitted.shape[1]
        fitted = np.asarray(cv2.copyMakeBorder(fitted, 0, below, 0, beside, cv2.BORDER_REPLICATE), dtype=np.uint8)
    cut = rng.uniform(0.4, 0.6)
    if rng.random() < 0.5:
        out[:, int(width * cut) :] = fitted[:, int(width * cut) :]
    else:
        out[int(height * cut) :] = fitted[int(height * cut) :]
    return out


EDITS: dict[str, Callable[[Pixels, Rng], Pixels]] = {
    "crop 70-95 %": crop,
    "resize 0.35-2": resize,
    "JPEG 60": lambda image, rng: jpeg(image, 60),
    "rotate 1-5 degrees": rotate,
    "colour, contrast, grey": recolour,
    "text over it": lettered,
    "painted over 5-40 %": painted,
    "flip": flipped,
    "crop, resize, JPEG 75": lambda image, rng: jpeg(resize(crop(image, rng, 0.75), rng, 0.5, 1.2), 75),
}
