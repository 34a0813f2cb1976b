"""What an X.509 certificate (RFC 5280 4.1) says of its holder, read from its DER (ITU-T X.690) and not checked.

A general library parses keys, extensions and signatures too, and refuses the whole for a fault in any of them. Here six fields are read,
so that a certificate that breaks a rule elsewhere still tells whose it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from types import MappingProxyType

from provenance.carriers.text import decode

_SEQUENCE, _SET, _INTEGER, _OID, _VERSION = 0x30, 0x31, 0x02, 0x06, 0xA0
_COMMON_NAME, _ORGANISATION = b"\x55\x04\x03", b"\x55\x04\x0a"  # 2.5.4.3 and 2.5.4.10
_WIDE = MappingProxyType({0x1E: "utf-16-be", 0x1C: "utf-32-be"})  # BMPString, UniversalString
_UTC_TIME, _GENERALIZED_TIME = 0x17, 0x18
_TEXTS = frozenset((0x0C, 0x12, 0x13, 0x14, 0x16, 0x1A, *_WIDE))
_SERIAL = 64  # bytes; the standard allows 20


def certificate(der: bytes) -> dict[str, str]:
    """organisation, common_name, issued_by (the issuer's organisation, else its common name), serial, valid_from, valid_until.

    Args:
        der: one certificate.
    Returns:
        What there is of it: the serial number as decimal text, times in RFC 3339 UTC.
    Raises:
        ValueError: the bytes are no certificate.
    """
    tag, start, end = _inside(der, 0, len(der))
    signed, start, end = _inside(der, start, end)
    parts = list(islice(_parts(der, start, end), 6)) if tag == signed == _SEQUENCE else []
    if parts and parts[0][0] == _VERSION:
        del parts[0]
    if [part[0] for part in parts[:5]] != [_INTEGER, _SEQUENCE, _SEQUENCE, _SEQUENCE, _SEQUENCE]:
        raise ValueError("no certificate")
    (_, first, last), _, issuer, (_, since, until), subject = parts[:5]
    issued, holder = _names(der, *issuer[1:]), _names(der, *subject[1:])
    times = [_time(tag, der[at:stop]) for tag, at, stop in islice(_parts(der, since, until), 2)] + ["", ""]
    found = {
        "organisation": holder.get(_ORGANISATION, ""),
        "common_name": holder.get(_COMMON_NAME, ""),
        "issued_by": issued.get(_ORGANISATION) or issued.get(_COMMON_NAME, ""),
        "serial": str(int.from_bytes(der[first:last], "big", signed=True)) if 0 < last - first <= _SERIAL else "",
        "valid_from": times[0],
        "valid_until": times[1],
    }
    return {name: value for name, value in found.items() if value}


def _inside(der: bytes, at: int, end: int) -> tuple[int, int, int]:
    """(tag, start, end) of the value at an offset. Raises ValueError where it does not lie before `end`."""
    if at + 2 > end:
        raise ValueError("der: cut")
    start, length = at + 2, der[at + 1]
    if length >= 0x80:
        width = length & 0x7F
        start += width
        length = int.from_bytes(der[at + 2 : start], "big") if 0 < width <= 4 else end + 1
    after = start + length
    if after > end:
        raise ValueError("der: cut")
    return der[at], start, after


def _parts(der: bytes, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    while at < end:
        part = _inside(der, at, end)
        yield part
        at = part[2]


def _names(der: bytes, at: int, end: int) -> dict[bytes, str]:
    """The attributes of a name by their object identifier, the first of equal ones."""
    found: dict[bytes, str] = {}
    while at < end:
        kind, inner, at = _inside(der, at, end)
        while inner < at and kind == _SET:
            pair, first, inner = _inside(der, inner, at)
            if pair == _SEQUENCE and first < inner:
                key, start, stop = _inside(der, first, inner)
                form, begin, finish = _inside(der, stop, inner)
                if key == _OID and form in _TEXTS and (oid := der[start:stop]) not in found:
                    raw = der[begin:finish]
                    found[oid] = raw.decode(_WIDE[form], "replace") if form in _WIDE else decode(raw)
    return found


def _time(tag: int, raw: bytes) -> str:
    """As RFC 5280 4.1.2.5 has it: to the second, in UTC; years of two digits are 1950 to 2049. "" for anything else."""
    digits = raw[:-1].decode("latin-1")
    if tag == _UTC_TIME:
        digits = ("19" if digits[:2] >= "50" else "20") + digits
    elif tag != _GENERALIZED_TIME:
        return ""
    if raw[-1:] != b"Z" or len(digits) != 14 or not (digits.isascii() and digits.isdigit()):
        return ""
    month, day, hour, minute, second = (int(digits[at : at + 2]) for at in range(4, 14, 2))
    try:
        return datetime(int(digits[:4]), month, day, hour, minute, second, tzinfo=UTC).isoformat()
    except ValueError:
        return ""
