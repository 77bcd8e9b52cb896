import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prospectus.actions import load_prospectus_reference, refresh_search
from prospectus.models import Course, CourseSearch, CourseState, SearchWord
from prospectus.queries import CourseQuery, count_within, place_of, search_courses
from prospectus.queries.search import CONDITIONS
from tests.factories import SynonymFactory
from tests.ground import ground


def titles(**question):
    return [found.course.title for found in search_courses(CourseQuery(**question)).courses]


# --- words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("plumbing", ["Plumbing and Heating", "Plumbing Level 2"]),
        ("plumber", ["Plumbing and Heating", "Plumbing Level 2"]),
        ("plumbign", ["Plumbing and Heating", "Plumbing Level 2"]),
        ("car mechanic", ["Motor Vehicle Maintenance"]),
        ("fixing cars", ["Motor Vehicle Maintenance"]),
        ("hair", ["Hairdressing"]),
        ("hairdresing", ["Hairdressing"]),
        ("computers", ["A Level Computer Science"]),
        ("IT", ["A Level Computer Science"]),
        ("a level computing", ["A Level Computer Science"]),
        ("maths resit", ["Mathematics GCSE"]),
        ("maths after my gcses", ["Mathematics GCSE"]),
        ("hairdressing for school leavers", ["Hairdressing"]),
        ("zoo keeper", ["Animal Management"]),
        ("I want to work with animals", ["Animal Management"]),
        ("hairdressing btec", ["Hairdressing"]),
        ("reptiles", ["Animal Management"]),
        ("southbank maths", ["Mathematics GCSE"]),
        ("xylophone", []),
    ],
)
def test_what_learners_type_finds_the_course(town, text, found):
    assert titles(text=text) == found


def test_words_that_are_in_no_course_together_find_courses_with_some_of_them(town):
    results = search_courses(CourseQuery(text="hairdressing animal"))
    assert sorted(found.course.title for found in results.courses) == ["Animal Management", "Hairdressing"]
    assert results.is_loosened


def test_a_phrase_becomes_a_filter(town):
    results = search_courses(CourseQuery(text="plumbing evening level 2"))
    assert results.query.filters == {"level": ("2",), "pattern": ("evening",)}
    assert [found.course.title for found in results.courses] == ["Plumbing Level 2"]


def test_a_phrase_that_no_course_answers_is_left_out_and_said(town):
    results = search_courses(CourseQuery(text="hair evening"))
    assert [found.course.title for found in results.courses] == ["Hairdressing"]
    assert [phrase.words for phrase in results.dropped] == ["evening"]


def test_a_chosen_filter_is_never_left_out(town):
    results = search_courses(CourseQuery(text="hair", filters={"pattern": ("evening",)}))
    assert results.courses == []
    assert results.counts.without == {"pattern": 1}


def test_exact_words_are_not_corrected(town):
    assert titles(text="plumbign", is_exact=True) == []


@pytest.mark.parametrize(
    "text",
    [
        "'; DROP TABLE prospectus_course; --",
        "' OR '1'='1",
        "((((",
        "a:* & !b",
        "%",
        "%%s",
        "\\",
        "a" * 1000,
        "x " * 500,
        "日本語",
    ],
)
def test_any_text_is_only_text(town, text):
    assert search_courses(CourseQuery(text=text)).page == 1
    assert Course.objects.count() == 8


# --- filters and counts

VALUES = {
    "level": ["1", "2", "3"],
    "subject": ["05", "05.2", "07", "02.2"],
    "mode": ["full_time", "part_time", "unknown"],
    "delivery": ["classroom", "online", "unknown"],
    "pattern": ["daytime", "evening"],
    "start": ["autumn", "part_year", "any_time"],
    "type": ["gcse", "a_level", "nvq"],
    "apply": ["here"],
}


@ground
def town_of_twins(town):
    """With a course of two runs alike, beside one with one such run."""
    town.run(town.cars, town.near)
    town.run(town.course("Hair Colouring", "04.3", "1", town.northfield), town.near)
    refresh_search()
    return town


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_count_beside_a_value_is_what_choosing_it_gives(town_of_twins, data):
    town = town_of_twins
    filters = {
        name: tuple(data.draw(st.lists(st.sampled_from(values), max_size=2, unique=True), label=name))
        for name, values in VALUES.items()
    }
    areas = (town.northmoor.pk, town.eastvale.pk)
    filters["area"] = tuple(data.draw(st.lists(st.sampled_from(areas), max_size=2, unique=True), label="area"))
    text = data.draw(st.sampled_from(["", "plumbing", "level 2 plumbing", "computing | hair"]))
    results = search_courses(CourseQuery(text=text, filters=filters, is_exact=True))
    assert len(results.courses) == results.counts.total
    for facet, values in results.counts.facets.items():
        name = "subject" if facet == "sector" else facet
        for value, count in values.items():
            if value:
                value_as_asked = int(value) if name == "area" else value
                chosen = CourseQuery(text=text, filters={**filters, name: (value_as_asked,)}, is_exact=True)
                assert search_courses(chosen).counts.total == count, (facet, value)
    for name, count in results.counts.without.items():
        rest = CourseQuery(text=text, filters={**filters, "area" if name == "here" else name: ()}, is_exact=True)
        assert search_courses(rest).counts.total == count, name


