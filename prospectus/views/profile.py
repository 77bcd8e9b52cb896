"""What a provider says of itself, for those who keep its courses."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.views import ActionView
from prospectus.actions.changing import ChangedMeanwhile
from prospectus.actions.profile import edit_profile
from prospectus.forms.profile import ProfileForm
from providers.models import Organisation


class EditProfileView(ActionView):
    """Saved is shown; what somebody else saved meanwhile is shown first."""

    template_name = "prospectus/profile_edit.html"
    form_class = ProfileForm
    done = _("Saved. Everybody reads it on your page now.")

    def get_queryset(self) -> Any:
        return Organisation.objects.editing_through(self.request.user).filter(ended_on=None).select_related("area")

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        kwargs.pop("initial")
        return kwargs | {"provider": self.thing}

    def form_valid(self, form: Any) -> HttpResponse:
        self.form = form
        try:
            return super().form_valid(form)
        except ChangedMeanwhile:
            return self.conflict()

    def act(self, answers: dict[str, Any]) -> Organisation:
        return edit_profile(
            provider=self.thing, values=self.form.values(), as_of=answers["as_of"], by=self.request.user
        )

    def conflict(self) -> HttpResponse:
        """Nothing typed is lost: saving again is a decision that knows what is saved by now."""
        now = self.get_queryset().get(pk=self.thing.pk)
        data = self.request.POST.copy()
        data["as_of"] = ProfileForm(provider=now).initial["as_of"]
        form = ProfileForm(data, provider=now)
        form.is_valid()
        return self.render_to_response(self.get_context_data(form=form, saved=now), status=409)

    def get_success_url(self) -> str:
        return reverse("prospectus:provider", args=[self.thing.reference])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(provider=self.thing, back=self.get_success_url(), **kwargs)
