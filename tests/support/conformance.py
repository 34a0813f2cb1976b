"""The conformance set: good bundles and a broken one for each fault, the same bytes wherever they are made.

Ledger keys, salts, clock, author and authorities are fixed, hence public and worthless. What is only for people in a bundle (report.html,
README.txt, VERIFY.txt, verify.html, verify.py's files) is one line each, so that the set does not change with their words. A bundle is a
folder; where the container is at fault, a zip.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import itertools
import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

from support import anchors, authors, badanchors, badbundles, badkeys, badzips, bundles, cosigned, fixedauthority, heirs
from support.badanchors import Party
from support.bundles import ORIGIN, World
from support.verifiers import Answer, Asked

from provenance.bundle import texts
from provenance.ledger import records
from provenance.seal import keys
from provenance.seal.author import Author

FOR_PEOPLE = ("report.html", "README.txt", "VERIFY.txt", "verify.html", *texts.PROGRAM)
Files = dict[str, bytes]


class Slim(World):
    """A world whose bundle has a line in place of each text for people."""

    def files(self) -> Files:
        files = super().files()
        files |= {name: f"# {name}\n".encode() for name in FOR_PEOPLE}
        bundles.rehash(files)
        bundles.resign(files, self.signer)
        return files


@dataclass(frozen=True)
class Case:
    """One bundle. name: `<CODE>_<what>`, or what a good one shows. good: whether it belongs in good/. word, codes: the right answer for
    somebody who trusts the roots of the set, and no other, and demands the key whose fingerprint is `key`. zipped: the whole zip, instead
    of files. links: names in the folder that are symbolic links, and where to. witnesses: verifier keys of those who are trusted for it."""

    name: str
    good: bool
    files: Mapping[str, bytes] = field(default_factory=dict)
    word: str = ""
    codes: tuple[str, ...] = ()
    key: str = ""
    zipped: bytes | None = None
    links: Mapping[str, str] = field(default_factory=dict)
    witnesses: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        return f"{'good' if self.good else 'bad'}/{self.name}{'' if self.zipped is None else '.zip'}"

    @property
    def digest(self) -> str:
        """SHA-256 of the zip, or over the `sha256sum` lines of its files, sorted by name; a link's is that of the name it leads to."""
        if self.zipped is not None:
            return bundles.digest(self.zipped)
        there = {**self.files, **{name: to.encode() for name, to in self.links.items()}}
        lines = "".join(f"{bundles.digest(data)}  {name}\n" for name, data in sorted(there.items()))
        return bundles.digest(lines.encode())

    def write(self, path: Path) -> Path:
        """Put it there."""
        if self.zipped is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(self.zipped)
            return path
        bundles.write_folder(path, self.files)
        for name, to in self.links.items():
            (path / name).symlink_to(to)
        return path


@dataclass(frozen=True)
class Set:
    """cases: in order. roots: file name -> certificate in PEM; trusted: the same, DER. authorities: as roots, of those who may say whose
    key the author's is."""

    cases: tuple[Case, ...]
    roots: Mapping[str, bytes]
    trusted: tuple[bytes, ...]
    authorities: Mapping[str, bytes]

    @property
    def asked(self) -> Asked:
        """What a verifier is told beforehand, but a key."""
        return Asked(roots=self.trusted, authorities=tuple(self.authorities.values()))


def build() -> Set:
    """Make the set."""
    with tempfile.TemporaryDirectory() as folder, _no_chance():
        base = Path(folder)
        signer = keys.Signer.of_seed(ORIGIN, b"\x2a" * 32)
        plain = _slim(bundles.make(base / "plain", signer))
        made = anchors.make(base / "anchored", fixedauthority.make(base / "a", 1), signer=signer)
        good = dataclasses.replace(made, world=_slim(made.world))
        party = Party(good, fixedauthority.make(base / "b", 2, sends_root=True), fixedauthority.make(base / "c", 3, ended=True))
        cases = [
            Case("integrity-only", True, plain.files(), "INTEGRITY ONLY", ("T001",)),
            Case("anchored", True, good.files(), "ANCHORED"),
            Case("withheld-of-one-entry", True, badbundles.of_one_entry(plain.files(), plain), "INTEGRITY ONLY", ("T001",)),
            *(Case(one.name, False, one.build(plain)) for one in badbundles.CASES),
            *(Case(one.name, one.word != "FAILED", one.build(party), one.word, tuple(sorted(one.codes))) for one in badanchors.CASES),
            *(_of_folders(plain)),
            *(Case(name, False, word="REFUSED", codes=(name[:4],), zipped=data) for name, data in badzips.BAD.items()),
            *(Case(one.name, one.good, one.build(base / one.name, sealed), one.word, one.codes, one.key) for one in badkeys.CASES),
            *_witnessed(base / "witnessed", signer),
        ]
        roots = {f"{name}.pem": one.root_pem.read_bytes() for name, one in (("authority", good.tsa), ("ended", party.ended))}
        return Set(tuple(cases), roots, party.roots, {"author-ca.pem": authors.root()})