def test_a_course_with_two_runs_is_counted_and_listed_once(town):
    results = search_courses(CourseQuery(text="plumbing level 2", is_exact=True))
    assert results.counts.total == 1
    assert results.counts.facets["mode"] == {"full_time": 1, "part_time": 1}
    by_mode = CourseQuery(filters={"mode": ("full_time", "part_time"), "subject": ("05",)})
    assert [found.course.title for found in search_courses(by_mode).courses] == [
        "Plumbing and Heating",
        "Plumbing Level 2",
    ]


def test_courses_of_one_kind_are_all_counted_with_one_run_or_several_alike(town):
    for number, runs in enumerate((1, 1, 2, 2, 3)):
        course = town.course(f"Welding {number}", "05.2", "2", town.northfield)
        for _ in range(runs):
            town.run(course, town.near)
    refresh_search()
    results = search_courses(CourseQuery(text="welding", is_exact=True))
    assert (len(results.courses), results.counts.total, results.counts.facets["level"]) == (5, 5, {"2": 5})


def test_the_provider_counts_are_of_courses(town):
    results = search_courses(CourseQuery(text="plumbing"))
    assert [(name, count) for _, _, name, count in results.counts.providers] == [
        ("Eastgate Training", 1),
        ("Northfield College", 1),
    ]
    one = search_courses(CourseQuery(text="plumbing", providers=(town.northfield.pk,)))
    assert [found.course.title for found in one.courses] == ["Plumbing Level 2"]
    assert len(one.counts.providers) == 2


def test_every_condition_can_be_a_filter(town):
    values = dict.fromkeys(CONDITIONS, ("1",))
    assert search_courses(CourseQuery(filters=values)).courses == []


# --- own area, places, pages


def test_the_own_area_comes_first_and_nothing_is_hidden(town):
    results = search_courses(CourseQuery(text="plumbing", own_area=town.eastvale.pk))
    assert [(found.course.title, found.is_own) for found in results.courses] == [
        ("Plumbing and Heating", True),
        ("Plumbing Level 2", False),
    ]
    assert (results.counts.own, results.counts.total) == (1, 2)


def test_every_course_is_on_exactly_one_page_with_the_own_area_first(town):
    for number in range(50):
        town.course(f"Bricklaying {number:02}", "05.2", "1", (town.northfield, town.eastgate)[number % 2])
    refresh_search()
    for text, has_run_filter in (("bricklaying", False), ("", False), ("bricklaying", True)):
        seen = []
        filters = {"mode": ("unknown",)} if has_run_filter else {}
        pages = search_courses(CourseQuery(text=text, filters=filters)).pages
        for page in range(1, pages + 1):
            seen += search_courses(
                CourseQuery(text=text, filters=filters, own_area=town.eastvale.pk, page=page)
            ).courses
        assert len({found.course.pk for found in seen}) == len(seen) >= 50
        assert [found.is_own for found in seen] == sorted((found.is_own for found in seen), reverse=True)


def test_a_page_beyond_the_end_is_the_last(town):
    results = search_courses(CourseQuery(page=999))
    assert (results.page, results.pages) == (1, 1)
    assert len(results.courses) == 7


def test_near_a_postcode_the_nearest_comes_first_and_online_is_near_everybody(town):
    results = search_courses(CourseQuery(text="", place=place_of("ZN1 1AA")))
    assert [(found.course.title, found.miles and round(found.miles)) for found in results.courses] == [
        ("Motor Vehicle Maintenance", 0),
        ("Plumbing Level 2", 0),
        ("A Level Computer Science", None),
    ]
    assert place_of("ZN1 1AA").miles == 5
    wide = search_courses(CourseQuery(place=place_of("ZN1")))
    assert wide.query.place.miles == 10
    assert [round(found.miles) for found in wide.courses if found.miles is not None] == [0, 0, 7, 7, 7]


def test_the_words_can_say_where(town):
    results = search_courses(CourseQuery(text="plumbing near ZN1"))
    assert results.query.place.postcode == "ZN1"
    assert [found.course.title for found in results.courses] == ["Plumbing Level 2", "Plumbing and Heating"]


def test_wider_circles_are_counted_only_where_they_have_more(town):
    place = place_of("ZN2 1AA", miles=3)
    assert count_within(CourseQuery(text="motor vehicle", place=place), place.wider) == [(10, 1)]


@pytest.mark.parametrize("postcode", ["", "QQ1 1AA", "nonsense", "ZN1 1A", "12345"])
def test_an_unknown_postcode_is_no_place(reference, postcode):
    assert place_of(postcode) is None


# --- what search knows


def test_a_draft_is_not_in_search(town):
    assert titles(text="secret") == []
    assert not CourseSearch.objects.filter(course=town.draft).exists()


