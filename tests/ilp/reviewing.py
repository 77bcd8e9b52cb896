"""Reviews in the states that tests need, through the real actions."""

import datetime as dt

import pytest

from core import clock
from core.errors import RuleBroken
from ilp import actions

NEXT_WEEK = dt.date(2026, 11, 25)


class Refusal:
    """Inside the block a rule is broken, with this code."""

    def __init__(self, code):
        self.code = code
        self.raises = pytest.raises(RuleBroken)

    def __enter__(self):
        self.refusal = self.raises.__enter__()

    def __exit__(self, *error):
        is_expected = self.raises.__exit__(*error)
        assert self.refusal.value.code == self.code
        return is_expected


def planned(people, *, on=NEXT_WEEK, kind="termly", by=None, **rest):
    return actions.plan_review(learner=people.amina, kind=kind, on=on, by=by or people.tutor, **rest)


def finished(people, *, on=NEXT_WEEK, by=None, text="We talked about maths.", **rest):
    by = by or people.tutor
    review = planned(people, on=on, by=by, **rest)
    with clock.at(max(on, clock.today())):
        actions.write_words(review=review, text=text, by=by)
        return actions.finish_review(review=review, on=on, by=by)


def target(people, review, *, what="Grade 5 in maths", due_on=dt.date(2027, 3, 1), by=None, **rest):
    return actions.set_target(
        review=review, what=what, how_known="The mock exam", due_on=due_on, by=by or people.tutor, **rest
    )
