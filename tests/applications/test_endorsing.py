"""The home school's queue: never a veto, many at once, and what became of it all by destination."""

import datetime as dt

import pytest

from applications import actions
from applications.models import Choice
from applications.queries import endorsements_by_destination, waiting_of
from core import clock
from prospectus.models import ExperienceRequirement
from tests.applications.test_views import url
from tests.applications.walk import again
from tests.factories import OrganisationFactory, StaffRoleFactory, UserFactory


def with_school(town, number=1, **where):
    """So many choices wait, each of a learner of its own."""
    learners = [town.learner(f"Learner{n}", "Bell", school=town.hollins) for n in range(number)]
    return [town.choice("with_school", town.run("Plumbing", **where), learner=one) for one in learners]


def endorse_url(*choices):
    return url("endorsements-endorse") + "?" + "&".join(f"choice={one.reference}" for one in choices)


def test_many_are_endorsed_together_and_the_button_repeats_how_many(town, client):
    one, two, given_back = with_school(town, 3)
    client.force_login(town.coordinator)
    assert f'value="{one.reference}"' in client.get(url("endorsements")).text
    page = client.get(endorse_url(one, two, given_back))
    assert "Endorse and send 3 choices" in page.text
    # Somebody else is quicker with one of them.
    actions.give_back_choice(choice=given_back, by=town.coordinator, note="Say more.")

    done = client.post(endorse_url(one, two, given_back), {"note": "Hard-working."})

    assert "2 choices endorsed and sent" in done.text
    assert [again(choice).status for choice in (one, two, given_back)] == ["sent", "sent", "draft"]
    assert again(one).endorsement_note == "Hard-working."
    # Pressed again, nothing more happens, and why is said.
    twice = client.post(endorse_url(one, two), {"note": ""})
    assert "Endorsed already" in twice.text
    assert "2 choices were endorsed and sent before you pressed" in twice.text


def test_who_is_at_no_school_does_not_wait_for_its_endorsement(town, client):
    draft = town.draft()
    town.cycle.has_endorsement = True
    town.cycle.save()
    client.force_login(town.amina.user)
    assert "Your school reads it first" in client.get(url("choice-send", draft)).text
    entry = town.amina.roll_entries.get()
    entry.ended_on = dt.date(2026, 11, 17)
    entry.save()
    assert "Your school reads it first" not in client.get(url("choice-send", draft)).text

    actions.send_choice(choice=draft, by=town.amina.user)

    sent = again(draft)
    assert (sent.status, sent.is_endorsed, sent.with_school_at) == ("sent", None, None)


def test_who_ticks_nothing_or_others_choices_endorses_nothing(town, client):
    (theirs,) = with_school(town)
    client.force_login(town.other_coordinator)
    for address in (url("endorsements-endorse"), endorse_url(theirs)):
        assert client.get(address).url == url("endorsements")
        client.post(address, {"note": ""})
    assert again(theirs).status == "with_school"
    assert "Learner0" not in client.post(endorse_url(theirs), {"note": ""}).text


def test_one_that_left_the_roll_is_told_apart(town):
    stays, leaves = with_school(town, 2)
    entry = leaves.application.learner.roll_entries.get()
    entry.ended_on = dt.date(2026, 11, 17)
    entry.save()
    outcome = actions.endorse_choices(choices=[leaves, stays], by=town.coordinator)
    assert [choice.pk for choice in outcome.done] == [stays.pk]
    assert outcome.left == [(leaves, "The learner is no longer on your roll.")]


def test_the_queue_says_what_is_late_and_what_the_courses_ask_for(town, client):
    late, last_day = with_school(town, 2)
    course = late.choice_runs.get().run.course
    ExperienceRequirement.objects.create(course=course, kind="taster", scope="course")
    Choice.objects.filter(pk=late.pk).update(endorse_due_on="2026-11-17")
    Choice.objects.filter(pk=last_day.pk).update(endorse_due_on="2026-11-18")
    client.force_login(town.coordinator)
    page = client.get(url("endorsements"))
    assert [row.choice.pk for row in page.context["rows"]] == [late.pk, last_day.pk]
    assert [row.requirements for row in page.context["rows"]] == [[("a taster", False)], []]
    assert page.text.index("Late: goes tonight") < page.text.index("Last day")
    assert "a taster: not done" in page.text
    assert "a taster: not done" in client.get(endorse_url(late)).text


