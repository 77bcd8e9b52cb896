"""What somebody wanted and did not find."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from core.errors import RuleBroken
from prospectus import queries
from prospectus.actions.interest import make_wish
from prospectus.forms.keeping import WishForm
from prospectus.queries.nearby import nearby_subjects
from prospectus.queries.places import MILES

# A school's IT room is one address, and a whole year group may be asked to do this in one lesson.
MOST_WISHES_AN_HOUR = 600


class WishView(FormView):
    """Says what one wanted; the search that found nothing has already filled most of it in."""

    form_class = WishForm
    template_name = "prospectus/wish.html"

    def get_initial(self) -> dict[str, Any]:
        asked = self.request.GET
        return {
            "words": asked.get("q", "")[:120],
            "subject": asked.get("subject", ""),
            "level": asked.get("level", ""),
            "outcode": asked.get("postcode", "").upper().split(" ")[0][:4],
            "area": asked.get("area", "") or asked.get("home", ""),
        }

    def form_valid(self, form: WishForm) -> HttpResponse:
        try:
            if _wishes_from(self.request) > MOST_WISHES_AN_HOUR:
                raise RuleBroken(
                    _("Very many wishes came from your school or network just now. Try again in an hour."),
                    code="too_many_wishes",
                )
            make_wish(**form.cleaned_data)
        except RuleBroken as rule:
            form.add_error(None, rule)
            return self.form_invalid(form)
        said = QueryDict(mutable=True)
        said.update({"q": form.cleaned_data["words"], "postcode": form.cleaned_data["outcode"]})
        if subject := form.cleaned_data["subject"]:
            said["subject"] = subject.code
        for name in [name for name in said if not said[name]]:
            del said[name]
        return redirect(f"{reverse('prospectus:wish-made')}?{said.urlencode()}")


def _wishes_from(request: HttpRequest) -> int:
    """How many wishes came from this address within the hour, with this one. The address itself is not kept."""
    address = str(get_adapter().get_client_ip(request))
    key = f"wishes:{salted_hmac('prospectus.wish', address).hexdigest()}"
    cache.add(key, 0, 3600)
    try:
        return cache.incr(key)
    except ValueError:  # its hour ended, or the cache was full, between the two
        return 1


class WishMadeView(TemplateView):
    """Thanks, and ways on: the same further away, and other subjects nearby."""

    template_name = "prospectus/wish_made.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = (self.request.GET.get(name, "") for name in ("q", "postcode", "subject"))
        words, postcode, subject = (value.replace("\0", "")[:120] for value in asked)
        query = queries.CourseQuery(
            text=words,
            filters={"subject": (subject,)} if subject else {},
            place=queries.place_of(postcode, miles=MILES[1]),
        )
        wider = []
        if query.place:
            for miles, count in queries.count_within(query, MILES):
                data = QueryDict(mutable=True)
                data.update({"q": words, "subject": subject, "postcode": postcode, "miles": str(miles)})
                wider.append((miles, count, f"{reverse('prospectus:courses')}?{data.urlencode()}"))
        return super().get_context_data(wider=wider, nearby=nearby_subjects(words, (subject,)), **kwargs)
