"""ComfyUI's JSON in EXIF (`Model` = `prompt:{...}`, `Make` = `workflow:{...}`) where an editor left counts and offsets wrong.

Tools that rewrite these values without fixing the directory leave JSON that runs past the declared count, or that no tag points to.
The text is still there: it ends at the brace that matches its first.
"""

from __future__ import annotations

import re

_START = re.compile(rb"\s*(?:prompt|workflow)\s*:\s*(?=\{)", re.IGNORECASE)
_LOOSE = re.compile(rb"(?<![\w\"' -])(prompt|Prompt|PROMPT|workflow|Workflow|WORKFLOW)\s{0,4}:\s{0,4}(?=\{\s{0,40}\")")
_HINTS = (b"rompt", b"orkflow", b"PROMPT", b"WORKFLOW")
# up to the next brace outside strings; possessive throughout, so that no text makes it go back
_BRACE = re.compile(rb'[^{}"]*+(?:"(?:[^"\\]++|\\.)*+"[^{}"]*+)*+[{}]', re.DOTALL)
MAX_BRACES = 400_000
MAX_FOUND = 64


class Damage:
    """Looks for the end of JSON objects in one EXIF block; the work over all calls is bounded by a few times the block's length."""

    def __init__(self, block: bytes) -> None:
        self.block = block
        self.work = 4 * len(block) + 65_536
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
        if not any(hint in self.block for hint in _HINTS):  # most blocks; a search for bytes is far quicker than a pattern
            return out
        for begin, end in self._gaps():
            past = begin
            for found in _LOOSE.finditer(self.block, begin, end):
                if found.start() < past:
                    continue
                closed = self._close(found.end())
                if closed is not None:
                    past = closed
                    out.append((found.group(1).decode("ascii").lower(), found.start(), closed))
                if self.work <= 0 or self.braces <= 0 or len(out) >= MAX_FOUND:
                    return out
        return out

    def _gaps(self) -> list[tuple[int, int]]:
        """The ranges between those that are covered."""
        out, past = [], 0
        for start, end in (*sorted(self.covered), (len(self.block), len(self.block))):
            if start > past:
                out.append((past, start))
            past = max(past, end)
        return out

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
