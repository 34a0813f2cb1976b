"""A single file against the home's ledger: is it there, does its entry stand in the signed tree?"""

from __future__ import annotations

from pathlib import Path

from provenance.bundle.verdict import Done, Finding, Verdict, conclude
from provenance.capture.collect import collect
from provenance.cli.common import at_home
from provenance.daemon.house import House
from provenance.daemon.sealing import last_head
from provenance.ledger import chain, merkle
from provenance.seal.snapshot import open_snapshot
from provenance.views import ask


def verify_file(path: Path) -> Verdict:
    """Hash the file; find its first entry; prove that entry under the last signed snapshot.

    Findings: R001 not recorded; R002 recorded after the last snapshot (missing, not wrong); R003 the entry does not stand in the
    signed tree.
    """
    sha256 = collect(str(path))[0].sha256
    with at_home(read_only=True) as house:
        versions = ask.versions(house.views, sha256)
        recorded = Done("file.recorded", [] if versions else [Finding("R001", {"sha256": sha256})])
        steps = [recorded]
        if versions:
            steps.append(_proven(house, versions[0]["seq"], sha256))
        return conclude([*steps, Done("time", [Finding("T001")])], (), {"entries": len(versions)})


def _proven(house: House, seq: int, sha256: str) -> Done:
    head = last_head(house)
    if head is None or head.size <= seq:
        return Done("file.proven", [Finding("R002", {"seq": str(seq)})])
    snapshot = open_snapshot(head.note, house.line().at(head.size))
    entry = house.ledger.record(seq).entry
    good = (
        entry.open.get("sha256") == sha256
        and chain.leaf(entry.raw) == entry.leaf
        and merkle.verify_inclusion(seq, snapshot.size, entry.leaf, house.ledger.inclusion(seq, snapshot.size), snapshot.root)
    )
    return Done("file.proven", [] if good else [Finding("R003", {"seq": str(seq)})])
