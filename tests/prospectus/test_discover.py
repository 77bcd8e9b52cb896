"""Other ways to find: on a map, several subjects at once, what starts now, area by area."""

import datetime as dt
import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from prospectus import queries
from prospectus.actions import refresh_search
from prospectus.models import CourseRun, ProvisionKind
from prospectus.queries import CourseQuery, place_of
from prospectus.queries.freshness import Freshness, areas_state, freshness
from prospectus.queries.rollover import days_of, entry_year_of
from providers.models import AreaHolding, OrganisationKind
from tests.factories import AreaFactory, LearnerFactory, OrganisationFactory, ProviderFactory, SiteFactory

MAP, TOGETHER, START, AREAS = "/courses/map/", "/courses/together/", "/start-now/", "/areas/"


def words(page):
    """The page's text, without marks."""
    inner = re.sub(r"(?s)<script.*?</script>|<svg.*?</svg>|<[^>]+>", " ", page.content.decode())
    return " ".join(inner.split())


def asked(client, address):
    """How many statements the page sends."""
    client.get(address)
    with CaptureQueriesContext(connection) as sent:
        assert client.get(address).status_code == 200
    return len(sent)


def more_providers(town, number):
    """Further providers, each with a site of its own and courses in all ways."""
    for n in range(number):
        provider = ProviderFactory(name=f"Riverside Training {n}", area=town.northmoor)
        site = SiteFactory(organisation=provider, latitude=53 + n / 100, longitude=-1.5 + n / 100, town=f"Ton {n}")
        for title, subject in (("Plumbing Level 1", "05.2"), ("Mathematics A Level", "02.2")):
            course = town.course(title, subject, "1", provider)
            town.run(course, site, starts_on=dt.date(2026, 12, 7))
            town.run(course, site, is_flexible_start=True, starts_on=None)
    refresh_search()


# --- map


def test_a_map_has_a_pin_for_each_site_and_the_list_says_the_same(town, client):
    page = client.get(MAP)
    html = page.content.decode()
    assert "7 courses at 2 places on the map" in words(page)
    # Both sites have courses; the one with more of them is number one.
    assert re.findall(r'aria-label="(\d: [^"]+)"', html) == [
        "1: Valley Site, Eastgate Training",
        "2: Hill Site, Northfield College",
    ]
    assert "Valley Site, Eastgate Training Northmoor HX1 1AA 3 courses here" in words(page)


def test_a_site_leads_to_the_same_search_at_its_provider(town, client):
    page = client.get(MAP, {"q": "plumbing", "level": "2", "move": "1"})
    (link,) = re.findall(r'href="(/courses/\?[^"]+provider[^"]+)"', page.content.decode().replace("&amp;", "&"))
    assert parse_qs(urlsplit(link).query) == {
        "q": ["plumbing"],
        "level": ["2"],
        "provider": [town.northfield.reference],
    }
    assert "1 course found" in words(client.get(link))


def test_a_map_never_loads_a_course(town, django_assert_num_queries):
    query = CourseQuery(text="plumbing", place=place_of("ZN1"))
    with CaptureQueriesContext(connection) as sent:
        found = queries.course_map(query)
    assert [(site.name, site.courses) for pin in found.pins for site in pin.sites] == [
        ("Hill Site", 1),
        ("Valley Site", 1),
    ]
    assert not [one["sql"] for one in sent if 'FROM "prospectus_course"' in one["sql"]]


def test_around_a_postcode_the_nearest_is_first_and_the_radius_is_drawn(town, client):
    page = client.get(MAP, {"postcode": "ZN2", "miles": "3"})
    assert re.findall(r'aria-label="(\d: [^"]+)"', page.content.decode()) == ["1: Valley Site, Eastgate Training"]
    assert "The circle is 3 miles around it" in words(page)
    assert "Less than a mile away" in words(page)
    assert "pin-map__ring" in page.content.decode()


def test_what_is_online_is_listed_without_a_pin(town, client):
    text = words(client.get(MAP))
    unplaced = text[text.index("Places we cannot put on the map") :]
    # One is online, the other has no run yet, and so no site.
    assert "Southbank Sixth Form: 2 courses." in unplaced
    online = words(client.get(MAP, {"q": "computer science"}))
    assert "Southbank Sixth Form: 1 course online." in online


def test_a_site_whose_place_nobody_knows_is_listed_by_name(town, client):
    hall = SiteFactory(organisation=town.southbank, name="Village Hall", town="Upton")
    town.run(town.maths, hall)
    refresh_search()
    text = words(client.get(MAP))
    assert "Village Hall, Southbank Sixth Form, Upton: 1 course." in text[text.index("cannot put on the map") :]


