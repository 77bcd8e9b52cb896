"""Codes that staff made for learners without an account and that opened one count as used, as those do from now on."""

from django.db import migrations

USED = """
UPDATE accounts_recovery SET used_at = code.used_at FROM accounts_unlockcode code
WHERE code.id = accounts_recovery.unlock_code_id AND code.used_at IS NOT NULL AND accounts_recovery.used_at IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_no_index_twice")]

    operations = [migrations.RunSQL(USED, migrations.RunSQL.noop, elidable=True)]
