"""What editors write of their work: xmpMM:History, document identifiers, the creator tool, GIMP, darktable, Lightroom. No generator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from provenance.errors import Unreadable
from provenance.readers.credentials import mapping
from provenance.readers.jsontext import loads, plain
from provenance.readers.reading import About, Edit, Texts
from provenance.readers.texts import key_of

NAME = "editors"
ABOUT = About(
    where="XMP (xmpMM, xmp, photoshop, crs, darktable, GIMP), EXIF Software, comments of PNG, JPEG, GIF",
    reads="steps of the history (action, time, program, what changed), document identifiers, ancestors, creator tool, raw settings (count)",
    leaves="what a step did to the pixels: no editor writes it there",
    source="XMP specification part 2; GIMP 2.10 and 3.0; darktable 4; Adobe Photoshop, Lightroom; Krita; Clip Studio Paint; Affinity",
    tried="real and own files",
)

_KEPT = MappingProxyType({
    "xmp:xmp:CreatorTool": "creator_tool",
    "xmp:xmpMM:DocumentID": "document_id",
    "xmp:xmpMM:OriginalDocumentID": "original_document_id",
    "xmp:xmpMM:InstanceID": "instance_id",
    "xmp:xmpMM:DerivedFrom": "derived_from",
    "xmp:photoshop:DocumentAncestors": "document_ancestors",
    "xmp:photoshop:History": "photoshop_history",
})  # fmt: skip
_GIMP, _CRS, _DARKTABLE = "xmp:GIMP:", "xmp:crs:", "xmp:darktable:"
KEYS = frozenset({*(key_of(name) for name in _KEPT), "history", "software", "comment", "com", "description", "imagedescription",
                  "api", "processversion", "hassettings", "auto_presets_applied", "history_modversion"})  # fmt: skip
_EDITORS = (
    "Adobe Photoshop", "Adobe Lightroom", "Adobe Illustrator", "GIMP", "Krita", "CLIP STUDIO PAINT", "Affinity", "darktable", "Paint.NET",
    "paint.net", "Pixelmator", "Capture One", "Snapseed", "Picsart", "Canva", "Photopea", "Procreate", "Inkscape", "RawTherapee",
)  # fmt: skip
_CREATED = "Created with "  # GIMP's comment, in the picture's own comment field
_NAMING = frozenset({"software", "comment", "com", "description", "imagedescription"})
_ENDINGS = tuple(_NAMING)
MAX_STEPS = 500


def label(texts: Texts) -> Mapping[str, Any]:
    """`edits` from the histories of XMP; identifiers, creator tool and the editor's name in `rest`."""
    rest: dict[str, Any] = {}
    edits: list[Edit] = []
    for name, text in texts:
        if name in _KEPT:
            rest.setdefault(_KEPT[name], _value(text))
        elif name in ("xmp:xmpMM:History", "xmp:darktable:history"):
            edits += _steps(name, text)
        elif (editor := _editor(name, text)) is not None:
            rest.setdefault("editor", editor)
        elif name.startswith(_GIMP):
            rest.setdefault("gimp", {})[name.removeprefix(_GIMP)] = text
    if settings := len([name for name, _ in texts if name.startswith(_CRS)]):
        rest["camera_raw_settings"] = settings
    found: dict[str, Any] = {"rest": rest} if rest else {}
    if len(edits) > MAX_STEPS:
        found["warnings"] = (f"edits {len(edits)}",)
    return found | ({"edits": tuple(edits[:MAX_STEPS])} if edits else {})


def _editor(name: str, text: str) -> str | None:
    """The editor that a program field or a comment names, as written."""
    if not name.lower().endswith(_ENDINGS) or (key := key_of(name)) not in _NAMING:
        return None
    said = text.strip()[:200]
    if key == "software":
        return said if said.startswith(_EDITORS) else None
    if said.startswith(_CREATED):
        editor = said.removeprefix(_CREATED)
        return editor if editor.startswith(_EDITORS) and len(editor) < 60 else None
    return None


def _value(text: str) -> Any:
    """A list or a structure as such; an identifier as its text."""
    if text[:1] in ("[", "{"):
        try:
            return plain(loads(text))
        except Unreadable:
            return text
    return text


def _steps(name: str, text: str) -> Iterator[Edit]:
    value = _value(text)
    for item in value if isinstance(value, list) else [value]:
        step = {key.rpartition(":")[2]: str(plain(said)) for key, said in mapping(item).items() if said not in (None, "")}
        if name.endswith("history"):
            if operation := step.get("operation"):
                yield Edit(operation, tool="darktable", changed=None if step.get("enabled", "1") == "1" else "disabled")
        elif action := step.get("action"):
            changed = step.get("changed") or step.get("parameters")
            yield Edit(action, step.get("when"), step.get("softwareAgent"), changed, step.get("instanceID"))