@pytest.mark.parametrize("rows", [1, 5])
def test_requirements_of_the_queue_ask_the_same_number_of_questions(town, rows, django_assert_num_queries):
    choices = with_school(town, rows)
    for choice in choices:
        course = choice.choice_runs.get().run.course
        ExperienceRequirement.objects.create(course=course, kind="taster", scope="course")
    choices = list(Choice.objects.for_list().filter(pk__in=[one.pk for one in choices]))
    with django_assert_num_queries(2):
        assert len(waiting_of(choices)) == rows


def test_what_became_of_them_is_counted_by_destination(town, client):
    endorsed, back_and_again, ran_out, waiting = with_school(town, 4)
    elsewhere = with_school(town, 1, provider=town.southbank)[0]
    with clock.at(dt.date(2026, 11, 23)):  # three working days later
        actions.endorse_choice(choice=endorsed, by=town.coordinator)
    actions.give_back_choice(choice=back_and_again, by=town.coordinator, note="Say more.")
    actions.send_choice(choice=again(back_and_again), by=back_and_again.application.learner.user)
    with clock.at(dt.date(2026, 11, 19)):
        actions.endorse_choice(choice=again(back_and_again), by=town.coordinator)
    with clock.at(dt.date(2026, 12, 3)):
        actions.send_unendorsed(choice=ran_out)

    rows = {row.provider: tuple(row[1:]) for row in endorsements_by_destination(learners_of(town))}

    assert rows == {"Northfield College": (2, 1, 1, 1, 2.0), "Southbank Sixth Form": (0, 0, 0, 1, None)}
    assert (again(waiting).status, again(elsewhere).status) == ("with_school", "with_school")
    client.force_login(town.coordinator)
    assert "Northfield College" in client.get(url("endorsements-report")).text
    client.force_login(town.other_coordinator)
    assert "Northfield College" not in client.get(url("endorsements-report")).text
    # An officer reads figures, and small ones not at all.
    authority = OrganisationFactory(kind="authority", area=town.area)
    officer = UserFactory()
    StaffRoleFactory(user=officer, organisation=authority, kind="officer")
    client.force_login(officer)
    page = client.get(url("endorsements-report"))
    (first, second) = page.context["rows"]
    assert tuple(first[1:]) == (None, None, None, None, None)
    assert (second.endorsed, second.waiting) == (0, None)
    assert "Learner" not in page.text


@pytest.mark.parametrize("rows", [1, 5])
def test_the_report_asks_the_same_number_of_questions(town, rows, django_assert_num_queries):
    for number, choice in enumerate(with_school(town, rows)):
        with clock.at(dt.date(2026, 11, 19 + number)):
            actions.endorse_choice(choice=choice, by=town.coordinator)
    with django_assert_num_queries(5):
        endorsements_by_destination(learners_of(town))


def learners_of(town):
    from accounts.models import Learner
    from providers.models import Organisation

    return Learner.objects.on_roll_of(Organisation.objects.filter(pk=town.hollins.pk))


def test_the_adviser_is_told_when_the_schools_time_has_run_out_and_holidays_do_not_count(town):
    from activity.models import OutboxMessage
    from providers.models import Closure

    Closure.objects.create(area=town.area, name="Half-term", starts_on="2026-11-19", ends_on="2026-11-20")
    (choice,) = with_school(town)
    assert again(choice).endorse_due_on == dt.date(2026, 12, 4)  # two days later than without the holiday
    with clock.at(dt.date(2026, 12, 5)):
        actions.send_unendorsed(choice=choice)
    assert OutboxMessage.objects.filter(kind="choice-unendorsed", payload__choice_id=choice.pk).count() == 1
