"""How witnesses' words and refusals are told: lines that `prov witness list` and `prov status` share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provenance import words
from provenance.cli.time_said import when


def witnessed(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The line about the newest word, as (label, text), from `daemon.seen_by.gather`; none where nobody ever said anything."""
    lang, last = words.language(), found["last"]
    if last is None:
        return []
    said = words.say("cli.witness.last", lang, name=words.visible(last["witness"]), at=when(last["time"]), size=last["size"])
    return [(words.say("cli.witness.label", lang), said)]


def refusal(one: Mapping[str, Any]) -> str:
    """A refusal in a line. one: witness, size, refusal, at."""
    lang = words.language()
    why = words.say(f"report.word.refusal.{one['refusal']}", lang)
    return words.say("cli.witness.refusals", lang, name=words.visible(one["witness"]), at=when(one["at"]), size=one["size"], why=why)
