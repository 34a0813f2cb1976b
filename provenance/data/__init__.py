"""Data files: words, findings, later terms and law. No code beyond finding them."""

from __future__ import annotations

import os

_HERE = os.path.dirname(__file__)  # noqa: PTH120 - pathlib costs every command 7 ms of start


def read(name: str) -> str:
    """The text of a data file, e.g. `read("findings.json")` or `read("report/page.html")`."""
    with open(os.path.join(_HERE, *name.split("/")), encoding="utf-8") as file:  # noqa: PTH118, PTH123
        return file.read()


def names(folder: str) -> list[str]:
    """The names of a folder's data files, sorted, ready for `read`: `["messages/cli.json", ...]`."""
    return sorted(f"{folder}/{name}" for name in os.listdir(os.path.join(_HERE, *folder.split("/"))) if "." in name)  # noqa: PTH118, PTH208
