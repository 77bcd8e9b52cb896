"""What is in a release: how many of which, what each learner will read, and where places run out."""

import hashlib
from typing import Any, NamedTuple

from django.db.models import Count
from django.utils.translation import gettext as _

from applications.models import ChoiceRun, Release, StagedDecision
from applications.reasons import learner_words
from applications.words import STATE_WORDS, VERB_WORDS
from applications.workflow import CHOICE_FLOW, ChoiceState
from prospectus.models import CourseRun

VERBS = ("offer", "refuse", "put_on_reserve")
TARGETS = {verb: next(iter(CHOICE_FLOW.targets(ChoiceState.SENT, verb))) for verb in VERBS}


class Reads(NamedTuple):
    """One decision, with what its learner will read."""

    decision: StagedDecision
    verb: Any
    sentence: str
    reason: str
    conditions: list[str]
    words: str


def counts_of(release: Release) -> list[tuple[Any, int]]:
    """How many of each verb wait, in words, of a release fetched ``for_list()``."""
    counted = [(VERB_WORDS[verb].button, getattr(release, f"waiting_{verb}")) for verb in VERBS]
    return [(words, number) for words, number in counted if number]


def mark_of(release: Release) -> str:
    """Another one whenever another decision waits in it: one that is decided anew is a row of its own."""
    waiting = release.decisions.waiting().order_by("pk").values_list("pk", flat=True)  # type: ignore[attr-defined]
    return hashlib.sha256(" ".join(map(str, waiting)).encode()).hexdigest()[:16]


def reads(decision: StagedDecision) -> Reads:
    """Of a decision fetched ``for_list()``."""
    said = decision.said
    return Reads(
        decision,
        VERB_WORDS[decision.verb].button,
        STATE_WORDS[TARGETS[decision.verb]].learner_sentence.format(provider=decision.choice.provider.name),
        str(learner_words(said.get("reason", ""))),
        [each[1] for each in said.get("conditions", [])],
        said.get("words") or said.get("message") or "",
    )


def short_of_places(release: Release) -> list[tuple[CourseRun, int]]:
    """Runs with more offers waiting than places left, each with how many. Unknown places are no limit."""
    offers = release.decisions.waiting().filter(verb="offer").values("choice")  # type: ignore[attr-defined]
    counted = dict(
        ChoiceRun.objects.filter(choice__in=offers).order_by().values_list("run").annotate(number=Count("pk"))
    )
    runs = CourseRun.objects.filter(pk__in=counted).select_related("course").order_by("course__title", "pk")
    return [(run, counted[run.pk]) for run in runs if run.places_left is not None and counted[run.pk] > run.places_left]


def summary(release: Release) -> str:
    """How it stands, in a sentence."""
    if release.ended_at:
        return _("Given up")
    if release.released_at:
        return _("Released")
    if release.has_begun:
        return _("Being released")
    return _("Set") if release.release_at else _("Open")
