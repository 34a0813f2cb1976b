"""How trusted time is told: lines that `prov time` and `prov status` share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provenance import words


def span(seconds: int) -> str:
    """A length of time, to two places: `2 d 3 h`, `14 min`, `9 s`."""
    parts, left = [], seconds
    for name, size in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        count, left = divmod(left, size)
        if count:
            parts.append(words.say(f"cli.time.span.{name}", words.language(), count=count))
    return " ".join(parts[:2]) or words.say("cli.time.span.s", words.language(), count=0)


def when(stamp: str) -> str:
    """A time to the second, with its zone."""
    return f"{stamp[:10]} {stamp[11:19]} UTC"


def anchored(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The lines about trusted time, as (label, text), from `daemon.unanchored.gather`."""
    lang, last, wide = words.language(), found["last"], found["longest"]
    if not found["use"]:
        state = words.say("cli.time.is-off", lang)
    elif len(found["use"]) == 1:
        state = words.say("cli.time.is-on-one", lang, name=found["use"][0])
    else:
        state = words.say("cli.time.is-on", lang, names=", ".join(found["use"]))
    lines = [(words.say("cli.time.label", lang), state)]
    if last:
        said = words.say("cli.time.last", lang, at=when(last["time"]), authority=last["authority"], size=last["size"])
        lines.append((words.say("cli.time.last-label", lang), said))
    if (found["use"] or last) and wide:
        key = "cli.time.longest" if not (wide["own_since"] or wide["own_until"]) else "cli.time.longest-own"
        said = words.say(key, lang, span=span(wide["seconds"]), since=when(wide["since"]), until=when(wide["until"]),
                         first=wide["bracket"]["first"], last=wide["bracket"]["stop"] - 1)  # fmt: skip
        lines.append((words.say("cli.time.longest-label", lang), said))
    if found["block"]:
        said = words.say("cli.time.ots-block", lang, **found["block"], waiting=found["promises"])
        lines.append((words.say("cli.time.ots-label", lang), said))
    elif found["promises"]:
        lines.append((words.say("cli.time.ots-label", lang), words.say("cli.time.ots-waiting", lang, waiting=found["promises"])))
    if found["unchecked"]:
        lines.append((words.say("cli.time.unchecked-label", lang), words.say("cli.time.unchecked", lang, count=found["unchecked"])))
    return lines
