"""Ideas, remarks, own inputs and people: what is said is recorded with what was there before it, and handed over as what it is."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from support.evening import START, Evening, node, txt2img
from support.imagefiles import png
from support.prov import Near

from provenance import config, facts
from provenance.daemon import reminding, saying
from provenance.daemon.opening import account
from provenance.errors import BadInput
from provenance.views import people


@pytest.fixture
def near(tmp_path: Path) -> Near:
    """A home with two runs of one picture each."""
    with Evening(tmp_path) as evening:
        evening.at(0).webui("a.png", "a lighthouse", "Steps: 20, Seed: 1", salt=1)
        evening.at(60).webui("b.png", "a lighthouse at dusk", "Steps: 20, Seed: 1", salt=2)
    return Near(tmp_path / "home")


def last(near: Near, kind: str) -> dict[str, object]:
    found: dict[str, object] = [row for row in near.lines("log", "--json") if row["kind"] == kind][-1]
    return found


def test_an_idea_names_its_work_and_says_what_was_there_before(near: Near, tmp_path: Path) -> None:
    (tmp_path / "sketch.png").write_bytes(png(seed=5))
    said = near.ok("idea", "a lighthouse that is a candle", "--work", "sea", "--file", str(tmp_path / "sketch.png"))
    assert "no picture of this work was recorded before" in said and "work sea named" in said
    first = last(near, "idea.stated/1")
    assert first["sealed"] == {"text": "a lighthouse that is a candle", "file": "sketch.png"} and "earlier" not in first["open"]  # type: ignore[operator]
    near.ok("work", "add", "sea", "#1")
    late = near.ok("idea", "and the sea is wax", "--work", "sea")
    assert "recorded before, in entry #1" in late and last(near, "idea.stated/1")["open"]["earlier"] == 1  # type: ignore[index]
    shown = near.ok("work", "show", "sea")
    assert shown.count("after a picture of the work was recorded") == 2, "a picture filed later was made earlier: the idea was not first"
    row = json.loads(near.ok("work", "show", "sea", "--json"))
    assert [idea["text"] for idea in row["ideas"]] == ["a lighthouse that is a candle", "and the sea is wax"] and row["reasons"] == 2
    assert "a lighthouse that is a candle" in near.ok("log", "--story")


def test_an_idea_in_the_middle_of_a_sitting_is_told_so(tmp_path: Path) -> None:
    with Evening(tmp_path) as evening:
        assert saying.idea(evening.at(0).house, "wax", (), "sea").sitting is None
        first = evening.at(60).webui("a.png", "a cat", "Steps: 20, Seed: 1")
        assert saying.idea(evening.at(120).house, "and light", (), "sea").sitting == first
        assert saying.idea(evening.at(60 + 31 * 60).house, "later", (), "sea").sitting is None


def test_remarks_typed_from_a_file_and_by_voice(near: Near, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    near.ok("say", "the", "light", "is", "wrong", "--about", "#2")
    assert last(near, "note.added/1")["open"]["way"] == "typed"  # type: ignore[index]
    monkeypatch.setattr("sys.stdin", io.StringIO("from a pipe\n"))
    near.ok("say")
    assert last(near, "note.added/1")["sealed"]["text"] == "from a pipe"  # type: ignore[index]
    (tmp_path / "why.txt").write_bytes("\ufeff光线不对".encode("utf-16-le"))
    near.ok("say", "--file", str(tmp_path / "why.txt"))
    text = last(near, "note.added/1")
    assert text["sealed"] == {"text": "光线不对", "file": "why.txt"} and text["open"]["way"] == "file"  # type: ignore[index]
    ogg = b"OggS\0\x02" + bytes(8) + b"\1\0\0\0" + bytes(8) + b"\x01\x13OpusHead" + bytes(40)
    (tmp_path / "why.ogg").write_bytes(ogg)
    near.ok("say", "--file", str(tmp_path / "why.ogg"))
    voice = last(near, "note.added/1")
    assert voice["open"]["way"] == "voice" and voice["open"]["media_type"].startswith("audio/") and "text" not in voice["sealed"]  # type: ignore[index,operator]
    assert near.run("say", "--file", str(tmp_path / "nothing.ogg")).returncode == 2
    assert "light is wrong" in near.ok("show", "#2")


def test_an_input_declared_before_its_first_use_and_one_declared_after(tmp_path: Path) -> None:
    (tmp_path / "licence.txt").write_text("CC BY 4.0")
    with Evening(tmp_path) as evening:
        for n, name in enumerate(("sketch.png", "photo.png")):
            evening.at(n).save(f"input/{name}", png(seed=41 + n))
        early = saying.declare(evening.house, str(evening.out / "input" / "sketch.png"), "mine", note="pencil, 2024")
        used = []
        for n, name in enumerate(("sketch.png", "photo.png")):
            graph = txt2img(denoise=0.5) | {"8": node("LoadImage", image=name), "9": node("VAEEncode", pixels=("8", 0), vae=("1", 2))}
            graph["5"]["inputs"]["latent_image"] = ["9", 0]
            used.append(evening.at(60 + n).comfy(f"output/ComfyUI_{n}.png", graph, salt=50 + n))
    near = Near(tmp_path / "home")
    photo = str(tmp_path / "out" / "input" / "photo.png")
    said = near.ok("input", photo, "--licensed", "--licence", str(tmp_path / "licence.txt"))
    assert f"recorded in entry #{used[1]} used it before" in said
    late = last(near, "input.declared/1")
    assert "used_before" not in early.open and late["open"]["used_before"] == used[1]  # type: ignore[index]
    assert late["sealed"]["licence"] == "licence.txt" and len(late["open"]["licence_kept"]) == 64  # type: ignore[index]
    shown = near.ok("show", photo)
    assert "declared after its first recorded use" in shown and "used as input" in shown
    assert "declared before any recorded use" in near.ok("show", str(tmp_path / "out" / "input" / "sketch.png"))


def test_two_people_at_one_machine(near: Near) -> None:
    assert near.lines("as", "--json") == [{"person": None}]
    near.ok("as", "Mei")
    near.ok("keep", "#1", "--why", "hers")
    near.ok("as", "Jan")
    near.ok("reject", "#2", "--why", "his")
    near.ok("as", "Mei")
    near.ok("who", "add", "Mei", "--part", "light and colour", "--employed", "--for", "Studio Nord")
    near.ok("who", "add", "Ada", "--part", "the sketch", "--commissioned", "--for", "Mei")
    rows = near.lines("who", "list", "--json")
    assert [(row["name"], row["acting"], row["relation"]) for row in rows] == [
        ("Mei", True, "employed"), ("Jan", False, None), ("Ada", False, "commissioned"),
    ]  # fmt: skip
    shown = near.ok("who", "list")
    assert "at the machine" in shown and "employed by Studio Nord" in shown and "light and colour" in shown
    from provenance.daemon.house import open_house

    house = open_house(config.Home(near.home), read_only=True)
    try:
        seqs = {row["why"]: row["seq"] for row in house.views.ask("SELECT seq, why FROM decisions")}
        who = {why: (people.acting(house.views, seq) or {}).get("name") for why, seq in seqs.items()}
        assert who == {"hers": "Mei", "his": "Jan"}
    finally:
        house.close()
    near.ok("as", "--nobody")
    assert near.lines("as", "--json") == [{"person": None}] and account()


def test_a_bundle_carries_them_each_by_its_class(near: Near, tmp_path: Path) -> None:
    (tmp_path / "sketch.png").write_bytes(png(seed=5))
    near.ok("idea", "wax and light", "--work", "sea", "--file", str(tmp_path / "sketch.png"))
    near.ok("input", str(tmp_path / "sketch.png"), "--mine", "--work", "sea")
    near.ok("as", "Mei")
    near.ok("idea", "of another work", "--work", "other")
    near.ok("work", "add", "sea", "#1", "#2")
    near.ok("choose", "#2", "--why", "dusk carries it")
    near.ok("reject", "#1")
    near.ok("publish", "#2", "--where", "https://example.org/works/1")
    near.ok("export", "--no-pdf", "--no-film", "sea", "-o", str(tmp_path / "x.zip"))
    with zipfile.ZipFile(tmp_path / "x.zip") as bundle:
        name = next(name for name in bundle.namelist() if name.endswith("exhibits/record.html"))
        page = bundle.read(name).decode()
        entries = [json.loads(bundle.read(n)) for n in bundle.namelist() if "/data/entries/" in n]
        blobs = {n.rpartition("/")[2] for n in bundle.namelist() if "/data/blobs/" in n}
    kinds = [entry["kind"] for entry in entries]
    assert kinds.count("idea.stated/1") == 1 and kinds.count("input.declared/1") == 1, "another work's idea is its own business"
    assert "person.acting/1" in kinds and "person.named/1" in kinds and kinds.count("decision.made/1") == 3
    for text in ("wax and light", "Mei", "dusk carries it", "https://example.org/works/1", "the person’s own", "本人所有", "选定"):
        assert text in page, text
    assert "of another work" not in page and "No reason was stated" not in page
    idea = next(entry for entry in entries if entry["kind"] == "idea.stated/1")
    assert idea["open"]["kept"] in blobs
    near.ok("verify", str(tmp_path / "x.zip"))
    near.ok("export", "--no-pdf", "--no-film", "sea", "--withhold", "note", "--withhold", "person", "-o", str(tmp_path / "y.zip"))
    with zipfile.ZipFile(tmp_path / "y.zip") as bundle:
        every = b"".join(bundle.read(name) for name in bundle.namelist())
        assert not any(f"/data/blobs/{idea['open']['kept']}" in name for name in bundle.namelist())
    assert b"wax and light" not in every and b"Mei" not in every and b"example.org/works" not in every


def test_a_work_without_a_reason_is_exported_and_says_so(near: Near, tmp_path: Path) -> None:
    near.ok("work", "new", "sea", "#1", "#2")
    assert "no reason is stated" in near.ok("work", "show", "sea")
    near.ok("export", "--no-pdf", "--no-film", "sea", "-o", str(tmp_path / "x.zip"))
    with zipfile.ZipFile(tmp_path / "x.zip") as bundle:
        page = bundle.read(next(name for name in bundle.namelist() if name.endswith("exhibits/record.html"))).decode()
    assert "No reason was stated" in page and "未陈述任何理由" in page


def test_a_reminder_comes_once_in_a_sitting_and_only_if_asked_for(tmp_path: Path) -> None:
    gap = timedelta(minutes=30)
    with Evening(tmp_path) as evening:
        for n in range(4):
            evening.at(n * 1200).webui(f"{n}.png", "a", f"Steps: 20, Seed: {n}", salt=n)
        home = evening.house.home

        def asked(minute: int, remind: int = 45) -> int:
            return reminding.once(home, START + timedelta(minutes=minute), remind, gap)

        assert asked(60, 0) == 0 and asked(40) == 0
        assert asked(62) == 62 and asked(63) == 0, "once"
        assert asked(120) == 0, "the sitting is over"
        evening.at(3 * 3600).webui("later.png", "b", "Steps: 20, Seed: 9", salt=9)
        evening.at(3 * 3600 + 1500).webui("later2.png", "b", "Steps: 20, Seed: 10", salt=10)
        evening.at(3 * 3600 + 1600).say(facts.DecisionMade(decision="kept", pictures=("0" * 64,)))  # no reason: no word
        assert asked(180 + 40, 30) == 40
        evening.at(3 * 3600 + 2420).say(facts.NoteAdded(text="dusk"))
        (home.path / "reminded").unlink()
        assert asked(180 + 50, 30) == 0


@pytest.mark.parametrize(
    "text",
    ["rules = 3", "[[rules]]\nmeans = 'kept'", "[[rules]]\nmeans = 'lovely'\nfolder = 'x'",
     "[[rules]]\nfolder = 'x'\nmeans = 'kept'\nwhy = 'y'",
     "[remind]\nminutes = -1", "[remind]\nhours = 1", "remind = 5", "[[rules]]\nmeans = 'kept'\nfolder = 7"],
)  # fmt: skip
def test_settings_that_cannot_be_meant_are_refused_by_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "prov.toml").write_text(text)
    with pytest.raises(BadInput) as caught:
        config.load(config.Home(tmp_path))
    assert caught.value.key == "config.bad"


def test_settings_are_kept_when_prov_writes_them(tmp_path: Path, near: Near) -> None:
    wanted = config.Config(remind=40, rules=(config.Rule("kept", folder="*/keepers/*"), config.Rule("chosen", observed="rated", value="5")))
    config.write(config.Home(tmp_path), wanted)
    assert config.load(config.Home(tmp_path)) == wanted
    config.write(config.Home(near.home), wanted)
    said = near.run("doctor").stdout
    assert "2 rule(s) in prov.toml: 1) means=kept folder=*/keepers/*; 2) means=chosen observed=rated value=5" in said


@pytest.mark.parametrize("command", [("say",), ("note", "-"), ("idea", "-")])
def test_what_comes_through_a_pipe_is_read_in_its_encoding_or_refused(
    near: Near, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    def piped(raw: bytes) -> int:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8"))
        return near.run(*command).returncode

    assert [piped(raw) for raw in ("灯塔".encode("gb18030"), "灯塔".encode("utf-16"), b"\0\1\2\xff")] == [0, 0, 2]
    assert near.ok("log").count("灯塔") == 2
