"""Which picture a person means: a file, an entry's number, the beginning of a hash, or a bare name."""

from __future__ import annotations

import os
import re
from pathlib import Path

from provenance import canon
from provenance.capture.collect import collect
from provenance.daemon.house import House
from provenance.errors import BadInput
from provenance.views import ask
from provenance.views.fold import plain


def picture(house: House, ref: str) -> str:
    """The SHA-256 of the recorded picture that `ref` means.

    Args:
        ref: a path of a file (its bytes decide, not its name), `#12` for an entry, hex digits of a hash, a bare recorded name.
    Raises:
        BadInput: `pick.not-recorded`, `pick.unknown`, `pick.ambiguous`.
    """
    path = os.path.abspath(ref)  # noqa: PTH100 - Path.resolve would follow links
    if Path(path).is_file():
        sha256 = collect(path)[0].sha256
        if not ask.versions(house.views, sha256):
            raise BadInput("pick.not-recorded", path=ref)
        return sha256
    found: list[str] = []
    if re.fullmatch(r"#\d{1,15}", ref):
        found = ask.by_entry(house.views, int(ref[1:]))
    elif re.fullmatch(r"[0-9a-f]{4,64}", ref.lower()):
        found = ask.by_hash(house.views, ref.lower())
    found = found or ask.by_place(house.views, plain(canon.path(path))) or ask.by_name(house.views, plain(canon.path(ref)))
    if not found:
        raise BadInput("pick.unknown", ref=ref)
    if len(set(found)) > 1:
        raise BadInput("pick.ambiguous", ref=ref, count=len(set(found)))
    return found[0]


def pictures(house: House, refs: tuple[str, ...]) -> tuple[str, ...]:
    """All of them, each once, in the order given."""
    return tuple(dict.fromkeys(picture(house, ref) for ref in refs))
