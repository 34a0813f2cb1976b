"""`prov keep`: this one is kept."""

from provenance.cli.deciding import decision

command = decision("keep", "kept")
