"""Providers that teach courses together: who leads, who takes part, since when."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, ListView

from core.errors import RuleBroken, StaleState
from core.forms import ConfirmForm
from core.views import ActionView
from prospectus.actions.consortia import (
    create_consortium,
    edit_consortium,
    end_consortium,
    join_consortium,
    leave_consortium,
)
from prospectus.forms.partners import ConsortiumForm
from prospectus.models import Consortium
from prospectus.policies import CONSORTIUM_POLICY
from prospectus.queries import desk
from prospectus.views.desk import KeeperMixin

LEFT = _("You have left. Learners see it from tomorrow.")


class ConsortiaView(KeeperMixin, ListView):
    """Those that one's providers lead or take part in, with the courses they teach."""

    template_name = "prospectus/desk_consortia.html"
    context_object_name = "consortia"
    paginate_by = 50

    def get_queryset(self) -> Any:
        return desk.consortia_for(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(kept={provider.pk for provider in self.providers}, **kwargs)


class NewConsortiumView(KeeperMixin, FormView):
    """A name, and who takes part."""

    template_name = "prospectus/desk_consortium.html"
    form_class = ConsortiumForm

    def get_form_kwargs(self) -> dict[str, Any]:
        others = desk.possible_partners(self.providers)
        return super().get_form_kwargs() | {"leads": self.providers, "others": others}

    def form_valid(self, form: ConsortiumForm) -> HttpResponse:
        try:
            create_consortium(by=self.request.user, **form.cleaned_data)
        except RuleBroken as rule:
            form.add_error(None, rule)
            return self.form_invalid(form)
        messages.success(
            self.request,
            gettext(
                "Saved. Your partners are told by e-mail. Learners see them once they have said yes here. "
                "Open a course to say that you teach it together."
            ),
        )
        return redirect("prospectus:consortia")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(heading=gettext("Teach courses with partners"), **kwargs)


class ConsortiumVerbView(ActionView):
    """One verb to partners whom one of one's providers leads or joins; only who leads them may."""

    verb = ""
    form_class: Any = ConfirmForm

    def get_queryset(self) -> Any:
        return Consortium.objects.visible_to(self.request.user).select_related("lead__area")

    def require(self, user: Any) -> None:
        CONSORTIUM_POLICY.require(user, self.verb, self.thing)
        if self.thing.ended_on is not None:
            raise StaleState(f"{self.thing.pk} has ended")

    def get_success_url(self) -> str:
        return reverse("prospectus:consortia")


class EditConsortiumView(ConsortiumVerbView):
    """Another name, or other partners."""

    verb = "edit"
    template_name = "prospectus/desk_consortium.html"
    form_class = ConsortiumForm
    done = _("Saved.")

    def get_initial(self) -> dict[str, Any]:
        partners = self.thing.partners.filter(ended_on=None).values_list("provider__reference", flat=True)
        return {"name": self.thing.name, "partners": list(partners)}

    def get_form_kwargs(self) -> dict[str, Any]:
        leads = [self.thing.lead]
        return super().get_form_kwargs() | {"leads": leads, "others": desk.possible_partners(leads)}

    def act(self, answers: dict[str, Any]) -> None:
        edit_consortium(consortium=self.thing, name=answers["name"], partners=answers["partners"], by=self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(heading=gettext("Change the partners"), consortium=self.thing, **kwargs)


class EndConsortiumView(ConsortiumVerbView):
    """The lead keeps the courses."""

    verb = "end"
    template_name = "prospectus/desk_consortium_end.html"
    done = _("Ended. The courses are the lead’s alone.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": gettext("End the partnership"), "submit_colour": "warning"}

    def act(self, answers: dict[str, Any]) -> None:
        end_consortium(consortium=self.thing, by=self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(consortium=self.thing, number=self.thing.courses.count(), **kwargs)


class JoinConsortiumView(ConsortiumVerbView):
    """A partner says yes: from then on learners see it."""

    verb = "join"
    template_name = "prospectus/desk_consortium_join.html"
    done = _("You teach together. Learners see it.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": gettext("Yes, we teach with them")}

    def require(self, user: Any) -> None:
        super().require(user)
        if self.verb == "join" and not self.thing.partners.filter(ended_on=None, joined_on=None).exists():
            raise StaleState(f"{self.thing.pk} asks nobody")

    def act(self, answers: dict[str, Any]) -> None:
        join_consortium(consortium=self.thing, by=self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(consortium=self.thing, number=self.thing.courses.count(), **kwargs)


class LeaveConsortiumView(JoinConsortiumView):
    """A partner says no, or no longer."""

    verb = "leave"
    template_name = "prospectus/desk_consortium_leave.html"

    def require(self, user: Any) -> None:
        super().require(user)
        self.is_asked = desk.is_only_asked(user, self.thing)
        self.done = gettext("You have said no. The lead is told.") if self.is_asked else LEFT

    def get_form_kwargs(self) -> dict[str, Any]:
        words = gettext("No, we do not teach with them") if self.is_asked else gettext("Leave these partners")
        return super().get_form_kwargs() | {"submit": words, "submit_colour": "warning"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(is_asked=self.is_asked, **kwargs)

    def act(self, answers: dict[str, Any]) -> None:
        leave_consortium(consortium=self.thing, by=self.request.user)
