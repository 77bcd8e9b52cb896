import datetime as dt

import pytest

from activity.models import Event
from prospectus.models import Course, CourseRun, CourseSearch
from providers.actions import read_now
from providers.models import Outcode, Site
from tests.factories import CourseFactory, CourseRunFactory, ProviderFactory
from tests.prospectus.feeds import (
    NORTHFIELD,
    SOUTHBANK,
    catalogue,
    changes,
    course,
    issues_of,
    message_of,
    run,
    take_in,
)


@pytest.fixture
def northfield(reference):
    return ProviderFactory(name="Northfield College", ukprn="10099001", takes_applications=False)


def read(provider, path):
    return read_now(kind="courses", organisation=provider, path=path)


# What becomes of what is written


def test_a_1_2_course_is_what_the_feed_says(northfield):
    upload = read(northfield, NORTHFIELD)

    plumbing = Course.objects.get(provider=northfield, provider_reference="PLB2")
    assert upload.counts == {
        "courses": 2, "runs": 2, "added": 4, "changed": 0, "ended": 0, "unchanged": 0, "issues": 4,
    }  # fmt: skip
    assert plumbing.title == "Plumbing"
    assert plumbing.summary == "Learn to fit pipes and boilers."
    assert plumbing.what_you_do == (
        "<p>You learn <strong>by doing</strong>.</p><h3>What you will study</h3><ul><li>Soldering</li></ul>"
    )
    assert plumbing.leads_to == "<p>Plumber</p>"
    assert plumbing.entry_requirements == "<p>Four GCSEs.</p><p>An interview.</p>"
    assert plumbing.other_texts == [["What is special about it", "<p>Our own workshop.</p>"]]
    assert (plumbing.levels, plumbing.level_text) == (["2"], "Level 2; RQF level 2, 40 credits")
    assert (plumbing.qualification_title, plumbing.qualification_type_id) == ("NVQ Diploma in Plumbing", "nvq")
    assert plumbing.awarding_organisation == "City & Guilds"
    assert (plumbing.subject_id, plumbing.subject_words) == ("05.2", ["Building and construction"])
    assert plumbing.website == "https://www.northfield.example/courses/plumbing"
    assert (plumbing.state, plumbing.checked_on, plumbing.upload) == ("published", dt.date(2026, 11, 18), upload)


def test_a_1_2_run_is_what_the_feed_says(northfield):
    read(northfield, NORTHFIELD)

    day, evening = CourseRun.objects.filter(course__provider_reference="PLB2").order_by("provider_reference")
    assert (day.starts_on, day.start_text, day.ends_on) == (dt.date(2027, 9, 6), "", dt.date(2028, 6, 30))
    assert (day.apply_from_on, day.apply_until_on) == (dt.date(2026, 10, 1), dt.date(2027, 3, 31))
    assert (day.study_mode, day.delivery, day.pattern) == ("full_time", "classroom", "daytime")
    assert (day.mode_text, day.duration_text, day.places) == ("Full time, Campus, Daytime", "1 year", 24)
    assert (day.cost_pence, day.cost_text) == (12050, "")
    assert day.apply_url == "https://www.northfield.example/apply"
    assert (evening.starts_on, evening.start_text, evening.is_flexible_start) == (None, "Start at any time", True)
    assert (evening.study_mode, evening.pattern, evening.cost_pence) == ("part_time", "evening", 0)


def test_one_venue_is_one_site_placed_by_its_postcode(northfield):
    read(northfield, NORTHFIELD)

    site = Site.objects.get(organisation=northfield)
    assert (site.provider_reference, site.name, site.town, site.postcode) == (
        "HILL",
        "Hill Site",
        "Northmoor",
        "ZN1 1AA",
    )
    assert (site.latitude, site.longitude, site.is_exact) == (53.0, -1.5, False)
    assert set(CourseRun.objects.filter(course__provider=northfield).values_list("site", flat=True)) == {site.pk}


def test_what_is_not_used_is_said_once_with_its_line(northfield):
    upload = read(northfield, NORTHFIELD)

    assert issues_of(upload) == [
        (24, "colour", "COURSE_ELEMENT_NOT_USED", "notice"),
        (40, "start", "RUN_START_IN_WORDS", "notice"),
        (48, "presentation", "COURSE_RUNS_NONE", "notice"),
        (48, "level", "COURSE_LEVEL_TOO_HIGH", "notice"),
    ]


