"""What an input's value was: numbers and texts, through primitives, switches, concatenations and wildcards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from provenance.readers.comfyui.graph import Link, Node, links
from provenance.readers.comfyui.walk import Walk
from provenance.readers.jsontext import Num

MAX_HOPS = 40
PIPES = ("basic_pipe", "pipe", "context", "ctx", "base_ctx", "sdxl_pipe", "detailer_pipe", "opt_pipe")
_BOTH = (
    "text", "Text", "string", "prompt", "text_g", "text_l", "clip_l", "clip_g", "t5xxl", "llama", "bert", "mt5xl", "qwen25_7b", "byt5",
    "user_prompt", "caption", "tags", "lyrics", "gemma_prompt", "prompt_text", "text_prompt", "str", "multiline_text", "local_prompts",
)
POSITIVE = ("text_positive", "positive_prompt", "positive")
NEGATIVE = ("text_negative", "negative_prompt", "negative")
_RUNTIME = (
    "generate", "llm", "chat", "ollama", "gemini", "openai", "caption", "tagger", "florence", "joycaption", "enhance", "random",
    "interrogat", "vision", "translate", "dynamicprompt", "describe",
)
_CHANGES = ("replace", "regex", "substring", "trim", "caseconvert", "format", "strip", "split")
_SEPARATORS = ("delimiter", "separator", "joiner", "sep", "arg0")
_NUMBERS = ("value", "seed", "noise_seed", "int", "float", "number", "Value", "INT", "FLOAT", "a", "Number")


def number(walk: Walk, node: Node, *keys: str) -> str | None:
    """The first of the inputs that is there, as the tool wrote it; through links where they lead to a literal."""
    for key in keys:
        if key in node.inputs:
            value = node.inputs[key]
            found = _follow(walk, value, key, MAX_HOPS) if isinstance(value, Link) else _literal(value)
            if found is None and isinstance(value, Link):
                walk.unresolved(node.id, key)
            return found
    return None


def _literal(value: Any) -> str | None:
    return str(value) if isinstance(value, str) and value != "" else None


def _follow(walk: Walk, link: Link, key: str, hops: int) -> str | None:
    node = walk.node(link)
    if node is None or hops <= 0:
        return None
    values = node.inputs
    names = [name for name in (key, *_NUMBERS) if name in values]
    if not names:
        plain = [name for name, value in values.items() if isinstance(value, str)]
        ahead = [name for name, _ in links(node, walk.graph)]
        names = plain[:1] if len(plain) == 1 else (ahead[:1] if len(ahead) == 1 else [])
    if any(word in node.low for word in ("math", "expression", "calc", "operation", "multiple", "random")):
        return None
    for name in names:
        value = values[name]
        found = _follow(walk, value, name, hops - 1) if isinstance(value, Link) else _literal(value)
        if found is not None:
            return found
    return None


def field(walk: Walk, node: Node, *keys: str) -> str | None:
    """Like `number`, but where the node has none of the inputs, look in the pipe it is fed from."""
    for _ in range(MAX_HOPS):
        found = number(walk, node, *keys)
        if found is not None or any(key in node.inputs for key in keys):
            return found
        pipe = next((value for name in PIPES if isinstance(value := node.inputs.get(name), Link)), None)
        behind = walk.node(pipe) if pipe is not None else None
        if behind is None:
            return None
        node = behind
    return None


def texts(walk: Walk, node: Node, way: str) -> list[str]:
    """The texts a text encoder (or a node that makes pictures from text) was given, for `way` positive or negative; blanks once."""
    found: dict[str, None] = {}
    for key in text_keys(node, way):
        for text in _each(walk, node, key, way):
            found[text] = None
    filled = [text for text in found if text.strip()]
    return filled or list(found)[:1]


def text_keys(node: Node, way: str) -> list[str]:
    """Names of a node's inputs that hold text for `way`, in reading order."""
    if "populated_text" in node.inputs:
        return ["populated_text"]
    own = POSITIVE if way == "positive" else NEGATIVE
    names = [name for name in own if _is_text(node.inputs.get(name))]
    if names and way == "negative":
        return names
    return names + [name for name in _BOTH if name in node.inputs and _is_text(node.inputs[name])]


