"""What the learners somebody looks after have booked, missed, and wait for."""

from typing import Any

from django.views.generic import ListView

from core.searching import SearchByNameMixin
from ilp.forms.experience import BookingsFilterForm
from ilp.models import Booking
from ilp.queries.experiences import bookings_narrowed, with_roll
from ilp.querysets.plan import of_staff
from ilp.views.experience_desk import leave_looks
from ilp.views.validating import PlanStaffMixin


class LearnerBookingsView(PlanStaffMixin, SearchByNameMixin, ListView):
    """One row a booking, soonest first: with an adviser's learners the ones who have said yes to sharing."""

    template_name = "ilp/learner_bookings.html"
    paginate_by = 50

    def get_queryset(self) -> Any:
        self.form = BookingsFilterForm(self.asked)
        asked = self.form.cleaned_data if self.form.is_valid() else {}
        self.is_narrowed = any(asked.values())
        mine = Booking.objects.visible_to(self.request.user).filter(
            learner__in=of_staff(self.request.user).values("pk")
        )
        return with_roll(bookings_narrowed(mine, words=asked.get("q", ""), only=asked.get("only", ""))).for_list()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(form=self.form, is_narrowed=self.is_narrowed, **kwargs)
        leave_looks(list(context["object_list"]), by=self.request.user)
        return context
