from django.db import migrations

import core.references


class Migration(migrations.Migration):
    dependencies = [("providers", "0008_staff_references")]

    operations = [
        migrations.AlterField(
            model_name="staffrole",
            name="reference",
            field=core.references.ReferenceField(
                default=core.references.new_reference, editable=False, max_length=12, unique=True
            ),
        ),
    ]
