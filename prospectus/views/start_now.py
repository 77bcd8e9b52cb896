"""What can be started now."""

from typing import Any

from django.core.paginator import Paginator
from django.urls import reverse
from django.views.generic import TemplateView

from prospectus import queries
from prospectus.forms.search import SearchForm
from prospectus.views.public import PublicMixin, own_area


class StartNowView(PublicMixin, TemplateView):
    """For somebody who has left or is about to: three questions, what can still be started, and whom to talk to."""

    template_name = "prospectus/start_now.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = SearchForm(self.request.GET, home=own_area(self.request.user))
        query = form.query()
        found = queries.start_now(query)
        chosen = set(query.filters.get("delivery") or ())
        return super().get_context_data(
            form=form,
            found=found,
            place=found.found.query.place,
            ways=[
                (value, text, value in chosen)
                for value, text in form.names.of("delivery").items()
                if value != "classroom"
            ],
            is_asked=any(form.data.get(name) for name in ("q", "postcode", "delivery")),
            services=queries.advice_services(place=found.found.query.place, area=query.own_area),
            page_obj=Paginator(range(found.pages), 1).page(found.page),
            anywhere_url=form.address(postcode="", miles=""),
            anyhow_url=form.address(delivery=""),
            anything_url=form.address(q=""),
            all_url=reverse("prospectus:courses") + form.address(),
            **kwargs,
        )
