from django.db import migrations
from django.db.models import Q

from core import clock


def name_schools(apps, schema_editor):
    """Who has asked until now asked the school of today; of somebody at no school nobody reads."""
    document, entry = apps.get_model("ilp", "Document"), apps.get_model("accounts", "RollEntry")
    today = clock.today()
    for asked in document.objects.filter(asked_at__isnull=False, asked_school=None).select_related("plan"):
        here = entry.objects.filter(learner=asked.plan.learner_id, started_on__lte=today)
        current = here.filter(Q(ended_on=None) | Q(ended_on__gt=today)).order_by("-started_on", "-pk").first()
        if current is None:
            asked.asked_at = None
        else:
            asked.asked_school_id = current.school_id
        asked.save(update_fields=["asked_at", "asked_school"])


class Migration(migrations.Migration):
    dependencies = [("ilp", "0008_document_asked_school"), ("accounts", "0015_transition")]

    operations = [migrations.RunPython(name_schools, migrations.RunPython.noop, elidable=True)]
