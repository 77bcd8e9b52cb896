"""What a bare machine lacks: a PostgreSQL server, and one owner for the programs of the demo.

Used when DATABASE_URL is unset, on one's own machine and in tests. Production uses nothing from here.
"""
