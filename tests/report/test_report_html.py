"""The page: whole, inert, deterministic, in both languages."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import html
import json
import random
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from report_builders import Book, file_fact, meta, preview, previews, sha, sitting
from report_hostile import HOSTILE, hostile_book

from provenance import data, facts, words
from provenance.errors import BadInput
from provenance.paper.html_runs import shown
from provenance.paper.places import runs
from provenance.prompts.compare import KINDS_OF_CHANGE
from provenance.report import html as page
from provenance.report.dossier import UNKNOWN, Picture
from provenance.report.gather import ROLES, gather
from provenance.report.sections import TOPICS
from provenance.report.speak import Speaker


def rendered(hide: tuple[str, ...] = (), languages: tuple[str, ...] = ("zh", "en")) -> bytes:
    book, pictures = sitting(hide)
    return page.render(gather(book.records, pictures, meta(book)), previews(), languages)


class Outline(HTMLParser):
    """Collects the elements, attributes and texts of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def outline(raw: bytes) -> Outline:
    found = Outline()
    found.feed(raw.decode("utf-8"))
    return found


def test_same_dossier_same_bytes() -> None:
    assert rendered() == rendered()


def test_nothing_comes_from_outside_and_nothing_runs() -> None:
    found = outline(rendered())
    assert not {tag for tag, _ in found.tags} & {"script", "iframe", "object", "embed", "link", "base", "form", "img", "a:href"}
    for tag, attributes in found.tags:
        assert not [name for name in attributes if name.startswith("on") or name in ("style", "src", "srcset", "action", "xlink:href")]
        target = attributes.get("href") or "#"
        assert target.startswith("#") or (tag == "image" and target.startswith("data:image/png;base64,"))


def test_the_policy_allows_its_own_style_by_hash_and_data_images_alone() -> None:
    raw = rendered().decode()
    style = re.search(r"<style>(.*?)</style>", raw, re.S)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policies = [a["content"] for _, a in outline(raw.encode()).tags if a.get("http-equiv") == "Content-Security-Policy"]
    assert policies == [f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"]
    assert raw.index("Content-Security-Policy") < raw.index("<style>") and "url(" not in style[1] and "\r" not in style[1]


def test_every_link_inside_the_page_leads_somewhere_and_ids_are_there_once() -> None:
    tags = outline(rendered()).tags
    ids = [a["id"] for _, a in tags if a.get("id")]
    assert len(ids) == len(set(ids))
    assert {a["href"][1:] for _, a in tags if (a.get("href") or "").startswith("#")} <= set(ids)  # type: ignore[index]


def test_each_preview_is_in_the_page_once() -> None:
    raw = rendered()
    for _, picture_bytes in previews().values():
        assert raw.count(base64.b64encode(picture_bytes)) == 1


def test_a_preview_that_no_entry_names_is_not_shown_and_said() -> None:
    book, pictures = sitting()
    given = {**previews(), sha("chosen-3"): ("image/png", preview("something else"))}
    raw = page.render(gather(book.records, pictures, meta(book)), given, ("en",))
    assert base64.b64encode(preview("something else")) not in raw and words.say("report.preview.other", "en").encode() in raw


@pytest.mark.parametrize("media_type", ["image/svg+xml", "text/html", "image/png;x\"", ""])
def test_only_png_jpeg_and_webp_become_pictures(media_type: str) -> None:
    book = Book()
    book.write(file_fact("a"))
    dossier = gather(book.records, (Picture(sha("a"), "chosen"),), meta(book))
    assert b"<symbol" not in page.render(dossier, {sha("a"): (media_type, b"<svg onload=alert(1)>")}, ("en",))
    assert b"<symbol" in page.render(dossier, {sha("a"): ("image/webp", b"RIFF")}, ("en",))


@pytest.mark.slow
def test_hostile_texts_stay_text_and_stay_whole() -> None:
    book, pictures = hostile_book(HOSTILE)
    book_meta = meta(book, title=HOSTILE[3], work=HOSTILE[0], log=HOSTILE[1], verdict=HOSTILE[2], withheld=(HOSTILE[4],))
    raw = page.render(gather(book.records, pictures, book_meta), {})
    found = outline(raw)
    assert not {tag for tag, _ in found.tags} & {"script", "iframe", "img"}
    assert all(not a or not [n for n in a if n.startswith("on")] for _, a in found.tags)
    text = "".join(found.texts)
    assert all(words.visible(one, keep_newlines=True) in text for one in HOSTILE)
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u0000-\u0008\u000b-\u001f\ud800-\udfff]", text)


