"""Bundles of the conformance set, put into verify.html as a person puts them."""

from __future__ import annotations

import shutil
from pathlib import Path

from support import bundles
from support.conformance import Case, Set
from support.verifiers import Answer
from support.verifypage import Verifier


def trusting(verifier: Verifier, made: Set, folder: Path) -> None:
    """Hand over the roots of the set; a bundle must be there first, for the page takes authorities up when it verifies."""
    path = folder / "first.zip"
    path.write_bytes(bundles.zipped(made.cases[0].files))
    verifier.check(path)
    for name, chosen in (("#roots", made.roots), ("#authorities", made.authorities)):
        bundles.write_folder(folder / name[1:], chosen)
        verifier.put(name, *((folder / name[1:]) / file for file in chosen))


def check(verifier: Verifier, case: Case, folder: Path, *, folder_too: bool = False) -> Answer:
    """What it says of this bundle, as a zip; as a folder where it must be one, or is asked to be."""
    verifier.page.run(f"document.getElementById('expected').value = '{case.key}'")
    if verifier.page.run("document.getElementById('witnesses').value") != "\n".join(case.witnesses):
        verifier.witnesses(*case.witnesses)
    if case.zipped is None and (folder_too or "B007" in case.codes):
        path = case.write(folder / "EVIDENCE-page")
        answer = verifier.check(path)
        shutil.rmtree(path)
        return answer
    path = folder / "bundle.zip"
    path.write_bytes(bundles.zipped(case.files) if case.zipped is None else case.zipped)
    return verifier.check(path)
