"""What Alembic runs for every command: `migrate` hands it the connection whose transaction it is to work in."""

from alembic import context

from icp_synth.adapters.sqlalchemy.tables import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
context.run_migrations()
