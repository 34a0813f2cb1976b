"""One call of the system that fails, in a process of its own: an error, a full disk, or the end of the process; done or not done before."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

CALLS = ("fsync", "replace", "rename", "unlink", "link", "write", "open")
FAULTS = ("EIO", "ENOSPC", "killed")
DONE, TOLD, DEFECT, KILLED = "done", "told", "defect", "killed"


@dataclass(frozen=True)
class Fault:
    """The `nth` call of `call` fails so. applied: it was done before (a write: half of it)."""

    call: str
    nth: int
    how: str
    applied: bool

    def __str__(self) -> str:
        return f"{self.call}#{self.nth} {self.how} {'after' if self.applied else 'before'}"


class _Writes:
    """A file whose writes are counted and may fail."""

    def __init__(self, file: Any, meet: Callable[..., Any]) -> None:
        self._file, self._meet = file, meet

    def write(self, data: bytes) -> int:
        count: int = self._meet("write", self._file.write, data)
        return count

    def __enter__(self) -> _Writes:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


class _Machine:
    def __init__(self, fault: Fault | None) -> None:
        self.counts: Counter[str] = Counter()
        self.fault = fault

    def meet(self, call: str, real: Callable[..., Any], *arguments: Any, **more: Any) -> Any:
        self.counts[call] += 1
        fault = self.fault
        if fault is None or (call, self.counts[call]) != (fault.call, fault.nth):
            return real(*arguments, **more)
        if fault.applied:
            with contextlib.suppress(FileNotFoundError):  # an unlink of what need not be there
                if call == "write":  # half of the bytes
                    data = arguments[-1]
                    real(*arguments[:-1], data[: len(data) // 2])
                else:
                    real(*arguments, **more)
        if fault.how == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        number = getattr(errno, fault.how)
        raise OSError(number, os.strerror(number))

    def install(self) -> None:
        for call in CALLS:
            setattr(os, call, self._around(call, getattr(os, call)))
        opened = os.fdopen
        os.fdopen = lambda *a, **k: _Writes(opened(*a, **k), self.meet)  # type: ignore[assignment, misc]

    def _around(self, call: str, real: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *a, **k: self.meet(call, real, *a, **k)


def run(task: Callable[[], None], fault: Fault | None = None) -> tuple[str, dict[str, int]]:
    """Run a task in a child. Returns how it ended, and how often each call was made (empty where it was killed)."""
    from provenance.errors import ProvError

    read, write = os.pipe()
    child = os.fork()
    if not child:
        os.close(read)
        machine, said = _Machine(fault), DEFECT
        raw = os.write
        try:
            machine.install()
            task()
            said = DONE
        except ProvError:
            said = TOLD
        except BaseException as error:
            said = f"{DEFECT}: {type(error).__name__}: {error}"
        finally:
            raw(write, json.dumps([said, machine.counts]).encode())
            os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        data = pipe.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return KILLED, {}
    said, counts = json.loads(data)
    return said, counts


def every(counts: dict[str, int], *calls: str) -> Iterator[Fault]:
    """Every call of a run (or only these), with every fault, before and after.

    Of a call that is made more often than twice, the first and the last; all with PROV_ALL_FAULTS=1 (an hour).
    """
    for call in calls or CALLS:
        last = counts.get(call, 0)
        spread = {1, last}
        for nth in range(1, last + 1) if last <= len(spread) or os.environ.get("PROV_ALL_FAULTS") else sorted(spread):
            for how in FAULTS:
                for applied in (False, True):
                    yield Fault(call, nth, how, applied)
