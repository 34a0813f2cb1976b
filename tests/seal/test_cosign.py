"""Cosignatures: those of public witnesses open, ours look the same, everything bent is refused."""

from __future__ import annotations

import base64
import hashlib

import pytest

from provenance.errors import BadInput
from provenance.seal import cosign, keys, note, snapshot

# A checkpoint of a public certificate log with the lines of four public witnesses, as published on 2026-05-23, and the witnesses' published
# keys. The log's own first line is no Ed25519 signature; nothing here needs it.
CHECKPOINT = """arche2025h1.staging.ct.transparency.dev
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

— arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=
— arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
— transparency.dev/DEV:witness-little-garden 2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==
— witness1.smartit.nu/witness1 pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==
— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==
— witness.stagemole.eu Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2TUFucgKi7lI7cUiOvKFYe/TmN9DAg==
"""  # noqa: E501
PUBLIC = (
    "transparency.dev/DEV:witness-little-garden+d8042a87+BCtusOxINQNUTN5Oj8HObRkh2yHf/MwYaGX4CPdiVEPM",
    "witness1.smartit.nu/witness1+a48c820f+BPSFWg9G6KPiO7QPryYO5Xq4oYJJ+kAvLKLSimDhoxMO",
    "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
    "witness.stagemole.eu+67f7aea0+BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv",
)
TEXT = "prov.local/test\n12\nU7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n"
WITNESS = keys.Signer.of_seed("witness.example/w1", bytes(range(32)))
MINE = cosign.witness(WITNESS.name, WITNESS.public)


@pytest.mark.parametrize("vkey", PUBLIC)
def test_public_witnesses_lines_open(vkey: str) -> None:
    by = cosign.parse_vkey(vkey)
    said = cosign.cosigned(CHECKPOINT.encode(), by)
    assert by.vkey == vkey and said.time == 1779573024 and said.head.size == 1432088532
    assert said.line in CHECKPOINT and cosign.joined(CHECKPOINT.encode(), [said.line]) == CHECKPOINT.encode()
    for change in (("1432088532", "1432088531"), ("U7WM", "U7WN"), ("arche2025h1", "arche2025h2")):
        with pytest.raises(BadInput) as caught:
            cosign.cosigned(CHECKPOINT.replace(*change).encode(), by)
        assert caught.value.key == "seal.bad-signature"


def signed(time: int = 1_700_000_000) -> bytes:
    log = keys.Signer.of_seed("prov.local/test", bytes(32))
    return cosign.joined(note.sign(TEXT, [log]), [cosign.sign(TEXT, WITNESS, time)])


def test_ours_is_read_back_and_is_no_signature_of_a_log() -> None:
    said = cosign.cosigned(signed(), MINE)
    assert (said.time, said.head) == (1_700_000_000, snapshot.parse(TEXT)) and cosign.parse_vkey(MINE.vkey) == MINE
    raw = base64.b64decode(said.line.split(" ")[2])
    assert raw[:4] == hashlib.sha256(b"witness.example/w1\n\x04" + WITNESS.public).digest()[:4] and len(raw) == 76
    with pytest.raises(BadInput) as caught:
        note.open_note(signed(), [note.verifier(WITNESS.name, WITNESS.public)])
    assert caught.value.key == "seal.unsigned"
    plain = note.sign(TEXT, [WITNESS])
    with pytest.raises(BadInput) as caught:
        cosign.cosigned(plain, MINE)
    assert caught.value.key == "witness.unsigned"


def test_no_byte_of_a_line_can_change() -> None:
    said = cosign.cosigned(signed(), MINE)
    raw = base64.b64decode(said.line.split(" ")[2])
    for at in range(len(raw)):
        bent = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
        with pytest.raises(BadInput):
            cosign.cosigned(signed().replace(base64.b64encode(raw), base64.b64encode(bent)), MINE)
    for bent in (raw[:-1], raw + b"\0", raw[:12]):
        with pytest.raises(BadInput):
            cosign.cosigned(signed().replace(base64.b64encode(raw), base64.b64encode(bent)), MINE)


def test_of_two_lines_the_later_counts_and_a_false_one_spoils_both() -> None:
    both = cosign.joined(signed(1_700_000_000), [cosign.sign(TEXT, WITNESS, 1_700_000_100)])
    assert cosign.cosigned(both, MINE).time == 1_700_000_100
    other = keys.Signer.of_seed(WITNESS.name, bytes([7]) * 32)
    line = cosign.sign(TEXT, other, 1_700_000_200).split(" ")
    false = f"— {WITNESS.name} " + base64.b64encode(MINE.key_id + base64.b64decode(line[2])[4:]).decode() + "\n"
    with pytest.raises(BadInput):
        cosign.cosigned(cosign.joined(both, [false]), MINE)
    assert cosign.cosigned(cosign.joined(both, [" ".join(line)]), MINE).time == 1_700_000_100, "a namesake"


def test_keys_of_another_kind_and_weak_ones_are_refused() -> None:
    for vkey in (
        "TEST+7997405c+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6",  # an Ed25519 note key, type 1
        PUBLIC[2].replace("da77", "da78"), PUBLIC[2].replace("remora", "remora2"), PUBLIC[2][:-1], "", "a+b", "a+00000000+BA==",
        "w+" + note.key_id("w", bytes(32), b"\4").hex() + "+" + base64.b64encode(b"\4" + bytes(32)).decode(),
    ):  # fmt: skip
        with pytest.raises(BadInput) as caught:
            cosign.parse_vkey(vkey)
        assert caught.value.key in ("seal.bad-key", "seal.weak-key")
    with pytest.raises(BadInput):
        note.parse_vkey(PUBLIC[2])


@pytest.mark.parametrize("time", [-1, 2**62, 253_402_300_800])
def test_times_that_nobody_means_are_refused(time: int) -> None:
    with pytest.raises(BadInput):
        cosign.sign(TEXT, WITNESS, time)


def test_only_a_head_is_cosigned() -> None:
    for text in ("free text\n", TEXT + "extension\n", TEXT[:-1], ""):
        with pytest.raises(BadInput):
            cosign.sign(text, WITNESS, 1)
