"""Learners before their applications, each in the order of keys: whoever meets at them waits and is never ended.

Whoever moves a choice holds both (decision 0080), and what is counted at once, like an offer from elsewhere, is counted
under the learner's lock (0100). Who does both ends in a deadlock where applications are locked alone, as the last
argument of one story shows.
"""

import threading
from functools import partial

import pytest
from django.db import OperationalError, transaction

from accounts.actions import merge_learners
from accounts.actions.erasure import erase_held_back
from accounts.models import Learner
from applications.actions import add_run, moving, withdraw_choice
from applications.models import Application, Choice, OutsideOffer, WithdrawalReason
from core import personal
from reporting.actions import reconcile_due
from tests.factories import CourseFactory, CourseRunFactory
from tests.races import at_once
from tests.reporting.small_town import build_town, choice_in
from tests.reporting.test_counters import by_the_counters, by_the_rows, until_somebody_waits

pytestmark = pytest.mark.django_db(transaction=True)


def lock_applications_alone(keys):
    list(Application.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk"))


@pytest.fixture
def town(transactional_db):
    town = build_town()
    reconcile_due()
    return town


class Meeting:
    """Two at once: the first pauses until the second waits for a lock, or is done."""

    def __init__(self):
        self.is_held, self.may_go_on = threading.Event(), threading.Event()

    def pause(self):
        self.is_held.set()
        assert self.may_go_on.wait(20)

    def ends_one(self, first, second):
        """Whether the database had to end one of them."""

        def after():
            assert self.is_held.wait(20)
            watch = threading.Thread(target=until_somebody_waits, args=(self.may_go_on,))
            watch.start()
            try:
                return second()
            finally:
                self.may_go_on.set()
                watch.join(20)

        came_to = at_once(first, after)
        assert all(isinstance(one, OperationalError) for one in came_to if isinstance(one, Exception)), came_to
        return any(isinstance(one, OperationalError) for one in came_to)


@pytest.fixture
def meeting():
    return Meeting()


@pytest.mark.parametrize("what", ["erased", "joined"])
def test_a_record_is_erased_or_joined_while_its_choice_moves(town, meeting, monkeypatch, what):
    learner, other = town.people["Nothing"], town.people["Refused"]
    choice = choice_in("sent", learner=learner, town=town)
    hold_still = personal.hold_still

    def slowly(*people):
        meeting.pause()
        hold_still(*people)

    monkeypatch.setattr(personal, "hold_still", slowly)
    first = {
        "erased": lambda: erase_held_back(learner),
        "joined": lambda: merge_learners(keep=learner, other=other, by=town.officer),
    }[what]
    reason = WithdrawalReason.values[0]
    second = partial(withdraw_choice, choice=choice, by=learner.user, reason=reason)
    assert not meeting.ends_one(first, second)
    assert by_the_counters() == by_the_rows(town.area, town.other_area)


@pytest.mark.parametrize(("lock", "is_one_ended"), [(None, False), (lock_applications_alone, True)])
def test_a_roll_is_published_while_a_desk_answers_many(town, meeting, lock, is_one_ended):
    low, high = sorted([town.people["Nothing"], town.people["Outside"]], key=lambda learner: learner.pk)
    choices = [
        choice_in("sent", learner=learner, town=town) for learner in (high, low)
    ]  # against the order of learners

    def roll():
        with transaction.atomic():
            for learner in (low, high):
                Learner.objects.select_for_update(no_key=True).get(pk=learner.pk)
                if learner is low:
                    meeting.pause()

    def desk():
        with transaction.atomic():
            (lock or moving.lock_applications)([choice.application_id for choice in choices])
            for choice in choices:
                Choice.objects.filter(pk=choice.pk).update(status="offered")
                about = {"learner": choice.application.learner, "cycle": choice.application.cycle}
                OutsideOffer.objects.create(provider_name="A bakery", by=town.adviser, **about)

    assert meeting.ends_one(roll, desk) == is_one_ended
    assert by_the_counters() == by_the_rows(town.area, town.other_area)


def test_a_course_is_added_while_another_choice_moves(town, meeting):
    learner = town.people["Nothing"]
    choice = choice_in("sent", learner=learner, town=town)
    run = CourseRunFactory(course=CourseFactory(provider=town.college))

    def moves():
        with moving.moving(choice, "withdraw", by=learner.user):
            meeting.pause()

    assert not meeting.ends_one(moves, partial(add_run, learner=learner, run=run, by=learner.user))
    assert learner.applications.get().choices.count() == 2
