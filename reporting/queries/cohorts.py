"""Any cohort, and who of it has reached each stage: the queries of which numbers are made, and lists of names."""

from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from accounts.models import Characteristics, Learner, RollEntry
from applications.models import Choice, Offer, OutsideOffer
from ilp.models import Entry, RecordFact
from ilp.querysets.plan import SENSITIVE
from ilp.workflow import IN_PLAN
from reporting.queries.learners import with_roll
from reporting.queries.readers import (
    ACCOUNT,
    CHARACTERISTICS,
    CHOICES,
    CONSENT,
    LIGHT,
    NEED,
    PLAN,
    ROLL,
    YOUNGER,
    Basis,
    Reader,
)

NAMED_FROM_YEAR = 11  # below, an officer needs no name (decision 0035)


class Stage(NamedTuple):
    """Something a learner has reached. ``fact``: what one has to know of them to say so."""

    words: Any
    fact: str


STAGES = {
    "eligible": Stage(_("In the cohort"), ROLL),
    "unlocked": Stage(_("Unlocked"), ACCOUNT),
    "consented": Stage(_("Share with advisers"), CONSENT),
    "planned": Stage(_("Active plan"), PLAN),
    "started": Stage(_("Started to apply"), LIGHT),
    "sent": Stage(_("Sent"), LIGHT),
    "with_provider": Stage(_("Reached a provider"), CHOICES),
    "offer": Stage(_("Had an offer"), LIGHT),
    "accepted": Stage(_("Hold a place"), CHOICES),
    "enrolled": Stage(_("Started a course"), CHOICES),
}
CHARACTERISTICS_COLUMNS = {"looked_after": "is_looked_after", "sen": "sen_provision", "ethnicity": "ethnicity"}
FILTER_FACTS = {
    "looked_after": CHARACTERISTICS,
    "sen": CHARACTERISTICS,
    "ethnicity": CHARACTERISTICS,
    "need": NEED,
    "provider": CHOICES,
    "subject": CHOICES,
}
# What a table can have a line for each of. What somebody may not know of a learner is none for them: all lines together
# with their sum would tell more than each of them does.
BREAKDOWNS = ("school", "year_group", "tutor_group", "looked_after", "sen", "ethnicity", "need")
NOT_SAID = "-"
# A value that says that something is not so, beside the one that says that it is, would be two answers about one thing.
NEGATIVE = {"looked_after": {"no", NOT_SAID}, "sen": {"N", NOT_SAID}, "ethnicity": {NOT_SAID}, "need": {NOT_SAID}}


class Cohort(NamedTuple):
    """Which learners, as an address says it. What is empty does not narrow."""

    basis: str = Basis.EDUCATED.value
    year_group: str = ""
    school: str = ""
    tutor_group: str = ""
    looked_after: str = ""
    sen: str = ""
    ethnicity: str = ""
    need: str = ""
    provider: str = ""
    subject: str = ""

    @property
    def said(self) -> dict[str, str]:
        return {name: value for name, value in self._asdict().items() if value}

    @property
    def query(self) -> str:
        """The part of an address that asks for this cohort; the same cohort has the same one."""
        return urlencode(self.said)

    @property
    def is_of_choices(self) -> bool:
        """It is about who applied somewhere, or for something."""
        return bool(self.provider or self.subject)

    @property
    def of_roll(self) -> "Cohort":
        """The same by what a roll says, without everything else."""
        return self._replace(**dict.fromkeys(FILTER_FACTS, ""))

    @property
    def facts(self) -> frozenset[str]:
        """What one has to know of a learner to say that they are in it."""
        facts = {FILTER_FACTS.get(name, ROLL) for name in self.said}
        is_old_enough = self.year_group.isdecimal() and int(self.year_group) >= NAMED_FROM_YEAR
        return frozenset(facts | ({ROLL} if is_old_enough else {ROLL, YOUNGER}))


def unaskable(reader: Reader, cohort: Cohort) -> set[str]:
    """The filters this person may not ask for in this cohort: what is not so is for who may know it of each of them."""
    said, facts = cohort.said, cohort.of_roll.facts
    negative = {name for name, values in NEGATIVE.items() if said.get(name) in values}
    return {name for name in negative if not reader.may_name(facts | {FILTER_FACTS[name]})}


def learners_of(reader: Reader, cohort: Cohort, *, entry_year: int | None) -> QuerySet:
    """The learners of a cohort, among those this person asks about, with their school, year and group of today."""
    everybody = Learner.objects.visible_to(reader.user) if reader.may_name(cohort.facts) else Learner.objects.all()
    narrowed = narrowing(reader, cohort, entry_year=entry_year)
    return with_roll_of(reader, cohort, everybody).filter(narrowed)


def with_roll_of(reader: Reader, cohort: Cohort, everybody: QuerySet) -> QuerySet:
    """Those of ``everybody`` this person asks about whose school, year and tutor group are the cohort's."""
    on_roll = RollEntry.objects.current()
    entries = on_roll
    if cohort.year_group.isdecimal():
        entries = entries.filter(year_group=int(cohort.year_group))
    if cohort.school:
        entries = entries.filter(school__reference=cohort.school)
    if cohort.tutor_group:
        entries = entries.filter(tutor_group="" if cohort.tutor_group == NOT_SAID else cohort.tutor_group)
    learners = everybody.filter(reader.asked_about(cohort.basis), pk__in=entries.values("learner"), erased_at=None)
    mine = on_roll.filter(learner=OuterRef("pk")).order_by("-started_on", "-pk")
    return with_roll(learners).annotate(school_reference=Subquery(mine.values("school__reference")[:1]))


