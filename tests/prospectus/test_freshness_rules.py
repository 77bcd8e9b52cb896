"""How long an update lasts: the rules that hold, what another one would do, and changing it."""

import datetime as dt
from dataclasses import replace

import pytest

from activity.models import Event
from core.errors import NotAllowed, RuleBroken
from prospectus.actions.freshness import change_freshness_rule
from prospectus.actions.health import refresh_health
from prospectus.models import Course, FreshnessRule, Rhythm
from prospectus.queries.health import health_of
from prospectus.queries.lights import EVERYWHERE, Colour
from prospectus.queries.rules import terms_words, turns
from providers.actions.closures import add_closure, remove_closure
from providers.models import Closure
from providers.queries import is_working_day
from tests.factories import AreaFactory, CycleFactory, OrganisationFactory, ProviderFactory, RoleKind, StaffRoleFactory
from tests.ground import ground
from tests.look import fits, small_targets
from tests.prospectus.test_health import course
from tests.prospectus.test_health_pages import words
from tests.races import at_once

pytestmark = pytest.mark.django_db

RULES = "/desk/health/rules/"
ANNUAL = EVERYWHERE["college"]
ROLLING = replace(ANNUAL, rhythm=Rhythm.ROLLING)


@ground
def northmoor():
    """Two colleges; one checked its courses in July, one in March. Both joined long ago."""
    northmoor = CycleFactory().area
    for name, day in (("Northfield College", dt.date(2026, 7, 1)), ("Southbank College", dt.date(2026, 3, 1))):
        course(ProviderFactory(name=name, area=northmoor), checked_on=day)
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


def answers(**changes):
    return {name: str(value) for name, value in vars(ANNUAL).items()} | changes


def colours(area):
    return [health.colour for health in health_of(area.organisations.filter(is_provider=True).order_by("name"))]


def test_the_lights_follow_the_rule_and_the_history_has_both(northmoor, help_desk):
    assert colours(northmoor) == [Colour.GREEN, Colour.RED]

    assert change_freshness_rule(area=northmoor, kind="college", terms=replace(ANNUAL, last_month=12), by=help_desk)

    assert colours(northmoor) == [Colour.GREEN, Colour.GREEN]
    event = Event.objects.get(verb="freshness_rule.change")
    assert (event.by, event.facts["before"]["last_month"], event.facts["after"]["last_month"]) == (help_desk, 9, 12)


def test_the_same_again_changes_nothing(northmoor, help_desk):
    assert not change_freshness_rule(area=northmoor, kind="college", terms=ANNUAL, by=help_desk)
    assert not Event.objects.exists()
    assert not FreshnessRule.objects.exists()


@pytest.mark.parametrize("changes", [{"turn_month": 10}, {"summer_from_month": 12}])
def test_the_first_month_does_not_come_after_the_last(northmoor, help_desk, changes):
    with pytest.raises(RuleBroken) as refused:
        change_freshness_rule(area=northmoor, kind="college", terms=replace(ANNUAL, **changes), by=help_desk)

    assert refused.value.code == "months_not_in_order"


def test_a_provider_changes_no_rule(northmoor):
    editor = StaffRoleFactory(kind=RoleKind.EDITOR, organisation=northmoor.organisations.first()).user

    with pytest.raises(NotAllowed):
        change_freshness_rule(area=northmoor, kind="college", terms=ROLLING, by=editor)


@pytest.mark.django_db(transaction=True)
def test_two_who_save_at_once_leave_one_rule_and_both_in_the_history(northmoor, help_desk):
    def save(days):
        terms = replace(ANNUAL, grace_days=days)
        return lambda: change_freshness_rule(area=northmoor, kind="college", terms=terms, by=help_desk)

    assert at_once(save(10), save(20)) == [True, True]
    first, second = Event.objects.order_by("pk")
    assert first.facts["after"] == second.facts["before"]
    assert FreshnessRule.objects.get().grace_days == second.facts["after"]["grace_days"]


def test_what_would_turn_is_known_before(northmoor):
    turning, providers = turns(northmoor, "college", replace(ANNUAL, last_month=12))

    assert [(turn.health.provider.name, turn.health.colour, turn.colour) for turn in turning] == [
        ("Southbank College", Colour.RED, Colour.GREEN)
    ]
    assert providers == 2
    assert not FreshnessRule.objects.exists()


