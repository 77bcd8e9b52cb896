"""What a desk does with a choice beside answering it: whose it is to answer, notes, and which partner it is with."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from applications import actions
from applications.forms.desk import AssignForm, NoteForm, PlaceForm
from applications.models import Choice
from applications.policies import DESK_POLICY
from applications.queries import colleagues_of
from applications.queries.partners import partners_for
from applications.views.admissions import ReceivedMixin
from applications.views.base import LeavesReceiptMixin
from core.views import ActionView


class BesideView(LeavesReceiptMixin, ReceivedMixin, ActionView):
    """What the desk does with a choice beside answering it."""

    queryset = Choice.objects.all()
    template_name = "applications/received_action.html"
    heading = ""
    words = ""

    def get_success_url(self) -> str:
        return reverse("applications:received-choice", args=[self.thing.reference])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        content = self.thing.snapshot.content
        said = {"choice": self.thing, "back": self.get_success_url(), "content": content}
        return super().get_context_data(heading=self.heading, words=self.words, **said, **kwargs)


class AssignView(BesideView):
    form_class = AssignForm
    heading = _("Whose is it to answer?")
    words = _("Everybody at your desk can still answer it.")
    done = _("Saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        desks = [one for one in (self.thing.provider, self.thing.placed_with) if one is not None]
        return super().get_form_kwargs() | {"colleagues": colleagues_of(desks), "user": self.request.user}

    def act(self, answers: dict[str, Any]) -> None:
        to = User.objects.filter(pk=self.form.user_id).first() if self.form.user_id else None
        actions.assign_choice(choice=self.thing, to=to, by=self.request.user)

    def form_valid(self, form: Any) -> Any:
        self.form = form
        return super().form_valid(form)


class NoteView(BesideView):
    form_class = NoteForm
    heading = _("Write a note")
    done = _("The note is kept.")

    def act(self, answers: dict[str, Any]) -> None:
        actions.write_note(choice=self.thing, words=answers["words"], by=self.request.user)


class PlaceView(BesideView):
    form_class = PlaceForm
    heading = _("Place with a partner")
    words = _("The partner sees the application from now on and may answer it, too. The learner is told.")
    done = _("Saved. The learner and the partner are told.")

    def require(self, user: Any) -> None:
        DESK_POLICY.require(user, "place", self.thing)

    def get_form_kwargs(self) -> dict[str, Any]:
        chosen = self.thing.placed_with.reference if self.thing.placed_with else ""
        partners = {"lead": self.thing.provider, "partners": partners_for(self.thing), "chosen": chosen}
        return super().get_form_kwargs() | partners

    def act(self, answers: dict[str, Any]) -> None:
        partner = self.form.partners.get(answers["partner"])
        actions.place_choice(choice=self.thing, partner=partner, by=self.request.user)

    def form_valid(self, form: Any) -> Any:
        self.form = form
        return super().form_valid(form)
