"""The league of providers, and what everybody reads of who is missing."""

import datetime as dt

import pytest

from prospectus.actions.health import refresh_health
from prospectus.actions.notices import tell_providers
from prospectus.models import Course, FreshnessNotice
from tests.factories import (
    AreaFactory,
    CycleFactory,
    OrganisationFactory,
    ProviderFactory,
    RoleKind,
    StaffRoleFactory,
)
from tests.ground import ground
from tests.look import fits, small_targets
from tests.prospectus.test_health import course
from tests.prospectus.test_health_pages import words

pytestmark = pytest.mark.django_db

LEAGUE = "/desk/health/area/"


@ground
def northmoor():
    """One provider that is well, one that is out of date and has nothing for 2027, one that has nothing at all."""
    northmoor = CycleFactory().area
    course(ProviderFactory(name="Northfield College", area=northmoor))
    southbank = ProviderFactory(name="Southbank Sixth Form", area=northmoor)
    course(southbank, checked_on=dt.date(2025, 12, 1), run={"starts_on": dt.date(2026, 9, 1)})
    ProviderFactory(name="Hollins Park School", area=northmoor)
    Course.objects.update(created_at=dt.datetime(2025, 1, 1, tzinfo=dt.UTC))
    refresh_health()
    return northmoor


@pytest.fixture
def help_desk(northmoor):
    council = OrganisationFactory(name="Northmoor Council", kind="authority", area=northmoor)
    return StaffRoleFactory(kind=RoleKind.HELP_DESK, organisation=council).user


@pytest.fixture
def desk(client, help_desk):
    client.force_login(help_desk)
    return client


def test_those_that_need_somebody_come_first(desk):
    said = words(desk.get(LEAGUE))

    assert (
        "Southbank Sixth Form Northmoor Red: out of date 30 Sep 2026 33 Much to do 1 0% 1 "
        "Hollins Park School Northmoor Not started With its first courses None 0 None 0 "
        "Northfield College Northmoor Green: up to date 30 Sep 2027 100 Very good 1 100% 0"
    ) in said
    assert "1 of 3 providers has courses that start then. Applications opened on 15 September 2026." in said
    assert "Who is still missing Hollins Park School Southbank Sixth Form" in said


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"light": "red"}, ["Southbank Sixth Form"]),
        ({"light": "amber"}, []),
        ({"light": "nonsense"}, ["Southbank Sixth Form", "Eastgate", "Hollins Park School", "Northfield College"]),
        ({"area": "northmoor", "light": "green"}, ["Northfield College"]),
        ({"area": "eastvale"}, ["Eastgate"]),
        ({"area": "nowhere", "light": "grey"}, ["Eastgate", "Hollins Park School"]),
    ],
)
def test_the_league_is_narrowed_by_area_and_by_light(desk, asked, names):
    ProviderFactory(name="Eastgate", area=AreaFactory(name="Eastvale"))

    page = desk.get(LEAGUE, asked)

    assert [health.provider.name for health in page.context["object_list"]] == names


def test_the_file_has_every_number(desk):
    response = desk.get("/desk/health/area.csv", {"light": "red"})

    lines = b"".join(response.streaming_content).decode("utf-8-sig").split("\r\n")
    southbank = Course.objects.get(provider__name="Southbank Sixth Form").provider.reference
    assert lines[0].startswith("Area,Provider,Reference,Light,Next update due,Mostly checked on,Score,Courses,")
    assert lines[1:] == [
        f"Northmoor,Southbank Sixth Form,{southbank},red,2026-09-30,2025-12-01,33,1,2027,0,1,1,0,0,0,0,0,0,0",
        "",
    ]


@pytest.mark.parametrize("number", [1, 5])
def test_the_league_takes_the_same_questions_for_one_provider_and_for_more(desk, number, django_assert_num_queries):
    for _one in range(number):
        provider = ProviderFactory(area=AreaFactory(name=f"Area {_one}"))
        CycleFactory(area=provider.area)
        course(provider)
    refresh_health()

    with django_assert_num_queries(9):
        desk.get(LEAGUE)


