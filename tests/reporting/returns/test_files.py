"""Files read and written: the sample return, what real ones have wrong, what is none, and what comes out of ours."""

import io
import json
import tracemalloc
from collections import Counter

import pytest
from django.core.management import CommandError, call_command
from lxml import etree

from providers.models import LocalAuthority
from reporting.returns.checking import findings_of
from reporting.returns.reading import AMPERSANDS, _elements, read_return
from reporting.returns.record import Guarantee, Header
from reporting.returns.rules import Against
from reporting.returns.tables import NotATable, read_date
from reporting.returns.writing import WRITERS, write_xml
from tests.reporting.returns.people import AUTHORITIES, HEADER, against, in_year_11, not_in_work, somebody

SAMPLE_AUTHORITIES = frozenset({"390", "391", "392", "393", "394", "929", "840"})
PEOPLE = [
    somebody(family_name="O’Brien & Sons <x>", characteristics=["110", "180"], year_12=Guarantee("114", "997")),
    in_year_11(given_name="=cmd", person_id="9980000000002", uln="1000000002"),
    not_in_work(person_id="9980000000003", uln="1000000003", given_name="Zoë"),
]
# What the sample has wrong by the Department's table: gender N; over 17 without a plan; the activity of refugees, which
# the list of 2019-20 has no more; an agreed start without a review, which that list asks for; one person folded into
# another record.
SAMPLE_FINDINGS = {5: 1, 40: 22, 201: 4, 262: 1, 908: 2}


def written(form, people=PEOPLE, header=HEADER):
    out = io.BytesIO()
    WRITERS[form](out, header, people)
    return out.getvalue()


def read(content, *, asked=None, authorities=AUTHORITIES):
    return read_return(io.BytesIO(content), asked=asked or Header(), authorities=authorities)


@pytest.mark.parametrize("form", ["xml", "csv"])
def test_what_is_written_is_read_again(form):
    again = read(written(form))
    assert list(again.people) == PEOPLE
    assert again.faults == []
    assert again.header.period_end == HEADER.period_end
    if form == "xml":
        assert (again.header.databases, again.header.authorities) == (("998",), ("998",))


@pytest.mark.data
def test_ours_has_the_samples_elements_in_its_order(shared_data):

    sample = etree.parse(shared_data / "nccis_sample_return" / "test1.xml").getroot()
    ours = etree.fromstring(written("xml"))
    record = "YoungPersonsRecord"
    assert [each.tag for each in ours.find(record)] == [each.tag for each in sample.find(record)]
    for node in ("PersonalDetails", "Activities/Cohort", "IntendedDestination"):
        assert [each.tag for each in ours.find(f"{record}/{node}")] == [
            each.tag for each in sample.find(f"{record}/{node}")
        ]
    with (shared_data / "nccis_sample_return" / "test1.csv").open(encoding="utf-8") as table:
        assert written("csv").decode().partition("\n")[0] == table.readline().strip()


@pytest.mark.data
@pytest.mark.parametrize("name", ["test1.xml", "test1.csv"])
def test_the_sample_fails_exactly_as_its_rules_say(shared_data, name):
    with (shared_data / "nccis_sample_return" / name).open("rb") as file:
        sample = read_return(file, asked=Header(), authorities=SAMPLE_AUTHORITIES)
        at = Against(sample.header, against(period_end=sample.header.period_end).codes, sample.header.period_end)
        at = at._replace(codes=at.codes._replace(authorities=SAMPLE_AUTHORITIES))
        found = Counter(each.rule for each in findings_of(sample.people, at))
    assert sample.header.period_end.isoformat() == "2019-04-30"
    assert sample.faults == []
    assert found == SAMPLE_FINDINGS


def test_bare_ampersands_and_entities_are_text():
    bomb = b'<!DOCTYPE NCCIS [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    content = written("xml", [somebody(address_1="Fish &amp; Chips", town="Tom & Co", county="x" * 70_000)])
    content = content.replace(b"Tom &amp; Co", b"Tom & Co &b; &#38; &").replace(b"<!DOCTYPE NCCIS2026>", bomb)
    again = read(content)
    (it,) = again.people
    assert (it.address_1, it.town) == ("Fish &amp; Chips", "Tom & Co &b; & &")
    assert [each.message for each in again.faults] == [AMPERSANDS]


