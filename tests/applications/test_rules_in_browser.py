"""The pages of rules and ways in a real browser, on a phone and on a desk: no barrier, nothing too wide."""

import pytest
from django.urls import reverse

from applications import actions
from tests.applications.walk import Town
from tests.factories import OrganisationFactory, StaffRoleFactory
from tests.look import look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [360, 1280])
def test_how_it_works_and_other_ways(transactional_db, open_page, axe, width):
    town = Town(has_endorsement=True)
    town.draft(town.run("A level Maths", provider=town.southbank))
    btec = town.draft(town.run("BTEC Engineering"))
    run = town.run("Apprentice", apply_url="https://www.example.org/apply", takes_applications=False)
    actions.go_own_route(learner=town.amina, run=run, by=town.amina.user)
    cycle = ["northmoor", 2027, "post_16"]
    page = open_page(reverse("applications:how-it-works", args=cycle), width=width, user=town.amina.user)
    look(page, axe)
    for name, args in (("elsewhere", []), ("choice-companions", [btec.reference])):
        page.goto(reverse(f"applications:{name}", args=args))
        look(page, axe)
    council = OrganisationFactory(kind="authority", area=town.area)
    page = open_page("/", width=width, user=StaffRoleFactory(kind="help_desk", organisation=council).user)
    for path in ("", "northmoor/2027/post_16/", "northmoor/what-if/?on_day=20&on_month=9&on_year=2027"):
        page.goto(f"/desk/application-rules/{path}")
        look(page, axe)
