"""Papers with every block, in both languages, and pictures for them."""

from __future__ import annotations

import io

from PIL import Image as Picture

from provenance.paper.blocks import (
    ADDED,
    BAR,
    BLANK,
    CODE,
    LATE,
    PLAIN,
    REMOVED,
    SMALL,
    STRONG,
    VERBATIM,
    Block,
    Break,
    Cell,
    Figure,
    Figures,
    Heading,
    Image,
    Paper,
    Para,
    Point,
    Points,
    Quote,
    Row,
    Run,
    Source,
    Table,
    cell,
    run,
)

_WORDS = {
    "page": ("页", "page"),
    "contents": ("目录", "Contents"),
    "withheld": ("未披露", "withheld"),
    "none": ("无", "none"),
    "entry": ("条目", "entry"),
    "exhibit": ("附件", "exhibit"),
    "class.OBSERVED": ("已观察", "observed"),
    "class.FILE_CLAIMED": ("文件所载", "file claims"),
    "class.STATED": ("陈述", "stated"),
    "class.ATTESTED": ("第三方证明", "attested"),
    "class.IMPORTED": ("事后导入", "imported"),
}
LABELS = {lang: {key: both[number] for key, both in _WORDS.items()} for number, lang in enumerate(("zh", "en"))}
HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
PROMPT = "a cat in a crystal pendant, (masterpiece:1.2), <lora:ink_v3:0.8>, soft light"
SEEN = Source("OBSERVED", (12, 13, 14, 15, 20), ("E003",))
SAID = Source("STATED", (31,))
CLAIMED = Source("FILE_CLAIMED", (7,))


def picture(colour: str = "steelblue", kind: str = "PNG", size: tuple[int, int] = (96, 64)) -> bytes:
    """A small picture as the bytes of a file."""
    held = io.BytesIO()
    Picture.linear_gradient("L").resize(size).convert("RGB").point(lambda value: value // 2 + 60).save(held, kind)
    if colour != "steelblue":
        held = io.BytesIO()
        Picture.new("RGB", size, colour).save(held, kind)
    return held.getvalue()


def images() -> dict[str, Image]:
    """Three pictures in the three formats."""
    return {
        "one": Image("image/png", picture(), "the chosen picture"),
        "two": Image("image/jpeg", picture("darkred", "JPEG", (60, 90)), "a candidate"),
        "three": Image("image/webp", picture("darkgreen", "WEBP", (80, 80)), ""),
    }


def paper(lang: str, prompt: str = PROMPT, chapters: int = 7) -> Paper:
    """A paper with every kind of block and run. prompt: stands in every place that takes somebody else's words."""
    zh = lang == "zh"
    return Paper(
        lang=lang,
        title="创作过程记录报告" if zh else "Record of how a picture was made",
        footer=("日志 prov.example/studio · 根值 9f86d081884c7d65" if zh else "log prov.example/studio · root 9f86d081884c7d65"),
        about=("prov.example/studio", "prov 0.1.0"),
        made_at="2026-11-22T10:00:00Z",
        labels=LABELS[lang],
        blocks=(*_cover(zh, prompt), *(block for number in range(1, chapters) for block in _chapter(zh, prompt, number))),
    )


def _cover(zh: bool, prompt: str) -> tuple[Block, ...]:
    verdict = "完整性与时间：已锚定。" if zh else "Integrity and time: ANCHORED."
    rest = (
        "账本条目 1–240 的哈希链与签名一致；两家时间戳机构在 2026-11-22 证明了账本的状态。内容是否真实，不由此证明。"
        if zh
        else "The chain and the signatures of entries 1–240 agree; two time-stamp authorities attested the head on 2026-11-22. "
        "Whether what they say is true is not proved by that."
    )
    return (
        Heading("报告结论" if zh else "In short", 1, "cover"),
        Para((Run(verdict + (" " if not zh else ""), STRONG), Run(rest)), Source("ATTESTED", (238, 239)), "verdict"),
        Figures(
            (
                Figure("one", run("最终图片" if zh else "The final picture"), SEEN, "final"),
                Figure("", run("原图缺失" if zh else "No original")),
            ),
            "large",
        ),
        Para((Run("提示词：" if zh else "Prompt: "), Run(prompt, VERBATIM)), CLAIMED),
        Para(
            run("本记录不证明作品受著作权保护，也不评价独创性。" if zh else "This record does not say whether the work is protected."),
            kind="limit",
        ),
    )


def _chapter(zh: bool, prompt: str, number: int) -> tuple[Block, ...]:
    return (
        Heading(f"{number} · " + ("创作步骤" if zh else "Steps of the work"), 1, f"chapter-{number}"),
        Para(
            (
                Run("见最终图片" if zh else "See the final picture", link="final"),
                Run("，" if zh else ", "),
                Run("加粗" if zh else "bold", STRONG),
                Run("；" if zh else "; "),
                Run("小字" if zh else "small", SMALL),
                Run(" "),
                Run(HASH, CODE),
                Run("；" if zh else "; "),
                Run("新增的词" if zh else "added words", ADDED),
                Run(" "),
                Run("删去的词" if zh else "removed words", REMOVED),
                Run(" "),
                Run("后来导入" if zh else "imported later", LATE),
                Run("；" if zh else "; "),
                Run(HASH, BAR),
                Run(" "),
                Run("", BAR),
            ),
            SEEN,
        ),
        Heading("逐步差异" if zh else "Differences", 2),
        Table(
            ("步骤", "提示词的变化", "图片") if zh else ("Step", "What changed in the prompt", "Picture"),
            (
                Row((cell("1"), Cell((run(prompt, VERBATIM), run(HASH, CODE))), Cell((), ("one", "two"))), CLAIMED, True),
                Row(
                    (cell("2"), Cell(((Run("ink", REMOVED), Run(" → "), Run("watercolour", ADDED)),)), Cell((), ("three", "gone"))),
                    SEEN,
                    True,
                ),
                Row(
                    (cell("3"), Cell((run(HASH, BAR), run("签名" if zh else "Signature", BLANK))), cell("无" if zh else "none")),
                    Source(),
                    True,
                ),
            ),
            (1, 6, 3),
        ),
        Heading("作者的话" if zh else "The author's words", 3),
        Quote(run(prompt, VERBATIM), run("张三，2026-11-22 09:00" if zh else "Zhang San, 2026-11-22 09:00"), SAID),
        Points((Point(run("选定 E003。" if zh else "E003 was chosen."), SEEN), Point(run(prompt, VERBATIM), CLAIMED))),
        Points((Point(run("第一点。" if zh else "First."), SAID), Point(run("第二点。" if zh else "Second."))), numbered=True),
        Figures(tuple(Figure(key, run("候选" if zh else "Candidate", PLAIN), SEEN) for key in ("one", "two", "three", "gone")), "medium"),
        Figures(tuple(Figure(key, run(prompt[:40], VERBATIM)) for key in ("one", "two", "three")), "small"),
        Para((Run("姓名：" if zh else "Name: "), Run("亲笔签名" if zh else "signed by hand", BLANK)), kind=""),
        Para(run("说明：以上为软件所见。" if zh else "Note: this is what the program saw."), kind="note"),
        *((Break(),) if number == 1 else ()),
    )
