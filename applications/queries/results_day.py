"""Conditions of offers held against results: what is met, what is missed and by how much, what a person must read.

Worked out whenever somebody looks, for all offers of a provider in two questions to the database. What is not certain
is never decided here. The same for the day itself and for a rehearsal, which brings results of its own.
"""

import datetime as dt
import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext

from applications.models import SETTLED, Choice, ConditionKind, ConditionState, ExamResult, OfferCondition
from applications.queries.entry_grades import plain_subject
from applications.queries.grade_scales import steps_short
from applications.workflow import CHOICE_FLOW, ChoiceState
from core import clock
from providers.models import Organisation

ABOUT_GRADES = {ConditionKind.GRADE, ConditionKind.GRADES, ConditionKind.RESULTS}
WITH_CONDITIONS = (ChoiceState.ACCEPTED, ChoiceState.HELD, ChoiceState.OFFERED)
DECIDED = (ChoiceState.CONFIRMED, ChoiceState.ENROLLED, ChoiceState.CONDITIONS_NOT_MET, *WITH_CONDITIONS)


class Verdict(models.TextChoices):
    """How an offer, or one of its conditions, stands by the results."""

    MET = "met", _l("Met")
    MISSED = "missed", _l("Missed")
    LOOK = "look", _l("Somebody has to look")
    WAITING = "waiting", _l("No results yet")


class Said(NamedTuple):
    """A result, as much of it as is compared."""

    qualification: str
    subject: str
    grade: str
    at: dt.datetime | None = None

    @property
    def words(self) -> str:
        return f"{self.subject}: {self.grade}"


class Asked(NamedTuple):
    """A condition, and what somebody has said of it."""

    kind: str
    text: str
    subject: str
    grade: str
    number: int | None
    state: str = ConditionState.OPEN
    decided_at: dt.datetime | None = None


class Found(NamedTuple):
    """How one condition stands, why in a sentence, and how many grades are missing."""

    text: str
    verdict: str
    why: str
    short: int = 0


class Outcome(NamedTuple):
    """How the offer on one choice stands."""

    choice_id: int
    learner_id: int
    status: str
    verdict: str
    found: list[Found]

    @property
    def short(self) -> int:
        """Grades missing in all: the nearest miss has the fewest."""
        return sum(each.short for each in self.found)

    @property
    def can_be_confirmed(self) -> bool:
        """The learner has said yes; a back-up is confirmed once they have."""
        return self.status == ChoiceState.ACCEPTED

    @property
    def can_be_decided(self) -> bool:
        """The learner has answered: the place can be made certain, or be lost."""
        return bool(CHOICE_FLOW.targets(self.status, "confirm"))

    @property
    def missed(self) -> list[Found]:
        """What is not met."""
        return [each for each in self.found if each.verdict == Verdict.MISSED]

    @property
    def seen(self) -> str:
        """A mark of all this. A form carries it, so that what is done is what was read."""
        return hashlib.sha256(repr((self.status, [tuple(each) for each in self.found])).encode()).hexdigest()[:16]


Results = Mapping[int, Sequence[Said]]
Source = Callable[[Iterable[int]], Results]


def results_of(learner_ids: Iterable[int], *, dated: bool = False) -> Results:
    """What stands for each of these learners, whichever school says it; ``dated``: with when it was said. Keys that are
    a query of the database stay there."""
    found: dict[int, list[Said]] = defaultdict(list)
    keys = learner_ids if isinstance(learner_ids, models.QuerySet) else list(learner_ids)
    rows = ExamResult.objects.standing().filter(learner__in=keys).order_by("subject", "pk")
    columns = ("qualification", "subject", "grade", *(["said_at"] if dated else []))
    for learner, *said in rows.values_list("learner", *columns):
        found[learner].append(Said(*said))
    return found


def outcomes_at(provider: Organisation, *, source: Source = results_of) -> list[Outcome]:
    """Every offer of the provider with conditions that is not decided yet, by the results of ``source``."""
    return _outcomes(_of_provider(provider).filter(status__in=WITH_CONDITIONS), source)


