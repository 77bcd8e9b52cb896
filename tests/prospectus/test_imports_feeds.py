"""The real feeds, whole. What is in them decided the mapping."""

import pytest

from prospectus.imports.catalogue import look_at
from prospectus.models import Course, CourseRun
from providers.actions import load_outcodes, read_now
from providers.models import Site
from providers.uploads import FileRefused
from tests.factories import ProviderFactory
from tests.prospectus.feeds import changes, issues_of

pytestmark = pytest.mark.data

COLLEGE_2009 = "xcri_adam_smith_college/adamsmith_xcri_1_1_2009.xml"
COLLEGE_2012 = "xcri_adam_smith_college/adamsmith_xcri_1_2_2012_charset_issue.xml"
OPEN_UNIVERSITY = "xcri_open_university/ou-conversion_xcri_1_2.xml"


@pytest.fixture
def read(db, shared_data):
    load_outcodes()
    provider = ProviderFactory(name="Northfield College", ukprn="10000099")
    return lambda name: read_now(kind="courses", organisation=provider, path=shared_data / name)


@pytest.mark.parametrize(
    ("name", "courses", "runs"),
    [(COLLEGE_2009, 537, 1317), (COLLEGE_2012, 334, 791), (OPEN_UNIVERSITY, 965, 1034)],
    ids=["1.1 of 2009", "1.2 of 2012", "open university"],
)
def test_a_real_feed_loads_whole_and_a_second_time_changes_nothing(read, name, courses, runs):
    first = read(name)

    assert (first.counts["courses"], first.counts["runs"]) == (courses, runs)
    assert (Course.objects.count(), CourseRun.objects.count()) == (courses, runs)
    assert changes(first) == (courses + runs, 0, 0, 0)
    assert [issue for issue in issues_of(first) if issue[3] == "error"] == []
    assert changes(read(name)) == (0, 0, 0, courses + runs)


def test_a_scottish_college_has_no_english_levels_and_every_course_published(read):
    read(COLLEGE_2009)

    assert not Course.objects.exclude(levels=[]).exists()
    assert not Course.objects.exclude(state="published").exists()
    assert Course.objects.exclude(level_text="").count() == 537 - 344
    assert Site.objects.filter(postcode="KY1 1EX").values_list("provider_reference", flat=True).get() == (
        "asc:St Brycedale Campus"
    )
    assert not CourseRun.objects.filter(study_mode="unknown", pattern="unknown").exists()


def test_entry_requirements_called_objective_are_entry_requirements(read):
    upload = read(COLLEGE_2012)

    assert Course.objects.exclude(entry_requirements="").count() >= 280
    assert upload.issues.get(code="COURSE_OBJECTIVE_ENTRY").message.startswith(
        "This feed writes entry requirements as “objective” (284 courses)."
    )


def test_the_open_university_is_above_level_3_and_says_starts_in_words(read):
    read(OPEN_UNIVERSITY)

    assert Course.objects.filter(state="published").count() == 79
    assert CourseRun.objects.exclude(start_text="").filter(starts_on=None).count() == 356
    assert Course.objects.get(provider_reference="A150").level_text == (
        "Undergraduate; The Open University level 1, 30 credits; SCQF level 7, 30 credits"
    )


def test_one_feed_after_the_other_ends_what_is_gone(read):
    read(COLLEGE_2009)

    added, changed, ended, unchanged = changes(read(COLLEGE_2012))

    assert added + changed + unchanged == 334 + 791
    assert CourseRun.objects.filter(ended_on=None).count() == 791
    assert Course.objects.exclude(state="withdrawn").count() == 334
    assert ended == 1317 + Course.objects.filter(state="withdrawn").count()


@pytest.mark.parametrize(
    ("name", "version"),
    [
        (COLLEGE_2009, "1.1"),
        ("xcri_open_university/ou-example_xcri_1_1.xml", "1.2"),
        ("xcri_small_examples/PG_Generic_XCRI-CAP-1.2.xml", "1.2"),
        ("xcri_small_examples/lincoln_xcri.xml", "1.2"),
        ("xcri_small_examples/wychwolf-moodle.xml", "1.2"),
    ],
)
def test_the_version_is_what_the_namespace_says(shared_data, name, version):
    assert look_at(shared_data / name).version == version


def test_a_small_example_with_one_identifier_for_two_courses_uses_the_first(db, shared_data):
    provider = ProviderFactory(ukprn="10007151")

    upload = read_now(kind="courses", organisation=provider, path=shared_data / "xcri_small_examples/lincoln_xcri.xml")

    assert (upload.counts["courses"], upload.counts["added"]) == (5, 8)
    assert [issue[2] for issue in issues_of(upload) if issue[3] == "error"] == ["COURSE_IDENTIFIER_TAKEN"]
    assert Site.objects.get(organisation=provider).is_exact


@pytest.mark.parametrize("name", ["xcri_schemas/mlo_test.xml", "xcri_schemas/cap.xsd"])
def test_what_is_no_catalogue_is_refused(shared_data, name):
    with pytest.raises(FileRefused, match=r"XCRI-CAP 1\.1 (or|and) 1\.2"):
        look_at(shared_data / name)
