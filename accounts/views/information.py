"""What is known about a learner, who sees it, and who has looked."""

from typing import Any

from django.http import Http404
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from accounts.models import ConsentKind, Learner, Receipt, Registration, Supporter
from accounts.queries import asked, may_consent, own_learner_of
from core.searching import SearchByNameMixin
from core.views import SignedInMixin, VisibleListView
from providers.queries import role_kinds


class OwnLearnerMixin(SignedInMixin):
    """A page about the learner who is signed in; for everybody else it does not exist."""

    request: Any

    @cached_property
    def learner(self) -> Learner:
        learner = own_learner_of(self.request.user)
        if learner is None:
            raise Http404
        return learner


class InformationView(OwnLearnerMixin, TemplateView):
    """Who sees what and why, what the learner agreed to, whom they let in, and who has looked lately."""

    template_name = "accounts/information.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        learner = self.learner
        registration = Registration.objects.filter(learner=learner).select_related("school").first()
        people = list(Supporter.objects.own_of(self.request.user).for_list()[:100])
        return super().get_context_data(
            learner=learner,
            entry=learner.roll_entries.current().select_related("school").first(),
            consent=asked(learner, ConsentKind.ADVICE_SERVICE),
            registration=registration,
            may_look=asked(learner, ConsentKind.RECORD_MATCH) if registration else None,
            may_consent=may_consent(learner),
            answers=learner.consents.all()[:20],
            receipts=Receipt.objects.own_of(self.request.user).for_list()[:5],
            people=[supporter for supporter in people if not supporter.is_over],
            people_over=[supporter for supporter in people if supporter.is_over],
            **kwargs,
        )


class LookedAtView(OwnLearnerMixin, VisibleListView):
    """Every time somebody looked at the learner's record."""

    queryset = Receipt.objects.all()
    template_name = "accounts/looked_at.html"
    context_object_name = "receipts"

    def get_queryset(self) -> Any:
        return Receipt.objects.own_of(self.request.user).filter(learner=self.learner).for_list()


class LookedAtDeskView(SignedInMixin, SearchByNameMixin, VisibleListView):
    """Who looked at which learner of one's school or area, newest first."""

    queryset = Receipt.objects.all()
    template_name = "accounts/looked_at_desk.html"
    context_object_name = "receipts"
    name_fields = ("q", "name")

    def get_queryset(self) -> Any:
        if role_kinds(self.request.user).isdisjoint({"coordinator", "help_desk"}):
            raise Http404("Not a desk that watches over records")
        self.learner_words = self.asked.get("q", "")
        self.reader_words = self.asked.get("name", "")
        return super().get_queryset().matching(learner=self.learner_words, reader=self.reader_words)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            asked_learner=self.learner_words,
            asked_reader=self.reader_words,
            is_filtered=bool(self.learner_words or self.reader_words),
            **kwargs,
        )