def _witnessed(folder: Path, signer: keys.Signer) -> Iterator[Case]:
    """What others said of the ledger's heads, for somebody who trusts two of them, and a key that is the ledger's own."""
    made = cosigned.make(folder, signer)
    party = dataclasses.replace(made, world=_slim(made.world))
    trusted = tuple(one.vkey for one in party.trusted)
    yield Case("witnessed", True, party.files(), "INTEGRITY ONLY", ("T001",), witnesses=trusted)
    for one in cosigned.CASES:
        codes = tuple(sorted(one.codes | {"T001"}))
        yield Case(one.name, one.word != "FAILED", one.build(party), one.word, codes, witnesses=trusted)


def _of_folders(plain: Slim) -> Iterator[Case]:
    """What only a container can have."""
    files = plain.files()
    yield Case("B000_some_other_folder", False, {"a.txt": b"x"}, "REFUSED", ("B000",))
    left = {"data/.DS_Store": b"x", "Thumbs.db": b"x"}
    yield Case("B007_left_by_a_file_manager", True, files | left, "INTEGRITY ONLY", ("B007", "T001"))
    yield Case("Z011_link", False, files, "REFUSED", ("Z011",), links={"data/evil": "../README.txt"})
    yield Case("Z012_wrong_checksum", False, word="FAILED", codes=("T001", "Z012"), zipped=badzips.wrong_checksum(files))


def sealed(made: World, author: Author | None) -> Files:
    """The bundle of a ledger with lines in place of texts for people, sealed by its key and signed by its author, where it has one."""
    files = heirs.files(made, author)
    files |= {name: f"# {name}\n".encode() for name in FOR_PEOPLE}
    bundles.rehash(files)
    bundles.resign(files, made.signer)
    if author is not None:
        files["author.sig"] = author.sign(files["tagmanifest-sha256.txt"])
    return files


def _slim(world: World) -> Slim:
    return Slim(**{one.name: getattr(world, one.name) for one in dataclasses.fields(world)})


@contextlib.contextmanager
def _no_chance() -> Iterator[None]:
    """Salts that count."""
    numbers = itertools.count(1)

    def salts(count: int) -> Iterator[str]:
        return (hashlib.sha256(b"salt %d" % next(numbers)).hexdigest()[:32] for _ in range(count))

    with mock.patch.object(records, "_salts", salts):
        yield


def write(folder: Path, made: Set) -> None:
    """The set as files: good/, bad/, roots/ and expected.json; `folder` must not be there yet."""
    folder.mkdir(parents=True)
    for case in made.cases:
        case.write(folder / case.place)
    bundles.write_folder(folder / "roots", made.roots)
    bundles.write_folder(folder / "authorities", made.authorities)


def _beforehand(case: Case) -> dict[str, object]:
    """What whoever checks this one knows, beside the roots and authorities of the set."""
    return {name: value for name, value in (("key", case.key), ("witnesses", list(case.witnesses))) if value}


def expected(made: Set, answers: Mapping[str, Answer]) -> str:
    """expected.json: for each bundle its digest, what is known beforehand, verdict and codes, each code as often as it is found."""
    rows = [
        {"bundle": case.place, "sha256": case.digest, **_beforehand(case), "verdict": answers[case.place][0],
         "codes": sorted(answers[case.place][1].elements())}
        for case in made.cases
    ]  # fmt: skip
    lines = ",\n".join("  " + json.dumps(row) for row in rows)
    trusted = f'"trusted": {json.dumps(sorted(made.roots))}, "authorities": {json.dumps(sorted(made.authorities))}'
    return "{" + trusted + ', "bundles": [\n' + lines + "\n]}\n"
