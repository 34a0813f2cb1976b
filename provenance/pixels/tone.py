"""Whether one smooth change of colour, the same everywhere, explains how one picture differs from another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

EXPLAINED = 6.0  # levels of 255 within which a colour counts as explained
GAIN_LINEAR, GAIN_CURVE = 0.12, 0.01  # of the pixels that the more general change must explain beyond the simpler one
LOW, HIGH = 2.5 / 255, 252.5 / 255  # beyond them a channel may have been cut off
SAMPLES, DRAWN = 6000, 800
STARTS = 24
KNOTS = (0.03, 0.08, 0.15, 0.25, 0.4, 0.55, 0.7, 0.85)


@dataclass(frozen=True, eq=False)
class Tone:
    """kind: "none", "linear" (each new channel a weighted sum of the old ones and a constant) or "curve" (and then a curve for each
    channel). weights: (4, 3) of float: rows for 1, red, green, blue, channels from 0 to 1; None where it is "none". bends: (4 +
    len(KNOTS), 3): of a "curve", rows for 1, red, green, blue, and for how far the weighted sum lies above each knot. explained: share of
    the pixels that fit, `_share`. spread: levels of 255 by which nine in ten of those that fit are off at most."""

    kind: str
    weights: Any
    bends: Any
    explained: float
    spread: float = 0.0

    def of(self, samples: Any) -> Any:
        """(height, width, 3) of float32: how a picture looks after this change, cut off at 0 and 255."""
        import numpy as np

        if self.weights is None:
            return samples.astype(np.float32)
        colours = samples.reshape(-1, 3).astype(np.float32) / 255
        return np.clip(self._of(colours) * np.float32(255), 0, 255).reshape(samples.shape)

    def _of(self, colours: Any) -> Any:
        import numpy as np

        straight = _terms(colours) @ self.weights.astype(colours.dtype)
        if self.bends is None:
            return straight
        bent = (_bent(colours, straight[:, n]) @ self.bends[:, n].astype(colours.dtype) for n in range(3))
        return np.stack(list(bent), axis=1)

    def told(self) -> list[list[str]] | None:
        """The weights as text, rows as in `weights`, then `bends`; None where there is no change."""
        if self.weights is None:
            return None
        rows = [*self.weights, *(self.bends if self.bends is not None else ())]
        return [[f"{float(value):.4f}" for value in row] for row in rows]


NONE = Tone("none", None, None, 1.0)


def fit(before: Any, after: Any, usable: Any) -> Tone:
    """The simplest change of colour that explains most pixels; up to half of them may have been painted over.

    Args:
        before, after: (height, width, 3) of uint8 in one frame. usable: (height, width) of bool, where both have pixels.
    """
    import numpy as np

    one, two = _sampled(before, after, usable)
    plain = Tone("none", None, None, _share(np.abs(one * 255 - two * 255)))
    if len(one) < 200 or plain.explained > 0.98:
        return plain
    best = plain
    for kind, gain in (("linear", GAIN_LINEAR), ("curve", GAIN_CURVE)):
        tried = _robust(one, two, kind)
        if tried is not None and tried.explained >= best.explained + gain:
            best = tried
    return best


def _sampled(before: Any, after: Any, usable: Any) -> tuple[Any, Any]:
    """(n, 3) colours of both, 0 to 1, from quiet places, where a shift by a pixel changes little."""
    import cv2
    import numpy as np

    soft = [cv2.blur(one, (3, 3)) for one in (before, after)]
    spread = np.max([cv2.morphologyEx(one, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)).max(axis=2) for one in soft], axis=0)
    quiet = usable
    at = np.flatnonzero(quiet & (spread <= np.quantile(spread[quiet], 0.6))) if quiet.any() else np.zeros(0, int)
    at = at[:: max(1, len(at) // SAMPLES)]
    one, two = (values.reshape(-1, 3)[at].astype(np.float64) / 255 for values in soft)
    return one, two


def _terms(colours: Any) -> Any:
    import numpy as np

    return np.hstack([np.ones((len(colours), 1), colours.dtype), colours])


def _bent(colours: Any, straight: Any) -> Any:
    import numpy as np

    above = [np.maximum(straight - np.asarray(knot, colours.dtype), 0) for knot in KNOTS]
    return np.hstack([_terms(colours), np.stack(above, axis=1)])


def _share(apart: Any) -> float:
    """The mean of the shares that fit within EXPLAINED levels and within a third of them."""
    worst = apart.max(axis=1)
    return float((worst <= EXPLAINED).mean() + (worst <= EXPLAINED / 3).mean()) / 2 if len(apart) else 0.0


def _robust(one: Any, two: Any, kind: str) -> Tone | None:
    """A linear change by least trimmed squares from many small draws; for a curve, its bends are let in while the tolerance narrows."""
    import numpy as np

    uncut = (two > LOW) & (two < HIGH)
    whole = uncut.all(axis=1)
    weights, bends = _linear(one[whole], two[whole]) if whole.sum() >= 100 else None, None
    if weights is None:
        return None
    straight = guess = _terms(one) @ weights
    near = np.abs(np.clip(guess, 0, 1) - two).max(axis=1)
    for tolerance in (24.0, 16.0, 10.0, EXPLAINED, EXPLAINED, EXPLAINED):
        columns = []
        for n in range(3):
            # a colour that was cut off says no more than that it would lie beyond
            kept = (near <= tolerance / 255) & (uncut[:, n] | ((guess[:, n] > LOW) & (guess[:, n] < HIGH)))
            if kept.sum() < 100:
                return None
            terms = _terms(one[kept]) if kind == "linear" else _bent(one[kept], straight[kept, n])
            columns.append(np.linalg.lstsq(terms, two[kept, n], rcond=1e-5)[0])
        weights, bends = (np.stack(columns, axis=1), None) if kind == "linear" else (weights, np.stack(columns, axis=1))
        guess = Tone(kind, weights, bends, 0.0)._of(one)
        near = np.abs(np.clip(guess, 0, 1) - two).max(axis=1)
    fits = near[near <= 2 * EXPLAINED / 255]
    return Tone(kind, weights, bends, _share((near * 255)[:, None]), float(np.quantile(fits, 0.9)) * 255 if len(fits) else 0.0)


def _linear(one: Any, two: Any) -> Any:
    """(4, 3) weights of the linear change that explains the most, from draws of few colours; None of none."""
    import numpy as np

    step = max(1, len(one) // DRAWN)
    terms, target, rng = _terms(one[::step]), two[::step], np.random.default_rng(5)
    best, most = None, -1.0
    for _ in range(STARTS):
        drawn = rng.choice(len(terms), 12, replace=False)
        weights = np.linalg.lstsq(terms[drawn], target[drawn], rcond=1e-6)[0]
        for _ in range(2):
            apart = np.abs(terms @ weights - target).max(axis=1)
            near = apart <= max(EXPLAINED / 255, float(np.quantile(apart, 0.5)))
            weights = np.linalg.lstsq(terms[near], target[near], rcond=1e-6)[0]
        share = float((np.abs(terms @ weights - target).max(axis=1) <= 2 * EXPLAINED / 255).mean())
        if share > most:
            best, most = weights, share
    return best
