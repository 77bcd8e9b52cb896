"""The engine's pieces: the chained question, counts that agree with lists, pages, places, and what is remembered."""

import datetime as dt
import random
from dataclasses import replace

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.planning import planned_anew
from prospectus.actions import refresh_search
from prospectus.actions.places import give_places_back, take_places
from prospectus.models import Consortium, ConsortiumPartner, CountCache, Course, CourseRun, SearchChange
from prospectus.queries import CourseQuery, place_of, search_courses
from prospectus.queries.search import cache, find
from prospectus.queries.search.asking import as_query, read_once
from prospectus.queries.search.paging import PAGE_SIZE, Cursor, cursor_of, page_of
from tests.factories import SiteFactory


def keys(query):
    return [row.course for row in find(query).rows]


def walk(query):
    """The courses of all pages, each page going on where the one before ended."""
    finding = find(query)
    seen, pages = [row.course for row in finding.rows], [finding.page]
    while finding.next_after:
        finding = find(query.going_on(finding.next_after))
        seen += [row.course for row in finding.rows]
        pages.append(finding.page)
    return seen, pages


def many(town, number, title="Bricklaying"):
    """So many courses in two areas, two and two with one title."""
    for at in range(number):
        course = town.course(f"{title} {at // 2:02}", "05.2", "1", (town.northfield, town.eastgate)[at % 2])
        town.run(course, (town.near, town.far)[at % 2], starts_on=dt.date(2027, 1 + at % 3, 1))
    refresh_search()


# --- the question


def test_a_question_is_a_chain_of_steps_that_leaves_the_one_before_alone():
    plain = CourseQuery()
    asked = plain.about("hair").only(level=("2",), mode=("part_time",)).at(7).own_first(3).on_page(4).exactly()
    assert asked == CourseQuery(
        text="hair", filters={"level": ("2",), "mode": ("part_time",)}, providers=(7,), own_area=3, page=4,
        is_exact=True,
    )  # fmt: skip
    assert plain == CourseQuery()
    assert asked.without("mode").filters == {"level": ("2",)}
    assert asked.without("area").filters == asked.filters
    assert asked.only(level=("3",)).active == ("level", "mode")
    assert asked.going_on("abc").after == "abc"
    assert asked.going_on("abc").on_page(2).after == ""
    assert (asked.sorted_by("title").sort, asked.sorted_by("title").page, asked.sorted_by("odd").sort) == (
        "title",
        1,
        "",
    )
    assert asked.within(None).place is None


# --- counts and lists

CHOICES = {
    "level": ["1", "2", "3"],
    "subject": ["05", "05.2", "07.3"],
    "kind": ["course", "taster"],
    "stage": ["post_16", "key_stage_4"],
    "type": ["gcse", "nvq"],
    "mode": ["full_time", "part_time"],
    "delivery": ["classroom", "online"],
    "pattern": ["daytime", "evening"],
    "start": ["autumn", "part_year", "any_time"],
    "month": ["2027-01", "2027-09"],
    "places": ["left", "full"],
    "apply": ["here"],
}


def random_town(town, dice):
    CourseRun.objects.all().delete()
    Course.objects.all().delete()
    consortium, _ = Consortium.objects.get_or_create(name="Together", lead=town.northfield)
    ConsortiumPartner.objects.get_or_create(consortium=consortium, provider=town.southbank)
    for number in range(18):
        provider = dice.choice((town.northfield, town.eastgate))
        course = town.course(
            dice.choice(("Plumbing", "Hairdressing")) + f" {number % 5}", dice.choice(("05.2", "07.3")),
            dice.choice(("1", "2", "23")), provider, types=dice.choice(("gcse", "nvq", None)),
            kind=dice.choice(CHOICES["kind"]), stage=dice.choice(CHOICES["stage"]),
            consortium=consortium if provider == town.northfield and dice.random() < 0.4 else None,
        )  # fmt: skip
        for _ in range(dice.choice((0, 1, 1, 2, 3))):
            town.run(
                course, dice.choice((town.near, town.far, None)), study_mode=dice.choice((*CHOICES["mode"], "unknown")),
                delivery=dice.choice(CHOICES["delivery"]), pattern=dice.choice(CHOICES["pattern"]),
                starts_on=dice.choice((None, dt.date(2027, 1, 11), dt.date(2027, 9, 6))),
                is_flexible_start=dice.random() < 0.2, places=dice.choice((None, 0, 9)),
                takes_applications=dice.random() < 0.5, state=dice.choice(("published", "published", "draft")),
            )  # fmt: skip
    refresh_search()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), data=st.data())
