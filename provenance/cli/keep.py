"""`prov keep`: this one is chosen."""

from provenance.cli.decide import decision

command = decision("keep", "kept")
