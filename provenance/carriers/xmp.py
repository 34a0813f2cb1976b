"""XMP (ISO 16684-1): one packet, and each of its properties by namespace, whatever prefix the writer chose."""

from __future__ import annotations

import codecs
import contextlib
import json
import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from provenance.carriers.carrier import Container
from provenance.carriers.finds import MAX_XMP, Finds
from provenance.carriers.text import decode
from provenance.carriers.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from xml.etree.ElementTree import Element

MAX_DEPTH = 12  # of structures within a property
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_SYNTAX = frozenset((
    *(_RDF + name for name in ("about", "ID", "nodeID", "parseType", "datatype", "aboutEach", "bagID")),
    "about", "ID", _LANG,  # unqualified, as RDF of before 2000 wrote them
))  # fmt: skip
_LISTS = frozenset(_RDF + name for name in ("Alt", "Seq", "Bag"))
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
_SKIPPED = "xmpMM:Pantry"  # the whole packets of placed pictures, once more

PREFIXES = MappingProxyType({
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://ns.adobe.com/xap/1.0/": "xmp",
    "http://ns.adobe.com/xap/1.0/mm/": "xmpMM",
    "http://ns.adobe.com/xap/1.0/rights/": "xmpRights",
    "http://ns.adobe.com/xap/1.0/bj/": "xmpBJ",
    "http://ns.adobe.com/xap/1.0/t/pg/": "xmpTPg",
    "http://ns.adobe.com/xap/1.0/g/img/": "xmpGImg",
    "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#": "stEvt",
    "http://ns.adobe.com/xap/1.0/sType/ResourceRef#": "stRef",
    "http://ns.adobe.com/xap/1.0/sType/Version#": "stVer",
    "http://ns.adobe.com/xap/1.0/sType/Dimensions#": "stDim",
    "http://ns.adobe.com/xap/1.0/sType/Font#": "stFnt",
    "http://ns.adobe.com/xmp/1.0/DynamicMedia/": "xmpDM",
    "http://ns.adobe.com/xmp/note/": "xmpNote",
    "http://ns.adobe.com/xmp/Identifier/qual/1.0/": "xmpidq",
    "http://ns.adobe.com/exif/1.0/": "exif",
    "http://ns.adobe.com/exif/1.0/aux/": "aux",
    "http://cipa.jp/exif/1.0/": "exifEX",
    "http://ns.adobe.com/tiff/1.0/": "tiff",
    "http://ns.adobe.com/photoshop/1.0/": "photoshop",
    "http://ns.adobe.com/pdf/1.3/": "pdf",
    "http://ns.adobe.com/camera-raw-settings/1.0/": "crs",
    "http://ns.adobe.com/lightroom/1.0/": "lr",
    "http://ns.adobe.com/illustrator/1.0/": "illustrator",
    "http://ns.adobe.com/creatorAtom/1.0/": "creatorAtom",
    "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/": "Iptc4xmpCore",
    "http://iptc.org/std/Iptc4xmpExt/2008-02-29/": "Iptc4xmpExt",
    "http://ns.useplus.org/ldf/xmp/1.0/": "plus",
    "http://creativecommons.org/ns#": "cc",
    "http://www.digikam.org/ns/1.0/": "digiKam",
    "http://darktable.sf.net/": "darktable",
    "http://www.gimp.org/xmp/": "GIMP",
    "http://www.gimp.org/ns/2.10/": "GIMP",
    "http://ns.google.com/photos/1.0/image/": "GImage",
    "http://ns.google.com/photos/1.0/camera/": "GCamera",
    "http://ns.google.com/photos/1.0/container/": "GContainer",
    "http://ns.google.com/photos/1.0/creations/": "GCreations",
    "http://ns.google.com/photos/1.0/depthmap/": "GDepth",
    "http://ns.google.com/photos/1.0/panorama/": "GPano",
    "http://ns.microsoft.com/photo/1.0/": "MicrosoftPhoto",
    "http://ns.microsoft.com/photo/1.0": "MicrosoftPhoto",
    "http://purl.org/dc/terms/": "dcterms",
    "http://www.tc260.org.cn/ns/AIGC/1.0/": "TC260",
})  # fmt: skip
"""Namespace URI -> the prefix its specification gives. Prefixes in files are free: Midjourney writes iptcExt for Iptc4xmpExt."""

