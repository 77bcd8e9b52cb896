"""Rows of the counters say years that were checked where they come from. To check them again took each writer a third of
what it takes to write them."""

from django.db import migrations, models

BOTH = ("entry_year", "year_group")
COUNTED = {
    "standing": BOTH,
    "standingcount": BOTH,
    "standingchange": BOTH,
    "dailyfigure": BOTH,
    "frozenfigure": ("year_group",),
    "frozenlearner": ("year_group",),
}


class Migration(migrations.Migration):
    dependencies = [("reporting", "0015_counters_leaner_still")]

    operations = [
        migrations.AlterField(model_name=model, name=name, field=models.SmallIntegerField())
        for model, names in COUNTED.items()
        for name in names
    ]