def _is_text(value: Any) -> bool:
    return isinstance(value, Link | list) or (isinstance(value, str) and not isinstance(value, Num))


def _each(walk: Walk, node: Node, key: str, way: str) -> Iterator[str]:
    value = node.inputs[key]
    if isinstance(value, list):  # a list of texts stands where one text is expected
        yield from (str(item) for item in value if isinstance(item, str) and walk.spend(item))
        return
    text = _wildcards(walk, node, way, MAX_HOPS) if key == "populated_text" else resolve(walk, value, way, MAX_HOPS)
    if text is None:
        walk.unresolved(node.id, key)
    elif walk.spend(text):
        yield text


def resolve(walk: Walk, value: Any, way: str, hops: int) -> str | None:
    """A text: a literal, or what the node behind a link makes of literals; None where only the run knew."""
    if isinstance(value, str):
        return str(value)
    if not isinstance(value, Link) or hops <= 0:
        return None
    node = walk.node(value)
    if node is None:
        return None
    if "populated_text" in node.inputs:
        return _wildcards(walk, node, way, hops)
    if any(word in node.low for word in ("concat", "join", "append", "combine")):
        return _joined(walk, node, way, hops)
    if any(word in node.low for word in (*_RUNTIME, *_CHANGES)) and "primitive" not in node.low:
        _typed(walk, node)
        return None
    return _handed_on(walk, node, value.slot, way, hops)


def _handed_on(walk: Walk, node: Node, slot: int, way: str, hops: int) -> str | None:
    """Nodes that hold a text or pass one through: primitives, text boxes, stylers, Show Text, switches, reroutes."""
    chosen = dict(links(node, walk.graph))
    both = all(any(key in node.inputs for key in names) for names in (POSITIVE, NEGATIVE))
    way = ("positive", "negative")[slot] if both and slot in (0, 1) else way
    names = [*text_keys(node, way), *(key for key in ("value", "Value") if key in node.inputs)]
    for key in names:
        given = node.inputs[key]
        if isinstance(given, Link) and key not in chosen:
            continue
        found = resolve(walk, given, way, hops - 1)
        if found is not None:
            if "styler" in node.low:
                walk.warn(f"styled {node.id}")
            return found
    cached = node.inputs.get("text_0")
    if isinstance(cached, str):
        walk.warn(f"cached {node.id}.text_0")
        return str(cached)
    if len(chosen) == 1 and not names:
        return resolve(walk, next(iter(chosen.values())), way, hops - 1)
    plain = [item for item in node.inputs.values() if isinstance(item, str) and not isinstance(item, Num)]
    return str(plain[0]) if len(plain) == 1 and not names and not chosen else None


def _wildcards(walk: Walk, node: Node, way: str, hops: int) -> str | None:
    """Impact's wildcard nodes: populated_text is what was used, wildcard_text what was typed; both are kept."""
    typed = node.inputs.get("wildcard_text")
    if isinstance(typed, str) and typed:
        walk.keep("wildcards", {"node": node.id, "text": str(typed)})
    return resolve(walk, node.inputs["populated_text"], way, hops - 1)


def _joined(walk: Walk, node: Node, way: str, hops: int) -> str | None:
    separator = next((str(value) for key in _SEPARATORS if isinstance(value := node.inputs.get(key), str)), "")
    separator = separator.replace("\\n", "\n")
    pieces = ("string", "text", "str", "prompt", "input", "arg")
    names = [key for key in node.inputs if key not in _SEPARATORS and key.lower().startswith(pieces)]
    parts: list[str] = []
    for key in names:
        value = node.inputs[key]
        part = resolve(walk, value, way, hops - 1) if _is_text(value) else None
        if part is None and isinstance(value, Link):
            walk.unresolved(node.id, key)
        if part is not None and (part or node.cls == "StringConcatenate"):
            if not walk.spend(part):
                return None
            parts.append(part)
    return separator.join(parts) if parts else None


def _typed(walk: Walk, node: Node) -> None:
    """What the person typed into a node whose output only the run knew."""
    for key in (*_BOTH, *POSITIVE, "instruction", "input"):
        value = node.inputs.get(key)
        if isinstance(value, str) and not isinstance(value, Num) and len(value.strip()) > 2:
            walk.keep("typed", {"node": node.id, "class": node.cls, "input": key, "text": str(value)})