def test_a_course_above_level_3_is_kept_and_not_published(northfield):
    upload = read(northfield, NORTHFIELD)

    nursing = Course.objects.get(provider_reference="NURS")
    assert (nursing.levels, nursing.level_text, nursing.state) == (["5"], "Foundation Degree", "draft")
    assert not CourseSearch.objects.filter(course=nursing).exists()
    assert message_of(upload, "COURSE_LEVEL_TOO_HIGH") == (
        "Above Level 3: 1 course, the first on this line. Such a course is kept and not published: your area’s "
        "prospectus holds courses up to Level 3."
    )


def test_an_area_says_how_far_its_prospectus_goes(northfield):
    northfield.area.highest_level = 5
    northfield.area.save()

    upload = read(northfield, NORTHFIELD)

    assert Course.objects.get(provider_reference="NURS").state == "published"
    assert not upload.issues.filter(code="COURSE_LEVEL_TOO_HIGH").exists()


def test_a_file_that_takes_most_of_the_catalogue_out_says_so_and_the_whole_brings_it_back(northfield, tmp_path):
    whole = catalogue(*(course(f"C{at}", f"Course {at}", presentations=(f"R{at}",)) for at in range(12)))
    take_in(northfield, tmp_path, whole)

    upload = take_in(northfield, tmp_path, catalogue(course("C0", "Course 0", presentations=("R0",))))
    assert issues_of(upload)[0] == (0, "", "FILE_ENDS_MOST", "warning")
    assert message_of(upload, "FILE_ENDS_MOST").startswith("22 of 24 courses and course runs were not in this file")

    upload = take_in(northfield, tmp_path, whole)
    assert not upload.issues.filter(code="FILE_ENDS_MOST").exists()
    assert Course.objects.filter(state="published").count() == 12


def test_a_1_1_feed_after_a_blank_line_is_read(reference):
    southbank = ProviderFactory(name="Southbank Sixth Form")

    upload = read(southbank, SOUTHBANK)

    history = Course.objects.get(provider=southbank, provider_reference="HIST")
    assert changes(upload) == (4, 0, 0, 0)
    assert history.what_you_do == "<p>The making of the modern world.</p>"
    assert history.entry_requirements == "<p>Five GCSEs</p>"
    assert (history.leads_to, history.levels, history.qualification_type_id) == ("", ["3"], "a_level")
    assert (history.website, history.search_words) == ("http://www.southbank.example/history", "Tudors")
    assert history.runs.get().study_mode == "part_of_programme"
    assert history.runs.get().cost_pence is None
    assert issues_of(upload) == [
        (15, "cost", "RUN_COST_ZERO", "notice"),
        (29, "venue", "RUN_VENUE_MISSING", "notice"),
    ]


def test_publishing_is_searchable_and_in_the_history(northfield):
    upload = read(northfield, NORTHFIELD)

    assert CourseSearch.objects.filter(provider=northfield).count() == 2
    event = Event.objects.get(verb="courses.publish")
    assert event.subject == f"providers.upload:{upload.pk}"
    assert event.facts == {"provider": northfield.pk, "added": 4, "changed": 0, "ended": 0, "unchanged": 0}


def test_a_utf_16_file_is_read(northfield, tmp_path):
    text = '<?xml version="1.0" encoding="utf-16"?>' + catalogue(course(title="Zoë’s Łódź"))

    take_in(northfield, tmp_path, text.encode("utf-16"))

    assert Course.objects.get().title == "Zoë’s Łódź"


def test_a_windows_1252_file_that_says_so_is_read(northfield, tmp_path):
    text = '<?xml version="1.0" encoding="windows-1252"?>' + catalogue(course(title="Zoë’s café – part 1"))

    take_in(northfield, tmp_path, text.encode("windows-1252"))

    assert Course.objects.get().title == "Zoë’s café – part 1"


# The second time


@pytest.mark.parametrize("path", [NORTHFIELD, SOUTHBANK], ids=["1.2", "1.1"])
def test_the_same_file_again_changes_nothing(reference, path):
    provider = ProviderFactory(ukprn="10099001")
    first = read(provider, path)
    before = list(Course.objects.values()), list(CourseRun.objects.values()), list(Site.objects.values())

    second = read(provider, path)

    assert changes(second) == (0, 0, 0, changes(first)[0])
    assert (list(Course.objects.values()), list(CourseRun.objects.values()), list(Site.objects.values())) == before


