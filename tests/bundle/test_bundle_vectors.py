"""Others' published vectors: Ed25519 of the stand-alone program, and bags."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import verifiers

from provenance import canon
from provenance.bundle import bag
from provenance.errors import BadInput

ALONE = verifiers.FORMS


def test_wycheproof(vectors: Path) -> None:
    suite = json.loads((vectors / "wycheproof" / "testvectors_v1" / "ed25519_test.json").read_text())
    count = 0
    for group in suite["testGroups"]:
        key = bytes.fromhex(group["publicKey"]["pk"])
        for test in group["tests"]:
            good = ALONE.ed25519(key, bytes.fromhex(test["sig"]), bytes.fromhex(test["msg"]))
            assert good == (test["result"] == "valid"), test["tcId"]
            count += 1
    assert count == suite["numberOfTests"] == 151


def test_cctv_edge_cases(vectors: Path) -> None:
    cases = json.loads((vectors / "cctv-ed25519" / "ed25519" / "ed25519vectors.json").read_text())
    accepted = []
    for case in cases:
        flags = set(case["flags"] or ())
        good = ALONE.ed25519(bytes.fromhex(case["key"]), bytes.fromhex(case["sig"]), case["msg"].encode())
        accepted += [flags] if good else []
        assert not (good and flags & {"low_order_A", "non_canonical_A"}), case
    assert len(accepted) == 86


def test_it_agrees_with_the_library_of_the_package(vectors: Path) -> None:
    from provenance.seal import ed25519

    cases = json.loads((vectors / "cctv-ed25519" / "ed25519" / "ed25519vectors.json").read_text())
    for case in cases[::3]:
        key, sig, message = bytes.fromhex(case["key"]), bytes.fromhex(case["sig"]), case["msg"].encode()
        try:
            ours = ed25519.verify(ed25519.check_public(key), sig, message)
        except BadInput:
            ours = False
        assert ours == ALONE.ed25519(key, sig, message), case["number"]


def test_the_base_points_vector_of_rfc_8032() -> None:
    key = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    signature = bytes.fromhex(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )
    assert ALONE.ed25519(key, signature, b"")
    assert not ALONE.ed25519(key, signature, b"x")


@settings(deadline=None, max_examples=200)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-canon.MAX_INT, canon.MAX_INT) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    )
)
def test_both_canonical_forms_are_one(value: object) -> None:
    data = canon.encode(value)  # type: ignore[arg-type]
    assert ALONE.canonical(value) == data
    assert ALONE.parse_json(data) == value


@pytest.mark.parametrize(
    "data", [b'{"a":1,"a":1}', b"1.0", b"[1, 2]", b"9007199254740992", b'"\\u0041"', b"[" * 40 + b"]" * 40, b'"\\ud800"', b"NaN", b"\xff"]
)
def test_a_second_spelling_is_refused_by_both(data: bytes) -> None:
    with pytest.raises(BadInput):
        canon.decode(data)
    with pytest.raises(ValueError):
        ALONE.parse_json(data)


# --- bags ------------------------------------------------------------------------------------------------------------------------

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1).filter(lambda n: n[0] != " " and "\n" not in n[:0])


@settings(deadline=None)
@given(st.dictionaries(NAMES, st.binary(min_size=32, max_size=32).map(bytes.hex)))
def test_a_manifest_is_read_as_it_was_written(hashes: dict[str, str]) -> None:
    assert bag.parse_manifest(bag.manifest(hashes)) == dict(sorted(hashes.items()))


LINE = "0" * 64 + "  data/a\n"


@pytest.mark.parametrize(
    "text",
    [
        LINE * 2, LINE[:-1], LINE.replace("  ", " "), LINE.replace("  ", " *"), LINE.replace("  ", "   "), "\n" + LINE,
        LINE.replace("0", "A"),
        LINE.replace("data/a", "data/b") + LINE, LINE.replace("data/a", "data/%41"), LINE.replace("\n", "\r\n"), "\ufeff" + LINE,
    ],
)  # fmt: skip
def test_every_other_manifest_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match=r"bundle\.manifest"):
        bag.parse_manifest(text.encode())
    with pytest.raises(ValueError):
        verifiers.STANDALONE.Check.manifest(text.encode(), True)


def test_bag_info_round_trip_and_hostile_titles() -> None:
    rows = bag.parse_bag_info(bag.bag_info([("External-Description", "a\nPayload-Oxum: 0.0\x1b[2J \ud800 猫"), ("Payload-Oxum", "5.1")]))
    assert rows == {"External-Description": "a Payload-Oxum: 0.0 [2J 猫", "Payload-Oxum": "5.1"}


def test_published_bags(vectors: Path) -> None:
    bags = vectors / "bagit" / "v1.0"
    assert (bags / "valid" / "basicBag" / "bagit.txt").read_bytes() == bag.DECLARATION
    assert (bags / "invalid" / "bagit-with-invalid-whitespace" / "bagit.txt").read_bytes() != bag.DECLARATION
    for name in ("same-filename-listed-twice-with-different-hashes", "same-filename-listed-twice-with-the-same-hash"):
        with pytest.raises(BadInput):
            bag.parse_manifest((bags / "invalid" / name / "manifest-sha256.txt").read_bytes())
    with pytest.raises(BadInput):
        bag.parse_manifest((bags / "invalid" / "bagit-with-invalid-whitespace" / "tagmanifest-sha256.txt").read_bytes())
    info = bags / "invalid" / "bagit-with-invalid-whitespace" / "bag-info.txt"
    assert bag.parse_bag_info(info.read_bytes())["Payload-Oxum"] == "77.1"
