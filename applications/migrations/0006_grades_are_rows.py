"""Lines of text become rows. Running it again adds nothing."""

from typing import Any

from django.db import migrations


def parted(line: str) -> tuple[str, str]:
    """The subject and the grade of a line like "English: 5" or "Maths 4"; a line without one is a subject."""
    subject, colon, grade = line.rpartition(":")
    if not colon:
        subject, _space, grade = line.rpartition(" ")
    subject, grade = subject.strip(), grade.strip()
    if not subject or len(grade) > 4:
        return line.strip(" :")[:80], ""
    return subject[:80], grade


def make_rows(apps: Any, schema_editor: Any) -> None:
    from core.references import new_reference

    grade_rows = apps.get_model("applications", "Grade").objects
    with_text = apps.get_model("applications", "Application").objects.exclude(predicted_grades="").filter(grades=None)
    for application in with_text.iterator(chunk_size=500):
        lines = [parted(line) for line in application.predicted_grades.splitlines() if line.strip(" :")]
        grade_rows.bulk_create(
            grade_rows.model(application=application, reference=new_reference(), subject=subject, grade=grade)
            for subject, grade in lines
        )


class Migration(migrations.Migration):
    dependencies = [("applications", "0005_application_form")]
    operations = [migrations.RunPython(make_rows, migrations.RunPython.noop, elidable=True)]
