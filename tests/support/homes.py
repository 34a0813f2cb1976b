"""Homes with a real ledger, key, blobs and signed heads, made without a recorder."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from support.bundles import ticking

from provenance import facts
from provenance.clock import Clock
from provenance.config import Config, Home
from provenance.daemon.house import House, create, open_house
from provenance.daemon.sealing import sign_now


def sit(house: House, first: int, count: int) -> None:
    """A sitting: pictures with their texts and previews as blobs and one kept original each, then a signed head."""
    for n in range(first, first + count):
        picture, text, preview = b"picture %d" % n * 40, b'{"n": "%d", "more": "%s"}' % (n, b"x" * 900), b"preview %d" % n
        house.keep([text, preview])
        house.blobs.put_original(picture, hashlib.sha256(picture).hexdigest())
        sha = hashlib.sha256(picture).hexdigest()
        carrier = {"name": "png:tEXt:prompt", "sha256": hashlib.sha256(text).hexdigest(), "size": str(len(text))}
        house.tell(
            facts.FileCaptured(
                sha256=sha, size=len(picture), media_type="image/png", container="png", parsed="read",
                mtime="2026-11-22T00:00:00.000000Z", seen_at="2026-11-22T00:00:01.000000Z", path=f"/out/{n}.png", carriers=(carrier,),
                generator="ComfyUI", prompts=(f"a cat {n} 猫",), seeds=(str(n),),
            ),
            facts.FileDescribed(
                of=sha, width=1, height=1, pixels="0" * 64, dhash="0" * 16, phash="0" * 16, form="rgb8", decoder="pillow/11",
                preview=hashlib.sha256(preview).hexdigest(),
            ),
        )
    sign_now(house, "asked")


def make(folder: Path, count: int = 3, clock: Clock | None = None) -> Home:
    """A home with one sitting of `count` pictures."""
    home = Home(folder)
    house = create(home, Config(roots=("/out",)), clock or ticking())
    try:
        sit(house, 0, count)
    finally:
        house.close()
    return home


def more(home: Home, first: int, count: int = 1, keychain: Any = None) -> None:
    """Another sitting; `keychain`: what stands for the system's."""
    house = open_house(home, ticking())
    if keychain is not None:
        house.keychain = keychain
    try:
        sit(house, first, count)
    finally:
        house.close()


def files(folder: Path) -> dict[str, bytes]:
    """Every file of a folder by its name, but for caches and locks."""
    skip = ("views.db", "recorder.lock", "backup.lock")
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.startswith(skip) and path.stat().st_size
    }
