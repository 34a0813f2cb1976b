"""The conformance set: good bundles and one broken one for each fault, the same bytes wherever they are made.

Ledger key, salts, clock and time authorities are fixed, hence public and worthless. What is only for people in a bundle (report.html,
README.txt, VERIFY.txt, verify.html, verify.py) is one line each, so that the set does not change with their words. Containers (codes
Z) are made in tests/bundle/test_bundle_zip.py; keys that followed one another (K007 to K010) and authors (A) in
tests/bundle/test_bundle_keys.py.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import itertools
import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from support import anchors, badanchors, badbundles, bundles, fixedauthority
from support.badanchors import Party
from support.bundles import ORIGIN, World

from provenance.ledger import records
from provenance.seal import keys

FOR_PEOPLE = ("report.html", "README.txt", "VERIFY.txt", "verify.html", "verify.py")
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
    somebody who trusts the roots of the set, and no other."""

    name: str
    good: bool
    files: Mapping[str, bytes]
    word: str = ""
    codes: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        return f"{'good' if self.good else 'bad'}/{self.name}"

    @property
    def digest(self) -> str:
        """SHA-256 over the `sha256sum` lines of its files, sorted by name."""
        lines = "".join(f"{bundles.digest(data)}  {name}\n" for name, data in sorted(self.files.items()))
        return bundles.digest(lines.encode())


@dataclass(frozen=True)
class Set:
    """cases: in order. roots: file name -> certificate in PEM; trusted: the same, DER."""

    cases: tuple[Case, ...]
    roots: Mapping[str, bytes]
    trusted: tuple[bytes, ...]


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
            *(Case(one.name, False, one.build(plain)) for one in badbundles.CASES),
            *(Case(one.name, one.word != "FAILED", one.build(party), one.word, tuple(sorted(one.codes))) for one in badanchors.CASES),
        ]
        roots = {f"{name}.pem": one.root_pem.read_bytes() for name, one in (("authority", good.tsa), ("ended", party.ended))}
        return Set(tuple(cases), roots, party.roots)


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
        bundles.write_folder(folder / case.place, case.files)
    bundles.write_folder(folder / "roots", made.roots)


def expected(made: Set, answers: Mapping[str, tuple[str, tuple[str, ...]]]) -> str:
    """expected.json: for each bundle its digest, verdict and codes, each code as often as it is found."""
    rows = [
        {"bundle": case.place, "sha256": case.digest, "verdict": answers[case.place][0], "codes": list(answers[case.place][1])}
        for case in made.cases
    ]
    lines = ",\n".join("  " + json.dumps(row) for row in rows)
    return '{"trusted": ' + json.dumps(sorted(made.roots)) + ', "bundles": [\n' + lines + "\n]}\n"