def outcome_of(choice: Choice, *, source: Source = results_of) -> Outcome | None:
    """How one offer stands now; None where it has no conditions or is over."""
    found = _outcomes(Choice.objects.filter(pk=choice.pk, status__in=WITH_CONDITIONS), source)
    return found[0] if found else None


def in_order(outcomes: Iterable[Outcome], verdict: str) -> list[Outcome]:
    """Those with this verdict: near misses first, then as they were made. Last those whose misses no grade measures."""
    found = (one for one in outcomes if one.verdict == verdict)
    return sorted(found, key=lambda one: (one.short == 0, one.short, one.choice_id))


class Contradiction(NamedTuple):
    """Somebody decided a condition, and results that came later say otherwise."""

    choice_id: int
    learner_id: int
    text: str
    was_said: str
    why: str


def contradictions_at(provider: Organisation) -> list[Contradiction]:
    """Where a grade was corrected after somebody had decided. Nothing is undone by it: a person reads this."""
    choices = _of_provider(provider).filter(status__in=DECIDED)
    rows = OfferCondition.objects.filter(
        Q(offer__ended_at=None) | Q(offer__choice__status=ChoiceState.CONDITIONS_NOT_MET),
        offer__choice__in=choices.values("pk"),
        kind__in=[ConditionKind.GRADE, ConditionKind.GRADES],
        state__in=[ConditionState.MET, ConditionState.NOT_MET],
        decided_at__isnull=False,
    )
    decided = list(
        rows.order_by("offer__choice", "pk").values_list(
            "offer__choice", "offer__choice__application__learner", *_ASKED
        )
    )
    results = results_of({learner for _choice, learner, *_rest in decided}, dated=True)
    found = []
    for choice, learner, *columns in decided:
        asked = Asked(*columns)
        said = results.get(learner, ())
        now = compare(asked, said) if any(_is_news(asked, one) for one in said) else None
        opposite = Verdict.MISSED if asked.state == ConditionState.MET else Verdict.MET
        if now is not None and now.verdict == opposite:
            was_said = str(ConditionState(asked.state).label)
            found.append(Contradiction(choice, learner, asked.text, was_said, now.why))
    return found


def _is_news(asked: Asked, said: Said) -> bool:
    """Said after the decision, and of what it was about."""
    is_about = asked.kind == ConditionKind.GRADES or plain_subject(said.subject) == plain_subject(asked.subject)
    return is_about and said.at is not None and asked.decided_at is not None and said.at > asked.decided_at


_ASKED = ("kind", "text", "subject", "grade", "number", "state", "decided_at")


def _of_provider(provider: Organisation) -> Any:
    mine = Choice.objects.filter(Q(provider=provider) | Q(placed_with=provider))
    return mine.filter(application__cycle__ends_on__gte=clock.today())


def _outcomes(choices: Any, source: Source) -> list[Outcome]:
    rows = OfferCondition.objects.filter(offer__ended_at=None, offer__choice__in=choices.values("pk"))
    asked: dict[tuple[int, int, str], list[Asked]] = defaultdict(list)
    who = ("offer__choice", "offer__choice__application__learner", "offer__choice__status")
    for choice, learner, status, *columns in rows.order_by("offer__choice", "pk").values_list(*who, *_ASKED[:-1]):
        asked[choice, learner, status].append(Asked(*columns))
    results = source(choices.order_by().values_list("application__learner", flat=True)) if asked else {}
    return [_outcome(*one, conditions, results.get(one[1], ())) for one, conditions in asked.items()]


def _outcome(choice: int, learner: int, status: str, conditions: list[Asked], results: Sequence[Said]) -> Outcome:
    found = [_stands(condition, results) for condition in conditions]
    verdicts = {each.verdict for each in found}
    order = (Verdict.MISSED, Verdict.WAITING, Verdict.LOOK, Verdict.MET)
    return Outcome(choice, learner, status, next(one for one in order if one in verdicts), found)


def _stands(asked: Asked, results: Sequence[Said]) -> Found:
    """What a person has said goes before what results say."""
    if asked.state in SETTLED:
        return Found(asked.text, Verdict.MET, _("Your desk said so: %(state)s.") % {"state": _state(asked)})
    if asked.state == ConditionState.NOT_MET:
        return Found(asked.text, Verdict.MISSED, _("Your desk said so: %(state)s.") % {"state": _state(asked)})
    return compare(asked, results)


