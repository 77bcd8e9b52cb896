"""Conditions held against results: what is decided, what is left to a person, and what a person then does with it."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from activity.models import Event
from applications import actions
from applications.actions.results import ResultRow, bring_results
from applications.models import BulkRun, ConditionState, OfferCondition
from applications.queries.results_day import (
    Asked,
    Said,
    Verdict,
    compare,
    contradictions_at,
    in_order,
    outcome_of,
    outcomes_at,
)
from core import clock
from core.errors import NotAllowed, RuleBroken
from tests.applications.walk import Town, again, walk_to
from tests.ground import ground

ENGLISH = actions.Condition("grade", subject="English", grade="4")
MATHS = actions.Condition("grade", subject="Maths", grade="5")
FIVE = actions.Condition("grades", grade="4", number=5)
REFERENCE = actions.Condition("reference")
RESULTS = [Said("GCSE", "English Language", "5"), Said("GCSE", "Mathematics", "4"), Said("GCSE", "Art", "C")]


def asked(kind, **said):
    return Asked(kind, "words", said.get("subject", ""), said.get("grade", ""), said.get("number"))


@pytest.mark.parametrize(
    ("condition", "results", "verdict", "why", "short"),
    [
        (asked("grade", subject="English", grade="4"), RESULTS, "met", "English Language: 5.", 0),
        (asked("grade", subject="Maths", grade="6"), RESULTS, "missed", "Mathematics: 4.", 2),
        (asked("grade", subject="Physics", grade="4"), RESULTS, "look", "There are results, but none in Physics.", 0),
        (
            asked("grade", subject="Art", grade="4"),
            RESULTS,
            "look",
            "Art: C (GCSE) cannot be compared with 4.",
            0,
        ),
        (
            asked("grade", subject="Further Maths", grade="4"),
            RESULTS,
            "look",
            "There is no result in Further Maths, but Mathematics: 4.",
            0,
        ),
        (
            asked("grade", subject="Science", grade="5"),
            [Said("GCSE", "Science", "5-4")],
            "look",
            "Science: 5-4 counts as two grades, and one of them is enough.",
            0,
        ),
        # The better of two sittings counts.
        (
            asked("grade", subject="Maths", grade="4"),
            [Said("GCSE", "Maths", "3"), Said("", "Mathematics", "4")],
            "met",
            "Maths: 3; Mathematics: 4.",
            0,
        ),
        (asked("grade", subject="Maths", grade="4"), [], "waiting", "The school has not handed over results.", 0),
        (asked("grades", grade="4", number=2), RESULTS, "met", "2 at grade 4 or above; 2 are asked for.", 0),
        (asked("grades", grade="4", number=4), RESULTS, "missed", "2 at grade 4 or above; 4 are asked for.", 2),
        (
            asked("grades", grade="4", number=3),
            RESULTS,
            "look",
            "2 at grade 4 or above; 3 are asked for. 1 grade is of another kind.",
            0,
        ),
        (asked("reference"), RESULTS, "look", "This is not about grades.", 0),
        (asked("results"), RESULTS, "look", "It is in words.", 0),
    ],
)
def test_one_condition_by_results(condition, results, verdict, why, short):
    found = compare(condition, results)
    assert (found.verdict, found.why, found.short) == (verdict, why, short)


def test_words_are_read_by_a_person_who_is_shown_the_grades_they_name():
    found = compare(asked("results")._replace(text="Grade 4 or above in English and maths"), RESULTS)
    assert (found.verdict, found.why) == ("look", "It is in words. English Language: 5; Mathematics: 4.")


def offered(town, learner, *conditions, state="accepted", run=None):
    choice = walk_to(town.draft(run or town.run(), learner=learner), "sent")
    actions.make_offer(choice=choice, by=town.admissions, conditions=conditions)
    if state == "accepted":
        actions.accept_offer(choice=again(choice), by=learner.user)
    return again(choice)


def results_for(town, learner, **grades):
    """The school hands over these results of the learner."""
    rows = [
        ResultRow(
            row=2,
            subject=subject.replace("_", " "),
            grade=grade,
            family_name=learner.family_name,
            given_name=learner.given_name,
            birth_on=learner.birth_on,
        )
        for subject, grade in grades.items()
    ]
    school = learner.roll_entries.get().school
    coordinator = town.coordinator if school == town.hollins else town.other_coordinator
    outcome = bring_results(school=school, rows=rows, by=coordinator)
    assert not outcome.issues


@ground
def people(town):
    """Five learners of Hollins with an accepted offer each: met, a near miss, a far one, to look at, waiting."""
    names = ("Mia", "Noa", "Far", "Una", "Wim")
    town.people = {name: town.learner(name, "Reed", school=town.hollins) for name in names}
    town.choices = {
        "Mia": offered(town, town.people["Mia"], ENGLISH, MATHS),
        "Noa": offered(town, town.people["Noa"], ENGLISH, MATHS),
        "Far": offered(town, town.people["Far"], ENGLISH, MATHS),
        "Una": offered(town, town.people["Una"], ENGLISH, REFERENCE),
        "Wim": offered(town, town.people["Wim"], ENGLISH),
    }
    results_for(town, town.people["Mia"], English_Language="5", Maths="6")
    results_for(town, town.people["Noa"], English_Language="5", Maths="4")
    results_for(town, town.people["Far"], English_Language="2", Maths="1")
    results_for(town, town.people["Una"], English="7")
    return town


def test_each_offer_is_on_one_list_and_near_misses_come_first(people):
    found = outcomes_at(people.northfield)
    names = {choice.pk: name for name, choice in people.choices.items()}
    lists = {verdict.value: [names[one.choice_id] for one in in_order(found, verdict)] for verdict in Verdict}
    assert lists == {"met": ["Mia"], "missed": ["Noa", "Far"], "look": ["Una"], "waiting": ["Wim"]}
    assert outcomes_at(people.southbank) == []


def test_a_miss_that_only_a_person_knows_of_comes_after_the_near_ones(people):
    """No grade says how near it was."""
    theirs = OfferCondition.objects.filter(offer__choice=people.choices["Una"], kind="reference")
    theirs.update(state=ConditionState.NOT_MET, decided_by=people.admissions, decided_at=clock.now())

    missed = [one.choice_id for one in in_order(outcomes_at(people.northfield), Verdict.MISSED)]

    assert missed == [people.choices[name].pk for name in ("Noa", "Far", "Una")]


def test_the_met_are_confirmed_together_after_the_number_is_repeated(people, client):
    client.force_login(people.admissions)
    page = client.get(reverse("applications:results-day"))
    assert "Confirm 1 place" in page.text
    assert "Mia Reed" in page.text
    answer = client.post(reverse("applications:results-day-confirm", args=[people.northfield.reference]))
    before = client.get(answer.url).text
    assert "Confirm 1 place" in before
    assert "<strong>1 learner</strong> gets an e-mail." in before
    client.post(answer.url)
    assert {name: again(choice).status for name, choice in people.choices.items()} == {
        "Mia": "confirmed",
        "Noa": "accepted",
        "Far": "accepted",
        "Una": "accepted",
        "Wim": "accepted",
    }
    assert BulkRun.objects.get().items.get().choice == people.choices["Mia"]
    conditions = OfferCondition.objects.filter(offer__choice=people.choices["Mia"])
    assert set(conditions.values_list("state", "decided_by")) == {(ConditionState.MET, people.admissions.pk)}


def test_what_changed_between_the_pick_and_the_confirmation_is_not_done(people, client):
    client.force_login(people.admissions)
    answer = client.post(reverse("applications:results-day-confirm", args=[people.northfield.reference]))
    results_for(people, people.people["Mia"], Maths="3")
    assert "no longer say that every condition is met" in client.post(answer.url).text
    assert again(people.choices["Mia"]).status == "accepted"


def test_a_near_miss_is_confirmed_anyway_with_one_press(people, client):
    client.force_login(people.admissions)
    url = reverse("applications:choice-confirm-anyway", args=[people.choices["Noa"].reference])
    page = client.get(f"{reverse('applications:results-day')}?show=missed").text
    assert page.index("Noa Reed") < page.index("Far Reed")
    assert url in page
    client.post(url)
    choice = again(people.choices["Noa"])
    assert choice.status == "confirmed"
    said = OfferCondition.objects.filter(offer__choice=choice).order_by("pk")
    assert list(said.values_list("subject", "state")) == [("English", "met"), ("Maths", "waived")]
    assert Event.objects.filter(verb="condition.waived").count() == 1


def test_confirming_anyway_is_about_what_was_read(people, client):
    client.force_login(people.admissions)
    url = reverse("applications:choice-confirm-anyway", args=[people.choices["Noa"].reference])
    lists = client.get(f"{reverse('applications:results-day')}?show=missed").text
    (seen,) = re.findall(rf'action="{url}".*?name="seen" value="(\w+)"', lists, re.DOTALL)
    results_for(people, people.people["Noa"], English_Language="1")
    page = client.post(url, {"seen": seen})
    assert "Something changed after you opened this page, so nothing was done." in page.text
    assert "English Language: 1." in page.text
    assert again(people.choices["Noa"]).status == "accepted"
    # The page as it is now is about the grades as they are now.
    (now,) = re.findall(r'name="seen" value="(\w+)"', page.text)
    client.post(url, {"seen": now})
    assert again(people.choices["Noa"]).status == "confirmed"


def test_nothing_missed_is_no_case_for_confirming_anyway(people):
    with pytest.raises(RuleBroken) as refusal:
        actions.confirm_anyway(choice=people.choices["Mia"], by=people.admissions)
    assert refusal.value.code == "nothing_missed"
    with pytest.raises(NotAllowed):
        actions.confirm_anyway(choice=people.choices["Noa"], by=people.other_admissions)
    with pytest.raises(NotAllowed):
        actions.confirm_by_results(choice=people.choices["Mia"], by=people.other_admissions)


def test_a_corrected_grade_undoes_nobodys_decision_but_is_listed(people, client):
    actions.confirm_by_results(choice=people.choices["Mia"], by=people.admissions)
    actions.fail_conditions(choice=people.choices["Noa"], by=people.admissions, not_met=[])
    assert contradictions_at(people.northfield) == []
    with clock.at(clock.today() + dt.timedelta(days=9)):
        results_for(people, people.people["Mia"], Maths="2")
        results_for(people, people.people["Noa"], Maths="6")
    found = {(one.choice_id, one.was_said, one.why) for one in contradictions_at(people.northfield)}
    assert found == {
        (people.choices["Mia"].pk, "Met", "Maths: 2."),
        (people.choices["Noa"].pk, "Not met", "Maths: 6."),
    }
    assert (again(people.choices["Mia"]).status, again(people.choices["Noa"]).status) == (
        "confirmed",
        "conditions_not_met",
    )
    client.force_login(people.admissions)
    page = client.get(f"{reverse('applications:results-day')}?show=changed").text
    assert "Nothing was undone" in page
    assert "Mia Reed" in page


def test_an_offer_nobody_has_answered_is_evaluated_and_not_confirmed(town):
    choice = offered(town, town.amina, ENGLISH, state="offered")
    results_for(town, town.amina, English="6")
    outcome = outcome_of(choice)
    assert (outcome.verdict, outcome.can_be_confirmed, outcome.can_be_decided) == (Verdict.MET, False, False)


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 12])
def test_the_page_asks_as_often_for_one_as_for_many(number, client):
    town = Town()
    run = town.run(places=99)
    for at in range(number):
        learner = town.learner(f"Learner{at}", "Reed", school=town.hollins)
        offered(town, learner, ENGLISH, MATHS, run=run)
        results_for(town, learner, English="5", Maths="3")
    client.force_login(town.admissions)
    client.get(reverse("applications:results-day"))
    with CaptureQueriesContext(connection) as asked_for:
        page = client.get(reverse("applications:results-day"))
    assert page.text.count("Confirm anyway") >= number
    assert len(asked_for) == 12
