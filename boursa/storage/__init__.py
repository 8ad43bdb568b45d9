"""What an installation keeps: rows (models, migrations) and bytes (blobs)."""
