"""The database backend: Django's PostgreSQL, with the tenant carried into every session."""
