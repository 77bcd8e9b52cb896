"""The pages on which providers see how well their courses are kept."""

import datetime as dt
import re

import pytest

from prospectus.actions.health import refresh_health
from prospectus.models import Course, CourseHealth
from prospectus.queries.health import Problem
from tests.factories import CycleFactory, ProviderFactory, RoleKind, StaffRoleFactory
from tests.look import fits, small_targets
from tests.prospectus.test_health import HARD, course

pytestmark = pytest.mark.django_db

HEALTH = "/desk/health/"


def words(response):
    inner = re.sub(r"(?s)<script.*?</script>|<style.*?</style>|<[^>]+>", " ", response.content.decode())
    return " ".join(inner.split())


@pytest.fixture
def northfield():
    CycleFactory()
    return ProviderFactory(name="Northfield College")


@pytest.fixture
def editor(northfield):
    return StaffRoleFactory(kind=RoleKind.EDITOR, organisation=northfield).user


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


def list_of(provider, problem):
    return f"/desk/health/courses/{provider.reference}/{problem}/"


def of_every_kind(provider):
    """One course with each problem, and two whole ones that share a title."""
    course(provider, title="No level", levels=[])
    course(provider, title="Nothing about subjects", subject=None)
    course(provider, title="Wordless", what_you_do="")
    course(provider, title="Insecure", website="http://a.example/")
    course(provider, title="Over", run={"starts_on": dt.date(2026, 9, 1)})
    course(provider, title="Unreadable", what_you_do=HARD)
    for number in range(4):
        course(provider, title=["Xylography", "Quarrying", "Zoology", "Jousting"][number], summary="Same again.")
    for title in ("Painting & Decorating", "Painting and Decorating"):
        course(provider, title=title)
    refresh_health()


def test_each_number_leads_to_the_courses_it_counts(desk, northfield):
    of_every_kind(northfield)

    tiles = desk.get(HEALTH).context["kept"][0][1]

    assert {problem.value: number for problem, number, _tone in tiles} == {
        "expired": 1, "coming": 1, "texts": 1, "level": 1, "subject": 1, "titles": 2, "copied": 4, "reading": 1,
        "links": 1,
    }  # fmt: skip
    page = desk.get(HEALTH).content.decode()
    for problem, number, _tone in tiles:
        assert list_of(northfield, problem.value) in page
        assert len(desk.get(list_of(northfield, problem.value)).context["courses"]) == number


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        ("expired", "Over Level 2 C\\d+ The last start was 1 September 2026 1 Oct 2026"),
        ("level", "No level C\\d+ No level is chosen"),
        ("titles", "Painting & Decorating Level 2 C\\d+ Nearly the same: Painting and Decorating"),
        ("copied", "4 courses share this description"),
        ("reading", "Read with ease from \\d\\d years"),
        ("texts", "What you do, how it is assessed or what is needed to get in"),
    ],
)
def test_the_list_says_why_each_course_is_on_it(desk, northfield, problem, said):
    of_every_kind(northfield)

    assert re.search(said, words(desk.get(list_of(northfield, problem))).replace("&amp;", "&"))


def test_the_page_says_the_light_and_when_the_next_update_is_due(desk, northfield):
    course(northfield, checked_on=dt.date(2026, 4, 1))
    Course.objects.update(created_at=dt.datetime(2025, 1, 1, tzinfo=dt.UTC))
    northfield.staff_roles.update(started_on=dt.date(2025, 1, 1))
    refresh_health()

    said = words(desk.get(HEALTH))

    assert "Light Red: out of date Next update due Since 30 September 2026" in said
    assert "Score 100 of 100 Very good" in said
    assert "For September 2027 1 of 1 can be started then" in said


def test_the_button_makes_the_light_green_and_says_how_many(desk, northfield):
    made = course(northfield, checked_on=dt.date(2026, 4, 1))
    confirm = f"/desk/health/confirm/{northfield.reference}/"

    first = words(desk.post(confirm, follow=True))
    second = words(desk.post(confirm, follow=True))

    assert "Thank you. 1 course says that you checked today." in first
    assert "Light Green: up to date Next update due By 30 September 2027" in first
    assert "Everything had been checked today already." in second
    assert "Checked Today by Northfield College" in words(desk.get(made.get_absolute_url()))


def test_the_button_of_another_provider_is_not_there(desk):
    other = ProviderFactory()

    assert desk.post(f"/desk/health/confirm/{other.reference}/").status_code == 404
    assert desk.get(list_of(other, "level")).status_code == 404


def test_an_unknown_problem_is_not_there(desk, northfield):
    assert desk.get(list_of(northfield, "nonsense")).status_code == 404


def test_a_provider_without_courses_is_told_how_to_begin(desk):
    said = words(desk.get(HEALTH))

    assert "No published courses yet" in said
    assert "Everything is still correct" not in said


def test_a_list_with_nothing_on_it_says_well_done(desk, northfield):
    course(northfield)

    assert "Well done." in words(desk.get(list_of(northfield, "level")))


@pytest.mark.parametrize("number", [1, 5])
def test_the_pages_take_the_same_questions_with_one_and_with_more(
    desk, northfield, editor, number, django_assert_num_queries
):
    for _one in range(number):
        course(northfield, levels=[])
        course(ProviderFactory(), levels=[])
    for provider in {row.provider for row in CourseHealth.objects.all()}:
        StaffRoleFactory(kind=RoleKind.EDITOR, organisation=provider, user=editor)
    refresh_health()

    with django_assert_num_queries(6):
        desk.get(HEALTH)
    with django_assert_num_queries(6):
        desk.get(list_of(northfield, "level"))


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_pages_break_no_rule_of_access_narrow_or_wide(open_page, axe, northfield, editor):
    of_every_kind(northfield)
    for path in (HEALTH, *(list_of(northfield, problem.value) for problem in Problem)):
        for width in (320, 1200):
            page = open_page(path, width=width, user=editor)
            axe(page)
            fits(page)
            assert small_targets(page) == [], (path, width)
