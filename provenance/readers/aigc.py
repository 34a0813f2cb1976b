"""The label of China's standard GB 45438-2025 (Annex E): seven fields as JSON, in whatever place and however often it was escaped."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from provenance.errors import Unreadable
from provenance.readers.credentials import mapping
from provenance.readers.jsontext import loads, plain
from provenance.readers.reading import About, Texts
from provenance.readers.texts import Keyed, key_of, under

NAME = "AIGC label"
FIELDS = ("Label", "ContentProducer", "ProduceID", "ReservedCode1", "ContentPropagator", "PropagateID", "ReservedCode2")
KEYS = frozenset({"aigc", "xmp", "usercomment", "imagedescription", "comment", "com", "©cmt", "contentproducer"})
ABOUT = About(
    where="XMP TC260:AIGC (element, attribute, single fields), PNG AIGC and tEXt, EXIF UserComment, MP4 keys, Matroska, ID3, RIFF INFO",
    reads="the seven fields by their own names, as written; several labels, missing fields and characters outside Annex E are told",
    leaves="whether the producer's code is registered, and the signatures that some producers put into the reserved fields",
    source="GB 45438-2025 Annex E; TC260-PG-20257A",
    tried="real and own files",
)
_PLAIN_KEYS = frozenset({"aigc"})
_TEXT_KEYS = KEYS - {"xmp", "contentproducer"}
_LOOSE = re.compile(r"""TC260:AIGC(?:>([^<]{2,9999})<|\s?=\s?"([^"]{2,9999})"|\s?=\s?'([^']{2,9999})')""")
_SINGLE = "xmp:TC260:"
_FIELD_KEYS = frozenset({"aigc", *(name.lower() for name in FIELDS)})
_MAX = 262_144
_ALLOWED = frozenset(map(chr, range(0x21, 0x7F))) - {'"', "\\"}
"""Annex E j): 0x21, 0x23 to 0x5B, 0x5D to 0x7E."""
_ESCAPES = 4  # a JSON string in a JSON string in an XML attribute


def label(texts: Texts) -> Mapping[str, Any]:
    """`aigc` with the fields of the first label, and warnings: `several aigc labels`, `aigc missing FIELD`, `aigc characters FIELD`,
    `aigc null FIELD`. What a label holds beside the seven fields goes to `rest`."""
    found = labels(texts)
    if not found:
        return {}
    first, warnings = found[0], list[str]()
    if len(found) > 1:
        warnings.append(f"several aigc labels {len(found)}")
    fields: dict[str, str] = {}
    for name in FIELDS:
        if name not in first:
            warnings.append(f"aigc missing {name}")
        elif first[name] is None:
            warnings.append(f"aigc null {name}")
        else:
            fields[name] = _text(first[name])
            if not _ALLOWED.issuperset(fields[name]):
                warnings.append(f"aigc characters {name}")
    others = {key: value for key, value in first.items() if key not in FIELDS}
    rest: dict[str, Any] = {"aigc_other": plain(others)} if others else {}
    if any(one != first for one in found[1:]):
        rest["aigc_labels"] = [plain(dict(one)) for one in found[1:9]]
    return {"aigc": fields, "warnings": tuple(warnings), "rest": rest}


def labels(texts: Texts) -> Sequence[Mapping[str, Any]]:
    """Every label of the file, in its order, whatever it sits in."""
    if not isinstance(texts, Keyed):
        return list(_labels(texts))
    if NAME not in texts.understood:
        texts.understood[NAME] = list(_labels(texts))
    found: list[Mapping[str, Any]] = texts.understood[NAME]
    return found


def _labels(texts: Texts) -> Iterator[Mapping[str, Any]]:
    packets = under(texts, ("xmp",))
    if packets or under(texts, _FIELD_KEYS):
        single = {name.removeprefix(_SINGLE): text for name, text in texts if name.startswith(_SINGLE)}
        if "AIGC" not in single and _is_label(single):
            yield single
        elif "AIGC" not in single:
            yield from (found for name, text in packets if name == "xmp" and (found := _read(_loose(text))))
    for name, text in under(texts, _TEXT_KEYS):
        if len(text) < _MAX and ("AIGC" in text or key_of(name) in _PLAIN_KEYS) and (found := _read(text)):
            yield found


def _loose(packet: str) -> str:
    """The label in a packet that is no XML: some writers declare another prefix than they use. "" where there is none."""
    at = packet.find("TC260:AIGC")
    match = _LOOSE.match(packet, at) if at >= 0 else None
    return next((part for part in match.groups() if part), "") if match else ""


def _read(text: str) -> Mapping[str, Any]:
    """The label in a text: JSON, JSON in a string, with entities, with backslashes left over, or glued to the word AIGC."""
    value: Any = text.strip("\ufeff\0 \t\r\n").removeprefix("AIGC").lstrip(" :=")
    for _ in range(_ESCAPES):
        if isinstance(value, str):
            value = _loaded(value)
        elif isinstance(value, dict) and "AIGC" in value:
            value = value["AIGC"]
        else:
            break
    found = {key.rpartition(":")[2]: item for key, item in mapping(value).items()}
    return found if _is_label(found) else {}


def _loaded(text: str) -> Any:
    for form in (text, html.unescape(text) if "&" in text else "", f'"{text}"' if '\\"' in text else ""):
        if form[:1] in ("{", '"'):
            try:
                return loads(form)
            except Unreadable:
                continue
    return None


def _is_label(found: Mapping[str, Any]) -> bool:
    """Two of the seven fields, one of them more than `Label`, which is anybody's word."""
    there = [name for name in FIELDS if name in found and isinstance(found[name], str | int | None)]
    return len(there) >= 2


def _text(value: Any) -> str:
    return value if isinstance(value, str) else str(plain(value))