def test_what_is_no_longer_in_the_file_is_ended_and_not_deleted(northfield, tmp_path):
    take_in(northfield, tmp_path, catalogue(course(presentations=("R1", "R2")), course("C2", "Bakery")))

    upload = take_in(northfield, tmp_path, catalogue(course(presentations=("R1",))))

    assert changes(upload) == (0, 0, 3, 2)
    assert CourseRun.objects.get(provider_reference="R2").ended_on == dt.date(2026, 11, 18)
    assert Course.objects.get(provider_reference="C2").state == "withdrawn"
    assert list(CourseSearch.objects.values_list("run__provider_reference", flat=True)) == ["R1"]


def test_a_run_and_a_course_that_come_back_are_changed_not_new(northfield, tmp_path):
    whole = catalogue(course(presentations=("R1", "R2")), course("C2", "Bakery"))
    take_in(northfield, tmp_path, whole)
    take_in(northfield, tmp_path, catalogue(course(presentations=("R1",))))

    upload = take_in(northfield, tmp_path, whole)

    assert changes(upload) == (0, 3, 0, 2)
    assert CourseRun.objects.get(provider_reference="R2").ended_on is None
    assert Course.objects.get(provider_reference="C2").state == "published"


def test_a_changed_text_is_one_change(northfield, tmp_path):
    take_in(northfield, tmp_path, catalogue(course(inside="<abstract>Pipes</abstract>")))
    reference = Course.objects.get().reference

    upload = take_in(northfield, tmp_path, catalogue(course(inside="<abstract>Pipes and boilers</abstract>")))

    assert changes(upload) == (0, 1, 0, 1)
    assert (Course.objects.get().summary, Course.objects.get().reference) == ("Pipes and boilers", reference)


def test_what_was_entered_by_hand_is_not_ended(northfield, tmp_path):
    by_hand = CourseRunFactory(course=CourseFactory(provider=northfield, state="published"))

    upload = take_in(northfield, tmp_path, catalogue(course()))

    by_hand.refresh_from_db()
    assert changes(upload) == (2, 0, 0, 0)
    assert (by_hand.ended_on, by_hand.course.state) == (None, "published")


def test_another_provider_is_left_alone(northfield, tmp_path):
    other = CourseRunFactory(course__provider_reference="C1", provider_reference="R1")
    other_before = CourseRun.objects.filter(pk=other.pk).values().get()

    take_in(northfield, tmp_path, catalogue(course()))

    assert CourseRun.objects.filter(pk=other.pk).values().get() == other_before
    assert Course.objects.filter(provider_reference="C1").count() == 2


def test_a_published_course_is_not_unpublished_by_a_feed(northfield, tmp_path):
    above = catalogue(course(inside="<mlo:level>Level 5</mlo:level>"))
    take_in(northfield, tmp_path, above)
    Course.objects.update(state="published")

    upload = take_in(northfield, tmp_path, above)

    assert changes(upload) == (0, 0, 0, 2)
    assert Course.objects.get().state == "published"


def test_places_taken_and_taking_applications_survive_a_change(northfield, tmp_path):
    take_in(northfield, tmp_path, catalogue(course()))
    CourseRun.objects.update(places_taken=3, takes_applications=True, option_block="A")

    take_in(northfield, tmp_path, catalogue(course(inside=run("<mlo:places>20</mlo:places>"), presentations=())))

    kept = CourseRun.objects.get()
    assert (kept.places, kept.places_taken, kept.takes_applications, kept.option_block) == (20, 3, True, "A")


def test_a_course_under_a_new_identifier_is_the_same_course(northfield, tmp_path):
    take_in(northfield, tmp_path, catalogue(course("OLD", "Plumbing"), course("C2", "Bakery")))
    reference = Course.objects.get(provider_reference="OLD").reference

    upload = take_in(northfield, tmp_path, catalogue(course("NEW", "Plumbing"), course("C2", "Bakery")))

    assert Course.objects.get(provider_reference="NEW").reference == reference
    assert changes(upload) == (0, 1, 0, 3)
    assert (2, "identifier", "COURSE_IDENTIFIER_CHANGED", "warning") in issues_of(upload)


def test_two_courses_of_one_title_are_not_taken_for_one_renumbered(northfield, tmp_path):
    take_in(northfield, tmp_path, catalogue(course("G1", "Guitar"), course("G2", "Guitar")))

    upload = take_in(northfield, tmp_path, catalogue(course("G3", "Guitar"), course("G4", "Guitar")))

    assert changes(upload) == (4, 0, 4, 0)


