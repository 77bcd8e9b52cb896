"""The public page is made of the rules and the flow, so it cannot say anything else."""

import pytest
from django.urls import reverse

from applications.queries.how_it_works import NEXT_WORDS, how_states, how_steps, picture
from applications.workflow import CHOICE_FLOW, ChoiceState
from tests.factories import CycleFactory

pytestmark = pytest.mark.django_db


def test_every_verb_has_words_for_what_it_brings():
    assert set(NEXT_WORDS) == set(CHOICE_FLOW.moves)


def test_every_state_is_there_with_what_can_happen_next():
    cycle = CycleFactory(has_endorsement=True)
    states = how_states(cycle)
    assert len(states) == len(ChoiceState)
    assert {state.name: len(state.next) for state in states if not state.next} == {
        str(name): 0
        for name in (
            "Offer taken back",
            "You said no",
            "Offer ran out",
            "Withdrawn",
            "Conditions not met",
            "Did not start",
            "Never sent",
        )
    }
    drawn = picture(cycle)
    assert [line for line in drawn.words if line.startswith("Sent:")] == ["Sent: Interview, Reserve list, Offer"]


def test_the_page_follows_the_rules_of_the_area(client, django_assert_num_queries):
    cycle = CycleFactory(has_endorsement=False, can_hold=False, choice_limit=3, answer_days=12)
    url = reverse("applications:how-it-works", args=["northmoor", 2027, "post_16"])
    client.get(url)
    with django_assert_num_queries(1):
        page = client.get(url).text
    assert "12 working days" in page
    assert "You may have 3 choices under way at once." in page
    assert "With your school" not in page
    assert "Back-up" not in page
    assert [step.heading for step in how_steps(cycle)][2] == "The provider answers"
    cycle.has_endorsement, cycle.endorsement_days = True, 7
    cycle.first_year_group = cycle.last_year_group = 11
    cycle.save()
    page = client.get(url).text
    assert "7 working days" in page
    assert "Your school cannot stop you." in page
    assert "For learners in Year 11." in page
    assert "Northmoor: September 2027" in client.get(reverse("applications:how-it-works-list")).text
    assert client.get(reverse("applications:how-it-works", args=["nowhere", 2027, "post_16"])).status_code == 404
