"""What each filter of a cohort can be, for whoever asks."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Learner, RollEntry, SenProvision
from accounts.models.facts import ETHNICITIES
from ilp.models import RecordCode
from prospectus.models import Subject
from providers.models import Organisation
from reporting.queries.cohort_figures import breakdowns_for
from reporting.queries.cohorts import FILTER_FACTS, NEGATIVE, NOT_SAID
from reporting.queries.readers import Basis, Reader

Choices = list[tuple[str, Any]]
COLUMNS = {
    "school": gettext_lazy("School"),
    "year_group": gettext_lazy("Year group"),
    "tutor_group": gettext_lazy("Tutor group"),
    "looked_after": gettext_lazy("In care"),
    "sen": gettext_lazy("Special educational needs"),
    "ethnicity": gettext_lazy("Ethnicity"),
    "need": gettext_lazy("Level of need"),
}


def cohort_choices(reader: Reader) -> dict[str, Choices]:
    """The values of each filter, by its name. A value that says that something is not so is there for those only who
    may know it of each learner: see ``NEGATIVE``."""
    # Whoever is in a table by residence has a line in it, too, and each line leads to a question of its own.
    everybody = Learner.objects.filter(reader.asked_about(Basis.EDUCATED) | reader.asked_about(Basis.RESIDENT))
    entries = RollEntry.objects.current().filter(learner__in=everybody.values("pk")).order_by()
    schools = Organisation.objects.filter(Q(pk__in=reader.schools.values("pk")) | Q(pk__in=entries.values("school")))
    pairs = list(entries.values_list("year_group", "tutor_group").distinct())
    years, groups = sorted({year for year, _group in pairs}), sorted({group for _year, group in pairs} - {""})
    providers = Organisation.objects.providers().visible_to(reader.user).filter(takes_applications=True)
    unsaid = (NOT_SAID, _("Not recorded"))
    found: dict[str, Choices] = {
        "year_group": [(str(year), _("Year %(number)s") % {"number": year}) for year in years],
        "school": list(schools.order_by("name", "pk").values_list("reference", "name")),
        "tutor_group": [*((group, group) for group in groups), (NOT_SAID, _("No tutor group"))],
        "looked_after": [("yes", _("Looked after")), ("no", _("Not looked after")), unsaid],
        "sen": [*((value, str(label)) for value, label in SenProvision.choices), unsaid],
        "ethnicity": [*ETHNICITIES.items(), unsaid],
        "need": [*RecordCode.objects.of_kind("need").values_list("code", "meaning"), unsaid],
        "provider": list(providers.order_by("name", "pk").values_list("reference", "name")),
        "subject": [(one.code, str(one)) for one in Subject.objects.filter(parent=None)],
        "by": [(by, COLUMNS[by]) for by in breakdowns_for(reader)],
    }
    for name, values in NEGATIVE.items():
        if not reader.may_name(frozenset({FILTER_FACTS[name]})):
            found[name] = [choice for choice in found[name] if choice[0] not in values]
    return found
