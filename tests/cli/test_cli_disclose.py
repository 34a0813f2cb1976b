"""Withholding with reasons, disclosing later and notes for counsel, as a person types them."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from support import leaks
from support.imagefiles import png
from support.prov import Near

SECRET, OTHER = "cobaltnightingale over the harbour", "plain sea at noon"
COUNSEL, IDEA = "weakpointofourclaim is the second picture", "ideaforcounselonly"


@pytest.fixture
def near(tmp_path: Path) -> Near:
    out = tmp_path / "out"
    out.mkdir()
    (out / "a.png").write_bytes(png({"parameters": f"{SECRET}\nSteps: 20, Sampler: Euler a, Seed: 5, Size: 8x8"}, seed=1))
    (out / "b.png").write_bytes(png({"parameters": f"{OTHER}\nSteps: 20, Sampler: Euler a, Seed: 6, Size: 8x8"}, seed=2))
    near = Near(tmp_path / "home")
    near.ok("init", str(out))
    near.ok("import", str(out))
    near.ok("work", "new", "sea")
    near.ok("work", "add", "sea", str(out / "a.png"), str(out / "b.png"))
    return near


def seqs(near: Near) -> list[int]:
    return [row["seq"] for row in near.lines("log", "--json") if row["kind"] == "file.imported/1"]


def test_reasons_from_a_file_and_one_field_disclosed_later(near: Near, tmp_path: Path) -> None:
    first, _ = sorted(seqs(near))
    reasons = tmp_path / "reasons.toml"
    reasons.write_text(
        f'[[withhold]]\nwhat = "prompt@{first}"\nwhy = "trade secret"\n[[withhold]]\nwhat = "picture:{tmp_path / "out" / "b.png"}"\n'
    )
    shut = tmp_path / "shut.zip"
    (told,) = near.lines("export", "sea", "-o", str(shut), "--withhold-file", str(reasons), "--previews", "blur", "--json", "--no-pdf")
    assert f"prompts@{first}" in told["withheld"] and any(one.startswith("picture:") for one in told["withheld"])
    assert leaks.found(shut, [SECRET, OTHER]) == {} and len(told["absent"]) == 2
    (verdict,) = near.lines("verify", str(shut), "--json")
    assert verdict["verdict"] == "INTEGRITY ONLY" and f"prompts@{first}" in verdict["withheld"]
    said = near.ok("disclose", str(shut), "--field", f"prompt@{first}", "-o", str(tmp_path / "more.zip"))
    assert "still withheld: picture:" in said and "previews" in said
    assert set(leaks.found(tmp_path / "more.zip", [SECRET, OTHER])) == {SECRET}
    (done,) = near.lines("disclose", str(tmp_path / "more.zip"), "--picture", str(tmp_path / "out" / "b.png"), "--previews", "--json")
    assert done["withheld"] == [] and done["path"].endswith("more-disclosed.zip")
    assert near.lines("verify", done["path"], "--json")[0]["verdict"] == "INTEGRITY ONLY"
    assert set(leaks.found(Path(done["path"]), [SECRET, OTHER])) == {SECRET, OTHER}


def test_what_is_said_for_counsel_is_in_no_bundle_or_annex(near: Near, tmp_path: Path) -> None:
    (note,) = near.lines("note", COUNSEL, "--work", "sea", "--for-counsel", "--json")
    sketch = tmp_path / "sketch.txt"
    sketch.write_text("attachedforcounsel")
    (idea,) = near.lines("idea", IDEA, "--work", "sea", "--file", str(sketch), "--for-counsel", "--json")
    (said,) = near.lines("say", "saidforcounsel", "--work", "sea", "--for-counsel", "--json")
    near.ok("note", "an ordinary remark", "--work", "sea")
    words = ["weakpointofourclaim", IDEA, "saidforcounsel", "attachedforcounsel", "sketch.txt"]
    near.ok("export", "sea", "-o", str(tmp_path / "a.zip"), "--no-pdf", "--no-film")
    assert leaks.found(tmp_path / "a.zip", [*words, "ordinary remark"]).keys() == {"ordinary remark"}
    with zipfile.ZipFile(tmp_path / "a.zip") as opened:
        about = json.loads(next(opened.read(name) for name in opened.namelist() if name.endswith("data/bundle.json")))
    assert not {note["seq"], idea["seq"], said["seq"]} & set(about["entries"]), "not even sealed"
    near.ok("annex", "sea", "-o", str(tmp_path / "prov.json"))
    annex = (tmp_path / "prov.json").read_text()
    assert "ordinary remark" in annex and not any(word in annex for word in words)
    log = near.ok("log", "--json")
    assert str(note["seq"]) in log, "the person's own log has it"
    near.ok("export", "sea", "-o", str(tmp_path / "b.zip"), "--include-privileged", str(note["seq"]), "--no-pdf", "--no-film")
    assert leaks.found(tmp_path / "b.zip", words).keys() == {"weakpointofourclaim"}


def test_the_name_of_the_file_does_not_tell_what_is_withheld(near: Near) -> None:
    near.ok("work", "new", "cobaltnightingale")
    near.ok("work", "add", "cobaltnightingale", "#1")
    (told,) = near.lines("export", "cobaltnightingale", "--withhold", "name,prompt,path", "--json", "--no-pdf", "--no-film")
    assert "cobalt" not in told["path"]
    assert leaks.found(Path(told["path"]), ["cobaltnightingale"]) == {}
