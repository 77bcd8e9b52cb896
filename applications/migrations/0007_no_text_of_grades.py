from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("applications", "0006_grades_are_rows")]
    operations = [migrations.RemoveField(model_name="application", name="predicted_grades")]
