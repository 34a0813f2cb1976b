"""Where things are: the home folder, and prov.toml as a frozen Config."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from provenance.errors import BadInput, Unavailable

IGNORED = (
    "*.tmp", "*.part", "*.crdownload", "*~", "*_exiftool_tmp", "#*", ".*", "*.ldb", "*.swarmpreview.*", "Thumbs.db", "desktop.ini",
    "*.lock", "*.swp",
)
IGNORED_FOLDERS = (".*", "thumbnails", "__pycache__", "node_modules")


@dataclass(frozen=True)
class Home:
    """One folder holds all that prov keeps. Nothing here touches the disk."""

    path: Path

    config = property(lambda self: self.path / "prov.toml")
    ledger = property(lambda self: self.path / "ledger.db")
    views = property(lambda self: self.path / "views.db")
    blobs = property(lambda self: self.path / "blobs")
    heads = property(lambda self: self.path / "heads.log")
    keys = property(lambda self: self.path / "keys")
    bundles = property(lambda self: self.path / "bundles")
    lock = property(lambda self: self.path / "recorder.lock")
    status = property(lambda self: self.path / "recorder.json")
    heartbeat = property(lambda self: self.path / "heartbeat")
    log = property(lambda self: self.path / "recorder.log")
    stop = property(lambda self: self.path / "recorder.stop")
    asked = property(lambda self: self.path / "time-asked.json")


@dataclass(frozen=True)
class Time:
    """The table [time] of prov.toml. use: names of the time authorities that are asked; none: nothing is ever asked. authorities: the
    user's own, as tables of name, url and, if given, root (a PEM file, relative to the home), rest (seconds between requests) and form."""

    use: tuple[str, ...] = ()
    authorities: tuple[Mapping[str, str | int], ...] = ()


FORUMS = ("general", "cn", "us", "eu", "uk", "jp", "kr")


@dataclass(frozen=True)
class Export:
    """The table [export] of prov.toml. forum: whose order and papers a bundle has where the command does not say."""

    forum: str = FORUMS[0]


MEANINGS = ("kept", "rejected", "chosen", "nothing")
RULE_KEYS = ("means", "folder", "observed", "value")


@dataclass(frozen=True)
class Rule:
    """One of [[rules]] of prov.toml: what something seen is taken to mean. The first that fits counts, before those that are built in.

    means: one of MEANINGS. folder: a pattern of paths, `*` for anything, `/` on every system. observed: what was seen ("rated", "starred",
    "tagged", "vanished" ...); "" fits whatever comes into the folder. value: a pattern of its value, tag or board.
    """

    means: str
    folder: str = ""
    observed: str = ""
    value: str = ""


THIRD_PARTY, UNLICENSED, UNDECLARED = "third-party", "third-party-unlicensed", "undeclared"
INPUTS = (THIRD_PARTY, UNLICENSED, UNDECLARED)
WARN, REFUSE = "warn", "refuse"
LISTS = ("forbid_inputs", "forbid_models", "forbid_names")
SWITCHES = ("require_review", "require_reason", "require_statement")
POLICY_RULES = (*LISTS, *SWITCHES, "require_anchor")


@dataclass(frozen=True)
class Policy:
    """The table [policy] of prov.toml: a team's own rules for what goes out.

    forbid_inputs: of INPUTS. forbid_models: patterns of models' names, `*` for anything. forbid_names: names of the data on names, or any
    words. require_review: a check with every warning answered. require_reason: for each decision. require_statement: the person's own.
    require_anchor: hours, the longest time without a third party's; 0: none asked for. mode: WARN or REFUSE, for rules that are not in
    modes. modes: (rule, mode). override: whether a person may go on all the same, with a reason that is recorded.
    """

    forbid_inputs: tuple[str, ...] = ()
    forbid_models: tuple[str, ...] = ()
    forbid_names: tuple[str, ...] = ()
    require_review: bool = False
    require_reason: bool = False
    require_statement: bool = False
    require_anchor: int = 0
    mode: str = WARN
    modes: tuple[tuple[str, str], ...] = ()
    override: bool = False

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules that are set."""
        return tuple(name for name in POLICY_RULES if getattr(self, name))

    def of(self, rule: str) -> str:
        """What happens where a rule is not kept: WARN or REFUSE."""
        return dict(self.modes).get(rule, self.mode)


@dataclass(frozen=True)
class Config:
    """prov.toml. roots: watched folders. model_folders: searched besides the tools' own. originals_gb: disk budget for copies of
    originals (0: none). ignore: name patterns never recorded. rescan_minutes: how often the folders are compared with the ledger.
    sitting_minutes: how long a pause ends a sitting. remind: after how many minutes of work without a stated reason that is said, once in a
    sitting ([remind] minutes; 0: never). rules: what folders and marks mean. time: who is asked for the time. export: how a
    bundle is made where nobody says otherwise. check: folders of the person's own that `prov check` compares with ([check] references).
    policy: what a team asks of what goes out."""

    roots: tuple[str, ...] = ()
    model_folders: tuple[str, ...] = ()
    originals_gb: int = 20
    previews: bool = True
    ignore: tuple[str, ...] = IGNORED
    ignore_folders: tuple[str, ...] = IGNORED_FOLDERS
    rescan_minutes: int = 10
    sitting_minutes: int = 30
    remind: int = 0
    rules: tuple[Rule, ...] = ()
    time: Time = Time()
    export: Export = Export()
    check: tuple[str, ...] = ()
    policy: Policy = Policy()


def home(environ: Mapping[str, str] | None = None) -> Home:
    """`PROV_HOME`, else the user's data folder for `prov` (platformdirs)."""
    environ = os.environ if environ is None else environ
    if environ.get("PROV_HOME"):
        return Home(Path(environ["PROV_HOME"]).expanduser().absolute())
    import platformdirs

    return Home(Path(platformdirs.user_data_dir("prov", appauthor=False)))


