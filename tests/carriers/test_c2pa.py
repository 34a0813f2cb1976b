from __future__ import annotations

import json
from typing import Any

import cbor2
from hypothesis import given, settings
from hypothesis import strategies as st
from support.c2pafiles import GENERATED, action, box, cbor_box, json_box, manifest, png_with, signature, store, superbox, wide

from provenance.carriers import c2pa, cose, open_container
from provenance.carriers.carrier import Carrier, Container

MADE = action("c2pa.created", GENERATED, softwareAgent={"name": "painter", "version": "2.0"}, when=cbor2.CBORTag(0, "2026-05-31T00:00:00Z"))


def told(jumbf: bytes) -> dict[str, Any]:
    text, _ = c2pa.claim(jumbf)
    assert text is not None
    found: dict[str, Any] = json.loads(text)
    return found


def test_a_claim_of_version_2_in_a_png() -> None:
    data = png_with(store(manifest(actions=[MADE, action("c2pa.converted")])))
    found = open_container(data, size=len(data))
    assert [c.name for c in found.carriers] == ["c2pa", "c2pa:claim"]
    assert found.warnings == ()
    claim = json.loads(found.carriers[1].text or "")
    assert claim["claim_generator"] == "A Tool"
    assert claim["claim_version"] == 2
    assert claim["digital_source_types"] == ["trainedAlgorithmicMedia"]
    assert claim["actions"] == [
        {
            "action": "c2pa.created",
            "when": "2026-05-31T00:00:00Z",
            "softwareAgent": "painter",
            "softwareAgentVersion": "2.0",
            "digitalSourceType": "trainedAlgorithmicMedia",
        },
        {"action": "c2pa.converted"},
    ]
    assert claim["signer"]["organisation"] == "A Company"
    assert claim["signer"]["alg"] == "ES256"


def test_the_claim_repeats_the_store_and_is_not_kept_beside_it() -> None:
    found = c2pa.with_claim(Container("image/png", "png", carriers=(Carrier("c2pa", store(manifest())),)))
    assert [c.derived for c in found.carriers] == [False, True]


def test_version_1_names_its_generator_in_a_text() -> None:
    found = told(store(manifest(version=1, generator="Tool/1.0 c2pa-rs/0.16.1")))
    assert (found["claim_version"], found["claim_generator"]) == (1, "Tool/1.0 c2pa-rs/0.16.1")


def test_the_last_manifest_is_the_active_one_and_source_types_are_of_all() -> None:
    first = manifest("urn:c2pa:1", actions=[MADE])
    second = manifest("urn:c2pa:2", actions=[action("c2pa.edited", "http://c2pa.org/digitalsourcetype/composite")], parent="urn:c2pa:1")
    found = told(store(first, second))
    assert (found["manifests"], found["active"]) == (2, "urn:c2pa:2")
    assert found["digital_source_types"] == ["composite", "trainedAlgorithmicMedia"]
    assert found["ingredients"] == [{"title": "before.png", "relationship": "parentOf", "manifest": "urn:c2pa:1"}]
    assert [one["label"] for one in found["others"]] == ["urn:c2pa:1"]


def test_own_assertions_are_kept_and_hashes_and_thumbnails_are_not() -> None:
    boxes = (
        json_box("stds.schema-org.CreativeWork", {"author": [{"name": "A. B."}], "n": 1e400}),
        cbor_box("c2pa.ai_generated_content", {"model": "M", "seed": 2**63, "key": b"\1\2", "long": b"\0" * 999}),
        cbor_box("c2pa.hash.data", {"hash": b"\0" * 32}),
        superbox("@ABC", "c2pa.thumbnail.claim", box(b"bfdb", b"\0image/jpeg\0"), box(b"bidb", b"\xff\xd8")),
    )
    found = told(store(manifest(boxes=boxes)))
    assert found["assertions"][-4:] == [
        "stds.schema-org.CreativeWork",
        "c2pa.ai_generated_content",
        "c2pa.hash.data",
        "c2pa.thumbnail.claim",
    ]
    assert found["data"] == {
        "stds.schema-org.CreativeWork": {"author": [{"name": "A. B."}], "n": "Infinity"},
        "c2pa.ai_generated_content": {"model": "M", "seed": 2**63, "key": {"b64": "AQI="}, "long": {"bytes": 999}},
    }


def test_an_agent_named_once_for_several_actions() -> None:
    box_of = cbor_box(
        "c2pa.actions.v2", {"softwareAgents": [{"name": "brush"}], "actions": [{"action": "c2pa.drawing", "softwareAgentIndex": 0}]}
    )
    assert {"action": "c2pa.drawing", "softwareAgent": "brush"} in told(store(manifest(boxes=(box_of,))))["actions"]


