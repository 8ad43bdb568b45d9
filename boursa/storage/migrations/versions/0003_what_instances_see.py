"""What an instance sees: the state of the shared parts, signed with its heartbeat."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.add_column("instances", sa.Column("parts", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Bring the schema back to the revision before."""
    op.drop_column("instances", "parts")
