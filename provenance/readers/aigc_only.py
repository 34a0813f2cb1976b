"""Files whose only mark is the label of GB 45438-2025. The producer is named by the label itself, or by its registered company code."""

from __future__ import annotations

import re
from types import MappingProxyType

from provenance.errors import Unreadable
from provenance.readers import aigc
from provenance.readers.reading import About, Reading, Texts

NAME = "AIGC label only"
KEYS = aigc.KEYS
ABOUT = About(
    where="wherever the label of GB 45438-2025 stands",
    reads="who produced it: the name in ContentProducer, or the company whose unified social credit code it holds",
    leaves="which of a company's products made it, prompt and settings. Labels 2 and 3 (possible, suspected) name no generator",
    source="GB 45438-2025; codes as they stand in the files of these companies' products",
    tried="real files (Jimeng, Tongyi), own files",
)

COMPANIES = MappingProxyType({
    "9144030008867405X2": "Shenzhen Lianmeng (ByteDance: Jimeng, JianYing)",
    "91110102MACQD9K640": "Beijing Chuntian Zhiyun (ByteDance: Doubao, Coze)",
    "91330106MA2CFLDG4R": "Tongyi Yunqi (Alibaba: Tongyi, Wan)",
    "91440101MA9Y9T4H7A": "Alibaba (Qwen)",
    "91110108335469089C": "Beijing Kuaishou (Kling)",
    "91440300708461136T": "Shenzhen Tencent (Yuanbao)",
    "91110000802100433B": "Beijing Baidu Netcom (Baidu)",
})  # fmt: skip
"""Unified social credit code (GB 32100-2015) -> company and the products it is known for. Only codes seen in published labels."""

_CODE = re.compile(r"001[0-9]([0-9A-HJ-NP-RT-UW-Y]{18})[0-9A-Za-z]{0,8}", re.ASCII)
_NAME = re.compile(r"(?=[^\W\d_])[\w .&+-]{1,40}")


def claims(texts: Texts) -> bool:
    """Whether a label says `1`: generated."""
    return _label(texts) is not None


def _label(texts: Texts) -> str | None:
    """The producer of the first label, "" where it names none; None where there is no label, or it does not say `1`."""
    first = next(iter(aigc.labels(texts)), None)
    return None if first is None or str(first.get("Label", "")) != "1" else str(first.get("ContentProducer") or "")


def read(texts: Texts, file_name: str = "") -> Reading:
    """The producer so far as the file tells. Raises Unreadable `reader.aigc`."""
    producer = _label(texts)
    if producer is None:
        raise Unreadable("reader.aigc")
    code = _CODE.fullmatch(producer.strip())
    named = COMPANIES.get(code[1]) if code else producer.strip() if _NAME.fullmatch(producer.strip()) else None
    return Reading(generator=named or "unnamed (AIGC label)", rest={"producer_code": code[1]} if code else {})
