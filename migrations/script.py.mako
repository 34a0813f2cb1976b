"""${message}

Plain SQL; add tables beside the ledger's, never rebuild one (Alembic's batch mode drops triggers without a word).
A migration that was released is never edited.
"""

from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    ${upgrades if upgrades else "op.execute('')"}
