from typing import Any

from django.contrib.auth.mixins import UserPassesTestMixin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.views.generic import ListView, TemplateView

from accounts.actions import leave_receipts
from accounts.models import Learner, LearnerContact, RollEntry
from applications.models import OutsideOffer
from applications.policies import LEARNER_POLICY
from core.searching import SearchByNameMixin
from core.views import SignedInMixin, VisibleDetailView
from ilp.models import Contact
from ilp.policies import CONTACT_POLICY
from providers.models import Area, StaffRole
from providers.queries import role_kinds
from reporting import queries
from reporting.forms import LearnerFilterForm


class HasRoleMixin(SignedInMixin, UserPassesTestMixin):
    """A page for people with one kind of role; for others it does not exist."""

    role_kind = ""

    def test_func(self) -> bool:
        return self.role_kind in role_kinds(self.request.user)

    def handle_no_permission(self) -> Any:
        if self.request.user.is_authenticated:
            raise Http404
        return super().handle_no_permission()

    @cached_property
    def area(self) -> Area:
        """The area of the role that opens this page."""
        role = StaffRole.objects.of(self.request.user, self.role_kind).select_related("organisation__area").first()
        return role.organisation.area


class LearnerListView(HasRoleMixin, SearchByNameMixin, ListView):
    """A filtered, paged list of learners with their lights, and the count of each light from the same query."""

    paginate_by = 25
    name_fields = ("name",)

    def learners(self) -> QuerySet:
        raise AttributeError(f"{type(self).__name__} must define learners()")

    def get_queryset(self) -> QuerySet:
        self.entry_year = queries.entry_year_now(self.area)
        self.everybody = self.learners()
        entries = RollEntry.objects.current().filter(learner__in=self.everybody.order_by().values("pk")).order_by()
        self.form = LearnerFilterForm(
            self.asked,
            schools=list(entries.values_list("school__reference", "school__name").distinct().order_by("school__name")),
            tutor_groups=list(
                entries.exclude(tutor_group="").values_list("tutor_group", flat=True).distinct().order_by("tutor_group")
            ),
        )
        return queries.filtered(self.everybody, **self.form.answers())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        without_light = queries.filtered(self.everybody, **{**self.form.answers(), "light": ""})
        return context | {
            "form": self.form,
            "entry_year": self.entry_year,
            "counts": queries.light_counts(without_light),
            "rows": [(learner, queries.Light(learner.light)) for learner in context["object_list"]],
        }


class CaseloadView(LearnerListView):
    role_kind = "adviser"
    template_name = "reporting/caseload.html"

    def learners(self) -> QuerySet:
        return queries.caseload(self.request.user, entry_year=self.entry_year)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        learners = context["object_list"]
        shown = queries.choices_to_show(self.request.user, learners, entry_year=self.entry_year)
        sharing = Learner.objects.filter(pk__in=[learner.pk for learner in learners]).sharing_with_advisers()
        shares = set(sharing.values_list("pk", flat=True))
        rows = [(*row, shown.get(row[0].pk, []), row[0].pk in shares) for row in context["rows"]]
        return context | {"rows": rows}


class GuaranteeView(HasRoleMixin, TemplateView):
    role_kind = "officer"
    template_name = "reporting/guarantee.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        entry_year = queries.entry_year_now(self.area)
        cohorts = [
            (year_group, *queries.guarantee_rows(self.area, year_group=year_group, entry_year=entry_year))
            for year_group in queries.GUARANTEE_YEARS
        ]
        return super().get_context_data(area=self.area, entry_year=entry_year, cohorts=cohorts, **kwargs)


class GuaranteeLearnersView(LearnerListView):
    """The names behind one figure of the Guarantee page."""

    role_kind = "officer"
    template_name = "reporting/guarantee_learners.html"

    def learners(self) -> QuerySet:
        self.year_group = self.kwargs["year_group"]
        if self.year_group not in queries.GUARANTEE_YEARS:
            raise Http404
        cohort = queries.guarantee_cohort(self.area, year_group=self.year_group)
        return queries.with_roll(queries.with_light(cohort, entry_year=self.entry_year)).order_by(
            "school_name", "family_name", "given_name", "pk"
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(year_group=self.year_group, area=self.area, **kwargs)


class LearnerView(SignedInMixin, VisibleDetailView):
    """One learner, as far as this member of staff may see: the minimum for everyone, the rest with consent."""

    queryset = Learner.objects.all()
    template_name = "reporting/learner.html"

    def get_queryset(self) -> QuerySet:
        return super().get_queryset().through_roles_of(self.request.user)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().get(request, *args, **kwargs)
        except Http404:
            # Letters and notes may still carry the reference of a record that became part of another.
            known = Learner.objects.visible_to(request.user).filter(merged__reference=kwargs["reference"])
            if (kept := known.first()) is None:
                raise
            return redirect("reporting:learner", reference=kept.reference)

    def get_object(self, queryset: Any = None) -> Learner:
        learner = super().get_object(queryset)
        if learner.user_id == self.request.user.pk:
            raise Http404  # a desk page: learners have their own
        return learner

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, learner = self.request.user, self.object
        entry_year = queries.entry_year_now(learner.area)
        lit = get_object_or_404(queries.with_light(Learner.objects.filter(pk=learner.pk), entry_year=entry_year))
        shown = {
            "contact": LearnerContact.objects.visible_to(user).filter(learner=learner).first(),
            "choices": queries.choices_to_show(user, [learner], entry_year=entry_year).get(learner.pk, []),
            "notes": list(Contact.objects.visible_to(user).filter(learner=learner).for_list()[:50]),
        }
        leave_receipts(learner=learner, by=user, sections=["record", *(name for name, what in shown.items() if what)])
        return super().get_context_data(
            light=queries.Light(lit.light),
            contact=shown["contact"],
            choices=shown["choices"],
            contacts=shown["notes"],
            shares=Learner.objects.filter(pk=learner.pk).sharing_with_advisers().exists(),
            answers_for=Learner.objects.answered_for_by(user).filter(pk=learner.pk).exists(),
            outside_offers=OutsideOffer.objects.visible_to(user).standing().filter(learner=learner),
            can_record_offers=LEARNER_POLICY.can(user, "record_outside_offer", learner),
            can_record=CONTACT_POLICY.can(user, "record", learner),
            **kwargs,
        )
