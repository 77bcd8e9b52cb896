"""An adviser's review: not without the learner's yes, and then as long as it holds. The statutory minimum stays."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.test import Client

from accounts.models import Receipt
from ilp.models import Review
from providers.models import RoleKind
from tests.factories import (
    CaseloadSchoolFactory,
    OrganisationFactory,
    RollEntryFactory,
    SchoolFactory,
    StaffRoleFactory,
    UserFactory,
)

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
TODAY = {"on_day": "18", "on_month": "11", "on_year": "2026"}


@pytest.fixture
def story():
    school = SchoolFactory(name="Hollins Park School")
    service = OrganisationFactory(name="Northmoor Advice Service", kind="advice_service", area=school.area)
    adviser = StaffRoleFactory(kind=RoleKind.ADVISER, organisation=service, user=UserFactory(name="Jo Bell"))
    CaseloadSchoolFactory(adviser=adviser, school=school)
    learner = RollEntryFactory(school=school, year_group=11, learner__user=UserFactory(username="amina")).learner
    tutor = StaffRoleFactory(kind=RoleKind.TUTOR, organisation=school, user=UserFactory(name="Priya Shah")).user
    story = SimpleNamespace(learner=learner, adviser=adviser.user, desk=Client(), phone=Client(), tutor=Client())
    story.desk.force_login(story.adviser)
    story.phone.force_login(learner.user)
    story.tutor.force_login(tutor)
    story.reviews = f"/desk/learners/{learner.reference}/reviews/"
    return story


def test_an_advisers_review(story):
    given_a_learner_who_has_not_said_yes(story)
    then_the_adviser_has_the_client_record_and_no_reviews(story)
    when_the_learner_says_yes(story)
    when_the_adviser_plans_a_careers_talk_and_the_learner_prepares(story)
    when_they_talk_and_agree_what_comes_next(story)
    then_learner_and_tutor_read_it_and_looks_are_kept(story)
    when_the_learner_takes_the_yes_back(story)
    then_the_adviser_sees_nothing_of_it_and_everybody_else_still_does(story)


def given_a_learner_who_has_not_said_yes(story):
    answer(story, is_given=False)


def answer(story, *, is_given):
    by = story.learner.user
    story.learner.consents.create(kind="advice_service", is_given=is_given, words="May we?", by=by)


def then_the_adviser_has_the_client_record_and_no_reviews(story):
    assert story.desk.get(f"/desk/learners/{story.learner.reference}/record/").status_code == 200
    assert story.desk.get(story.reviews).status_code == 404
    assert story.desk.post(f"{story.reviews}plan/", {"kind": "careers"} | TODAY).status_code == 404
    assert "Nobody here" in story.desk.get("/desk/reviews/").content.decode()


def when_the_learner_says_yes(story):
    answer(story, is_given=True)


def when_the_adviser_plans_a_careers_talk_and_the_learner_prepares(story):
    assert story.desk.post(f"{story.reviews}plan/", {"kind": "careers"} | TODAY).status_code == 302
    review = Review.objects.get()
    assert review.lead.kind == "adviser"
    story.review = f"/reviews/{review.reference}/"
    sent = {"draft": "ACDEFG3467", "seen": "0", "text": "I would like to work with animals."}
    story.phone.post(f"{story.review}write/", sent)


def when_they_talk_and_agree_what_comes_next(story):
    text = "We looked at animal care courses."
    story.desk.post(f"{story.review}write/", {"draft": "BCDEFG3467", "seen": "0", "text": text})
    due = {"due_on_day": "1", "due_on_month": "12", "due_on_year": "2026"}
    page = story.desk.get(f"{story.review}action/").content.decode()
    assert "Jo Bell" in page
    assert "Priya Shah" in page
    owner = story.adviser.staff_roles.get().reference
    story.desk.post(f"{story.review}action/", {"what": "Ask the farm about a day", "owner": owner} | due)
    story.desk.post(f"{story.review}action/", {"what": "Visit the college", "owner": ""} | due)
    assert story.desk.post(f"{story.review}finish/", TODAY).status_code == 302
    assert "Ask the farm about a day" in story.desk.get("/desk/reviews/").content.decode()


def then_learner_and_tutor_read_it_and_looks_are_kept(story):
    for reader in (story.phone, story.tutor):
        page = reader.get(story.review).content.decode()
        assert "I would like to work with animals." in page
        assert "We looked at animal care courses." in page
    assert "Visit the college" in story.phone.get("/welcome/").content.decode()
    looks = Receipt.objects.filter(learner=story.learner, section="reviews", on=dt.date(2026, 11, 18))
    assert set(looks.values_list("reader__name", flat=True)) == {"Jo Bell", "Priya Shah"}


def when_the_learner_takes_the_yes_back(story):
    answer(story, is_given=False)


def then_the_adviser_sees_nothing_of_it_and_everybody_else_still_does(story):
    for address in (story.review, story.reviews, f"{story.review}add/"):
        assert story.desk.get(address).status_code == 404
    assert "Ask the farm" not in story.desk.get("/desk/reviews/").content.decode()
    assert story.phone.get(story.review).status_code == 200
    assert story.tutor.get(story.review).status_code == 200
    assert story.desk.get(f"/desk/learners/{story.learner.reference}/record/").status_code == 200
