"""verify.html in a real browser says of every broken bundle what `prov verify` says of it, runs nothing of a bundle and asks no network."""

from __future__ import annotations

import base64
import dataclasses
import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
import test_bundle_keys as keyed
import test_bundle_zip as zips
from support import badanchors, badzips, browser, bundles, conformance, pageset, verifiers, verifypage
from support.authority import OPENSSL
from support.verifypage import Verifier

from provenance import data, words
from provenance.bundle import page
from provenance.bundle.examine import examine
from provenance.bundle.verdict import Trust

FINDINGS = json.loads(data.read("findings.json"))
EXPECTED = json.loads((Path(__file__).resolve().parents[1] / "conformance" / "expected.json").read_text(encoding="utf-8"))
PARAMS = "(state.shown.check?.findings ?? state.shown.findings).map(one => [one.code, Object.keys(one.params)])"
WHYS = "(state.shown.check?.findings ?? state.shown.findings).filter(one => 'why' in one.params).map(one => [one.code, one.params.why])"
ROOM = Path(page.__file__).parent / "standalone"


@pytest.fixture(scope="module")
def verifier(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Verifier]:
    if browser.CHROMIUM is None:
        pytest.skip("LOUD: NO BROWSER: Chromium is not installed: verify.html was NOT tried")
    with verifypage.opened(tmp_path_factory.mktemp("page")) as made:
        yield made
        assert not made.page.errors


def agree(verifier: Verifier, path: Path) -> tuple[str, set[str]]:
    """Verdict and codes, on which the page and the package agree, each as often; and each finding fills its words."""
    ours, theirs = verifiers.package(path), verifier.check(path)
    assert ours == theirs, (ours, theirs)
    for code, params in verifier.page.run(PARAMS):
        assert set(params) == set(FINDINGS[code]["params"]), (code, params)
    return ours[0], set(ours[1])


def put(folder: Path, files: dict[str, bytes], name: str = "bundle.zip") -> Path:
    path = folder / name
    path.write_bytes(bundles.zipped(files))
    return path


def whys(case: conformance.Case, made: conformance.Set, folder: Path) -> list[list[str]]:
    """The reasons that the package gives, in the order of the steps."""
    asked = made.asked
    verdict = examine(case.write(folder / "whys" / case.place), Trust(case.key or None, asked.authorities, time_roots=asked.roots))
    return [[finding.code, finding.params["why"]] for finding in verdict.findings if "why" in finding.params]


# --- agreement ------------------------------------------------------------------------------------------------------------------------


def test_a_good_bundle_as_a_zip_and_as_a_folder(verifier: Verifier, world: bundles.World, tmp_path: Path) -> None:
    assert agree(verifier, put(tmp_path, world.files())) == ("INTEGRITY ONLY", {"T001"})
    folder = bundles.write_folder(tmp_path / "EVIDENCE-x-20261122", world.files())
    assert agree(verifier, folder) == ("INTEGRITY ONLY", {"T001"})
    (folder / "data" / ".DS_Store").write_bytes(b"x")
    assert agree(verifier, folder) == ("INTEGRITY ONLY", {"T001", "B007"})
    assert agree(verifier, bundles.write_folder(tmp_path / "other", {"a.txt": b"x"})) == ("REFUSED", {"B000"})


@pytest.mark.slow
def test_the_whole_conformance_set(tmp_path: Path) -> None:
    if browser.CHROMIUM is None:
        pytest.skip("LOUD: NO BROWSER: that verify.html agrees on the conformance set was NOT tried")
    made, rows = conformance.build(), {row["bundle"]: row for row in EXPECTED["bundles"]}
    with verifypage.opened(tmp_path) as verifier:
        pageset.trusting(verifier, made, tmp_path)
        for number, case in enumerate(made.cases):
            if case.links:
                continue  # a browser follows a link in a folder, or leaves it out, and tells no page of it
            told = pageset.check(verifier, case, tmp_path, folder_too=number % 6 == 0)
            assert told == (rows[case.place]["verdict"], Counter(rows[case.place]["codes"])), case.name
            for code, params in verifier.page.run(PARAMS):
                assert set(params) == set(FINDINGS[code]["params"]), (case.name, code, params)
            if case.zipped is not None or "why" in {name for code in told[1] for name in FINDINGS[code]["params"]}:
                assert verifier.page.run(WHYS) == whys(case, made, tmp_path), case.name
        assert not verifier.page.errors


