"""A learner's results, as their school has handed them over."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.views.generic import TemplateView

from accounts.models import Learner
from applications.models import ExamResult
from core.views import SignedInMixin


class OwnResultsView(SignedInMixin, TemplateView):
    """What the learner got, who said so, and what was corrected."""

    template_name = "applications/results.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        learner = get_object_or_404(Learner, user=self.request.user)
        results = ExamResult.objects.visible_to(self.request.user).standing().filter(learner=learner).for_list()
        return super().get_context_data(results=list(results), **kwargs)
