"""One broken bundle for each code: a good one, one thing changed, and the lists or the seal made again by whoever could.

by: "thief" changes bytes and nothing else; "forger" writes all lists again, and has no key; "author" holds the key and seals again.
"""

from __future__ import annotations

import base64
import dataclasses
import json
from collections.abc import Callable
from dataclasses import dataclass

from support import bundles
from support.bundles import World, digest

from provenance import canon
from provenance.seal import note, snapshot

Files = dict[str, bytes]
ENTRY, VALUES, PROOF = "data/entries/00000002.json", "data/disclosures/00000002.json", "proof/00000002.tlog-proof"
ABOUT, LIST = "data/bundle.json", "manifest-sha256.txt"


@dataclass(frozen=True)
class Case:
    """codes: all that must be found, but T001."""

    name: str
    by: str
    change: Callable[[Files, World], None]
    codes: frozenset[str]
    word: str = "FAILED"

    def build(self, world: World) -> Files:
        files = world.files()
        self.change(files, world)
        if self.by != "thief":
            bundles.rehash(files)
        if self.by == "author":
            bundles.resign(files, world.signer)
        return files


def _put(name: str, data: bytes) -> Callable[[Files, World], None]:
    def change(files: Files, world: World) -> None:
        files[name] = data

    return change


def _drop(*names: str) -> Callable[[Files, World], None]:
    def change(files: Files, world: World) -> None:
        for name in names:
            del files[name]

    return change


def _sub(name: str, old: bytes, new: bytes) -> Callable[[Files, World], None]:
    def change(files: Files, world: World) -> None:
        assert old in files[name]
        files[name] = files[name].replace(old, new, 1)

    return change


def _about(**values: object) -> Callable[[Files, World], None]:
    def change(files: Files, world: World) -> None:
        files[ABOUT] = canon.encode(json.loads(files[ABOUT]) | values)

    return change


def of_one_entry(files: Files, world: World) -> Files:
    """A good bundle in which a field is withheld of one entry alone, with its reason, and sealed by the ledger's key."""
    _about(withheld=["host", "roots"], withheld_at={"2": ["path"]}, withheld_reasons={"path@2": "another's home"})(files, world)
    bundles.rehash(files)
    bundles.resign(files, world.signer)
    return files


def _picture(**values: object) -> Callable[[Files, World], None]:
    def change(files: Files, world: World) -> None:
        about = json.loads(files[ABOUT])
        about["pictures"][0] |= values
        files[ABOUT] = canon.encode(about)

    return change


def _rows(change: Callable[[list[list[object]]], object]) -> Callable[[Files, World], None]:
    def apply(files: Files, world: World) -> None:
        rows = json.loads(files[VALUES])
        change(rows)
        files[VALUES] = canon.encode(rows)

    return apply


def _entry(seq: int, change: Callable[[bytes], bytes]) -> Callable[[Files, World], None]:
    """The author signs a ledger in which one entry was changed; the links after it are left as they were."""

    def apply(files: Files, world: World) -> None:
        raws = list(world.raws)
        raws[seq] = change(raws[seq])
        bundles.rewrite(files, world.signer, raws)

    return apply


def _relinked(change: Callable[[bytes], bytes], seq: int) -> Callable[[Files, World], None]:
    """The same, with every later link made to fit."""

    def apply(files: Files, world: World) -> None:
        raws = list(world.raws)
        raws[seq] = change(raws[seq])
        for later in range(seq + 1, len(raws)):
            value = json.loads(raws[later])
            raws[later] = canon.encode(value | {"prev": bundles.chain.leaf(raws[later - 1]).hex()})
        bundles.rewrite(files, world.signer, raws)

    return apply


def _json(**values: object) -> Callable[[bytes], bytes]:
    return lambda raw: canon.encode(json.loads(raw) | values)


def _open(**values: object) -> Callable[[bytes], bytes]:
    return lambda raw: canon.encode(json.loads(raw) | {"open": json.loads(raw)["open"] | values})


def _vkey(make: Callable[[World], str]) -> Callable[[Files, World], None]:
    def change(files: Files, world: World) -> None:
        files["proof/signer.vkey"] = make(world).encode()

    return change