@pytest.mark.slow
def test_three_hundred_random_prompts_never_abort() -> None:
    chance = random.Random(20261122)
    alphabet = "abc ,.()[]{}<>:\\\"'&\n\t\r\x00\x1b\u202e\u2066\u200d\u0301猫😀\ud800\U0010fffd{{%"
    prompts = ["".join(chance.choices(alphabet, k=chance.choice((0, 1, 40, 400)))) for _ in range(299)] + ["x, <b>" * 3_334]
    book = Book()
    pictures = []
    for number, text in enumerate(prompts):
        book.write(file_fact(f"chosen-{number}", prompts=(text,), path=f"/{text}"))
        pictures.append(Picture(sha(f"chosen-{number}"), "chosen"))
    raw = page.render(gather(book.records, pictures, meta(book)), {}, ("zh",))
    text = "".join(outline(raw).texts)
    assert all(words.visible(prompt, keep_newlines=True) in text for prompt in prompts)


def test_long_texts_are_folded_and_whole() -> None:
    book = Book()
    long = "word, " * 3_400
    book.write(file_fact("a", prompts=(long,)))
    raw = page.render(gather(book.records, (Picture(sha("a"), "chosen"),), meta(book)), {}, ("en",)).decode()
    assert "<details>" in raw and long in html.unescape(raw)


@pytest.mark.parametrize(
    ("hide", "secret"),
    [
        (("prompts",), "crystal cat pendant"),
        (("why",), "The facets read"),
        (("text",), "The ears as cut crystal"),
        (("host",), "studio-pc-7"),
        (("path", "roots"), "/home/mei/"),
        (("loras", "bindings", "prompts"), "glasswork"),
    ],
)
def test_withheld_values_are_black_bars(hide: tuple[str, ...], secret: str) -> None:
    shown, hidden = rendered().decode(), rendered(hide).decode()
    assert secret in shown and secret not in hidden
    assert 'class="bar"' in hidden and 'class="bar"' not in shown


def test_empty_sections_say_none() -> None:
    raw = page.render(gather((), (), meta(Book())), {})
    chinese, _, english = raw.decode().partition('lang="en">\n')
    assert len(re.findall('class="none">无<', chinese)) >= 14
    assert english.count('class="none">none<') + english.count("<td>none</td>") >= 14


def test_none_is_said_of_the_entries_shown_not_of_the_world() -> None:
    book, pictures = sitting()
    part = page.render(gather(book.records, pictures, meta(book)), {}, ("en",)).decode()
    whole = page.render(gather(book.records, pictures, meta(book, total_entries=len(book.records))), {}, ("en",)).decode()
    assert "among the 24 entries in this bundle. The ledger holds 334" in part and "shows all 24 entries" in whole


def test_imported_pictures_say_so() -> None:
    book = Book()
    book.write(file_fact("a", facts.FileImported, found="import"))
    raw = page.render(gather(book.records, (Picture(sha("a"), "chosen"),), meta(book)), {}, ("en",)).decode()
    assert words.say("report.card.imported", "en") in raw and "c-OBSERVED" not in raw.split("2 · ")[1].split("3 · ")[0]


def test_languages_are_one_or_both_and_the_first_is_shown_first() -> None:
    assert b'id="show-en" autocomplete="off" checked' in rendered(languages=("en", "zh"))
    assert b"<input" not in rendered(languages=("zh",)) and "What this is" not in rendered(languages=("zh",)).decode()
    for wrong in ((), ("fr",)):
        with pytest.raises(BadInput):
            rendered(languages=wrong)


def test_unseen_characters_are_told_apart_from_text_that_spells_them() -> None:
    assert shown("\\u{202E}") == "\\u{202E}" and shown("\u202e") == '<span class="code">\\u{202E}</span>'


def test_entry_numbers_become_runs() -> None:
    assert runs((9, 3, 4, 5, 4)) == ((3, 5), (9, 9))