def test_sites_that_stand_close_share_a_pin_and_each_is_listed(town, client):
    beside = SiteFactory(organisation=town.southbank, name="Next Door", latitude=53.0001, longitude=-1.5)
    town.run(town.maths, beside)
    refresh_search()
    page = client.get(MAP, {"postcode": "ZN1", "miles": "10"})
    assert "1: 2 sites in Northmoor" in page.content.decode()
    assert "Hill Site, Northfield College" in words(page)
    assert "Next Door, Southbank Sixth Form" in words(page)


def test_a_map_with_nothing_on_it_leads_on(town, client):
    page = client.get(MAP, {"q": "zzzz", "exact": "1"})
    assert "No courses to show" in words(page)
    assert "pin-map" not in page.content.decode()


def test_the_map_that_moves_is_loaded_only_when_asked_for_and_knows_the_same_places(town, client, settings):
    assert "leaflet" not in client.get(MAP).content.decode()
    settings.TILES_URL, settings.TILES_ATTRIBUTION = "https://tiles.example/{z}/{x}/{y}.png", "Maps & <us>"
    html = client.get(MAP, {"move": "1"}).content.decode()
    assert 'data-tiles="https://tiles.example/{z}/{x}/{y}.png" data-attribution="Maps &amp; &lt;us&gt;"' in html
    points = json.loads(re.search(r'(?s)<script id="map-points" type="application/json">(.*?)</script>', html)[1])
    assert [one["geometry"]["coordinates"] for one in points["features"]] == [[-1.5, 53.1], [-1.5, 53.0]]
    assert points["features"][0]["properties"] == {
        "number": 1,
        "name": "Valley Site, Eastgate Training",
        "courses": 3,
    }


def test_a_journey_is_offered_only_where_there_is_a_planner(town, client, settings):
    assert "How to get there" not in words(client.get(MAP))
    settings.JOURNEY_URL = "https://planner.example/?from={from}&to={to}"
    html = client.get(MAP, {"postcode": "ZN1"}).content.decode().replace("&amp;", "&")
    assert 'href="https://planner.example/?from=ZN1&to=HX1%201AA" rel="noopener external"' in html


def test_a_map_asks_as_often_for_two_sites_as_for_many(town, client):
    before = asked(client, MAP + "?level=1&postcode=ZN1&miles=20")
    more_providers(town, 5)
    assert asked(client, MAP + "?level=1&postcode=ZN1&miles=20") == before


def test_more_sites_than_a_page_holds_are_said(town, client, monkeypatch):
    more_providers(town, 3)
    found = queries.course_map(CourseQuery())
    assert found.more == 0
    monkeypatch.setattr("prospectus.queries.map.SITES", queries.map.SITES.replace("LIMIT 150", "LIMIT 2"))
    found = queries.course_map(CourseQuery())
    assert (sum(len(pin.sites) for pin in found.pins) + len(found.unplaced), found.more) == (2, 4)


# --- together


def table(page):
    """The rows of the page's table, as text."""
    return [
        " ".join(re.sub(r"<[^>]+>", " ", row).split())
        for row in re.findall(r"(?s)<tr>(.*?)</tr>", page.content.decode())
    ][1:]


def test_those_who_have_both_subjects_come_first(town, client):
    town.run(town.course("Mathematics Level 2", "02.2", "2", town.northfield), town.near)
    refresh_search()
    page = client.get(TOGETHER, {"subject": ["plumbing", "maths"]})
    assert "1 provider has both" in words(page)
    at = "in {} at {}".format
    assert table(page) == [
        f"Northfield College , Northmoor Has both 1 course {at('Plumbing', 'Northfield College')} 1 course "
        + at("Maths", "Northfield College"),
        f"Eastgate Training , Eastvale 1 course {at('Plumbing', 'Eastgate Training')} None",
        f"Southbank Sixth Form , Northmoor None 1 course {at('Maths', 'Southbank Sixth Form')}",
    ]
    assert "Plumbing and Maths together: 1 provider Only Plumbing: 1 provider Only Maths: 1 provider" in words(page)


def test_a_count_leads_to_the_search_that_finds_as_many(town, client):
    page = client.get(TOGETHER, {"subject": ["plumbing", "07.3"]})
    found = re.findall(r'href="(/courses/\?[^"]+)">(\d+) course', page.content.decode().replace("&amp;", "&"))
    assert len(found) == 3
    for address, number in found:
        assert f"{number} course" in words(client.get(address))
        assert f"{number} course{'s' * (number != '1')} found" in words(client.get(address))