def test_in_any_town_every_count_is_what_choosing_it_gives_and_the_total_is_what_the_pages_hold(town, seed, data):
    random_town(town, random.Random(seed))  # noqa: S311 - the same town again when a seed fails
    chosen = {
        name: tuple(data.draw(st.lists(st.sampled_from(values), max_size=2, unique=True), label=name))
        for name, values in CHOICES.items()
        if data.draw(st.booleans(), label=f"by {name}")
    }
    areas = (town.northmoor.pk, town.eastvale.pk)
    chosen["area"] = tuple(data.draw(st.lists(st.sampled_from(areas), max_size=1), label="area"))
    question = CourseQuery(
        text=data.draw(st.sampled_from(["", "plumbing"]), label="text"),
        filters=chosen,
        providers=data.draw(st.sampled_from([(), (town.southbank.pk,)]), label="provider"),
        place=data.draw(st.sampled_from([None, place_of("ZN1 1AA"), place_of("ZN1")]), label="place"),
        own_area=town.eastvale.pk,
        is_exact=True,
    )
    finding = find(question)
    counts = finding.attempt.counts
    seen, _ = walk(question)
    assert len(set(seen)) == len(seen) == counts.total
    for facet, values in counts.facets.items():
        name = "subject" if facet == "sector" else facet
        for value, count in values.items():
            if value:
                one = int(value) if name == "area" else value
                assert find(question.only(**{name: (one,)})).attempt.counts.total == count, (facet, value)
    for name in finding.attempt.active:
        assert find(question.without(name)).attempt.counts.total == counts.without[name], name
    if not question.providers:
        for key, _, provider, count in search_courses(question).counts.providers:
            assert find(question.at(key)).attempt.counts.total == count, provider


def test_what_several_teach_together_is_found_at_each_of_them_while_they_do(town):
    consortium = Consortium.objects.create(name="Building line", lead=town.northfield)
    partner = ConsortiumPartner.objects.create(
        consortium=consortium, provider=town.southbank, joined_on=dt.date(2026, 9, 1)
    )
    Course.objects.filter(pk=town.plumbing.pk).update(consortium=consortium)
    refresh_search(provider=town.northfield)
    at_partner = CourseQuery().at(town.southbank.pk)
    assert town.plumbing.pk in keys(at_partner)
    assert town.cars.pk not in keys(at_partner)
    assert keys(at_partner.at(town.northfield.pk).about("plumbing")) == [town.plumbing.pk]
    assert keys(at_partner.about("southbank plumbing")) == [town.plumbing.pk]
    partner.ended_on = dt.date(2026, 11, 17)
    partner.save()
    refresh_search(provider=town.northfield)
    assert town.plumbing.pk not in keys(at_partner)


def test_a_run_that_is_a_draft_adds_nothing(town):
    town.run(town.hair, town.far, starts_on=dt.date(2028, 1, 1), delivery="online", state="draft")
    refresh_search()
    assert keys(CourseQuery(filters={"month": ("2028-01",)})) == []
    assert keys(CourseQuery(filters={"delivery": ("online",)})) == [town.computing.pk]


def test_places_are_those_that_are_left_now(town):
    CourseRun.objects.update(places=None)
    run = town.run(town.cars, town.near, places=1)
    refresh_search()
    left = CourseQuery(filters={"places": ("left",)})
    assert keys(left) == [town.cars.pk]
    take_places(run_ids=[run.pk])
    assert keys(left) == []
    give_places_back(run_ids=[run.pk])
    assert keys(left) == [town.cars.pk]


