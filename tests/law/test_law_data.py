"""The list of authorities and every line that cites it: names, dates, sources, certainty; and that the check itself can fail."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from provenance import data
from provenance.law.authority import CERTAINTIES, EVERYWHERE, FILE, PRIMARY, SECONDARY, UNCERTAIN, Authority, cited, text
from provenance.terms.profile import profiles

FORUMS = {"cn", "us", "eu", "uk", "jp", "kr", EVERYWHERE}
KINDS = {"statute", "case", "guidance", "rule", "standard", "licence", "commentary", "practice"}
DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
HAN = re.compile("[\u4e00-\u9fff]")
Files = dict[str, Any]


def files() -> Files:
    """Every data file that the program comes with and that may cite, by name; messages hold words alone."""
    folders = ("forums", "forms", "review", "names", "law")
    found = ["factors.json", *(name for folder in folders for name in data.names(folder))]
    return {name: json.loads(data.read(name)) for name in found}


def cites(value: object) -> Iterator[Mapping[str, Any]]:
    """Every citation in a file, wherever it stands."""
    if isinstance(value, dict):
        if "ref" in value:
            yield value
        for inner in value.values():
            yield from cites(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from cites(inner)


def legal(all_: Files) -> Iterator[tuple[str, list[Any]]]:
    """(which line, what it rests on) of every line that must rest on something."""
    yield from ((row["id"], row["authorities"]) for row in all_["factors.json"]["factors"])
    for name, file in all_.items():
        if name.startswith("forms/"):
            yield from ((f"{name} {key}", row["authorities"]) for key, row in file["lines"].items())
        if name.startswith("forums/") and file["language"]["advice"]["zh"]:
            yield name, file["language"]["authorities"]
    yield from ((row["id"], row["authorities"]) for row in all_["review/duties.json"]["duties"])
    yield "inputs", all_["review/duties.json"]["inputs"]


def complaints(all_: Files) -> list[str]:
    """What is wrong with the list or with what cites it."""
    law, said = all_[FILE], json.loads(data.read("messages/law.json"))
    dates = {key.removeprefix("law.date.") for key in said if key.startswith("law.date.")}
    every = [one for name, file in all_.items() if name != FILE for one in cites(file)]
    found = [f"{one['ref']}: no such authority" for one in every if one["ref"] not in law["authorities"]]
    found += [f"{where}: rests on nothing" for where, stands in legal(all_) if not stands]
    found += [f"{key}: cited nowhere" for key in law["authorities"] if key not in {one["ref"] for one in every}]
    read = {key for row in (*law["authorities"].values(), *every) for key in row.get("source") or ()}
    found += [f"source {key}: unknown or unused" for key in read ^ set(law["sources"])]
    for key, row in law["authorities"].items():
        found += [f"{key}: {what}" for what in _lacks(row, dates)]
    for one in every:
        at = one.get("at", {"zh": "一", "en": "x"})
        if not (at.get("zh") and at.get("en")):
            found.append(f"{one['ref']}: a place in one language")
        if one.get("certainty", PRIMARY) not in CERTAINTIES:
            found.append(f"{one['ref']}: certainty")
    return found


def _lacks(row: Mapping[str, Any], dates: set[str]) -> Iterator[str]:
    if not (row["name"].get("zh") and row["name"].get("en")) or not all(row.get("note", {"zh": "一", "en": "x"}).values()):
        yield "a language"
    if row["forum"] not in FORUMS or row["kind"] not in KINDS:
        yield "forum or kind"
    if not (DATE.fullmatch(row["date"] or "") or (row["date"] is None and row["certainty"] == UNCERTAIN)):
        yield "no date"
    if row["date_of"] not in dates or not DATE.fullmatch(row.get("in_force", "2000")):
        yield "what happened on the date"
    if not row["source"] or row["certainty"] not in CERTAINTIES:
        yield "no source or no certainty"


def test_every_line_rests_on_a_named_dated_sourced_authority_and_none_is_unused() -> None:
    assert complaints(files()) == []


@pytest.mark.parametrize(
    "spoil",
    [
        {"date": None}, {"date": ""}, {"date": "lately"}, {"date_of": "happened"}, {"source": []}, {"source": ["hearsay"]},
        {"certainty": "surely"}, {"name": {"zh": "《法》", "en": ""}}, {"forum": "mars"}, {"in_force": "soon"},
        {"note": {"zh": "", "en": "x"}},
    ],
)  # fmt: skip
def test_what_an_authority_lacks_is_found(spoil: dict[str, Any]) -> None:
    spoilt = copy.deepcopy(files())
    spoilt[FILE]["authorities"]["cat"] |= spoil
    assert any("cat:" in one or "hearsay" in one for one in complaints(spoilt))


def test_a_broken_citation_is_found_wherever_it_stands() -> None:
    for name, path in (("factors.json", ("factors", 0)), ("forms/us.json", ("lines", "901")), ("review/duties.json", ("duties", 0))):
        spoilt = copy.deepcopy(files())
        row: Any = spoilt[name]
        for step in path:
            row = row[step]
        row["authorities"] = [{"ref": "nobody"}]
        assert "nobody: no such authority" in complaints(spoilt)
        row["authorities"] = []
        assert any("rests on nothing" in one for one in complaints(spoilt))
    lonely = copy.deepcopy(files())
    lonely[FILE]["authorities"]["lonely"] = lonely[FILE]["authorities"]["cat"]
    assert complaints(lonely) == ["lonely: cited nowhere"]


def test_nothing_but_the_list_names_an_authority() -> None:
    """A case's number or a statute's name that stood in a second file would be corrected in one place and stay wrong in the other."""
    numbers = re.compile(r"（20\d\d）\S{2,12}号|\d+ F\.4th|C 9786|W 2/26|88 FR 16190|VAu\d+|《最高人民法院")
    for name, file in files().items():
        if name != FILE:
            assert not numbers.search(json.dumps(file, ensure_ascii=False)), name


def test_the_weights_are_those_of_the_notes() -> None:
    """Per question in the order cn us eu uk jp kr: strong, useful, context, none. An order rests on them; no page prints them."""
    letters = {"strong": "s", "useful": "u", "context": "c", "none": "n"}
    weights = {row["id"]: row["weight"] for row in files()["factors.json"]["factors"]}
    order = ("cn", "us", "eu", "uk", "jp", "kr")
    told = {key: "".join(letters[row[forum]] for forum in order) for key, row in weights.items() if key[0] == "A"}
    assert told == {
        "A01": "ucccuc", "A02": "ussuss", "A03": "snccun", "A04": "sncccn", "A05": "snnncn", "A06": "snccuc", "A07": "cnnnnn",
        "A08": "unnnnn", "A09": "sssuss", "A10": "ssuuss", "A11": "ssssss", "A12": "suscuc", "A13": "uuuuuu", "A14": "ssuuuu",
        "A15": "ssuuus", "A16": "suuuuu", "A17": "unnnnn",
    }  # fmt: skip
    assert {key: row for key, row in weights.items() if key[0] != "A" and row} == {"B04": {"cn": "strong"}}


def test_chinese_names_are_whole_and_in_book_title_marks() -> None:
    rows = json.loads(text())["authorities"]
    for key, row in rows.items():
        if row["forum"] == "cn" and row["kind"] in ("statute", "rule"):
            assert re.match("《[^》]+》", row["name"]["zh"]), key
        if row["forum"] == "cn" and row["kind"] == "case":
            assert "法院" in row["name"]["zh"], key
        assert HAN.search(row["name"]["zh"]) or row["forum"] == EVERYWHERE, key
        assert "(" not in row["name"]["zh"].replace("(20", "") or row["forum"] != "cn", key


def test_a_licence_is_dated_as_its_own_profile_is() -> None:
    known = {one.id: one for one in profiles()}
    rows = {key: row for key, row in json.loads(text())["authorities"].items() if row["kind"] == "licence"}
    assert rows
    for key, row in rows.items():
        (version,) = known[row["profile"]].documents[0].versions
        assert (row["date"], row["certainty"]) == (version.dated, version.read), key


def test_nothing_is_more_certain_than_it_was_read() -> None:
    """What the project's notes mark as second hand, as general knowledge or as uncertain stays so."""
    rows = json.loads(text())["authorities"]
    primary = {key for key, row in rows.items() if row["certainty"] == PRIMARY and row["kind"] != "licence"}
    assert primary == {
        "cn-copyright", "cn-implementing", "cn-interpretation", "cn-evidence", "cn-online", "cn-internet", "cn-signature", "cn-ip-evidence",
        "cn-civil", "dreamwriter", "wei", "part2", "fr16190", "zarya", "theatre", "suryast", "rose", "eidas", "eidas-ledger", "gpa",
    }  # fmt: skip
    assert {key for key, row in rows.items() if row["certainty"] == UNCERTAIN} == {
        "film-report", "ultraman-hz", "feist", "fre803", "fre1001", "registry-practice", "chiba",
    }  # fmt: skip
    us, eu, duties = files()["forms/us.json"]["lines"], files()["forms/eu.json"]["lines"], files()["review/duties.json"]["duties"]
    wording = [cited(us[key]["authorities"][0]).certainty for key in ("author-pattern", "excluded-pattern", "note-pattern", "standard")]
    assert wording == ["general", "general", "general", SECONDARY]
    assert [cited(eu[key]["authorities"][0]).certainty for key in ("25", "35", "41-2")] == ["general", "general", PRIMARY]
    assert cited(next(row for row in duties if row["id"] == "eu-disclose")["authorities"][0]).certainty == UNCERTAIN


