"""[check] and [policy] of prov.toml: what is meant is taken, what is not is refused by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from provenance.config import Config, Home, Policy, load, parse, write
from provenance.errors import BadInput
from provenance.review import policy


@pytest.mark.parametrize(("table", "named"), [
    ({"forbid_inputs": ["stolen"]}, "forbid_inputs"),
    ({"forbid_inputs": "third-party"}, "forbid_inputs"),
    ({"forbid_models": [1]}, "forbid_models"),
    ({"forbid_names": [" "]}, "forbid_names"),
    ({"require_review": "yes"}, "require_review"),
    ({"require_anchor": 24}, "require_anchor"),
    ({"require_anchor": "soon"}, "require_anchor"),
    ({"require_anchor": "0h"}, "require_anchor"),
    ({"require_anchor": "²h"}, "require_anchor"),
    ({"mode": "shout"}, "mode"),
    ({"modes": {"require_review": "shout"}}, "modes"),
    ({"modes": {"nothing": "warn"}}, "modes"),
    ({"modes": {"require_review": ["warn"]}}, "modes"),
    ({"override": 1}, "override"),
    ({"forbid_everything": True}, "forbid_everything"),
])  # fmt: skip
def test_a_policy_that_cannot_be_meant_is_refused_by_name(table: dict[str, Any], named: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse({"policy": table}, "prov.toml")
    assert f"policy.{named}" in str(caught.value)


@pytest.mark.parametrize("table", [[], {"folder": "x"}, {"references": "x"}, {"references": [""]}])
def test_a_check_that_cannot_be_meant(table: Any) -> None:
    with pytest.raises(BadInput):
        parse({"check": table}, "prov.toml")


def test_what_is_meant_comes_back_as_it_was_written(tmp_path: Path) -> None:
    modes = (("require_anchor", "warn"),)
    meant = Policy(forbid_inputs=("undeclared",), require_anchor=168, require_review=True, mode="refuse", modes=modes, override=True)
    assert parse({"policy": {"require_anchor": "7d"}}, "p").policy.require_anchor == 168
    write(Home(tmp_path), Config(check=("/refs",), policy=meant))
    found = load(Home(tmp_path))
    assert found.policy == meant and found.check == ("/refs",)
    assert meant.of("require_review") == "refuse" and meant.of("require_anchor") == "warn"


def test_an_empty_policy_has_no_digest_and_another_one_another() -> None:
    assert policy.digest(Policy()) is None
    assert policy.digest(Policy(require_reason=True)) != policy.digest(Policy(require_review=True))