def _state(asked: Asked) -> str:
    return str(ConditionState(asked.state).label).lower()


def compare(asked: Asked, results: Sequence[Said]) -> Found:
    """One condition by these results, whatever anybody has said of it."""
    if asked.kind not in ABOUT_GRADES:
        return Found(asked.text, Verdict.LOOK, _("This is not about grades."))
    if not results:
        return Found(asked.text, Verdict.WAITING, _("The school has not handed over results."))
    if asked.kind == ConditionKind.GRADE and asked.subject and asked.grade:
        return _grade(asked, results)
    if asked.kind == ConditionKind.GRADES and asked.grade and asked.number:
        return _grades(asked, results)
    return _words(asked, results)


def _grade(asked: Asked, results: Sequence[Said]) -> Found:
    same = [one for one in results if plain_subject(one.subject) == plain_subject(asked.subject)]
    if not same:
        return Found(asked.text, Verdict.LOOK, _none_in(asked.subject, results))
    steps = [steps_short(one.grade, asked.grade) for one in same]
    said = "; ".join(one.words for one in same)
    if any(each is not None and max(each) == 0 for each in steps):
        return Found(asked.text, Verdict.MET, f"{said}.")
    if any(each is None for each in steps):
        qualifications = ", ".join(sorted({one.qualification for one in same} - {""}))
        words = _("%(said)s (%(what)s) cannot be compared with %(grade)s.")
        what = qualifications or _("no qualification given")
        return Found(asked.text, Verdict.LOOK, words % {"said": said, "what": what, "grade": asked.grade})
    if any(each is not None and min(each) == 0 for each in steps):
        words = _("%(said)s counts as two grades, and one of them is enough.")
        return Found(asked.text, Verdict.LOOK, words % {"said": said})
    short = min(max(each) for each in steps if each is not None)
    return Found(asked.text, Verdict.MISSED, f"{said}.", short)


def _none_in(subject: str, results: Sequence[Said]) -> str:
    wanted = set(plain_subject(subject).split())
    near = [one.words for one in results if wanted & set(plain_subject(one.subject).split())]
    if near:
        words = _("There is no result in %(subject)s, but %(near)s.")
        return words % {"subject": subject, "near": "; ".join(near)}
    return _("There are results, but none in %(subject)s.") % {"subject": subject}


def _grades(asked: Asked, results: Sequence[Said]) -> Found:
    """Each subject once, the best of it; a double award is two."""
    best: dict[str, int | None] = {}
    for one in results:
        steps, subject = steps_short(one.grade, asked.grade), plain_subject(one.subject) or one.subject
        enough = None if steps is None else steps.count(0)
        if enough is not None or subject not in best:
            best[subject] = max(enough or 0, best.get(subject) or 0) if enough is not None else None
    number, unknown = asked.number or 0, sum(enough is None for enough in best.values())
    enough = sum(each or 0 for each in best.values())
    said = _("%(enough)s at grade %(grade)s or above; %(number)s are asked for.")
    said %= {"enough": enough, "number": number, "grade": asked.grade}
    if enough >= number:
        return Found(asked.text, Verdict.MET, said)
    if enough + unknown >= number:
        words = ngettext(
            "%(unknown)s grade is of another kind.", "%(unknown)s grades are of another kind.", unknown
        ) % {"unknown": unknown}
        return Found(asked.text, Verdict.LOOK, f"{said} {words}")
    return Found(asked.text, Verdict.MISSED, said, number - enough)


def _words(asked: Asked, results: Sequence[Said]) -> Found:
    """Written in words: the grades that it names, for somebody to read."""
    words = set(plain_subject(" ".join(re.findall(r"\w+", asked.text))).split())
    named = [one.words for one in results if set(plain_subject(one.subject).split()) <= words]
    why = _("It is in words.")
    return Found(asked.text, Verdict.LOOK, f"{why} {'; '.join(named)}." if named else why)