def test_a_withdrawn_course_and_an_ended_run_leave_search(town):
    run = town.plumbing.runs.get(study_mode="part_time")
    run.ended_on = dt.date(2026, 11, 18)
    run.save()
    town.cars.state = CourseState.WITHDRAWN
    town.cars.save()
    refresh_search(provider=town.northfield)
    rows = CourseSearch.objects.filter(provider=town.northfield)
    assert [(row.course_id, row.study_mode, row.is_lead, row.repeated_course) for row in rows] == [
        (town.plumbing.pk, "full_time", True, 0)
    ]
    assert CourseSearch.objects.filter(provider=town.eastgate).count() == 3


def test_a_course_whose_runs_have_all_ended_can_still_be_found(town):
    town.cars.runs.update(ended_on=dt.date(2026, 11, 18))
    refresh_search(provider=town.northfield)
    assert titles(text="motor vehicle") == ["Motor Vehicle Maintenance"]
    assert CourseSearch.objects.get(course=town.cars).run is None


def test_one_row_leads_its_course_and_it_is_the_next_to_start(town):
    town.run(town.plumbing, town.near, starts_on=dt.date(2020, 9, 1))
    refresh_search()
    leads = CourseSearch.objects.filter(course=town.plumbing, is_lead=True)
    assert [row.starts_on for row in leads] == [dt.date(2027, 1, 11)]


def test_what_a_title_includes_is_found_but_not_what_the_course_is_about(town):
    town.course("GCSE Latin including English and Mathematics", "12.2", "2", town.northfield)
    refresh_search()
    assert titles(text="mathematics") == [town.maths.title, "GCSE Latin including English and Mathematics"]
    assert titles(text="latin") == ["GCSE Latin including English and Mathematics"]


def test_a_word_that_no_title_has_brings_some_of_each_thing_it_means(town):
    for meant in ("zoology", "anatomy"):
        SynonymFactory(said="doctor", meant=meant)
        for number in range(3):
            town.course(f"{meant.title()} {number}", "02.1", "3", town.northfield)
    refresh_search()
    assert {title.split()[0] for title in titles(text="doctor")[:2]} == {"Zoology", "Anatomy"}
    town.course("Doctor", "01.1", "3", town.northfield)
    refresh_search()
    assert titles(text="doctor")[0] == "Doctor"


def test_of_two_subjects_each_is_there_beside_what_is_a_little_of_both(town):
    for title in ("Musical Theatre", "A Musical Theatre Year", "Zither and Music", "Zany Drama"):
        town.course(title, "09.1", "3", town.northfield)
    refresh_search()
    found = titles(text="music and drama")
    assert {"Zither and Music", "Zany Drama"} < set(found[:3])
    assert set(found[:4]) == {"Musical Theatre", "A Musical Theatre Year", "Zither and Music", "Zany Drama"}


def test_the_end_of_one_subject_word_and_the_beginning_of_the_next_are_no_phrase(town):
    Course.objects.filter(pk=town.maths.pk).update(subject_words=["Logic", "Welding"])
    refresh_search()
    assert titles(text="logic", is_exact=True) == [town.maths.title]
    assert not CourseSearch.objects.extra(where=["words @@ to_tsquery('prospectus', 'logic <-> welding')"]).exists()


def test_a_refresh_twice_changes_nothing(town):
    rows = list(CourseSearch.objects.order_by("run").values_list("course", "run", "words"))
    words = list(SearchWord.objects.order_by("word").values_list("word", "lexeme", "uses"))
    refresh_search()
    refresh_search(provider=town.northfield)
    assert list(CourseSearch.objects.order_by("run").values_list("course", "run", "words")) == rows
    assert list(SearchWord.objects.order_by("word").values_list("word", "lexeme", "uses")) == words


def test_words_nobody_uses_any_more_leave_the_vocabulary_when_all_is_refreshed(town):
    assert SearchWord.objects.get(word="heating").uses == 1
    assert not SearchWord.objects.filter(word="secret").exists()
    Course.objects.filter(pk=town.hair.pk).update(title="Zumbaesque")
    refresh_search(provider=town.eastgate)
    assert SearchWord.objects.get(word="zumbaesque").uses == 1
    Course.objects.filter(pk=town.hair.pk).update(title="Hairdressing")
    refresh_search()
    assert not SearchWord.objects.filter(word="zumbaesque").exists()


def test_loading_reference_twice_changes_nothing(reference):
    loaded = load_prospectus_reference()
    assert (loaded["subjects"], loaded["levels"], loaded["qualification_types"], loaded["search_words"]) == (
        65,
        9,
        60,
        0,
    )


@pytest.mark.parametrize("page", [1, 2])
def test_a_search_asks_the_database_as_often_for_one_course_as_for_many(town, django_assert_num_queries, page):
    for number in range(30):
        town.run(town.course(f"Roofing {number}", "05.2", "1", town.northfield), town.near)
    refresh_search()
    search_courses(CourseQuery(text="roofing | motor", is_exact=True))  # a process reads a set of facets once
    search_courses(CourseQuery())
    for text in ("motor vehicle", "roofing"):
        with django_assert_num_queries(6):
            search_courses(CourseQuery(text=text, page=page))
