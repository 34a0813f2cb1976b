"""The text that A1111 and its relatives write: prompt, `Negative prompt:` line, `Steps: 20, Key: value, ...`.

Format: `create_infotext` of stable-diffusion-webui 1.10.1 (processing.py) and its reader (infotext_utils.py); SD.Next writes the same
with other keys and puts `Template:` lines between. A scanner that goes over the text once; no pattern that could run away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from provenance.errors import Unreadable
from provenance.readers.jsontext import loads_at

KNOWN = frozenset({
    "Steps", "Sampler", "Schedule type", "CFG scale", "CFG Scale", "Seed", "Size", "Model hash", "Model", "VAE", "VAE hash", "Clip skip",
    "Denoising strength", "Lora hashes", "TI hashes", "Hashes", "Hires upscale", "Hires steps", "Hires upscaler", "Version", "App",
    "Pipeline", "Operations", "RNG", "ENSD", "Scheduler", "Distilled CFG Scale", "Civitai resources",
})
NEGATIVE = "Negative prompt:"
_TEMPLATES = ("Template:", "Negative Template:")
_END = re.compile(r"[,\n]")
_GAP = re.compile(r"[, \n\t]*+")
_BARE = re.compile(r'[, \n\t]*+([^:,\n]*+):[ ]*+(?!["{\[])([^,\n]*+)')  # possessive: it goes over a pair and the gap before it once
_QUOTED = re.compile(r'"([^"\\]*+)"')
_STEPS = re.compile(r"^Steps:\s?[^\x00-/:-\x7f]", re.MULTILINE)  # a digit, of whatever script
_STEPS_TRIES = 64
_JSON_TRIES = 64  # decodes that fail before values are taken as they are: keeps hostile text linear


@dataclass(frozen=True)
class Infotext:
    """Parts of an infotext. positive, negative: without the blanks around them; negative None where the text has no such line.
    settings: in the order written, the first of equal keys; JSON values parsed, numbers in them as text. templates: by their line's key.
    stray: pieces of the settings that are no `Key: value`, or whose key came before with another value. jammed: it stood on one line."""

    positive: str
    negative: str | None
    settings: Mapping[str, Any]
    templates: Mapping[str, str]
    stray: tuple[str, ...] = ()
    jammed: bool = False


def looks_like(text: str) -> bool:
    """Whether `text` is an infotext: a line that begins `Steps: <digit>`, or at least three known pairs in its last line."""
    if ":" not in text or text[0] in "{[":  # most of what stands under the same keys, and longest
        return False
    text = text.replace("\r\n", "\n").strip("\0 \n\t\ufeff")
    if not text or text[0] in "{[":
        return False
    return _settings_at(text) is not None


def parse(text: str) -> Infotext:
    """Take an infotext apart. Raises Unreadable `reader.infotext` where `looks_like` says no."""
    text = text.replace("\r\n", "\n").strip("\0 \n\t\ufeff")
    found = _settings_at(text)
    if found is None:
        raise Unreadable("reader.infotext")
    start, jammed = found
    head, tail = text[:start], text[start:]
    templates: dict[str, str] = {}
    tail = _cut_templates(tail, templates)
    head = _cut_templates(head, templates)
    positive, negative = _jammed(head) if jammed else _split(head)
    settings, stray = _pairs(tail)
    return Infotext(positive, negative, settings, templates, stray, jammed)


def pairs(line: str) -> Mapping[str, Any]:
    """`Key: value, ...` alone, without prompts before it; the first of equal keys."""
    return _pairs(line)[0]


def _settings_at(text: str) -> tuple[int, bool] | None:
    """Where the settings begin, and whether they stand in the middle of a line."""
    at = _steps_at(text)
    if at >= 0:
        return at, False
    last = text.rfind("\n") + 1
    line = text[last:]
    middle = max(line.rfind(" Steps: "), line.rfind(".Steps: "))
    if middle >= 0 and line[middle + 8 : middle + 9].isdigit() and _known(line[middle + 1 :]) >= 3:
        return last + middle + 1, True
    return (last, False) if _known(line) >= 3 else None


def _steps_at(text: str) -> int:
    """Where the last line begins that is `Steps: <digit>`; -1 where there is none. But in hostile text it is one of the last such words."""
    at = len(text)
    for _ in range(_STEPS_TRIES):
        at = text.rfind("Steps:", 0, at)
        if at < 0 or _is_steps(text, at):
            return at
    places = [found.start() for found in _STEPS.finditer(text, 0, at)]
    return next((place for place in reversed(places) if _is_steps(text, place)), -1)


def _is_steps(text: str, at: int) -> bool:
    return (at == 0 or text[at - 1] == "\n") and text[at + 6 : at + 8].strip()[:1].isdigit()


def _known(line: str) -> int:
    return sum(key in KNOWN for key in _pairs(line)[0]) if ":" in line else 0


def _cut_templates(text: str, templates: dict[str, str]) -> str:
    """Take the `Template:` and `Negative Template:` lines out of `text`, each with the lines that follow it."""
    if "emplate:" not in text:
        return text
    kept: list[str] = []
    into: list[str] = kept
    blocks: dict[str, list[str]] = {}
    for number, line in enumerate(text.split("\n")):
        name = next((t[:-1] for t in _TEMPLATES if line.startswith(t)), None)
        if name is not None and number and name not in templates:
            into = blocks.setdefault(name, [])
            line = line[len(name) + 1 :]
        elif into is not kept and line.startswith(NEGATIVE):
            into = kept
        into.append(line)
    templates.update({name: "\n".join(lines).strip() for name, lines in blocks.items()})
    return "\n".join(kept)


def _split(head: str) -> tuple[str, str | None]:
    """Positive and negative: only a LINE that begins with the marker counts, the same words inside a prompt do not."""
    if head.startswith(NEGATIVE):
        return "", head[len(NEGATIVE) :].strip()
    at = head.find("\n" + NEGATIVE)
    if at < 0:
        return head.strip(), None
    return head[:at].strip(), head[at + 1 + len(NEGATIVE) :].strip()


def _jammed(head: str) -> tuple[str, str | None]:
    """The same for text that somebody put on one line: markers stand after a full stop, which is not the prompt's."""
    positive, negative = _split(head)
    if negative is None:
        places = [place for stop in " ." if (place := positive.find(stop + NEGATIVE)) >= 0]
        if places:
            positive, negative = positive[: min(places)], positive[min(places) + 1 + len(NEGATIVE) :]
    return _no_stop(positive), None if negative is None else _no_stop(negative)


