"""Alembic runs the ledger's migrations on a connection that provenance/ledger/schema.py hands over, inside its one transaction."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
