"""The first page: one question, and ways to look around."""

from typing import Any

from django.views.generic import TemplateView

from prospectus import queries
from prospectus.models import Level
from prospectus.views.public import PublicMixin


class HomeView(PublicMixin, TemplateView):
    """The first page: one question, and ways to look around for those who have no answer yet."""

    template_name = "prospectus/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(front=queries.front(), levels=Level.objects.filter(code__in="E123"), **kwargs)