@pytest.mark.parametrize(
    ("change", "people", "message"),
    [
        (lambda text: text[: text.rindex(b"<YoungPersonsRecord>") + 40], 2, "breaks off"),
        (lambda text: text + b"<NCCIS/>", 3, "breaks off"),
        (lambda text: text.replace(b"FileHeader", b"Header"), 3, "no FileHeader"),
        (lambda text: text.replace(b"<DatabaseID>998<", b"<DatabaseID>99<"), 3, "no DatabaseID"),
        (lambda text: text.replace(b"<LEACode>998</LEACode>\n  </SourceLEAs>", b"</SourceLEAs>"), 3, "no authority"),
        (lambda text: text.replace(b"2026-09-30</PeriodEnd>", b"30/09/2026</PeriodEnd>"), 3, "PeriodEnd"),
        (lambda text: text.replace(b"PersonalDetails>", b"Details>", 2), 2, "no PersonalDetails"),
    ],
)
def test_what_the_department_rejects_is_said(change, people, message):
    again = read(change(written("xml")))
    assert len(list(again.people)) == people
    (fault,) = again.faults
    assert message in fault.message
    assert (fault.rule, fault.priority) == (None, 1)


def test_what_is_no_return_is_refused():
    with pytest.raises(NotATable):
        read(b"name,age\nAmina,16\n")


@pytest.mark.parametrize(
    ("said", "read"),
    [("44629", "2022-03-09"), ("2022-01-27 00:00:00", "2022-01-27"), ("07/2005", "2005-07"), ("1/9/2026", "2026-09-01"),
     ("2026-13-01", "2026-13-01"), ("", "")],
)  # fmt: skip
def test_days_as_spreadsheets_leave_them(said, read):
    assert read_date(said) == read


@pytest.mark.data
@pytest.mark.parametrize("name", ["ccis_original_mar16.csv", "ccis_original_mar22.csv"])
def test_a_countys_extracts_are_read_with_their_slips(shared_data, name):
    with (shared_data / "la_ccis_census_extracts" / name).open("rb") as file:
        extract = read_return(file, asked=Header(), authorities=frozenset({"825"}))
        people = list(extract.people)
    assert len(people) == 5
    assert extract.header.authorities == ("825",)
    assert extract.header.period_end.isoformat() == ("2016-02-29" if "16" in name else "2022-02-28")
    assert [len(it.birth) for it in people] == [7] * 5
    assert all(it.activity and it.started[4] == "-" for it in people)


def test_a_record_is_gone_once_the_next_one_is_read():
    # The tree is not Python's memory: the test below does not see it.
    for element in _elements(io.BytesIO(written("xml")), []):
        assert len(list(element.itersiblings(preceding=True))) <= 1


def test_elements_that_are_none_of_a_return_go_too_and_end_it_where_there_is_nothing_else():
    record = b"<YoungPersonsRecord><PersonalDetails/></YoungPersonsRecord>"
    wrapped = b"<w>" + b"<a/>" * 100 + record + b"<a/>" * 100 + b"</w>"
    for number, element in enumerate(_elements(io.BytesIO(b"<r>" + wrapped * 400 + b"</r>"), [])):
        if number == 399:
            assert len(list(element.getroottree().getroot().iter())) < 20_000  # of 81,000: what one piece has
    for bomb in (b"<a/>" * 2**19, b"<YoungPersonsRecord>" + b"<CharacteristicCode/>" * 2**17):
        file = io.BytesIO(b"<r>" + record + bomb + record + b"</r>")
        again = read_return(file, asked=Header(), authorities=AUTHORITIES)
        assert len(list(again.people)) == 1
        assert "breaks off" in again.faults[-1].message
        assert file.tell() < 2**20 + 2**18


def test_memory_does_not_grow_with_the_file():
    def peak(number):
        people = (somebody(person_id=f"{each:013}", uln=f"{each:010}") for each in range(number))
        file = io.BytesIO()
        write_xml(file, HEADER, people)
        tracemalloc.start()
        content = read_return(file, asked=Header(), authorities=AUTHORITIES)
        for _finding in findings_of(content.people, against()):
            pass
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(600) < 1.5 * peak(200)


@pytest.mark.django_db
class TestCommand:
    def test_one_json_object_for_each_finding(self, tmp_path, capsys):
        LocalAuthority.objects.create(code="998", name="Northmoor")
        path = tmp_path / "return.xml"
        path.write_bytes(written("xml", [somebody(gender="N")]))
        with pytest.raises(SystemExit) as ended:
            call_command("check_return", path)
        assert ended.value.code == 1
        (line,) = capsys.readouterr().out.splitlines()
        assert json.loads(line) == {
            "record": "9980000000001",
            "rule": 5,
            "priority": 2,
            "message": "The gender is not one of F, M, U and W. Found: N.",
        }

    def test_nothing_found_says_nothing(self, tmp_path, capsys):
        LocalAuthority.objects.create(code="998", name="Northmoor")
        path = tmp_path / "return.xml"
        path.write_bytes(written("xml", [somebody()]))
        call_command("check_return", path)
        assert capsys.readouterr().out == ""

    def test_what_is_no_return_ends_with_two(self, tmp_path):
        LocalAuthority.objects.create(code="998", name="Northmoor")
        path = tmp_path / "notes.txt"
        path.write_text("hello")
        with pytest.raises(CommandError) as refused:
            call_command("check_return", path)
        assert refused.value.returncode == 2