@pytest.mark.skipif(OPENSSL is None, reason="LOUD: NO openssl: that verify.html shows a trusted time was NOT tried")
def test_a_trusted_time_is_shown_and_only_where_its_root_was_handed_over(tmp_path: Path) -> None:
    if browser.CHROMIUM is None:
        pytest.skip("LOUD: NO BROWSER: that verify.html shows a trusted time was NOT tried")
    everybody = badanchors.party(tmp_path / "party")
    root = tmp_path / "root.der"
    root.write_bytes(everybody.roots[0])
    path = put(tmp_path, everybody.good.files())
    with verifypage.opened(tmp_path) as verifier:
        assert verifier.check(path) == verifiers.package(path) and verifier.check(path)[0] == "INTEGRITY ONLY"  # nobody is trusted
        verifier.trust(root)
        told, ours = verifier.put("#zip", path), examine(path, Trust(time_roots=everybody.roots))
        assert told["word"] == ours.word == "ANCHORED" and all(one.time in told["text"] for one in ours.anchors)


@pytest.mark.slow
def test_the_author_s_signature(verifier: Verifier, tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    kinds = (ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP384R1()), rsa.generate_private_key(65537, 2048))
    for number, key in enumerate(kinds):
        files = keyed.signed(tmp_path / f"a{number}", keyed.keyed(key))
        assert agree(verifier, put(tmp_path, files)) == ("INTEGRITY ONLY", {"A004", "T001"})
    good = keyed.signed(tmp_path / "w", keyed.keyed(keyed.MEI))
    for name, (change, word, codes) in keyed.CHANGES.items():
        files = dict(good)
        change(files)
        bundles.relist(files)
        bundles.resign(files, keyed.KEYS[0])
        assert agree(verifier, put(tmp_path, files)) == (word, codes | {"T001"}), name
    path = put(tmp_path, keyed.signed(tmp_path / "c", keyed.keyed(keyed.MEI, keyed.chain())))
    assert agree(verifier, path) == ("INTEGRITY ONLY", {"A004", "A006", "T001"})
    (tmp_path / "ca.pem").write_bytes(keyed.ROOT.pem)
    told = verifier.put("#authorities", tmp_path / "ca.pem")
    assert "A007" in told["codes"] and "IDENTIFIED" in told["text"] and "Mei Lin" in told["text"]
    verifier.page.run("state.authorities.length = 0")


@pytest.mark.slow
def test_no_flipped_bit_is_good(verifier: Verifier, world: bundles.World, tmp_path: Path) -> None:
    whole, chance, path = bundles.zipped(zips.small(world)), random.Random(4), tmp_path / "flipped.zip"
    for _ in range(60):
        at = chance.randrange(len(whole))
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << chance.randrange(8)]) + whole[at + 1 :])
        assert verifier.check(path)[0] == verifiers.package(path)[0] in {"FAILED", "REFUSED"}, at


