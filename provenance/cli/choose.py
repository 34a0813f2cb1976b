"""`prov choose`: this one, among those that there were."""

from provenance.cli.deciding import decision

command = decision("choose", "chosen")
