"""Who gets what from each address of reviews, targets, action plans and asking for help."""

import datetime as dt
from typing import Any

from core import clock
from ilp import actions
from ilp.models import AgreedAction, HelpRequest, Review, Target

NOBODY = {
    "anonymous": 302,
    "learner": 404,
    "other_learner": 404,
    "coordinator": 404,
    "other_coordinator": 404,
    "adviser": 404,
    "admissions": 404,
    "other_admissions": 404,
    "editor": 404,
    "officer": 404,
}
OWN_PAGE = NOBODY | {"learner": 200, "other_learner": 200, "parent": 404, "ended_parent": 404}
BOTH = NOBODY | {"learner": 200, "coordinator": 200, "adviser": 200}
LEADS = NOBODY | {"learner": 403, "coordinator": 200, "adviser": 200}
DESK = {person: 302 if person == "anonymous" else 403 for person in NOBODY} | {
    "coordinator": 200,
    "other_coordinator": 200,
    "adviser": 200,
}
OF_LEARNER = DESK | {"other_coordinator": 404}
ACCESS = {
    "ilp:reviews": OWN_PAGE | {"registered": 200},
    "ilp:help": OWN_PAGE | {"registered": 200},
    "ilp:help-take-back": NOBODY | {"learner": 302},
    "ilp:review": BOTH,
    "ilp:review-write": BOTH,
    # Without the reference of a form nothing is kept.
    "ilp:review-draft": NOBODY | {"learner": 409, "coordinator": 409, "adviser": 409},
    "ilp:review-finish": LEADS,
    "ilp:review-move": LEADS,
    "ilp:review-call-off": LEADS,
    "ilp:review-answer": NOBODY | {"learner": 200, "coordinator": 403, "adviser": 403},
    "ilp:review-add": BOTH,
    "ilp:review-calendar": BOTH,
    "ilp:target-set": BOTH,
    "ilp:target-carry": NOBODY | {"learner": 302, "coordinator": 302, "adviser": 302},
    "ilp:agreed-action-agree": BOTH,
    "ilp:target": BOTH,
    "ilp:target-move": BOTH,
    "ilp:target-reopen": BOTH,
    "ilp:target-close": BOTH,
    # The learner's own to do; nobody passes on but the adults.
    "ilp:agreed-action-do": BOTH,
    "ilp:agreed-action-drop": BOTH,
    "ilp:agreed-action-reopen": BOTH,
    "ilp:agreed-action-pass-on": LEADS,
    "ilp:desk-reviews": DESK,
    # Sent with nobody chosen it leads back to the list.
    "ilp:reviews-plan": {who: 302 if status == 200 else status for who, status in DESK.items()},
    "ilp:desk-learner-reviews": OF_LEARNER,
    "ilp:review-plan": OF_LEARNER,
    "ilp:help-waiting": DESK,
    "ilp:year-group": DESK,
    "ilp:area-plans": {who: 403 if status == 200 else status for who, status in DESK.items()} | {"officer": 200},
    "ilp:help-request": LEADS,
}
POSTED = {"ilp:help-take-back", "ilp:review-draft", "ilp:target-carry", "ilp:reviews-plan"}


def review_of(world: Any, *, is_finished: bool = False) -> Review:
    """A review of Amina's that the coordinator of her school leads, each on a day of its own."""
    by = world.people["coordinator"]
    on = clock.today() + dt.timedelta(days=Review.objects.filter(learner=world.amina).count())
    review = actions.plan_review(learner=world.amina, kind="termly", on=on, by=by)
    if is_finished:
        actions.write_words(review=review, text="We talked.", by=by)
        review = actions.finish_review(review=review, on=clock.today(), by=by)
    return review


def target_of(world: Any, *, is_closed: bool = False) -> Target:
    by = world.people["coordinator"]
    due_on = clock.today() + dt.timedelta(days=30)
    target = actions.set_target(review=review_of(world), what="Grade 5", how_known="The exam", due_on=due_on, by=by)
    return actions.close_target(target=target, verb="meet", by=by) if is_closed else target


def action_of(world: Any, *, is_done: bool = False) -> AgreedAction:
    by, due_on = world.people["coordinator"], clock.today() + dt.timedelta(days=30)
    action = actions.agree_action(review=review_of(world), what="Ring the college", due_on=due_on, by=by)
    return actions.do_action(action=action, by=by) if is_done else action


def help_of(world: Any) -> HelpRequest:
    return actions.ask_help(learner=world.amina, topic="money", by=world.amina.user)


ARGS = {
    "ilp:help-take-back": lambda world: [help_of(world).reference],
    "ilp:review": lambda world: [review_of(world).reference],
    "ilp:review-write": lambda world: [review_of(world).reference],
    "ilp:review-draft": lambda world: [review_of(world).reference],
    "ilp:review-finish": lambda world: [review_of(world).reference],
    "ilp:review-move": lambda world: [review_of(world).reference],
    "ilp:review-call-off": lambda world: [review_of(world).reference],
    "ilp:review-answer": lambda world: [review_of(world, is_finished=True).reference],
    "ilp:review-add": lambda world: [review_of(world, is_finished=True).reference],
    "ilp:review-calendar": lambda world: [review_of(world).reference],
    "ilp:target-set": lambda world: [review_of(world).reference],
    "ilp:target-carry": lambda world: [review_of(world).reference],
    "ilp:agreed-action-agree": lambda world: [review_of(world).reference],
    "ilp:target": lambda world: [target_of(world).reference],
    "ilp:target-move": lambda world: [target_of(world).reference],
    "ilp:target-reopen": lambda world: [target_of(world, is_closed=True).reference],
    "ilp:target-close": lambda world: [target_of(world).reference, "meet"],
    "ilp:agreed-action-do": lambda world: [action_of(world).reference],
    "ilp:agreed-action-drop": lambda world: [action_of(world).reference],
    "ilp:agreed-action-reopen": lambda world: [action_of(world, is_done=True).reference],
    "ilp:agreed-action-pass-on": lambda world: [action_of(world).reference],
    "ilp:desk-learner-reviews": lambda world: [world.amina.reference],
    "ilp:review-plan": lambda world: [world.amina.reference],
    "ilp:help-request": lambda world: [help_of(world).reference],
}
