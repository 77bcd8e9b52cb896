from django.db import migrations

# What is remembered may be lost with the machine, so nobody need wait until it is on the disk; and it is read and written
# far more often than it is large, so nothing is made small first.
UNLOGGED = """
ALTER TABLE prospectus_countcache SET UNLOGGED;
ALTER TABLE prospectus_countcache ALTER COLUMN counted SET STORAGE EXTERNAL;
"""
LOGGED = """
ALTER TABLE prospectus_countcache ALTER COLUMN counted SET STORAGE EXTENDED;
ALTER TABLE prospectus_countcache SET LOGGED;
"""


class Migration(migrations.Migration):
    dependencies = [("prospectus", "0027_search_rows_back")]

    operations = [migrations.RunSQL(UNLOGGED, LOGGED)]