def test_a_code_is_called_by_its_name(town, client):
    page = client.get(TOGETHER, {"subject": "07.3"})
    assert "Remove filter: Service enterprises" in words(page)


def test_two_and_three_subjects_are_drawn_and_four_are_only_a_table(town, client):
    subjects = ["plumbing", "maths", "hair", "computing"]
    drawn = [
        client.get(TOGETHER, {"subject": subjects[:number]}).content.decode().count('class="venn"')
        for number in range(5)
    ]
    assert drawn == [0, 0, 1, 1, 0]


def test_the_picture_says_in_words_what_it_shows(town, client):
    html = client.get(TOGETHER, {"subject": ["plumbing", "hair"]}).content.decode()
    assert 'role="img" aria-labelledby="venn-title venn-words"' in html
    assert '<desc id="venn-words">Plumbing and Hair together: 1. Only Plumbing: 1. </desc>' in html


def test_a_subject_is_added_and_taken_off_without_scripts(town, client):
    page = client.get(TOGETHER, {"subject": ["plumbing", "hair"], "postcode": "ZN1"})
    away = [link.replace("&amp;", "&") for link in re.findall(r'chip--remove" href="([^"]+)"', page.content.decode())]
    assert [parse_qs(urlsplit(link).query)["subject"] for link in away] == [["hair"], ["plumbing"]]
    assert page.content.decode().count('type="hidden" name="subject"') == 2
    assert "Add a subject" in words(page)


def test_a_subject_nobody_has_is_said_and_the_others_still_stand(town, client):
    page = client.get(TOGETHER, {"subject": ["plumbing", "zzqqx"]})
    assert "We found no courses for Zzqqx" in words(page)
    assert "No provider has both" in words(page)
    assert len(table(page)) == 2
    nothing = client.get(TOGETHER, {"subject": ["zzqqx"]})
    assert "Nobody has any of these" in words(nothing)


def test_together_near_a_place(town, client):
    page = client.get(TOGETHER, {"subject": ["plumbing", "hair"], "postcode": "ZN1", "miles": "3"})
    assert table(page) == ["Northfield College , Northmoor 1 course in Plumbing at Northfield College None"]


def test_without_a_subject_the_page_asks_and_gives_examples(town, client):
    page = client.get(TOGETHER)
    assert "Try one of these" in words(page)
    assert page.content.decode().count('name="subject"') == 3


@pytest.mark.parametrize("address", ["?subject=%00", "?subject=&subject=+", "?" + "subject=a&" * 50, "?page=abc"])
def test_an_odd_question_still_gives_a_page(town, client, address):
    assert client.get(TOGETHER + address).status_code == 200


def test_at_most_eight_subjects_are_looked_for(town, client):
    few = asked(client, TOGETHER + "?" + "&".join(f"subject=plumbing+{n}" for n in range(8)))
    assert asked(client, TOGETHER + "?" + "&".join(f"subject=plumbing+{n}" for n in range(30))) == few


def test_together_asks_as_often_for_three_providers_as_for_many(town, client):
    address = TOGETHER + "?subject=05.2&subject=04.3&postcode=ZN1&miles=20"
    before = asked(client, address)
    more_providers(town, 5)
    assert asked(client, address) == before


# --- start now


def started(page):
    """Groups and titles, in the order of the page."""
    found = re.findall(
        r'<h2 class="govuk-heading-m">([^<]+)</h2>|card__heading"><a[^>]*>([^<]+)<', page.content.decode()
    )
    return [group or title for group, title in found]


def test_what_starts_now_is_what_need_not_be_waited_for(town, client):
    town.run(town.cars, town.near, starts_on=dt.date(2026, 12, 7))
    town.run(town.maths, None, starts_on=dt.date(2026, 11, 17))  # yesterday
    refresh_search()
    page = client.get(START)
    assert started(page) == [
        "Start any day",
        "Hairdressing",
        "Starts in the next 6 weeks",
        "Motor Vehicle Maintenance",
        "Starts later this school year",
        "Plumbing Level 2",
    ]
    assert "3 courses you can start this school year" in words(page)
    assert "Starts 7 December 2026, in 2 weeks" in words(page)


