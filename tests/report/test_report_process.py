"""The report tells what was seen from what it is taken to mean, and whose word each is."""

from __future__ import annotations

import pytest
from report_builders import Book, file_fact, meta, sha

from provenance import facts
from provenance.report import html as page
from provenance.report.dossier import Picture
from provenance.report.gather import gather
from provenance.report.parts import kept


def rendered(book: Book, language: str = "en") -> str:
    pictures = [Picture(sha(name), "chosen") for name in ("a", "b")]
    return page.render(gather(book.records, pictures, meta(book)), {}, (language,)).decode()


def book(*said: facts.Fact, **options: object) -> Book:
    made = Book(**options)  # type: ignore[arg-type]
    for name in ("a", "b"):
        made.write(file_fact(name))
    for one in said:
        made.write(one)
    return made


OBSERVED = facts.DecisionObserved(
    pictures=(sha("a"),), observed="moved to folder", meaning="kept", rule="prov.toml 2", place="/home/mei/keepers",
    pattern="folder=*/keepers/*",
)  # fmt: skip
IMPORTED = facts.DecisionImported(pictures=(sha("b"), sha("x")), observed="on board", tool="InvokeAI", place="灯塔")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_was_seen_stands_apart_from_its_meaning_and_from_a_persons_word(language: str) -> None:
    told = rendered(book(OBSERVED, IMPORTED, facts.DecisionMade(decision="kept", pictures=(sha("b"),), why="the light")), language)
    section = told.split("<h2>5 · ")[1].split("<h2>6 · ")[0]
    stated, seen = section.split({"en": "Seen, and what it is taken to mean", "zh": "观察到的情况及其解释"}[language])
    assert "the light" in stated and "prov.toml 2" not in stated
    assert "c-OBSERVED" in seen and "c-IMPORTED" in seen and "prov.toml 2" in seen and "InvokeAI" in seen
    assert {"en": "no rule speaks of it", "zh": "没有相应规则"}[language] in seen and sha("x") in seen
    assert (" (?" not in section) and "report." not in section


def test_a_withdrawn_decision_stands_and_says_so_and_does_not_lead_the_page() -> None:
    made = book(facts.DecisionMade(decision="chosen", pictures=(sha("b"),)))
    assert gather(made.records, [Picture(sha("b"), "chosen")], meta(made)).decisions[0].withdrawn == -1
    first = made.records[-1].entry.seq
    made.write(facts.DecisionMade(decision="withdrawn", pictures=(sha("b"),), withdraws=first))
    dossier = gather(made.records, [Picture(sha(name), "chosen") for name in ("a", "b")], meta(made))
    assert [one.withdrawn for one in dossier.decisions] == [first + 1, -1]
    assert kept(dossier) == frozenset() and "withdrawn later" in rendered(made)


def test_nothing_withheld_is_told_and_hostile_words_stay_words() -> None:
    said = (
        facts.PersonNamed(person="0" * 16, name="<script>Mei</script>", relation="employed", for_whom="\u202eStudio"),
        facts.PersonActing(person="0" * 16),
        facts.InputDeclared(sha256=sha("a"), size=1, media_type="image/png", rights="mine", used_before=0, note="a sketch", file="a.png"),
        facts.IdeaStated(text="wax and light", work="1" * 16),
    )
    told = rendered(book(*said))
    assert "<script>Mei" not in told and "\u202e" not in told and "&lt;script&gt;Mei" in told
    assert "wax and light" in told and "No reason was stated" not in told and "Used by a recorded picture before" in told
    hidden = rendered(book(*said, hide=("name", "text", "note", "for_whom")))
    assert "Mei" not in hidden and "wax" not in hidden and "a sketch" not in hidden
    assert "No reason was stated" in rendered(book()) and "No reason was stated" not in hidden, "a withheld reason is one"


def test_an_idea_stands_before_or_after_the_first_generated_picture() -> None:
    made = Book()
    made.write(facts.IdeaStated(text="first"))
    made.write(file_fact("a", parsed="plain"))  # a sketch of the person's own
    made.write(facts.IdeaStated(text="second"))
    made.write(file_fact("b"))
    made.write(facts.IdeaStated(text="third"))
    told = rendered(made)
    assert told.count("Written down before the first generated picture") == 2
    assert told.count("Written down after the first generated picture") == 1
