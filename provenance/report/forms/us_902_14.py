"""Skeleton of a certificate under rule 902(14) of the Federal Rules of Evidence: data copied from a device, medium or file."""

from __future__ import annotations

from provenance.paper.blocks import Paper
from provenance.report.dossier import Dossier
from provenance.report.forms.desk import Desk
from provenance.report.forms.us_certificate import certificate

NAME = "us_902_14"
FORUM = "us"


def paper(d: Dossier, desk: Desk) -> Paper:
    """The nine points and Schedule A."""
    return certificate(d, desk, NAME, ("902-14", "identical", "ball", "concrete"), ordinary=False)
