import json

import pytest
from django.core.management import CommandError, call_command

from providers.models import Area, Organisation, Upload
from tests.factories import AreaFactory, ProviderFactory
from tests.prospectus.feeds import NORTHFIELD, SOUTHBANK, catalogue, course


@pytest.fixture
def run(db, capsys):
    def call(*arguments):
        call_command("import_courses", *map(str, arguments))
        return capsys.readouterr()

    return call


def test_the_last_line_is_one_json_object_and_each_issue_is_a_line(run):
    ProviderFactory(ukprn="10099001")

    output = run(NORTHFIELD, "--provider", "10099001")

    assert json.loads(output.out.splitlines()[-1]) == {
        "courses": 2, "runs": 2, "added": 4, "changed": 0, "ended": 0, "unchanged": 0, "issues": 4,
    }  # fmt: skip
    assert len(output.err.splitlines()) == 4
    assert output.err.splitlines()[0] == (
        "notice: line 24, colour: The element “colour” in a course is not used (1 time, the first on this line). "
        "[COURSE_ELEMENT_NOT_USED]"
    )


def test_a_second_run_adds_changes_and_ends_nothing(run):
    ProviderFactory(ukprn="10099001")
    run(NORTHFIELD, "--provider", "10099001")

    assert json.loads(run(NORTHFIELD, "--provider", "10099001").out.splitlines()[-1]) == {
        "courses": 2, "runs": 2, "added": 0, "changed": 0, "ended": 0, "unchanged": 4, "issues": 4,
    }  # fmt: skip


def test_a_new_provider_is_made_in_the_only_area(run):
    area = AreaFactory()

    run(SOUTHBANK, "--provider", "10099002", "--create-provider", "Southbank Sixth Form")

    made = Organisation.objects.get(ukprn="10099002")
    assert (made.name, made.kind, made.area, made.is_provider, made.takes_applications) == (
        "Southbank Sixth Form", "college", area, True, False,
    )  # fmt: skip
    assert made.courses.count() == 2


def test_the_first_provider_of_an_empty_portal_brings_an_area(run):
    output = run(SOUTHBANK, "--provider", "10099002", "--create-provider", "Southbank Sixth Form")

    assert Area.objects.get().name == "Our area"
    assert "There was no area yet" in output.err


def test_an_existing_provider_is_not_made_again(run):
    provider = ProviderFactory(ukprn="10099002", name="Southbank")

    run(SOUTHBANK, "--provider", "10099002", "--create-provider", "Another name")

    assert list(Organisation.objects.filter(ukprn="10099002").values_list("name", flat=True)) == [provider.name]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--provider", "10099002"], "There is no provider with the UKPRN 10099002."),
        (["--provider", "123", "--create-provider", "S", "--area", "northmoor"], "The provider cannot be made."),
        (["--provider", "10099002", "--create-provider", "S" * 200, "--area", "northmoor"], "cannot be made."),
        (["--provider", "10099002", "--create-provider", "S"], "Say which area the provider is in"),
        (["--provider", "10099002", "--create-provider", "S", "--area", "nowhere"], "There is no area nowhere."),
    ],
)
def test_a_provider_that_cannot_be_found_or_made(run, arguments, sentence):
    AreaFactory()
    AreaFactory(name="Eastvale")

    with pytest.raises(CommandError, match=sentence):
        run(SOUTHBANK, *arguments)

    assert not Organisation.objects.exists()


@pytest.mark.parametrize("content", [b"", b"not xml", catalogue(course())[:-30].encode(), b"<catalog/>"])
def test_a_file_that_cannot_be_used_leaves_no_new_provider(run, tmp_path, content):
    path = tmp_path / "feed.xml"
    path.write_bytes(content)

    with pytest.raises(CommandError, match=r"\.$"):
        run(path, "--provider", "10099002", "--create-provider", "Southbank Sixth Form")

    assert not Organisation.objects.exists()
    assert not Area.objects.exists()
    assert not Upload.objects.exists()


def test_a_missing_file_is_one_sentence(run, tmp_path):
    ProviderFactory(ukprn="10099001")

    with pytest.raises(CommandError, match=r"There is no file gone\.xml there\."):
        run(tmp_path / "gone.xml", "--provider", "10099001")


def test_a_refused_file_of_a_known_provider_stays_in_its_history(run, tmp_path):
    provider = ProviderFactory(ukprn="10099001")
    (tmp_path / "feed.xml").write_text("not xml")

    with pytest.raises(CommandError, match="No row of this file has headings"):
        run(tmp_path / "feed.xml", "--provider", "10099001")

    assert list(Upload.objects.values_list("organisation", "state")) == [(provider.pk, "refused")]
