"""verify.html in Firefox: the answers of the conformance set, by the browser's own cryptography and by the page's."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import browser, conformance, firefox, pageset, verifiers, verifypage
from support.verifypage import Verifier

EXPECTED = json.loads((Path(__file__).resolve().parents[1] / "conformance" / "expected.json").read_text(encoding="utf-8"))
EACH = "Promise.all(TESTS.map(([key, sig, msg]) => ed25519(fromHex(key), fromHex(sig), fromHex(msg))))"


@pytest.fixture(scope="module")
def made() -> conformance.Set:
    return conformance.build()


@pytest.fixture(scope="module")
def verifier(made: conformance.Set, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Verifier]:
    if browser.FIREFOX is None:
        pytest.skip("LOUD: NO FIREFOX (Debian: firefox-esr): verify.html was tried in Chromium ONLY")
    folder = tmp_path_factory.mktemp("page")
    with verifypage.opened(folder, by=firefox) as page:
        pageset.trusting(page, made, folder)
        yield page
        assert not page.page.errors


@contextlib.contextmanager
def without(verifier: Verifier) -> Iterator[None]:
    """As in a browser whose WebCrypto knows no such algorithm."""
    refuse = "() => Promise.reject(new DOMException('', 'NotSupportedError'))"
    verifier.page.run(f"(() => {{ window.kept = crypto.subtle.importKey; crypto.subtle.importKey = {refuse}; }})()")
    try:
        yield
    finally:
        verifier.page.run("(() => { crypto.subtle.importKey = window.kept; })()")


def chosen(made: conformance.Set) -> list[conformance.Case]:
    """The good ones, and one broken one for every third code. As zips: WebDriver cannot hand a folder to Firefox."""
    shown: dict[str, conformance.Case] = {}
    for case in made.cases:
        if case.word != "REFUSED" or case.zipped is not None:
            shown.setdefault(case.name[:4] if not case.name.islower() else case.name, case)
    zips = [case for case in shown.values() if not case.links and "B007" not in case.codes]
    return [case for case in zips if case.good] + [case for case in zips if not case.good][::3]


@pytest.mark.slow
def test_the_answers_are_those_of_the_set(verifier: Verifier, made: conformance.Set, tmp_path: Path) -> None:
    rows = {row["bundle"]: row for row in EXPECTED["bundles"]}
    cases = chosen(made)
    assert {"integrity-only", "anchored"} <= {case.name for case in cases} and len(cases) > 25
    for case in cases:
        told = pageset.check(verifier, case, tmp_path)
        assert told == (rows[case.place]["verdict"], Counter(rows[case.place]["codes"])), case.name


def test_the_browser_s_ed25519_and_the_page_s_are_one(verifier: Verifier, vectors: Path) -> None:
    """On the published signatures that are made to tell implementations apart; the page asks the browser only where it says yes itself."""
    tests = published(vectors)
    ours = [verifiers.FORMS.ed25519(*(bytes.fromhex(part) for part in test)) for test in tests]
    assert True in ours and False in ours and len(tests) > 200
    assert verifier.page.run(EACH.replace("TESTS", json.dumps(tests))) == ours
    with without(verifier):
        assert verifier.page.run(EACH.replace("TESTS", json.dumps(tests))) == ours


def published(vectors: Path) -> list[tuple[str, str, str]]:
    """Key, signature and message of others' vectors, hex."""
    suite = json.loads((vectors / "wycheproof" / "testvectors_v1" / "ed25519_test.json").read_text())
    rows = [(group["publicKey"]["pk"], test["sig"], test["msg"]) for group in suite["testGroups"] for test in group["tests"]]
    cases = json.loads((vectors / "cctv-ed25519" / "ed25519" / "ed25519vectors.json").read_text())
    return rows + [(case["key"], case["sig"], case["msg"].encode().hex()) for case in cases[::12]]


def test_a_firefox_without_ed25519_gives_the_same_verdicts(verifier: Verifier, made: conformance.Set, tmp_path: Path) -> None:
    rows = {row["bundle"]: row for row in EXPECTED["bundles"]}
    names = ("integrity-only", "S001", "S003", "A004", "A002")  # what rests on Ed25519 alone; RSA and ECDSA are the browser's
    with without(verifier):
        for name in names:
            case = next(case for case in made.cases if case.name.startswith(name))
            row = rows[case.place]
            assert pageset.check(verifier, case, tmp_path) == (row["verdict"], Counter(row["codes"])), case.name


def test_nothing_leaves_the_page(verifier: Verifier) -> None:
    """Its policy, as this browser takes it: no address is asked, no script comes in by a text."""
    told = "document.addEventListener('securitypolicyviolation', event => good(event.effectiveDirective), {once: true})"
    for directive, act in (
        ("connect-src", "fetch('http://127.0.0.1:9/').catch(() => 0)"),
        ("img-src", "(() => { const s = document.createElement('img'); s.src = 'http://127.0.0.1:9/x.png'; document.body.append(s); })()"),
    ):
        assert verifier.page.run(f"new Promise(good => {{ {told}; {act}; }})") == directive
    text = "(() => { try { document.body.innerHTML = '<b>x</b>'; return 'set'; } catch { return 'blocked'; } })()"
    assert verifier.page.run(text) == "blocked"
    verifier.page.errors.clear()
