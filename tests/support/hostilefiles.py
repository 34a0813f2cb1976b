"""Files made to break a reader: large, deep, lying, bursting. Each is one line of CASES; names say what the file holds.

`read_apart` reads one in a process of its own and says what that cost, so that memory can be bounded case by case.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
import struct
import tempfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from support.imagefiles import IEND, PNG_MAGIC, bomb, chunk, exif_block, png, text_chunk

MANY = 45_000_000
HEAD = PNG_MAGIC + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
PIXEL = chunk(b"IDAT", zlib.compress(b"\0\0\0\0"))
TEXTS: dict[str, bytes] = {
    "commas": b",",
    "brackets": b"[",
    "closing brackets": b"]",
    "braces": b"{",
    "parentheses": b"(",
    "backslashes": b"\\",
    "quotes": b'"',
    "colons": b": ",
    "lines": b"\n",
    "blanks": b" ",
    "escapes": b'\\"',
    "networks": b"<lora:",
    "markup": b"<a>",
    "steps": b"Steps: 1, ",
    "keys": b'{"a":',
    "pairs": b'"a": 1, ',
    "hashes": b"Lora hashes: \"a: b, ",
    "dashes": b"--no ",
    "doubles": b"::1.1",
}
LEADS: dict[str, tuple[bytes, bytes]] = {
    "": (b"", b""),
    "after an infotext": (b"boat\nNegative prompt: x\nSteps: 20, Seed: 7, Sampler: Euler, k: ", b""),
    "before an infotext": (b"", b"\nSteps: 20, Seed: 7, Sampler: Euler"),
    "in a JSON text": (b'{"prompt": "', b'", "steps": 20, "seed": 7}'),
    "in a JSON list": (b'{"nodes": [', b"]}"),
    "in a graph": (b'{"1": {"class_type": "KSampler", "inputs": {"text": "', b'"}}}'),
}
PACKET = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">%s</rdf:RDF></x:xmpmeta>'
ABOUT = b'<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/">%s</rdf:Description>'


def filled(key: str, piece: bytes, lead: tuple[bytes, bytes] = (b"", b""), size: int = MANY) -> bytes:
    """A PNG whose text under `key` is a piece repeated to `size` bytes."""
    return HEAD + text_chunk("tEXt", key, lead[0] + piece * (size // len(piece)) + lead[1]) + PIXEL + IEND


def deep(key: str, depth: int = 500) -> bytes:
    """JSON nested so deep under a key, once as lists and once as objects, in marks of several generators."""
    nested = "[" * depth + "]" * depth
    objects = '{"a":' * depth + "1" + "}" * depth
    text = f'{{"nodes": {nested}, "prompt": {objects}, "sui_image_params": {objects}, "class_type": "x", "v4_prompt": {nested}}}'
    return HEAD + text_chunk("tEXt", key, text) + PIXEL + IEND


def boxes(depth: int, kind: bytes = b"moov", *, file_type: bytes = b"isom") -> bytes:
    """ISO boxes inside one another, a thousand deep if asked."""
    body = b""
    for _ in range(depth):
        body = struct.pack(">I", len(body) + 8) + kind + body
    return struct.pack(">I", 20) + b"ftyp" + file_type + b"\0\0\0\0" + file_type + body


def jumbf(depth: int) -> bytes:
    """A PNG with JUMBF superboxes inside one another, labelled as a C2PA store."""
    described = b"c2pa\x00\x11\x00\x10\x80\x00\x00\xaa\x00\x38\x9b\x71\x03c2pa\0"
    label = struct.pack(">I", len(described) + 8) + b"jumd" + described
    body = b""
    for _ in range(depth):
        body = struct.pack(">I", len(label) + len(body) + 8) + b"jumb" + label + body
    return HEAD + chunk(b"caBX", body) + PIXEL + IEND


def matroska(depth: int) -> bytes:
    """EBML elements of unknown size inside one another."""
    return b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm" + b"\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff" + b"\x12\x54\xc3\x67\xff" * depth


def tiny_chunks(count: int) -> bytes:
    """A PNG of so many texts of one letter."""
    return HEAD + text_chunk("tEXt", "k", b"v") * count + PIXEL + IEND


def giant(width: int, height: int, colour: int, interlaced: int = 0) -> bytes:
    """A PNG whose header claims a huge picture; its data end soon."""
    ihdr = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, interlaced)
    return PNG_MAGIC + chunk(b"IHDR", ihdr) + chunk(b"IDAT", bomb(30)) + IEND


def entities() -> bytes:
    """XMP whose entities double: a billion laughs."""
    declared = b"".join(b'<!ENTITY l%d "&l%d;&l%d;">' % (n, n - 1, n - 1) for n in range(1, 40))
    packet = b'<!DOCTYPE x [<!ENTITY l0 "ha">' + declared + b"]>" + PACKET % (ABOUT % b"<dc:title>&l39;</dc:title>")
    return HEAD + text_chunk("iTXt", "XML:com.adobe.xmp", packet) + PIXEL + IEND


def packet(body: bytes) -> bytes:
    """A PNG with an XMP packet."""
    return HEAD + text_chunk("iTXt", "XML:com.adobe.xmp", PACKET % body) + PIXEL + IEND


def jpeg_with(*segments: bytes) -> bytes:
    return b"\xff\xd8" + b"".join(segments) + b"\xff\xda\x00\x02\x00\xff\xd9"


def segment(marker: int, body: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body


def zip_bomb(name: str = "mimetype") -> bytes:
    """A KRA whose members inflate to hundreds of megabytes."""
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(name, b"application/x-krita")
        for member in ("documentinfo.xml", "maindoc.xml", "x/annotations/ai_diffusion/ui.json", "y/annotations/ai_diffusion/ui.json"):
            made.writestr(member, b"\0" * 120_000_000)
    return out.getvalue()


def riff(kind: bytes, *parts: tuple[bytes, bytes]) -> bytes:
    body = kind + b"".join(name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2) for name, data in parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def id3(count: int) -> bytes:
    """An MP3 of so many TXXX frames."""
    frames = b"".join(b"TXXX" + struct.pack(">I", 12) + b"\0\0" + b"\x03prompt\0x..." for _ in range(count))
    n = len(frames)
    return b"ID3\x04\0\0" + bytes([n >> 21 & 127, n >> 14 & 127, n >> 7 & 127, n & 127]) + frames + b"\xff\xfb\x90\0" * 10


CASES: dict[str, Callable[[], bytes]] = {
    **{
        f"45 MB of {name} {where} under {key}".replace("  ", " "): lambda key=key, piece=piece, lead=lead: filled(key, piece, lead)  # type: ignore[misc]
        for key in ("parameters", "prompt", "workflow")
        for name, piece in TEXTS.items()
        for where, lead in LEADS.items()
        if where or key == "parameters"
    },
    **{
        f"45 MB of {name} as XMP": lambda piece=piece: packet(piece * (MANY // len(piece)))  # type: ignore[misc]
        for name, piece in {**TEXTS, "elements": b"<rdf:li>", "closed": b"<dc:a/>", "attributes": b' a="b"', "numbers": b"&#65;"}.items()
    },
    "XMP of a million properties": lambda: packet(ABOUT % (b"<dc:title>x</dc:title>" * 1_000_000)),
    "XMP a thousand deep": lambda: packet(b"<rdf:Description>" * 1_000 + b"</rdf:Description>" * 1_000),
    "XMP of entities": entities,
    **{f"{kind} a thousand deep": lambda kind=kind: boxes(1_000, kind) for kind in (b"moov", b"udta", b"meta", b"ilst", b"uuid")},  # type: ignore[misc]
    "moov a hundred thousand deep": lambda: boxes(100_000),
    "AVIF meta a thousand deep": lambda: boxes(1_000, b"meta", file_type=b"avif"),
    "five million empty boxes": lambda: boxes(0) + struct.pack(">I", 8 * 5_000_001) + b"moov" + b"\0\0\0\x08free" * 5_000_000,
    "JUMBF a thousand deep": lambda: jumbf(1_000),
    "JUMBF ten thousand deep": lambda: jumbf(10_000),
    "Matroska tags a million deep": lambda: matroska(1_000_000),
    "a million texts": lambda: tiny_chunks(1_000_000),
    "zTXt bomb": lambda: HEAD + chunk(b"zTXt", b"parameters\0\0" + bomb(300)) + PIXEL + IEND,
    "a hundred zTXt bombs": lambda: HEAD + chunk(b"zTXt", b"parameters\0\0" + bomb(300)) * 60 + PIXEL + IEND,
    "zTXt that gives 60 MB of infotext": lambda: HEAD + text_chunk(
        "zTXt", "parameters", b"boat, " * 10_000_000 + b"\nSteps: 20, Sampler: Euler, Seed: 7") + PIXEL + IEND,
    "stealth over a giant RGBA picture": lambda: giant(50_000, 50_000, 6),
    "stealth over a giant RGB picture": lambda: giant(50_000, 50_000, 2),
    "a picture of 2^31 columns": lambda: giant(2**31 - 1, 1, 6),
    "a giant interlaced picture": lambda: giant(60_000, 60_000, 6, 1),
    "EXIF of 8 MB commas": lambda: HEAD + chunk(b"eXIf", exif_block({"UserComment": b"UNICODE\0" + b"\0," * 4_000_000})) + PIXEL + IEND,
    "JPEG of 700 comments": lambda: jpeg_with(*[segment(0xFE, b"," * 65_000)] * 690),
    "JPEG of 700 EXIF blocks": lambda: jpeg_with(*[segment(0xE1, b"Exif\0\0MM\0*\0\0\0\x08" + b"\xff" * 64_000)] * 690),
    "JPEG of 700 XMP packets": lambda: jpeg_with(*[segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + b"<a>" * 21_000)] * 690),
    "JPEG of 700 Photoshop blocks": lambda: jpeg_with(*[segment(0xED, b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0\0\0\0\0" * 5_000)] * 690),
    "JPEG of a million markers": lambda: jpeg_with(*[b"\xff\xe5\x00\x02"] * 1_000_000),
    "GIF of a million comments": lambda: b"GIF89a\1\0\1\0\0\0\0" + b"\x21\xfe\x01x\0" * 1_000_000 + b";",
    "GIF of a comment of 40 MB": lambda: b"GIF89a\1\0\1\0\0\0\0\x21\xfe" + (b"\xff" + b"," * 255) * 160_000 + b"\0;",
    "SVG of 45 MB of elements": lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><metadata>' + b"<a>" * 15_000_000 + b"</metadata></svg>",
    "SVG of 45 MB in CDATA": lambda: b"<svg><metadata><![CDATA[" + b"]]" * 22_000_000 + b"]]></metadata></svg>",
    "SVG of a million metadata": lambda: b'<svg xmlns="http://www.w3.org/2000/svg">' + b"<metadata>" * 4_000_000 + b"</svg>",
    "TIFF of a directory loop": lambda: b"II*\0\x08\0\0\0" + b"\x01\0\x00\x01\x04\0\1\0\0\0\0\0\0\0\x08\0\0\0",
    "PSD of a million resources": lambda: b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, 1, 1, 8, 3) + struct.pack(">I", 0)
    + struct.pack(">I", 12_000_000) + b"8BIM\x04\x24\0\0\0\0\0\0" * 1_000_000,
    "JXL of a million boxes": lambda: b"\0\0\0\x0cJXL \r\n\x87\n" + b"\0\0\0\x08xml " * 1_000_000,
    "WebP of a million chunks": lambda: riff(b"WEBP", *[(b"XMP ", b"<a>")] * 1_000_000),
    "WAV of a million notes": lambda: riff(b"WAVE", (b"LIST", b"INFO" + b"ICMT\x02\0\0\0x\0" * 1_000_000)),
    "MP3 of a million frames": lambda: id3(1_000_000),
    "FLAC of a million comments": lambda: b"fLaC\x84" + (14_000_008).to_bytes(3, "big") + struct.pack("<II", 0, 1_000_000)
    + (struct.pack("<I", 10) + b"prompt=abc") * 1_000_000,
    "Ogg of a million pages": lambda: (b"OggS\0\2" + bytes(20) + b"\x01\x08OpusHead") * 1_000_000,
    "safetensors of 45 MB of keys": lambda: struct.pack("<Q", MANY) + (b'{"__metadata__":{' + b'"a":"b",' * (MANY // 8))[:MANY],
    "safetensors a thousand deep": lambda: struct.pack("<Q", 6_000) + (b'{"a":' * 1_000 + b"1" + b"}" * 1_000).ljust(6_000),
    "KRA that bursts": zip_bomb,
    "text of 45 MB of commas": lambda: b"Steps: 20, Seed: 7, " + b"," * MANY,
    "JSON of 45 MB of lists": lambda: b'{"nodes": ' + b"[" * MANY,
}


@dataclass(frozen=True)
class Cost:
    """What reading one file cost a process of its own. exit_code: of `prov read`; said: what it wrote to standard error."""

    exit_code: int
    cpu: float
    peak_mb: float
    size_mb: float
    said: str
    answered: int


def read_apart(build: Callable[[], bytes], *arguments: str, name: str = "hostile.png", cpu_limit: int = 60) -> Cost:
    """Make the file and run `prov read` over it, in a child process that can neither hang nor take this one along.

    peak_mb: by which the process grew, at its largest. A crash of the child is an exit code below zero.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        made = os.fork()
        if made == 0:
            _leave(lambda: path.write_bytes(build()) and 0)
        assert os.waitpid(made, 0)[1] == 0, "the file could not be made"
        told = Path(folder) / "told.json"
        child = os.fork()
        if child == 0:
            _leave(lambda: _read(path, told, arguments, cpu_limit))
        status = os.waitpid(child, 0)[1]
        if not told.exists():
            return Cost(-os.WTERMSIG(status) if os.WIFSIGNALED(status) else 99, float(cpu_limit), 0.0, 0.0, "the process died", 0)
        return Cost(**json.loads(told.read_text()), size_mb=path.stat().st_size / 1e6)