def test_everybody_reads_kindly_who_has_not_sent_courses_yet(client, northmoor):
    said = words(client.get("/areas/"))

    assert "2 of 3 providers have not yet sent their courses for September 2027. More may come." in said
    assert "Who is still to come Hollins Park School Southbank Sixth Form" in said


def test_when_all_have_sent_courses_everybody_reads_that(client, northmoor):
    for provider in northmoor.organisations.exclude(name="Northfield College"):
        course(provider)
    refresh_health()

    assert "For September 2027 All 3 providers have sent courses." in words(client.get("/areas/"))


def test_before_the_common_opening_date_nobody_is_missing(client, northmoor):
    northmoor.cycles.update(opens_on=dt.date(2026, 11, 19))

    assert "not yet sent" not in words(client.get("/areas/"))


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_league_breaks_no_rule_of_access_narrow_or_wide(open_page, axe, northmoor, help_desk):
    for path, user in ((LEAGUE, help_desk), (LEAGUE + "?light=amber", help_desk), ("/areas/", None)):
        for width in (320, 1200):
            page = open_page(path, width=width, user=user)
            axe(page)
            fits(page)
            assert small_targets(page) == [], (path, width)


# --- one provider, its e-mails, and their pause


@pytest.fixture
def southbank(northmoor):
    return northmoor.organisations.get(name="Southbank Sixth Form")


def page_of(provider, verb=""):
    return f"{LEAGUE}{provider.reference}/{verb}"


def test_a_providers_page_says_what_was_sent_to_it(desk, southbank):
    tell_providers()

    said = words(desk.get(page_of(southbank)))

    assert "Nobody can be told" in said
    assert "Another week red 15 Nov 2026 18 Nov 2026, 10:00 0" in said
    assert "No date to come: 1 course " in said


def test_the_log_says_what_was_sent_to_whom(desk, southbank):
    assert "No e-mails yet" in words(desk.get(LEAGUE + "notices/"))
    tell_providers()

    said = words(desk.get(LEAGUE + "notices/"))

    assert "Southbank Sixth Form Northmoor Another week red 15 Nov 2026" in said


def test_the_help_desk_pauses_the_e_mails_and_sends_them_again(desk, southbank):
    day = {"until_on_day": "24", "until_on_month": "12", "until_on_year": "2026"}

    paused = words(desk.post(page_of(southbank, "pause/"), day | {"reason": "A new system"}, follow=True))
    resumed = words(desk.post(page_of(southbank, "resume/"), follow=True))

    assert "No e-mails up to and with 24 December 2026." in paused
    assert "A new system" in paused
    assert "The e-mails are sent again." in resumed
    assert "No e-mails up to and with" not in resumed


def test_a_pause_that_cannot_be_is_said_on_the_form(desk, southbank):
    past = {"until_on_day": "1", "until_on_month": "1", "until_on_year": "2026", "reason": "Late"}

    assert "This day has passed. Choose today or a later day." in words(desk.post(page_of(southbank, "pause/"), past))
    assert "Enter why, so that others know" in words(desk.post(page_of(southbank, "pause/"), past | {"reason": ""}))


def test_a_school_without_courses_has_no_page_here(desk, northmoor):
    school = OrganisationFactory(kind="school", area=northmoor)

    assert desk.get(page_of(school)).status_code == 404
    assert desk.post(page_of(school, "resume/")).status_code == 404


@pytest.mark.parametrize("number", [1, 5])
def test_the_log_takes_the_same_questions_for_one_e_mail_and_for_more(
    desk, southbank, number, django_assert_num_queries
):
    for one in range(number):
        due_on = dt.date(2026, 10, 1) + dt.timedelta(days=one)
        FreshnessNotice.objects.create(provider=southbank, step="still_red", due_on=due_on, people=1)

    with django_assert_num_queries(6):
        desk.get(LEAGUE + "notices/")
    with django_assert_num_queries(10):
        desk.get(page_of(southbank))


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_pages_of_e_mails_break_no_rule_of_access(open_page, axe, southbank, help_desk):
    tell_providers()
    for path in (LEAGUE + "notices/", page_of(southbank), page_of(southbank, "pause/")):
        for width in (320, 1200):
            page = open_page(path, width=width, user=help_desk)
            axe(page)
            fits(page)
            assert small_targets(page) == [], (path, width)
