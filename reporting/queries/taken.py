"""Who took which figures and lists away, and when: history, for those whose organisation's they were."""

import datetime as dt
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activity.models import Event
from core import clock
from providers.models import StaffRole
from providers.queries import role_kinds
from reporting.queries.reports import REPORTS, reads_reports

# The verbs of history by which something leaves as a file, with their words.
WHAT = {
    "report.fetch": gettext_lazy("Reports"),
    "return.fetch": gettext_lazy("Client returns and changes"),
    "figures.take": gettext_lazy("Figures of pages"),
    "list.take": gettext_lazy("Lists of applications"),
}
# Pages that are a file at once, without a run.
PAGES = {
    "cohort": gettext_lazy("Figures of a cohort"),
    "take-up": gettext_lazy("Take-up against last year"),
    "destinations": gettext_lazy("Where former learners are"),
}
LASTS = {"30": gettext_lazy("30 days"), "91": gettext_lazy("13 weeks"), "400": gettext_lazy("13 months")}
READERS = ("officer", "manager")


class Taken(NamedTuple):
    """Who took what, and when."""

    by: Any
    at: dt.datetime
    what: str


def reads_taken(user: Any) -> bool:
    """Whether this person reads reports and answers for what others take away. No query of its own."""
    return reads_reports(user) and not role_kinds(user).isdisjoint(READERS)


def taken(user: Any, *, what: str = "", days: int) -> QuerySet:
    """What was taken at the organisations this person is an officer or manager of, the newest first; client returns,
    also of several areas, changes and figures of pages of an officer's area. ``what``: of ``WHAT``, or of everything.
    Two queries with those of its page."""
    roles = list(
        StaffRole.objects.of(user, *READERS).values_list(
            "kind", "organisation", "organisation__area", "organisation__kind"
        )
    )
    areas = [area for kind, _key, area, sort in roles if (kind, sort) == ("officer", "authority")]
    theirs = Q(facts__organisation__in=[key for _kind, key, *_rest in roles]) | Q(facts__area__in=areas)
    for area in areas:  # a return of several authorities
        theirs |= Q(facts__areas__contains=[area])
    verbs = [what] if what in WHAT else [*WHAT]
    since = clock.now() - dt.timedelta(days=days)
    return Event.objects.filter(theirs, verb__in=verbs, at__gte=since).order_by("-at", "-pk").for_list()


def in_words(event: Event) -> Taken:
    """The event for people."""
    facts = event.facts
    if event.verb == "return.fetch":
        words = (
            _("Changes since %(since)s, for the caseload system")
            if "since" in facts
            else _("Client return for %(day)s")
        )
        what = words % {"day": facts.get("period_end", ""), "since": facts.get("since", "")}
    elif event.verb == "list.take":
        what = _("List of applications: %(number)s") % {"number": facts.get("number", "")}
    elif event.verb == "figures.take":
        what = str(PAGES.get(facts.get("what", ""), WHAT[event.verb]))
    else:
        report = REPORTS.get(facts.get("report", ""))
        what = f"{report.title if report else _('Report')} ({facts.get('form', '').upper()})"
    return Taken(event.by, event.at, what)
