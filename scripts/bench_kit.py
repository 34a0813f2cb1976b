"""What the parts of the benchmark share: a row of the table, measuring, made pictures, and a home with a running recorder."""

from __future__ import annotations

import json
import os
import resource
import statistics
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 600.0


@dataclass(frozen=True)
class Row:
    """One line of the table.

    what: measured thing. ours, reference: as text with units. ratio: the figure that the aim is about, None where there is none.
    aim: as text, "" where none is set. met: None without an aim. note: what a reader must know of this line.
    """

    what: str
    ours: str
    reference: str
    ratio: float | None = None
    aim: str = ""
    met: bool | None = None
    note: str = ""


@dataclass(frozen=True)
class Spent:
    """Seconds of one run: by the wall clock, and of CPU with child processes."""

    wall: float
    cpu: float


@dataclass
class Rounds:
    """Spent by variant, one item a round."""

    by: dict[str, list[Spent]] = field(default_factory=dict)

    def ratios(self, over: str, under: str, what: Callable[[Spent], float]) -> list[float]:
        """`over` divided by `under`, round by round."""
        return [what(a) / max(what(b), 1e-9) for a, b in zip(self.by[over], self.by[under], strict=True)]

    def wall(self, name: str) -> float:
        """The median of a variant's wall seconds."""
        return statistics.median(spent.wall for spent in self.by[name])


def interleaved(variants: Mapping[str, Callable[[], object]], rounds: int) -> Rounds:
    """Run every variant once a round, the order turned each time, so that a busy moment hits them all."""
    found = Rounds({name: [] for name in variants})
    names = list(variants)
    for number in range(rounds):
        for name in names[number % len(names) :] + names[: number % len(names)]:
            found.by[name].append(spent(variants[name]))
    return found


def spent(work: Callable[[], object]) -> Spent:
    """Seconds that one call takes, its child processes included once they are waited for."""
    cpu, wall = _cpu(), time.perf_counter()
    work()
    return Spent(time.perf_counter() - wall, _cpu() - cpu)


def _cpu() -> float:
    return sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


def middle(values: Sequence[float]) -> str:
    """`0.86 (0.81..0.90)`: median, smallest, largest."""
    return f"{statistics.median(values):.2f} ({min(values):.2f}..{max(values):.2f})"


def openssl(paths: Sequence[Path | str]) -> Callable[[], object]:
    """`openssl dgst -sha256` over files, in one process."""
    return lambda: subprocess.run(["openssl", "dgst", "-sha256", *map(str, paths)], check=True, stdout=subprocess.DEVNULL)


# --- made pictures ---------------------------------------------------------------------------------------------------------------


