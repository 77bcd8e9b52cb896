"""The data-entry sheet handed back untouched changes nothing, whatever stands in it."""

import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prospectus import checks
from prospectus.exports.proforma import proforma_xlsx
from prospectus.headings import BY_KEY, COURSE, OURS, RUN
from prospectus.models import (
    Consortium,
    Course,
    CourseRun,
    Delivery,
    Pattern,
    ProvisionKind,
    QualificationType,
    Stage,
    StudyMode,
    Subject,
)
from prospectus.texts import clean_html
from providers.actions import read_now
from providers.models import Site
from tests.factories import SiteFactory

LETTERS = "aB9 é=+-@'\"&<>;,#*.:/()%£–“”\u00a0ßЖ東"
AT = {"latitude": 53.0, "longitude": -1.5}
NOT_CARRIED = {"checked_on", "upload_id"}  # that it is right was said anew; what brought it stays what it was


def line(most=None, least=0):
    texts = st.text(alphabet=LETTERS, min_size=least, max_size=30)
    return texts.map(lambda text: checks.check_text(text)[:most].strip()).filter(
        lambda text: len(text) >= least and checks.check_text(text) == text
    )


def rich():
    parts = [
        "One. ",
        "=1+1",
        "<p>a</p>",
        "<ul><li>x</li></ul>",
        "\n\n",
        "## b",
        "<strong>c</strong>",
        "&amp;",
        "1 < 2",
        "’",
    ]
    return st.lists(st.sampled_from(parts), max_size=5).map(lambda some: clean_html("".join(some)))


def website():
    return st.sampled_from(["", "https://www.example.org/a?b=c", "http://example.org", "https://example.org/x+y"])


def day(first=2025, last=2029):
    return st.none() | st.dates(dt.date(first, 1, 1), dt.date(last, 12, 31))


def courses():
    """A strategy for every column of a course that the sheet has."""
    codes = list(QualificationType.objects.values_list("code", flat=True))
    subjects = list(Subject.objects.values_list("code", flat=True))
    words = line(160, least=1).filter(lambda text: ";" not in text)
    return st.fixed_dictionaries(
        {
            "provider_reference": line(255, least=1),
            "title": line(255, least=1),
            "kind": st.sampled_from(ProvisionKind.values),
            "stage": st.sampled_from(Stage.values),
            "summary": line(),
            **{
                name: rich()
                for name in (
                    "what_you_do", "who_it_is_for", "entry_requirements", "how_assessed", "leads_to", "costs_and_help"
                )
            },
            "other_texts": st.lists(st.tuples(line(60), rich().filter(bool)).map(list), max_size=2),
            "qualification_title": line(255),
            "qualification_type_id": st.none() | st.sampled_from(codes),
            "awarding_organisation": line(160),
            "levels": st.lists(st.sampled_from("E123"), unique=True).map(lambda some: sorted(some, key="E123".index)),
            "level_text": line(120),
            "subject_id": st.none() | st.sampled_from(subjects),
            "subject_words": st.lists(words, max_size=2, unique=True),
            "search_words": line(),
            "website": website(),
        }
    )  # fmt: skip


def runs():
    pence = st.none() | st.integers(0, 10_000_000)
    modes = {"study_mode": StudyMode, "delivery": Delivery, "pattern": Pattern}
    return st.fixed_dictionaries(
        {
            "provider_reference": line(255, least=1),
            "starts_on": day(last=2027),
            "start_text": line(500),
            "ends_on": day(first=2028),
            "is_flexible_start": st.booleans(),
            "duration_text": line(255),
            **{name: st.sampled_from(kinds.values) for name, kinds in modes.items()},
            "mode_text": line(255),
            "cost_pence": pence,
            "cost_text": line(),
            "extra_cost_pence": pence,
            "option_block": line(20),
            "places": st.none() | st.integers(0, 100_000),
            "apply_from_on": day(),
            "apply_until_on": day(),
            "apply_url": website(),
        }
    )


def everything(provider):
    """All columns of all that the provider has, but for what an upload says anew."""
    found = {}
    for model, owner in ((Course, "provider"), (CourseRun, "course__provider"), (Site, "organisation")):
        rows = model.objects.filter(**{owner: provider}).order_by("pk").values()
        found[model] = [{name: value for name, value in row.items() if name not in NOT_CARRIED} for row in rows]
    return found


def handed_back(provider, folder):
    path = folder / "courses.xlsx"
    path.write_bytes(proforma_xlsx(provider=provider))
    return read_now(kind="courses", organisation=provider, path=path)


def test_the_strategies_have_every_column_of_the_sheet(reference):
    """What the test below says of every column is said of every column."""
    drawn = {COURSE: _drawn(courses()) | {"consortium", "parts"}, RUN: _drawn(runs())}
    for of, names in drawn.items():
        assert names == {heading.name for heading in OURS if heading.of == of}
    assert BY_KEY["site.name"] in OURS


def _drawn(strategy):
    found = {}

    @settings(max_examples=1, database=None)
    @given(strategy)
    def draw(values):
        found.update(values)

    draw()
    return {name.removesuffix("_id") for name in found}


@pytest.mark.django_db
def test_handed_back_untouched_it_changes_nothing(town, tmp_path):
    Consortium.objects.create(name="Engineering Together", lead=town.southbank)
    sites = [
        None,
        SiteFactory(organisation=town.southbank, name="Dock Site", provider_reference="D1", postcode="ZN1 1AB", **AT),
        SiteFactory(organisation=town.southbank, name="Dock Site", provider_reference="D2", postcode="ZN1 1AB", **AT),
        SiteFactory(organisation=town.southbank, name="=Hill & Dale", postcode="ZN1 1AC", **AT),
        SiteFactory(organisation=town.southbank, name="No postcode", postcode="", **AT),
    ]

    @settings(
        max_examples=10, deadline=None, derandomize=True, database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )  # fmt: skip
    @given(
        course=courses(),
        taught=st.lists(runs(), max_size=2, unique_by=lambda run: run["provider_reference"]),
        at=st.lists(st.sampled_from(sites), min_size=2, max_size=2),
        is_shared=st.booleans(),
    )
    def nothing_changes(course, taught, at, is_shared):
        with transaction.atomic():
            together = Consortium.objects.get() if is_shared else None
            made = Course.objects.create(provider=town.southbank, state="published", consortium=together, **course)
            for run, site in zip(taught, at, strict=False):
                CourseRun.objects.create(course=made, site=site, **run)
            before = everything(town.southbank)

            upload = handed_back(town.southbank, tmp_path)

            assert everything(town.southbank) == before
            assert (upload.counts["added"], upload.counts["changed"], upload.counts["ended"]) == (0, 0, 0)
            transaction.set_rollback(True)

    nothing_changes()


def test_every_provider_of_a_town_hands_its_sheet_back_and_nothing_changes(town, tmp_path):
    for provider in (town.northfield, town.southbank, town.eastgate):
        before = everything(provider)
        upload = handed_back(provider, tmp_path)
        assert everything(provider) == before
        assert upload.counts["courses"] == Course.objects.filter(provider=provider, state="published").count()