def _leave(work: Callable[[], object]) -> None:
    """Do the work and end this child at once: nothing of the parent (its tests, its exit handlers) may run here."""
    code = 98
    try:
        work()
        code = 0
    finally:
        os._exit(code)


def _read(path: Path, told: Path, arguments: tuple[str, ...], cpu_limit: int) -> None:
    from provenance.cli.app import run
    from provenance.cli.read import record  # noqa: F401 - what it imports is not the file's cost

    resource.setrlimit(resource.RLIMIT_CPU, (cpu_limit, cpu_limit + 1))
    error = io.StringIO()
    before, begun = _peak(), resource.getrusage(resource.RUSAGE_SELF)
    with (
        told.with_name("answer").open("w", encoding="utf-8") as answer,
        contextlib.redirect_stdout(answer),
        contextlib.redirect_stderr(error),
    ):
        code = run(["read", str(path), *arguments])
        answered = answer.tell()
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - begun.ru_utime - begun.ru_stime
    said = error.getvalue()[-2_000:]
    told.write_text(json.dumps({"exit_code": code, "cpu": cpu, "peak_mb": _peak() - before, "said": said, "answered": answered}))


def _peak() -> float:
    """This process's peak in MB (a child's own: Linux keeps the parent's in ru_maxrss)."""
    with contextlib.suppress(OSError, StopIteration):
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM:")).split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def keys() -> Iterator[str]:
    """Every key that a reader or a labeller looks into."""
    from provenance.readers import LABELS, READERS

    yield from sorted({key for module in (*READERS, *LABELS) for key in module.KEYS})


def a_picture(*rows: tuple[str, str, str]) -> bytes:
    """A small sound PNG with these texts, for flips and cuts."""
    return png(list(rows))
