"""C2PA claims as readings: which vendor made a picture, and that a camera, a tool or an editor is no generator."""

from __future__ import annotations

import pytest
from support.c2pafiles import COMPOSITE, GENERATED, action, cbor_box, manifest, store

from provenance.carriers import c2pa
from provenance.readers import attempt
from provenance.readers.reading import Reading, Texts

CREATED = action("c2pa.created", GENERATED)
BEFORE = "urn:c2pa:before"


def texts(*manifests: bytes, more: Texts = ()) -> Texts:
    text, _ = c2pa.claim(store(*manifests))
    assert text is not None
    return (("c2pa:claim", text), *more)


def reading(*manifests: bytes, more: Texts = ()) -> Reading:
    found, problems = attempt(texts(*manifests, more=more))
    assert found is not None
    assert problems == ()
    return found


def test_openai_names_its_product_and_its_model() -> None:
    made = action("c2pa.created", GENERATED, softwareAgent={"name": "gpt-image", "version": "2.0"})
    found = reading(manifest(generator="OpenAI Media Service API", issuer="OpenAI OpCo, LLC", actions=[made]))
    assert found.generator == "OpenAI Media Service API"
    assert [(model.name, model.kind) for model in found.models] == [("gpt-image 2.0", "api")]
    assert found.prompts == ()
    assert found.also_claimed == ()


def test_openai_of_2024_behind_a_second_manifest() -> None:
    made = action("c2pa.created", GENERATED, softwareAgent="DALL·E")
    first = manifest(BEFORE, version=1, generator="OpenAI-API c2pa-rs/0.28.4", issuer="OpenAI", actions=[made])
    found = reading(first, manifest(version=1, generator="ChatGPT c2pa-rs/0.28.4", issuer="OpenAI", parent=BEFORE))
    assert (found.generator, [model.name for model in found.models]) == ("OpenAI-API", ["DALL·E"])


def test_google_by_the_description_of_its_step() -> None:
    made = action("c2pa.created", GENERATED, description="Created by Google Generative AI.")
    mark = action("c2pa.edited", GENERATED, description="Applied imperceptible SynthID watermark.")
    found = reading(manifest(generator="Google C2PA Core Generator Library", issuer="Google LLC", actions=[made, mark]))
    assert found.generator == "Google Generative AI"
    assert found.version is None
    assert found.rest["steps_described"] == ["Created by Google Generative AI.", "Applied imperceptible SynthID watermark."]


def test_firefly_with_version_and_operation() -> None:
    parameters = {"com.adobe.firefly.version": "4.0.0", "com.adobe.firefly.operation": "text_to_image"}
    made = action("c2pa.created", GENERATED, softwareAgent="Adobe Firefly", parameters=parameters)
    found = reading(manifest(version=1, generator="Adobe_Firefly adobe_c2pa/0.12.4 c2pa-rs/0.32.7", issuer="Adobe Inc.", actions=[made]))
    assert (found.generator, found.version, found.rest["operation"]) == ("Adobe Firefly", "4.0.0", "text_to_image")


def test_a_generative_fill_in_photoshop_is_firefly_and_the_program_is_told() -> None:
    steps = [action("c2pa.opened", COMPOSITE), action("c2pa.cropped"), action("c2pa.edited", COMPOSITE, softwareAgent="Adobe Firefly")]
    found = reading(
        manifest(version=1, generator="Adobe_Photoshop/26.9.0 adobe_c2pa/0.14.2 c2pa-rs/0.43.0", issuer="Adobe Inc.", actions=steps)
    )
    assert found.generator == "Adobe Firefly"
    assert found.rest["program"] == "Adobe Photoshop"
    assert found.rest["source_type"] == "compositeWithTrainedAlgorithmicMedia"


def test_photoshop_without_a_generative_step_is_no_generator() -> None:
    found = reading(manifest(version=1, generator="Adobe_Photoshop/26.0.0", issuer="Adobe Inc.", actions=[action("c2pa.edited")]))
    assert found.generator is None
    assert found.c2pa is not None
    assert found.c2pa["claim_generator"] == "Adobe_Photoshop/26.0.0"


@pytest.mark.parametrize("source", ["digitalCapture", "algorithmicMedia", "computationalCapture", "humanEdits"])
def test_a_camera_and_a_test_tool_are_no_generators(source: str) -> None:
    made = action("c2pa.created", f"http://cv.iptc.org/newscodes/digitalsourcetype/{source}")
    found = reading(manifest(generator="A Camera", issuer="A Maker", actions=[made]))
    assert found.generator is None
    assert found.c2pa is not None
    assert found.c2pa["digital_source_types"] == [source]


def test_the_boilerplate_of_black_forest_labs_is_no_prompt() -> None:
    content = cbor_box("c2pa.ai_generated_content", {"model": "Flux.2", "prompt": "AI generated image", "ai_generated": True})
    made = action("c2pa.created", GENERATED, softwareAgent="Flux.2")
    found = reading(manifest(generator="Black Forest Labs API", issuer="Black Forest Labs Inc.", actions=[made], boxes=(content,)))
    assert found.generator == "Black Forest Labs API"
    assert found.prompts == ()
    assert [model.name for model in found.models] == ["Flux.2"]
    assert found.rest["ai_generated_content"]["prompt"] == "AI generated image"


