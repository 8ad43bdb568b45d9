"""What the browser needs: sign-in links, results of reading a file, the chosen theme, folded names."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from boursa.storage.models.base import BigInt, UtcDateTime
from boursa.storage.models.users import folded

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "sign_in_links",
        sa.Column("id", BigInt, autoincrement=True, nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("user_id", BigInt, nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_sign_in_links_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_links")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_sign_in_links_token_sha256")),
    )
    with op.batch_alter_table("sign_in_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_links_user_id"), ["user_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sign_in_links_expires_at"), ["expires_at"], unique=False)
    op.add_column("jobs", sa.Column("result", sa.JSON(), nullable=True))
    op.add_column("users", sa.Column("theme", sa.String(length=8), nullable=True))
    op.add_column("users", sa.Column("username_key", sa.String(length=255), nullable=True))
    _fill_keys()
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.alter_column("username_key", existing_type=sa.String(length=255), nullable=False)
        batch_op.create_unique_constraint(batch_op.f("uq_users_username_key"), ["username_key"])


def _fill_keys() -> None:
    # Of two people who differ in capitals only the older one keeps the plain key; the other still
    # signs in by the exact name.
    users = sa.table("users", sa.column("id"), sa.column("username"), sa.column("username_key"))
    connection, taken = op.get_bind(), set()
    for user_id, username in connection.execute(
        sa.select(users.c.id, users.c.username).order_by(users.c.id)
    ).all():
        key = folded(username)[:200]
        key = f"{key} {user_id}" if key in taken else key
        taken.add(key)
        connection.execute(sa.update(users).where(users.c.id == user_id).values(username_key=key))


def downgrade() -> None:
    """Bring the schema back to the revision before."""
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_users_username_key"), type_="unique")
        batch_op.drop_column("username_key")
    op.drop_column("users", "theme")
    op.drop_column("jobs", "result")
    op.drop_table("sign_in_links")
