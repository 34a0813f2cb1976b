"""heads.log and signing: a head once signed binds; crashes do not."""

from __future__ import annotations

import base64
import errno
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from provenance.errors import Damaged, Unavailable
from provenance.seal import heads, keys, snapshot
from provenance.seal.signing import sign_head


def test_heads_come_back_in_order(signer: keys.Signer, log: Path, leaves: Any) -> None:
    assert heads.read(log, [signer.verifier]) == heads.Heads(missing=True)
    notes = []
    for count in (3, 1, 4):
        leaves.grow(count)
        notes.append(sign_head(leaves.size, leaves.root_at, signer, log).note)
    found = heads.read(log, [signer.verifier])
    assert [one.size for one, _ in found.signed] == [3, 4, 8]
    assert [signed for _, signed in found.signed] == notes
    assert (found.torn, found.missing) == (False, False)
    assert log.read_bytes() == b"".join(base64.b64encode(signed) + b"\n" for signed in notes)
    assert os.name != "posix" or stat.S_IMODE(log.stat().st_mode) == 0o600


def test_the_same_head_again_is_the_same_note_and_one_line(signer: keys.Signer, log: Path, leaves: Any) -> None:
    leaves.grow(3)
    assert sign_head(3, leaves.root_at, signer, log) == sign_head(3, leaves.root_at, signer, log)
    assert log.read_bytes().count(b"\n") == 1


def test_every_cut_of_the_last_line_is_tolerated_said_and_gone_after_the_next(signer: keys.Signer, log: Path, leaves: Any) -> None:
    leaves.grow(2)
    sign_head(2, leaves.root_at, signer, log)
    first = log.read_bytes()
    leaves.grow(2)
    sign_head(4, leaves.root_at, signer, log)
    whole = log.read_bytes()
    for cut in range(len(first), len(whole)):
        log.write_bytes(whole[:cut])
        found = heads.read(log, [signer.verifier])
        assert ([one.size for one, _ in found.signed], found.torn) == ([2], cut > len(first))
        sign_head(4, leaves.root_at, signer, log)
        assert log.read_bytes() == whole
    log.write_bytes(whole[:7])
    heads.append(log, b"x")
    assert log.read_bytes() == base64.b64encode(b"x") + b"\n"


@pytest.mark.parametrize("damage", [
    lambda data: data.replace(b"\n", b"\n\n", 1), lambda data: b"!" + data, lambda data: data[1:], lambda data: data.replace(b"\n", b" \n"),
    lambda data: data.lower(), lambda data: data[:40] + b"\n" + data[40:], lambda data: b"\xff\n" + data,
])
def test_anything_else_is_damage(signer: keys.Signer, log: Path, leaves: Any, damage) -> None:
    leaves.grow(2)
    sign_head(2, leaves.root_at, signer, log)
    log.write_bytes(damage(log.read_bytes()))
    for use in (lambda: heads.read(log, [signer.verifier]), lambda: sign_head(2, leaves.root_at, signer, log)):
        with pytest.raises(Damaged) as caught:
            use()
        assert caught.value.key == "heads.damaged"


def test_a_stranger_s_head_is_damage_and_a_former_key_s_is_not(signer: keys.Signer, log: Path, leaves: Any, tmp_path: Path) -> None:
    leaves.grow(2)
    former = keys.create(tmp_path / "former", signer.name)
    sign_head(2, leaves.root_at, former, log)
    with pytest.raises(Damaged):
        sign_head(2, leaves.root_at, signer, log)
    leaves.grow(1)
    assert sign_head(3, leaves.root_at, signer, log, former=[former.verifier]).snapshot.size == 3


def test_a_shorter_ledger_is_named_and_not_signed(signer: keys.Signer, log: Path, leaves: Any) -> None:
    leaves.grow(5)
    sign_head(5, leaves.root_at, signer, log)
    del leaves.leaves[4:]
    before = log.read_bytes()
    with pytest.raises(Damaged) as caught:
        sign_head(4, leaves.root_at, signer, log)
    assert (caught.value.key, caught.value.params["code"], caught.value.params["size"]) == ("heads.inconsistent", "H001", 5)
    assert log.read_bytes() == before


def test_a_rewritten_ledger_is_named_and_not_signed(signer: keys.Signer, log: Path, leaves: Any) -> None:
    leaves.grow(5)
    sign_head(2, leaves.root_at, signer, log)
    sign_head(5, leaves.root_at, signer, log)
    leaves.leaves[3] = leaves.leaves[0]
    leaves.grow(4)
    with pytest.raises(Damaged) as caught:
        sign_head(9, leaves.root_at, signer, log)
    assert (caught.value.params["code"], caught.value.params["size"]) == ("H002", 5)
    found = heads.disagreements(heads.read(log, [signer.verifier]), leaves.size, leaves.root_at)
    assert [(one.code, one.size) for one in found] == [("H002", 5)], "the head before the change still fits"


@pytest.mark.parametrize("how", ["gone", "emptied", "last line gone"])
def test_a_list_that_was_taken_away_is_named_and_not_signed(signer: keys.Signer, log: Path, leaves: Any, how: str) -> None:
    leaves.grow(3)
    recorded = [sign_head(2, leaves.root_at, signer, log).note, sign_head(3, leaves.root_at, signer, log).note]
    if how == "gone":
        log.unlink()
    else:
        log.write_bytes(b"" if how == "emptied" else log.read_bytes().split(b"\n")[0] + b"\n")
    with pytest.raises(Damaged) as caught:
        sign_head(3, leaves.root_at, signer, log, recorded=recorded)
    assert caught.value.params["code"] == "H004"


@pytest.mark.parametrize("call", ["write", "fsync", "open"])
def test_a_head_that_could_not_be_kept_is_not_handed_out(
    signer: keys.Signer, log: Path, leaves: Any, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    leaves.grow(3)
    real = getattr(os, call)

    def fail(*arguments: Any) -> Any:
        if call == "open" and arguments[0] != log:
            return real(*arguments)
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, call, fail)
        with pytest.raises(Unavailable):
            sign_head(3, leaves.root_at, signer, log)
    assert sign_head(3, leaves.root_at, signer, log).snapshot.size == 3
    assert [one.size for one, _ in heads.read(log, [signer.verifier]).signed] == [3]


def test_a_short_write_is_no_head(signer: keys.Signer, log: Path, leaves: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    leaves.grow(3)
    real = os.write
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda handle, data: real(handle, data[:50]))
        with pytest.raises(Unavailable) as caught:
            sign_head(3, leaves.root_at, signer, log)
    assert caught.value.key == "heads.disk-full"
    assert heads.read(log, [signer.verifier]).torn
    assert sign_head(3, leaves.root_at, signer, log).snapshot.size == 3


def test_the_line_is_synced_before_the_head_is_handed_out_and_the_folder_when_the_file_is_new(
    signer: keys.Signer, log: Path, leaves: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[bytes] = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (synced.append(log.read_bytes()), real(handle)))
    leaves.grow(3)
    first = base64.b64encode(sign_head(2, leaves.root_at, signer, log).note) + b"\n"
    second = base64.b64encode(sign_head(3, leaves.root_at, signer, log).note) + b"\n"
    assert synced == [first, first, first + second]


def test_a_head_is_a_checkpoint_that_anybody_opens(signer: keys.Signer, log: Path, leaves: Any) -> None:
    leaves.grow(6)
    signed = sign_head(6, leaves.root_at, signer, log)
    assert snapshot.open_snapshot(signed.note, signer.verifier) == signed.snapshot
    assert signed.note.decode().split("\n")[:2] == [signer.name, "6"]
