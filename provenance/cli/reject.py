"""`prov reject`: this one is not."""

from provenance.cli.deciding import decision

command = decision("reject", "rejected")
