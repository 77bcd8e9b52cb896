"""Reviews of the invented town: what learners and adults say, what they agree, and who asks for help."""

import datetime as dt
import random

from accounts.models import Learner, User
from core import clock
from ilp import actions
from ilp.models import Review
from ilp.queries.reviews import owners_for

OWN_WORDS = (
    "I like the new timetable. Maths is hard since September, the rest is fine.",
    "I would like to know which courses are near us, and how long the bus takes.",
    "I am not sure yet what I want. I like working with my hands.",
)
ADULTS_WORDS = (
    "We talked about how the term has gone. Attendance is very good. Maths needs help, and a plan was made for it.",
    "We looked at courses together and found three that fit. The next step is an open day.",
    "We talked about ideas after school and about what matters at home.",
)
TARGETS = (
    ("Grade 5 in maths", "The mock exam in March", "The maths teacher"),
    ("Visit two colleges", "Both visits are in the plan as experiences", "Somebody at home"),
    ("Come in time every day", "The register", ""),
)
OWN_ACTIONS = ("Go to the Wednesday lesson", "Ask at home who can come to the open day", "Write about the taster day")
ADULT_ACTIONS = ("Send the list of open days", "Talk to the maths teacher", "Ask the farm about a day of work")
HELP = (("money", "How much is the bus to the college?"), ("choosing", ""), ("ideas", "I do not know what there is."))


def hold_review(learner: Learner, *, on: dt.date, by: User, pick: random.Random) -> Review:
    """They have talked on that day: each wrote, something was agreed, and the learner has answered or not yet."""
    with clock.at(on):
        review = actions.plan_review(
            learner=learner, kind=pick.choice(("termly", "termly", "careers")), on=on, at_time=dt.time(10), by=by
        )
        if learner.user is not None and pick.random() < 0.6:
            actions.write_words(review=review, text=pick.choice(OWN_WORDS), by=learner.user)
        actions.write_words(review=review, text=pick.choice(ADULTS_WORDS), by=by)
        what, how_known, helped_by = pick.choice(TARGETS)
        actions.set_target(
            review=review,
            what=what,
            how_known=how_known,
            helped_by=helped_by,
            due_on=on + dt.timedelta(days=120),
            by=by,
        )
        actions.agree_action(
            review=review, what=pick.choice(OWN_ACTIONS), due_on=on + dt.timedelta(days=pick.choice((7, 60))), by=by
        )
        mine = owners_for(learner).filter(user=by).first()
        due_on = on + dt.timedelta(days=pick.choice((5, 30, 90)))
        actions.agree_action(review=review, what=pick.choice(ADULT_ACTIONS), owner_role=mine, due_on=due_on, by=by)
        review = actions.finish_review(review=review, on=on, by=by)
    if learner.user is not None and pick.random() < 0.5:
        with clock.at(on + dt.timedelta(days=1)):
            agrees = pick.random() < 0.8
            words = "" if agrees else "I see the part about maths differently: it is only the fractions."
            actions.answer_review(review=review, agrees=agrees, text=words, by=learner.user)
    return review


def plan_next(learner: Learner, *, on: dt.date, by: User, pick: random.Random) -> None:
    """Some have a day for the next review; one or two of those days are past already."""
    on = on + dt.timedelta(days=pick.choice((-6, 5, 8, 12)))
    actions.plan_review(learner=learner, kind="termly", on=on, at_time=dt.time(9, pick.choice((0, 15, 30))), by=by)


def ask_for_help(learner: Learner, *, pick: random.Random) -> None:
    topic, words = pick.choice(HELP)
    if learner.user is not None:
        actions.ask_help(learner=learner, topic=topic, words=words, by=learner.user)