# --- pages


@pytest.mark.parametrize("sort", ["", "soonest", "title"])
@pytest.mark.parametrize("text", ["", "bricklaying"])
@pytest.mark.parametrize("filters", [{}, {"mode": ("unknown", "full_time")}])
@pytest.mark.parametrize("where", [None, "ZN1"])
def test_going_on_from_page_to_page_gives_every_course_once_in_the_order_of_the_numbers(
    town, text, sort, filters, where
):
    many(town, 40)
    question = CourseQuery(
        text=text, sort=sort, filters=filters, place=place_of(where) if where else None, own_area=town.eastvale.pk
    )
    seen, pages = walk(question)
    finding = find(question)
    by_number = [course for number in pages for course in keys(question.on_page(number))]
    assert len(set(seen)) == finding.attempt.counts.total
    assert seen == by_number
    assert pages == list(range(1, finding.pages + 1))


def test_courses_that_come_in_meanwhile_neither_hide_nor_repeat_those_that_were_there(town):
    many(town, 40)
    question = CourseQuery(text="bricklaying", sort="title")
    before, _ = walk(question)
    finding = find(question)
    seen = [row.course for row in finding.rows]
    town.run(town.course("Bricklaying 00 again", "05.2", "1", town.northfield), town.near)
    refresh_search()
    while finding.next_after:
        finding = find(question.going_on(finding.next_after))
        seen += [row.course for row in finding.rows]
    assert seen == before


@pytest.mark.parametrize(
    "after",
    [
        "x", "é", "W10", "bnVsbA", "a" * 5000, "[" * 900,
        str(Cursor(order="odd", page=2, part=1, first=0.0, title="a", course=1)),
        str(Cursor(order="title", page=1, part=1, first=0.0, title="a", course=1)),
        str(Cursor(order="title", page=2, part=7, first=0.0, title="a", course=1)),
        str(Cursor(order="title", page=2, part=1, first=float("nan"), title="a", course=1)),
        str(Cursor(order="title", page=2, part=1, first=0.0, title="\x00", course=1)),
        str(Cursor(order="title", page=2, part=1, first=0.0, title="a", course=2**64)),
    ],
)  # fmt: skip
def test_what_is_no_place_to_go_on_from_is_the_first_page(town, after):
    many(town, 20)
    assert cursor_of(after) is None
    finding = find(CourseQuery(text="bricklaying", page=2, after=after))
    assert (finding.page, len(finding.rows)) == (1, PAGE_SIZE)


def test_a_place_to_go_on_from_that_has_nothing_behind_it_is_the_first_page(town):
    after = str(Cursor(order="title", page=2, part=1, first=0.0, title="zzz", course=1))
    finding = find(CourseQuery(text="plumbing", after=after))
    assert (finding.page, len(finding.rows)) == (1, 2)


def test_the_soonest_start_that_can_still_be_made_comes_first(town):
    town.run(town.cars, town.near, starts_on=dt.date(2026, 9, 1))
    town.run(town.animals, town.far, starts_on=dt.date(2026, 12, 1))
    refresh_search()
    order = keys(CourseQuery().sorted_by("soonest"))
    assert order[:3] == [town.hair.pk, town.animals.pk, town.plumbing.pk]
    assert order[-1] == town.maths.pk


# --- places


@pytest.mark.parametrize(
    ("typed", "name", "miles"),
    [("ZN1 1AA", "ZN1 1AA", 5), ("zn1", "ZN1", 10), ("weston", "Weston", 5), ("eastvale", "Eastvale", 10)],
)
def test_the_usual_radius_is_that_of_what_was_typed(town, typed, name, miles):
    SiteFactory(organisation=town.eastgate, town="Weston", latitude=53.10, longitude=-1.50)
    place = place_of(typed)
    assert (place.postcode, place.miles, place.is_exact) == (name, miles, False)
    assert place.radii == (3, 5, 10, 20)
    assert place_of(typed, miles=20).miles == 20
    assert place_of(typed, miles=1).miles == miles


