"""One message for many learners: who gets it and who does not, before the press; and what became of each."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _t
from django.utils.translation import ngettext
from django.views.generic import FormView

from activity.workflow import PickedState
from core.errors import RuleBroken
from core.views import SignedInMixin
from ilp import actions
from ilp.forms import ManyForm
from ilp.models import MessageRun
from ilp.queries.many import ManyReached, can_be_reached, picked_of, reached_by
from providers.models import StaffRole
from providers.queries import role_kinds

NAMED = 50  # on the page; of more the number is said


class MessageRunView(SignedInMixin, FormView):
    """Before: who gets it, how many, who is left out and why; the button repeats how many. After: what became of it."""

    form_class = ManyForm
    template_name = "ilp/message_run.html"

    run: Any
    reached: ManyReached

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            if "adviser" not in role_kinds(request.user):
                raise Http404
            self.run = get_object_or_404(MessageRun.objects.visible_to(request.user), reference=kwargs["reference"])
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.run.confirmed_at is not None:
            return render(request, "ilp/message_run_done.html", self._outcome())
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.run.confirmed_at is not None:
            return self._to_outcome()  # pressed twice
        return super().post(request, *args, **kwargs)

    def _to_outcome(self) -> HttpResponse:
        return redirect("ilp:message-run", self.run.reference)

    def get_form(self, form_class: Any = None) -> Any:
        role = StaffRole.objects.of(self.request.user, "adviser").select_related("organisation__area").earliest("pk")
        self.reached = reached_by(self.run, area=role.organisation.area)
        form = super().get_form(form_class)
        number = self.reached.number
        words = ngettext("Send it to %(number)s learner", "Send it to %(number)s learners", number)
        form.submit = words % {"number": number} if number else ""
        form.initial["number"] = number
        return form

    def form_valid(self, form: Any) -> HttpResponse:
        said = form.cleaned_data
        try:
            run = actions.confirm_messages(
                run=self.run,
                text=said["text"],
                number=said["number"] or 0,
                again=said["again"] or 0,
                by=self.request.user,
            )
        except RuleBroken as rule:
            number = self.reached.number
            form.data = form.data.copy()
            form.data["number"] = str(number)
            form.data["again"] = str(number) if rule.code == "say_again" else ""
            if rule.code == "say_again":
                form.submit = _t("Yes, send it to all %(number)s learners") % {"number": number}
            form.add_error(None, rule)
            return self.form_invalid(form)
        actions.send_off(run=run)
        return self._to_outcome()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {
            "reached": self.reached,
            "named": list(can_be_reached(self.run)[:NAMED]),
            "more": max(0, self.reached.number - NAMED),
            "heading": _t("Write to many"),
        }

    def _outcome(self) -> dict[str, Any]:
        mine = picked_of(self.run).values("pk")
        items = self.run.items.select_related("learner")
        numbers = {state: items.filter(state=state).count() for state in PickedState.values}
        words = ngettext("Sent to %(number)s learner", "Sent to %(number)s learners", numbers["done"])
        return {
            "run": self.run,
            "heading": words % {"number": numbers["done"]},
            "numbers": numbers,
            "all": self.run.number,
            "is_over": self.run.ended_at is not None,
            "left": list(items.filter(state=PickedState.LEFT, learner__in=mine)[:NAMED]),
            "shown_at": self.run.items.filter(message__isnull=False)
            .values_list("message__shown_at", flat=True)
            .order_by("-message__shown_at")
            .first(),
        }
