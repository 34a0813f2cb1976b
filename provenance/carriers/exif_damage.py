"""ComfyUI's JSON in EXIF (`Model` = `prompt:{...}`, `Make` = `workflow:{...}`) where an editor left counts and offsets wrong.

Tools that rewrite these values without fixing the directory leave JSON that runs past the declared count, or that no tag points to.
The text is still there: it ends at the brace that matches its first.
"""

from __future__ import annotations

import re

_START = re.compile(rb"\s*(?:prompt|workflow)\s*:\s*(?=\{)", re.IGNORECASE)
_LOOSE = re.compile(rb"(?<![\w\"' -])(prompt|workflow)\s{0,4}:\s{0,4}(?=\{\s{0,40}\")", re.IGNORECASE)
_WORDS = (b"prompt", b"Prompt", b"PROMPT", b"workflow", b"Workflow", b"WORKFLOW")
# up to the next brace outside strings; possessive throughout, so that no text makes it go back
_BRACE = re.compile(rb'[^{}"]*+(?:"(?:[^"\\]++|\\.)*+"[^{}"]*+)*+[{}]', re.DOTALL)
MAX_BRACES = 300_000
MAX_TRIES = 2_000  # of each word
MAX_FOUND = 64


class Damage:
    """Looks for the end of JSON objects in one EXIF block; the work over all calls is bounded by a few times the block's length."""

    def __init__(self, block: bytes) -> None:
        self.block = block
        self.work = 3 * len(block) + 65_536
        self.braces = MAX_BRACES
        self.covered: list[tuple[int, int]] = []

    def whole(self, start: int, end: int) -> int | None:
        """Where the JSON of a value really ends.

        Args:
            start, end: the range of the value as declared.
        Returns:
            The offset behind the matching brace, within the declared range or behind it; None where the value does not start with
            `prompt:{` or `workflow:{`, or its JSON never ends.
        """
        found = _START.match(self.block, start, min(end + 1, start + 64))
        if found is None:
            return None
        core = self.block[start:end].rstrip(b"\x00")
        if start + len(core) < end and core.endswith(b"}") and b"\x00" not in core:
            closed: int | None = start + len(core)  # as it should be: one text, its NUL counted. No JSON goes on behind a NUL.
        else:
            closed = self._close(found.end())
        if closed is not None:
            self.covered.append((start, closed))
        return closed

    def uncovered(self) -> list[tuple[str, int, int]]:
        """(`prompt` or `workflow`, start, end) of each JSON object that no value seen by `whole` holds."""
        out: list[tuple[str, int, int]] = []
        past = 0
        for at in sorted(at for word in _WORDS for at in self._places(word)):
            found = _LOOSE.match(self.block, at)
            if found is None or at < past:
                continue
            closed = self._close(found.end())
            if closed is not None:
                past = closed
                out.append((found.group(1).decode("ascii").lower(), at, closed))
            if self.work <= 0 or self.braces <= 0 or len(out) >= MAX_FOUND:
                break
        return out

    def _places(self, word: bytes) -> list[int]:
        """Where a word stands outside what is covered. Most blocks hold none, and finding that out costs next to nothing."""
        places: list[int] = []
        at = self.block.find(word)
        while at >= 0 and len(places) < MAX_TRIES:
            behind = max((end for start, end in self.covered[:MAX_FOUND] if start <= at < end), default=None)
            if behind is None:
                places.append(at)
            at = self.block.find(word, behind or at + 1)
        return places

    def _close(self, brace: int) -> int | None:
        """The offset behind the brace that matches the one at `brace`; strings are skipped whole."""
        depth, pos = 0, brace
        limit = min(brace + max(0, self.work), len(self.block))
        while self.braces > 0 and (token := _BRACE.match(self.block, pos, limit)):
            pos = token.end()
            self.braces -= 1
            depth += 1 if self.block[pos - 1] == 0x7B else -1
            if depth == 0:
                self.work -= pos - brace + 16
                return pos
        self.work -= limit - brace + 16  # where it fails, it has looked at all that was left
        return None