def test_a_mile_is_offered_only_around_coordinates_of_its_own(town):
    SiteFactory(
        organisation=town.northfield, postcode="ZN1 1AA", latitude=53.01, longitude=-1.50, is_exact=True, town="Weston"
    )
    place = place_of("zn11aa", miles=1)
    assert (place.latitude, place.miles, place.is_exact, place.radii) == (53.01, 1, True, (1, 3, 5, 10, 20))
    assert sorted(round(miles, 1) for _, miles in place.near) == [0.0, 0.7]


@pytest.mark.parametrize(
    ("text", "found", "where"),
    [
        ("plumbing in Weston", ["Plumbing and Heating"], "Weston"),
        ("plumbign near weston super moor", ["Plumbing and Heating"], "Weston super Moor"),
        ("plumbing in Eastvale", ["Plumbing and Heating", "Plumbing Level 2"], "Eastvale"),
        ("apprenticeship in plumbing", None, None),
        ("plumbing in Nowhere", None, None),
    ],
)
def test_the_words_can_name_a_town_or_an_area(town, text, found, where):
    SiteFactory(organisation=town.eastgate, town="Weston", latitude=53.10, longitude=-1.50)
    SiteFactory(organisation=town.eastgate, town="Weston super Moor", latitude=53.11, longitude=-1.50)
    results = search_courses(CourseQuery(text=text))
    place = results.query.place
    assert (place and place.postcode) == where
    if found is not None:
        assert [one.course.title for one in results.courses] == found


def test_of_two_towns_of_one_name_the_own_area_has_the_nearer(town):
    SiteFactory(organisation=town.northfield, town="Weston", latitude=53.00, longitude=-1.50)
    SiteFactory(organisation=town.eastgate, town="Weston", latitude=53.10, longitude=-1.50)
    assert [round(place_of("Weston", own_area=area.pk).latitude, 2) for area in (town.northmoor, town.eastvale)] == [
        53.00,
        53.10,
    ]


def test_wider_circles_are_there_beside_what_was_found(town):
    results = search_courses(CourseQuery(place=place_of("ZN1 1AA", miles=3)))
    assert (results.counts.total, results.wider) == (3, [(10, 6)])
    assert search_courses(CourseQuery(place=place_of("ZN1 1AA", miles=10))).wider == []
    assert search_courses(CourseQuery(text="plumbing")).wider == []


# --- what is remembered


@pytest.fixture
def remembers_all(monkeypatch):
    monkeypatch.setattr(cache, "MANY", 1)


def test_what_was_counted_is_not_counted_again_until_search_changes(town, remembers_all, django_assert_num_queries):
    question = CourseQuery(text="plumbing", is_exact=True)
    assert find(question).attempt.counts.total == 2
    assert CountCache.objects.count() == 3
    with django_assert_num_queries(2):  # the words, what is remembered
        assert find(question).attempt.counts.total == 2
    town.course("Plumbing for Beginners", "05.2", "1", town.northfield)
    refresh_search(provider=town.northfield)
    assert find(question).attempt.counts.total == 3
    Course.objects.filter(pk=town.plumbing.pk).update(state="withdrawn")
    refresh_search(provider=town.northfield)
    assert find(question).attempt.counts.total == 2


def test_a_remembered_count_serves_every_filter_of_the_same_words(town, remembers_all, django_assert_num_queries):
    find(CourseQuery(text="plumbing", is_exact=True))
    with django_assert_num_queries(5):  # the words, what is remembered, areas, the page, remembering both
        assert find(CourseQuery(text="plumbing", is_exact=True).only(level=("3",))).attempt.counts.total == 1


