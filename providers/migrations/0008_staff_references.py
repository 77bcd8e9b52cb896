from django.db import migrations

from core.references import new_reference


def name_roles(apps, schema_editor):
    """Every role has a reference of its own. Run twice it finds nothing left to do."""
    roles = apps.get_model("providers", "StaffRole").objects
    for key in roles.filter(reference=None).values_list("pk", flat=True):
        roles.filter(pk=key).update(reference=new_reference())


class Migration(migrations.Migration):
    dependencies = [("providers", "0007_staff")]

    operations = [migrations.RunPython(name_roles, migrations.RunPython.noop, elidable=True)]