def test_a_rule_is_said_in_words():
    assert terms_words(ANNUAL) == (
        "Once a year: green to the end of September; an update from May on lasts into the next year. "
        "Amber for 1 month, then red. A new provider has 42 days."
    )
    assert terms_words(replace(ROLLING, amber_months=2)) == (
        "An update lasts 2 months; one from June on at least to the end of November. "
        "Amber for 2 months, then red. A new provider has 42 days."
    )


def test_the_rules_of_all_areas_and_the_days_off_are_on_the_page(desk, northmoor, help_desk):
    ProviderFactory(kind="school", area=AreaFactory(name="Eastvale"))
    change_freshness_rule(area=northmoor, kind="college", terms=ROLLING, by=help_desk)
    Closure.objects.create(
        area=northmoor, name="Half term", starts_on=dt.date(2026, 10, 26), ends_on=dt.date(2026, 10, 30)
    )

    said = words(desk.get(RULES))

    assert "School Eastvale Once a year" in said
    assert "As everywhere 1 Change" in said
    assert "College Northmoor An update lasts 2 months" in said
    assert "The area’s own 2 Change" in said
    assert "Half term Northmoor 26 Oct 2026 30 Oct 2026" in said


def test_one_sees_whose_light_would_turn_then_saves(desk, northmoor):
    page = f"{RULES}northmoor/college/"

    shown = words(desk.post(page, answers(last_month="12")))
    assert not FreshnessRule.objects.exists()
    saved = words(desk.post(page, answers(last_month="12", save="1"), follow=True))
    again = words(desk.post(page, answers(last_month="12", save="1"), follow=True))

    assert "1 of 2 providers would have another light today. Nothing has been changed yet." in shown
    assert "Southbank College Red: out of date Green: up to date 31 Dec 2026" in shown
    assert "Saved. The lights follow it." in saved
    assert "It was so already." in again
    one = words(desk.get(page))
    assert "What it has been" in one
    assert "Before: Once a year: green to the end of September" in one
    assert 'value="9" selected' in desk.get(page + "?everywhere=1").content.decode()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"turn_month": "10"}, "The first month comes after the last."),
        ({"green_months": "0"}, "greater than or equal to 1"),
        ({"grace_days": "x"}, "Write a whole number"),
        ({"rhythm": ""}, "Choose how often"),
    ],
)
def test_what_cannot_be_is_said_on_the_form(desk, northmoor, changes, sentence):
    assert sentence in words(desk.post(f"{RULES}northmoor/college/", answers(**changes)))


@pytest.mark.parametrize("path", ["northmoor/nonsense/", "nowhere/college/"])
def test_an_unknown_area_or_kind_is_not_there(desk, northmoor, path):
    assert desk.get(RULES + path).status_code == 404


@pytest.mark.parametrize("number", [1, 5])
def test_the_pages_ask_the_same_of_one_and_of_more(desk, northmoor, number, django_assert_num_queries):
    for one in range(number):
        course(ProviderFactory(kind="school", area=AreaFactory(name=f"Area {one}")))

    with django_assert_num_queries(8):
        desk.get(RULES)
    with django_assert_num_queries(10):
        desk.post(f"{RULES}northmoor/college/", answers(last_month="12"))


# --- days off


def closure(area, by, *, first=dt.date(2026, 12, 21), last=dt.date(2027, 1, 1), name="Christmas"):
    return add_closure(area=area, name=name, starts_on=first, ends_on=last, by=by)


def test_days_that_are_added_are_no_working_days_and_the_same_again_is_one(northmoor, help_desk):
    closure(northmoor, help_desk)
    closure(northmoor, help_desk)

    assert Closure.objects.count() == Event.objects.filter(verb="closure.add").count() == 1
    assert not is_working_day(dt.date(2026, 12, 21), area=northmoor)


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        (dt.date(2026, 12, 21), dt.date(2026, 12, 20), "closure_not_in_order"),
        (dt.date(2026, 12, 21), dt.date(2027, 3, 22), "closure_too_long"),
        (dt.date(2026, 11, 16), dt.date(2026, 11, 17), "closure_over"),
    ],
)
def test_days_are_in_order_to_come_and_at_most_three_months(northmoor, help_desk, first, last, code):
    with pytest.raises(RuleBroken) as refused:
        closure(northmoor, help_desk, first=first, last=last)

    assert refused.value.code == code