@pytest.mark.slow
def test_a_file_that_is_hashed_piece_by_piece(verifier: Verifier, world: bundles.World, tmp_path: Path) -> None:
    files = world.files() | {"film.bin": bytes(range(251)) * (1 + (66 << 20) // 251)}
    bundles.relist(files)
    bundles.resign(files, world.signer)
    assert agree(verifier, put(tmp_path, files)) == ("INTEGRITY ONLY", {"T001"})
    files["film.bin"] = files["film.bin"][:-1] + b"!"
    assert agree(verifier, put(tmp_path, files)) == ("FAILED", {"F001", "T001"})


# --- its parts ------------------------------------------------------------------------------------------------------------------------


def test_its_own_sha256_and_crc(verifier: Verifier) -> None:
    from zlib import crc32

    script = "(() => { const one = new Sha256(), all = fromHex('HEX');"
    script += " for (let at = 0; at <= all.length; at += 37) one.update(all.slice(at, at + 37));"
    script += " return [hex(one.digest()), crc32(all, 0)]; })()"
    for size in (0, 1, 55, 56, 63, 64, 65, 119, 120, 1000):
        some = random.Random(size).randbytes(size)
        assert verifier.page.run(script.replace("HEX", some.hex())) == [sha256(some).hexdigest(), crc32(some)], size


def test_canonical_json_is_read_strictly(verifier: Verifier) -> None:
    script = "(() => { try { parseJson(fromHex('HEX')); return true; } catch { return false; } })()"
    good = ['{"a":1,"b":[null,true,"\\u0001é\U0001f600"]}', "9007199254740991", '{"__proto__":1}', "[" * 32 + "]" * 32,
            '{"\U0001f600":1,"\ufb33":2}']  # fmt: skip
    bad = ['{"a":1,"a":1}', "1.0", "-0", "1e3", "9007199254740992", '{"b":1,"a":1}', '[1, 2]', "[1]\n", '"\\u00e9"', '"\\ud800"',
           "[" * 33 + "]" * 33, '{"\ufb33":2,"\U0001f600":1}', "\ufeff1", "[" * 100000, "NaN", ""]  # fmt: skip
    for text in good + bad:
        assert verifier.page.run(script.replace("HEX", text.encode().hex())) is (text in good), text[:40]


# --- nothing runs, nothing leaves --------------------------------------------------------------------------------------------------------

HOSTILE = "<img src=x onerror=\"document.title='PWNED'\"><script>document.title='PWNED'</script>\u202egnp.exe {name} \x1b[2J"


def test_hostile_text_stays_text(verifier: Verifier, world: bundles.World, tmp_path: Path) -> None:
    files = dataclasses.replace(world, content=dataclasses.replace(world.content, title=HOSTILE, software=HOSTILE)).files()
    evil = put(tmp_path, files)
    told = verifier.put("#zip", evil)
    assert told["word"] == "INTEGRITY ONLY" and told["text"].count("<img src=x onerror") == 2
    assert "\u202e" not in told["text"] and "\\u{202E}" in told["text"] and "\x1b" not in told["text"]
    evil.write_bytes(badzips.raw_zip((f"data/{HOSTILE}", b"x")))
    told = verifier.put("#zip", evil)
    assert (told["word"], told["codes"]) == ("REFUSED", ["Z008"]) and "<img src=x onerror" in told["text"]
    assert verifier.page.run("document.title") != "PWNED"
    assert verifier.page.run("document.querySelectorAll('#result img, #result script').length") == 0


def test_the_policy_forbids_scripts_and_the_network(tmp_path: Path) -> None:
    if browser.CHROMIUM is None:
        pytest.skip("LOUD: NO BROWSER: the policy of verify.html was NOT tried")
    with verifypage.opened(tmp_path) as verifier:
        run = verifier.page.run
        run("(() => { const s = document.createElement('img'); s.src = 'http://127.0.0.1:9/x.png'; document.body.append(s); })()")
        assert run("fetch('http://127.0.0.1:9/').then(() => 'sent', () => 'blocked')") == "blocked"
        assert run("(() => { try { document.body.innerHTML = '<b>x</b>'; return 'set'; } catch { return 'blocked'; } })()") == "blocked"
        told = " ".join(verifier.page.errors)
        assert told.count("Content Security Policy") >= 2


def test_the_page_is_one_file_whose_policy_names_its_one_script() -> None:
    made = page.page()
    assert made == page.page() and "@" not in re.sub(r"(?s)<script>.*</script>|<style>.*</style>", "", made.decode())
    text = made.decode()
    for tag, name in (("script", "script-src"), ("style", "style-src")):
        (content,) = re.findall(f"(?s)<{tag}>(.*?)</{tag}>", text)
        assert f"{name} 'sha256-{base64.b64encode(sha256(content.encode()).digest()).decode()}'" in text
    assert "default-src 'none'" in text and not re.search(r"""(src|href)=|https?://|import\s*\(""", text)
    assert text.count("<script") == text.count("</script") == 1


def test_it_knows_every_code_and_every_word_in_both_languages() -> None:
    source = "".join((ROOM / name).read_text() for name in page.PARTS)
    baked = page.baked()
    alone = {code for code in FINDINGS if code[0] not in "LHR"} - {"T010"}
    assert set(re.findall(r'"([ABDEFKMPSTWZ][0-9]{3})"', source)) | {"Z011"} == set(baked["findings"]) == alone
    shape = (ROOM / "page.html").read_text()
    used = set(re.findall(r'words\("([a-z.]+)"\)', source)) | set(re.findall(r'data-word="([a-z.]+)"', shape))
    used |= set(re.findall(r'part\("([a-z]+)"', source))
    used |= {f"mark.{mark}" for mark in ("ok", "no", "undone")} | set(re.findall(r'"(limit\.[a-z]+)"', source))
    used |= {f"word.{word}" for word in (*baked["verdicts"], "UNREADABLE")}
    assert used == set(baked["words"])
    for row in (*baked["words"].values(), *baked["steps"].values(), *baked["verdicts"].values()):
        assert all(row[lang] for lang in words.LANGUAGES)
    steps = re.findall(r'"([a-z]+)"', source.split("const STEPS = [")[1].split("]")[0])
    assert len(steps) == 13 and set(steps) <= set(baked["steps"])


def test_it_speaks_both_languages(verifier: Verifier, world: bundles.World, tmp_path: Path) -> None:
    verifier.put("#zip", put(tmp_path, world.files()))
    seen = set()
    for _ in words.LANGUAGES:
        seen.add(verifier.page.run("document.querySelector('.verdict').textContent"))
        verifier.page.run("document.getElementById('lang').click()")
    assert seen == {"INTEGRITY ONLY", "仅证明完整性"}
