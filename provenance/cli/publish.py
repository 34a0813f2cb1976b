"""`prov publish`: this one went out, and where."""

from provenance.cli.deciding import decision

command = decision("publish", "published", where=True)