def test_days_to_come_are_taken_out_and_those_that_have_begun_stay(northmoor, help_desk):
    to_come = closure(northmoor, help_desk)
    begun = closure(northmoor, help_desk, first=dt.date(2026, 11, 18), last=dt.date(2026, 11, 20))

    remove_closure(closure=to_come, by=help_desk)
    with pytest.raises(RuleBroken) as refused:
        remove_closure(closure=begun, by=help_desk)

    assert refused.value.code == "closure_begun"
    assert list(Closure.objects.all()) == [begun]
    assert Event.objects.get(verb="closure.remove").facts["starts_on"] == "2026-12-21"


def test_a_provider_adds_and_removes_no_days(northmoor, help_desk):
    editor = StaffRoleFactory(kind=RoleKind.EDITOR, organisation=northmoor.organisations.first()).user
    held = closure(northmoor, help_desk)

    with pytest.raises(NotAllowed):
        closure(northmoor, editor)
    with pytest.raises(NotAllowed):
        remove_closure(closure=held, by=editor)


def test_days_are_added_and_taken_out_on_the_page(desk, northmoor):
    days = {f"starts_on_{part}": value for part, value in (("day", "21"), ("month", "12"), ("year", "2026"))}
    days |= {f"ends_on_{part}": value for part, value in (("day", "1"), ("month", "1"), ("year", "2027"))}
    answer = days | {"area": "northmoor", "name": "Christmas"}

    wrong = words(desk.post("/desk/health/closures/add/", answer | {"ends_on_year": "2026"}))
    added = words(desk.post("/desk/health/closures/add/", answer, follow=True))
    gone = words(desk.post("/desk/health/closures/northmoor/2026-12-21/remove/", follow=True))

    assert "The last day is before the first." in wrong
    assert "Christmas Northmoor 21 Dec 2026 1 Jan 2027 Take out" in added
    assert "These are working days again." in gone
    assert desk.post("/desk/health/closures/northmoor/nonsense/remove/").status_code == 404


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_pages_of_rules_break_no_rule_of_access(open_page, axe, northmoor, help_desk):
    change_freshness_rule(area=northmoor, kind="college", terms=ROLLING, by=help_desk)
    closure(northmoor, help_desk)
    for width in (320, 1200):
        page = open_page(RULES, width=width, user=help_desk)
        axe(page)
        fits(page)
        page = open_page("/desk/health/closures/add/", width=width, user=help_desk)
        axe(page)
        fits(page)
        page = open_page(f"{RULES}northmoor/college/", width=width, user=help_desk)
        axe(page)
        fits(page)
        assert small_targets(page) == []
        page.get_by_label("Days a new provider has to begin").fill("10")
        with page.expect_navigation():
            page.get_by_role("button", name="Show me what would change").click()
        axe(page)
        fits(page)


def test_only_an_area_s_own_people_change_its_days(desk, northmoor, help_desk):
    elsewhere = AreaFactory(name="Southmoor", slug="southmoor")
    council = OrganisationFactory(name="Southmoor Council", kind="authority", area=elsewhere)
    there = StaffRoleFactory(kind=RoleKind.HELP_DESK, organisation=council).user
    held = closure(elsewhere, there)
    with pytest.raises(NotAllowed):
        closure(elsewhere, help_desk)
    with pytest.raises(NotAllowed):
        remove_closure(closure=held, by=help_desk)
    assert desk.post("/desk/health/closures/southmoor/2026-12-21/remove/").status_code == 403
    assert 'value="southmoor"' not in desk.get("/desk/health/closures/add/").text
    assert "Christmas" in desk.get(RULES).text
    assert "southmoor/2026-12-21/remove" not in desk.get(RULES).text


def test_whoever_comes_from_the_dates_and_rules_goes_back_there(desk, northmoor, help_desk):
    there = "/desk/application-rules/?area=northmoor"
    back = "?back=%2Fdesk%2Fapplication-rules%2F%3Farea%3Dnorthmoor"
    assert f"{RULES}{back}" in desk.get(there).text
    held = closure(northmoor, help_desk)
    days = {f"{name}_on_{part}": value for name in ("starts", "ends") for part, value in (("day", 7), ("month", 1))}
    answer = days | {"starts_on_year": 2027, "ends_on_year": 2027, "area": "northmoor", "name": "Snow"}
    assert desk.post(f"/desk/health/closures/add/{back}", answer)["Location"] == there
    page = desk.get(f"{RULES}{back}").text
    assert f'href="{there}"' in page
    assert desk.post(f"/desk/health/closures/northmoor/{held.starts_on}/remove/{back}")["Location"] == there
    for elsewhere in ("https://example.org/", "//example.org/", "javascript:alert(1)"):
        assert "example.org" not in desk.get("/desk/health/closures/add/", {"back": elsewhere}).text
