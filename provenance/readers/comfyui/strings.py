"""What a text input's value was: literal, or through primitives, switches, joins and wildcards; and who made it, a person or the run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from provenance.readers.comfyui.graph import SENTENCE, UNNAMED, Link, Node, order
from provenance.readers.comfyui.numbers import MAX_HOPS, OUTPUTS, PIPES
from provenance.readers.comfyui.switches import links, undecided
from provenance.readers.comfyui.walk import Said, Walk
from provenance.readers.reading import EXPANDED, TYPED

_BOTH = (
    "text", "Text", "string", "prompt", "text_g", "text_l", "prompt_g", "prompt_l", "clip_l", "clip_g", "t5xxl", "llama", "bert", "mt5xl",
    "qwen25_7b", "byt5", "user_prompt", "caption", "tags", "lyrics", "gemma_prompt", "prompt_text", "text_prompt", "str", "multiline_text",
    "local_prompts", "text_pos_g", "text_pos_l",
)
POSITIVE = ("text_positive", "positive_prompt", "positive")
NEGATIVE = ("text_negative", "negative_prompt", "negative", "negative_text", "neg_prompt", "text_neg_g", "text_neg_l")
_FOR_POSITIVE = frozenset((*_BOTH, *POSITIVE, "populated_text"))
_FOR_NEGATIVE = frozenset((*_BOTH, *NEGATIVE, "populated_text"))
_ALL = _FOR_POSITIVE | _FOR_NEGATIVE
_RUNTIME = re.compile(
    r"generate|llm|chat|ollama|gemini|openai|gpt|claude|anthropic|groq|grok|deepseek|mistral|caption|tagger|florence|joycaption|enhance|"
    r"random|interrogat|vision|translat|dynamicprompt|describe|blip|moondream|minicpm|vlm|qwen2|qwen3|qwenvl|internvl|pixtral|llava|"
    r"^dp(random|combin|feeling|magic|jinja|template)|tipo|promptgen|superprompt|oneprompt|puter|noodle|img2txt|image.?to.?(text|prompt)"
)
_CHANGES = re.compile(r"replace|regex|substring|trim|caseconvert|format|strip|split|truncate|math|python|exec|eval|json")
_JOINS = re.compile(r"concat|join|append|combine|merge|stringfunction")
_STYLES = re.compile(r"styler|stylesselector|promptstyle|style prompt")
_SHOWS = re.compile(r"^show|showtext|display|preview|showany")
_HOLDS = re.compile(r"primitive|constant|multiline")
_SEPARATORS = ("delimiter", "separator", "joiner", "sep", "arg0", "text_separator")
_PIECE = re.compile(r"(string|text|str|prompt|input|arg|prefix|suffix).*|[a-d]", re.IGNORECASE)
_CODE = re.compile("regex|pattern|expression|json|separator|delimiter|find|_name$|^title$|code|shader")
MAX_BEHIND = 60  # nodes looked at upstream of a text that only the run knew
MAX_REPLACED = 1_000_000  # characters put in by one StringReplace
_CHOICES = re.compile(r"__[^\s_][^\n]{0,200}?__|\{[^{}|]{0,2000}\|")


def texts(walk: Walk, node: Node, way: str, keys: Sequence[str] | None = None) -> list[Said]:
    """The texts a text encoder (or a node that makes pictures from text) was given, for `way` positive or negative; blanks once.

    Args:
        keys: of the inputs to look in; those of `text_keys` if None.
    """
    found: dict[str, Said] = {}
    for key in text_keys(node, way) if keys is None else keys:
        for said in _each(walk, node, key, way):
            found.setdefault(said.text, said)
    filled = [said for said in found.values() if said.text.strip()]
    return filled or list(found.values())[:1]


def text_keys(node: Node, way: str) -> list[str]:
    """Names of a node's inputs that hold text for `way`, in reading order."""
    values = node.inputs
    there = (_FOR_NEGATIVE if way == "negative" else _FOR_POSITIVE).intersection(values)
    if len(there) <= 1 and "lyrics" not in there:
        return [name for name in there if is_text(values[name])]
    if "populated_text" in there:
        return ["populated_text"]
    if "lyrics" in there and type(values.get("style")) is str:  # what `tags` are elsewhere
        return ["style", "lyrics"]
    names = [name for name in (NEGATIVE if way == "negative" else POSITIVE) if name in there and is_text(values[name])]
    if names and way == "negative":
        return names
    return names + [name for name in _BOTH if name in there and is_text(values[name])]


