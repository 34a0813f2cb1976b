"""prov: a recorder for people who make pictures with generative tools."""

__version__ = "0.1.0"
