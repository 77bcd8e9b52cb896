"""An area's dates and rules: who changes them, what is refused, what a change means, and the look at another day."""

import datetime as dt

import pytest
from django.db import connection, transaction
from django.urls import reverse

from activity.models import Event
from applications.models import Choice
from applications.queries.rules import consequences
from applications.queries.what_if import preview
from applications.tasks import nightly
from core import clock
from core.errors import NotAllowed, RuleBroken, StaleState
from providers.actions.closures import add_closure
from providers.actions.cycles import TERMS, add_cycle, change_cycle, facts_of, open_area
from providers.models import Cycle, Organisation, Phase
from tests.applications.walk import again
from tests.factories import AreaFactory, CycleFactory, OrganisationFactory, StaffRoleFactory

RULES = "/desk/application-rules/"
CHANGE = f"{RULES}northmoor/2027/post_16/change/"


@pytest.fixture
def council(town):
    return OrganisationFactory(name="Northmoor Council", kind="authority", area=town.area)


@pytest.fixture
def imran(council):
    return StaffRoleFactory(kind="help_desk", organisation=council).user


def terms(cycle, **changes):
    return {name: getattr(cycle, name) for name in TERMS} | changes


def refused(cycle, by, **changes):
    with pytest.raises(RuleBroken) as caught:
        change_cycle(cycle=cycle, terms=terms(cycle, **changes), seen=facts_of(cycle), by=by)
    return caught.value.code


def posted(cycle, **changes):
    """The form as a browser sends it."""
    data = {}
    for name, value in terms(cycle, **changes).items():
        if isinstance(value, bool):
            data[name] = "yes" if value else "no"
        elif isinstance(value, dt.date):
            data |= {f"{name}_day": value.day, f"{name}_month": value.month, f"{name}_year": value.year}
        else:
            data[name] = "" if value is None else value
    return data


DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"closes_on": dt.date(2026, 9, 1)}, "dates_not_in_order"),
        ({"ends_on": dt.date(2029, 1, 1)}, "dates_far_away"),
        ({"choice_limit": 0}, "limit_out_of_range"),
        ({"choice_limit": 21}, "limit_out_of_range"),
        ({"answer_days": 0}, "days_out_of_range"),
        ({"endorsement_days": 61}, "days_out_of_range"),
        ({"last_chance_days": 0}, "days_out_of_range"),
        ({"first_reminder_days": 2}, "reminders_not_in_order"),
        ({"reply_days": 4}, "reminders_not_in_order"),
        ({"first_year_group": 11, "last_year_group": 9}, "year_groups_unlikely"),
        ({"first_year_group": 3}, "year_groups_unlikely"),
        ({"closes_on": dt.date(2026, 11, 1), "ends_on": dt.date(2026, 11, 17)}, "ends_in_past"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_changed(town, imran, changes, code):
    before = facts_of(town.cycle)
    assert refused(town.cycle, imran, **changes) == code
    town.cycle.refresh_from_db()
    assert facts_of(town.cycle) == before


def test_two_years_of_one_kind_are_not_open_at_once_and_two_kinds_may_be(town, imran):
    overlapping = terms(town.cycle, opens_on=dt.date(2027, 8, 1), closes_on=dt.date(2028, 7, 1))
    overlapping["ends_on"] = dt.date(2028, 8, 1)
    with pytest.raises(RuleBroken) as caught:
        add_cycle(area=town.area, entry_year=2028, phase="post_16", terms=overlapping, by=imran)
    assert caught.value.code == "cycles_overlap"
    younger = add_cycle(area=town.area, entry_year=2027, phase="pre_16", terms=terms(town.cycle), by=imran)
    assert younger.phase == Phase.PRE_16
    with pytest.raises(RuleBroken) as caught:
        add_cycle(area=town.area, entry_year=2027, phase="pre_16", terms=terms(town.cycle), by=imran)
    assert caught.value.code == "cycle_exists"
    with pytest.raises(RuleBroken) as caught:
        add_cycle(area=town.area, entry_year=2040, phase="pre_16", terms=terms(town.cycle), by=imran)
    assert caught.value.code == "year_unlikely"


def test_only_the_areas_own_coordinator_changes_and_says_what_was_seen(town, imran):
    elsewhere = OrganisationFactory(kind="authority", area=AreaFactory(name="Eastvale"))
    neighbour = StaffRoleFactory(kind="help_desk", organisation=elsewhere).user
    officer = StaffRoleFactory(kind="officer", organisation=Organisation.objects.get(name="Northmoor Council")).user
    for person in (neighbour, officer, town.coordinator):
        with pytest.raises(NotAllowed):
            change_cycle(cycle=town.cycle, terms=terms(town.cycle), seen=facts_of(town.cycle), by=person)
    seen = facts_of(town.cycle)
    change_cycle(cycle=town.cycle, terms=terms(town.cycle, choice_limit=4), seen=seen, by=imran)
    with pytest.raises(StaleState):
        change_cycle(cycle=town.cycle, terms=terms(town.cycle, choice_limit=6), seen=seen, by=imran)
    event = Event.objects.get(verb="cycle.change")
    assert event.facts["before"] == {"choice_limit": 5}
    assert event.facts["after"] == {"choice_limit": 4}
    with clock.at(town.cycle.ends_on + DAY):
        assert refused(Cycle.objects.get(), imran, choice_limit=7) == "cycle_over"


def test_given_dates_stay_and_the_new_rules_hold_for_what_comes_after(town, imran):
    old = town.choice("sent")
    given = old.answer_due_on
    assert consequences(town.cycle, terms(town.cycle, answer_days=5)) == [
        "1 choice under way keeps the dates it was given."
    ]
    change_cycle(cycle=town.cycle, terms=terms(town.cycle, answer_days=5), seen=facts_of(town.cycle), by=imran)
    assert again(old).answer_due_on == given
    new = town.choice("sent", town.run("Bricklaying Level 1", provider=town.southbank))
    assert new.answer_due_on == dt.date(2026, 11, 25)


def test_what_a_change_means_is_said_for_everybody_it_touches(town):
    town.choice("held", town.run("Plumbing Level 2"))
    town.choice("with_school", town.run("Joinery Level 2"))
    town.draft(town.run("Tiling Level 1"))
    town.cycle.refresh_from_db()
    tomorrow = clock.today() + DAY
    changes = terms(town.cycle, can_hold=False, has_endorsement=False, choice_limit=1, opens_on=tomorrow)
    assert consequences(town.cycle, changes | {"ends_on": dt.date(2027, 9, 30)}) == [
        "2 choices under way keep the dates they were given.",
        "1 choice is with the school, and stays there until the school's time is up.",
        "1 back-up stays with its learner. Nobody can keep another.",
        "1 learner has more under way: they keep them, and send no more until fewer are.",
        "1 draft cannot be sent until the new first day.",
        "Whatever is open after Thursday 30 September 2027 is closed on that night.",
    ]


def test_the_reminders_of_an_area_come_when_the_area_says(town, imran):
    offered = town.choice("offered")  # answer by 2 December
    change_cycle(
        cycle=town.cycle,
        terms=terms(town.cycle, first_reminder_days=8, second_reminder_days=4, last_chance_days=3),
        seen=facts_of(town.cycle),
        by=imran,
    )
    reminded = []
    for day in range(18, 31):
        with clock.at(dt.date(2026, 11, day)):
            reminded += [day] * nightly()["reminded"]
    assert reminded == [20, 26]
    assert again(offered).standing_offer.answer_by_on == dt.date(2026, 12, 2)


def test_the_pages_show_first_and_save_second(town, council, imran, client):
    town.choice("sent")
    client.force_login(imran)
    assert "September 2027" in client.get(RULES).text
    shown = client.post(CHANGE, posted(town.cycle, choice_limit=3))
    assert "Choices under way at once: 5 becomes 3" in shown.text
    assert "1 choice under way keeps the dates it was given." in shown.text
    assert Cycle.objects.get().choice_limit == 5
    fingerprint = shown.context["shown"]
    # Other answers than those that were shown are shown, too, before they are saved.
    other = client.post(CHANGE, posted(town.cycle, choice_limit=2) | {"shown": fingerprint})
    assert "5 becomes 2" in other.text
    assert Cycle.objects.get().choice_limit == 5
    saved = client.post(CHANGE, posted(town.cycle, choice_limit=3) | {"shown": fingerprint})
    assert saved.status_code == 302
    assert Cycle.objects.get().choice_limit == 3
    page = client.get(saved.url)
    assert "Choices under way at once: 5 became 3" in page.text
    refused_page = client.post(CHANGE, posted(town.cycle, choice_limit=0) | {"shown": "x"})
    wrong = refused_page.context["shown"]
    assert "from 1 to 20" in client.post(CHANGE, posted(town.cycle, choice_limit=0) | {"shown": wrong}).text
    added = client.get(f"{RULES}northmoor/add/")
    assert added.context["form"].initial["opens_on"] == dt.date(2027, 9, 15)
    cycle = Cycle.objects.get()
    next_year = {
        "opens_on": dt.date(2027, 9, 15),
        "closes_on": dt.date(2028, 8, 31),
        "ends_on": dt.date(2028, 10, 31),
    }
    made = client.post(
        f"{RULES}northmoor/add/", posted(cycle, **next_year) | {"entry_year": "2028", "phase": "post_16"}
    )
    assert made.url == f"{RULES}northmoor/2028/post_16/"
    client.force_login(StaffRoleFactory(kind="officer", organisation=council).user)
    assert "The area’s own coordinators change these" in client.get(RULES).text
    assert client.get(CHANGE).status_code == 403


@pytest.mark.parametrize("rows", [1, 5])
def test_the_page_asks_the_same_however_much_there_is(town, imran, client, django_assert_num_queries, rows):
    for number in range(rows):
        first = dt.date(2027, 1, 1 + 2 * number)
        add_closure(area=town.area, name=f"Snow {number}", starts_on=first, ends_on=first, by=imran)
        town.run(f"Course {number}", provider=OrganisationFactory(is_provider=True, area=town.area))
    client.force_login(imran)
    client.get(RULES)
    with django_assert_num_queries(11):
        assert client.get(RULES).status_code == 200


def test_holidays_do_not_overlap(town, imran):
    half_term = {"name": "Half term", "starts_on": dt.date(2027, 2, 15), "ends_on": dt.date(2027, 2, 19)}
    add_closure(area=town.area, by=imran, **half_term)
    add_closure(area=town.area, by=imran, **half_term)
    with pytest.raises(RuleBroken) as caught:
        add_closure(area=town.area, by=imran, **half_term | {"name": "Training day", "ends_on": dt.date(2027, 2, 15)})
    assert caught.value.code == "closures_overlap"


def test_an_area_opens_from_a_day(town, imran, client):
    run = town.run()
    assert refusal_of(open_area, area=town.area, from_on=dt.date(2027, 1, 4), by=imran) == "area_open_already"
    Organisation.objects.update(takes_applications=False)
    open_area(area=town.area, from_on=dt.date(2027, 1, 4), by=imran)
    Organisation.objects.filter(is_provider=True).update(takes_applications=True)
    course = reverse("prospectus:course", args=[run.course.reference])
    page = client.get(course, follow=True)
    assert "Applications open here on 4 January 2027" in page.text
    client.force_login(imran)
    assert "Applications open here on 4 January 2027" in client.get(RULES).text
    with clock.at(dt.date(2027, 1, 4)):
        client.logout()
        assert "Sign in to apply" in client.get(course, follow=True).text
    client.force_login(imran)
    saved = client.post(f"{RULES}northmoor/opening/", {"from_on_day": "", "from_on_month": "", "from_on_year": ""})
    assert saved.status_code == 302
    assert town.draft(run)


def refusal_of(act, **kwargs):
    with pytest.raises(RuleBroken) as caught:
        act(**kwargs)
    return caught.value.code


# What if it were this date


def test_the_preview_says_what_the_nights_then_do_and_changes_nothing(town, imran, client):
    town.choice("with_school", town.run("Joinery Level 2"))
    town.choice("with_school", town.run("Tiling Level 1"), learner=town.ben)
    town.choice("offered", town.run("Bricklaying Level 1", provider=town.southbank))
    day = dt.date(2026, 12, 10)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SAVEPOINT looking")
        cursor.execute("SET TRANSACTION READ ONLY")
        seen = preview(town.area, day)
        cursor.execute("ROLLBACK TO SAVEPOINT looking")
    before = list(Choice.objects.order_by("pk").values())
    client.force_login(imran)
    url = reverse("applications:what-if", args=["northmoor"])
    asked = {"on_day": "10", "on_month": "12", "on_year": "2026"}
    page = client.get(url, asked)
    assert "Applications are open. Send your choices by Tuesday 31 August 2027." in page.text
    assert list(Choice.objects.order_by("pk").values()) == before
    assert "Choose today or a later day" in client.get(url, asked | {"on_year": "2025"}).text
    assert "next year and a half" in client.get(url, asked | {"on_year": "2031"}).text
    done = {"sent unendorsed": 0, "reminded": 0, "lapsed": 0, "closed": 0}
    for number in range(1, (day - clock.today()).days + 1):
        with clock.at(clock.today() + number * DAY):
            night = nightly()
        done = {what: done[what] + night[what] for what in done}
    assert list(done.values()) == [2, 2, 1, 0]
    assert [seen.total.unendorsed, seen.total.reminded, seen.total.lapsed, seen.total.closed] == list(done.values())
    assert [(row.name, row.unendorsed, row.lapsed) for row in seen.providers] == [
        ("Northfield College", 2, 0),
        ("Southbank Sixth Form", 0, 1),
    ]
    assert [(row.name, row.unendorsed) for row in seen.schools] == [
        ("Hollins Park School", 1),
        ("St Brannoc's School", 1),
    ]


def test_after_the_last_day_of_all_the_preview_closes_what_is_open(town):
    town.choice("sent")
    town.draft(town.run("Tiling Level 1"), learner=town.ben)
    seen = preview(town.area, town.cycle.ends_on + DAY)
    assert (seen.total.closed, seen.cycles[0].state) == (2, "over")
    assert preview(town.area, town.cycle.closes_on + DAY).cycles[0].state == "late"
    assert preview(town.area, clock.today()).total.closed == 0


def test_years_that_are_over_stand_folded_below_those_that_run(town, imran, client):
    CycleFactory(area=town.area, entry_year=2024, ends_on="2024-10-31", closes_on="2024-03-01", opens_on="2023-09-15")
    client.force_login(imran)
    page = client.get(RULES)
    assert [each.entry_year for each in page.context["cycles"]] == [2027]
    assert [each.entry_year for each in page.context["earlier"]] == [2024]
    assert "1 year that is over" in page.text
