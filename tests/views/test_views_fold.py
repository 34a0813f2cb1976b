"""The views are a fold: in one go, in pieces, after their file was lost or broken, the same rows; and another ledger is another fold."""

from __future__ import annotations

import os
import random
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from provenance import facts
from provenance.clock import Clock
from provenance.ledger.store import Ledger
from provenance.views.folds import FOLDS
from provenance.views.store import Views

NAMES = (f"{7:032x}.png", "a.png", "b.png", "猫.png", "深/猫.png", "c d.png", "\udcff.png")
TEXTS = ("a cat", "一只猫", "x\ny", "\ud800 lone", "", "'; DROP TABLE versions; --", "\u202e")


class Maker:
    """Random facts of every kind, over few paths, hashes and works, so that they meet."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.seq = 0

    def hash(self) -> str:
        return f"{self.chance.randrange(12):064x}"

    def path(self) -> Any:
        from provenance import canon

        return canon.path("/out/" + self.chance.choice(NAMES))

    def text(self) -> str:
        return self.chance.choice(TEXTS)

    def time(self) -> str:
        return f"2026-11-22T00:00:{self.chance.randrange(60):02}.000000Z"

    def work(self) -> str:
        return f"{self.chance.randrange(4):016x}"

    def hashes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.hash() for _ in range(self.chance.randint(1, 3))))

    def file(self, kind: type[facts.FileFacts]) -> facts.Fact:
        more: dict[str, Any] = (
            {"was": self.hash()} if kind is facts.FileChanged else {"found": "start"} if kind is facts.FileImported else {}
        )
        read = self.chance.random() < 0.7
        return kind(
            sha256=self.hash(),
            size=self.chance.randrange(9),
            media_type="image/png",
            container="png",
            parsed="read" if read else "plain",
            mtime=self.time(),
            seen_at=self.time(),
            path=self.path(),
            generator="ComfyUI" if read else None,
            prompts=(self.text(), self.text()),
            seeds=("1",),
            models=({"name": self.text()},),
            loras=({"name": self.text(), "weight": "1"},),
            inputs=({"name": self.text(), "role": "img2img", "sha256": self.hash() if self.chance.random() < 0.5 else None},),
            carriers=({"name": "tEXt:prompt", "sha256": self.hash(), "size": 1},),
            rest={"instance_id": f"xmp.iid:{self.hash()}", "derived_from": {"stRef:instanceID": f"xmp.iid:{self.hash()}"}},
            **more,
        )

    def one(self, kind: str) -> facts.Fact:
        h, t, p = self.hash, self.time, self.path
        make: dict[str, Callable[[], facts.Fact]] = {
            "ledger.opened/1": lambda: facts.LedgerOpened(software="p", public_key=h(), vkey="v", key_protection="k"),
            "key.rotated/1": lambda: facts.KeyRotated(
                event="rotated", old_key=h(), new_key=h(), next_key=h(), signed_by="old and new", key_protection="file-0600", statement="s"
            ),
            "key.revoked/1": lambda: facts.KeyRevoked(
                since=t(), counted=1, old_key=h(), new_key=h(), next_key=h(), key_protection="file-0600", statement="s"
            ),
            "author.named/1": lambda: facts.AuthorNamed(public_key=h(), algorithm="rsa", certificate=None, name=self.text()),
            "recorder.started/1": lambda: facts.RecorderStarted(
                software="p", python="3", system="L", sqlite="3", watcher="inotify", journal="wal/full"
            ),
            "recorder.stopped/1": lambda: facts.RecorderStopped(reason="asked", captured=1),
            "watch.added/1": lambda: facts.WatchAdded(reason="asked", path=p()),
            "watch.removed/1": lambda: facts.WatchRemoved(reason="vanished", path=p()),
            "gap.noticed/1": lambda: facts.GapNoticed(reason="crashed", since=t(), until=t()),
            "clock.jumped/1": lambda: facts.ClockJumped(wall_before=t(), wall_after=t(), by_ms=self.chance.randrange(-9, 9)),
            "file.captured/1": lambda: self.file(facts.FileCaptured),
            "file.changed/1": lambda: self.file(facts.FileChanged),
            "file.imported/1": lambda: self.file(facts.FileImported),
            "file.described/1": lambda: facts.FileDescribedFirst(of=h(), width=1, height=2, pixels=h(), dhash="0" * 16, preview=h()),
            "file.described/2": lambda: facts.FileDescribed(
                of=h(), width=1, height=2, form="rgb8", pixels=h(), dhash="0" * 16, phash="0" * 16, preview=h(), decoder="pillow/11"
            ),
            "file.undescribed/1": lambda: facts.FileUndescribed(of=h(), why="not decoded"),
            "likeness.found/1": lambda: facts.LikenessFound(
                child=h(), parent=h(), how=self.chance.choice(("same pixels", "looks alike")), method="m/1", agreeing=1, compared=2,
                share="0.500"
            ),
            "project.described/1": lambda: facts.ProjectDescribed(
                of=h(), format="kra", reader="projects/1", layer_count=1, decoded=1, width=4, height=3, preview=h(), editing_seconds="61",
                layers=({"name": self.text(), "kind": "paint", "depth": 0, "visible": True, "rect": (0, 0, 4, 3), "pixels": h()},),
                candidates=({"job": "j", "number": 0, "in_use": self.chance.choice((True, False)), "pixels": h()},),
            ),
            "edit.mapped/1": lambda: facts.EditMapped(
                parent=h(), child=h(), method="m/1", material="files", **(
                    {"outcome": "mapped", "repainted": 3, "added": 0, "unchanged": 9, "regions": 1, "map": h(), "width": 4, "height": 3}
                    if self.chance.random() < 0.7 else {"outcome": "cannot compare", "why": "no common ground"}
                ),
            ),
            "input.compared/1": lambda: facts.InputCompared(
                own=h(), output=h(), method="m/1", material="files", outcome="recurs", laid="fitted", outline=9, again=4, by_chance=2,
                displaced=3, cells=2, recurring=1, overlay=h(),
            ),
            "drawing.measured/1": lambda: facts.DrawingMeasured(of=h(), part=self.chance.choice(("strokes", "mask")), covered=1, total=2),
            "file.renamed/1": lambda: facts.FileRenamed(sha256=h(), size=3, mtime=t(), seen_at=t(), path=p(), was_path=p()),
            "file.vanished/1": lambda: facts.FileVanished(sha256=self.chance.choice((None, h())), seen_at=t(), noticed="live", path=p()),
            "file.unreadable/1": lambda: facts.FileUnreadable(why="EACCES", seen_at=t(), path=p()),
            "model.seen/1": lambda: facts.ModelSeen(
                sha256=h(), size=1, autov2="a", mtime=t(), model_kind="lora", name=self.text(), path=p(),
                header={"modelspec.license": "mit"},
            ),
            "model.noted/1": lambda: facts.ModelNoted(
                model=h(), sha256=h(), size=2, mtime=t(), form="civitai.info", agrees=self.chance.choice((None, True, False)),
                permissions={"allowCommercialUse": "None"}, path=p(),
            ),
            "work.checked/1": lambda: facts.WorkChecked(
                work=self.chance.choice((None, self.work())), picture_count=1, pictures_sha256=h(), names_data=h(), duties_data=h(),
                codes=({"code": "name.prompt", "level": "warning", "count": 1},),
                findings=({"finding": self.work(), "code": "name.prompt", "level": "warning", "said": {"en": self.text()}},),
            ),
            "check.answered/1": lambda: facts.CheckAnswered(
                of=self.chance.randrange(20), work=self.work(), code="name.prompt", answer="looked at", way="given", count=2,
                findings=(self.work(), self.work()), words=self.text(),
            ),
            "policy.overridden/1": lambda: facts.PolicyOverridden(
                action="export", work=self.work(), rules=("forbid_names",), policy=h(), why=self.text()
            ),
            "models.bound/1": lambda: facts.ModelsBound(
                of=self.chance.randrange(20),
                sha256=h(),
                found=1,
                missing=0,
                bindings=(
                    {"name": self.text(), "kind": "lora", "how": "by name", "sha256": h(), "agrees": self.chance.choice((True, False))},
                ),
            ),
            "conversation.imported/1": lambda: facts.ConversationImported(
                sha256=h(), size=1, kept=h(), form="text", count=1, turns_of_people=0, about=self.chance.choice((None, self.hashes())),
                title=self.text(), turns=({"role": "user", "text": self.text()},),
            ),
            "conversation.stated/1": lambda: facts.ConversationStated(
                sha256=h(), size=1, kept=h(), form="text", count=1, turns_of_people=1, work=self.chance.choice((None, self.work())),
                title=None, turns=({"role": "user", "text": self.text()},),
            ),
            "note.added/1": lambda: facts.NoteAdded(
                text=self.text(), about=self.chance.choice((None, self.hashes())), work=self.chance.choice((None, self.work()))
            ),
            "work.named/1": lambda: facts.WorkNamed(work=self.work(), name=self.text()),
            "work.filed/1": lambda: facts.WorkFiled(work=self.work(), pictures=self.hashes()),
            "decision.made/1": lambda: facts.DecisionMade(
                decision=self.chance.choice(("kept", "rejected", "withdrawn")), pictures=self.hashes(), why=self.text(),
                withdraws=self.chance.choice((None, 3)),
            ),
            "decision.observed/1": lambda: facts.DecisionObserved(
                pictures=self.hashes(), observed="moved to folder", meaning=self.chance.choice((None, "kept")), rule="prov.toml 1",
                place=p(),
            ),
            "decision.imported/1": lambda: facts.DecisionImported(
                pictures=self.hashes(), observed="rated", value="5", tool="XMP", at_tool=t(), source=p()
            ),
            "idea.stated/1": lambda: facts.IdeaStated(text=self.text(), work=self.chance.choice((None, self.work())), earlier=3, kept=h()),
            "statement.made/1": lambda: facts.StatementMade(
                work=self.work(), lang="zh", way="typed", replaces=self.chance.choice((None, 3)), text=self.text()
            ),
            "statement.signed/1": lambda: facts.StatementSigned(
                of=self.chance.randrange(20), leaf=h(), public_key=h(), algorithm="ed25519", key="AA==", signature="AA=="
            ),
            "input.declared/1": lambda: facts.InputDeclared(
                sha256=h(), size=1, media_type="image/png", rights="mine", kept=h(), used_before=self.chance.choice((None, 3)), file=p(),
                note=self.text(),
            ),
            "translation.stated/1": lambda: facts.TranslationStated(
                lang="zh", field="prompts", entries=(self.chance.randrange(20),), original=h(), translation=self.text(),
                translator=self.text(),
            ),
            "terms.recorded/1": lambda: facts.TermsRecorded(
                sha256=h(), size=1, media_type="text/html", kept=h(), platform=self.chance.choice(("midjourney", "x")),
                page_title=self.text(),
                dates=({"date": "2026-05-27", "said": self.text()},), file=p(),
            ),
            "terms.accepted/1": lambda: facts.TermsAccepted(
                sha256=self.chance.choice((None, h())), platform="midjourney", plan=self.text(), accepted="2026-05-27"
            ),
            "person.named/1": lambda: facts.PersonNamed(person=self.work(), name=self.text(), relation="employed", for_whom=self.text()),
            "person.acting/1": lambda: facts.PersonActing(person=self.chance.choice((None, self.work()))),
            "link.stated/1": lambda: facts.LinkStated(parent=h(), child=h(), how=self.chance.choice(("edited", "traced")), why=None),
            "snapshot.signed/1": lambda: facts.SnapshotSigned(size=self.chance.randrange(99), root="r", why="stop", note="n"),
            "time.chosen/1": lambda: facts.TimeChosen(authorities=self.chance.choice(((), ("a",), ("a", "b")))),
            "time.attested/1": lambda: facts.TimeAttested(
                authority="a", form="rfc3161", size=self.chance.randrange(99), covers=h(), token=h(), time=t(),
                trusted=self.chance.choice((True, False)), root=self.chance.choice((None, h())),
            ),
            "time.promised/1": lambda: facts.TimePromised(
                authority="c", form="opentimestamps", size=self.chance.randrange(99), covers=h(), token=h()
            ),
            "time.committed/1": lambda: facts.TimeCommitted(
                authority="c", form="opentimestamps", size=self.chance.randrange(99), covers=h(), token=h(),
                promise=self.chance.randrange(99), block=self.chance.randrange(900_000), merkle_root=h(),
            ),
            "head.witnessed/1": lambda: facts.HeadWitnessed(
                witness="w", key_id="00000000", vkey="w+00000000+x", size=self.chance.randrange(99), covers=h(), cosigned=h(), time=t()
            ),
            "witness.refused/1": lambda: facts.WitnessRefused(
                witness="w", key_id="00000000", vkey="w+00000000+x", size=self.chance.randrange(99), covers=h(),
                refusal=self.chance.choice(("ahead", "fork", "answer")), status=409, seen=self.chance.choice((None, 9)), url=self.text(),
            ),
            "original.dropped/1": lambda: facts.OriginalDropped(sha256=h(), size=1, why="budget"),
            "ledger.restored/1": lambda: facts.LedgerRestored(
                software="p", made_at=t(), entries_kept=3, root="r", later_size=self.chance.choice((None, 9)), predecessor="x/1"
            ),
            "ledger.salvaged/1": lambda: facts.LedgerSalvaged(
                software="p", predecessor="x/1", entries_kept=3, root="r", why="L003", values_lost=0, kept_file=h(), damaged_file=h()
            ),
            "film.made/1": lambda: facts.FilmMade(
                sha256=h(), size=1, media_type="image/webp", form="film", first=1, last=2, shown=3, left_out=0, ms=4, path=p()
            ),
            "bundle.disclosed/1": lambda: facts.BundleDisclosed(
                old_seal=h(), size=1, snapshot=1, seal=h(), bundle=h(), shows=("prompts@1",), path=p()
            ),
            "hold.started/1": lambda: facts.HoldStarted(why=self.text()),
            "hold.ended/1": lambda: facts.HoldEnded(hold=self.chance.randrange(9), why=self.text()),
            "bundle.exported/1": lambda: facts.BundleExported(
                size=1, snapshot=1, seal=h(), bundle=h(), withheld=(), pictures=self.hashes(), unlisted=self.chance.choice((None, 7)),
                path=p(),
            ),
        }
        return make[kind]()

    def story(self, length: int) -> list[facts.Fact]:
        kinds = list(facts.KINDS)
        return [self.one(kind) for kind in (*kinds, *self.chance.choices(kinds, k=length))]


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    with Ledger.create(tmp_path / "ledger.db", "creative-provenance/test", clock) as made:
        yield made


def folded(path: Path, ledger: Ledger) -> dict[str, list[tuple[Any, ...]]]:
    views = Views(path)
    try:
        views.catch_up(ledger)
        return views.dump()
    finally:
        views.close()


@pytest.mark.parametrize("seed", range(6))
def test_in_one_go_in_pieces_and_anew(ledger: Ledger, tmp_path: Path, seed: int) -> None:
    story, chance = Maker(seed).story(700), random.Random(seed)
    pieces = Views(tmp_path / "pieces.db")
    while story:
        count = chance.choice((1, 2, 3, 40, 300))
        ledger.append(story[:count])
        story = story[count:]
        if chance.random() < 0.7:
            pieces.catch_up(ledger)
    pieces.catch_up(ledger)
    assert pieces.catch_up(ledger) == 0
    in_pieces = pieces.dump()
    pieces.close()
    at_once = folded(tmp_path / "views.db", ledger)
    assert at_once == in_pieces
    assert {name for name, rows in at_once.items() if rows} == {table.name for fold in FOLDS for table in fold.TABLES}, (
        "every table had rows"
    )
    (tmp_path / "views.db").unlink()
    assert folded(tmp_path / "views.db", ledger) == at_once


@pytest.mark.parametrize("harm", ["noise", "half", "empty", "other tables", "a row too many"])
def test_a_broken_file_is_made_anew_unasked(ledger: Ledger, tmp_path: Path, harm: str) -> None:
    ledger.append(Maker(1).story(300))
    path = tmp_path / "views.db"
    good = folded(path, ledger)
    raw = path.read_bytes()
    if harm == "other tables":
        path.unlink()
        with sqlite3.connect(path) as database:
            database.execute("CREATE TABLE versions (other TEXT)")
        database.close()
    elif harm == "a row too many":
        with sqlite3.connect(path) as database:
            database.execute("UPDATE state SET value = 'pictures/0' WHERE name = 'versions'")
            database.execute("DELETE FROM places")
        database.close()
    else:
        path.write_bytes({"noise": os.urandom(len(raw)), "half": raw[: len(raw) // 2], "empty": b""}[harm])
    assert folded(path, ledger) == good


def test_another_ledger_or_an_older_one_is_another_fold(ledger: Ledger, tmp_path: Path, clock: Clock) -> None:
    ledger.append(Maker(1).story(50))
    path = tmp_path / "views.db"
    folded(path, ledger)
    with Ledger.create(tmp_path / "other.db", "creative-provenance/test", clock) as other:
        other.append(Maker(2).story(80))
        assert folded(path, other) == folded(tmp_path / "fresh.db", other)
    assert folded(path, ledger) == folded(tmp_path / "fresh2.db", ledger)


def test_two_that_fold_at_once_do_not_disturb_each_other(ledger: Ledger, tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    ledger.append(Maker(3).story(900))
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: folded(tmp_path / "views.db", ledger), range(4)))
    assert all(one == found[0] for one in found) and found[0] == folded(tmp_path / "fresh.db", ledger)
