"""The engine of the portal's settings: Django's for PostgreSQL, and what planning statements once needs more."""
