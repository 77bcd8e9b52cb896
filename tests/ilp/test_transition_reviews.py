"""A transition review is about special needs: of staff the coordinator plans, leads and reads it."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import Receipt
from core.errors import NotAllowed
from ilp import actions
from ilp.models import AgreedAction, Review, Target
from ilp.queries.reviews import owners_for
from tests.ilp.reviewing import Refusal, finished, planned, target
from tests.ilp.test_targets import agree
from tests.ilp.test_validating import let_in, say_yes

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 18)


@pytest.fixture
def review(people):
    """Planned for today by the coordinator, with a target and something to do."""
    review = planned(people, by=people.coordinator, kind="transition", on=TODAY)
    target(people, review, what="A quiet room in exams", by=people.coordinator)
    agree(people, review, what="Ring the therapist", by=people.coordinator)
    return review


def words_of(response):
    return response.content.decode()


def at(name, thing):
    return reverse(f"ilp:{name}", args=[thing.reference])


def test_tutors_and_advisers_plan_none(people, client):
    say_yes(people.amina)
    for adult in (people.tutor, people.adviser):
        with pytest.raises(NotAllowed):
            planned(people, by=adult, kind="transition")
    client.force_login(people.tutor)
    day = {"on_day": "25", "on_month": "11", "on_year": "2026"}
    for url, more in ((at("review-plan", people.amina), {}), ("/desk/reviews/plan/", {"who": people.amina.reference})):
        assert client.post(url, {"kind": "transition"} | day | more).status_code == 200
    assert not Review.objects.exists()
    assert 'value="transition"' not in words_of(client.get(at("review-plan", people.amina)))
    client.force_login(people.coordinator)
    assert 'value="transition"' in words_of(client.get(at("review-plan", people.amina)))


def test_of_staff_only_the_coordinator_reads_it_and_what_is_agreed_in_it(people, review, client):
    say_yes(people.amina)
    for adult, sees in ((people.tutor, False), (people.adviser, False), (people.coordinator, True)):
        assert [things.objects.visible_to(adult).exists() for things in (Review, Target, AgreedAction)] == [sees] * 3
        client.force_login(adult)
        assert client.get(at("review", review)).status_code == (200 if sees else 404)
        page = words_of(client.get(at("desk-learner-reviews", people.amina)))
        assert [words in page for words in ("Transition review", "A quiet room", "One target is open")] == [sees] * 3
        page = client.get("/desk/reviews/")
        assert [row[1].value for row in page.context["rows"]] == ["due"]
        assert [row[2] for row in page.context["rows"]] == [None]
    assert Receipt.objects.get(section="transition").reader == people.coordinator
    assert Review.objects.visible_to(people.amina.user).get() == review


def test_nobody_else_acts_in_it_or_is_given_something_to_do(people, review):
    one, action = Target.objects.get(), AgreedAction.objects.get()
    for act in (
        lambda: actions.write_words(review=review, text="Hm", by=people.tutor),
        lambda: actions.close_target(target=one, verb="meet", by=people.tutor),
        lambda: actions.do_action(action=action, by=people.tutor),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert list(owners_for(people.amina, needs=True)) == [people.coordinator.staff_roles.get()]
    with Refusal("owner_unknown"):
        agree(people, review, by=people.coordinator, owner_role=people.tutor.staff_roles.get())
    assert actions.do_action(action=action, by=people.coordinator).state == "done"


def test_nothing_of_it_stands_in_or_beside_another_review(people, review, client):
    before = TODAY - dt.timedelta(days=9)
    finished(people, on=before, by=people.coordinator, kind="transition", text="Noise is hard for her.")
    termly = planned(people)
    assert actions.carry_targets(review=termly, targets=Target.objects.all(), by=people.coordinator) == []
    for adult, sees in ((people.tutor, False), (people.coordinator, True)):
        client.force_login(adult)
        page = words_of(client.get(at("review", termly)))
        assert ("Noise is hard for her." in page) is sees
        assert "A quiet room" not in page
    again = planned(people, by=people.coordinator, kind="transition")
    assert len(actions.carry_targets(review=again, targets=Target.objects.all(), by=people.coordinator)) == 1
    one = target(people, termly)
    actions.carry_targets(review=again, targets=[one], by=people.coordinator)
    for adult, sees in ((people.tutor, False), (people.coordinator, True)):
        client.force_login(adult)
        assert ("Carried into" in words_of(client.get(at("target", one)))) is sees


def test_of_those_let_in_whoever_is_shown_the_transition_plan_reads_it(people, review, client):
    assert not Review.objects.visible_to(let_in(people.amina, "professional", ["plan", "reviews"])).exists()
    therapist = let_in(people.amina, "professional", ["transition"])
    client.force_login(therapist)
    page = words_of(client.get(f"/supporting/{therapist.supports.get().reference}/"))
    assert at("review", review) in page
    assert "A quiet room" in words_of(client.get(at("review", review)))
    sections = Receipt.objects.filter(reader=therapist).values_list("section", flat=True).distinct()
    assert set(sections) == {"transition"}
