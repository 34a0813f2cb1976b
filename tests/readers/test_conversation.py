"""Chats of every known form: who said what, the path that was kept, each conversation's own part of the file."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.errors import BadInput
from provenance.readers.conversation import Conversation, conversations


def said(found: Conversation) -> list[tuple[str, str]]:
    return [(turn.role, turn.text) for turn in found.turns]


def node(ident: str, parent: str | None, role: str = "", text: Any = "", **more: Any) -> dict[str, Any]:
    content = {"content_type": "text", "parts": text} if isinstance(text, list) else {"content_type": "code", "text": text}
    message = {"author": {"role": role}, "content": content, **more} if role else None
    return {"id": ident, "parent": parent, "children": [], "message": message}


def chatgpt(title: str = "Cat") -> dict[str, Any]:
    nodes = [
        node("root", None),
        node("old", "root", "user", ["draw"]),
        node("new", "root", "user", ["draw a cat", {"content_type": "image_asset_pointer", "asset_pointer": "file-service://x"}],
             create_time=1718000001.50, metadata={"attachments": [{"name": "sketch.png"}]}),
        node("call", "new", "assistant", '{"prompt": "cat"}', recipient="dalle.text2im", metadata={"model_slug": "gpt-4o"}),
        node("empty", "call", "system", [""]),
        node("end", "empty", "assistant", ["here"], recipient="all"),
    ]  # fmt: skip
    return {
        "title": title,
        "create_time": 1718000000,
        "conversation_id": f"id {title}",
        "mapping": {n["id"]: n for n in nodes},
        "current_node": "end",
    }


def test_chatgpt_path_that_was_kept() -> None:
    (found,) = conversations(json.dumps([chatgpt()]))
    assert (found.form, found.title, found.ident, found.since, found.branches) == ("chatgpt", "Cat", "id Cat", "1718000000", 1)
    assert said(found) == [("user", "draw a cat"), ("assistant", '{"prompt": "cat"}'), ("assistant", "here")]
    user, call, end = found.turns
    assert (user.at, user.files) == ("1718000001.5", ("file-service://x", "sketch.png"))
    assert (call.to, call.model, end.to) == ("dalle.text2im", "gpt-4o", None)


def test_each_conversation_keeps_its_own_part() -> None:
    one, two = json.dumps(chatgpt("One"), indent=2), json.dumps(chatgpt("Two, with ] and }"))
    found = conversations(f"\ufeff [ {one},\n{two} ]")
    assert [item.raw for item in found] == [one, two]
    page = conversations(f"<html><script>var jsonData = [{one},{two}];\nvar x = 1;</script></html>")
    assert page == found


def test_a_missing_current_node_and_a_circle() -> None:
    value = chatgpt()
    del value["current_node"]
    assert said(conversations(json.dumps([value]))[0])[-1] == ("assistant", "here")
    assert conversations(json.dumps([value | {"current_node": ["end"]}]))[0].turns == conversations(json.dumps([value]))[0].turns
    value["mapping"]["root"]["parent"] = "end"
    assert len(conversations(json.dumps([value]))[0].turns) == 3


def test_claude_deepseek_messages_sharegpt_sillytavern() -> None:
    claude = {"uuid": "u", "name": "Talk", "created_at": "2026-01-01T00:00:00Z", "chat_messages": [
        {"sender": "human", "text": "", "content": [{"type": "text", "text": "hi"}],
         "attachments": [{"file_name": "a.pdf"}], "created_at": "t"},
        {"sender": "assistant", "text": "yo"}]}  # fmt: skip
    (found,) = conversations(json.dumps([claude]))
    assert (found.form, found.title, said(found), found.turns[0].files) == (
        "claude",
        "Talk",
        [("user", "hi"), ("assistant", "yo")],
        ("a.pdf",),
    )

    deep = {"id": "d", "title": "T", "inserted_at": "i", "mapping": {
        "root": {"parent": None, "children": ["1"], "message": None},
        "1": {"parent": "root", "children": ["2"], "message": {"fragments": [{"type": "REQUEST", "content": "写诗"}], "inserted_at": "t1"}},
        "2": {"parent": "1", "children": [], "message": {"model": "deepseek-r1", "fragments": [
            {"type": "THINK", "content": "hm"}, {"type": "RESPONSE", "content": "诗"}]}}}}  # fmt: skip
    (found,) = conversations(json.dumps([deep], ensure_ascii=False))
    assert (found.form, said(found)) == ("deepseek", [("user", "写诗"), ("assistant", "hm"), ("assistant", "诗")])
    assert [turn.by for turn in found.turns] == ["REQUEST", "THINK", "RESPONSE"] and found.turns[2].model == "deepseek-r1"

    api = [
        {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "image_url", "image_url": {}}]},
        {"role": "assistant", "content": "b"},
    ]
    assert (
        said(conversations(json.dumps(api))[0])
        == said(conversations(json.dumps({"messages": api}))[0])
        == [("user", "a"), ("assistant", "b")]
    )
    lines = "\n".join(json.dumps(item) for item in api)
    assert said(conversations(lines)[0]) == [("user", "a"), ("assistant", "b")]
    each = "\n".join(json.dumps({"messages": api, "id": str(n)}) for n in range(3))
    assert [item.ident for item in conversations(each)] == ["0", "1", "2"]

    share = {"conversations": [{"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}]}
    assert (conversations(json.dumps(share))[0].form, said(conversations(json.dumps(share))[0])) == (
        "sharegpt",
        [("user", "a"), ("assistant", "b")],
    )
    tavern = [{"chat_metadata": {}, "user_name": "Me"}, {"name": "Me", "is_user": True, "mes": "a", "send_date": "1"},
              {"name": "Bot", "is_user": False, "mes": "b"}]  # fmt: skip
    (found,) = conversations("\n".join(map(json.dumps, tavern)))
    assert (found.form, said(found)) == ("chat-lines", [("user", "a"), ("assistant", "b")])


@pytest.mark.parametrize("text", [
    "User: draw\nmore\n\nAssistant: here\n- Model: big\nModel: x", "**You:** draw\nmore\n\n**ChatGPT said:**\nhere\n- Model: big\nModel: x",
    "### User\ndraw\nmore\n## Claude\nhere\n- Model: big\nModel: x",
    "\u6211\uff1adraw\nmore\n\n\u8c46\u5305\uff1ahere\n- Model: big\nModel: x",
    "**User (2026-11-01 10:00)**: draw\r\nmore\r\n\r\n**Kimi**: here\r\n- Model: big\r\nModel: x",
])  # fmt: skip
def test_marked_text(text: str) -> None:
    (found,) = conversations(text)
    assert found.form == "marked"
    assert said(found) == [("user", "draw\nmore"), ("assistant", "here\n- Model: big\nModel: x")]
    assert found.raw == text


def test_a_text_without_speakers_is_one_turn_of_unknown_origin() -> None:
    text = "Chapter 1\n\nNote: the sea was calm.\nA: one\nPrompt: x"
    (found,) = conversations(text)
    assert (found.form, said(found)) == ("text", [("unknown", text)])


def test_speakers_inside_code_do_not_speak() -> None:
    assert said(conversations("User: see\n```\nAssistant: no\n```\nend")[0]) == [("user", "see\n```\nAssistant: no\n```\nend")]


def test_a_saved_page() -> None:
    page = ("<!doctype html><html><head><title>My chat</title><style>x{}</style></head><body><nav>menu</nav>"
            "<div data-message-author-role='user'><div>draw <b>a</b> cat</div></div><p>between</p>"
            "<div data-message-author-role='assistant'><p>one</p><script>no()</script><p>two</p></div></body></html>")  # fmt: skip
    (found,) = conversations(page)
    assert (found.form, found.title, said(found)) == ("page", "My chat", [("user", "draw a cat"), ("assistant", "one\n\ntwo")])
    (plain,) = conversations("<html><body><p>User: hi</p><p>Assistant: yo</p></body></html>")
    assert said(plain) == [("user", "hi"), ("assistant", "yo")]


@pytest.mark.parametrize(("text", "key"), [
    ("", "conversation.empty"), (" \n\ufeff", "conversation.empty"), ("<html><script>x</script></html>", "conversation.empty"),
    ('{"a": 1}', "conversation.unknown"), ("[1, 2]", "conversation.unknown"), ("[]", "conversation.unknown"), ("[" * 5_000, ""),
    ('[{"mapping": []}]', "conversation.unknown"),
])  # fmt: skip
def test_what_is_no_conversation(text: str, key: str) -> None:
    if not key:
        assert conversations(text)[0].form == "text"
        return
    with pytest.raises(BadInput) as refused:
        conversations(text)
    assert refused.value.key == key


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["user", "human", "root"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["mapping", "message", "messages", "chat_messages", "content", "parts", "role", "author", "fragments", "parent",
                         "children", "current_node", "text", "from", "value", "mes", "is_user", "metadata", "attachments"]),
        inner, max_size=5),
    max_leaves=30,
)  # fmt: skip


@settings(deadline=None, max_examples=300)
@given(_JSON, st.text(max_size=30))
def test_hostile_shapes_give_turns_or_one_refusal(value: Any, tail: str) -> None:
    for text in (json.dumps(value), json.dumps([value]), json.dumps(value) + tail, "<p>" + json.dumps(value) + tail, tail):
        try:
            found = conversations(text)
        except BadInput:
            continue
        assert found and all(isinstance(turn.text, str) for item in found for turn in item.turns)
