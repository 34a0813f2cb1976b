"""Hostile prompts, as many as are asked for, each another one, the same every time."""

from __future__ import annotations

import random

_FORMS = (
    "<script>document.title='PWNED'</script>{n}",
    "<img src=x onerror=\"document.title='PWNED'\">{n}",
    "</span></details></style><script>document.title='PWNED'</script>{n}",
    "</textarea></title></svg><svg onload=document.title='PWNED'>{n}",
    "\"'><iframe srcdoc=\"<script>parent.document.title='PWNED'</script>\">{n}",
    "#eval(\"1\") #panic() $x$ @ref *b* _i_ `raw` #set page(width: 1pt) {n}",
    "= heading\n- list\n+ list\n/ term: x // comment {n}",
    "=cmd|' /C calc'!A{n}",
    "＝HYPERLINK(\"http://x/{n}\")",
    "{{{{ 7*7 }}}} {{% for x in y %}} {{placeholder}} %s {n}",
    "\u202egnp.exe\u2066\u200f\u0007\u001b[31m\r\n\t{n}",
    "\ud83d lone \udfff {n}",
    "שלום עולם \u0627\u0644\u0639\u0631\u0628\u064a\u0629 {n}",
    "👩‍👩‍👧‍👦🏳️‍🌈 \U000e0041\U0010ffff {n}",
    "Z\u0300\u0336\u0489\u0300\u0336\u0489\u0300\u0336\u0489 {n}",
    "\ufdfd\u1100\u1161\u11a8 \u0e01\u0e33 \ufff9\ufffb\ufe0f \u3164 {n}",
    "水墨山水，<b>雾</b>，（远山：１．２）&amp;&#60; {n}",
    "javascript:document.title='PWNED' {n}",
    "]]> <!-- --> <?php ?> <!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]> {n}",
    "nothing but blanks \u00a0\u2003\u3000\u2028\u2029 {n}",
)


def prompts(count: int) -> list[str]:
    """Prompts; one of them in fifty has 20,000 characters, one in ten is made of any characters at all."""
    chance = random.Random(6)
    found = []
    for n in range(count):
        text = _FORMS[n % len(_FORMS)].format(n=n)
        if n % 50 == 7:
            text = (text + ", ((a:1.2), <lora:x:1>") * 900
            text = text[:20_000]
        elif n % 10 == 9:
            text = "".join(chr(chance.choice((chance.randrange(1, 0x300), chance.randrange(0x300, 0x110000)))) for _ in range(40)) + f" {n}"
        found.append(text)
    return found