_DECLARED = MappingProxyType({prefix: uri for uri, prefix in PREFIXES.items()} | {"x": "adobe:ns:meta/", "rdf": _RDF[1:-1]})
_UNBOUND = 27  # XML_ERROR_UNBOUND_PREFIX of expat

PARSING = 50  # tags' worth of work that any packet costs, however short


def text_of(packet: bytes) -> str:
    """A packet as text: by byte order mark, by the zeros around its first `<` where it is UTF-16 or UTF-32 without one, else UTF-8."""
    for mark, codec in _BOMS:
        if packet.startswith(mark):
            return packet[len(mark) :].decode(codec, "replace")
    start = packet[:64].lstrip(b" \t\r\n")
    for form, codec in ((b"<\0\0\0", "utf-32-le"), (b"\0\0\0<", "utf-32-be"), (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be")):
        if start.startswith(form):
            return packet.decode(codec, "replace")
    return decode(packet)


def walk(window: Window) -> Container:
    """A packet as a file of its own, as editors lay it beside a picture: carriers `xmp`, `xmp:prefix:local`."""
    finds = Finds()
    if window.whole:
        add(finds, window.head)
    else:
        finds.warn("xmp.not-at-hand")
    return Container("application/rdf+xml", "xmp", carriers=tuple(finds.carriers), warnings=finds.warnings)


def add(finds: Finds, packet: bytes, name: str = "xmp") -> None:
    """Add a packet as `xmp` and its properties as `xmp:prefix:local`.

    Args:
        finds: takes carriers and warnings, and says how much XMP this file may still have parsed. packet: as found, wrapper and padding
            included. name: of the packet's own carrier; `xmp:extended` for the second part that a JPEG may have.
    """
    if len(packet) > 4 * MAX_XMP:  # no packet is; its letters would only fill the memory
        finds.add(name, packet)
        finds.warn(f"xmp.long {len(packet)}")
        return
    text = text_of(packet)
    finds.add(name, packet, text)
    finds.xmp_bytes -= len(text)
    finds.xmp_tags -= PARSING + text.count("<") + text.count("=") // 2
    if finds.xmp_bytes < 0 or finds.xmp_tags < 0:
        finds.warn(f"xmp.long {len(packet)}")
        return
    try:
        for found, value in _properties(text):
            if finds.xmp_properties <= 0:
                finds.warn("xmp.too-many-properties")
                return
            finds.xmp_properties -= 1
            finds.add(f"xmp:{found}", value.encode("utf-8"), value, derived=True)  # XML holds no unpaired surrogates
    except (ValueError, SyntaxError):  # ParseError is a SyntaxError
        finds.warn("xmp.broken")


def properties(packet: bytes) -> list[tuple[str, str]]:
    """The properties of one packet as (`prefix:local`, text), in its order.

    Simple values are their text, of alternatives the default one. Lists and structures are JSON text (`["a","b"]`,
    `[{"stEvt:action":"created"}]`), except that a list of one simple value is that value. Unknown namespaces are `{uri}local`.

    Raises:
        ValueError, SyntaxError: the packet is no well-formed XML, or declares a document type or entities.
    """
    return list(_properties(text_of(packet)))


def _properties(text: str) -> Iterator[tuple[str, str]]:
    start, end = _start(text), text.rfind(">")
    if start < 0:
        raise ValueError("no XML in the packet")
    root = _parsed(text[start : end + 1])
    for node in _descriptions(root):
        for name, value in node.attrib.items():
            if name not in _SYNTAX:
                yield canonical(name), value
        for child in node:
            name = canonical(child.tag)
            if name != _SKIPPED and (value := _value(child, 0)) is not None:
                yield name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _parsed(text: str) -> Element:
    """The tree; where prefixes of the table stand undeclared, as sloppy writers leave them, they mean what they mean everywhere."""
    from xml.etree.ElementTree import ParseError, fromstring

    _no_document_type(text)
    try:
        return fromstring(text)
    except ParseError as error:
        if error.code != _UNBOUND or not (tag := re.match(r"<[^\s/>]{1,80}", text)):
            raise
    top = text[: text.find(">")]
    missing = (f' xmlns:{prefix}="{uri}"' for prefix, uri in _DECLARED.items() if f"xmlns:{prefix}=" not in top)
    return fromstring(tag.group() + "".join(missing) + text[tag.end() :])


def _no_document_type(text: str) -> None:
    """Raises ValueError where the text declares a document type: only there can entities be declared, which grow when they are used,
    and other files be named. The words alone, in a comment or in character data, declare nothing."""
    if "<!DOCTYPE" not in text:
        return
    from xml.parsers import expat

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse
    with contextlib.suppress(expat.ExpatError):  # whoever reads the text next meets the same damage
        parser.Parse(text, True)


def _refuse(*_: object) -> None:
    raise ValueError("a document type")


def _start(text: str) -> int:
    """Where the first element stands: the wrapper and the XML declaration before it are often not what XML allows there."""
    at = text.find("<")
    while at >= 0 and text.startswith("<?", at):
        end = text.find("?>", at)
        at = text.find("<", end) if end >= 0 else -1
    return at


def _descriptions(root: Element) -> Iterable[Element]:
    """The nodes that hold properties: children of rdf:RDF, which stands at the top or inside x:xmpmeta (or what wraps it)."""
    top = root if root.tag == _RDF + "RDF" else next(root.iter(_RDF + "RDF"), None)
    return () if top is None else top


def canonical(tag: str) -> str:
    """`{uri}local` as `prefix:local`; unknown namespaces stay as they are. Writers vary a final slash or hash, and http or https."""
    uri, brace, local = tag[1:].rpartition("}")
    if not brace:
        return tag
    prefix = PREFIXES.get(uri) or PREFIXES.get("http" + uri.removeprefix("https").removeprefix("http").rstrip("/#") + "/")
    return f"{prefix}:{local}" if prefix else "rdf:" + local if tag.startswith(_RDF) else tag


def _value(node: Element, depth: int) -> Any:
    """Text, list or map of one property; None where there is nothing."""
    if depth > MAX_DEPTH:
        return None
    resource = node.get(_RDF + "resource")
    if resource is not None:
        return resource
    if not len(node):
        return _fields(node, depth) or (node.text or "").strip("\r\n\t ")
    first = node[0]
    if first.tag in _LISTS:
        return _listed(first, depth)
    found = _fields(first if first.tag == _RDF + "Description" else node, depth)
    return found.get("rdf:value", found)  # rdf:value: the value itself; what stands beside it qualifies it


def _listed(node: Element, depth: int) -> Any:
    items = [item for item in node if item.tag == _RDF + "li"]
    if node.tag == _RDF + "Alt":
        chosen = next((item for item in items if item.get(_LANG) == "x-default"), items[0] if items else None)
        return None if chosen is None else _value(chosen, depth + 1)
    values = [value for item in items if (value := _value(item, depth + 1)) is not None]
    return values[0] if len(values) == 1 and isinstance(values[0], str) else values


def _fields(node: Element, depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {canonical(name): text for name, text in node.attrib.items() if name not in _SYNTAX}
    for child in node:
        value = _value(child, depth + 1)
        if value is not None:
            found.setdefault(canonical(child.tag), value)
    return found
