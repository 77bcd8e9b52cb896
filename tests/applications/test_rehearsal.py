"""Results day rehearsed: plausible, the same each time, and nothing of it touches anybody."""

import datetime as dt

import pytest
from django.urls import reverse

from activity.models import Event, OutboxMessage
from applications import actions
from applications.models import Choice, ExamResult, OfferCondition, ResultsRehearsal
from applications.queries.rehearsal import Invented, rehearsal_of
from applications.queries.results_day import Verdict, outcomes_at
from core import clock
from core.errors import NotAllowed, StaleState
from tests.applications.test_results_day import ENGLISH, offered
from tests.factories import OrganisationFactory, StaffRoleFactory


@pytest.fixture
def manager(town):
    return StaffRoleFactory(organisation=town.northfield, kind="manager").user


def everything():
    """What a rehearsal must not change."""
    choices = Choice.objects.order_by("pk").values_list("pk", "status", "changed_in")
    conditions = OfferCondition.objects.order_by("pk").values_list("pk", "state")
    told = OutboxMessage.objects.count(), ExamResult.objects.count()
    return list(choices), list(conditions), told, Event.objects.filter(verb__startswith="choice.").count()


def test_it_shows_the_lists_of_the_day_tries_the_confirmation_and_changes_nothing(town, manager, client):
    run = town.run(places=40)
    for at in range(8):
        offered(town, town.learner(f"Learner{at}", "Reed", school=town.hollins), ENGLISH, run=run)
    before = everything()
    by_seed = [outcomes_at(town.northfield, source=Invented(seed)) for seed in range(10)]
    # What a seed gives depends on the learners' keys, which are others in every run: one with some met and some not.
    seed = next(seed for seed, found in enumerate(by_seed) if len({one.verdict for one in found}) > 1)
    found = by_seed[seed]
    assert found == outcomes_at(town.northfield, source=Invented(seed))
    assert any(other != found for other in by_seed)
    actions.start_rehearsal(provider=town.northfield, by=manager, seed=seed)

    client.force_login(manager)
    url = reverse("applications:rehearsal", args=[town.northfield.reference])
    assert "Rehearsal: nothing here is real" in client.get(url).text
    client.post(reverse("applications:rehearsal-do", args=[town.northfield.reference, "try"]))
    met = sum(one.verdict == Verdict.MET for one in found)
    report = rehearsal_of(town.northfield).report
    assert report == {"met": met, "tried": met, "confirmed": met, "left": {}}
    assert f"{met} of {met} tried would be confirmed" in client.get(url).text
    assert everything() == before
    client.force_login(Choice.objects.first().application.learner.user)
    assert client.get(url).status_code == 404
    assert "No results yet" in client.get(reverse("applications:results")).text


def test_it_ends_by_itself_and_by_hand_and_one_goes_on_at_a_time(town, manager):
    first = actions.start_rehearsal(provider=town.northfield, by=manager)
    assert actions.start_rehearsal(provider=town.northfield, by=manager) == first
    with clock.at(clock.now() + dt.timedelta(hours=25)):
        assert rehearsal_of(town.northfield) is None
        with pytest.raises(StaleState):
            actions.try_confirming(rehearsal=first, by=manager)
        second = actions.start_rehearsal(provider=town.northfield, by=manager)
        assert second != first
        assert actions.end_rehearsal(rehearsal=second, by=manager).ended_at is not None
        assert rehearsal_of(town.northfield) is None
    assert ResultsRehearsal.objects.filter(ended_at=None).count() == 0


def test_an_officer_starts_one_and_reads_numbers_and_no_names(town, client):
    council = OrganisationFactory(name="Northmoor Council", kind="authority", area=town.area)
    officer = StaffRoleFactory(organisation=council, kind="officer").user
    offered(town, town.amina, ENGLISH)
    client.force_login(officer)
    client.post(reverse("applications:rehearsal-do", args=[town.northfield.reference, "start"]))
    page = client.get(reverse("applications:rehearsal", args=[town.northfield.reference])).text
    assert "nothing here is real" in page
    assert "Amina" not in page
    with pytest.raises(NotAllowed):
        actions.try_confirming(rehearsal=ResultsRehearsal.objects.get(), by=officer)
    for person in (town.admissions, town.coordinator, town.amina.user):
        with pytest.raises(NotAllowed):
            actions.start_rehearsal(provider=town.northfield, by=person)
