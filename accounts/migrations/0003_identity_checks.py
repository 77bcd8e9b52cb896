from django.db import migrations

CHECKS = (
    ("seen", "I know them and have them in front of me"),
    ("callback", "I rang the number on the roll, and they answered"),
    ("facts", "They told me two facts that only they and the school know"),
)


def add_checks(apps, schema_editor):
    checks = apps.get_model("accounts", "IdentityCheck")
    for place, (code, words) in enumerate(CHECKS, 1):
        checks.objects.get_or_create(code=code, defaults={"words": words, "place": place})


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_people")]

    operations = [migrations.RunPython(add_checks, migrations.RunPython.noop, elidable=True)]
