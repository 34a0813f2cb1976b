"""Data files: words, findings, later terms and law. No code beyond finding them."""

from __future__ import annotations

from importlib import resources


def read(name: str) -> str:
    """The text of a data file, e.g. `read("findings.json")` or `read("report/page.html")`."""
    return resources.files(__name__).joinpath(name).read_text(encoding="utf-8")


def names(folder: str) -> list[str]:
    """The names of a folder's data files, sorted, ready for `read`: `["messages/cli.json", ...]`."""
    return sorted(f"{folder}/{item.name}" for item in resources.files(__name__).joinpath(folder).iterdir() if item.is_file())
