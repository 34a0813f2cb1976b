"""Run inside the venv of the peers, never by hand: files read by another reader, one JSON line each. Standard library and that reader only.

Usage: python peers_inside.py READER ROUNDS < paths   (READER: sd-parsers, sd-parsers-eager, sd-prompt-reader)
The last line is {"cpu": seconds of the fastest round, "version": ...}. What a reader prints itself is kept off the output.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import io
import json
import sys
import time
from collections.abc import Callable
from typing import Any

Answer = dict[str, Any]


def sd_parsers(eager: bool) -> Callable[[str], Answer]:
    """sd-parsers, as its README calls it."""
    from sd_parsers import ParserManager  # type: ignore[import-not-found]
    from sd_parsers.extractors import Eagerness  # type: ignore[import-not-found]

    manager = ParserManager(eagerness=Eagerness.EAGER) if eager else ParserManager()

    def ask(path: str) -> Answer:
        found = manager.parse(path)
        if found is None:
            return {}
        samplers = found.samplers
        return {
            "generator": str(getattr(found.generator, "value", found.generator)),
            "prompts": [str(prompt) for prompt in found.prompts],
            "negative_prompts": [str(prompt) for prompt in found.negative_prompts],
            "models": [str(sampler.model) for sampler in samplers if sampler.model],
            "samplers": [str(sampler.name) for sampler in samplers if sampler.name],
            "seeds": _texts(sampler.parameters.get("seed", sampler.parameters.get("noise_seed")) for sampler in samplers),
            "steps": _texts(sampler.parameters.get("steps") for sampler in samplers),
            "cfgs": _texts(sampler.parameters.get("cfg_scale", sampler.parameters.get("cfg")) for sampler in samplers),
        }

    return ask


def sd_prompt_reader() -> Callable[[str], Answer]:
    """stable-diffusion-prompt-reader, as its own command line uses it; its placeholder of blanks is nothing."""
    from sd_prompt_reader.image_data_reader import ImageDataReader  # type: ignore[import-not-found]

    def ask(path: str) -> Answer:
        found = ImageDataReader(path)
        if found._parser is None:
            return {}
        values = found.parameter
        several = found.is_sdxl
        return {
            "generator": found.tool,
            "prompts": _texts(found.positive_sdxl.values()) if several and found.positive_sdxl else _texts([found.positive]),
            "negative_prompts": _texts(found.negative_sdxl.values()) if several and found.negative_sdxl else _texts([found.negative]),
            **{key + "s": _texts([values.get(key)]) for key in ("model", "sampler", "seed", "cfg")},
            "steps": _texts([values.get("steps")]),
        }

    return ask


def _texts(values: Any) -> list[str]:
    return [str(value) for value in values if value is not None and str(value).strip()]


READERS: dict[str, tuple[str, Callable[[], Callable[[str], Answer]]]] = {
    "sd-parsers": ("sd-parsers", lambda: sd_parsers(False)),
    "sd-parsers-eager": ("sd-parsers", lambda: sd_parsers(True)),
    "sd-prompt-reader": ("sd-prompt-reader", sd_prompt_reader),
}


def main() -> int:
    """Ask for every path of standard input, ROUNDS times; the answers are those of the first round."""
    package, make = READERS[sys.argv[1]]
    rounds, paths = int(sys.argv[2]), sys.stdin.read().splitlines()
    told: list[Answer] = []
    best = float("inf")
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        ask = make()
        for turn in range(rounds):
            begun = time.process_time()
            for path in paths:
                answer = _asked(ask, path)
                if turn == 0:
                    told.append(answer)
            best = min(best, time.process_time() - begun)
    for answer in told:
        print(json.dumps(answer))
    print(json.dumps({"cpu": best, "version": importlib.metadata.version(package)}))
    return 0


def _asked(ask: Callable[[str], Answer], path: str) -> Answer:
    try:
        return ask(path)
    except Exception as error:  # a peer's failure is an answer too: it reports nothing
        return {"error": type(error).__name__}


if __name__ == "__main__":
    sys.exit(main())
