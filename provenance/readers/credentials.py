"""What a C2PA manifest store claims of a picture's making, for the readers that know a vendor's marks. Claimed, not checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from provenance.errors import Unreadable
from provenance.readers import jsontext
from provenance.readers.reading import Texts
from provenance.readers.texts import Keyed

NAME_OF_CLAIM = "c2pa:claim"
_ORIGIN = "origin of the claim"
KEYS = frozenset({"claim"})
GENERATED, COMPOSITE = "trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia"
AI_TYPES = frozenset({GENERATED, COMPOSITE})
"""Digital source types of IPTC that say: a trained model made it, or a part of it. Pure algorithms, cameras and scans are others."""
_NO_STEPS = ("c2pa.opened", "c2pa.placed", "c2pa.converted", "c2pa.published")  # they tell what came in, or how it went out
_SAID = "AI Generated Image"  # how Microsoft described the step in 2024, without a source type


@dataclass(frozen=True)
class Origin:
    """The step that a generative tool took. manifest: the one that tells of it; action: the step itself; chain: the manifests of this
    picture from its first version to the active one (parts that were placed into it are not among them)."""

    manifest: Mapping[str, Any]
    action: Mapping[str, Any]
    chain: tuple[Mapping[str, Any], ...]

    @property
    def issuer(self) -> str:
        """The organisation of the certificate that signed the manifest; "" where none is named."""
        return str(mapping(self.manifest.get("signer")).get("organisation", ""))

    @property
    def generator(self) -> str:
        """The claim generator's name, without versions and the libraries behind it (`Adobe_Photoshop/26.0.0 adobe_c2pa/0.12.2` ->
        `Adobe_Photoshop`, `Galaxy S25 c2pa-rs/0.62.0` -> `Galaxy S25`)."""
        words = str(self.manifest.get("claim_generator", ""))[:200].split()
        libraries = next((place for place, word in enumerate(words) if place and "/" in word), len(words))
        return " ".join(words[:libraries]).partition("/")[0]

    @property
    def agent(self) -> str:
        """The software that took the step, as named; "" where it is not."""
        return str(self.action.get("softwareAgent", ""))

    @property
    def agent_version(self) -> str | None:
        version = self.action.get("softwareAgentVersion")
        return str(version) if version else None

    def data(self, label: str) -> Mapping[str, Any]:
        """An assertion of the manifest by its label; empty where it has none."""
        return mapping(mapping(self.manifest.get("data")).get(label))

    def parameters(self) -> Mapping[str, Any]:
        return mapping(self.action.get("parameters"))


def mapping(value: Any) -> Mapping[str, Any]:
    """The value where it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def text_of_claim(texts: Texts) -> str | None:
    """The claim as a JSON text; None where the file has none. Eight readers ask for it, so a plain loop."""
    for name, text in texts.held.get("claim", ()) if type(texts) is Keyed else texts:
        if name == NAME_OF_CLAIM:
            return text
    return None


def mentions(texts: Texts, *words: str) -> bool:
    """Whether a claim has one of the words anywhere: cheap, and asked before it is understood."""
    text = text_of_claim(texts)
    if text is not None:
        for word in words:
            if word in text:
                return True
    return False


def claim_of(texts: Texts) -> Mapping[str, Any]:
    """The claim as `carriers.c2pa` writes it; empty where the file has none."""
    if isinstance(texts, Keyed):
        if NAME_OF_CLAIM not in texts.understood:
            texts.understood[NAME_OF_CLAIM] = _parsed(texts)
        return mapping(texts.understood[NAME_OF_CLAIM])
    return mapping(_parsed(texts))


def _parsed(texts: Texts) -> Any:
    text = text_of_claim(texts)
    try:
        return None if text is None else jsontext.loads(text)
    except Unreadable:
        return None


def origin_of(texts: Texts) -> Origin | None:
    """The first step in the picture's own chain of manifests that is said to be a trained model's; None where there is none.

    A part that was placed into the picture (`componentOf`) does not make the picture a generated one; the active manifest then says
    itself whether it holds generated parts.
    """
    if not isinstance(texts, Keyed):
        return _origin(texts)
    if _ORIGIN not in texts.understood:
        texts.understood[_ORIGIN] = _origin(texts)
    found: Origin | None = texts.understood[_ORIGIN]
    return found


def _origin(texts: Texts) -> Origin | None:
    text = text_of_claim(texts)
    if text is None or ("rainedAlgorithmicMedia" not in text and _SAID not in text):
        return None
    chain = tuple(_chain(claim_of(texts)))
    steps = [(manifest, mapping(action)) for manifest in chain for action in manifest.get("actions", ())]
    found = [(manifest, step) for manifest, step in steps if _generative(step)]
    made = next((pair for pair in found if pair[1].get("action") == "c2pa.created"), None)
    took = next((pair for pair in found if pair[1].get("action") not in _NO_STEPS), None)
    first = made or took or next(iter(found), None)
    return None if first is None else Origin(*first, chain)


def _generative(step: Mapping[str, Any]) -> bool:
    return step.get("digitalSourceType") in AI_TYPES or step.get("description") == _SAID


def _chain(claim: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The active manifest and, before it, what it was made from (`parentOf`), first version first."""
    others = {str(one.get("label")): one for one in map(mapping, claim.get("others", ()))}
    found, at = [claim], claim
    while True:
        parents = (mapping(item) for item in at.get("ingredients", ()))
        label = next((str(item.get("manifest")) for item in parents if item.get("relationship") == "parentOf"), "")
        parent = others.pop(label, None)
        if parent is None:
            break
        found.append(parent)
        at = parent
    yield from reversed(found)