def narrowing(reader: Reader, cohort: Cohort, *, entry_year: int | None) -> Q:
    """What is true of the learners of a cohort beside what a roll says."""
    narrowed = Q()
    for name, column in CHARACTERISTICS_COLUMNS.items():
        if value := cohort._asdict()[name]:
            narrowed &= _of_characteristic(reader, column, value)
    if cohort.need:
        levels = RecordFact.objects.open().filter(kind="need")
        said = levels if cohort.need == NOT_SAID else levels.filter(code__code=cohort.need)
        has_level = Q(pk__in=said.values("learner"))
        narrowed &= ~has_level if cohort.need == NOT_SAID else has_level
    if cohort.is_of_choices:
        sent = _told(reader, _choices(cohort, entry_year=entry_year)).filter(sent_at__isnull=False)
        narrowed &= Q(pk__in=sent.values("application__learner"))
    return narrowed


def characteristics_for(reader: Reader) -> QuerySet:
    """Those this person may read; of whom they may read none, all of them: for figures."""
    if reader.may_name(frozenset({CHARACTERISTICS})):
        return Characteristics.objects.visible_to(reader.user)
    return Characteristics.objects.all()


def _of_characteristic(reader: Reader, column: str, value: str) -> Q:
    known = characteristics_for(reader)
    if value == NOT_SAID:
        said = known.exclude(**{f"{column}__isnull": True} if column == "is_looked_after" else {column: ""})
        return ~Q(pk__in=said.values("learner"))
    meant = value == "yes" if column == "is_looked_after" else value
    return Q(pk__in=known.filter(**{column: meant}).values("learner"))


def _choices(cohort: Cohort, *, entry_year: int | None) -> QuerySet:
    """Choices of this entry year, at the provider and of the subject of the cohort, if it has any."""
    choices = Choice.objects.filter(application__cycle__entry_year=entry_year, application__cycle__phase="post_16")
    if cohort.provider:
        choices = choices.filter(provider__reference=cohort.provider)
    if cohort.subject:
        of_subject = courses_asked_for(cohort._replace(provider=""), path="runs__course__")
        choices = choices.filter(pk__in=Choice.objects.filter(of_subject).values("pk"))
    return choices


def courses_asked_for(cohort: Cohort, *, path: str) -> Q:
    """What is true of the courses, at ``path``, of the provider and the subject of a cohort."""
    asked = Q(**{f"{path}provider__reference": cohort.provider}) if cohort.provider else Q()
    if cohort.subject:
        asked &= Q(**{f"{path}subject": cohort.subject}) | Q(**{f"{path}subject__parent": cohort.subject})
    return asked


def _told(reader: Reader, choices: QuerySet) -> QuerySet:
    """Those an adviser is told of. Of others, whoever may not know of choices asks for figures of all of them."""
    return choices.filter(_shared("application__learner")) if reader.kind == "adviser" else choices


def _shared(path: str) -> Q:
    """Of learners whose newest answer lets the advice service see plan and applications."""
    return Q(**{f"{path}__in": Learner.objects.sharing_with_advisers().values("pk")})


def reached(reader: Reader, cohort: Cohort, stage: str, *, entry_year: int | None) -> Q:
    """What is true of the learners of a cohort who have reached a stage.

    Of an application, reached is what happened in this entry year, whatever became of it. With a provider or a subject
    in the cohort it is about the choices there.
    """
    is_narrow = cohort.is_of_choices
    theirs = _choices(cohort, entry_year=entry_year).filter(application__learner=OuterRef("pk"))
    told = _told(reader, theirs)
    theirs = told if is_narrow else theirs
    outside = OutsideOffer.objects.standing().filter(learner=OuterRef("pk"), cycle__entry_year=entry_year)
    offered = theirs.filter(Exists(Offer.objects.filter(choice=OuterRef("pk"))))
    entries = Entry.objects.filter(plan__learner=OuterRef("pk"), state__in=sorted(IN_PLAN)).exclude(kind__in=SENSITIVE)
    stages = {
        "eligible": Q,
        "unlocked": lambda: Q(user__isnull=False),
        "consented": lambda: Q(pk__in=Learner.objects.sharing_with_advisers().values("pk")),
        "planned": lambda: Q(Exists(entries)) & (_shared("pk") if reader.kind == "adviser" else Q()),
        "started": lambda: Q(Exists(theirs)),
        "sent": lambda: Q(Exists(theirs.filter(Q(sent_at__isnull=False) | Q(with_school_at__isnull=False)))),
        "with_provider": lambda: Q(Exists(told.filter(sent_at__isnull=False))),
        "offer": lambda: Q(Exists(offered)) | (Q(pk__in=[]) if is_narrow else Q(Exists(outside))),
        "accepted": lambda: Q(Exists(told.that("is_firm"))),
        "enrolled": lambda: Q(Exists(told.filter(status="enrolled"))),
    }
    return stages[stage]()


def names_of(reader: Reader, cohort: Cohort, stage: str, *, entry_year: int | None) -> QuerySet | None:
    """Who a number counts, by school and name; None where this person may not know that of each of them."""
    if not reader.may_name(cohort.facts | {STAGES[stage].fact}):
        return None
    learners = learners_of(reader, cohort, entry_year=entry_year)
    found = learners.filter(reached(reader, cohort, stage, entry_year=entry_year))
    return found.order_by("school_name", "year_group", "tutor_group", "family_name", "given_name", "pk")
