"""Any cohort, and how many of it reached each stage. Each number is made of the query that lists its names."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Characteristics, Learner, RollEntry, SenProvision
from accounts.models.facts import ETHNICITIES
from applications.models import Choice, Offer, OutsideOffer
from core.suppression import blurred
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
    Reader,
)

FEWEST = 10  # what is rounded and less than this is not said
NAMED_FROM_YEAR = 11  # below, an officer needs no name (decision 0035)


class Basis(models.TextChoices):
    """Where a learner counts."""

    EDUCATED = "educated", gettext_lazy("Where they are educated")
    RESIDENT = "resident", gettext_lazy("Where they live")


class Stage(NamedTuple):
    """Something a learner has reached. ``fact``: what one has to know of them to say so."""

    words: Any
    fact: str


STAGES = {
    "eligible": Stage(gettext_lazy("In the cohort"), ROLL),
    "unlocked": Stage(gettext_lazy("Unlocked"), ACCOUNT),
    "consented": Stage(gettext_lazy("Share with advisers"), CONSENT),
    "planned": Stage(gettext_lazy("Active plan"), PLAN),
    "started": Stage(gettext_lazy("Started to apply"), LIGHT),
    "sent": Stage(gettext_lazy("Sent"), LIGHT),
    "with_provider": Stage(gettext_lazy("Reached a provider"), CHOICES),
    "offer": Stage(gettext_lazy("Had an offer"), LIGHT),
    "accepted": Stage(gettext_lazy("Hold a place"), CHOICES),
    "enrolled": Stage(gettext_lazy("Started a course"), CHOICES),
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
    def facts(self) -> frozenset[str]:
        """What one has to know of a learner to say that they are in it."""
        facts = {FILTER_FACTS.get(name, ROLL) for name in self.said}
        is_old_enough = self.year_group.isdecimal() and int(self.year_group) >= NAMED_FROM_YEAR
        return frozenset(facts | ({ROLL} if is_old_enough else {ROLL, YOUNGER}))


class Cell(NamedTuple):
    """One number. ``shown`` is None where it is too small to be said; ``has_names``: it leads to them."""

    stage: str
    shown: int | None
    has_names: bool
    percent: int | None


class Line(NamedTuple):
    """One line of a table: the whole cohort, or the part of it with this value."""

    cohort: Cohort
    label: str
    cells: list[Cell]


class Figures(NamedTuple):
    whole: Line
    parts: list[Line]

    @property
    def is_rounded(self) -> bool:
        return any(not cell.has_names for line in (self.whole, *self.parts) for cell in line.cells)


def is_askable(reader: Reader, cohort: Cohort) -> bool:
    """Whether this person may put the question: what is not so is for who may know it of each learner."""
    said = cohort.said
    negative = {name for name, values in NEGATIVE.items() if said.get(name) in values}
    return all(reader.may_name(frozenset({FILTER_FACTS[name]})) for name in negative)


def learners_of(reader: Reader, cohort: Cohort, *, entry_year: int | None) -> QuerySet:
    """The learners of a cohort, among those this person asks about, with their school, year and tutor group of today.

    Living here: their authority is the area's, wherever their school is; where nobody has recorded it, they count where
    they are educated. Source: nccis-september-guarantee.md, "Who counts where".
    """
    on_roll = RollEntry.objects.current()
    entries = on_roll
    if cohort.year_group.isdecimal():
        entries = entries.filter(year_group=int(cohort.year_group))
    if cohort.school:
        entries = entries.filter(school__reference=cohort.school)
    if cohort.tutor_group:
        entries = entries.filter(tutor_group="" if cohort.tutor_group == NOT_SAID else cohort.tutor_group)
    everybody = Learner.objects.visible_to(reader.user) if reader.may_name(cohort.facts) else Learner.objects.all()
    learners = everybody.filter(_of(reader, cohort.basis), pk__in=entries.values("learner"), erased_at=None)
    for name, column in CHARACTERISTICS_COLUMNS.items():
        if value := cohort._asdict()[name]:
            learners = learners.filter(_of_characteristic(reader, column, value))
    if cohort.need:
        levels = RecordFact.objects.open().filter(kind="need")
        if cohort.need == NOT_SAID:
            learners = learners.exclude(pk__in=levels.values("learner"))
        else:
            learners = learners.filter(pk__in=levels.filter(code__code=cohort.need).values("learner"))
    if cohort.provider or cohort.subject:
        sent = _told(reader, _choices(cohort, entry_year=entry_year)).filter(sent_at__isnull=False)
        learners = learners.filter(pk__in=sent.values("application__learner"))
    mine = on_roll.filter(learner=OuterRef("pk")).order_by("-started_on", "-pk")
    return with_roll(learners).annotate(school_reference=Subquery(mine.values("school__reference")[:1]))


def _of(reader: Reader, basis: str) -> Q:
    """Whom this person asks about, on this basis."""
    on_roll = RollEntry.objects.current()
    if reader.kind == "adviser":
        here = Q(pk__in=Learner.objects.on_caseload_of(reader.user).values("pk"))
    else:
        here = Q(pk__in=on_roll.filter(school__in=reader.schools.values("pk")).values("learner"))
    if basis != Basis.RESIDENT or reader.area.authority_id is None:
        return here
    lives_here = Q(residence_authority=reader.area.authority_id)
    anywhere = Q(pk__in=on_roll.values("learner")) if reader.kind == "officer" else here
    return anywhere & lives_here | here & Q(residence_authority=None)


def _characteristics(reader: Reader) -> QuerySet:
    """Those this person may read; of whom they may read none, all of them: for figures."""
    if reader.may_name(frozenset({CHARACTERISTICS})):
        return Characteristics.objects.visible_to(reader.user)
    return Characteristics.objects.all()


def _of_characteristic(reader: Reader, column: str, value: str) -> Q:
    known = _characteristics(reader)
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
        of_subject = Q(runs__course__subject=cohort.subject) | Q(runs__course__subject__parent=cohort.subject)
        choices = choices.filter(pk__in=Choice.objects.filter(of_subject).values("pk"))
    return choices


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
    is_narrow = bool(cohort.provider or cohort.subject)
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


def breakdowns_for(reader: Reader) -> list[str]:
    """The columns that a table can have a line for each value of, for this person."""
    return [by for by in BREAKDOWNS if reader.may_name(frozenset({FILTER_FACTS.get(by, ROLL)}))]


def figures_of(reader: Reader, cohort: Cohort, *, by: str = "", entry_year: int | None) -> Figures:
    """How many of a cohort reached each stage, and of each part of it by one of ``breakdowns_for``. One query.

    A number whose names this person may not read is rounded, so that no two of them tell of 1 to 4 people (see
    ``core.suppression.blurred``); below ten it is not said.
    """
    learners = learners_of(reader, cohort, entry_year=entry_year).order_by()
    counts = {
        f"number_{stage}": Count("pk", filter=reached(reader, cohort, stage, entry_year=entry_year))
        for stage in STAGES
        if stage != "eligible"
    }
    counts = {"number_eligible": Count("pk"), **counts}

    def line(cohort: Cohort, label: str, numbers: list[int]) -> Line:
        return Line(cohort, label, cells_of(reader, cohort, dict(zip(STAGES, numbers, strict=True))))

    if by not in breakdowns_for(reader):
        numbers = learners.aggregate(**counts)
        return Figures(line(cohort, _("Everybody"), [numbers[name] for name in counts]), [])
    rows = _with_column(reader, learners, by).values_list("value", "label").annotate(**counts)
    found = [(*_value_and_label(by, *row[:2]), list(row[2:])) for row in rows]
    totals = [sum(numbers) for numbers in zip(*(each[2] for each in found), strict=True)] or [0] * len(STAGES)
    parts = [
        line(cohort._replace(**{by: value}), label, numbers)
        for value, label, numbers in sorted(found, key=lambda each: (each[0] == NOT_SAID, each[1]))
    ]
    return Figures(line(cohort, _("Everybody"), totals), parts)


def _with_column(reader: Reader, learners: QuerySet, by: str) -> QuerySet:
    """Each with ``value`` and ``label`` of the column, as text."""
    need = RecordFact.objects.open().filter(kind="need", learner=OuterRef("pk"))
    theirs = _characteristics(reader).filter(learner=OuterRef("pk"))
    columns: dict[str, tuple[Any, Any]] = {
        "school": (F("school_reference"), F("school_name")),
        **{name: (Subquery(theirs.values(column)),) * 2 for name, column in CHARACTERISTICS_COLUMNS.items()},
        "need": (Subquery(need.values("code__code")[:1]), Subquery(need.values("code__meaning")[:1])),
    }
    value, label = columns.get(by, (F(by),) * 2)
    return learners.annotate(value=value, label=label)


def _value_and_label(by: str, value: Any, label: Any) -> tuple[str, str]:
    """As the address says it, and as people read it."""
    if value is None or value == "":
        return NOT_SAID, _("No tutor group") if by == "tutor_group" else _("Not recorded")
    if by == "looked_after":
        return ("yes", _("Looked after")) if value else ("no", _("Not looked after"))
    if by == "year_group":
        return str(value), _("Year %(number)s") % {"number": value}
    if by == "sen":
        return value, str(dict(SenProvision.choices).get(value, value))
    return str(value), ETHNICITIES.get(label, label) if by == "ethnicity" else str(label)


def cells_of(reader: Reader, cohort: Cohort, numbers: Mapping[str, int]) -> list[Cell]:
    """Numbers of a cohort by stage, as this person may know them; "eligible" is the first of them."""
    cells: list[Cell] = []
    for stage, number in numbers.items():
        has_names = reader.may_name(cohort.facts | {STAGES[stage].fact})
        shown = number if has_names else blurred(number, question=f"{reader.scope} {cohort.query} {stage}")
        cells.append(Cell(stage, shown, has_names, None))
    whole = cells[0].shown or 0
    return [_as_said(cell, whole) for cell in cells]


def _as_said(cell: Cell, whole: int) -> Cell:
    """A rounded number is never more than all of the cohort, and below ten it is not said."""
    shown = cell.shown or 0
    if not cell.has_names:
        shown = min(shown, 5 * (whole // 5))
        if shown < FEWEST:
            return cell._replace(shown=None)
    return cell._replace(shown=shown, percent=round(100 * shown / whole) if whole else None)