def test_a_run_under_a_new_identifier_is_the_same_run_with_its_places_taken(northfield, tmp_path):
    take_in(northfield, tmp_path, catalogue(course(presentations=("R1",)), course("C2", "Bakery")))
    CourseRun.objects.update(places_taken=3)
    first = CourseRun.objects.get(course__title="Plumbing")

    upload = take_in(northfield, tmp_path, catalogue(course(presentations=("R9",)), course("C2", "Bakery")))

    assert changes(upload) == (0, 1, 0, 3)
    kept = CourseRun.objects.get(course__title="Plumbing")
    assert (kept.pk, kept.reference, kept.provider_reference, kept.places_taken) == (first.pk, first.reference, "R9", 3)
    assert [issue for issue in issues_of(upload) if "IDENTIFIER" in issue[2]] == [
        (2, "identifier", "RUN_IDENTIFIER_CHANGED", "notice")
    ]


def test_two_runs_alike_are_not_taken_for_renumbered_ones(northfield, tmp_path):
    take_in(northfield, tmp_path, catalogue(course(presentations=("R1", "R2"))))

    upload = take_in(northfield, tmp_path, catalogue(course(presentations=("R3", "R4"))))

    assert changes(upload) == (2, 0, 2, 1)


# Broken and doubtful records


def test_two_courses_under_one_identifier_the_first_is_used(northfield, tmp_path):
    upload = take_in(northfield, tmp_path, catalogue(course(), course(title="Bakery", presentations=("R9",))))

    assert list(Course.objects.values_list("title", flat=True)) == ["Plumbing"]
    assert list(CourseRun.objects.values_list("provider_reference", flat=True)) == ["R1"]
    assert (3, "identifier", "COURSE_IDENTIFIER_TAKEN", "error") in issues_of(upload)


def test_a_course_given_twice_has_the_runs_of_both(northfield, tmp_path):
    upload = take_in(northfield, tmp_path, catalogue(course(), course(title="PLUMBING", presentations=("R2",))))

    assert Course.objects.get().runs.count() == 2
    assert (3, "identifier", "COURSE_IDENTIFIER_REPEATED", "warning") in issues_of(upload)


def test_a_run_identifier_used_twice_in_a_course_is_an_error_and_in_two_courses_is_fine(northfield, tmp_path):
    upload = take_in(northfield, tmp_path, catalogue(course(presentations=("R1", "R1")), course("C2", "Bakery")))

    assert CourseRun.objects.count() == 2
    assert [issue for issue in issues_of(upload) if issue[3] == "error"] == [
        (2, "identifier", "RUN_IDENTIFIER_TAKEN", "error")
    ]


def test_a_course_without_a_title_is_not_used_and_what_is_held_stays(northfield, tmp_path):
    take_in(northfield, tmp_path, catalogue(course(), course("C2", "Bakery")))

    upload = take_in(northfield, tmp_path, catalogue(course(title=""), course("C2", "Bakery")))

    assert changes(upload) == (0, 0, 0, 2)
    assert Course.objects.get(provider_reference="C1").state == "published"
    assert [issue for issue in issues_of(upload) if issue[3] == "error"] == [
        (2, "title", "COURSE_TITLE_REQUIRED", "error"),
        (2, "presentation", "COURSE_RUNS_NOT_USED", "error"),
    ]


def test_a_title_too_long_is_cut_and_said(northfield, tmp_path):
    upload = take_in(northfield, tmp_path, catalogue(course(title="Plumbing " * 40)))

    title = Course.objects.get().title
    assert len(title) <= 255
    assert title.endswith("Plumbing…")
    assert (2, "title", "COURSE_TITLE_TOO_LONG", "warning") in issues_of(upload)


def test_records_without_identifiers_are_found_again_by_what_they_are(northfield, tmp_path):
    inside = "<presentation><mlo:start>2027-09-06</mlo:start></presentation>" * 2
    text = catalogue(course(identifier="", inside=inside, presentations=()))
    take_in(northfield, tmp_path, text)

    upload = take_in(northfield, tmp_path, text)

    assert Course.objects.get().provider_reference == "title:plumbing"
    assert changes(upload) == (0, 0, 0, 3)
    assert {code for _row, _column, code, _severity in issues_of(upload)} >= {
        "COURSE_IDENTIFIER_MISSING",
        "RUN_IDENTIFIER_MISSING",
    }


