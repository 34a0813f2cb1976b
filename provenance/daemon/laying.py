"""What is laid over what, behind the capture: edits over their sources, inputs over the pictures made with them. The helper decodes."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from provenance import facts
from provenance.daemon import mapping, outlines
from provenance.daemon.known import Known
from provenance.daemon.pixel_helper import Helper
from provenance.daemon.sought import Sought
from provenance.views.fold import unplain

MAYBE_EDIT = """
SELECT 1 FROM likenesses WHERE child = :s AND how = 'looks alike' UNION ALL
SELECT 1 FROM versions WHERE sha256 = :s AND was IS NOT NULL AND was != :s UNION ALL
SELECT 1 FROM input_names WHERE child = :s AND role = 'mask' LIMIT 1
"""
UNMAPPED = """
SELECT child FROM likenesses WHERE how = 'looks alike' UNION SELECT sha256 FROM versions WHERE was IS NOT NULL AND was != sha256
UNION SELECT child FROM input_names WHERE role = 'mask' LIMIT 100000
"""
SEEN = "SELECT preview, (SELECT path FROM places WHERE sha256 = :s AND here = 1 LIMIT 1) AS path FROM described WHERE sha256 = :s"
MAPPED = "SELECT 1 FROM edit_maps WHERE child = :c AND parent = :p AND (method = :m OR why = 'gone')"
DECLARED = "SELECT 1 FROM declared LIMIT 1"
MAP_METHOD = "blocks-residual/1"  # as pixels.difference.METHOD, which is not loaded here


class Submit(Protocol):
    """Hands facts and the blobs they name to the writer; `then` is called once they are durable."""

    def __call__(self, said: Sequence[facts.Fact], blobs: Sequence[bytes] = (), then: Callable[[], None] | None = None) -> None: ...


class Laying:
    """Compares pictures one after the other; what was compared is remembered beside the ledger and can be forgotten without harm."""

    def __init__(self, home: Path, submit: Submit, known: Known, helper: Helper) -> None:
        self._submit, self._known, self._helper = submit, known, helper
        self._done = Sought(home / "edits-mapped.db")

    def left_over(self, known: Known) -> Iterator[str]:
        """Pictures that an earlier run did not come to, and those whose input was declared since."""
        waiting = list(self._done.missing(row["child"] for row in known.ask(UNMAPPED)))
        yield from dict.fromkeys([*waiting, *(outlines.left_over(known) if known.ask(DECLARED) else ())])

    def wanted(self, sha256: str) -> bool:
        """Whether anything says that this picture may be an edit, the regeneration of a region, or made with a declared input."""
        if self._known.ask(MAYBE_EDIT, s=sha256):
            return True
        return bool(self._known.ask(DECLARED)) and any(True for _ in outlines.own_inputs(self._known, sha256))

    def skip(self, child: str) -> None:
        """It ended the helper twice: it is not tried again."""
        self._done.add(child)

    def close(self) -> None:
        self._done.close()

    def lay(self, child: str) -> None:
        """Compare a picture with each of its sources and inputs. A crash between two leaves the second for the next start: the first is
        not written twice, since the views tell of it.

        Raises:
            Died: the helper was lost. ProvError: as the views.
        """
        self._known.fold(now=True)
        for pair in list(mapping.pairs(self._known, child)):
            if not self._known.ask(MAPPED, c=child, p=pair.parent, m=MAP_METHOD) and not self._mapped(pair):
                return
        for own in list(outlines.own_inputs(self._known, child)):
            if not self._outlined(own, child):
                return
        self._done.add(child)

    def _mapped(self, pair: mapping.Pair) -> bool:
        asked = self._asked(pair.parent, pair.child, pair.mask)
        if asked is None:
            return True  # not described: no picture, or one that cannot be decoded
        answer, shown = self._helper.ask(do="map", mask=pair.mask, **asked)
        if "told" not in answer:
            return False
        named: dict[str, Any] = {"parent": pair.parent, "child": pair.child, "method": MAP_METHOD, "mask": pair.mask or None}
        said = facts.EditMapped(**named | _frozen(answer["told"]))
        self._submit([said], [shown] if said.map else [])
        return True

    def _outlined(self, own: str, output: str) -> bool:
        asked = self._asked(own, output)
        if asked is None:
            return True
        answer, shown = self._helper.ask(do="outline", **asked)
        if "told" not in answer:
            return False
        named: dict[str, Any] = {"own": own, "output": output, "method": outlines.METHOD}
        said = facts.InputCompared(**named | _frozen(answer["told"]))
        self._submit([said], [shown] if said.overlay else [])
        return True

    def _asked(self, parent: str, child: str, mask: str = "") -> dict[str, Any] | None:
        """A request about two pictures, and a mask where there is one; None where one of the two was not described."""
        wanted = {"parent": parent, "of": child} | ({"mask": mask} if mask else {})
        seen = {name: row for name, sha256 in wanted.items() for row in self._known.ask(SEEN, s=sha256)[:1]}
        if "parent" not in seen or "of" not in seen:
            return None
        paths = {name: base64.b64encode(os.fsencode(unplain(row["path"]))).decode("ascii") for name, row in seen.items() if row["path"]}
        return {"of": child, "parent": parent, "paths": paths, "previews": [seen[name]["preview"] for name in ("parent", "of")]}


def _frozen(told: dict[str, Any]) -> dict[str, Any]:
    def frozen(value: Any) -> Any:
        return tuple(map(frozen, value)) if isinstance(value, list) else value

    return {name: frozen(value) for name, value in told.items()}
