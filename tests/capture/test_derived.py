"""What only repeats a part of another carrier is for readers: the record keeps the whole once."""

from __future__ import annotations

from support.imagefiles import jpeg, segment, xmp_segments
from support.stillfiles import dataset, resource, xmp_packet

from provenance.capture.intake import blobs_of, texts_of
from provenance.carriers import open_container


def test_properties_are_read_but_kept_only_within_their_packet() -> None:
    block = segment(0xED, b"Photoshop 3.0\x00" + resource(1028, dataset(110, "Made with Google AI")))
    data = jpeg(segments=xmp_segments(xmp_packet("<dc:title>t</dc:title>")) + block)
    found = open_container(data, size=len(data))
    assert {"xmp:dc:title", "iptc:Credit"} <= {name for name, _ in texts_of(found)}
    assert [c.name for c in blobs_of(found)] == ["xmp", "APP13:8BIM"]
