"""What the prospectus learns of applications: how many arrived for each course and how many offers were made."""

import pytest

from applications import actions
from prospectus.actions.interest import flush_counts
from prospectus.models import CourseInterest
from tests.applications.walk import Town, again
from tests.factories import CourseRunFactory

now = pytest.mark.django_db(transaction=True)


def counted():
    flush_counts()
    return sorted(CourseInterest.objects.values_list("course__title", "kind", "times"))


@now
def test_a_draft_is_no_application():
    Town().draft()

    assert counted() == []


@now
def test_what_is_sent_counts_once_for_each_course_of_the_programme():
    town = Town()
    plumbing = town.run()
    again_in_spring = CourseRunFactory(course=plumbing.course)
    choice = town.draft(plumbing, again_in_spring, town.run("Art"))

    actions.send_choice(choice=choice, by=town.amina.user)

    assert counted() == [("Art", "application", 1), ("Plumbing Level 2", "application", 1)]


@now
def test_what_the_school_gave_back_counts_only_when_it_arrives():
    town = Town(has_endorsement=True)
    choice = town.choice("with_school")
    actions.give_back_choice(choice=choice, by=town.coordinator, note="Say more.")
    actions.send_choice(choice=again(choice), by=town.amina.user)
    assert counted() == []

    actions.endorse_choice(choice=again(choice), by=town.coordinator)

    assert counted() == [("Plumbing Level 2", "application", 1)]


@now
def test_an_offer_counts_and_changing_it_does_not():
    town = Town()
    choice = town.choice("sent")
    actions.make_offer(choice=choice, by=town.admissions)
    actions.change_offer(
        choice=again(choice), by=town.admissions, conditions=[actions.Condition("other", "A portfolio")]
    )

    assert counted() == [("Plumbing Level 2", "application", 1), ("Plumbing Level 2", "offer", 1)]
