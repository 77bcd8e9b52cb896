"""Year groups and schools in figures, and a whole area for its officers: how far plans are, and what is asked for."""

from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode
from django.views.generic import TemplateView

from core.errors import NotAllowed
from core.suppression import rounded, suppressed
from core.views import SignedInMixin
from ilp.forms import PlanFilterForm
from ilp.models import HelpRequest
from ilp.queries import groups_of, learners_with_plans
from ilp.queries.year_group import (
    STAGES,
    Past,
    learners_at,
    number_by_help,
    number_by_interest,
    number_by_stage,
    number_by_subject,
    schools_looked_after,
    schools_of_area,
    trend_of,
    with_stage,
)
from ilp.views.validating import PlanStaffMixin
from providers.models import Organisation
from providers.queries import role_kinds


class YearGroupView(PlanStaffMixin, TemplateView):
    """The learners somebody reads the plans of, in figures. Each leads to the names it counts."""

    template_name = "ilp/year_group.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        form = PlanFilterForm(self.request.GET, **groups_of(user))
        asked = form.cleaned_data if form.is_valid() else {}
        group = {name: asked.get(name, "") for name in ("year_group", "tutor_group")}
        learners = learners_with_plans(user, **group)
        chosen = {name: value for name, value in group.items() if value}

        def names(**more: str) -> str:
            return f"{reverse('ilp:plans')}?{urlencode(chosen | more)}"

        stages = number_by_stage(learners)
        helped = number_by_help(learners, asked=HelpRequest.objects.visible_to(user))
        is_of_school = not role_kinds(user).isdisjoint({"tutor", "coordinator"})
        return super().get_context_data(
            form=form,
            total=sum(stages.values()),
            all_url=names(),
            stages=[(label, stages[stage], names(stage=stage)) for stage, label in STAGES.items()],
            subjects=[(one.label, one.number, names(subject=one.value)) for one in number_by_subject(learners)],
            interests=[(one.label, one.number, names(interest=one.value)) for one in number_by_interest(learners)],
            helped=[(one.label, one.number, names(help_topic=one.value)) for one in helped],
            trend=trend_of(schools_looked_after(user), **group) if is_of_school else None,
            **kwargs,
        )


class AreaPlansView(SignedInMixin, TemplateView):
    """An officer's area in figures: fixed tables without small numbers, and no way to a name."""

    template_name = "ilp/area_plans.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        if "officer" not in role_kinds(request.user):
            raise NotAllowed("the figures of an area are for its officers")
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        schools = schools_of_area(self.request.user)
        learners = learners_at(schools)
        stages = number_by_stage(learners)
        subjects = number_by_subject(learners)
        helped = number_by_help(learners, asked=HelpRequest.objects.all())  # figures only, and suppressed
        trend = trend_of(schools)
        return super().get_context_data(
            total=sum(stages.values()),
            stages=_table(list(STAGES.values()), list(stages.values())),
            subjects=_table([one.label for one in subjects], [one.number for one in subjects]),
            helped=_table([one.label for one in helped], [one.number for one in helped]),
            schools=_by_school(learners, schools),
            weeks=[_rounded(past) for past in trend.weeks],
            terms=[_rounded(past) for past in trend.terms],
            **kwargs,
        )


def _table(labels: list[Any], numbers: list[int]) -> list[tuple[Any, int | None]]:
    return list(zip(labels, suppressed(numbers), strict=True))


def _by_school(learners: Any, schools: Any) -> list[tuple[Organisation, int, int | None]]:
    """(school, how many are on its roll, how many of them have begun a plan), in order of names."""
    on_roll = dict(learners.order_by().values_list("school").annotate(number=Count("pk")))
    begun_of = with_stage(learners).exclude(stage="none").order_by().values_list("school")
    begun = dict(begun_of.annotate(number=Count("pk")))
    known = [school for school in schools.order_by("name", "pk") if on_roll.get(school.pk)]
    wholes = [on_roll[school.pk] for school in known]
    shown = suppressed([begun.get(school.pk, 0) for school in known], of=wholes)
    return list(zip(known, wholes, shown, strict=True))


def _rounded(past: Past) -> Past:
    """Weeks differ by a few learners: who may not see small numbers may not subtract to them, either. The roll is
    rounded with them, or 98 of 98 would be 102 percent."""
    return Past(past.on, *(rounded(number) for number in past[1:]))