def test_times_that_are_no_times_are_shown_as_they_are() -> None:
    assert Speaker("en").when("2026-03-02T08:00:07.250000Z") == "2026-03-02 08:00:07 UTC"
    assert Speaker("en").when("2026-03-02T08:00:07+08:00") == "2026-03-02T08:00:07+08:00"
    assert Speaker("zh").when("") == "不详"


def used_keys() -> set[str]:
    """Every message key that templates and code can ask for."""
    sources = [data.read(name) for name in data.names("report")] + [
        path.read_text(encoding="utf-8") for path in Path(page.__file__).parent.glob("*.py")
    ]
    keys = {key for source in sources for key in re.findall(r'say\("([a-z0-9_.]+)"[,)]', source)}
    keys |= {key for source in sources for key in re.findall(r"say\('([a-z0-9_.]+)'[,)]", source)}
    for kind, fact in facts.KINDS.items():
        name = kind.partition("/")[0]
        keys |= {f"kind.{name}", f"kind.{name}.short"} | {f"field.{field.name}" for field in dataclasses.fields(fact)}
    keys |= {key for klass in (*facts.CLASSES, UNKNOWN) for key in (f"class.{klass}", f"class.{klass}.means")}
    keys |= {f"change.{what}" for what in KINDS_OF_CHANGE} | {f"running.{topic}" for topic, _ in TOPICS} | {"running.unknown"}
    keys |= {f"role.{role}" for role in ROLES} | {f"count.{name}" for name, _ in gather((), (), meta(Book())).counts}
    keys |= {f"verdict.{word}" for word in ("integrity_only", "anchored", "incomplete", "failed", "refused")}
    return keys | {"field.pixel_size", "field.clock", "decisions.kept", "decisions.rejected", "models.agrees.yes", "models.agrees.no"}


def test_every_message_that_is_used_exists_in_both_languages() -> None:
    said = {key: entry for name in data.names("messages") for key, entry in json.loads(data.read(name)).items()}
    written = {key: entry for key, entry in said.items() if key.startswith("report.")}
    assert not {key for key in used_keys() if f"report.{key}" not in written}
    for key, entry in written.items():
        assert set(entry) == {"en", "zh"} and all(entry.values()) and "\n" not in "".join(entry.values()), key
        assert set(re.findall(r"(?<!{){(\w+)}", entry["en"])) == set(re.findall(r"(?<!{){(\w+)}", entry["zh"])), key


def test_every_sentence_has_all_its_parts() -> None:
    raw = rendered()
    assert b"(?" not in raw and "\uff08?".encode() not in raw and b"report." not in raw.replace(b"report.html", b"")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_words_judge_nothing(language: str) -> None:
    written = json.loads(data.read("messages/report.json"))
    said = " ".join(entry[language] for entry in written.values()).lower()
    for word in ("copyrightable", "irrefutable", "authentic", "%", "score", "original work", "creative ", "百分", "评分", "铁证"):
        assert word not in said
    limits = [key for key in written if key.startswith("report.limit.")]
    assert len(limits) == 14 and len(Speaker(language).numbered("limit")) == 14


def test_technical_lines_come_after_the_others_and_none_is_lost() -> None:
    raw = rendered(languages=("en",)).decode()
    card = raw.split('id="en-p4"')[1].split("</section>")[0]
    observed = card.split("c-OBSERVED")[1].split("c-FILE_CLAIMED")[0]
    assert observed.index("Media type") < observed.index('class="technical"') < observed.index("SHA-256 of the pixels")


def test_the_kept_pictures_come_first_on_page_one() -> None:
    book = Book()
    pictures = [Picture(sha(name), "chosen") for name in ("a", "b")]
    for name in ("a", "b"):
        book.write(file_fact(name))
    book.write(facts.DecisionMade(decision="kept", pictures=(sha("b"),)))
    front = page.render(gather(book.records, pictures, meta(book)), {}, ("en",)).decode().split('class="chosen"')[1].split("</div>")[0]
    assert front.index(sha("b")) < front.index(sha("a"))


def test_the_recorders_own_words_inside_values_are_in_the_readers_language() -> None:
    assert Speaker("zh").detail_value("how", "by name") == "按名称" and Speaker("zh").detail_value("name", "by name") == "by name"