@pytest.mark.parametrize(
    ("inside", "code", "severity"),
    [
        ("<mlo:start>31/02/2027</mlo:start>", "RUN_START_NO_SUCH_DAY", "warning"),
        ("<mlo:start>2027-02-31</mlo:start>", "RUN_START_NO_SUCH_DAY", "warning"),
        ("<mlo:start>1900-01-01</mlo:start>", "RUN_START_YEAR_OUT_OF_RANGE", "warning"),
        ("<mlo:start>three times a year</mlo:start>", "RUN_START_IN_WORDS", "notice"),
        ("<end>next summer</end>", "RUN_END_NOT_A_DATE", "warning"),
        ("<mlo:start>2027-09-01</mlo:start><end>2026-09-01</end>", "RUN_END_BEFORE_START", "warning"),
        ("<studyMode>by pigeon</studyMode>", "RUN_STUDYMODE_UNKNOWN", "notice"),
        ("<mlo:places>lots</mlo:places>", "RUN_PLACES_NOT_A_NUMBER", "warning"),
        ("<applyTo>http://no</applyTo>", "RUN_APPLY_URL_NOT_A_WEB_ADDRESS", "warning"),
        ("<applyTo>the office</applyTo>", "RUN_ELEMENT_NOT_USED", "notice"),
        ("<mlo:cost>0.0000</mlo:cost>", "RUN_COST_ZERO", "notice"),
    ],
)
def test_a_run_with_a_doubtful_value_is_used_without_it(northfield, tmp_path, inside, code, severity):
    upload = take_in(northfield, tmp_path, catalogue(course(inside=run(inside), presentations=())))

    assert CourseRun.objects.count() == 1
    assert (code, severity) in {(issue[2], issue[3]) for issue in issues_of(upload)}


@pytest.mark.parametrize(
    ("level", "levels", "code"),
    [
        ("Level 1/2", ["1", "2"], None),
        ("2 to 3", ["2", "3"], None),
        ("Entry Level", ["E"], None),
        ("7 7", [], "COURSE_LEVEL_REPEATED"),
        ("FICA", [], "COURSE_LEVEL_UNKNOWN"),
        ("210", [], "COURSE_LEVEL_UNKNOWN"),
    ],
)
def test_levels_are_english_or_words(northfield, tmp_path, level, levels, code):
    upload = take_in(northfield, tmp_path, catalogue(course(inside=f"<mlo:level>{level}</mlo:level>")))

    assert (Course.objects.get().levels, Course.objects.get().level_text) == (levels, level)
    assert [issue[2] for issue in issues_of(upload) if "LEVEL" in issue[2]] == ([code] if code else [])


def test_a_scottish_level_is_never_an_english_one(northfield, tmp_path):
    Outcode.objects.create(code="ZS1", latitude=56.1, longitude=-3.1, country="SCT")
    place = "<dc:title>Kirk Site</dc:title><mlo:location><mlo:postcode>ZS1 1AA</mlo:postcode></mlo:location>"
    venue = f"<venue><provider>{place}</provider></venue>"

    upload = take_in(
        northfield, tmp_path, catalogue(course(inside=f"<mlo:level>5</mlo:level>{run(venue)}", presentations=()))
    )

    kept = Course.objects.get()
    assert (kept.levels, kept.level_text, kept.state) == ([], "SCQF level 5", "published")
    assert [issue[2] for issue in issues_of(upload)] == ["COURSE_LEVEL_SCOTTISH"]


def test_an_svq_is_scottish_wherever_it_is_taught(northfield, tmp_path):
    inside = "<mlo:qualification><dc:title>SVQ</dc:title></mlo:qualification><mlo:level>Level 3</mlo:level>"

    take_in(northfield, tmp_path, catalogue(course(inside=inside)))

    assert (Course.objects.get().levels, Course.objects.get().level_text) == ([], "Level 3")


def test_an_abstract_cut_off_in_a_word_gives_way_to_the_description(northfield, tmp_path):
    description = "Learn to fit pipes and boilers in our workshop. " + "There is much more to say about that. " * 8
    inside = f"<abstract>{description[:140]}</abstract><dc:description>{description}</dc:description>"

    take_in(northfield, tmp_path, catalogue(course(inside=inside)))

    assert description[139].isalnum()
    assert Course.objects.get().summary == description[:199].strip()


def test_many_equal_doubts_are_one_issue_with_their_number(northfield, tmp_path):
    courses = [
        course(f"C{n}", f"Course {n}", inside=run("<studyMode>by pigeon</studyMode>"), presentations=())
        for n in range(50)
    ]

    upload = take_in(northfield, tmp_path, catalogue(*courses))

    assert message_of(upload, "RUN_STUDYMODE_UNKNOWN").endswith("words (50 runs).")
    assert upload.counts["issues"] == 2