def _weak(files: Files, world: World) -> None:
    """A key of small order, under which one signature fits every message that a naive verifier is shown."""
    public = b"\1" + bytes(31)
    name, typed = bundles.ORIGIN, base64.b64encode(note.ED25519 + public).decode()
    files["proof/signer.vkey"] = f"{name}+{note.key_id(name, public).hex()}+{typed}\n".encode()
    spki = bytes.fromhex("302a300506032b6570032100") + public
    files["proof/signer.pem"] = b"-----BEGIN PUBLIC KEY-----\n" + base64.b64encode(spki) + b"\n-----END PUBLIC KEY-----\n"
    files["seal.sig"] = b"\1" + bytes(63)


def _other_key(files: Files, world: World) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    thief = dataclasses.replace(world.signer, _key=Ed25519PrivateKey.from_private_bytes(b"\7" * 32))
    files["proof/signer.vkey"], files["proof/signer.pem"] = thief.vkey.encode() + b"\n", thief.pem_public
    bundles.rewrite(files, thief, world.raws)
    bundles.rehash(files)
    bundles.resign(files, thief)


def _smaller(files: Files, world: World) -> None:
    """An honest older checkpoint: the last entry is not in it."""
    bundles.rewrite(files, world.signer, world.raws[:-1])


def _old_proof(files: Files, world: World) -> None:
    old = snapshot.sign(snapshot.Snapshot(bundles.ORIGIN, 8, bytes(32)), world.signer)
    files[PROOF] = files[PROOF].partition(b"\n\n")[0] + b"\n\n" + old


def _swap_original(files: Files, world: World) -> None:
    name = next(name for name in files if name.startswith("data/originals/"))
    files[name] = files[name][:-1] + b"!"


def _stray_original(files: Files, world: World) -> None:
    files[f"data/originals/{digest(b'other')[:16]}.png"] = b"other"


def _case(name: str, by: str, change: Callable[[Files, World], None], *more: str, word: str = "FAILED") -> Case:
    return Case(name, by, change, frozenset((name[:4], *more)), word)


def _both(*changes: Callable[[Files, World], None]) -> Callable[[Files, World], None]:
    def apply(files: Files, world: World) -> None:
        for change in changes:
            change(files, world)

    return apply