def test_six_weeks_end_on_their_last_day(town, client):
    town.run(town.cars, town.near, starts_on=dt.date(2026, 12, 30))
    town.run(town.animals, town.far, starts_on=dt.date(2026, 12, 31))
    town.run(town.maths, town.near, starts_on=dt.date(2027, 8, 1))
    refresh_search()
    found = queries.start_now(CourseQuery())
    assert {start.run.course.title: start.wait for start in found.starts} == {
        "Hairdressing": 0,
        "Motor Vehicle Maintenance": 1,
        "Animal Management": 2,
        "Plumbing Level 2": 2,
    }


def test_a_way_back_into_learning_stands_before_all_else(town, client):
    back = town.course("Get Going Again", "14.1", "1", town.northfield, kind=ProvisionKind.RE_ENGAGEMENT)
    town.run(back, town.near, starts_on=dt.date(2027, 2, 1), delivery="outreach")
    refresh_search()
    assert started(client.get(START))[:3] == ["Ways back into learning", "Get Going Again", "Start any day"]
    assert started(client.get(START, {"delivery": "outreach"})) == ["Ways back into learning", "Get Going Again"]


def test_an_open_day_or_a_club_is_nothing_to_start(town, client):
    for title, kind in (("Open Evening", ProvisionKind.TASTER), ("Chess Club", ProvisionKind.ACTIVITY)):
        town.run(town.course(title, "14.1", "", town.northfield, kind=kind), town.near, starts_on=dt.date(2026, 12, 7))
    refresh_search()
    assert not {"Open Evening", "Chess Club"} & set(started(client.get(START)))


def test_what_is_full_is_left_out_and_places_left_are_said(town, client):
    CourseRun.objects.filter(course=town.hair).update(places=12, places_taken=12)
    CourseRun.objects.filter(course=town.plumbing).update(places=12, places_taken=11)
    refresh_search()
    page = client.get(START)
    assert started(page) == ["Starts later this school year", "Plumbing Level 2"]
    assert "1 place left" in words(page)


def test_nothing_to_start_is_not_the_end(town, client):
    page = client.get(START, {"q": "plumbing", "postcode": "ZN1", "delivery": "online"})
    assert started(page) == []
    for way in ("Look everywhere", "every way to learn", "every subject", "Talk to somebody"):
        assert way in words(page)


def test_the_advice_service_of_the_place_is_named(town, client):
    for area, name in ((town.northmoor, "Northmoor Careers"), (town.eastvale, "Eastvale Youth Advice")):
        OrganisationFactory(name=name, area=area, kind=OrganisationKind.ADVICE_SERVICE, phone="01632 960000")
    assert "Eastvale Youth Advice" in words(client.get(START))
    near = words(client.get(START, {"postcode": "ZN2", "miles": "3"}))
    assert ("Eastvale Youth Advice" in near, "Northmoor Careers" in near) == (True, False)
    client.force_login(LearnerFactory(area=town.northmoor).user)
    own = words(client.get(START))
    assert ("Eastvale Youth Advice" in own, "Northmoor Careers" in own) == (False, True)


def test_start_now_is_paged_and_past_the_end_is_the_first_page(town, client):
    for number in range(20):
        town.run(town.course(f"Weaving {number:02}", "09.2", "1", town.northfield), town.near, is_flexible_start=True)
    refresh_search()
    second = started(client.get(START, {"q": "weaving", "page": "2"}))
    assert second == ["Start any day", *(f"Weaving {number:02}" for number in range(15, 20))]
    assert "Weaving 00" in started(client.get(START, {"q": "weaving", "page": "9"}))


def test_start_now_asks_as_often_for_one_course_as_for_many(town, client):
    address = START + "?level=1&level=2&postcode=ZN1&miles=20"
    before = asked(client, address)
    more_providers(town, 5)
    assert asked(client, address) == before


@pytest.mark.parametrize(
    ("day", "end"),
    [
        (dt.date(2026, 11, 18), dt.date(2027, 7, 31)),
        (dt.date(2027, 7, 31), dt.date(2027, 7, 31)),
        (dt.date(2027, 8, 1), dt.date(2028, 7, 31)),
    ],
)
def test_a_school_year_ends_on_31_july(day, end):
    assert days_of(entry_year_of(day))[1] == end


# --- areas


@pytest.mark.parametrize(
    ("days", "state"),
    [
        (0, Freshness.FRESH),
        (60, Freshness.FRESH),
        (61, Freshness.AGEING),
        (120, Freshness.AGEING),
        (121, Freshness.OLD),
        (-1, Freshness.FRESH),
    ],
)
def test_courses_are_fresh_then_getting_old_then_old(days, state):
    assert freshness(dt.date(2026, 11, 18) - dt.timedelta(days=days), fresh_days=60) == state


