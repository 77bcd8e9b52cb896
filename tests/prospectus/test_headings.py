"""The table of columns that reading, writing and correcting spreadsheets share."""

from prospectus.headings import BY_KEY, COURSE, HEADINGS, OURS, RUN, SITE, names, squeezed
from prospectus.imports.columns import COURSE_COLUMNS, RUN_COLUMNS
from prospectus.imports.records import Venue


def test_no_name_means_two_columns():
    spelt: dict[str, str] = {}
    for heading in HEADINGS:
        for name in {squeezed(name) for name in (heading.words, *heading.aliases)}:
            assert spelt.setdefault(name, heading.key) == heading.key
    assert set(spelt) == set(names())


def test_every_column_of_courses_runs_and_sites_has_a_heading_of_our_own():
    ours = {of: {heading.name for heading in OURS if heading.of == of} for of in (COURSE, RUN, SITE)}

    assert ours[COURSE] == {*COURSE_COLUMNS, "consortium", "parts"}
    assert ours[RUN] == set(RUN_COLUMNS)
    assert ours[SITE] == set(Venue._fields) - {"latitude", "longitude"}
    assert len(BY_KEY) == len(HEADINGS)


def test_only_the_title_must_be_there():
    assert [heading.key for heading in HEADINGS if heading.is_required] == ["course.title"]
