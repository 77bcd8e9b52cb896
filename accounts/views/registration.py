"""A learner without a letter registers; the area coordinator sees who became one with a school's record."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from accounts import actions
from accounts.actions.codes import address_hash
from accounts.forms import ConsentForm, RegisterForm
from accounts.forms.registration import seen_now
from accounts.models import WORDS, ConsentKind, Registration
from accounts.queries import asked
from accounts.views.information import OwnLearnerMixin
from core.errors import RuleBroken
from core.forms import ConfirmForm
from core.views import ActionView, SignedInMixin, VisibleListView
from providers.queries import role_kinds

# Where the action's refusals belong on the form.
FIELDS = {
    "too_young": "birth_on",
    "too_old": "birth_on",
    "no_postcode": "postcode",
    "school_missing": "attends",
    "username_taken": "username",
}


@method_decorator([never_cache, sensitive_post_parameters("password", "password_again")], name="dispatch")
class RegisterView(FormView):
    form_class = RegisterForm
    template_name = "accounts/register.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return redirect("accounts:start")
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"match_words": WORDS[ConsentKind.RECORD_MATCH]}

    def get_initial(self) -> dict[str, Any]:
        return {"seen": seen_now()}

    def form_valid(self, form: RegisterForm) -> HttpResponse:
        try:
            user = actions.register_learner(
                **form.answers(),
                match_words=str(WORDS[ConsentKind.RECORD_MATCH]),
                address_hash=address_hash(get_adapter().get_client_ip(self.request)),
            )
        except ValidationError as error:
            if isinstance(error, RuleBroken):
                form.add_error(FIELDS.get(error.code), error)
            else:
                form.refuse(error)
            return self.form_invalid(form)
        login(self.request, user, backend="django.contrib.auth.backends.ModelBackend")
        self.request.session.set_expiry(0)
        messages.success(self.request, _("You have registered. You can search and apply from now on."))
        return redirect("accounts:start")

    def form_invalid(self, form: Any) -> HttpResponse:
        # The time counts from the first look at the page; who corrects a mistake has waited already.
        if form.data.get("seen"):
            return super().form_invalid(form)
        form.data = form.data.copy()
        form.data["seen"] = seen_now()
        return super().form_invalid(form)


class RecordMatchView(OwnLearnerMixin, FormView):
    """Whoever registered answers again whether somebody may look for their record, until it has been found."""

    form_class = ConsentForm
    template_name = "accounts/record_match.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            registrations = Registration.objects.waiting()
            if not registrations.filter(learner=self.learner).exists():
                raise Http404("Nothing to look for")
            self.asked = asked(self.learner, ConsentKind.RECORD_MATCH)
        return super().dispatch(request, *args, **kwargs)

    def get_form(self, form_class: Any = None) -> ConsentForm:
        form = super().get_form(form_class)
        form.fields["is_given"].choices = [("yes", _("Yes, look for it")), ("no", _("No, do not look"))]
        return form

    def get_initial(self) -> dict[str, Any]:
        given = {True: "yes", False: "no"}.get(self.asked.answer.is_given) if self.asked.answer else None
        return {"version": self.asked.version, "is_given": given}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(question=self.asked.words, answer=self.asked.answer, **kwargs)

    def form_valid(self, form: ConsentForm) -> HttpResponse:
        actions.answer_record_match(
            learner=self.learner,
            is_given=form.cleaned_data["is_given"],
            words=self.asked.words,
            by=self.request.user,
        )
        messages.success(self.request, _("Your answer is saved. It holds from now on, everywhere."))
        return redirect("accounts:information")


class RegisteredView(SignedInMixin, VisibleListView):
    """Those who registered themselves and agreed that their record is looked for, newest first."""

    queryset = Registration.objects.all()
    template_name = "accounts/registered.html"
    context_object_name = "registrations"

    def get_queryset(self) -> Any:
        if "help_desk" not in role_kinds(self.request.user):
            raise Http404("Not an area coordinator's desk")
        return super().get_queryset().with_questions()


class SeparateView(ActionView):
    """Two that were taken for one are two again."""

    queryset = Registration.objects.all()
    form_class = ConfirmForm
    template_name = "accounts/registration_separate.html"
    done = gettext_lazy("They are two learners again, and nobody is asked about them any more.")

    def get_queryset(self) -> Any:
        if "help_desk" not in role_kinds(self.request.user):
            raise Http404("Not an area coordinator's desk")
        return super().get_queryset().exclude(joined_at=None)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": _("Take them apart"), "submit_colour": "warning"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        actions.leave_receipts(learner=self.thing.learner, by=self.request.user, sections=["record"])
        return super().get_context_data(**kwargs)

    def act(self, answers: dict[str, Any]) -> None:
        actions.separate_registered(registration=self.thing, by=self.request.user)

    def get_success_url(self) -> str:
        return reverse("accounts:registered")