def is_text(value: Any) -> bool:
    """Whether an input may hold text: itself, behind a link, or as a list."""
    kind = type(value)
    return kind is str or kind is Link or kind is list


def _each(walk: Walk, node: Node, key: str, way: str) -> Iterator[Said]:
    value = node.inputs[key]
    where = f"{node.id}.{key}"
    if type(value) is list:
        pieces = [item for item in value if type(item) is str]
        if len(pieces) == 1 and walk.spend(pieces[0]):
            yield Said(pieces[0], TYPED, where)
        elif pieces:  # several texts where one is expected: which of them this picture got is not in the file
            for piece in pieces[:100]:
                walk.typed(node.id, key, piece)
            walk.unknown(node.id, key, way)
        return
    found = populated(walk, node, way, MAX_HOPS) if key == "populated_text" else resolve(walk, value, way, MAX_HOPS, where)
    if found is not None and type(value) is str and "wildcard" in node.low and key != "populated_text":
        found = _chosen(walk, node, key, found, way)
    if found is None:
        walk.unknown(node.id, key, way)
        _typed_behind(walk, value)
    elif walk.spend(found.text):
        yield found


def _chosen(walk: Walk, node: Node, key: str, typed: Said, way: str) -> Said:
    """A node that fills in wildcards and does not write down what it took: the typed text stands for it, and that is said."""
    if _CHOICES.search(typed.text):
        walk.typed(node.id, key, typed.text, "negative_template" if way == "negative" else "template")
        walk.unknown(node.id, key, way)
    return typed


def name_of(walk: Walk, value: Any, key: str) -> str | None:
    """A model's or file's name: a literal, or what a link brings to an input called `key`; None where only the run knew."""
    for _ in range(8):
        if isinstance(value, str):
            return str(value)
        node = walk.node(value) if type(value) is Link else None
        if node is None:
            return None
        if key not in node.inputs:
            found = resolve(walk, value, "", 8, "")
            return found.text if found is not None else None
        value = node.inputs[key]
    return None


def resolve(walk: Walk, value: Any, way: str, hops: int, where: str) -> Said | None:
    """A text: a literal, or what the node behind a link makes of literals; None where only the run knew."""
    if isinstance(value, str):
        return Said(str(value), TYPED, where)
    node = walk.node(value) if type(value) is Link and hops > 0 else None
    return _made(walk, node, value.slot, way, hops) if node is not None else None


def _made(walk: Walk, node: Node, slot: int, way: str, hops: int) -> Said | None:
    """What a node gives out as text."""
    low = node.low
    if "populated_text" in node.inputs:
        return populated(walk, node, way, hops)
    if node.cls == "StringReplace" and (found := _replaced(walk, node, way, hops)) is not None:
        return found
    if _JOINS.search(low) and node.cls not in OUTPUTS:
        return _joined(walk, node, way, hops)
    changes = _CHANGES.search(low) is not None
    if (changes or _RUNTIME.search(low)) and not _HOLDS.search(low):
        if not changes or low.startswith("dp"):
            instructions(walk, node, hops)
        return None
    if undecided(node, walk.graph):
        _options(walk, node, way)
        return None
    if _SHOWS.search(low):
        return _shown(walk, node, way, hops)
    found = _handed_on(walk, node, slot, way, hops)
    return _styled(walk, node, found, way) if found is not None and _STYLES.search(low) else found


