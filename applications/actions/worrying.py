"""Words that worry, wherever a learner writes on this floor. The rule itself is one floor down (decision 0053)."""

from collections.abc import Iterable
from typing import Any

from applications.models import Application, Choice, OutsideOffer
from ilp.actions import flag_written
from ilp.models import FlagPlace


def flag_form(
    thing: Application | Choice, *, application: Application, said: Iterable[str], by: Any, before: Iterable[str] = ()
) -> None:
    """What the learner says in the form, or with a choice, calls a person where it worries, whoever has typed it for
    them. For whoever holds the application's lock."""
    flag_written(
        thing,
        learner=application.learner,
        place=FlagPlace.FORM,
        section="application",
        said=said,
        before=before,
        by=by,
    )


def flag_outside_offer(outside_offer: OutsideOffer, *, by: Any) -> None:
    """So does what they write of an offer made elsewhere. For whoever holds the learner's lock."""
    flag_written(
        outside_offer,
        learner=outside_offer.learner,
        place=FlagPlace.ELSEWHERE,
        section="application",
        said=[outside_offer.provider_name, outside_offer.course_name],
        by=by,
    )
