"""Move SQLITE_DB_PATH to the PostgreSQL or MySQL of DATABASE_URL: ``boursa db migrate-from-sqlite``."""

from _environment import boursa

boursa("db", "migrate-from-sqlite")
