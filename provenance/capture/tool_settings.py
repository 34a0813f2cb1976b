"""What generators' own settings files say of their folders. Edge: reads small files; hostile or broken ones give nothing and a note."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from provenance.capture import model_kinds
from provenance.errors import BadInput

MAX_SETTINGS = 4 * 1024 * 1024
MAX_YAML = 64 * 1024  # its parser is slow, and slower on hostile text
_VARIABLE = re.compile(r"\$\{(\w+)\}|\$(\w+)|%(\w+)%")
_SET = re.compile(r'^\s*(?:@?set|export)\s+("?)(\w+)=(.*)$', re.IGNORECASE)
_COMMENT = re.compile(r"^\s*(#|::|@?rem\b)", re.IGNORECASE)
_CONTINUED = re.compile(r"[ \t]*[\^\\]\r?\n")
_OPTION = re.compile(r"""--([a-z0-9-]+)(?:[ =]+(?:"([^"]*)"|'([^']*)'|([^\s"'-]\S*)))?""")
_NOT_MODELS = frozenset({"base_path", "is_default", "custom_nodes", "configs", "datasets", "fonts", "download_model_base"})

Folders = tuple[tuple[str, str], ...]


def text_of(path: Path, limit: int = MAX_SETTINGS) -> str | None:
    """A settings file's text, None where there is none. Raises BadInput `model.paths` when it is too large or not readable."""
    try:
        if not path.is_file():
            return None
        if path.stat().st_size > limit:
            raise BadInput("model.paths", path=str(path), why="too large")
        return path.read_text(encoding="utf-8-sig", errors="surrogateescape")
    except (OSError, ValueError) as error:
        raise BadInput("model.paths", path=str(path), why=type(error).__name__) from error


def json_of(path: Path) -> Mapping[str, Any]:
    """A settings file in JSON; empty where there is none. Raises BadInput `model.paths`."""
    text = text_of(path)
    try:
        found = {} if text is None else json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput("model.paths", path=str(path), why="not JSON") from error
    return found if isinstance(found, dict) else {}


def yaml_of(path: Path) -> Mapping[str, Any]:
    """A settings file in YAML; empty where there is none. Raises BadInput `model.paths`."""
    text = text_of(path, MAX_YAML)
    if text is None:
        return {}
    import yaml

    try:
        found = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise BadInput("model.paths", path=str(path), why="not YAML") from error
    return found if isinstance(found, dict) else {}


def expand(text: str, environ: Mapping[str, str]) -> str:
    """`~`, `$NAME`, `${NAME}` and `%NAME%` replaced; an unknown name stays as it is written."""
    value = _VARIABLE.sub(lambda m: environ.get(m[1] or m[2] or m[3], m[0]), text.strip())
    home = environ.get("HOME") or environ.get("USERPROFILE")
    return home + value[1:] if home and (value == "~" or value.startswith(("~/", "~\\"))) else value


def below(base: Path, text: str, environ: Mapping[str, str]) -> str:
    """A folder as written in settings, relative to `base` unless it is absolute."""
    return _plain(base / expand(text, environ))


def _plain(path: Path) -> str:
    parts: list[str] = []
    for part in path.parts:
        if part == ".." and len(parts) > 1:
            parts.pop()
        else:
            parts.append(part)
    return str(Path(*parts))


def extra_model_paths(path: Path, environ: Mapping[str, str]) -> tuple[Folders, Folders]:
    """ComfyUI's extra_model_paths.yaml (0.3.64, utils/extra_config.py): folders that go before the tool's own, and after.

    Per section: base_path (variables and ~ replaced, relative to the file), is_default (goes first), and per kind one folder per line.
    Raises BadInput `model.paths`.
    """
    first: list[tuple[str, str]] = []
    after: list[tuple[str, str]] = []
    for section in yaml_of(path).values():
        if isinstance(section, dict):
            base = section.get("base_path")
            root = Path(below(path.parent, base, environ)) if isinstance(base, str) else path.parent
            lines = list(_lines(section))
            if section.get("is_default"):
                first[:0] = [(kind, below(root, line, environ)) for kind, line in reversed(lines)]
            else:
                after += [(kind, below(root, line, environ)) for kind, line in lines]
    return tuple(first), tuple(after)


def _lines(section: Mapping[Any, Any]) -> Iterator[tuple[str, str]]:
    for kind, value in section.items():
        if isinstance(kind, str) and kind not in _NOT_MODELS and isinstance(value, str):
            yield from ((model_kinds.of_folder(kind), line.strip()) for line in value.split("\n") if line.strip())


def launch_options(files: Sequence[Path], environ: Mapping[str, str]) -> Mapping[str, str]:
    """Options of COMMANDLINE_ARGS in webui-user.sh, webui-user.bat and their like, variables replaced. The last one counts.

    Raises BadInput `model.paths`.
    """
    known = {name: value for name, value in environ.items() if name != "COMMANDLINE_ARGS"}
    for path in files:
        for line in _CONTINUED.sub(" ", text_of(path) or "").splitlines():
            found = None if _COMMENT.match(line) else _SET.match(line)
            if found is not None:
                known[found[2]] = expand(_unquoted(found[3].strip(), opened=bool(found[1])), known)
    return {m[1]: m[2] or m[3] or m[4] or "" for m in _OPTION.finditer(known.get("COMMANDLINE_ARGS", ""))}


def _unquoted(value: str, *, opened: bool) -> str:
    """The value of `set "NAME=value"` (opened), `NAME="value"` or NAME=value, with escaped quotes as quotes."""
    if opened:
        value = value.removesuffix('"')
    elif len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        value = value[1:-1]
    return value.replace('\\"', '"')


def fds_values(path: Path, names: Sequence[str]) -> Mapping[str, str]:
    """Some `name: value` lines of a SwarmUI settings file (Data/Settings.fds), at whatever depth. Raises BadInput `model.paths`."""
    found: dict[str, str] = {}
    for line in (text_of(path) or "").splitlines():
        name, colon, value = line.strip().partition(":")
        if colon and name in names and value.strip():
            found.setdefault(name, value.strip())
    return found
