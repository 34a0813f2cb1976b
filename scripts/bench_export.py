#!/usr/bin/env python3
"""What an export costs: a recorded session, hostile prompts, a work of many runs. Prints wall, CPU and memory, and what came out.

    python scripts/bench_export.py [--runs 2000] [--prompts 300] [--session ../shared/comfy-session] [--only session|hostile|runs]

Each is measured in a process of its own, with a home of its own that is thrown away. Aims: a session in 15 s, 2,000 runs in 120 s (wall, on
a quiet machine); the CPU seconds say what it costs on a busy one.
"""

from __future__ import annotations

import argparse
import importlib
import io
import json
import os
import resource
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SESSION = Path(os.environ.get("PROV_SESSION", ROOT.parent / "shared" / "comfy-session"))
NAMES = ("session", "hostile", "runs")


def main() -> int:
    """Run one, or each in a process of its own."""
    parser = argparse.ArgumentParser(description="What an export costs.")
    parser.add_argument("--runs", type=int, default=2_000)
    parser.add_argument("--prompts", type=int, default=300)
    parser.add_argument("--session", type=Path, default=SESSION)
    parser.add_argument("--only", choices=NAMES)
    options = parser.parse_args()
    if options.only is None:
        rest = ["--runs", str(options.runs), "--prompts", str(options.prompts), "--session", str(options.session)]
        for name in NAMES:
            subprocess.run([sys.executable, __file__, "--only", name, *rest], check=False)
        return 0
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    with TemporaryDirectory() as folder:
        {"session": session, "hostile": hostile, "runs": runs}[options.only](Path(folder), options)
    return 0


def runs(folder: Path, options: Any) -> None:
    """A work of many runs."""
    _made(folder, f"{options.runs} runs", options.runs, None)


def hostile(folder: Path, options: Any) -> None:
    """A work whose prompts are hostile."""
    hostileprompts: Any = importlib.import_module("support.hostileprompts")

    _made(folder, f"{options.prompts} hostile prompts", options.prompts, hostileprompts.prompts(options.prompts).__getitem__)


def _made(folder: Path, what: str, count: int, prompt: Any) -> None:
    bigwork: Any = importlib.import_module("support.bigwork")
    evening: Any = importlib.import_module("support.evening")

    from provenance.daemon.exporting import hand_over
    from provenance.views.selection import of_work

    with evening.Evening(folder) as one:
        bigwork.fill(one, count, prompt or bigwork.words)
        before, wall, cpu = _peak(), time.perf_counter(), time.process_time()
        chosen = of_work(one.house.views, bigwork.WORK)
        hand_over(one.house, chosen, folder / "b.zip", withheld=frozenset(), why="", languages=("zh", "en"))
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{what}: {wall:.1f} s wall, {cpu:.1f} s CPU, peak {_peak()} MiB ({before} before), load {os.getloadavg()[0]:.1f}")
    _shown(folder / "b.zip")


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def session(folder: Path, options: Any) -> None:
    """The recorded session with notes, decisions and a picture that was edited by hand, by the real command."""
    if not (options.session / "replay.py").exists():
        print(f"session: NOT MEASURED, there is none at {options.session}")
        return
    prov_of: Any = importlib.import_module("support.prov").Prov

    base, prov = folder / "base", prov_of(folder / "home")
    for name in ("output", "input", "temp"):
        (base / name).mkdir(parents=True)
    prov.ok("init", str(base / "output"), str(base / "input"), str(base / "temp"))
    prov.ok("start")
    try:
        replay = [sys.executable, str(options.session / "replay.py"), str(base), "--speed", "8"]
        subprocess.run(replay, check=True, capture_output=True)
        last = _edited(base, options.session)
        time.sleep(3)  # the recorder waits until a file is still
    finally:
        prov.ok("stop")
    prov.ok("start")  # what a stop did not wait for is described now
    prov.ok("stop")
    pictures = sorted(str(path) for path in (base / "output").rglob("*.png"))
    prov.ok("work", "new", "Lighthouse", *pictures)
    prov.ok("note", "the lamp must be lit and the sea rough", str(last))
    prov.ok("choose", str(last), "--why", "the lamp is lit as I meant it")
    prov.ok("reject", pictures[0], "--why", "the tower leans")
    wall, cpu = time.perf_counter(), _children()
    prov.ok("export", "Lighthouse", "-o", str(folder / "b.zip"))
    wall, cpu = time.perf_counter() - wall, _children() - cpu
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"session of {len(pictures)} pictures: {wall:.1f} s wall, {cpu:.1f} s CPU, peak {peak} MiB, load {os.getloadavg()[0]:.1f}")
    _shown(folder / "b.zip")


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _edited(base: Path, recorded: Path) -> Path:
    """A last picture with strokes by hand, saved without its metadata."""
    from PIL import Image, ImageDraw

    truth = json.loads((recorded / "truth.json").read_text(encoding="utf-8"))
    written = [out for prompt in truth["prompts"] for out in prompt.get("outputs", []) if out["written"]]
    found = next(path for out in reversed(written) for path in recorded.glob(f"versions/{out['sha256']}*") if path.suffix == ".png")
    with Image.open(found) as opened:
        picture = opened.convert("RGB")
    draw = ImageDraw.Draw(picture)
    for n in range(6):
        draw.line([(10 + 9 * n, 20), (60 + 5 * n, 90 + 7 * n)], fill=(250, 220, 120), width=5)
    target = base / "output" / "final_by_hand.png"
    picture.save(target)
    return target


def _shown(path: Path) -> None:
    """What is in the bundle, and what the verifier says of it."""
    verifiers: Any = importlib.import_module("support.verifiers")

    word, codes = verifiers.package(path)
    print(f"  {path.stat().st_size / 2**20:.1f} MiB, {word} {' '.join(sorted(codes))}")
    with zipfile.ZipFile(path) as archive:
        infos = {info.filename.partition("/")[2]: info for info in archive.infolist()}
        told = json.loads(archive.read(infos["data/bundle.json"]))
        print(
            f"  {len(infos)} files, {len(told['entries'])} entries, {len(told['pictures'])} pictures, {told['exhibits']['count']} exhibits"
        )
        pages = [name for name in infos if name.startswith("exhibits/record")]
        print(f"  whole record: {len(pages)} pages, the largest {max(infos[name].file_size for name in pages) / 2**20:.1f} MiB")
        for name in ("report.html", *(name for name in infos if name.endswith(".pdf"))):
            print(f"  {name}: {infos[name].file_size / 1024:.0f} KiB{_length(archive.read(infos[name])) if name.endswith('.pdf') else ''}")


def _length(pdf: bytes) -> str:
    try:
        import pikepdf
    except ImportError:
        return ""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return f", {len(opened.pages)} pages"


if __name__ == "__main__":
    raise SystemExit(main())
