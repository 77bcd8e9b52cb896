import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core import clock
from prospectus.actions.interest import flush_counts
from prospectus.models import CourseInterest, SearchMiss
from tests.factories import OrganisationFactory, ProviderFactory, RoleKind, StaffRoleFactory, UserFactory

INTEREST = "/desk/interest/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"
ROBOT = "Mozilla/5.0 (compatible; ExampleBot/2.1; +https://bot.example/)"
now = pytest.mark.django_db(transaction=True)


def words(response):
    inner = re.sub(r"(?s)<script.*?</script>|<[^>]+>", " ", response.content.decode())
    return " ".join(inner.split())


@pytest.fixture
def editor(town):
    return StaffRoleFactory(user=UserFactory(), organisation=town.northfield, kind=RoleKind.EDITOR).user


def counted():
    flush_counts()
    return sorted(CourseInterest.objects.values_list("course__title", "kind", "times"))


@now
def test_a_look_by_a_person_is_counted_and_a_robots_is_not(town):
    address = town.plumbing.get_absolute_url()
    person = Client(headers={"User-Agent": FIREFOX})

    person.get(address)
    person.get(address)
    person.head(address)
    person.get(address, headers={"Sec-Purpose": "prefetch"})
    person.get(address, headers={"Sec-Purpose": "prefetch;prerender"})
    Client(headers={"User-Agent": ROBOT}).get(address)
    Client().get(address)

    assert counted() == [("Plumbing Level 2", "view", 2)]


@now
def test_the_address_that_only_leads_on_is_not_counted_twice(town):
    Client(headers={"User-Agent": FIREFOX}).get(f"/courses/{town.plumbing.reference}/old-title/", follow=True)

    assert counted() == [("Plumbing Level 2", "view", 1)]


@now
def test_an_editors_look_at_a_draft_is_no_interest(town, editor):
    client = Client(headers={"User-Agent": FIREFOX})
    client.force_login(editor)

    assert client.get(town.draft.get_absolute_url()).status_code == 200

    assert counted() == []


def test_counting_adds_no_question_to_the_course_page(town):
    address, moment = town.plumbing.get_absolute_url(), clock.now()
    asked = []
    for agent in (ROBOT, FIREFOX):
        with clock.at(moment), CaptureQueriesContext(connection) as questions:
            Client(headers={"User-Agent": agent}).get(address)
        asked.append([question["sql"] for question in questions])

    assert asked[0] == asked[1]
    assert not any("interest" in sql for sql in asked[1])


@now
def test_following_the_way_to_apply_is_counted(town):
    run = town.cars.runs.get()
    town.cars.runs.update(apply_url="https://northfield.example/apply")
    url = f"/courses/{town.cars.reference}/apply/{run.reference}/"

    Client(headers={"User-Agent": FIREFOX}).get(url)
    Client(headers={"User-Agent": ROBOT}).get(url)

    assert counted() == [("Motor Vehicle Maintenance", "apply_click", 1)]


@now
def test_a_persons_search_in_vain_is_counted_for_its_area(town):
    client = Client(headers={"User-Agent": FIREFOX})
    client.get("/courses/", {"q": "falconry", "area": "northmoor"})
    client.get("/courses/", {"q": "falconry"})
    client.get("/courses/", {"q": "plumbing"})
    client.get("/courses/", {"level": "7"})
    Client(headers={"User-Agent": ROBOT}).get("/courses/", {"q": "falconry"})
    flush_counts()

    assert sorted(SearchMiss.objects.values_list("words", "area__name", "times"), key=str) == [
        ("falconry", "Northmoor", 1),
        ("falconry", None, 1),
    ]


# --- the provider's own page


def seen(course, days_ago, times, kind="view"):
    day = dt.date(2026, 11, 18) - dt.timedelta(days=days_ago)
    CourseInterest.objects.create(course=course, day=day, kind=kind, times=times)


@pytest.mark.parametrize(("days", "views"), [("7", 3), ("30", 7), ("365", 15), ("nonsense", 7)])
def test_the_last_days_are_added_up_course_by_course(town, client, editor, days, views):
    for days_ago, times in ((0, 1), (6, 2), (7, 4), (30, 8), (365, 16)):
        seen(town.plumbing, days_ago, times)
    seen(town.plumbing, 0, 5, "shortlist")
    seen(town.plumbing, 0, 6, "apply_click")
    seen(town.plumbing, 0, 9, "application")
    seen(town.plumbing, 0, 4, "offer")
    seen(town.hair, 0, 1000)
    client.force_login(editor)

    page = client.get(INTEREST, {"days": days})

    row = re.search(r"(?s)<tr><th scope=\"row\"><a [^>]+>Plumbing Level 2</a>.*?</tr>", page.content.decode())[0]
    assert re.findall(r'class="number">([\d,]+)</td>', row) == [str(views), "5", "6", "9", "4"]
    assert "Hairdressing" not in words(page)


def test_the_file_has_all_of_it(town, client, editor):
    town.plumbing.title = "=1+1"
    town.plumbing.save()
    seen(town.plumbing, 0, 3)
    client.force_login(editor)

    response = client.get("/desk/interest.csv", {"days": "7"})

    lines = b"".join(response.streaming_content).decode().split("\r\n")
    assert response["Content-Disposition"] == 'attachment; filename="interest-7-days.csv"'
    assert lines[1] == f"Northfield College,'=1+1,{town.plumbing.reference},3,0,0,0,0"
    assert len(lines) == 5  # a heading, three courses with the draft, and the end


