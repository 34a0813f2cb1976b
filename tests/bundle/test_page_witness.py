"""verify.html judges witnesses as `prov verify` does: the same bundles, the same codes, in a real browser."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import browser, bundles, cosigned, verifypage
from support.cosigned import CASES, Party
from support.verifypage import Verifier

from provenance.bundle.examine import examine
from provenance.bundle.verdict import Trust


@pytest.fixture(scope="module")
def party(tmp_path_factory: pytest.TempPathFactory) -> Party:
    return cosigned.make(tmp_path_factory.mktemp("party"))


@pytest.fixture(scope="module")
def verifier(tmp_path_factory: pytest.TempPathFactory, party: Party) -> Iterator[Verifier]:
    if browser.CHROMIUM is None:
        pytest.skip("LOUD: NO BROWSER: Chromium is not installed: that verify.html knows witnesses was NOT tried")
    with verifypage.opened(tmp_path_factory.mktemp("page")) as made:
        yield made
        assert not made.page.errors


def agree(verifier: Verifier, path: Path, trust: Trust) -> dict[str, str]:
    told, ours = verifier.put("#zip", path), examine(path, trust)
    assert (told["word"], Counter(told["codes"])) == (ours.word, Counter(one.code for one in ours.findings)), path
    shown = verifier.page.run("document.querySelector('.verdict').textContent")
    good = ours.exit_code == 0
    assert ("WITNESSED" in shown) is (good and bool(ours.witnessed)), path
    return {"text": told["text"], "shown": shown}


def zipped(folder: Path, files: dict[str, bytes], name: str = "b.zip") -> Path:
    path = folder / name
    path.write_bytes(bundles.zipped(files))
    return path


def test_the_page_trusts_a_pasted_key_and_no_other(verifier: Verifier, party: Party, tmp_path: Path) -> None:
    path = zipped(tmp_path, party.files())
    agree(verifier, path, Trust())
    verifier.witnesses(cosigned.of(cosigned.LAW).vkey)
    told = agree(verifier, path, Trust(witnesses=(cosigned.of(cosigned.LAW),)))
    assert "+ WITNESSED" in told["shown"] and "witness.example/law" in told["text"] and "2026-11-23T02:00:00" in told["text"]
    assert "10" in told["text"] and verifier.page.run("document.querySelectorAll('.steps > li').length") == 12
    verifier.witnesses("law", cosigned.of(cosigned.LAW).vkey.replace("law+", "lav+"), party.world.signer.vkey)
    assert verifier.page.run("state.witnesses.length") == 0 and "lav" in verifier.page.run("document.getElementById('unread').textContent")
    verifier.witnesses()


def test_false_witnesses_and_what_stands_beside_the_verdict(verifier: Verifier, party: Party, tmp_path: Path) -> None:
    verifier.witnesses(*(one.vkey for one in party.trusted))
    for case in CASES[::4]:  # all of them: test_verify_page.py, with the conformance set
        agree(verifier, zipped(tmp_path, case.build(party)), Trust(witnesses=party.trusted))
    verifier.witnesses()
