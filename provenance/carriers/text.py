"""Bytes as text. Strict UTF-8 first: tools write raw UTF-8 where a format says Latin-1; true Latin-1 is what is left."""

from __future__ import annotations


def decode(raw: bytes) -> str:
    """`raw` as strict UTF-8, else as Latin-1, which never fails and loses nothing."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def label(key: str) -> str:
    """A key short enough for a warning: a key is untrusted and may be a page long."""
    return key if len(key) <= 60 else key[:60] + "…"
