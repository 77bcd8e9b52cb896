"""A school's roll, for its coordinator and tutors."""

from typing import Any

from django.http import Http404, HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import RollEntry
from accounts.queries import groups_of
from core.searching import SearchByNameMixin
from core.views import SignedInMixin, VisibleListView
from providers.models import Organisation
from providers.queries import role_kinds

STATUSES = {
    "": _("Everyone"),
    "unlocked": _("Unlocked"),
    "waiting": _("Not unlocked yet"),
    "in_hand": _("Not unlocked, letter downloaded"),
    "printed": _("Not unlocked, letter not downloaded"),
    "nothing": _("Not unlocked, no letter that works"),
}
# What the last three mean, as ``with_letters`` says it.
LETTERS = {
    "in_hand": {"is_in_hand": True},
    "printed": {"has_open_code": True, "is_in_hand": False},
    "nothing": {"has_open_code": False},
}


class OneSchoolMixin:
    """The page is about one school the person acts for: the one in ``?school=``, otherwise their first."""

    request: HttpRequest
    role_kinds: tuple[str, ...] = ("coordinator",)

    @cached_property
    def schools(self) -> list[Organisation]:
        return list(Organisation.objects.with_role(self.request.user, *self.role_kinds).order_by("name"))

    @cached_property
    def school(self) -> Organisation:
        wanted = self.request.GET.get("school") or self.request.POST.get("school")
        for school in self.schools:
            if not wanted or school.reference == wanted:
                return school
        raise Http404("No school of theirs")


class RollView(SignedInMixin, SearchByNameMixin, OneSchoolMixin, VisibleListView):
    queryset = RollEntry.objects.all()
    template_name = "accounts/roll.html"
    context_object_name = "entries"
    role_kinds = ("coordinator", "tutor")

    def get_queryset(self) -> Any:
        asked = self.asked
        entries = super().get_queryset().filter(school=self.school)
        if self.year and self.year.isdecimal():
            entries = entries.filter(year_group=int(self.year))
        if self.tutor_group:
            entries = entries.filter(tutor_group=self.tutor_group)
        if asked.get("status") == "unlocked":
            entries = entries.exclude(learner__user=None)
        elif asked.get("status") == "waiting":
            entries = entries.not_unlocked()
        elif letters := LETTERS.get(asked.get("status", "")):
            entries = entries.not_unlocked().with_letters().filter(**letters)
        if words := asked.get("q", ""):
            entries = entries.matching(words)
        return entries.order_by("year_group", "tutor_group", "learner__family_name", "learner__given_name", "pk")

    @property
    def year(self) -> str:
        return self.request.GET.get("group", "").partition(":")[0][:2]

    @property
    def tutor_group(self) -> str:
        return self.request.GET.get("group", "").partition(":")[2].replace("\0", "")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.asked
        groups = groups_of(self.school)
        years = [group for group in groups if group.tutor_group is None]
        return super().get_context_data(
            school=self.school,
            schools=self.schools,
            groups=[group for group in groups if group.tutor_group != ""],
            learners=sum(group.learners for group in years),
            not_unlocked=sum(group.not_unlocked for group in years),
            statuses=STATUSES.items(),
            asked_group=asked.get("group", ""),
            asked_status=asked.get("status", ""),
            asked_words=asked.get("q", ""),
            is_filtered=any(asked.get(name) for name in ("q", "group", "status")),
            is_coordinator="coordinator" in role_kinds(self.request.user),
            **kwargs,
        )
