from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Cast, Coalesce

from accounts.models import Consent, Learner
from applications.workflow import CHOICE_FLOW, ENDED_BY_LEAVING, PROPERTIES
from core import clock
from core.querysets import among, is_nothing
from providers.models import Organisation

# Not sent, or taken away again before anybody saw it.
TAKEN_AWAY = Q(status="withdrawn", sent_at=None, with_school_at=None)


NOBODY_ELSES = Q(status="draft") | TAKEN_AWAY


def _own(user: Any) -> Q:
    return Q(application__learner__user=user)


def _received(user: Any) -> Q:
    mine = Organisation.objects.admitting_through(user)
    return (among("provider", mine) | among("placed_with", mine)) & Q(sent_at__isnull=False)


def _on_roll(user: Any) -> Q:
    learners = Learner.objects.on_roll_of(Organisation.objects.coordinating_through(user))
    return among("application__learner", learners.values("pk")) & ~NOBODY_ELSES


def _on_caseload(user: Any) -> Q:
    learners = Learner.objects.on_caseload_of(user).sharing_with_advisers()
    return among("application__learner", learners.values("pk")) & ~NOBODY_ELSES


def _shared(user: Any) -> Q:
    learners = Learner.objects.who_let_in(user, "choices")
    return among("application__learner", learners.values("pk")) & ~NOBODY_ELSES


def assisted_by(user: Any) -> models.QuerySet:
    """Keys of the applications this adult writes today for learners they answer for.

    A no to the advice service ends at once what an adviser writes without the learner's signature.
    """
    from applications.models import Assistance

    on_roll = Learner.objects.on_roll_of(Organisation.objects.coordinating_through(user))
    on_caseload = Learner.objects.on_caseload_of(user)
    if is_nothing(on_roll) and is_nothing(on_caseload):
        return Assistance.objects.none().values("application")
    answers = Consent.objects.filter(learner=models.OuterRef("application__learner"), kind="advice_service")
    newest = models.Subquery(answers.order_by("-at", "-pk").values("is_given")[:1])
    has_word = Q(how="paper") | Q(said=None) | Q(said=True)
    answers_for = among("application__learner", on_caseload.values("pk")) & has_word
    theirs = among("application__learner", on_roll.values("pk")) | answers_for
    return Assistance.objects.alias(said=newest).filter(theirs, by=user, on=clock.today()).values("application")


def _assisted(user: Any) -> Q:
    return among("application", assisted_by(user)) & Q(status="draft")


class ApplicationQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "ApplicationQuerySet":
        """A learner's own, and those an adult writes for a learner today. Other staff see choices, not what is
        behind them."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(learner__user=user) | among("pk", assisted_by(user)))

    def statement_shared_with(self, user: Any) -> "ApplicationQuerySet":
        """Applications whose statement, and nothing else of them, a learner lets this person read."""
        return self.filter(learner__in=Learner.objects.who_let_in(user, "statement").values("pk"))


class ChoiceQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "ChoiceQuerySet":
        """Every choice this person may see. The only place that says so.

        The learner's own; those sent to a provider whose applications the person answers (never drafts, never
        siblings at other providers); those of a home school's roll, for its coordinator; those of consenting
        learners, for the adviser who answers for them; those a learner lets this person see; and what an adult
        writes for a learner today, with the learner present or from a signed form.
        """
        if not user.is_authenticated:
            return self.none()
        seen = _own(user) | _received(user) | _on_roll(user) | _on_caseload(user) | _shared(user) | _assisted(user)
        return self.filter(seen)

    def shared_with(self, user: Any) -> "ChoiceQuerySet":
        return self.filter(_shared(user)) if user.is_authenticated else self.none()

    def written_by(self, user: Any) -> "ChoiceQuerySet":
        """The learner's own, and drafts an adult writes for a learner today."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(_own(user) | _assisted(user))

    def sent_by(self, user: Any) -> "ChoiceQuerySet":
        """What an adult has sent for a learner they write for today: the second press of a button finds it."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(application__in=assisted_by(user), entered_by=user)

    # The reasons to see a choice, each by itself, for the desk that is about it.

    def own_of(self, user: Any) -> "ChoiceQuerySet":
        return self.filter(_own(user)) if user.is_authenticated else self.none()

    def received_by(self, user: Any) -> "ChoiceQuerySet":
        return self.filter(_received(user)) if user.is_authenticated else self.none()

    def received_at(self, provider_id: int) -> "ChoiceQuerySet":
        """Those that this provider received, whoever asks: for what goes to its own system."""
        return self.filter(Q(provider=provider_id) | Q(placed_with=provider_id), sent_at__isnull=False)

    def on_roll_of(self, user: Any) -> "ChoiceQuerySet":
        return self.filter(_on_roll(user)) if user.is_authenticated else self.none()

    def on_caseload_of(self, user: Any) -> "ChoiceQuerySet":
        return self.filter(_on_caseload(user)) if user.is_authenticated else self.none()

    def to_answer(self) -> "ChoiceQuerySet":
        """Those whose provider has yet to answer: with it, and not decided for a release whose hour is on the last day
        at the latest. That day is over: for a release that is set."""
        from applications.models import StagedDecision

        decided = StagedDecision.objects.waiting().filter(choice=OuterRef("pk"), release__release_at__isnull=False)
        in_time = Q(release__release_at__date__lte=OuterRef("answer_due_on"))
        settled = decided.filter(in_time | Q(choice__answer_due_on__lt=clock.today()))
        return self.filter(~Exists(settled), status__in=PROPERTIES["is_with_provider"])

    def that_can(self, verb: str) -> "ChoiceQuerySet":
        """Choices whose state allows this move; the states come from the table."""
        return self.filter(status__in=CHOICE_FLOW.sources(verb))

    def that(self, name: str) -> "ChoiceQuerySet":
        """Choices of which this is true (``is_live``, ``has_offer_in_hand`` ...): by their state, and where leaving
        early ends it, not left."""
        found = self.filter(status__in=PROPERTIES[name])
        return found.filter(left_on=None) if name in ENDED_BY_LEAVING else found

    def left_early(self) -> "ChoiceQuerySet":
        """Started, and left before the end."""
        return self.filter(left_on__isnull=False)

    def counting(self) -> "ChoiceQuerySet":
        """Choices that count against a learner's limit: the live ones, without those that wait too long."""
        late = Q(status__in=PROPERTIES["is_with_provider"], answer_due_on__lt=clock.today())
        return self.that("is_live").exclude(late)

    def with_limit_key(self) -> "ChoiceQuerySet":
        """Each with ``limit_key``: companions have one key together, so that they count as one choice."""
        alone = -models.F("pk")
        return self.annotate(
            limit_key=Coalesce(
                Cast("companion_group", models.BigIntegerField()), alone, output_field=models.BigIntegerField()
            )
        )

    def to_show_the_learner(self) -> "ChoiceQuerySet":
        """Without drafts that were taken away again before anybody saw them."""
        return self.exclude(TAKEN_AWAY)

    def with_parties(self) -> "ChoiceQuerySet":
        """With the learner, the cycle and the provider: what policies ask, in the same query."""
        return self.select_related("application__learner__user", "application__cycle__area", "provider")

    def for_list(self) -> "ChoiceQuerySet":
        """With everything a row or page about one choice shows, in a fixed number of queries."""
        return self.with_parties().prefetch_related(*what_hangs_on_a_choice())


def what_hangs_on_a_choice() -> list[models.Prefetch]:
    """Its runs, and the offer, interviews and suggestions that stand: one query each, however many choices."""
    from applications.models import ChoiceRun, Interview, Offer, OfferCondition, Referral

    conditions = models.Prefetch("conditions", OfferCondition.objects.select_related("decided_by"))

    return [
        models.Prefetch("choice_runs", ChoiceRun.objects.select_related("run__course", "run__site")),
        models.Prefetch(
            "offers", Offer.objects.filter(ended_at=None).prefetch_related(conditions), to_attr="standing_offers"
        ),
        models.Prefetch(
            "interviews",
            Interview.objects.filter(state="planned").select_related("slot__session"),
            to_attr="planned_interviews",
        ),
        models.Prefetch(
            "referrals",
            Referral.objects.filter(state="open").prefetch_related("runs__course", "runs__site"),
            to_attr="open_referrals",
        ),
    ]


class GoneChoiceQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "GoneChoiceQuerySet":
        """That a choice is theirs no more, for the providers whose applications this person answers."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(provider__in=Organisation.objects.admitting_through(user))