def _options(walk: Walk, node: Node, way: str) -> None:
    """What a switch could have taken, where the file does not tell what it took."""
    for name, link in node.links.items():
        option = resolve(walk, link, way, 8, f"{node.id}.{name}")
        if option is not None and option.text.strip():
            walk.write("typed", option.text, option.origin, option.where)


def _shown(walk: Walk, node: Node, way: str, hops: int) -> Said | None:
    """Show Text and its kin hand on what they get. Where that was made by the run: ComfyUI-Custom-Scripts writes it into the canvas while
    the prompt runs; `text_0` in the prompt is what the browser showed when the prompt was queued, which may be an earlier run's text."""
    for _, link in links(node, walk.graph):
        if (found := resolve(walk, link, way, hops - 1, f"{node.id}.text")) is not None:
            return found
    if node.id in walk.shown:
        return Said(walk.shown[node.id], EXPANDED, f"{node.id}.text_0")
    cached = next((value for name in ("text_0", "text2", "text") if type(value := node.inputs.get(name)) is str), None)
    if cached is None:
        return None
    walk.warn(f"cached {node.id}.text_0")
    return Said(cached, EXPANDED, f"{node.id}.text_0")


def _styled(walk: Walk, node: Node, found: Said, way: str) -> Said:
    """A style is filled in around the typed text, out of a file of the styler's own: the typed text stands for it, and that is said."""
    walk.warn(f"styled {node.id}")
    walk.unknown(node.id, "styled", way)
    return found


def _handed_on(walk: Walk, node: Node, slot: int, way: str, hops: int) -> Said | None:
    """Nodes that hold a text or pass one through: primitives, text boxes, stylers, switches, reroutes, contexts."""
    handed = OUTPUTS.get(node.cls)
    if handed is not None and 0 <= slot < len(handed) and handed[slot] in node.inputs:
        return resolve(walk, node.inputs[handed[slot]], way, hops - 1, f"{node.id}.{handed[slot]}")
    chosen = dict(links(node, walk.graph))
    if handed is not None:
        pipe = next((Link(link.node, slot) for name, link in chosen.items() if name in PIPES or name.startswith("ctx")), None)
        return resolve(walk, pipe, way, hops - 1, "")
    both = any(key in node.inputs for key in POSITIVE) and any(key in node.inputs for key in NEGATIVE)
    way = ("positive", "negative")[slot] if both and slot in (0, 1) else way
    names = [*text_keys(node, way), *(key for key in ("value", "Value") if key in node.inputs)]
    for key in names:
        given = node.inputs[key]
        if type(given) is Link and key not in chosen:
            continue
        found = resolve(walk, given, way, hops - 1, f"{node.id}.{key}")
        if found is not None:
            return _chosen(walk, node, key, found, way) if "wildcard" in node.low and way else found
    if not names and chosen and (len(chosen) == 1 or "switch" in node.low):
        return resolve(walk, next(iter(chosen.values())), way, hops - 1, "")
    plain = [(key, item) for key, item in node.inputs.items() if type(item) is str and not key.startswith(UNNAMED)]
    return Said(plain[0][1], TYPED, f"{node.id}.{plain[0][0]}") if len(plain) == 1 and not names and not chosen else None


def populated(walk: Walk, node: Node, way: str, hops: int) -> Said | None:
    """Impact's and Inspire's wildcard nodes: populated_text is what was used, wildcard_text what was typed; both are kept. The server fills
    the first in before the prompt runs, unless the mode says that a person's own text is to be used."""
    typed, mode = node.inputs.get("wildcard_text"), node.inputs.get("mode", True)
    found = resolve(walk, node.inputs["populated_text"], way, hops - 1, f"{node.id}.populated_text")
    if found is None or type(typed) is not str or not typed:
        return found
    fills = mode is True or (isinstance(mode, str) and mode.lower() in ("populate", "reproduce"))
    if fills and way:
        walk.typed(node.id, "wildcard_text", typed, "negative_template" if way == "negative" else "template")
    return Said(found.text, EXPANDED if fills and found.text != typed else found.origin, found.where)


