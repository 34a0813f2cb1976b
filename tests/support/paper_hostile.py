"""Three hundred texts that a prompt, a file name or a note can hold and that break printers."""

from __future__ import annotations

import random

_BY_HAND = [
    "\U0001f600\U0001f468\u200d\U0001f469\u200d\U0001f467 \u2764\ufe0f \U0001f1e8\U0001f1f3 1\ufe0f\u20e3 \U0001f44d\U0001f3fd",
    "\u202eevil.exe\u202c \u2066x\u2069 \u200e\u200f\u061c",
    "שלום עולם (12) #34",
    "مرحبا بالعالم 123 ABC (نص)",
    "".join(map(chr, range(0x20))) + "\x7f" + "".join(map(chr, range(0x80, 0xA0))),
    "\ud800 \udfff \udc80x lone",
    "a" * 20_000,
    "中" * 4_000 + "，" * 400,
    "\U0001f600" * 1_500,
    "Z̸̡̢̛̛̪̬̞̣̩͓a̴̧̨̛̱̗l̵̢̛̘g̷̡̧̛̺̩o̶̢̧̜",
    "e\u0301 o\u0308\u0304 \u0301alone \u20dd",
    '<script>document.title="PWNED"</script><img src=x onerror=alert(1)>',
    '#eval("1") $x$ @ref *b* _i_ = heading `code` <label> #import "@preview/x:1.0.0"',
    '=cmd|"/c calc"!A1',
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "\ufeffBOM \ufffe \uffff \ufffd \ufffc \u2028 \u2029 \u00ad \u2060 \u180e \u034f",
    "한글 \u1112\u1161\u11ab \u1100\u1161 \u3164",
    "हिन्दी क्षत्रिय ไทยภาษา ខ្មែរ བོད་ မြန်မာ \u0dc1\u0dca\u200d\u0dbb\u0dd3",
    "fi fl ffi ﬁ ﬂ ﷺ ﷽ ꧅",
    "x\u00a0y\u2003z\u3000w\u202fv\u1680u",
    "\ue000 \U000f0000 \U0010ffff \u0378 \U0001fae8 \U000e0041\U000e007f",
    "https://example.org/" + "path/" * 200 + "?q=" + "%20" * 100,
    "C:\\Users\\名前\\AppData\\..\\..\\x.png",
    "line one\nline two\r\nline three\rfour\n\n\n",
    "\t\ttabs\tand    spaces    ",
    "«»‹›„“”‘’‚‛—–‒‐‑…‥·•※†‡§¶",
    "\U00020000\U0002a6d6\U00030000 𠮷 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 ℵ ∀ ∑ √ ∞",
    "\u2067\u05d0\u2069\u202b",
    "",
    " ",
]


def _mixed(count: int) -> list[str]:
    """Texts of random characters from blocks that printers fear; the same each time."""
    dice = random.Random(6)
    blocks = [(0x00, 0x24F), (0x250, 0x5FF), (0x600, 0x7FF), (0x900, 0x109F), (0x1100, 0x13FF), (0x1D00, 0x20FF), (0x2100, 0x2BFF),
              (0x2E80, 0x33FF), (0x4E00, 0x9FFF), (0xA000, 0xABFF), (0xD800, 0xDFFF), (0xE000, 0xFFFF), (0x10000, 0x11FFF),
              (0x1D100, 0x1F9FF), (0x20000, 0x2A000), (0xE0000, 0xE01EF)]  # fmt: skip
    return ["".join(chr(dice.randint(*dice.choice(blocks))) for _ in range(dice.randint(1, 60))) for _ in range(count)]


TEXTS = [*_BY_HAND, *_mixed(300)]
