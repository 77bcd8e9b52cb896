import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast, Coalesce, Now
from django.utils import timezone

from accounts.models import Consent, Learner
from applications.workflow import CHOICE_FLOW, ENDED_BY_LEAVING, PROPERTIES
from core import clock
from core.querysets import among, is_nothing
from providers.models import Cycle, Organisation, StaffRole

EARLY = dt.timedelta(days=7)  # so long before results day schools may have handed results over
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


class SectionDraftQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "SectionDraftQuerySet":
        """What somebody is writing is nobody else's, and an adult's only while they write for the learner."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(application__learner__user=user) | Q(application__in=assisted_by(user)), by=user)


class ProviderQuestionQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "ProviderQuestionQuerySet":
        """Questions of the providers whose applications this person answers."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(provider__in=Organisation.objects.admitting_through(user))

    def asked(self) -> "ProviderQuestionQuerySet":
        return self.filter(ended_at=None)

    def for_list(self) -> "ProviderQuestionQuerySet":
        return self.select_related("provider", "cycle").prefetch_related("courses")


class InterviewSessionQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "InterviewSessionQuerySet":
        """Sessions of the providers whose applications this person answers."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(provider__in=Organisation.objects.admitting_through(user))

    def standing(self) -> "InterviewSessionQuerySet":
        """Those that have not been called off."""
        return self.filter(ended_at=None)

    def for_list(self) -> "InterviewSessionQuerySet":
        return self.select_related("provider__area", "site").prefetch_related("courses")


class InterviewSlotQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "InterviewSlotQuerySet":
        """Slots of sessions this person may see."""
        from applications.models import InterviewSession

        return self.filter(session__in=InterviewSession.objects.visible_to(user))

    def with_taken(self) -> "InterviewSlotQuerySet":
        """Each with ``taken``: how many learners have it."""
        taken = models.Count("interviews", filter=Q(interviews__state="planned"))
        return self.annotate(taken=taken)

    def free_for(self, choice: Any) -> "InterviewSlotQuerySet":
        """Slots that the learner of this choice can still book: of its provider or the partner it is placed with, for
        its courses, with a place."""
        from applications.models import InterviewSession

        course_ids = [each.run.course_id for each in choice.choice_runs.all()]
        sessions = InterviewSession.objects.standing().filter(
            Q(courses=None) | Q(courses__in=course_ids), provider__in=choice.desk_ids
        )
        return self.filter(session__in=sessions.values("pk")).to_book().select_related("session__site")

    def to_book(self) -> "InterviewSlotQuerySet":
        """Those that learners can still book, with a place; each with how many are ``taken``."""
        book_until = models.F("starts_at") - models.ExpressionWrapper(
            models.F("session__change_hours") * models.Value(dt.timedelta(hours=1)),
            output_field=models.DurationField(),
        )
        slots = self.annotate(book_until=book_until).filter(book_until__gt=clock.now())
        return slots.with_taken().filter(taken__lt=models.F("session__places"))


class ReleaseQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "ReleaseQuerySet":
        """Releases of the providers whose applications this person answers. Nobody else's business, ever."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(provider__in=Organisation.objects.admitting_through(user))

    def open(self) -> "ReleaseQuerySet":
        """Those that decisions can be put into."""
        return self.filter(release_at=None, released_at=None, ended_at=None)

    def due(self) -> "ReleaseQuerySet":
        """Those whose hour has come and that are not over."""
        return self.filter(release_at__lte=clock.now(), released_at=None, ended_at=None)

    def for_list(self) -> "ReleaseQuerySet":
        waiting = models.Count("decisions", filter=Q(decisions__outcome=""))
        done = models.Count("decisions", filter=Q(decisions__outcome="done"))
        failed = models.Count("decisions", filter=Q(decisions__outcome="failed"))
        verbs = {
            f"waiting_{verb}": models.Count("decisions", filter=Q(decisions__outcome="", decisions__verb=verb))
            for verb in ("offer", "refuse", "put_on_reserve")
        }
        counted = self.annotate(waiting=waiting, done=done, failed=failed, **verbs)
        return counted.select_related("provider__area", "set_by")


class StagedDecisionQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "StagedDecisionQuerySet":
        """Decisions on choices sent to this person's providers, what a partner means to answer too; and those of a
        partner on choices that are placed with it: never the learner's, never a school's."""
        if not user.is_authenticated:
            return self.none()
        mine = Organisation.objects.admitting_through(user)
        return self.filter(Q(choice__provider__in=mine) | Q(release__provider__in=mine, choice__placed_with__in=mine))

    def waiting(self) -> "StagedDecisionQuerySet":
        return self.filter(outcome="")

    def for_list(self) -> "StagedDecisionQuerySet":
        return self.select_related(
            "release", "by", "choice__snapshot", "choice__provider", "choice__application__learner"
        ).prefetch_related("choice__choice_runs__run__course")


def _not_told_yet() -> Q:
    """Results handed over in the days before an hour of results that is still to come in the learner's area."""
    now = timezone.localtime(clock.now())
    to_come = Q(results_on__gt=now.date(), results_on__lte=now.date() + EARLY)
    today = Q(results_on=now.date(), results_from__gt=now.time())
    cycles = Cycle.objects.filter(to_come | today, area=models.OuterRef("learner__area"))
    return Q(models.Exists(cycles), said_at__gte=clock.now() - EARLY)


class ExamResultQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "ExamResultQuerySet":
        """The learner's own, those of the roll somebody coordinates or tutors, and with consent the adviser's.

        Never a provider's: it reads of results what its conditions ask, and no more (decision 0065).
        """
        if not user.is_authenticated:
            return self.none()
        on_roll = Learner.objects.on_roll_of(Organisation.objects.with_role(user, "coordinator", "tutor"))
        sharing = Learner.objects.on_caseload_of(user).sharing_with_advisers()
        own = Q(learner__user=user) & ~_not_told_yet()
        return self.filter(own | Q(learner__in=on_roll.values("pk")) | Q(learner__in=sharing.values("pk")))

    def told(self) -> "ExamResultQuerySet":
        """Those whose hour, where the learner's area has set one, has come."""
        return self.exclude(_not_told_yet())

    def standing(self) -> "ExamResultQuerySet":
        """Without those that a corrected grade has replaced."""
        return self.filter(ended_at=None)

    def for_list(self) -> "ExamResultQuerySet":
        """With the school, and the grade it replaces."""
        return self.select_related("school", "replaces")


class ResultsRehearsalQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "ResultsRehearsalQuerySet":
        """Rehearsals of the providers whose applications this person answers, and of the areas they look after."""
        if not user.is_authenticated:
            return self.none()
        areas = StaffRole.objects.over_areas(user).values("organisation__area")
        return self.filter(Q(provider__in=Organisation.objects.admitting_through(user)) | Q(provider__area__in=areas))

    def open(self) -> "ResultsRehearsalQuerySet":
        """Those that go on: nobody has ended them, and their day is not over."""
        return self.filter(ended_at=None, ends_at__gt=clock.now())


class ClearingListingQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "ClearingListingQuerySet":
        """The learner's own; and to those who answer a provider's applications whoever is in clearing in its area and
        wanted a subject and level in which the provider has a place today."""
        if not user.is_authenticated:
            return self.none()
        providers = Organisation.objects.admitting_through(user)
        found = self.filter(application__learner__user=user)
        return found | self.filter(pk__in=self.model.objects.shown().fitting(providers).values("pk"))

    def placeless(self, applications: Any) -> Any:
        """Of these applications those of a year that goes on with nothing under way and no place."""
        from applications.models import Choice

        under_way = Q(status__in=PROPERTIES["is_live"]) | Q(status__in=PROPERTIES["is_firm"], left_on=None)
        busy = Choice.objects.filter(under_way, application=models.OuterRef("pk"))
        return applications.filter(~models.Exists(busy), cycle__ends_on__gte=clock.today())

    def shown(self) -> "ClearingListingQuerySet":
        """Those to whom it applies today: agreed, and without anything under way. A year that is over ends it."""
        from applications.models import Application

        return self.filter(ended_at=None, application__in=self.placeless(Application.objects.all()).values("pk"))

    def fitting(self, providers: Any) -> "ClearingListingQuerySet":
        """Learners of the providers' area who wanted a subject and level in which these have a place today."""
        from applications.models import ChoiceRun
        from prospectus.models import CourseRun

        mine = CourseRun.objects.open_for_applications().filter(
            course__provider__in=providers, places__gt=models.F("places_taken")
        )
        alike = mine.filter(
            course__subject=models.OuterRef("run__course__subject"),
            course__levels__overlap=models.OuterRef("run__course__levels"),
            course__provider__area=models.OuterRef("choice__application__learner__area"),
        )
        wanted = ChoiceRun.objects.filter(models.Exists(alike), choice__sent_at__isnull=False)
        return self.filter(application__in=wanted.values("choice__application"))

    def for_list(self) -> "ClearingListingQuerySet":
        return self.select_related("application__learner", "application__cycle__area")


class ClearingInvitationQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "ClearingInvitationQuerySet":
        """The learner's own, and those of the providers whose applications this person answers."""
        if not user.is_authenticated:
            return self.none()
        mine = Organisation.objects.admitting_through(user)
        return self.filter(Q(listing__application__learner__user=user) | Q(run__course__provider__in=mine))

    def own_of(self, user: Any) -> "ClearingInvitationQuerySet":
        return self.filter(listing__application__learner__user=user) if user.is_authenticated else self.none()

    def waiting(self) -> "ClearingInvitationQuerySet":
        """Those that can be answered today."""
        return self.filter(state="open", answer_by_on__gte=clock.today())

    def still_named(self) -> "ClearingInvitationQuerySet":
        """Of a year that goes on; of learners who have not taken back that they are shown, or who applied."""
        agreed = Q(listing__ended_at=None) | Q(state="taken")
        return self.filter(agreed, listing__application__cycle__ends_on__gte=clock.today())

    def keeping_a_place(self) -> "ClearingInvitationQuerySet":
        """Those for which a place is kept: waiting for the learner, or applied and waiting for the provider."""
        applied = Q(state="taken", choice__status__in=[*sorted(PROPERTIES["is_with_provider"]), "with_school"])
        return self.filter(applied | Q(state="open", answer_by_on__gte=clock.today()))

    def for_list(self) -> "ClearingInvitationQuerySet":
        return self.select_related(
            "listing__application__learner__user",
            "listing__application__cycle__area",
            "run__course__provider",
            "run__site",
        )


class OutsideOfferQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "OutsideOfferQuerySet":
        """The learner's own, and those of learners a coordinator or adviser answers for.

        Without consent an adviser sees of them only what they recorded themselves: where somebody has an offer is
        no part of the statutory minimum, that they have one is.
        """
        if not user.is_authenticated:
            return self.none()
        on_roll = Learner.objects.on_roll_of(Organisation.objects.coordinating_through(user)).values("pk")
        caseload = Learner.objects.on_caseload_of(user)
        return self.filter(
            Q(learner__user=user)
            | Q(learner__in=on_roll)
            | Q(learner__in=caseload.sharing_with_advisers().values("pk"))
            | Q(learner__in=caseload.values("pk"), by=user)
        )

    def standing(self) -> "OutsideOfferQuerySet":
        """Those that hold and that an adult vouches for: what the Guarantee counts."""
        return self.filter(ended_on=None, is_unconfirmed=False)

    def to_confirm(self) -> "OutsideOfferQuerySet":
        """The learner says so, and an adult should ask to see the letter."""
        return self.filter(ended_on=None, is_unconfirmed=True)

    def to_look_at(self) -> "OutsideOfferQuerySet":
        """Those about which an adult has something to say: to be confirmed, or said to be a mistake since."""
        return self.filter(Q(is_unconfirmed=True) | Q(taken_back_at__isnull=False), ended_on=None)


class OwnRouteQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "OwnRouteQuerySet":
        """The learner's own; of a home school's roll, for its coordinator; of consenting learners, for the adviser who
        answers for them. Not what they only looked at: that somebody read a page is their own business."""
        if not user.is_authenticated:
            return self.none()
        on_roll = Learner.objects.on_roll_of(Organisation.objects.coordinating_through(user)).values("pk")
        caseload = Learner.objects.on_caseload_of(user).sharing_with_advisers().values("pk")
        told = (Q(learner__in=on_roll) | Q(learner__in=caseload)) & ~Q(state="looked")
        return self.filter(Q(learner__user=user) | told)

    def own_of(self, user: Any) -> "OwnRouteQuerySet":
        return self.filter(learner__user=user) if user.is_authenticated else self.none()

    def for_list(self) -> "OwnRouteQuerySet":
        return self.select_related("learner", "run__course__provider", "run__site")


class DeskNoteQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "DeskNoteQuerySet":
        """Notes of the providers whose applications this person answers, on choices that are still theirs to see."""
        if not user.is_authenticated:
            return self.none()
        from applications.models import Choice

        mine = Organisation.objects.admitting_through(user)
        return self.filter(provider__in=mine, choice__in=Choice.objects.received_by(user).values("pk"))

    def for_list(self) -> "DeskNoteQuerySet":
        return self.select_related("by", "provider")


class DeskFilterQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "DeskFilterQuerySet":
        """One's own, while one answers applications."""
        if not user.is_authenticated or not Organisation.objects.admitting_through(user).exists():
            return self.none()
        return self.filter(user=user)


class BulkRunQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "BulkRunQuerySet":
        """What one picked oneself, while one answers applications."""
        if not user.is_authenticated or not Organisation.objects.admitting_through(user).exists():
            return self.none()
        return self.filter(by=user)


class ApiTokenQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "ApiTokenQuerySet":
        """Tokens of the providers this person manages, and of sandboxes that are theirs to look after."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(role__organisation__in=Organisation.objects.let_in_through(user))

    def open(self) -> "ApiTokenQuerySet":
        """Those that work today."""
        return self.filter(ended_at=None, expires_on__gte=clock.today(), role__organisation__ended_on=None)

    def for_list(self) -> "ApiTokenQuerySet":
        return self.select_related("role__user", "role__organisation__area", "made_by")


class WebhookQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "WebhookQuerySet":
        """Those of the providers this person manages, and of all providers of the areas they coordinate."""
        if not user.is_authenticated:
            return self.none()
        areas = StaffRole.objects.of(user, "help_desk").values("organisation__area")
        managed = Organisation.objects.with_role(user, "manager")
        return self.filter(Q(provider__in=managed) | Q(provider__area__in=areas))

    def standing(self) -> "WebhookQuerySet":
        """Those that have not been ended."""
        return self.exclude(state="ended")

    def told(self) -> "WebhookQuerySet":
        """Those that are told of changes now."""
        return self.filter(state="on", provider__ended_on=None)

    def for_list(self) -> "WebhookQuerySet":
        newest = self.model._meta.get_field("deliveries").related_model.objects.filter(webhook=models.OuterRef("pk"))
        last = newest.filter(state="delivered").order_by("-pk").values("ended_at")[:1]
        return self.annotate(delivered_at=models.Subquery(last)).select_related("provider__area", "by")


class WebhookDeliveryQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "WebhookDeliveryQuerySet":
        """Deliveries to the addresses this person may see."""
        from applications.models import Webhook

        return self.filter(webhook__in=Webhook.objects.visible_to(user))

    def free(self) -> "WebhookDeliveryQuerySet":
        """Those whose time has come and that nobody is trying: to addresses that are told, and tests of any."""
        unheld = Q(lease_until=None) | Q(lease_until__lt=Now())
        told = Q(webhook__state="on", webhook__provider__ended_on=None) | Q(event="test")
        return self.filter(unheld, told, state="waiting", next_at__lte=clock.now())

    def for_list(self) -> "WebhookDeliveryQuerySet":
        return self.select_related("webhook__provider").prefetch_related("attempts")
