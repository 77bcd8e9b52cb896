"""What the pages of advisers and officers have in common."""

from typing import Any

from django.contrib.auth.mixins import UserPassesTestMixin
from django.db.models import QuerySet
from django.http import Http404
from django.utils.functional import cached_property
from django.views.generic import ListView

from accounts.models import RollEntry
from core.searching import SearchByNameMixin
from core.views import SignedInMixin
from providers.models import Area
from providers.queries import role_kinds, roles_today
from reporting.forms import LearnerFilterForm
from reporting.queries.learners import filtered
from reporting.queries.lights import Light, entry_year_now, light_counts


class HasRoleMixin(SignedInMixin, UserPassesTestMixin):
    """A page for people with one kind of role; for others it does not exist."""

    role_kind = ""

    def test_func(self) -> bool:
        return self.role_kind in role_kinds(self.request.user)

    def handle_no_permission(self) -> Any:
        if self.request.user.is_authenticated:
            raise Http404
        return super().handle_no_permission()

    @property
    def organisation_id(self) -> int:
        """The organisation of the role that opens this page."""
        held = (role for role in roles_today(self.request.user) if role.kind == self.role_kind and not role.is_aside)
        return next(held).organisation_id

    @cached_property
    def area(self) -> Area:
        """Its area."""
        return Area.objects.get(organisations=self.organisation_id)


class LearnerListView(HasRoleMixin, SearchByNameMixin, ListView):
    """A filtered, paged list of learners with their lights, and the count of each light from the same query."""

    paginate_by = 25
    name_fields = ("name",)

    def learners(self) -> QuerySet:
        raise AttributeError(f"{type(self).__name__} must define learners()")

    def get_queryset(self) -> QuerySet:
        self.entry_year = entry_year_now(self.area)
        self.everybody = self.learners()
        entries = RollEntry.objects.current().filter(learner__in=self.everybody.order_by().values("pk")).order_by()
        self.form = LearnerFilterForm(
            self.asked,
            schools=list(entries.values_list("school__reference", "school__name").distinct().order_by("school__name")),
            tutor_groups=list(
                entries.exclude(tutor_group="").values_list("tutor_group", flat=True).distinct().order_by("tutor_group")
            ),
        )
        return filtered(self.everybody, **self.form.answers())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        without_light = filtered(self.everybody, **{**self.form.answers(), "light": ""})
        return context | {
            "form": self.form,
            "entry_year": self.entry_year,
            "counts": light_counts(without_light),
            "rows": [(learner, Light(learner.light)) for learner in context["object_list"]],
        }
