"""A long menu is grouped: fewer entries in a row, and none that cannot be reached."""

import pytest
from django.test import RequestFactory
from django.urls import resolve, reverse

from core.navigation import MOST_IN_A_ROW, links_for
from tests.factories import SchoolFactory, StaffRoleFactory

pytestmark = pytest.mark.django_db


def menu(user, url_name):
    request = RequestFactory().get(reverse(url_name))
    request.user, request.resolver_match = user, resolve(request.path)
    return links_for(request, user)


def test_a_coordinator_has_few_entries_in_a_row_and_reaches_all(client):
    user = StaffRoleFactory(organisation=SchoolFactory(), kind="coordinator").user
    links = menu(user, "ilp:school-bookings")
    flat = [one for link in links for one in (link.inside or [link])]
    assert len(flat) > MOST_IN_A_ROW >= len(links)
    assert [link.text for link in links if link.is_current] == ["Visits"]
    assert [link.text for link in flat if link.is_current] == ["Who goes where"]
    assert all(link.url for link in flat)
    client.force_login(user)
    page = client.get(reverse("ilp:plans")).content.decode()
    assert "<summary" in page
    for link in flat:
        assert f'href="{link.url}"' in page


def test_a_short_menu_stands_in_one_row():
    user = StaffRoleFactory(kind="tutor", organisation=SchoolFactory()).user
    links = menu(user, "ilp:school-bookings")
    assert [link.text for link in links if link.is_current] == ["Who goes where"]
    assert not any(link.inside for link in links)
