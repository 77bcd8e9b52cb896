"""Files nothing of which can be used: one sentence, and nothing changed."""

import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import RuleBroken
from prospectus.imports import feed
from prospectus.models import Course, CourseRun, CourseSearch
from providers.models import Site, Upload
from tests.factories import ProviderFactory
from tests.prospectus.feeds import HEAD, NORTHFIELD, TAIL, catalogue, course, take_in


@pytest.fixture
def northfield(db):
    return ProviderFactory(name="Northfield College", ukprn="10099001")


def refusal_of(provider, folder, content):
    before = [list(model.objects.values()) for model in (Course, CourseRun, CourseSearch, Site)]
    with pytest.raises(RuleBroken) as refusal:
        take_in(provider, folder, content)
    assert [list(model.objects.values()) for model in (Course, CourseRun, CourseSearch, Site)] == before
    sentence = refusal.value.message
    assert sentence
    assert "\n" not in sentence
    return sentence


ENTITIES = '<!DOCTYPE catalog [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE catalog SYSTEM "http://other.example/feed.dtd">'
READS_FILES = '<!DOCTYPE catalog [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b" \n", "This is not an XML file."),
        (b"Milk,Price\nWhole,2\n", "No row of this file has headings that are known here"),
        (b"PK\x03\x04" + b"\x00" * 500, "The file is damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1<<" + b"\x00" * 500, "The file is damaged"),
        (bytes(range(256)) * 20, "This is not a spreadsheet."),
        (b"<html><body>Sign in</body></html>", "It starts with “html”."),
        (b'<rss version="2.0"/>', "It starts with “rss”."),
        (catalogue(course()).replace("/1.2/catalog", "/3.0/catalog"), "of http://xcri.org/profiles/3.0/catalog."),
        (catalogue(course())[:-60], "This file stops in the middle"),
        (catalogue(course()).replace("</course>", ""), "not well-formed XML (line 3): Opening and ending tag mismatch"),
        (catalogue(course(title="Fish & chips")), "This file"),
        (ENTITIES + catalogue(course(title="&b;")), "document type definition"),
        (OUTSIDE + catalogue(course()), "document type definition"),
        (READS_FILES + catalogue(course(title="&x;")), "document type definition"),
        ((ENTITIES + catalogue(course())).encode("utf-16"), "document type definition"),
        (catalogue(course(title="Caf\xe9")).encode("latin-1"), "not in the encoding it names"),
        ('<?xml version="1.0" encoding="utf-16"?>' + catalogue(course()), "This file"),
        (catalogue(course()).replace('xmlns:dc="http://purl.org/dc/elements/1.1/"', ""), "prefix dc"),
        ('<?xml version="1.0" encoding="klingon"?>' + catalogue(course()), "encoding"),
        (f"{HEAD}{TAIL}", "There is no course in this file"),
        ('<catalog xmlns="http://xcri.org/profiles/catalog"/>', "no provider in it"),
        (catalogue(course()) + catalogue(course()), "This file is not well-formed XML"),
        (HEAD + "<course>" * 300 + "</course>" * 300 + TAIL, "This file"),
    ],
    ids=[
        "blank", "text", "zip", "old excel", "bytes", "page", "rss", "namespace", "cut", "unclosed", "ampersand",
        "entities",
        "dtd", "file entity", "utf-16 entities", "encoding", "false utf-16", "prefix", "no such encoding",
        "no course", "no provider",
        "twice", "deep",
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_changes_nothing_and_says_why(northfield, tmp_path, content, words):
    take_in(northfield, tmp_path, NORTHFIELD.read_bytes())

    assert words in refusal_of(northfield, tmp_path, content)
    assert Upload.objects.latest("pk").state == "refused"


def test_an_empty_file_is_refused(northfield, tmp_path):
    assert "empty" in refusal_of(northfield, tmp_path, b"")


def test_a_workbook_with_nothing_in_it_is_refused(northfield, tmp_path):
    with zipfile.ZipFile(tmp_path / "book.xlsx", "w") as book:
        book.writestr("xl/workbook.xml", "<workbook/>")

    assert "The file is damaged" in refusal_of(northfield, tmp_path, (tmp_path / "book.xlsx").read_bytes())


def test_an_entity_bomb_is_refused_before_it_grows(northfield, tmp_path):
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE catalog [<!ENTITY e0 "ha">{entities}]>' + catalogue(course(title="&e11;"))

    assert "document type definition" in refusal_of(northfield, tmp_path, bomb)


def test_too_many_elements_are_refused_without_being_parsed(northfield, tmp_path, monkeypatch):
    monkeypatch.setattr(feed, "MOST_MARKS", 100)

    assert "far more elements" in refusal_of(northfield, tmp_path, HEAD + "<a/>" * 200 + TAIL)


def test_too_many_records_are_refused(northfield, tmp_path, monkeypatch):
    monkeypatch.setattr(feed, "MOST_RECORDS", 3)

    assert "more than 3 courses" in refusal_of(northfield, tmp_path, catalogue(course(), course("C2", "Bakery")))


def test_too_many_bytes_are_refused(northfield, tmp_path, monkeypatch):
    monkeypatch.setattr(feed, "MOST_BYTES", 2**20)

    assert "larger than 1 MB" in refusal_of(northfield, tmp_path, catalogue(course()) + " " * 2**20)


def test_the_file_of_another_provider_is_refused(northfield, tmp_path):
    text = NORTHFIELD.read_text().replace("10099001", "10099002")

    assert refusal_of(northfield, tmp_path, text) == (
        "This file is from Northfield College (UKPRN 10099002), not from Northfield College (UKPRN 10099001). "
        "Hand it over for that provider."
    )


def test_of_several_providers_the_one_with_the_ukprn_is_used(northfield, tmp_path):
    other = (
        "<provider><dc:title>Southbank</dc:title><dc:identifier>10099002</dc:identifier>"
        "<course><dc:identifier>S1</dc:identifier><dc:title>History</dc:title></course></provider>"
    )
    ours = other.replace("10099002", "10099001").replace("Southbank", "Northfield").replace("S1", "N1")
    text = HEAD.partition("<provider>")[0] + other + ours + "</catalog>"

    upload = take_in(northfield, tmp_path, text)

    assert list(Course.objects.values_list("provider_reference", flat=True)) == ["N1"]
    assert upload.issues.filter(code="PROVIDER_NOT_USED").count() == 1
    assert "2 providers, none of them" in refusal_of(northfield, tmp_path, text.replace("10099001", "10099003"))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_file_is_used_whole_or_refused_with_a_sentence(northfield, tmp_path, data):
    content = bytearray(NORTHFIELD.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        kind = data.draw(st.sampled_from(["change", "cut out", "put in", "cut off"]))
        if kind == "change":
            content[at] = data.draw(st.integers(0, 255))
        elif kind == "cut out":
            del content[at : at + data.draw(st.integers(1, 200))]
        elif kind == "put in":
            content[at:at] = data.draw(st.binary(min_size=1, max_size=20))
        else:
            del content[max(at, 1) :]
        if not content:
            content = bytearray(b"<")
    before = Course.objects.count()
    sentences = []

    try:
        upload = take_in(northfield, tmp_path, bytes(content))
    except RuleBroken as refusal:
        sentences = [refusal.message]
    else:
        assert upload.state == "published"
        assert upload.counts["courses"] >= 1
    assert sentences == [] or (sentences[0].endswith((".", ")")) and Course.objects.count() == before)