def test_a_citation_is_said_with_its_place_date_mark_and_note() -> None:
    art = cited({"ref": "cn-evidence", "at": {"zh": "第十九条", "en": "art. 19"}})
    assert art.said("zh") == "《最高人民法院关于民事诉讼证据的若干规定》第十九条（2019-12-25 公布，2020-05-01 施行）"
    assert art.said("en") == "SPC Provisions on Evidence in Civil Proceedings, art. 19 (published 2019-12-25, in force 2020-05-01)"
    assert cited({"ref": "frost"}).said("zh").endswith("（据 2026-03-22 的报道）［据二手资料］")
    assert cited({"ref": "fre1001"}).said("en").endswith("(date not verified) [uncertain; general knowledge, no text was read]")
    general = cited({"ref": "eidas", "certainty": "general", "source": ["unread"]})
    assert general.said("en").endswith("[general knowledge, not checked]") and general.source.startswith("unread: ")
    assert art.row() == {
        "ref": "cn-evidence", "en": art.named("en"), "zh": art.named("zh"), "date": "2019-12-25", "date_of": "published",
        "in_force": "2020-05-01", "source": art.source, "certainty": PRIMARY,
    }  # fmt: skip


def test_words_of_a_stranger_ledger_are_said_as_they_are() -> None:
    odd = Authority("x", ("名", "name"), ("", ""), "", "", "2026-01", "{seven}", "", "", "hearsay")
    assert odd.said("en") == "name (2026-01) [hearsay]"
    assert Authority("x", ("名", "name"), ("", ""), "", "", "", "", "", "", "").said("zh") == "名（日期未经核实）"