def _no_stop(text: str) -> str:
    return text.strip().removesuffix(".").strip()


def _pairs(text: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    """`Key: value` pairs, left to right; the first of equal keys wins."""
    found: dict[str, Any] = {}
    stray: list[str] = []
    for key, value in _scan(text):
        if key is None:
            stray.append(value)
        elif found.setdefault(key, value) != value:
            stray.append(f"{key}: {value}")  # the first wins, as in the webui; the other is kept
    return found, tuple(stray)


def _scan(text: str) -> Iterator[tuple[str | None, Any]]:
    tries, gap, bare = _JSON_TRIES, _GAP.match, _BARE.match
    at, all_of_it = 0, len(text)
    while at < all_of_it:
        if found := bare(text, at):  # nearly all pairs of a real infotext
            yield found[1].strip(), found[2].strip()
            at = found.end()
            continue
        at = gap(text, at).end()  # type: ignore[union-attr] # it matches everywhere, if only nothing
        if at >= all_of_it:
            break
        end = _bare_end(text, at)
        colon = text.find(":", at, end)
        if colon < 0:
            yield None, text[at:end].strip()
            at = end
            continue
        key, start = text[at:colon].strip(), colon + 1
        while start < len(text) and text[start] == " ":
            start += 1
        if start < len(text) and text[start] in '"{[' and tries:
            try:
                value, at = _valued(text, start)
            except Unreadable:
                tries -= 1
            else:
                if not text[at : _bare_end(text, at)].strip():
                    yield key, value
                    continue
                tries -= 1
        at = max(_bare_end(text, start), colon + 1)
        yield key, text[start:at].strip()


def _valued(text: str, start: int) -> tuple[Any, int]:
    """The JSON value that begins at `start`, and where it ends: a text without escapes is itself. Raises Unreadable `reader.json`."""
    quoted = _QUOTED.match(text, start)
    return (quoted[1], quoted.end()) if quoted else loads_at(text, start)


def _bare_end(text: str, start: int) -> int:
    """Where a bare piece that begins at `start` ends: at the next comma or newline."""
    found = _END.search(text, start)
    return found.start() if found else len(text)
