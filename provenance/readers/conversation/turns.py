"""A conversation as values: who said what, in the file's order and the file's own words."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

USER, ASSISTANT, SYSTEM, TOOL, UNKNOWN = "user", "assistant", "system", "tool", "unknown"


@dataclass(frozen=True)
class Turn:
    """One turn. by: the speaker as the file names it. at: the file's time, as it writes it. model: as the file names it.
    to: a tool the turn was addressed to (`dalle.text2im`). files: names or ids of what was attached."""

    role: str
    text: str
    by: str | None = None
    at: str | None = None
    model: str | None = None
    to: str | None = None
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Conversation:
    """One conversation. form: how the file writes it (`chatgpt`, `claude`, `deepseek`, `messages`, `sharegpt`, `chat-lines`, `marked`,
    `text`). raw: the part of the file that holds it, verbatim. branches: turns that were edited or asked for again and are not on the
    path that was kept. title, ident, since, until: as the file says."""

    form: str
    turns: tuple[Turn, ...]
    raw: str
    title: str | None = None
    ident: str | None = None
    since: str | None = None
    until: str | None = None
    branches: int = 0


ROLES = MappingProxyType({
    USER: (
        "user", "human", "you", "you said", "me", "prompt", "prompter", "request", "question",
        "用户", "我", "你", "您", "提问", "提示词",
    ),
    ASSISTANT: (
        "assistant", "ai", "bot", "gpt", "model", "response", "answer", "chatgpt", "chatgpt said", "claude", "gemini", "bard", "grok",
        "deepseek", "kimi", "qwen", "copilot", "llama", "mistral",
        "助手", "智能助手", "回答", "豆包", "元宝", "腾讯元宝", "通义千问", "千问",
        "通义", "文心一言", "智谱清言", "讯飞星火", "即梦", "海螺",
    ),
    SYSTEM: ("system", "developer", "系统"),
    TOOL: ("tool", "function", "工具"),
})  # fmt: skip
