"""Staff find people by name, and no name stands in an address: servers and histories write addresses down."""

import pytest
from django.urls import reverse

from core.searching import SEARCHES_KEPT
from tests.applications.walk import Town
from tests.factories import OrganisationFactory, StaffRoleFactory
from tests.ground import ground

pytestmark = pytest.mark.django_db

LISTS = {
    # the list: whose, the field that takes a name
    "applications:received": ("admissions", "words"),
    "accounts:roll": ("coordinator", "q"),
    "accounts:looked-at-desk": ("coordinator", "q"),
    "accounts:staff-help": ("manager", "q"),
    "ilp:plans": ("coordinator", "q"),
    "ilp:desk-reviews": ("coordinator", "q"),
    "ilp:learner-bookings": ("coordinator", "q"),
    "reporting:caseload": ("adviser", "name"),
}


@ground
def town():
    town = Town()
    town.manager = town.staff("Mina Roy", town.hollins, "manager")
    return town


@pytest.mark.parametrize("name", LISTS)
def test_a_search_by_name_leaves_a_key_in_the_address_and_a_name_there_is_not_read(town, client, name):
    whose, field = LISTS[name]
    client.force_login(getattr(town, whose))
    address = reverse(name)
    found = client.post(address, {field: "Zyxwv", "page": "1"})
    assert found.status_code == 302
    assert "Zyxwv" not in found.url
    assert "found=" in found.url
    assert 'value="Zyxwv"' in client.get(found.url).text
    assert 'value="Zyxwv"' not in client.get(address, {field: "Zyxwv", "q": "Zyxwv"}).text


def test_the_names_behind_a_figure_of_the_guarantee_are_searched_so_too(town, client):
    officer = StaffRoleFactory(kind="officer", organisation=OrganisationFactory(kind="authority", area=town.area)).user
    client.force_login(officer)
    address = reverse("reporting:guarantee-learners", args=[11])
    found = client.post(f"{address}?page=2", {"name": "Okaf", "light": "", "school": town.brannocs.reference})
    assert "Okaf" not in found.url
    assert "page" not in found.url
    assert f"school={town.brannocs.reference}" in found.url
    assert [str(learner) for learner in client.get(found.url).context["object_list"]] == ["Ben Okafor"]


def test_the_roll_is_narrowed_by_name_and_group_at_once_and_the_group_stays_an_address(town, client):
    client.force_login(town.coordinator)
    found = client.post(reverse("accounts:roll"), {"q": " ami\0na ", "group": "11", "status": ""}).url
    assert "group=11" in found
    assert "status" not in found
    assert [str(entry.learner) for entry in client.get(found).context["entries"]] == ["Amina Yusuf"]
    # Another filter beside the same words, as often as one likes, pushes nobody's words out.
    assert client.post(found, {"q": "amina", "group": ""}).url == found.replace("group=11&", "")


def test_words_that_are_kept_no_more_say_so_and_do_not_show_everybody_as_if_found(town, client):
    client.force_login(town.coordinator)
    roll = reverse("accounts:roll")
    found = client.post(roll, {"q": "amina", "group": "11"}).url
    for number in range(SEARCHES_KEPT):
        client.post(roll, {"q": f"name {number}"})
    page = client.get(found, follow=True)
    assert "Search again" in page.text
    assert page.redirect_chain == [(f"{roll}?group=11", 302)]
    # What would be done to all whom it found is done to nobody.
    answer = client.post(f"{reverse('ilp:reviews-plan')}?found=gone", {"all": "1"}, follow=True)
    assert "Search again" in answer.text
