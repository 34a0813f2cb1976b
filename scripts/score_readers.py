"""Score `prov read` on the sample corpus, beside sd-parsers and sd-prompt-reader in the same run. How values are compared: scoring.py.

Usage: python scripts/score_readers.py [--corpus DIR] [--alone] [--misses] [--json]

The corpus is PROV_CORPUS, else ../shared/corpus beside the checkout. The peers read PNG, JPEG and WebP alone, so the table that compares
stands over those; a second one tells of ours over every container, and a third of what lies beyond the seven fields. Exit code 1 where
ours reports anything wrong or anything of a file without generation data, 2 where there is no corpus.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import peers  # noqa: E402
from scoring import FIELDS, MISSED, PICTURES, RIGHT, WRONG, Sample, Score, judge, judge_more, reports, samples  # noqa: E402

Answers = Mapping[str, Mapping[str, Any]]


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--corpus", type=Path, default=Path(os.environ.get("PROV_CORPUS") or ROOT.parent / "shared" / "corpus"))
    options.add_argument("--alone", action="store_true", help="without the other readers")
    options.add_argument("--misses", action="store_true", help="every field of ours that is not right")
    options.add_argument("--json", action="store_true", dest="as_json")
    chosen = options.parse_args()
    try:
        files = samples(chosen.corpus)
    except (OSError, ValueError) as error:
        print(f"prov: no corpus at {chosen.corpus}: {error}", file=sys.stderr)
        return 2
    result = scored(files, chosen.corpus, alone=chosen.alone)
    if chosen.as_json:
        print(json.dumps(result, ensure_ascii=False))
    else:
        print(*tables(result, chosen.misses), sep="\n")
    return 1 if result["false_positives"]["prov"] or any(row["wrong"] for row in result["ours"]) else 0


def scored(files: Sequence[Sample], corpus: Path, *, alone: bool = False) -> dict[str, Any]:
    """Every figure of a run.

    Returns:
        readers: one row each over PNG, JPEG, WebP. families: by family, {reader: right/checked/wrong} over the same. ours: by family over
        every container. beyond: by thing, ours. fields: by scored field, ours. false_positives: paths by reader. misses: ours, not right.
    """
    pictures = [item for item in files if item.container in PICTURES]
    mine = ours(files, corpus)
    everyone: dict[str, Answers] = {"prov": {item.path: mine[item.path] for item in pictures}}
    failed = {"prov": 0}
    if not alone and peers.ready():
        for name in peers.NAMES:
            if (told := peers.told(name, [corpus / item.path for item in pictures])) is not None:
                everyone[f"{name} {told.version}"] = dict(zip((item.path for item in pictures), told.answers, strict=True))
                failed[f"{name} {told.version}"] = told.failed
    misses = [
        f"{verdict:6} {item.path}: {field}"
        for item in files
        for field, verdict in {**judge(item.truth, mine[item.path]), **judge_more(item.truth, mine[item.path])}.items()
        if verdict != RIGHT
    ]
    return {
        "readers": [_row(name, pictures, answers) | {"failed": failed[name]} for name, answers in everyone.items()],
        "families": [
            {"family": family, **{name: _row(name, members, answers) for name, answers in everyone.items()}}
            for family, members in _families(pictures)
        ],
        "ours": [row for family, members in _families(files) if (row := _row(family, members, mine))["checked"]],
        "fields": _counted((judge(item.truth, mine[item.path]) for item in files), FIELDS),
        "beyond": _counted((judge_more(item.truth, mine[item.path]) for item in files), ()),
        "false_positives": {
            name: [item.path for item in files if item.empty and item.path in answers and reports(answers[item.path])]
            for name, answers in {**everyone, "prov": mine}.items()
        },
        "misses": misses,
    }


def ours(files: Sequence[Sample], corpus: Path) -> Answers:
    """What `prov read --json` says of every file."""
    from provenance.cli.read import record

    return {item.path: record(str(corpus / item.path)) for item in files}


def _families(files: Sequence[Sample]) -> list[tuple[str, list[Sample]]]:
    names = sorted({item.family for item in files}, key=lambda name: (name.startswith("SYNTHETIC"), name.lower()))
    return [(name, [item for item in files if item.family == name]) for name in names]


def _row(name: str, files: Sequence[Sample], answers: Answers) -> dict[str, Any]:
    score = Score()
    for item in files:
        score.add(judge(item.truth, answers[item.path]))
    return {"name": name, "files": score.files, "whole": score.whole, "checked": score.checked, **score.counts}


def _counted(every: Any, names: Sequence[str]) -> list[dict[str, Any]]:
    counts: dict[str, dict[str, int]] = {name: {RIGHT: 0, WRONG: 0, MISSED: 0} for name in names}
    for verdicts in every:
        for name, verdict in verdicts.items():
            counts.setdefault(name, {RIGHT: 0, WRONG: 0, MISSED: 0})[verdict] += 1
    return [{"name": name, "checked": sum(found.values()), **found} for name, found in counts.items()]


def tables(result: Mapping[str, Any], misses: bool) -> list[str]:
    """The figures for people."""
    out = ["PNG, JPEG, WebP: seven fields", ""]
    out += aligned(
        ("reader", "right", "checked", "%", "wrong", "missed", "whole files", "raised", "false positives"),
        [
            (row["name"], row["right"], row["checked"], f"{100 * row['right'] / max(1, row['checked']):.1f}", row["wrong"], row["missed"],
             f"{row['whole']}/{row['files']}", row["failed"], len(result["false_positives"][row["name"]]))
            for row in result["readers"]
        ],
    )
    names = [row["name"] for row in result["readers"]]
    out += ["", "By family: right/checked, wrong ones in brackets", ""]
    out += aligned(
        ("family", "files", *names),
        [
            (row["family"], row["prov"]["files"], *(_short(row[name]) for name in names))
            for row in result["families"] if row["prov"]["checked"]
        ],
    )
    out += ["", "Ours over every container", ""]
    rows = [*result["ours"], _sum(result["ours"])]
    out += aligned(("family", "files", "right", "checked", "wrong", "missed"), [
        (row["name"], row["files"], row["right"], row["checked"], row["wrong"], row["missed"]) for row in rows
    ])
    for title, key in (("Ours by field", "fields"), ("Ours beyond the seven fields", "beyond")):
        out += ["", title, ""]
        out += aligned(("field", "right", "checked", "wrong", "missed"), [
            (row["name"], row["right"], row["checked"], row["wrong"], row["missed"]) for row in result[key]
        ])
    return [*out, "", *(result["misses"] if misses else [f"{len(result['misses'])} of ours are not right: --misses lists them"])]


def _short(row: Mapping[str, Any]) -> str:
    return f"{row['right']}/{row['checked']}" + (f" ({row['wrong']})" if row["wrong"] else "")


def _sum(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {"name": "TOTAL", **{key: sum(row[key] for row in rows) for key in ("files", "right", "checked", "wrong", "missed")}}


def aligned(head: tuple[object, ...], rows: Sequence[tuple[object, ...]]) -> list[str]:
    """Rows in columns: the first to the left, figures to the right."""
    cells = [tuple(str(cell) for cell in row) for row in (head, *rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
    return [
        "  ".join(cell.rjust(w) if i else cell.ljust(w) for i, (cell, w) in enumerate(zip(row, widths, strict=True))).rstrip()
        for row in cells
    ]


if __name__ == "__main__":
    sys.exit(main())
