"""The ledger: its origin, its entries, and the values that the entries only hold digests of.

Plain SQL; later migrations add tables beside these and never rebuild one (Alembic's batch mode drops triggers without a word).
A migration that was released is never edited, and there is no way down: a ledger is not taken apart.
"""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    """
CREATE TABLE ledger (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  origin TEXT NOT NULL CHECK (length(origin) BETWEEN 1 AND 255)
) STRICT
""",
    """
CREATE TABLE entries (
  seq INTEGER PRIMARY KEY CHECK (seq >= 0),
  kind TEXT NOT NULL,
  at TEXT NOT NULL,
  leaf BLOB NOT NULL CHECK (length(leaf) = 32),
  bytes BLOB NOT NULL CHECK (length(bytes) BETWEEN 1 AND 65535)
) STRICT
""",
    "CREATE INDEX entries_kind ON entries (kind)",
    """
CREATE TABLE disclosures (
  seq INTEGER NOT NULL REFERENCES entries (seq),
  name TEXT NOT NULL,
  salt TEXT NOT NULL CHECK (length(salt) = 32),
  value BLOB NOT NULL,
  PRIMARY KEY (seq, name)
) STRICT, WITHOUT ROWID
""",
)
# Against accidents, not against an attacker: who can write the file can drop a trigger. That is what hashes and signed heads are for.
NEXT = """
CREATE TRIGGER entries_next BEFORE INSERT ON entries
WHEN NEW.seq <> (SELECT coalesce(max(seq), -1) + 1 FROM entries)
BEGIN SELECT raise(ABORT, 'ledger: not the next entry'); END
"""
REFUSE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {VERB} ON {table}
BEGIN SELECT raise(ABORT, 'ledger: nothing is changed'); END
"""


def upgrade() -> None:
    for statement in (*TABLES, NEXT):
        op.execute(statement.strip())
    for table in ("ledger", "entries", "disclosures"):
        for verb in ("update", "delete"):
            op.execute(REFUSE.format(table=table, verb=verb, VERB=verb.upper()).strip())
