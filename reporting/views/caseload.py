"""The adviser's list: who needs them today."""

from typing import Any

from django.db.models import QuerySet

from accounts.models import Learner
from reporting.queries.caseload import caseload
from reporting.queries.learners import choices_to_show
from reporting.views.base import LearnerListView


class CaseloadView(LearnerListView):
    role_kind = "adviser"
    template_name = "reporting/caseload.html"

    def learners(self) -> QuerySet:
        return caseload(self.request.user, entry_year=self.entry_year)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        learners = context["object_list"]
        shown = choices_to_show(self.request.user, learners, entry_year=self.entry_year)
        sharing = Learner.objects.filter(pk__in=[learner.pk for learner in learners]).sharing_with_advisers()
        shares = set(sharing.values_list("pk", flat=True))
        rows = [(*row, shown.get(row[0].pk, []), row[0].pk in shares) for row in context["rows"]]
        return context | {"rows": rows}
