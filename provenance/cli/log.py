"""`prov log`: the entries, newest first for people; one object a line, in order, for scripts."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import click

from provenance import facts, words
from provenance.cli import out
from provenance.cli.common import at_home, cli_command, help_of
from provenance.daemon.house import House
from provenance.errors import BadInput, ProvError
from provenance.views.fold import folder_and_name, plain

FOLLOW_SECONDS = 0.5
FOLDERS = (facts.WatchAdded.KIND, facts.WatchRemoved.KIND, facts.GapNoticed.KIND)


@cli_command("log")
@click.option("--json", "as_json", is_flag=True, help=help_of("cli.log.json"))
@click.option("--limit", "-n", type=click.IntRange(min=1), help=help_of("cli.log.limit"))
@click.option("--since", type=click.IntRange(min=0), default=0, help=help_of("cli.log.since"))
@click.option("--kind", "kinds", multiple=True, help=help_of("cli.log.kind"))
@click.option("--follow", "-f", is_flag=True, help=help_of("cli.log.follow"))
@click.option("--story", is_flag=True, help=help_of("cli.log.story"))
@click.option("--sitting", metavar="N", default="", help=help_of("cli.log.sitting"))
@click.option("--day", metavar="DAY", default="", help=help_of("cli.log.day"))
def command(
    as_json: bool, limit: int | None, since: int, kinds: tuple[str, ...], follow: bool, story: bool, **which: str
) -> None:
    if story or any(which.values()):
        if limit or since or kinds or follow:
            raise BadInput("log.story-alone")
        _story(which["sitting"], which["day"], as_json)
        return
    with at_home(read_only=True) as house:
        show = _print_json if as_json else partial(_print_line, partial(_name_at, house))
        if not as_json and not follow:
            for record in _newest(house, since, kinds, limit):
                show(record)
            return
        size = house.ledger.size()
        first = max(since, size - limit) if limit and not kinds else since
        for record in house.ledger.records(first, size, kinds=_full(kinds)):
            show(record)
        while follow:
            time.sleep(FOLLOW_SECONDS)
            now = house.ledger.size()
            for record in house.ledger.records(size, now, kinds=_full(kinds)):
                show(record)
            size = now


def _story(sitting: str, day: str, as_json: bool) -> None:
    from provenance.cli import story
    from provenance.daemon.telling import Teller

    with at_home(read_only=True) as house:
        teller = Teller(house)
        found = story.chosen(teller, sitting, day)
        for one in found:
            (story.print_json if as_json else story.print_story)(teller, one)
    if not found and not as_json:
        out.say("cli.sittings.none", "quiet")


def _newest(house: House, since: int, kinds: tuple[str, ...], limit: int | None) -> Iterator[Any]:
    """From the end, in steps, so that `prov log | head` on a long ledger is quick."""
    left, stop = limit, house.ledger.size()
    while stop > since and left != 0:
        start = max(since, stop - 500)
        for record in reversed(list(house.ledger.records(start, stop, kinds=_full(kinds)))):
            yield record
            if left is not None:
                left -= 1
                if not left:
                    return
        stop = start


def _full(kinds: tuple[str, ...]) -> tuple[str, ...] | None:
    return tuple(kind if "/" in kind else f"{kind}/1" for kind in kinds) or None


def line(record: Any) -> dict[str, Any]:
    """An entry with its values, as `prov log --json` prints it."""
    entry = record.entry
    return {"seq": entry.seq, "at": entry.at, "kind": entry.kind, "class": entry.open.get("class"), "open": dict(entry.open),
            "sealed": dict(record.values)}


def _print_json(record: Any) -> None:
    out.json_line(line(record))


def _name_at(house: House, seq: Any) -> str:
    """The file name of the entry that another entry is about, "" without."""
    try:
        return _name(house.ledger.record(seq).values)
    except (ProvError, TypeError):
        return ""


def _name(values: Any) -> str:
    return folder_and_name(plain(values.get("path")))[1]


def _print_line(name_at: Callable[[Any], str], record: Any) -> None:
    entry = record.entry
    kind = words.say(f"kind.{entry.kind}", words.language()) if words.known(f"kind.{entry.kind}") else entry.kind
    about = words.visible(gist(record, name_at(entry.open["of"]) if isinstance(entry.open.get("of"), int) else ""))
    start = f"#{entry.seq:<6}", f" {entry.at[:10]} {entry.at[11:19]}  {out.pad(entry.open.get('class', '?'), 8)}  {out.pad(kind, 12)}  "
    out.echo((out.styled(start[0], "quiet") + start[1] + out.clipped(about, out.width("".join(start)))).rstrip())


def _word(stem: str, value: Any) -> str:
    return words.say(f"{stem}.{value}", words.language()) if words.known(f"{stem}.{value}") else str(value)


def gist(record: Any, of: str = "") -> str:
    """What an entry is about, in one line. of: the name of the file whose entry it is about."""
    o, v = record.entry.open, record.values
    if record.entry.kind in FOLDERS:
        return "  ".join(part for part in (plain(v.get("path")), _word("report.word.reason", o.get("reason", ""))) if part)
    name = _name(v) or of
    text = plain(v.get("text")) or plain(v.get("why")) or ("" if name else plain(v.get("name")))
    said = [name, f"<- {folder_and_name(plain(v['was_path']))[1]}" if v.get("was_path") else "",
            _word("cli.show", o["decision"]) if "decision" in o else "", _seen(o, v), _project(o),
            _pictures(o.get("pictures") or o.get("about") or _hash(o.get("of"))), text,
            _word("report.word.reason", o["reason"]) if not name and "reason" in o else "",
            f"{o['found']}/{o['found'] + o['missing']}" if "missing" in o else "", str(o.get("size", "")) if "root" in o else ""]
    first = plain((v.get("prompts") or ("",))[0])
    return "  ".join(part for part in (*said, first[:80]) if part)


def _seen(o: Any, v: Any) -> str:
    """What was seen that may show a decision, its meaning apart; whose an input is; by which entry a decision is withdrawn."""
    if "observed" in o:
        meaning = f"-> {_word('cli.show', o['meaning'])} ({o.get('rule', '?')})" if "meaning" in o else ""
        place = folder_and_name(plain(v.get("place")))[1] if o["observed"].endswith("folder") else plain(v.get("place"))
        return _joined(o.get("tool", ""), _word("report.word.observed", o["observed"]), o.get("value", ""), place, meaning)
    if "rights" in o:
        late = f"(#{o['used_before']})" if "used_before" in o else ""
        return _joined(_word("cli.rights", o["rights"]), plain(v.get("file")), plain(v.get("note")), late)
    if person := o.get("person"):
        relation = _word("report.word.relation", o["relation"]) if "relation" in o else ""
        return _joined(f"({person[:8]})", relation, plain(v.get("for_whom")), plain(v.get("part")))
    if "withdraws" in o:
        return f"#{o['withdraws']}"
    return plain(v.get("file")) or plain(v.get("where")) or _joined(plain(v.get("platform")), plain(v.get("plan")))


def _project(o: Any) -> str:
    """The layers of a project file, counted."""
    if "layer_count" not in o:
        return ""
    return words.say("layers.count", words.language(), format=o.get("format", "?"), count=o["layer_count"], decoded=o.get("decoded", "?"))


def _joined(*parts: str) -> str:
    return "  ".join(part for part in parts if part)


def _hash(of: Any) -> tuple[str, ...]:
    return (of,) if isinstance(of, str) else ()


def _pictures(hashes: Any) -> str:
    return " ".join(h[:12] for h in (hashes or ())[:3]) + (" ..." if len(hashes or ()) > 3 else "")
