"""How the September Guarantee stands in an area, and the names behind each figure, today or on a day."""

import datetime as dt
from typing import Any

from django.contrib.auth.mixins import UserPassesTestMixin
from django.db.models import QuerySet
from django.http import Http404
from django.utils.functional import cached_property
from django.views.generic import ListView, TemplateView

from accounts.actions import leave_receipts_of_many
from accounts.models import ReceiptSection
from core import clock
from core.searching import SearchByNameMixin
from core.views import SignedInMixin
from providers.models import Area, StaffRole
from providers.queries import role_kinds
from reporting.forms_guarantee import DayForm, GuaranteeFilterForm
from reporting.models import Category
from reporting.queries.guarantee import (
    GUARANTEE_YEARS,
    GuaranteeCohort,
    Tally,
    narrowed,
    others_of,
    rows_of,
    schools_of,
    tallies,
    with_names_for,
)
from reporting.queries.lights import Light, category_of, entry_year_on

# Who reads figures of the Guarantee: an officer of the whole area, the others of whom they answer for.
ROLES = ("officer", "adviser", "coordinator")


class GuaranteeMixin(SignedInMixin, UserPassesTestMixin):
    """A page about the Guarantee of one area on one day, for people with a role in it; for others it does not exist."""

    roles: tuple[str, ...] = ROLES
    request: Any

    def test_func(self) -> bool:
        return not role_kinds(self.request.user).isdisjoint(self.roles)

    def handle_no_permission(self) -> Any:
        if self.request.user.is_authenticated:
            raise Http404
        return super().handle_no_permission()

    @cached_property
    def role(self) -> StaffRole:
        """The role that opens this page, an officer's first."""
        held = StaffRole.objects.of(self.request.user, *self.roles).select_related("organisation__area")
        return min(held, key=lambda role: self.roles.index(role.kind))

    @property
    def area(self) -> Area:
        """The area of that role."""
        return self.role.organisation.area

    @property
    def is_officer(self) -> bool:
        """An officer of the area's authority, who reads every name behind its figures."""
        return self.role.kind == "officer"

    @cached_property
    def day_form(self) -> DayForm:
        return DayForm(self.request.GET)

    @cached_property
    def day(self) -> dt.date:
        """The day asked for; today where none is, or one that cannot be."""
        return self.day_form.day

    @cached_property
    def entry_year(self) -> int | None:
        return entry_year_on(self.area, self.day)

    def cohort(self, year_group: int) -> GuaranteeCohort:
        return GuaranteeCohort(self.area, year_group, self.entry_year, self.day)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_past = self.day != clock.today()
        return super().get_context_data(
            area=self.area,
            entry_year=self.entry_year,
            day=self.day,
            day_form=self.day_form,
            is_past=is_past,
            on=self.day.isoformat() if is_past else "",
            is_officer=self.is_officer,
            cohort_of=self.cohort(11),
            **kwargs,
        )


class GuaranteeView(GuaranteeMixin, TemplateView):
    """Every figure with its names where this person may read them; of other schools what tells of nobody."""

    template_name = "reporting/guarantee.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        standing = [self.cohort(year_group).standing() for year_group in GUARANTEE_YEARS]
        counted = [tallies(learners) for learners in standing]
        schools = schools_of(*counted)
        cohorts = []
        for year_group, learners, everywhere in zip(GUARANTEE_YEARS, standing, counted, strict=True):
            if self.is_officer:
                cohorts.append((year_group, *rows_of(everywhere, schools=schools), []))
                continue
            own = rows_of(tallies(with_names_for(learners, self.request.user)), schools=schools)
            # From two days it would follow what became of somebody who came in between.
            is_today = self.day == clock.today()
            others = others_of(rows_of(everywhere, schools=schools)[1], without=own[1]) if is_today else []
            cohorts.append((year_group, *own, others))
        return super().get_context_data(cohorts=cohorts, **kwargs)


class GuaranteeLearnersView(GuaranteeMixin, SearchByNameMixin, ListView):
    """The names behind one figure of the Guarantee page, from the same query as the figure."""

    template_name = "reporting/guarantee_learners.html"
    paginate_by = 25
    name_fields = ("name",)

    def get_queryset(self) -> QuerySet:
        self.year_group = self.kwargs["year_group"]
        if self.year_group not in GUARANTEE_YEARS:
            raise Http404
        learners = self.cohort(self.year_group).standing()
        self.named = with_names_for(learners, self.request.user)
        self.everybody = learners if self.is_officer else self.named
        self.counted = tallies(self.everybody)
        self.schools = schools_of(self.counted)
        self.form = GuaranteeFilterForm(
            self.asked,
            schools=[(school.reference, school.name) for school in self.schools.values()],
            tutor_groups=sorted({one.tutor_group for one in self.counted} - {""}),
        )
        return narrowed(self.named, **self.form.answers()).order_by("family_name", "given_name", "pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(year_group=self.year_group, **kwargs)
        shown = list(context["object_list"])
        leave_receipts_of_many(
            looked_at=[(learner.pk, ReceiptSection.RECORD) for learner in shown], by=self.request.user, roles=ROLES
        )
        figures = self._figures()
        return context | {
            "form": self.form,
            "can_record_offers": self.role.kind in ("adviser", "coordinator"),
            "without_name": self._fitting(figures) - context["paginator"].count,
            "counts": [(light, sum(one.number for one in figures if one.light == light)) for light in Light],
            "categories": [(each, sum(one.number for one in figures if one.category == each)) for each in Category],
            "rows": [
                (
                    learner,
                    Light(learner.light),
                    category_of(learner.light, learner.recorded),
                    self.schools[learner.school_id],
                )
                for learner in shown
            ],
        }

    def _fitting(self, figures: list[Tally]) -> int:
        """How many of these have the light and the group that are asked for, too."""
        answers = self.form.answers()
        asked = [one for one in figures if answers["light"] in ("", one.light)]
        return sum(one.number for one in asked if answers["category"] in ("", one.category))

    def _figures(self) -> list[Tally]:
        """Whom the other filters leave, whatever light and group. Only a name has to be asked of the database, and only
        of those whose names may be read: that somebody else is called so must not follow."""
        answers = self.form.answers()
        if answers["name"]:
            return tallies(narrowed(self.named, **answers | {"light": "", "category": ""}))
        return [
            one
            for one in self.counted
            if answers["school"] in ("", self.schools[one.school_id].reference)
            and answers["tutor_group"] in ("", one.tutor_group)
            and answers["joined"] in ("", "later" if one.is_late else "cohort")
        ]