def load(where: Home) -> Config:
    """Read prov.toml. Raises Unavailable `home.missing` without one, BadInput `config.bad` for what cannot be meant."""
    import tomllib

    try:
        raw = tomllib.loads(where.config.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise Unavailable("home.missing", home=str(where.path)) from error
    except OSError as error:
        raise Unavailable("file.unreadable", path=str(where.config), why=error.strerror or "") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInput("config.bad", path=str(where.config), why=str(error)) from error
    return parse(raw, str(where.config))


def parse(raw: Mapping[str, Any], path: str) -> Config:
    """Settings as a Config; unknown names and wrong types are refused by name, so that a typo is not silence."""
    default = Config()
    values: dict[str, Any] = {}
    for name, value in raw.items():
        usual = getattr(default, name, None) if name in Config.__dataclass_fields__ else None
        if usual is None:
            raise BadInput("config.bad", path=path, why=f"unknown setting {name!r}")
        if name in _TABLES:
            value = _TABLES[name](value, path)
        elif isinstance(usual, tuple):
            if not (isinstance(value, list) and all(isinstance(item, str) for item in value)):
                raise BadInput("config.bad", path=path, why=f"{name} must be a list of texts")
            value = tuple(value)
        elif type(value) is not type(usual) or (isinstance(value, int) and value < 0):
            raise BadInput("config.bad", path=path, why=f"{name} must be like {usual!r}")
        values[name] = value
    return Config(**values)


def _time(value: Any, path: str) -> Time:
    """The table [time]. Raises BadInput `config.bad`."""
    if not isinstance(value, dict) or set(value) - {"use", "authorities"}:
        raise BadInput("config.bad", path=path, why="time must be a table of use and authorities")
    use, own = value.get("use", []), value.get("authorities", [])
    if not (isinstance(use, list) and all(isinstance(item, str) and item for item in use)):
        raise BadInput("config.bad", path=path, why="time.use must be a list of names")
    kinds = {"name": str, "url": str, "root": str, "rest": int, "form": str}
    for row in own if isinstance(own, list) else [{}]:
        right = isinstance(row, dict) and row.get("name") and all(type(row[key]) is kinds.get(key) for key in row)
        if not right or row.get("rest", 0) < 0:
            raise BadInput("config.bad", path=path, why="each of time.authorities is a table of name, url, root, rest (a number), form")
    return Time(tuple(dict.fromkeys(use)), tuple(own))


def _remind(value: Any, path: str) -> int:
    """The table [remind]. Raises BadInput `config.bad`."""
    minutes = value.get("minutes", 0) if isinstance(value, dict) and set(value) <= {"minutes"} else None
    if type(minutes) is not int or minutes < 0:
        raise BadInput("config.bad", path=path, why="remind must be a table with minutes, a whole number")
    return minutes


def _rules(value: Any, path: str) -> tuple[Rule, ...]:
    """The tables [[rules]]. Raises BadInput `config.bad`, with the rule's number."""
    found = []
    for number, row in enumerate(value if isinstance(value, list) else [None], 1):
        if not isinstance(row, dict) or set(row) - set(RULE_KEYS) or not all(isinstance(text, str) and text for text in row.values()):
            raise BadInput("config.bad", path=path, why=f"rule {number} must be a table of texts: {', '.join(RULE_KEYS)}")
        if row.get("means") not in MEANINGS:
            raise BadInput("config.bad", path=path, why=f"rule {number}: means must be one of {', '.join(MEANINGS)}")
        if not row.get("folder") and not row.get("observed"):
            raise BadInput("config.bad", path=path, why=f"rule {number} needs a folder, or what is observed")
        found.append(Rule(**row))
    return tuple(found)


def _export(value: Any, path: str) -> Export:
    """The table [export]. Raises BadInput `config.bad`."""
    forum = value.get("forum", FORUMS[0]) if isinstance(value, dict) and set(value) <= {"forum"} else None
    if forum not in FORUMS:
        raise BadInput("config.bad", path=path, why=f"export must be a table with forum, one of {', '.join(FORUMS)}")
    return Export(forum)


def _check(value: Any, path: str) -> tuple[str, ...]:
    """The table [check]. Raises BadInput `config.bad`."""
    found = value.get("references", []) if isinstance(value, dict) and set(value) <= {"references"} else None
    if not (isinstance(found, list) and all(isinstance(item, str) and item for item in found)):
        raise BadInput("config.bad", path=path, why="check must be a table with references, a list of folders")
    return tuple(dict.fromkeys(found))


def _policy(value: Any, path: str) -> Policy:
    """The table [policy]. Raises BadInput `config.bad`, naming the key."""

    def wrong(key: str, wanted: str) -> BadInput:
        return BadInput("config.bad", path=path, why=f"policy.{key} must be {wanted}")

    if not isinstance(value, dict):
        raise BadInput("config.bad", path=path, why="policy must be a table")
    values: dict[str, Any] = {}
    for key, item in value.items():
        if key in LISTS:
            if not (isinstance(item, list) and all(isinstance(one, str) and one.strip() for one in item)):
                raise wrong(key, "a list of texts")
            if key == "forbid_inputs" and not set(item) <= set(INPUTS):
                raise wrong(key, f"of {', '.join(INPUTS)}")
            item = tuple(dict.fromkeys(item))
        elif key in SWITCHES or key == "override":
            if type(item) is not bool:
                raise wrong(key, "true or false")
        elif key == "require_anchor":
            item = _hours(item)
            if item is None:
                raise wrong(key, 'a time like "24h" or "7d"')
        elif key == "mode":
            if item not in (WARN, REFUSE):
                raise wrong(key, f"{WARN} or {REFUSE}")
        elif key == "modes":
            if not (isinstance(item, dict) and set(item) <= set(POLICY_RULES) and all(mode in (WARN, REFUSE) for mode in item.values())):
                raise wrong(key, f"a table of {', '.join(POLICY_RULES)}, each {WARN} or {REFUSE}")
            item = tuple(sorted(item.items()))
        else:
            raise BadInput("config.bad", path=path, why=f"unknown setting 'policy.{key}'")
        values[key] = item
    return Policy(**values)


def _hours(value: Any) -> int | None:
    """`"24h"` or `"7d"` as hours, 1 at least; None for anything else."""
    if not isinstance(value, str) or value[-1:] not in ("h", "d") or not (value[:-1].isascii() and value[:-1].isdigit()) or len(value) > 6:
        return None
    return int(value[:-1]) * (24 if value[-1] == "d" else 1) or None


_TABLES: Mapping[str, Callable[[Any, str], Any]] = MappingProxyType(
    {"time": _time, "remind": _remind, "rules": _rules, "export": _export, "check": _check, "policy": _policy}
)


def _table(policy: Policy) -> dict[str, Any]:
    """[policy] as it is written: what is set."""
    usual = Policy()
    found: dict[str, Any] = {}
    for name in Policy.__dataclass_fields__:
        value = getattr(policy, name)
        if value == getattr(usual, name):
            continue
        found[name] = list(value) if name in LISTS else dict(value) if name == "modes" else value
    if "require_anchor" in found:
        found["require_anchor"] = f"{policy.require_anchor}h"
    return found


def write(where: Home, config: Config) -> None:
    """Write prov.toml whole, through a temporary file and a rename: a crash leaves the old one or the new one."""
    import tomli_w

    values = {name: list(v) if isinstance(v := getattr(config, name), tuple) else v for name in Config.__dataclass_fields__}
    values["time"] = {"use": list(config.time.use), "authorities": [dict(row) for row in config.time.authorities]}
    values["remind"] = {"minutes": config.remind}
    values["export"] = {"forum": config.export.forum}
    values["rules"] = [{name: text for name in RULE_KEYS if (text := getattr(rule, name))} for rule in config.rules]
    values["check"] = {"references": list(config.check)}
    values["policy"] = _table(config.policy)
    fresh = where.config.with_suffix(".toml.new")
    fresh.write_text(tomli_w.dumps(values), encoding="utf-8")
    fresh.replace(where.config)
