"""What `prov` alone prints: every command with its one line."""

from __future__ import annotations

from provenance import words
from provenance.cli.table import GROUPS


def overview(lang: str | None = None) -> str:
    """The overview in `lang` (default: the user's), ready to print."""
    lang = lang or words.language()
    lines = [words.say("cli.about", lang), "", words.say("cli.usage", lang), ""]
    for title, names in GROUPS:
        lines.append(words.say(title, lang))
        lines += [f"  {name:<8} {words.say(f'cli.{name}', lang)}" for name in names]
        lines.append("")
    return "\n".join([*lines, words.say("cli.more", lang), ""])
