"""The recorder's side of the helper process: started when there is work, killed when it hangs, ended when it is idle."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from provenance.daemon.pixel_work import receive, send
from provenance.errors import Unavailable

LOWEST = 19
MOST_SECONDS = 120.0
START_SECONDS = 120.0


class Died(Exception):
    """The helper ended in the middle of a request. why: "decoder died" or "too long"."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Helper:
    """One child process at most. One thread asks.

    Args:
        home: the home's folder. seconds: after which a request is given up and the process killed. nice: of the process, 19 yields most.
    """

    def __init__(self, home: Path, seconds: float = MOST_SECONDS, nice: int = LOWEST) -> None:
        self._home, self._nice, self.seconds = home, nice, seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._ending = threading.Lock()

    @property
    def pid(self) -> int | None:
        """Of the process, while there is one."""
        return self._process.pid if self._process is not None else None

    def ask(self, **asked: Any) -> tuple[dict[str, Any], bytes]:
        """Hand over one request and wait for its answer.

        Raises:
            Died: it was lost with the process. Unavailable: `pixels.no-helper`, the process cannot be started at all.
        """
        if self._process is None:
            self._start()
        return self._exchange(asked, self.seconds)

    def _start(self) -> None:
        command = [sys.executable, "-m", "provenance.daemon.pixel_work", str(self._home), str(self._nice)]
        flags = 0x08000000 | 0x00004000 if sys.platform == "win32" else 0  # no window, below normal
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, creationflags=flags
            )
            self._exchange(None, START_SECONDS)
        except (OSError, Died) as error:
            raise Unavailable("pixels.no-helper", why=str(error)) from error

    def _exchange(self, asked: dict[str, Any] | None, seconds: float) -> tuple[dict[str, Any], bytes]:
        process = self._process
        assert process is not None and process.stdin is not None and process.stdout is not None
        late = threading.Event()

        def give_up() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(seconds, give_up)
        timer.daemon = True
        timer.start()
        try:
            if asked is not None:
                send(process.stdin, asked)  # type: ignore[arg-type]
            answer = receive(process.stdout)  # type: ignore[arg-type]
        except (OSError, ValueError):
            answer = None
        finally:
            timer.cancel()
        if answer is None:
            self.kill()
            raise Died("too long" if late.is_set() else "decoder died")
        return answer

    def kill(self) -> None:
        """End the process at once; safe from another thread, whose request is then lost."""
        with self._ending:
            process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()
        process.wait()

    def end(self) -> None:
        """Let the process end by itself: nothing is asked of it now."""
        process = self._process
        if process is None or process.stdin is None:
            return
        with contextlib.suppress(OSError):
            process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)
        self.kill()