def test_what_nobody_has_checked_is_not_called_old():
    assert freshness(None, fresh_days=60) == Freshness.UNKNOWN


@pytest.mark.parametrize(
    ("checked", "mostly"),
    [
        ([1, 2, 200], 2),
        ([1, 200], 200),  # one of two is not most
        ([1, 2, 3, 200], 3),
        ([1, None, None], None),
        ([1, 2, None], 2),
    ],
)
def test_most_of_an_area_is_more_than_half_of_its_courses(reference, checked, mostly):
    area = AreaFactory()
    from tests.factories import CourseFactory  # the town would bring courses of its own

    today = dt.date(2026, 11, 18)
    provider = ProviderFactory(area=area)
    for days in checked:
        CourseFactory(
            provider=provider,
            subject_id="05.2",
            checked_on=None if days is None else today - dt.timedelta(days=days),
        )
    refresh_search()
    (state,) = areas_state([area])
    assert state.mostly_checked_on == (None if mostly is None else today - dt.timedelta(days=mostly))
    assert (state.courses, state.providers) == (len(checked), 1)


def test_each_area_says_how_its_courses_come_here_and_how_many(town, client):
    town.eastvale.holding = AreaHolding.FEED
    town.eastvale.fresh_days = 20
    town.eastvale.save()
    AreaFactory(name="Southdale")
    text = words(client.get(AREAS))
    # 48 days after the check: more than twice 20, and less than 60.
    assert "Eastvale Old Courses 3 courses in Eastvale from 1 college, school or training provider" in text
    assert "How they come here Fetched from the area&#x27;s own system" in text
    assert "Northmoor Fresh Courses 4 courses" in text
    assert "Southdale Not checked yet Courses None yet" in text


def test_an_area_leads_to_its_courses(town, client):
    assert "3 courses found" in words(client.get("/courses/?area=eastvale"))
    assert 'href="/courses/?area=eastvale"' in client.get(AREAS).content.decode()


def test_areas_ask_as_often_for_two_as_for_many(town, client):
    before = asked(client, AREAS)
    for number in range(5):
        AreaFactory(name=f"Area {number}")
    assert asked(client, AREAS) == before


# --- all four


@pytest.mark.parametrize("address", [MAP, TOGETHER, START, AREAS])
def test_everybodys_page_is_kept_for_a_minute_and_a_learners_never(town, client, address):
    assert client.get(address)["Cache-Control"] == "public, max-age=60"
    client.force_login(LearnerFactory(area=town.eastvale).user)
    assert "public" not in client.get(address).get("Cache-Control", "")


@pytest.mark.parametrize("address", [MAP, START, TOGETHER])
def test_an_unknown_postcode_is_explained_and_everything_is_shown_anyway(town, client, address):
    page = client.get(address, {"postcode": "QQ9 9QQ", "subject": "plumbing"})
    assert page.status_code == 200
    assert "We do not know that postcode" in words(page)


# --- where the search page leads


def test_the_own_area_says_how_fresh_it_is_once(town, client):
    text = words(client.get("/courses/", {"home": "eastvale"}))
    assert text.count("Most courses in Eastvale were checked in the last 48 days.") == 1
    assert "were checked" not in words(client.get("/courses/"))
    assert "were checked" not in words(client.get("/courses/", {"home": "eastvale", "postcode": "ZN1"}))


def test_a_search_leads_to_the_map_of_the_same_search(town, client):
    html = client.get("/courses/", {"q": "plumbing", "level": "2", "page": "1"}).content.decode().replace("&amp;", "&")
    (link,) = re.findall(r'href="(/courses/map/[^"]+)"', html)
    assert parse_qs(urlsplit(link).query) == {"q": ["plumbing"], "level": ["2"]}
    assert "1 course at 1 place on the map" in words(client.get(link))


def test_the_first_page_leads_to_every_way_and_to_the_kinds_there_are(town, client):
    town.course("Try Bricklaying", "05.2", "1", town.northfield, kind=ProvisionKind.TASTER)
    town.course("Engineering Apprentice", "04.1", "3", town.eastgate, kind=ProvisionKind.APPRENTICESHIP)
    refresh_search()
    html = client.get("/").content.decode()
    for address in (MAP, TOGETHER, START, AREAS, "/courses/?kind=apprenticeship", "/courses/?kind=taster"):
        assert f'href="{address}"' in html
        assert client.get(address).status_code == 200
    assert "kind=activity" not in html
    assert "SK9" not in html
    assert "Tasters and open days 1" in words(client.get("/"))