def test_samsung_tells_tool_and_telephone() -> None:
    step = action("c2pa.edited", COMPOSITE, softwareAgent="Photo assist")
    found = reading(manifest(version=1, generator="Galaxy S25 c2pa-rs/0.62.0", issuer="Samsung Galaxy", actions=[step]))
    assert found.generator == "Samsung Galaxy AI"
    assert (found.rest["tool"], found.rest["device"]) == ("Photo assist", "Galaxy S25")


def test_microsoft_of_2024_said_it_without_a_source_type() -> None:
    made = action("c2pa.created", softwareAgent="Image Creator from Designer", description="AI Generated Image")
    found = reading(manifest(version=1, generator="Microsoft_Responsible_AI/1.0", issuer="Microsoft Corporation", actions=[made]))
    assert (found.generator, found.rest["software"]) == ("Microsoft", "Image Creator from Designer")


def test_a_model_name_among_the_parameters() -> None:
    made = action(
        "c2pa.created",
        GENERATED,
        softwareAgent={"name": "Volcengine_Ark_CN", "version": "1.0.0"},
        parameters={"model_name": "doubao-seedance-2-0"},
    )
    found = reading(manifest(generator="c2pa-rs", issuer="北京火山引擎科技有限公司", actions=[made]))
    assert (found.generator, [model.name for model in found.models]) == ("Volcano Engine (ByteDance)", ["doubao-seedance-2-0"])


def test_an_unknown_vendor_is_named_as_its_manifest_does_and_a_library_is_nobody() -> None:
    assert reading(manifest(generator="Dream Machine", issuer="X", actions=[CREATED])).generator == "Dream Machine"
    named = action("c2pa.created", GENERATED, softwareAgent="painter")
    assert reading(manifest(generator="c2pa-rs", issuer="X", actions=[named])).generator == "painter"
    assert reading(manifest(generator="c2patool", issuer="X", actions=[CREATED])).generator == "unnamed (trainedAlgorithmicMedia)"


def test_what_was_edited_later_keeps_who_made_it() -> None:
    made = manifest(BEFORE, generator="ChatGPT", issuer="OpenAI", actions=[CREATED])
    edited = manifest(generator="Adobe_Photoshop/26.0.0", version=1, issuer="Adobe Inc.", parent=BEFORE, actions=[action("c2pa.edited")])
    assert reading(made, edited).generator == "ChatGPT"


def test_a_generated_part_that_was_placed_does_not_make_the_picture_generated() -> None:
    part = manifest(BEFORE, generator="ChatGPT", issuer="OpenAI", actions=[CREATED])
    found = reading(part, manifest(generator="An Editor", issuer="Y", component=BEFORE, actions=[action("c2pa.placed")]))
    assert found.generator is None
    assert found.c2pa is not None
    assert found.c2pa["digital_source_types"] == ["trainedAlgorithmicMedia"]


def test_manifests_that_name_each_other_as_parents_end() -> None:
    one = manifest(BEFORE, parent="urn:c2pa:1", actions=[CREATED], generator="Loop")
    assert reading(one, manifest("urn:c2pa:1", parent=BEFORE)).generator == "Loop"


def test_the_label_is_flat_claims_only_and_says_that_nothing_was_checked() -> None:
    found = reading(manifest(issuer="A Company", actions=[CREATED]))
    assert found.c2pa is not None
    asked = ("claim_generator", "issuer", "digital_source_types", "n_manifests", "validation_state", "time", "checked", "unchecked")
    assert {key: found.c2pa[key] for key in asked} == {
        "claim_generator": "A Tool",
        "issuer": "A Company",
        "digital_source_types": ["trainedAlgorithmicMedia"],
        "n_manifests": 1,
        "validation_state": None,
        "time": None,
        "checked": None,
        "unchecked": "not-asked",
    }


def test_a_credential_stands_beside_another_generators_data() -> None:
    infotext = "a paper boat\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 512x512, Model: m"
    found = reading(manifest(issuer="Y", actions=[CREATED]), more=(("tEXt:parameters", infotext),))
    assert found.prompts == ("a paper boat",)
    assert found.c2pa is not None
    assert found.also_claimed == ()


def test_an_address_of_a_manifest_elsewhere_is_told_and_no_generator() -> None:
    found, _ = attempt((("xmp:dcterms:provenance", "https://example.org/a.c2pa"),))
    assert found is not None
    assert (found.generator, found.c2pa, found.rest["c2pa_remote"]) == (None, None, "https://example.org/a.c2pa")


def test_a_claim_that_is_no_object_is_nothing() -> None:
    for text in ("", "[]", "7", '{"others": 5', '{"actions": "rainedAlgorithmicMedia"}'):
        found, problems = attempt((("c2pa:claim", text), ("tEXt:claim", text)))
        assert found is None or found.generator is None
        assert problems == ()
