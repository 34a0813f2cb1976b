"""Write docs/cli.md from the commands' own help, docs/readers.md from the readers' own tables, and the README's transcript from a real run.

`--check`: say whether they are right. Run me when a command, a message, a reader or the transcript's story changed.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CLI, READERS, README = ROOT / "docs" / "cli.md", ROOT / "docs" / "readers.md", ROOT / "README.md"
BEGIN, END = "<!-- transcript: made by scripts/gen_docs.py -->\n```console\n", "```\n<!-- end of transcript -->"
PICTURE = "lighthouse_00001_.png"
PAINT = (
    "from pathlib import Path; from provenance.daemon.demo_files import write_comfy; "
    f"write_comfy(Path('pictures/{PICTURE}'), 'a lighthouse on a cliff at dusk, (warm window light:1.2)', 1001)"
)


def main() -> int:
    """Make the pages, or compare them with what lies there."""
    sys.path.insert(0, str(Path(__file__).parent))
    from gen_readers import page
    os.environ["PROV_LANG"] = "en"
    readme = README.read_text(encoding="utf-8")
    start, stop = readme.index(BEGIN) + len(BEGIN), readme.index(END)
    transcript, cli, readers = play(), reference(), page()
    if "--check" not in sys.argv[1:]:
        CLI.write_text(cli, encoding="utf-8")
        READERS.write_text(readers, encoding="utf-8")
        README.write_text(readme[:start] + transcript + readme[stop:], encoding="utf-8")
        return 0
    wrong = []
    if CLI.read_text(encoding="utf-8") != cli:
        wrong.append("docs/cli.md is not what `prov --help` says")
    if not READERS.exists() or READERS.read_text(encoding="utf-8") != readers:
        wrong.append("docs/readers.md is not what READERS and LABELS say")
    if steady(readme[start:stop]) != steady(transcript):
        wrong.append(f"the README's transcript is not what happens:\n{transcript}")
    print("\n".join(wrong) or "docs are right")
    return 1 if wrong else 0


def reference() -> str:
    """docs/cli.md: every command with its help, as it is printed in English."""
    parts = [
        "# Commands\n\nMade by `scripts/gen_docs.py` from the commands' own help. `PROV_LANG=zh` shows them in Chinese.\n\n"
        "Exit codes: 0 good, 1 a check failed, 2 bad input, 3 incomplete, 4 the machine refuses, 5 busy, 6 damaged ledger, "
        "70 a defect of prov, 130 stopped by the user.\n"
    ]
    for name, text in helps():
        parts.append(f"\n## {name}\n\n```\n{text.rstrip()}\n```\n")
    return "".join(parts)


def helps() -> Iterator[tuple[str, str]]:
    """(command, help) of prov, every command, and every command of a group."""
    import click

    from provenance.cli.app import group
    from provenance.cli.overview import overview

    yield "prov", overview("en")
    top = click.Context(group, info_name="prov", terminal_width=100, max_content_width=100)
    for name in group.list_commands(top):
        command = group.get_command(top, name)
        assert command is not None
        context = click.Context(command, info_name=name, parent=top, terminal_width=100, max_content_width=100)
        yield f"prov {name}", command.get_help(context)
        for inner in command.list_commands(context) if isinstance(command, click.Group) else ():
            part = command.commands[inner] if isinstance(command, click.Group) else command
            yield f"prov {name} {inner}", part.get_help(click.Context(part, info_name=inner, parent=context, max_content_width=100))


def play() -> str:
    """The README's story, really done in a temporary folder: what was typed and what came back."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "pictures").mkdir()
        environment = {**os.environ, "PROV_HOME": str(here / "home"), "PROV_LANG": "en", "PYTHONPATH": str(ROOT)}
        said = [watched(here, environment)]
        for line in (
            'note "The light has to come from inside the house." pictures/' + PICTURE,
            f'keep pictures/{PICTURE} --why "the window carries the idea"',
            f"export pictures/{PICTURE} -o evidence.zip",
            "verify evidence.zip",
        ):
            run = subprocess.run(
                f"{sys.executable} -m provenance {line}", shell=True, cwd=here, env=environment, capture_output=True, text=True, check=False
            )
            said.append(f"$ prov {line}\n{run.stdout}{run.stderr}")
        return "".join(said).replace(folder, "~")


def watched(here: Path, environment: dict[str, str]) -> str:
    """`prov watch pictures`, one picture painted meanwhile, then Ctrl+C."""
    process = subprocess.Popen(
        [sys.executable, "-m", "provenance", "watch", "pictures"],
        cwd=here,
        env={**environment, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("watching"):
            subprocess.run([sys.executable, "-c", PAINT], cwd=here, env=environment, check=True)
        if "captured" in line:
            process.send_signal(signal.SIGINT)
    process.wait()
    return "$ prov watch pictures\n" + "".join(lines)


def steady(text: str) -> str:
    """Without what differs from run to run: times, hashes, entry numbers that threads order, sizes."""
    text = re.sub(r"\b\d{2}:\d{2}:\d{2}\b", "<time>", text)
    text = re.sub(r"\b[0-9a-f]{12,64}\b", "<hash>", text)
    text = re.sub(r"#\d+", "#<n>", text)
    return re.sub(r"\d{4}-?\d{2}-?\d{2}", "<day>", text)


if __name__ == "__main__":
    sys.exit(main())