def _joined(walk: Walk, node: Node, way: str, hops: int) -> Said | None:
    """Texts put together: the pieces are typed, the whole is the tool's. One piece alone stays what it is."""
    separator = next((str(value) for key in _SEPARATORS if isinstance(value := node.inputs.get(key), str)), "")
    separator = separator.replace("\\n", "\n")
    if "action" in node.inputs:  # Custom-Scripts' String Function puts together or replaces
        if node.inputs["action"] != "append":
            return None
        separator = ", " if node.inputs.get("tidy_tags") == "yes" else ""
    core = node.cls == "StringConcatenate"
    parts: list[Said] = []
    for key, value in node.inputs.items():
        if key in _SEPARATORS or not _PIECE.fullmatch(key) or not (type(value) is str or type(value) is Link):
            continue
        part = resolve(walk, value, way, hops - 1, f"{node.id}.{key}")
        if part is None:  # a whole with a hole in it would not be what ran
            instructions(walk, node, hops)
            return None
        if part.text or core:
            if not walk.spend(part.text):
                return None
            parts.append(part)
    if len(parts) <= 1 and not (core and separator):
        return parts[0] if parts else None
    for part in parts:
        if part.text.strip() and part.origin == TYPED and len(part.text) < 100_000:
            walk.write("typed", part.text, TYPED, part.where)
    return Said(separator.join(part.text for part in parts), EXPANDED, node.id)


def _replaced(walk: Walk, node: Node, way: str, hops: int) -> Said | None:
    """ComfyUI's own StringReplace is Python's `str.replace` and nothing else: what went in decides what came out."""
    parts = [resolve(walk, node.inputs.get(key), way, hops - 1, f"{node.id}.{key}") for key in ("string", "find", "replace")]
    whole, old, new = parts
    if whole is None or old is None or new is None or not walk.spend(whole.text):
        return None
    if whole.text.count(old.text) * len(new.text) > MAX_REPLACED:
        return None
    for part in (whole, new):
        if part.text.strip() and part.origin == TYPED and part.where:
            walk.write("typed", part.text, TYPED, part.where)
    made = whole.text.replace(old.text, new.text)
    return Said(made, EXPANDED, node.id) if walk.spend(made) else None


def _typed_behind(walk: Walk, value: Any) -> None:
    """What a person wrote upstream of a text that only the run knew: the sentences in the nodes it was made of."""
    if type(value) is not Link:
        return
    behind = order(walk.graph, [value.node], lambda step: links(step, walk.graph), walk.behind, MAX_BEHIND)
    for key in behind:
        if key in walk.behind:
            continue
        walk.behind.add(key)
        for name, item in walk.graph[key].inputs.items():
            if type(item) is str and len(item) >= SENTENCE and item.strip().count(" ") > 1 and not _CODE.search(name):
                walk.typed(key, name, item)


def instructions(walk: Walk, node: Node, hops: int = 4) -> None:
    """What the person typed into a node whose output only the run knew; once for each node."""
    if node.id in walk.instructed:
        return
    walk.instructed.add(node.id)
    for key, value in node.inputs.items():
        if (key in _ALL or key in ("instruction", "input", "system_prompt", "question", "message", "query")) and type(value) is str:
            if len(value.strip()) > 2:
                walk.typed(node.id, key, value)
        elif type(value) is Link and key in _ALL:
            found = resolve(walk, value, "", min(hops, 4) - 1, f"{node.id}.{key}")
            if found is not None and found.text.strip():
                walk.write("typed", found.text, found.origin, found.where)
