"""What no tool writes is kept and said, and costs nothing; what is merely large is read."""

from __future__ import annotations

import base64
import json

from hypothesis import given
from hypothesis import strategies as st
from reader_builders import base, infotext, texts

from provenance.readers import attempt
from provenance.readers.texts import LONGEST, MARKS, bounded


def test_a_workflow_with_pictures_in_it_is_read() -> None:
    graph = base()
    graph["99"] = {"class_type": "PainterNode", "inputs": {"image": base64.b64encode(bytes(8_000_000)).decode()}}
    found, failed = attempt(texts(graph, json.dumps({"nodes": [], "links": [], "extra": {"thumbnail": "A" * 3_000_000}})))
    assert failed == () and found is not None and found.prompts == ("a paper boat",)


def test_a_text_of_a_million_commas_is_said_and_the_others_are_read() -> None:
    commas = "," * (MARKS + 50_000)
    found, failed = attempt((("tEXt:workflow", commas), *infotext("Steps: 20, Sampler: Euler, Seed: 7")))
    assert failed == ("reader.text-long tEXt:workflow",)
    assert found is not None and found.seeds == ("7",) and failed[0] in found.warnings
    assert attempt((("tEXt:parameters", "a" * (LONGEST + 1)),)) == (None, ("reader.text-long tEXt:parameters",))


def test_many_long_texts_count_together() -> None:
    good, refused = bounded(tuple((f"tEXt:{n}", "a" * (LONGEST // 3)) for n in range(5)))
    assert ([name for name, _ in good], refused) == (["tEXt:0", "tEXt:1", "tEXt:2"], ("tEXt:3", "tEXt:4"))
    assert len(bounded(tuple((f"tEXt:{n}", "," * 300_000) for n in range(99)))[0]) == MARKS // 300_000


@given(st.lists(st.tuples(st.text(max_size=9), st.text(max_size=99)), max_size=40).map(tuple))
def test_ordinary_texts_pass_as_they_are(found: tuple[tuple[str, str], ...]) -> None:
    assert bounded(found) == (found, ())
