"""The full town's catalogue: broad, messy in the ways real feeds are, and the same every time."""

import hashlib
from collections import Counter

import pytest

from config.demo.feeds import write_feed
from config.demo.kinds import KINDS
from config.demo.offerings import all_providers, offerings_of
from config.demo.styles import is_messy
from config.demo.town import load_catalogue
from config.demo.words import AREAS
from config.demo.year import ENTRY_YEAR
from prospectus.models import Consortium, Course, CourseRun, ProvisionKind, Stage
from providers.models import Area, Upload, UploadIssue


@pytest.fixture(scope="module")
def offerings():
    return [
        offering
        for provider in all_providers()
        for offering in offerings_of(provider, entry_year=ENTRY_YEAR, is_full=True)
    ]


def test_the_full_town_is_broad(offerings):
    assert len(all_providers()) == 40
    assert len(offerings) >= 2_500
    assert sum(len(offering.runs) for offering in offerings) >= 5_000
    assert {offering.provider.area for offering in offerings} == set(AREAS)
    assert {offering.subject.ssa[:2] for offering in offerings} == {f"{number:02}" for number in range(1, 16)}
    assert len({offering.subject.name for offering in offerings}) >= 150
    assert set(KINDS) <= {offering.kind.code for offering in offerings}
    assert {offering.kind.provision for offering in offerings} == set(ProvisionKind.values)
    assert {offering.kind.stage for offering in offerings} == set(Stage.values)


def test_its_words_are_as_messy_as_real_ones(offerings):
    share = sum(is_messy(offering.title) for offering in offerings) / len(offerings)
    assert 0.25 < share < 0.6
    levels = Counter(bool(offering.level) for offering in offerings if offering.kind.levels)
    assert 0.05 < levels[False] / levels.total() < 0.4
    dates = Counter(run.starts_on is not None for offering in offerings for run in offering.runs)
    assert 0.03 < dates[False] / dates.total() < 0.3
    assert any("<span" in offering.words.description for offering in offerings)
    tidy = [each for each in offerings if each.provider.name == "Southbank Sixth Form" and each.kind.code == "a_level"]
    assert tidy
    assert not any(is_messy(offering.title) for offering in tidy)


def test_no_two_courses_are_described_alike_and_codes_tell_them_apart(offerings):
    assert len({offering.words.description for offering in offerings}) == len(offerings)
    codes = [(offering.provider.ukprn, offering.code) for offering in offerings]
    assert len(set(codes)) == len(codes)
    assert all(offering.runs for offering in offerings)
    assert max(len(offering.title) for offering in offerings) <= 255


def test_some_runs_are_full_and_some_nearly(offerings):
    places = [run.places for offering in offerings for run in offering.runs]
    assert 0 in places
    assert None in places
    assert any(left in places for left in (1, 2, 3))


def test_the_same_feed_is_written_every_time(tmp_path):
    provider = next(provider for provider in all_providers() if provider.style == "careless")
    hashes = set()
    for name in ("once.xml", "again.xml"):
        courses, runs = write_feed(provider, entry_year=ENTRY_YEAR, path=tmp_path / name, is_full=True)
        hashes.add(hashlib.sha256((tmp_path / name).read_bytes()).hexdigest())
    assert len(hashes) == 1
    assert runs > courses > 50


@pytest.mark.django_db
@pytest.mark.slow
def test_the_full_catalogue_passes_the_importer_without_an_error():
    runs = load_catalogue(size="full")

    assert runs >= 5_000
    assert CourseRun.objects.count() == runs
    assert Course.objects.filter(state="published").count() >= 2_500
    assert Upload.objects.exclude(state="published").count() == 0
    assert not UploadIssue.objects.filter(severity="error").exists()
    assert set(Area.objects.values_list("holding", flat=True)) == {"here", "feed", "dataset"}
    assert set(Course.objects.values_list("kind", flat=True)) == set(ProvisionKind.values)
    assert Consortium.objects.count() == 3