def test_what_is_planned_once_finds_of_any_words_what_a_plan_for_them_finds(town):
    many(town, 6)
    many(town, 3, "Plumbing")
    texts = ["bricklaying", "plumbing", "bricklaying 01", "nothing like it"] * 4
    once = [keys(CourseQuery(text=text)) for text in texts]
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(generic_plans) FROM pg_prepared_statements WHERE statement LIKE '%GROUPING SETS%'")
        [(planned_once,)] = cursor.fetchall()
    with planned_anew():
        assert once == [keys(CourseQuery(text=text)) for text in texts]
    assert len(once[0]) > len(once[1]) > len(once[2]) > 0
    assert planned_once > 0


def test_words_that_would_be_read_for_each_row_are_not_planned_once():
    assert read_once(f"words @@ {as_query('words')}") == "words @@ (SELECT to_tsquery('prospectus', %(words)s))"
    with pytest.raises(ValueError, match="in another way"):
        read_once("words @@ to_tsquery('english', %(words)s)")


def test_a_first_page_that_is_remembered_is_the_one_that_would_be_found(town, remembers_all):
    many(town, 40)
    for question in (
        CourseQuery(text="bricklaying"),
        CourseQuery(text="bricklaying", own_area=town.eastvale.pk),
        CourseQuery(text="bricklaying", sort="title"),
        CourseQuery(text="bricklaying", place=place_of("ZN1")),
        CourseQuery(text="bricklaying", filters={"mode": ("full_time",)}),
        CourseQuery(text="plumbing and hairdressing"),
        CourseQuery(sort="soonest"),
    ):
        found = find(question)
        assert found.rows
        again = find(question)
        assert (again.rows, again.next_after) == (found.rows, found.next_after)
        assert again.attempt.counts.remembered == found.attempt.counts.remembered
        assert found.pages == 1 or find(question.on_page(2)).rows != found.rows
    course = town.course("Bricklaying", "05.2", "1", town.northfield)
    refresh_search(provider=town.northfield)
    assert find(CourseQuery(text="bricklaying")).rows[0].course == course.pk


def test_a_first_page_is_not_remembered_with_counts_from_before_a_change(town, remembers_all):
    question = CourseQuery(text="plumbing", is_exact=True)
    counted_before = find(question).attempt
    town.course("Plumbing for Beginners", "05.2", "1", town.northfield)
    refresh_search(provider=town.northfield)
    assert len(page_of(replace(counted_before, counts=replace(counted_before.counts, head=None)), number=1)) == 3
    assert find(question).attempt.counts.total == 3


def test_a_page_that_holds_what_json_cannot_say_is_found_each_time(town, remembers_all):
    never = CourseQuery(text="mathematics", sort="soonest", is_exact=True)
    assert [row.first for row in find(never).rows] == [float("inf")]
    assert [row.first for row in find(never).rows] == [float("inf")]


def test_a_count_from_before_a_change_that_is_stored_after_it_is_never_given_out(town, remembers_all):
    find(CourseQuery(text="plumbing"))
    old = list(CountCache.objects.values_list("slot", "key", "version", "counted"))
    town.course("Plumbing for Beginners", "05.2", "1", town.northfield)
    refresh_search()
    for slot, key, version, counted in old:
        CountCache.objects.create(slot=slot, key=key, version=version, counted=counted)
    assert find(CourseQuery(text="plumbing")).attempt.counts.total == 3


def test_the_version_only_goes_up_and_its_rows_become_one_at_night(town):
    def version():
        return sum(SearchChange.objects.values_list("changes", flat=True))

    for _ in range(3):
        before = version()
        refresh_search(provider=town.northfield)
        assert version() > before
    before = version()
    refresh_search()
    assert version() > before
    assert SearchChange.objects.count() == 2


def test_two_questions_in_one_slot_take_turns(town, remembers_all, monkeypatch):
    monkeypatch.setattr(cache, "SLOTS", 1)
    for text, total in (("plumbing", 2), ("hairdressing", 1), ("plumbing", 2)):
        assert find(CourseQuery(text=text, is_exact=True)).attempt.counts.total == total
    assert CountCache.objects.count() == 1
