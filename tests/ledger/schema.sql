CREATE TRIGGER disclosures_no_delete BEFORE DELETE ON disclosures
BEGIN SELECT raise(ABORT, 'ledger: nothing is changed'); END;
CREATE TRIGGER disclosures_no_update BEFORE UPDATE ON disclosures
BEGIN SELECT raise(ABORT, 'ledger: nothing is changed'); END;
CREATE TRIGGER entries_next BEFORE INSERT ON entries
WHEN NEW.seq <> (SELECT coalesce(max(seq), -1) + 1 FROM entries)
BEGIN SELECT raise(ABORT, 'ledger: not the next entry'); END;
CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries
BEGIN SELECT raise(ABORT, 'ledger: nothing is changed'); END;
CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries
BEGIN SELECT raise(ABORT, 'ledger: nothing is changed'); END;
CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger
BEGIN SELECT raise(ABORT, 'ledger: nothing is changed'); END;
CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger
BEGIN SELECT raise(ABORT, 'ledger: nothing is changed'); END;
CREATE TABLE disclosures (
  seq INTEGER NOT NULL REFERENCES entries (seq),
  name TEXT NOT NULL,
  salt TEXT NOT NULL CHECK (length(salt) = 32),
  value BLOB NOT NULL,
  PRIMARY KEY (seq, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE entries (
  seq INTEGER PRIMARY KEY CHECK (seq >= 0),
  kind TEXT NOT NULL,
  at TEXT NOT NULL,
  leaf BLOB NOT NULL CHECK (length(leaf) = 32),
  bytes BLOB NOT NULL CHECK (length(bytes) BETWEEN 1 AND 65535)
) STRICT;
CREATE TABLE ledger (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  origin TEXT NOT NULL CHECK (length(origin) BETWEEN 1 AND 255)
) STRICT;
CREATE INDEX entries_kind ON entries (kind);
