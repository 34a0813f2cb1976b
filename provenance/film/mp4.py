"""An MP4 by ffmpeg, which the extra `film` brings along (imageio-ffmpeg). H.264, yuv420p, playable from its first byte on."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import IO, TYPE_CHECKING

from provenance.errors import Unavailable

if TYPE_CHECKING:
    from PIL.Image import Image

RATE = 5  # pictures a second: a card stays for a multiple of 200 ms
PATIENCE = 600.0  # seconds for the encoder to end when it has everything
_FLAGS = (
    "-c:v", "libx264", "-preset", "medium", "-crf", "20", "-tune", "stillimage", "-pix_fmt", "yuv420p", "-g", "50", "-threads", "1",
    "-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-movflags", "+faststart", "-f", "mp4",
)  # fmt: skip


def encoder() -> str:
    """Where ffmpeg is. Raises Unavailable `film.no-encoder` where the extra is not installed."""
    try:
        import imageio_ffmpeg

        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError, OSError) as error:
        raise Unavailable("film.no-encoder") from error


def write(path: Path, frames: Iterable[tuple[Image, int]], size: tuple[int, int]) -> int:
    """Write a film.

    Args:
        path: the file to make. frames: RGB pictures of `size` (even numbers) and how many ms each stays; told to the encoder one at a time.
    Returns:
        The number of different frames.
    Raises:
        Unavailable: `film.no-encoder`, `film.encoder`.
    """
    source = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{size[0]}x{size[1]}", "-r", str(RATE), "-i", "-")
    command = [encoder(), "-hide_banner", "-loglevel", "error", "-nostdin", "-y", *source, *_FLAGS, str(path)]
    count = 0
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None and process.stderr is not None
        try:
            count = _feed(process.stdin, frames)
            process.stdin.close()
            why = process.stderr.read(4096).decode("utf-8", "replace")
            code = process.wait(PATIENCE)
        except OSError as error:
            process.kill()
            with contextlib.suppress(OSError):  # what is still buffered can go nowhere
                process.stdin.close()
            raise Unavailable("film.encoder", why=error.strerror or "") from error
        except BaseException:
            process.kill()
            raise
    if code:
        raise Unavailable("film.encoder", why=(why.strip().splitlines() or [str(code)])[-1])
    return count


def _feed(pipe: IO[bytes], frames: Iterable[tuple[Image, int]]) -> int:
    """Each frame as often as its time wants, rounded over the whole film, so that errors do not add up."""
    count = told = 0
    elapsed = 0
    for picture, ms in frames:
        elapsed += ms
        raw = picture.tobytes()
        times = max(1, elapsed * RATE // 1000 - told)
        for _ in range(times):
            pipe.write(raw)
        told += times
        count += 1
    return count
