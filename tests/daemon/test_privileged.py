"""What a person says for counsel alone is in no story and no film, and is not in a bundle's entries, with the signature under it."""

from __future__ import annotations

from pathlib import Path

from support.evening import Evening, txt2img

from provenance import facts
from provenance.bundle import withhold
from provenance.daemon import filming
from provenance.daemon.telling import Teller
from provenance.views.selection import of_work

WORK = "00" * 8


def test_in_no_story_and_no_film(tmp_path: Path) -> None:
    with Evening(tmp_path) as one:
        first = one.comfy("a.png", txt2img(1))
        sha = one.house.ledger.record(first).entry.open["sha256"]
        one.at(10).say(facts.WorkNamed(work=WORK, name="sea"), facts.WorkFiled(work=WORK, pictures=(sha,)))
        hidden = one.at(20).say(facts.NoteAdded(text="our weak point", work=WORK, about=(sha,), privileged=True))
        idea = one.at(25).say(facts.IdeaStated(text="for counsel", work=WORK, privileged=True))
        shown = one.at(30).say(facts.NoteAdded(text="the light", work=WORK, about=(sha,)))
        one.at(40).comfy("b.png", txt2img(2), salt=1)
        one.house.views.catch_up(one.house.ledger)
        teller = Teller(one.house, folders=False)
        story = {told.seq for told in teller.story(teller.sittings()[-1])}
        assert shown in story and not story & {hidden, idea}
        assert {told.seq for told in teller.work(WORK)} & {hidden, idea, shown} == {shown}
        film = {told.seq for told in filming.subject(one.house, "sea", "en").told}
        assert shown in film and not film & {hidden, idea}
        chosen = of_work(one.house.views, WORK)
        assert {hidden, idea, shown} <= set(chosen.entries)
        left = withhold.without(chosen, withhold.privileged(one.house.ledger) - {idea})
        assert {hidden, idea, shown} & set(left.entries) == {idea, shown} and not any(hidden in p.entries for p in left.pictures)


def test_the_signature_under_it_goes_with_it(tmp_path: Path) -> None:
    with Evening(tmp_path) as one:
        note = one.say(facts.NoteAdded(text="x", privileged=True))
        signed = one.say(facts.StatementSigned(of=note, leaf="0" * 64, public_key="0" * 64, algorithm="ed25519", key="", signature=""))
        other = one.say(facts.StatementSigned(of=0, leaf="0" * 64, public_key="0" * 64, algorithm="ed25519", key="", signature=""))
        assert withhold.privileged(one.house.ledger) == {note, signed} and other not in withhold.privileged(one.house.ledger)
