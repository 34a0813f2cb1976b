"""Does a hash that a picture claims fit a file? The labels lie, so the claim is held against every convention. Pure.

| digits | what tools put there |
|---|---|
| 8 | AutoV1, "old hash" (A1111 before 2023-01) |
| 10 | whole file (A1111, Forge, SD.Next "Model hash"; Fooocus for everything) |
| 12 | payload (A1111 "Lora hashes"), whole file (Forge), or the file's own unchecked sshs_model_hash (A1111, Forge) |
| 64 | whole file; payload (kohya, SwarmUI as 0x...) |
"""

from __future__ import annotations

import hashlib
import string

from provenance.capture.models import ModelHashes

NOTHING = hashlib.sha256(b"").hexdigest()
LABEL = "header label"
_HEX = frozenset(string.hexdigits)


def normal(claim: str) -> str | None:
    """A claim as lower-case hex digits without `0x`; None for what cannot be compared.

    That is: blake3 and random ids (InvokeAI), fewer than 8 digits, and the hash of nothing, which is what tools write for a file
    that is too short for AutoV1 and so fits every such file.
    """
    text = claim.strip().removeprefix("sha256:").removeprefix("0x").removeprefix("0X").lower()
    if not 8 <= len(text) <= 64 or not _HEX.issuperset(text) or NOTHING.startswith(text):
        return None
    return text


def fits(claim: str, hashes: ModelHashes) -> str | None:
    """By which convention a claim (as `normal` gives it) fits: `autov1`, `sha256`, `payload`, LABEL; None where by none.

    LABEL: it only repeats what the file's header says of itself; the bytes do not bear it out.
    """
    if hashes.autov1 == claim:
        return "autov1"
    if hashes.sha256.startswith(claim):
        return "sha256"
    if hashes.payload_sha256 and hashes.payload_sha256.startswith(claim):
        return "payload"
    label = hashes.header.get("sshs_model_hash")
    if isinstance(label, str) and label.lower().removeprefix("0x").startswith(claim):
        return LABEL
    return None