def test_bytes_that_are_no_store_are_told() -> None:
    elsewhere = superbox("cacb", "cai", superbox("cast", "cb.x", superbox("caas", "cai.assertions")))
    for data in (b"", b"c2pa", elsewhere, superbox("c2pa", "c2pa"), b"\0\0\0\x10jumbc2pa"):
        assert c2pa.claim(data) == (None, ("c2pa.no-manifest",))


def test_a_malformed_claim_gives_what_there_is() -> None:
    broken = superbox(
        "c2ma",
        "urn:c2pa:1",
        superbox("c2as", "c2pa.assertions", cbor_box("c2pa.actions", {"actions": [MADE, "no action", {"action": 7}]})),
        superbox("c2cl", "c2pa.claim", box(b"cbor", b"\xbf\x61")),
        superbox("c2cs", "c2pa.signature", box(b"cbor", b"\x80")),
    )
    text, warnings = c2pa.claim(store(broken))
    found = json.loads(text or "")
    assert found["digital_source_types"] == ["trainedAlgorithmicMedia"]
    assert "claim_generator" not in found
    assert warnings == ("c2pa.cbor c2pa.claim", "c2pa.signature urn:c2pa:1")


def test_a_manifest_without_claim_and_a_compressed_one() -> None:
    text, warnings = c2pa.claim(store(superbox("c2cm", "urn:c2pa:9", box(b"brob", b"jumb\0")), manifest()))
    assert warnings == ("c2pa.compressed urn:c2pa:9", "c2pa.no-claim urn:c2pa:9")
    assert json.loads(text or "")["manifests"] == 2


def test_several_stores_the_first_that_can_be_read() -> None:
    carriers = (Carrier("c2pa", b"nothing"), Carrier("c2pa", store(manifest(generator="Second"))))
    found = c2pa.with_claim(Container("image/jpeg", "jpeg", carriers=carriers))
    assert json.loads(found.carriers[-1].text or "")["claim_generator"] == "Second"
    assert found.warnings == ("c2pa.no-manifest", "c2pa.several 2")


def test_boxes_with_long_open_and_lying_lengths() -> None:
    inner = manifest()
    body = box(b"jumd", b"c2pa" + bytes.fromhex("00110010800000aa00389b71") + b"\x03c2pa\0") + inner
    assert told(wide(b"jumb", body))["manifests"] == 1
    assert told(box(b"jumb", body, length=0))["manifests"] == 1
    text, warnings = c2pa.claim(box(b"jumb", body, length=2**31))
    assert text is not None
    assert warnings == ("c2pa.cut",)


def test_a_thousand_nested_boxes_and_a_store_of_nothing_but_values() -> None:
    nested = b""
    for _ in range(1000):
        nested = superbox("c2ma", "x", nested)
    text, warnings = c2pa.claim(superbox("c2pa", "c2pa", nested))
    assert text is not None
    assert "c2pa.depth" in warnings
    flood = cbor_box("x.flood", [0] * 60_000)
    text, warnings = c2pa.claim(store(manifest(boxes=(flood,) * 30)))
    assert "c2pa.too-much" in warnings
    assert len(text or "") < 2_000_000


def test_a_store_beyond_every_real_size_is_refused() -> None:
    assert c2pa.claim(bytes(c2pa.MAX_STORE + 1)) == (None, (f"c2pa.large {c2pa.MAX_STORE + 1}",))


def test_the_certificate_in_either_header_and_without_an_organisation() -> None:
    assert cose.signer(signature("X", protected_chain=False))["organisation"] == "X"
    assert cose.signer(signature(None, alg=-37))["alg"] == "PS256"
    assert cose.signer(signature(None))["serial"] == "77"
    assert "organisation" not in cose.signer(signature(None))
    assert cose.signer(cbor2.dumps([cbor2.dumps({1: -7, 33: b"no certificate"}), {}, None, b""])) == {"alg": "ES256"}


WHOLE = store(manifest("urn:c2pa:1", actions=[MADE]), manifest("urn:c2pa:2", parent="urn:c2pa:1"))


@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=6), st.integers(0, len(WHOLE)))
@settings(deadline=None, max_examples=300)
def test_damaged_stores_never_raise(changes: list[tuple[int, int]], cut: int) -> None:
    damaged = bytearray(WHOLE)
    for at, value in changes:
        damaged[at] = value
    for data in (bytes(damaged), bytes(damaged[:cut])):
        text, warnings = c2pa.claim(data)
        assert text is None or isinstance(json.loads(text), dict)
        assert all(isinstance(code, str) for code in warnings)