def pictures(folder: Path, count: int, *, smallest: int = 1_000_000, largest: int = 2_000_000) -> list[Path]:
    """PNG files of random pixels, sizes spread between two byte counts; two of three with A1111's text, the others with ComfyUI's."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for number in range(count):
        path = folder / f"{number:05}.png"
        path.write_bytes(png(number, smallest + (largest - smallest) * number // max(count - 1, 1)))
        made.append(path)
    return made


def png(number: int, size: int) -> bytes:
    """One valid PNG (ISO/IEC 15948) of about `size` bytes, 8-bit RGB, pixels stored and not deflated."""
    width = min(512, max(8, int((size / 3) ** 0.5)))
    height = max(1, size // (width * 3 + 1))
    noise = os.urandom((width * 3 + 1) * height)
    line = width * 3 + 1
    raw = b"".join(b"\0" + noise[at + 1 : at + line] for at in range(0, len(noise), line))
    packed = zlib.compress(raw, 0)
    parts = [_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))]
    parts += [_chunk(b"tEXt", key + b"\0" + text.encode("ascii")) for key, text in _texts(number)]
    parts += [_chunk(b"IDAT", packed[at : at + 65_536]) for at in range(0, len(packed), 65_536)]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _texts(number: int) -> list[tuple[bytes, str]]:
    words = f"a made picture for measuring, number {number}, " + "soft light, wide view, many small things, " * 6
    if number % 3:
        said = f"Steps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7, Seed: {number + 10**15}, Size: 512x512"
        return [(b"parameters", f"{words}\nNegative prompt: blurry\n{said}, Model hash: 6ce0161689, Model: made, Version: v1.10.1")]
    graph = _graph(number, words)
    return [(b"prompt", json.dumps(graph)), (b"workflow", json.dumps(_workflow(graph)))]


def _graph(number: int, words: str) -> dict[str, Any]:
    """An API graph as ComfyUI saves it, of 47 nodes: twenty further texts, each joined to the prompt."""
    graph: dict[str, Any] = {
        "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "made.safetensors"}},
        "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 512, "height": 512, "batch_size": 1}},
        "6": {"class_type": "CLIPTextEncode", "inputs": {"text": words, "clip": ["4", 1]}},
        "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "blurry", "clip": ["4", 1]}},
    }
    last = "6"
    for n in range(10, 50, 2):
        graph[str(n)] = {"class_type": "CLIPTextEncode", "inputs": {"text": f"part {n} of the scene", "clip": ["4", 1]}}
        graph[str(n + 1)] = {"class_type": "ConditioningConcat", "inputs": {"conditioning_to": [last, 0], "conditioning_from": [str(n), 0]}}
        last = str(n + 1)
    graph["3"] = {"class_type": "KSampler", "inputs": {
        "seed": number + 10**15, "steps": 20, "cfg": 6.5, "sampler_name": "euler", "scheduler": "normal", "denoise": 1.0,
        "model": ["4", 0], "positive": [last, 0], "negative": ["7", 0], "latent_image": ["5", 0]}}
    graph["8"] = {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}}
    graph["9"] = {"class_type": "SaveImage", "inputs": {"filename_prefix": "made", "images": ["8", 0]}}
    return graph


def _workflow(graph: dict[str, Any]) -> dict[str, Any]:
    """The same graph as the editor saves it beside, about 20 KB: places, sizes, colours, links by number."""
    nodes: list[dict[str, Any]] = []
    links: list[list[Any]] = []
    for order, (name, node) in enumerate(graph.items()):
        slots = []
        for slot, (label, value) in enumerate((k, v) for k, v in node["inputs"].items() if isinstance(v, list)):
            links.append([len(links) + 1, int(value[0]), value[1], int(name), slot, "CONDITIONING"])
            slots.append({"name": label, "type": "CONDITIONING", "link": len(links)})
        widgets = [v for v in node["inputs"].values() if not isinstance(v, list)]
        if node["class_type"] == "KSampler":
            widgets.insert(1, "fixed")  # the editor keeps "control after generate" beside the seed
        nodes.append({
            "id": int(name), "type": node["class_type"], "pos": [order * 240, 120], "size": [315, 98], "flags": {}, "order": order,
            "mode": 0,
            "inputs": slots, "outputs": [{"name": "OUT", "type": "CONDITIONING", "links": [], "slot_index": 0}],
            "properties": {"Node name for S&R": node["class_type"]}, "widgets_values": widgets,
        })
    return {"last_node_id": 49, "last_link_id": len(links), "nodes": nodes, "links": links, "groups": [], "config": {}, "version": 0.4}


# --- a home, and a recorder in it ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """A temporary home with one watched folder."""

    home: Path
    folder: Path

    @property
    def environ(self) -> dict[str, str]:
        """The environment of commands on this home."""
        path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH", ""))))
        return {**os.environ, "PROV_HOME": str(self.home), "PYTHONPATH": path, "PROV_LANG": "en"}

    def argv(self, *arguments: str) -> list[str]:
        """`prov ...` with this interpreter, from this checkout."""
        return [sys.executable, "-m", "provenance", *arguments]

    def prov(self, *arguments: str) -> str:
        """Run a command and hand back what it prints; a failure is raised with what it said."""
        done = subprocess.run(self.argv(*arguments), env=self.environ, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"prov {' '.join(arguments)}: exit {done.returncode}: {done.stderr.strip()[-500:]}")
        return done.stdout

    def status(self) -> dict[str, Any]:
        """`prov status --json`."""
        found: dict[str, Any] = json.loads(self.prov("status", "--json"))
        return found

    def captured(self) -> set[str]:
        """Base names of all files of which a durable entry tells, from `prov log --json`."""
        names = set()
        for line in self.prov("log", "--json").splitlines():
            entry = json.loads(line)
            if entry["kind"].startswith(("file.captured/", "file.imported/", "file.changed/")):
                names.add(str(entry["sealed"]["path"]).rpartition("/")[2])
        return names


def new_place(base: Path, name: str, *, settings: str = "") -> Place:
    """A fresh home and watched folder below `base`. settings: lines appended to prov.toml."""
    place = Place(base / name / "home", base / name / "pictures")
    place.folder.mkdir(parents=True)
    place.prov("init", "--yes", str(place.folder))
    if settings:
        file = place.home / "prov.toml"
        wanted = dict(line.split(" = ", 1) for line in settings.splitlines())
        kept = [line for line in file.read_text().splitlines() if line.partition(" = ")[0] not in wanted]
        file.write_text("\n".join([*kept, settings]) + "\n")
    return place


@contextmanager
def recording(place: Place, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """`prov watch` as a process of its own, ready when this begins, stopped as a user's Ctrl-C stops it when it ends."""
    words = place.argv("watch", *arguments)
    process = subprocess.Popen(words, env=place.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        end = time.monotonic() + 60
        while _ready_pid(place) != process.pid:
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"the recorder did not start: {process.communicate()[1][-500:]}")
            time.sleep(0.02)
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.communicate(timeout=180)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()


def _ready_pid(place: Place) -> int | None:
    try:
        state = json.loads((place.home / "recorder.json").read_bytes())
    except (OSError, ValueError):
        return None
    found = state.get("pid")
    return found if isinstance(found, int) else None


def entries(place: Place) -> int:
    """How many entries are durable now; asked with plain SQLite, so that asking costs the recorder nothing."""
    import sqlite3

    db = sqlite3.connect(f"{(place.home / 'ledger.db').as_uri()}?mode=ro", uri=True, timeout=30)
    try:
        return int(db.execute("SELECT coalesce(max(seq) + 1, 0) FROM entries").fetchone()[0])
    finally:
        db.close()


def process_cpu(pid: int) -> float:
    """CPU seconds a process has used (Linux: /proc/PID/stat, fields 14 and 15)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def process_rss(pid: int) -> float:
    """Resident memory of a process in MB (Linux: VmRSS)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) * 1024 / 1e6
