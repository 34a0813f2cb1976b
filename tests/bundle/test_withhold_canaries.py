"""What is withheld is in no file of a bundle, in any spelling: a work whose every sealed value is a word that stands nowhere else."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support import canaries, leaks
from support.canaries import WORK, Canaries

from provenance.bundle import withhold
from provenance.bundle.examine import examine
from provenance.bundle.request import Exported
from provenance.bundle.withhold import Also
from provenance.daemon.exporting import hand_over
from provenance.errors import BadInput
from provenance.views.selection import of_work

NOTHING: frozenset[str] = frozenset()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Canaries, list[str], Path]]:
    folder = tmp_path_factory.mktemp("canaries")
    one, shas = canaries.make(folder)
    with one.evening:
        yield one, shas, folder


def bundle(made: tuple[Canaries, list[str], Path], withheld: frozenset[str] = NOTHING, **more: Any) -> tuple[Path, Exported]:
    one, _, folder = made
    options: dict[str, Any] = {"film": False, "pdf": False, "why": "", "languages": ("en",)} | more
    target = folder / f"{one.house.ledger.size()}.zip"
    done, _ = hand_over(one.house, of_work(one.house.views, WORK), target, withheld=withheld, **options)
    assert examine(target).exit_code == 0
    return target, done


def about(path: Path) -> dict[str, Any]:
    with zipfile.ZipFile(path) as opened:
        (name,) = (name for name in opened.namelist() if name.endswith("data/bundle.json"))
        found: dict[str, Any] = json.loads(opened.read(name))
    return found


def seq_of(one: Canaries, field: str, nth: int = 0) -> int:
    found: int = sorted(seq for seq, name in one.words if name == field)[nth]
    return found


def test_nothing_withheld_shows_them_and_everything_withheld_shows_none(made: tuple[Canaries, list[str], Path]) -> None:
    one = made[0]
    every = one.of(withhold.sealed_fields())
    path, _ = bundle(made, pdf=True)
    shown = leaks.found(path, every)
    inside = set(about(path)["entries"])
    assert set(shown) == {word for (seq, _), words in one.words.items() if seq in inside for word in words}, "the search finds them"
    assert any("report.pdf" in files for files in shown.values()), "in what the PDF prints, too"
    path, done = bundle(made, withhold.sealed_fields(), pdf=True)
    assert leaks.found(path, every) == {}
    assert len(done.absent) == 2, "a picture without any metadata holds nothing that is withheld, and goes along"


@pytest.mark.slow
def test_each_field_and_all_the_others(made: tuple[Canaries, list[str], Path]) -> None:
    """Each field once, eight groups of them; each by itself with PROV_ALL_FIELDS (a minute)."""
    fields = sorted({name for _, name in made[0].words})
    groups = len(fields) if os.environ.get("PROV_ALL_FIELDS") else 8
    for number in range(groups):
        held = frozenset(fields[number::groups])
        path, _ = bundle(made, held)
        assert leaks.found(path, made[0].of(held)) == {}, sorted(held)
        assert leaks.found(path, made[0].of(frozenset(fields) - held)), "and the others are shown"


def test_a_field_of_one_entry_and_one_picture_with_reasons(made: tuple[Canaries, list[str], Path]) -> None:
    one, shas, _ = made
    note, rejected = seq_of(one, "text"), shas[1]
    also = Also({note: frozenset({"text"})}, frozenset({rejected}), {f"text@{note}": "for another day", "picture:" + rejected: "not mine"})
    path, _ = bundle(made, also=also)
    mine = {seq for seq, name in one.words if name == "prompts" and one.house.ledger.record(seq).entry.open["sha256"] == rejected}
    hidden = [w for (seq, name), words in one.words.items() if seq in mine or (seq, name) == (note, "text") for w in words]
    assert len(hidden) > 10 and leaks.found(path, hidden) == {}
    others = [w for (seq, name), words in one.words.items() if name in {"text", "prompts"} and seq not in {*mine, note} for w in words]
    assert set(leaks.found(path, others)) == set(others), "what other entries say is shown"
    told = about(path)
    assert told["withheld"] == [] and set(map(int, told["withheld_at"])) == {note, *mine} and told["withheld_reasons"] == also.reasons
    row = next(row for row in told["pictures"] if row["sha256"] == rejected)
    assert (row["file"], row["why_absent"], "preview" in row) == (None, "it is withheld", False)
    with zipfile.ZipFile(path) as opened:
        data = b"".join(map(opened.read, opened.namelist()))
    assert one.house.blobs.get(rejected, 1 << 20)[-200:] not in data, "not a byte of its pixels"


def test_the_same_words_in_another_entry_are_told_beforehand(made: tuple[Canaries, list[str], Path]) -> None:
    from provenance import facts

    one = made[0]
    first = one.evening.say(facts.NoteAdded(text="the secret of the glaze", work=WORK))
    one.evening.say(facts.NoteAdded(text="the secret of the glaze", work=WORK))
    with pytest.raises(BadInput) as caught:
        bundle(made, also=Also({first: frozenset({"text"})}))
    assert (caught.value.key, caught.value.params["other"]) == ("withhold.shown-elsewhere", f"text@{first + 1}")
    bundle(made, also=Also({first: frozenset({"text"}), first + 1: frozenset({"text"})}))
    one.evening.say(facts.DecisionMade(decision="kept", pictures=(made[1][0],), why="for the secret of the glaze."))
    with pytest.raises(BadInput) as refused:
        bundle(made, frozenset({"text"}))
    assert refused.value.key == "export.leak" and refused.value.params["field"] == "text"
    path, _ = bundle(made, frozenset({"text", "why"}))
    assert leaks.found(path, ["secret of the glaze"]) == {}


@pytest.mark.parametrize("previews", ["blur", "drop"])
def test_previews_blurred_or_dropped(made: tuple[Canaries, list[str], Path], previews: str) -> None:
    import hashlib
    import io

    from PIL import Image

    one = made[0]
    path, _ = bundle(made, also=Also(previews=previews))
    told = about(path)
    assert told["previews"] == previews and not any("preview" in row for row in told["pictures"])
    known = {row["preview"] for row in one.house.views.ask("SELECT preview FROM described")}
    with zipfile.ZipFile(path) as opened:
        files = {name.partition("/")[2]: opened.read(name) for name in opened.namelist()}
    assert known and not any(sha in name for sha in known for name in files)
    made_now = {name: data for name, data in files.items() if name.startswith("previews/")}
    assert len(made_now) == (3 if previews == "blur" else 0)
    hashes = {row.get("preview_blurred") for row in told["pictures"]} - {None}
    assert hashes == {hashlib.sha256(data).hexdigest() for data in made_now.values()}
    for data in made_now.values():
        with Image.open(io.BytesIO(data)) as picture:
            scale = max(picture.size) // max(1, min(24, 64 // 4))
            small = picture.resize((picture.width // scale, picture.height // scale), Image.Resampling.NEAREST)
            again = small.resize(picture.size, Image.Resampling.NEAREST)
            assert again.tobytes() == picture.convert(again.mode).tobytes() and max(small.size) <= 24, "nothing finer than a patch is in it"
            assert not picture.info, "and no metadata"


def test_an_entry_or_field_that_is_not_there_is_refused(made: tuple[Canaries, list[str], Path]) -> None:
    for also, key in ((Also({999_999: frozenset({"text"})}), "withhold.no-entry"), (Also({0: frozenset({"text"})}), "withhold.no-field")):
        with pytest.raises(BadInput) as caught:
            bundle(made, also=also)
        assert caught.value.key == key
