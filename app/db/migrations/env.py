"""Alembic's environment: on the connection that app.db.schema gives, or without one, for the SQL that PostgreSQL would get."""

from alembic import context

connection = context.config.attributes.get("connection")
if connection is None:
    context.configure(dialect_name="postgresql", transaction_per_migration=True)
else:
    context.configure(connection=connection, transaction_per_migration=True)
with context.begin_transaction():
    context.run_migrations()
