"""`prov reject`: this one is not."""

from provenance.cli.decide import decision

command = decision("reject", "rejected")
