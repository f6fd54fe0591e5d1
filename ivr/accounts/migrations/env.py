"""Runs the migrations on the connection handed over by `ivr.journal.database.migrate`."""

from alembic import context

from ivr.accounts.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table="accounts_version",
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