@pytest.mark.parametrize("number", [1, 5])
def test_the_page_takes_the_same_questions_with_one_course_and_with_more(
    town, client, editor, django_assert_num_queries, number
):
    for one in range(number):
        seen(town.course(f"Course {one}", "05.2", "2", town.northfield), 0, one + 1)
    client.force_login(editor)

    with django_assert_num_queries(6):
        client.get(INTEREST)


def test_a_provider_without_courses_is_told_what_comes(client, db):
    client.force_login(StaffRoleFactory(kind=RoleKind.EDITOR).user)

    assert "No courses yet" in words(client.get(INTEREST))


# --- the area's page


@pytest.fixture
def officer(town):
    authority = OrganisationFactory(name="Northmoor Council", kind="authority", area=town.northmoor)
    return StaffRoleFactory(user=UserFactory(), organisation=authority, kind=RoleKind.OFFICER).user


def numbers_of(page):
    """The numbers of each row of the table, by the words before them."""
    found = {}
    for row in re.findall(r"(?s)<tr><th scope=\"row\"><a [^>]+>[^<]+</a>.*?</tr>", page.content.decode()):
        if numbers := re.findall(r'class="number">([\d,]+)</td>', row):
            found[re.search(r"<a [^>]+>([^<]+)</a>", row)[1]] = numbers
    return found


def test_an_officer_sees_all_published_courses_of_the_area_and_no_others(town, client, officer):
    seen(town.plumbing, 0, 3)
    seen(town.computing, 0, 1000)
    seen(town.computing, 0, 1, "offer")
    seen(town.hair, 0, 50)  # in Eastvale
    client.force_login(officer)

    page = client.get(INTEREST)

    assert numbers_of(page) == {
        "A Level Computer Science": ["1,000", "0", "0", "0", "1"],
        "Plumbing Level 2": ["3", "0", "0", "0", "0"],
        "Mathematics GCSE": ["0", "0", "0", "0", "0"],
        "Motor Vehicle Maintenance": ["0", "0", "0", "0", "0"],
    }


def test_an_area_coordinator_sees_one_provider_when_asked(town, client):
    desk = OrganisationFactory(name="Northmoor Council", kind="authority", area=town.northmoor)
    client.force_login(StaffRoleFactory(user=UserFactory(), organisation=desk, kind=RoleKind.HELP_DESK).user)

    page = client.get(INTEREST, {"provider": town.northfield.reference, "by": "nonsense"})

    assert list(numbers_of(page)) == ["Motor Vehicle Maintenance", "Plumbing Level 2"]


def test_providers_are_added_up(town, client, officer):
    seen(town.plumbing, 0, 3)
    seen(town.cars, 1, 4)
    seen(town.cars, 0, 2, "application")
    seen(town.draft, 0, 70)  # not theirs to see
    seen(town.maths, 40, 9)  # too long ago
    client.force_login(officer)

    page = client.get(INTEREST, {"by": "provider"})

    assert numbers_of(page) == {
        "Northfield College": ["2", "7", "0", "0", "2", "0"],
        "Southbank Sixth Form": ["2", "0", "0", "0", "0", "0"],
    }
    assert f"?provider={town.northfield.reference}" in page.content.decode()


def test_a_provider_of_another_area_is_no_choice(town, client, officer):
    client.force_login(officer)

    page = client.get(INTEREST, {"provider": town.eastgate.reference})

    assert "Eastgate" not in words(page)
    assert len(numbers_of(page)) == 4  # as if none had been named


def test_the_areas_file_by_provider(town, client, officer):
    seen(town.plumbing, 0, 3)
    seen(town.plumbing, 0, 2, "offer")
    client.force_login(officer)

    response = client.get("/desk/interest.csv", {"by": "provider", "days": "7"})

    headings = "Looked at,Shortlisted,Ways to apply followed,Applied for here,Offers made here"
    assert b"".join(response.streaming_content).decode().split("\r\n") == [
        f"\ufeffProvider,Reference,Courses,{headings}",
        f"Northfield College,{town.northfield.reference},2,3,0,0,0,2",
        f"Southbank Sixth Form,{town.southbank.reference},2,0,0,0,0,0",
        "",
    ]


@pytest.mark.parametrize("ended", ["role", "college"])
def test_others_find_no_such_page(town, client, ended):
    """An officer whose role has ended, and an officer of something that is no authority."""
    kind = "authority" if ended == "role" else "college"
    ended_on = dt.date(2026, 11, 17) if ended == "role" else None
    organisation = OrganisationFactory(kind=kind, area=town.northmoor)
    role = StaffRoleFactory(
        organisation=organisation, kind=RoleKind.OFFICER, started_on=dt.date(2026, 1, 1), ended_on=ended_on
    )
    client.force_login(role.user)

    assert client.get(INTEREST).status_code == 404


def test_an_officer_of_an_area_without_providers_is_told_so(client, db):
    authority = OrganisationFactory(kind="authority")
    client.force_login(StaffRoleFactory(organisation=authority, kind=RoleKind.OFFICER).user)

    assert "No courses yet" in words(client.get(INTEREST))


@pytest.mark.parametrize("by", ["course", "provider"])
@pytest.mark.parametrize("number", [1, 5])
def test_the_areas_page_takes_the_same_questions(town, client, officer, django_assert_num_queries, number, by):
    for one in range(number):
        seen(town.course(f"Course {one}", "05.2", "2", ProviderFactory(area=town.northmoor)), 0, one + 1)
    client.force_login(officer)

    with django_assert_num_queries(6):
        client.get(INTEREST, {"by": by})
