"""Where the rules of several parts meet: two kinds of years, leaving early, ways outside, other areas."""

import pytest
from django.urls import reverse

from accounts.models import Supporter
from applications import actions
from applications.models import Choice, OutsideOffer
from applications.queries import broken_invariants, needs_others
from core import clock
from core.errors import RuleBroken
from tests.applications.walk import again
from tests.factories import AreaFactory, CycleFactory, OrganisationFactory, StaffRoleFactory, UserFactory


def url(name, *args):
    return reverse(f"applications:{name}", args=[getattr(one, "reference", one) for one in args])


def test_who_left_early_and_is_refused_is_shown_other_courses(town):
    left = town.choice("enrolled", town.run("Plumbing"))
    actions.leave_course(choice=left, left_on=clock.today(), by=town.amina.user)
    refused = town.choice("unsuccessful", town.run("Tiling", provider=town.southbank))
    assert needs_others(refused)
    taken = town.choice("confirmed", town.run("Joinery", provider=town.southbank))
    assert not needs_others(again(refused))
    assert (again(left).status, taken.status) == ("enrolled", "confirmed")
    assert broken_invariants() == []


def test_an_adult_writes_in_the_year_of_the_learners_age(town, client):
    younger = CycleFactory(area=town.area, phase="pre_16", first_year_group=9, last_year_group=9)
    client.force_login(town.coordinator)
    for year_group, cycle in ((11, town.cycle), (9, younger)):
        town.amina.roll_entries.update(year_group=year_group)
        assert client.post(url("assist", town.amina), {"how": "present"}).status_code == 302
        assert town.amina.applications.latest("created_at", "pk").cycle == cycle
    town.amina.roll_entries.update(year_group=12)
    assert client.get(url("assist", town.amina)).context["cycle"] == town.cycle


def test_a_question_is_asked_in_one_of_two_kinds_of_years(town, client):
    younger = CycleFactory(area=town.area, phase="pre_16")
    client.force_login(town.admissions)
    page = client.get(url("questions")).text
    ask = url("question-ask", town.northfield, 2027)
    for cycle in (town.cycle, younger):
        assert f"{ask}?phase={cycle.phase}" in page
        form = {"kind": "short", "words": f"Why, {cycle.phase}?"}
        assert client.post(f"{ask}?phase={cycle.phase}", form).status_code == 302
        assert town.northfield.questions.get(cycle=cycle).words == f"Why, {cycle.phase}?"
    assert client.get(f"{ask}?phase=no%00ne").status_code == 404


def test_a_draft_takes_no_course_for_other_school_years(town):
    CycleFactory(area=town.area, phase="pre_16")
    run = town.run("Motor vehicle, Years 10 and 11")
    run.course.stage = "key_stage_4"
    run.course.save()
    draft = town.draft(town.run("Plumbing"))
    with pytest.raises(RuleBroken) as broken:
        actions.add_run(learner=town.amina, run=run, by=town.amina.user, choice=draft)
    assert broken.value.code == "other_phase"
    assert draft.choice_runs.count() == 1


def test_figures_of_another_area_are_not_looked_ahead_at(town, client):
    elsewhere = AreaFactory(name="Southmoor", slug="southmoor")
    council = OrganisationFactory(name="Northmoor Council", kind="authority", area=town.area)
    for kind in ("help_desk", "officer"):
        client.force_login(StaffRoleFactory(kind=kind, organisation=council).user)
        for area, status in ((town.area, 200), (elsewhere, 403)):
            assert client.get(reverse("applications:what-if", args=[area.slug])).status_code == status
            page = client.get(reverse("applications:rules"), {"area": area.slug}).text
            assert (reverse("applications:what-if", args=[area.slug]) in page) is (status == 200)


def test_an_offer_that_is_taken_back_is_not_confirmed_any_more(town):
    run = town.run("Apprentice joiner", apply_url="https://www.example.org/apply", takes_applications=False)
    route = actions.go_own_route(learner=town.amina, run=run, by=town.amina.user)
    for state, number in (("offered", 1), ("no_offer", 0), ("offered", 1)):
        actions.say_own_route(route=route, state=state, by=town.amina.user)
        assert OutsideOffer.objects.to_confirm().count() == number
    actions.confirm_outside_offer(outside_offer=OutsideOffer.objects.to_confirm().get(), by=town.coordinator)
    actions.say_own_route(route=route, state="dropped", by=town.amina.user)
    assert OutsideOffer.objects.standing().count() == 1


def test_a_draft_that_was_taken_away_was_never_anybody_elses(town):
    taken_away, sent = town.draft(town.run("Plumbing")), town.choice("sent", town.run("Joinery"))
    actions.withdraw_choice(choice=taken_away, by=town.amina.user, reason="changed_mind")
    actions.withdraw_choice(choice=sent, by=town.amina.user, reason="changed_mind")
    town.amina.consents.create(kind="advice_service", is_given=True, words="May we?", by=town.amina.user)
    mother = Supporter.objects.create(
        learner=town.amina, user=UserFactory(), kind="parent", known_as="Mum", sections=["choices"],
        until_on=clock.today(), accepted_at=clock.now(), expires_at=clock.now(),
    ).user  # fmt: skip
    for user in (town.coordinator, town.adviser, mother):
        assert list(Choice.objects.visible_to(user)) == [sent]
    assert set(Choice.objects.visible_to(town.amina.user)) == {taken_away, sent}