_OLD_LOG = "prov.test/another"
LOST = "INCOMPLETE"
CASES = (
    _case("B001_another_bagit_version", "author", _put("bagit.txt", b"BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n")),
    _case("K001_two_line_feeds_behind_the_key", "author", _sub("proof/signer.vkey", b"\n", b"\n\n")),
    _case("K001_no_line_feed_behind_the_key", "author", _sub("proof/signer.vkey", b"\n", b"")),
    _case("B002_manifest_with_one_blank", "thief", _sub("manifest-sha256.txt", b"  ", b" "), "F001"),
    _case("B002_manifest_lists_names_twice", "thief", lambda f, w: f.update({LIST: f[LIST] * 2}), "F001"),
    _case("B003_unlisted_payload", "thief", _put("data/blobs/" + digest(b"x"), b"x"), "B006", "F004"),
    _case("B003_unlisted_tag_file", "thief", _put("proof/evil.txt", b"x")),
    _case("B004_listed_entry_gone", "thief", _drop(ENTRY), word=LOST),
    _case("B004_disclosure_gone", "thief", _drop(VALUES), word=LOST),
    _case("B004_proof_gone", "thief", _drop(PROOF), word=LOST),
    _case("B004_first_entry_gone", "thief", _drop("data/entries/00000000.json"), word=LOST),
    _case("B004_verifier_gone", "thief", _drop("verify.py"), word=LOST),
    _case("B005_seal_gone", "thief", _drop("seal.sig"), word=LOST),
    _case("B005_lists_gone", "thief", _drop("manifest-sha256.txt", "tagmanifest-sha256.txt"), "B005", word=LOST),
    _case("B005_made_without_a_proof", "author", _drop(PROOF), word=LOST),
    _case("B005_checkpoint_gone", "forger", _drop("proof/checkpoint.txt"), "S001"),
    _case("B006_bag_info_counts_otherwise", "thief", _sub("bag-info.txt", b"Payload-Oxum: ", b"Payload-Oxum: 1"), "F001"),
    _case("B006_bag_info_malformed", "author", _put("bag-info.txt", b"Payload-Oxum 1.1\n")),
    _case("F001_report_changed", "thief", _put("report.html", b"<!doctype html>!")),
    _case("S001_report_changed_and_relisted", "forger", _put("report.html", b"<!doctype html>!")),
    _case("F002_swapped_picture_of_same_metadata", "forger", _swap_original, "S001"),
    _case("F002_blob_under_another_hash", "author", _put("data/blobs/" + digest(bundles.WORKFLOW), b"{}")),
    _case("F002_short_name_of_another_picture", "author", _picture(sha256=digest(bundles.PICTURE)[:16] + "0" * 48), "F003"),
    _case("F003_picture_of_another_entry", "author", _picture(entries=[1])),
    _case("F004_blob_that_nobody_recorded", "author", _put("data/blobs/" + digest(b"x"), b"x")),
    _case("F005_file_without_a_place", "author", _put("data/evil.exe", b"MZ")),
    _case("K001_vkey_of_another_id", "author", _vkey(lambda w: w.signer.vkey.replace("b0b+", "b0c+") + "\n")),
    _case("K001_pem_in_another_spelling", "author", _sub("proof/signer.pem", b"PUBLIC KEY-----\n", b"PUBLIC KEY-----\n\n")),
    _case("K002_two_keys", "author", lambda f, w: f.update({"proof/signer.pem": f["proof/signer.pem"].replace(w_b64(w), OTHER_B64)})),
    _case("K003_small_order_key", "forger", _weak),
    _case("K005_first_entry_left_out", "author", lambda f, w: _leave_out(f, 0)),
    _case("K005_first_entry_of_another_kind", "author", _relinked(_json(kind="note.added/1"), 0)),
    _case("K006_replaced_key", "thief", _other_key),
    _case("S001_seal_of_other_bytes", "thief", lambda f, w: f.update({"seal.sig": w.signer.sign(b"other")})),
    _case("S001_short_seal", "thief", lambda f, w: f.update({"seal.sig": f["seal.sig"][:63]})),
    _case("S001_malleable_seal", "thief", lambda f, w: f.update({"seal.sig": _plus_order(f["seal.sig"])})),
    _case("S002_checkpoint_with_extension", "author", lambda f, w: f.update({"proof/checkpoint.txt": _extended(w)})),
    _case("S002_checkpoint_with_leading_zero", "author", lambda f, w: f.update({"proof/checkpoint.txt": _zeroed(w)})),
    _case("S002_checkpoint_without_signatures", "author", _put("proof/checkpoint.txt", b"prov.test/b0b\n8\n")),
    _case("S003_checkpoint_of_another_size", "author", _sub("proof/checkpoint.txt", b"\n8\n", b"\n9\n")),
    _case("S004_body_differs", "author", _sub("proof/checkpoint.body", b"\n8\n", b"\n9\n")),
    _case("S004_signature_differs", "author", _put("proof/checkpoint.sig", bytes(64))),
    _case("E001_edited_entry_not_canonical", "author", _entry(7, lambda raw: raw + b" ")),
    _case("E001_entry_with_another_key", "author", _entry(7, _json(extra=1))),
    _case("E001_entry_with_duplicate_key", "author", _entry(7, lambda raw: raw.replace(b',"v":1}', b',"v":1,"v":1}'))),
    _case("E002_entry_under_another_number", "author", lambda f, w: f.update({"data/entries/00000007.json": w.raws[6]})),
    _case("E003_entry_of_another_ledger", "author", _entry(7, _json(log=_OLD_LOG))),
    _case("E004_entry_after_the_snapshot", "author", _smaller, "P002", "P003"),
    _case("E005_broken_link", "author", _entry(6, _open(more="x"))),
    _case("E005_first_entry_with_a_predecessor", "author", _relinked(_json(prev="1" * 64), 0)),
    _case("P001_malformed_proof", "author", _sub(PROOF, b"index 2", b"index 02")),
    _case("P002_proof_for_another_checkpoint", "author", _old_proof),
    _case("P003_proof_of_another_entry", "author", lambda f, w: f.update({PROOF: f["proof/00000003.tlog-proof"]})),
    _case("P003_edited_entry", "forger", _sub(ENTRY, b'"size":', b'"size":1'), "S001", "E005"),
    _case("P004_proof_without_its_entry", "author", lambda f, w: f.update({"proof/00000004.tlog-proof": f[PROOF]})),
    _case("D001_values_not_canonical", "author", _sub(VALUES, b"[[", b"[ [")),
    _case("D001_values_with_a_short_salt", "author", _rows(lambda rows: rows[0].__setitem__(0, "00"))),
    _case("D002_value_never_sealed", "author", _rows(lambda rows: rows.append(["0" * 32, "license", "CC0"]))),
    _case("D003_another_prompt", "author", _rows(lambda rows: rows[2].__setitem__(2, ["a dog"])), "M005"),
    _case("D003_another_prompt_by_a_stranger", "forger", _rows(lambda rows: rows[2].__setitem__(2, ["a dog"])), "M005", "S001"),
    _case("D004_value_twice", "author", _rows(lambda rows: rows.append(rows[0]))),
    _case("D005_values_of_an_absent_entry", "author", lambda f, w: f.update({"data/disclosures/00000004.json": f[VALUES]})),
    _case("M001_unknown_format", "author", _about(format="prov-bundle/9")),
    _case("M001_not_canonical", "author", lambda f, w: f.update({ABOUT: f[ABOUT] + b"\n"})),
    _case("M001_picture_without_a_file", "author", lambda f, w: f.update({ABOUT: f[ABOUT].replace(b'"file":', b'"filf":')})),
    _case("M001_two_roles", "author", _picture(role="best")),
    _case("M002_entry_not_listed", "author", _about(entries=[0, 1, 2, 3, 5, 6])),
    _case("M002_entry_left_out", "author", lambda f, w: _leave_out(f, 7)),
    _case("M003_picture_not_listed", "author", _about(pictures=[])),
    _case("M003_picture_not_there", "author", lambda f, w: [f.pop(n) for n in list(f) if n.startswith("data/originals/")]),
    _case("M003_stray_original", "author", _stray_original),
    _case("M004_withheld_and_shown", "author", _about(withheld=[*bundles.WITHHELD, "prompts"])),
    _case("M005_neither_shown_nor_withheld", "author", _about(withheld=[])),
    _case("M004_withheld_of_one_entry_and_shown", "author", _about(withheld_at={"2": ["prompts"]})),
    _case("M004_withheld_of_one_entry_twice_and_shown", "author", _about(withheld_at={"2": ["path", "prompts"], "3": []})),
    _case("M005_withheld_of_another_entry", "author", _about(withheld=["host", "roots"], withheld_at={"1": ["path"]})),
    _case("M001_entry_with_a_zero_before_it", "author", _about(withheld_at={"02": ["path"]})),
    _case("M001_withheld_names_are_no_list", "author", _about(withheld_at={"2": "path"})),
    _case("M001_withheld_at_is_a_list", "author", _about(withheld_at=[])),
    _case("M001_withheld_at_is_nothing", "author", _about(withheld_at=None)),
    _case("M001_reason_that_is_no_text", "author", _about(withheld_reasons={"path": 7})),
    _case("M001_reasons_are_a_list", "author", _about(withheld_reasons=["path"])),
    _case("M006_another_snapshot", "author", _about(snapshot={"size": 7, "root": ""})),
    _case("M006_another_log", "author", _about(log=_OLD_LOG)),
    _case("Z013_endless_entry", "author", _put("data/entries/00000007.json", b"0" * 70_000), word="FAILED"),
)  # fmt: skip


def _leave_out(files: Files, seq: int) -> None:
    for name in (f"data/entries/{seq:08d}.json", f"data/disclosures/{seq:08d}.json", f"proof/{seq:08d}.tlog-proof"):
        files.pop(name, None)
    if seq == 0:
        about = json.loads(files[ABOUT])
        about["entries"].remove(0)
        files[ABOUT] = canon.encode(about)


OTHER_B64 = base64.b64encode(bytes.fromhex("302a300506032b6570032100") + b"\x22" * 32)


def w_b64(world: World) -> bytes:
    return world.signer.pem_public.split(b"\n")[1]


def _plus_order(seal: bytes) -> bytes:
    """S + L: the same equation, another signature (RFC 8032 section 5.1.7 demands S < L)."""
    order = 2**252 + 27742317777372353535851937790883648493
    return seal[:32] + (int.from_bytes(seal[32:], "little") + order).to_bytes(32, "little")


def _text(world: World) -> str:
    return world.content.note.decode().partition("\n\n")[0] + "\n"


def _extended(world: World) -> bytes:
    return note.sign(_text(world) + "more\n", [world.signer])


def _zeroed(world: World) -> bytes:
    return note.sign(_text(world).replace("\n8\n", "\n08\n"), [world.signer])
