"""Eight processes at once on PostgreSQL."""
