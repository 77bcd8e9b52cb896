"""Which e-mails one gets, and, for whoever looks after an area, how every message of the portal reads."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from accounts import actions
from accounts.forms import MailChoicesForm
from accounts.queries import choices_of
from accounts.views.outbox import KeepersMixin
from activity.kinds import KINDS, TOPICS, Audience
from core.views import SignedInMixin
from providers.queries import roles_today


class MailChoicesView(SignedInMixin, FormView):
    """Each topic of which one gets e-mails: at once, once a day, or not at all; and those that cannot be chosen."""

    template_name = "accounts/mail_choices.html"
    form_class = MailChoicesForm
    success_url = reverse_lazy("accounts:mail-choices")

    def get_form_kwargs(self) -> dict[str, Any]:
        self.topics = choices_of(self.request.user)
        return super().get_form_kwargs() | {"choosing": [one for one in self.topics if one.topic.can_choose]}

    def form_valid(self, form: MailChoicesForm) -> HttpResponse:
        actions.choose_mail(choices=form.cleaned_data, by=self.request.user)
        messages.success(self.request, _("Saved. It holds from now on."))
        return super().form_valid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        fixed = [one.topic for one in self.topics if not one.topic.can_choose]
        return context | {"fixed": fixed, "is_staff": bool(roles_today(self.request.user))}


class MessagesView(KeepersMixin, TemplateView):
    """Every kind of message: who gets it, when, and whether it can be chosen. Nothing is asked of the database."""

    template_name = "accounts/messages.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.request.GET.get("for", "")
        kinds = [kind for kind in KINDS.values() if asked not in Audience.values or kind.audience == asked]
        rows = [(kind, TOPICS[kind.topic]) for kind in sorted(kinds, key=lambda kind: (kind.audience, kind.name))]
        numbers = {one: sum(kind.audience == one for kind in KINDS.values()) for one in Audience}
        filters = [(one.value, one.label, number) for one, number in numbers.items() if number]
        return super().get_context_data(rows=rows, asked=asked, filters=filters, all=len(KINDS), **kwargs)


class MessageKindView(KeepersMixin, TemplateView):
    """How one kind reads in each situation, by the code that sends it, with made-up data."""

    template_name = "accounts/message_kind.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kind = KINDS.get(kwargs["kind"])
        if kind is None:
            raise Http404
        shown = {"kind": kind, "topic": TOPICS[kind.topic], "samples": list(kind.samples())}
        return super().get_context_data(**kwargs) | shown
