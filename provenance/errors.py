"""Every expected error: one small tree, a message key, a hint and an exit code.

The words are data (`data/messages/*.json`, zh and en). `key` names the message; `key.hint`, where it exists, says what to do.
Exit codes: 1 failed check, 2 bad input, 3 incomplete, 4 the machine refuses (disk, rights), 5 busy, 6 damaged ledger.
"""

from __future__ import annotations


class ProvError(Exception):
    """An error that a person can be told in one line.

    Args:
        key: the message's key in `data/messages`, e.g. `"home.missing"`.
        params: values for the message's placeholders; untrusted text is made visible when it is printed.
    """

    exit_code = 1

    def __init__(self, key: str, **params: object) -> None:
        super().__init__(key, params)
        self.key = key
        self.params = params

    def __str__(self) -> str:
        if not self.params:
            return self.key
        return f"{self.key}: " + ", ".join(f"{name}={value!s}" for name, value in self.params.items())


class Refused(ProvError):
    """A rule that the person or their team set does not let it pass."""

    exit_code = 1


class BadInput(ProvError):
    """What was handed in cannot be used: a file, an argument, a bundle."""

    exit_code = 2


class Incomplete(ProvError):
    """What was handed in may be good, but a part that is needed is not there."""

    exit_code = 3


class Unavailable(ProvError):
    """The machine refuses: no home, a full disk, no right to read or write, a missing library."""

    exit_code = 4


class Busy(ProvError):
    """Somebody else holds what is needed: a second recorder, a locked ledger."""

    exit_code = 5


class Damaged(ProvError):
    """The ledger, a key or heads.log is not what this program wrote. Nothing is repaired in silence."""

    exit_code = 6


class Unreadable(ProvError):
    """A carrier or a reader met bytes that it cannot make sense of. Never ends a recording: the file is kept by hash."""

    exit_code = 2
