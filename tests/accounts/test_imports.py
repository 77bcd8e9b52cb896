"""Rolls as schools send them, through the pipeline and into the tables."""

import datetime as dt
import io
import json

import pytest
from django.core.management import CommandError, call_command

from accounts.imports import cells, identifiers
from accounts.imports.tables import read_table
from accounts.models import Learner, LearnerContact, RollEntry
from providers.models import LocalAuthority
from providers.uploads import FileRefused
from tests.factories import LearnerContactFactory, LearnerFactory, RollEntryFactory, SchoolFactory

TODAY = dt.date(2026, 11, 18)
HEADINGS = "Adno,Legal Surname,Legal Forename,Preferred Forename,DOB,Year,Reg,UPN,ULN,Postcode,Email,House"
AMINA = "101,Yusuf,Amina,Mina,01/09/2010,Year 11,11A,H801200001001,7673614579,hx11aa,amina@example.org,BSOM"
BEN = "102,Okafor,Ben,,2011-03-31 00:00:00,11,11B,R201100018042,9999999999,HX1 1AB,,BAFR"
CARA = "103,O'Neill,Cara,,2/2/11,10,10A,C881400108017,,,,WIRI"


@pytest.fixture
def school(db):
    return SchoolFactory(name="Hollins Park School", urn="123456")


@pytest.fixture
def load(school, tmp_path):
    """Imports the text (or bytes) with the command and gives what it counted and the issues as (row, code)."""

    def load(*lines, encoding="utf-8", content=None, to=school):
        path = tmp_path / "roll.csv"
        path.write_bytes("\n".join(lines).encode(encoding) if content is None else content)
        out = io.StringIO()
        call_command("import_roll", str(path), school=to.urn, stdout=out)
        from providers.models import Upload

        upload = Upload.objects.latest("pk")
        return json.loads(out.getvalue().splitlines()[-1]), [(issue.row, issue.code) for issue in upload.issues.all()]

    return load


def counts(**some):
    return dict.fromkeys(("learners", "added", "changed", "moved", "ended", "unchanged", "issues"), 0) | some


# --- numbers


@pytest.mark.parametrize(
    "upn", ["H801200001001", "R201100018042", "C881400108017", "D931690609112", "Y330424510008", "G80120000101A"]
)
def test_real_upns_have_the_check_letter_they_should(upn):
    assert identifiers.is_upn(upn)
    assert identifiers.upn_check_letter(upn) == upn[0]


def test_a_wrong_check_letter_differs_and_other_shapes_are_no_upn():
    assert identifiers.upn_check_letter("A801200001001") == "H"
    assert [identifiers.is_upn(text) for text in ("I801200001001", "H80120000100", "H8012000010011", "")] == [False] * 4
    assert identifiers.read_upn(" h801-2000-01-001 ") == "H801200001001"


@pytest.mark.parametrize("uln", ["7673614579", "1000000043", "2024681351", "3000000126", "5123456782"])
def test_real_ulns_pass_their_check(uln):
    assert identifiers.is_uln(uln)
    assert identifiers.has_uln_check(uln)


def test_other_ulns_do_not():
    assert [identifiers.has_uln_check(uln) for uln in ("7673614578", "9999999999")] == [False, False]
    assert [identifiers.is_uln(text) for text in ("0673614579", "767361457", "76736145790")] == [False] * 3


# --- cells


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("1/9/93", dt.date(1993, 9, 1)),
        ("1/9/10", dt.date(2010, 9, 1)),
        ("01/09/1993", dt.date(1993, 9, 1)),
        ("1993-09-01", dt.date(1993, 9, 1)),
        ("1993-09-01 00:00:00", dt.date(1993, 9, 1)),
        ("1993-09-01T00:00:00Z", dt.date(1993, 9, 1)),
        ("01.09.1993", dt.date(1993, 9, 1)),
        ("1 Sep 1993", dt.date(1993, 9, 1)),
        ("01-September-93", dt.date(1993, 9, 1)),
        ("01/09/1993 00:00", dt.date(1993, 9, 1)),
        ("44629", dt.date(2022, 3, 9)),
        ("44629.0", dt.date(2022, 3, 9)),
        ("31/02/2010", None),
        ("12/31/2010", None),
        ("99999", None),
        ("0/0/00", None),
        ("moth/year of birth", None),
        ("", None),
    ],
)
def test_dates_are_read_as_schools_and_spreadsheets_write_them(text, date):
    assert cells.read_date(text, today=TODAY) == date


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("11", 11),
        ("Year 11", 11),
        ("Yr 9", 9),
        ("Y11", 11),
        ("11.0", 11),
        (" year group 7", 7),
        ("R", None),
        ("11B", None),
    ],
)
def test_year_groups_are_read_in_words_and_numbers(text, year):
    assert cells.read_year_group(text) == year


# --- files


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_encoding_and_delimiter_gives_the_same_names(encoding, delimiter):
    text = delimiter.join(["Surname", "Forename"]) + "\r\n" + delimiter.join(["O'Neill", "Zoë"]) + "\r\n"
    text += delimiter.join(["Kowalski", "Łukasz"])
    table = read_table(text.encode(encoding))
    assert table == [["Surname", "Forename"], ["O'Neill", "Zoë"], ["Kowalski", "Łukasz"]]


def test_windows_text_is_read_too():
    assert read_table("Surname,Forename\nO’Neill,Zoë".encode("cp1252")) == [["Surname", "Forename"], ["O’Neill", "Zoë"]]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b" \r\n ", "empty"),
        (b"PK\x03\x04rest", "save it as CSV"),
        (b"<?xml version='1.0'?><CTfile/>", "Export the roll as CSV"),
        (bytes(range(256)) * 10, "not a text file"),
        (b"\xff\xfea", "not a text file"),
        (b'Surname,Forename\n"' + b"x" * 200_000, "quotation mark"),
    ],
)
def test_a_file_that_is_no_table_gets_one_sentence(content, words):
    with pytest.raises(FileRefused, match=words):
        read_table(content)


# --- a roll


def test_a_roll_makes_learners_with_contacts_and_roll_entries(load, school):
    answer, issues = load(HEADINGS, AMINA, BEN, CARA)
    assert answer == counts(learners=3, added=3, issues=1)
    assert issues == [(1, "ROLL_COLUMNS_UNUSED")]
    amina = Learner.objects.get(upn="H801200001001")
    assert (amina.given_name, amina.family_name, amina.preferred_name) == ("Amina", "Yusuf", "Mina")
    assert (amina.birth_on, amina.uln, amina.area, amina.user) == (dt.date(2010, 9, 1), "7673614579", school.area, None)
    assert (amina.contact.postcode, amina.contact.email) == ("HX1 1AA", "amina@example.org")
    entry = amina.roll_entries.get()
    assert (entry.school, entry.year_group, entry.tutor_group, entry.local_id) == (school, 11, "11A", "101")
    assert (entry.started_on, entry.ended_on) == (TODAY, None)
    ben = Learner.objects.get(given_name="Ben")
    assert (ben.uln, ben.birth_on) == ("", dt.date(2011, 3, 31))
    assert Learner.objects.get(family_name="O'Neill").birth_on == dt.date(2011, 2, 2)
    assert not LearnerContact.objects.filter(learner__family_name="O'Neill").exists()


def test_the_same_file_again_changes_nothing(load):
    load(HEADINGS, AMINA, BEN, CARA)
    before = list(Learner.objects.values()), list(RollEntry.objects.values()), list(LearnerContact.objects.values())
    answer, _ = load(HEADINGS, AMINA, BEN, CARA)
    assert answer == counts(learners=3, unchanged=3, issues=1)
    assert (
        list(Learner.objects.values()),
        list(RollEntry.objects.values()),
        list(LearnerContact.objects.values()),
    ) == before


def test_a_file_without_numbers_and_postcodes_finds_its_learners_again(load):
    lines = ["Surname,Forename,DoB,NCyearActual", "Yusuf,Amina,2010-09-01,11", "Okafor,Ben,2011-03-31,11"]
    assert load(*lines)[0] == counts(learners=2, added=2)
    assert load(*lines)[0] == counts(learners=2, unchanged=2)


def test_next_year_moves_learners_up_and_ends_those_who_left(load, school_day):
    load(HEADINGS, AMINA, BEN, CARA)
    school_day.move_to(dt.datetime(2027, 9, 6, 10, tzinfo=dt.UTC))
    answer, issues = load(HEADINGS, CARA.replace(",10,10A,", ",11,11A,"), AMINA.replace("Year 11,11A", "12,12C"))
    assert answer == counts(learners=2, moved=2, ended=1, issues=2)
    assert (0, "ROLL_LEARNERS_ENDED") in issues
    amina = Learner.objects.get(given_name="Amina")
    assert [(e.year_group, e.started_on, e.ended_on) for e in amina.roll_entries.order_by("pk")] == [
        (11, TODAY, dt.date(2027, 9, 6)),
        (12, dt.date(2027, 9, 6), None),
    ]
    assert list(RollEntry.objects.current().values_list("learner__given_name", "year_group").order_by("pk")) == [
        ("Cara", 11),
        ("Amina", 12),
    ]


def test_year_groups_that_are_not_in_the_file_stay_as_they_are(load):
    load(HEADINGS, AMINA, BEN, CARA)
    answer, _ = load(HEADINGS, CARA)
    assert answer == counts(learners=1, unchanged=1, issues=1)
    assert RollEntry.objects.current().count() == 3


def test_changed_details_change_and_blank_cells_leave_what_is_known(load):
    load(HEADINGS, AMINA)
    answer, _ = load(HEADINGS, "101,Yusuf-Smith,Amina,,01/09/2010,11,11A,H801200001001,,,,")
    assert answer == counts(learners=1, changed=1, issues=1)
    amina = Learner.objects.get()
    assert (amina.family_name, amina.preferred_name, amina.uln) == ("Yusuf-Smith", "Mina", "7673614579")
    assert amina.contact.postcode == "HX1 1AA"


def test_a_learner_who_changes_school_keeps_their_record(load, school):
    other = SchoolFactory(name="St Brannoc's School", urn="123457", area=school.area)
    load(HEADINGS, AMINA)
    answer, issues = load(HEADINGS, AMINA, to=other)
    assert answer == counts(learners=1, moved=1, issues=2)
    assert (2, "ROLL_LEARNER_ARRIVED") in issues
    assert Learner.objects.count() == 1
    assert RollEntry.objects.current().get().school == other


def test_a_learner_is_found_by_uln_when_the_upn_is_missing(load, school):
    learner = LearnerFactory(uln="7673614579", upn=None, birth_on=dt.date(2010, 9, 1), area=school.area)
    answer, _ = load(HEADINGS, AMINA)
    assert answer["moved"] == 1
    learner.refresh_from_db()
    assert (learner.upn, learner.family_name) == ("H801200001001", "Yusuf")


def test_a_uln_of_somebody_born_on_another_day_is_doubted_and_not_merged(load, school):
    LearnerFactory(uln="7673614579", upn=None, birth_on=dt.date(2011, 1, 1), area=school.area)
    answer, issues = load(HEADINGS, AMINA)
    assert (answer["added"], (2, "ROLL_ULN_TAKEN") in issues) == (1, True)
    assert load(HEADINGS, AMINA)[0]["unchanged"] == 1


def test_a_learner_is_found_by_name_birth_date_and_postcode(load, school):
    learner = LearnerFactory(
        given_name="AMINA", family_name="Yusuf", birth_on=dt.date(2010, 9, 1), area=school.area, upn="G80120000101A"
    )
    LearnerContactFactory(learner=learner, postcode="HX1 1AA")
    answer, _ = load(HEADINGS, AMINA)
    assert (answer["added"], answer["moved"]) == (0, 1)
    learner.refresh_from_db()
    assert learner.upn == "H801200001001"  # the temporary one is replaced


def test_the_same_name_and_birth_date_at_another_postcode_is_not_merged(load, school):
    learner = LearnerFactory(given_name="Amina", family_name="Yusuf", birth_on=dt.date(2010, 9, 1), area=school.area)
    LearnerContactFactory(learner=learner, postcode="ZZ1 1ZZ")
    answer, issues = load(HEADINGS, AMINA)
    assert (answer["added"], (2, "ROLL_LEARNER_UNSURE") in issues) == (1, True)
    assert load(HEADINGS, AMINA)[0]["unchanged"] == 1


def test_a_upn_of_somebody_else_never_takes_over_their_record(load):
    stranger = LearnerFactory(family_name="Okafor", birth_on=dt.date(2009, 1, 1), upn="H801200001001")
    answer, issues = load(HEADINGS, AMINA, BEN)
    assert (answer["learners"], (2, "ROLL_UPN_TAKEN") in issues) == (1, True)
    stranger.refresh_from_db()
    assert stranger.family_name == "Okafor"


def test_every_bad_row_is_told_at_once_with_its_row_and_the_good_ones_are_used(load):
    answer, issues = load(
        "School roll of Hollins Park School",
        "",
        "Surname,Forename,DOB,Year,UPN,ULN,Postcode,Email",
        "Yusuf,Amina,31/02/2010,11,H801200001001,,,",
        ",Ben,2011-03-31,11,,,,",
        "Okafor,,2011-03-31,11,,,,",
        '"Two\nlines",Cara,,Reception,,,,',
        "Fine,Dina,2011-03-31,11,A801200001001,7673614578,nowhere,not-an-address",
        "Guid,Elif,2011-03-31,11,7c99356f-15a2-4990-a735-f8fa156ebed6,1.23E+09,,",
        "Short,Finn,2011-03-31,11,,123,,",
        "Future,Gus,2031-03-31,11,,,,",
        "Old,Hal,1/9/93,11,,,,",
        "Young,Ivy,2011-03-31,6,,,,",
    )
    assert issues == [
        (4, "ROLL_BIRTH_ON_INVALID"),
        (5, "ROLL_FAMILY_NAME_MISSING"),
        (6, "ROLL_GIVEN_NAME_MISSING"),
        (7, "ROLL_BIRTH_ON_MISSING"),
        (7, "ROLL_YEAR_GROUP_UNKNOWN"),
        (8, "ROLL_UPN_CHECK"),
        (8, "ROLL_ULN_CHECK"),
        (8, "ROLL_EMAIL_SHAPE"),
        (8, "ROLL_POSTCODE_SHAPE"),
        (9, "ROLL_UPN_SHAPE"),
        (9, "ROLL_ULN_SHORTENED"),
        (10, "ROLL_ULN_SHAPE"),
        (11, "ROLL_BIRTH_ON_FUTURE"),
        (12, "ROLL_BIRTH_ON_UNLIKELY"),
        (13, "ROLL_YEAR_GROUP_UNKNOWN"),
    ]
    assert answer == counts(learners=4, added=4, issues=15)
    assert Learner.objects.get(family_name="Fine").upn == "A801200001001"  # warned, never dropped
    assert Learner.objects.get(family_name="Guid").upn is None


def test_two_rows_with_one_upn_keep_the_first_and_name_it(load):
    answer, issues = load(HEADINGS, AMINA, BEN.replace("R201100018042", "H801200001001"))
    assert (answer["added"], issues[1:]) == (1, [(3, "ROLL_UPN_REPEATED")])
    from providers.models import UploadIssue

    assert "Row 2 has the same UPN" in UploadIssue.objects.get(code="ROLL_UPN_REPEATED").message


def test_one_learner_in_two_rows_is_made_once_but_namesakes_with_upns_are_two(load):
    _, issues = load(HEADINGS, AMINA, AMINA.replace("H801200001001", "").replace("101,", "999,", 1))
    assert issues[1:] == [(3, "ROLL_LEARNER_REPEATED")]
    answer, _ = load(
        HEADINGS,
        AMINA,
        AMINA.replace("H801200001001", "D931690609112").replace("7673614579", "").replace("101", "9", 1),
    )
    assert (answer["added"], answer["unchanged"]) == (1, 1)


def test_a_upn_of_a_closed_authority_is_fine_and_one_that_never_was_is_doubted(load):
    LocalAuthority.objects.create(code="801", name="Old Northmoor", is_current=False)
    _, issues = load(HEADINGS, AMINA, BEN)
    assert issues[1:] == [(3, "ROLL_UPN_AUTHORITY")]


def test_a_learner_whose_row_is_bad_is_not_taken_off_the_roll(load):
    load(HEADINGS, AMINA, BEN)
    answer, _ = load(HEADINGS, AMINA, BEN.replace("2011-03-31 00:00:00", "31/02/2011"))
    assert (answer["ended"], answer["unchanged"]) == (0, 1)
    assert RollEntry.objects.current().count() == 2


def test_nobody_is_taken_off_while_a_row_could_be_anybodys(load):
    load(HEADINGS, AMINA, BEN)
    answer, issues = load(HEADINGS, AMINA, ",,,,31/02/2011,11,11B,,,,,")
    assert (answer["ended"], issues[0]) == (0, (0, "ROLL_MISSING_KEPT"))
    assert RollEntry.objects.current().count() == 2


def test_windows_names_and_a_misspelt_heading_arrive_whole(load):
    _, issues = load(
        "Surnam;Forename;Date of Birth;Year Group",
        "O’Neill;Zoë;44629;Year 7",
        "Brûlé;Renée;1/9/12;8",
        encoding="cp1252",
    )
    assert (1, "ROLL_HEADING_GUESSED") in issues
    assert list(Learner.objects.values_list("given_name", "family_name")) == [("Renée", "Brûlé"), ("Zoë", "O’Neill")]
    assert Learner.objects.get(given_name="Zoë").birth_on == dt.date(2022, 3, 9)


def test_a_census_address_in_parts_becomes_one_line(load):
    load(
        "Surname,Forename,DoB,NCyearActual,PAON,Street,Town,AddressLine1,Postcode",
        "Yusuf,Amina,2010-09-01,11,12,High St,Northmoor,,HX11AA",
    )
    assert LearnerContact.objects.get().address == "12, High St, Northmoor"


def test_a_file_without_the_needed_columns_is_refused_by_name(load):
    with pytest.raises(CommandError, match=r"the date of birth \(DoB\) and the year group \(Year\)"):
        load("Surname,Forename", "Yusuf,Amina")
    assert not Learner.objects.exists()


def test_an_unknown_school_and_a_missing_file_are_told_in_a_sentence(school, tmp_path):
    with pytest.raises(CommandError, match="No school has the URN 999999"):
        call_command("import_roll", "roll.csv", school="999999")
    with pytest.raises(CommandError):
        call_command("import_roll", str(tmp_path / "none.csv"), school=school.urn)


def test_a_learner_of_another_school_with_the_same_admission_number_is_somebody_else(load, school):
    RollEntryFactory(local_id="101", school=SchoolFactory(area=school.area))
    assert load(HEADINGS, AMINA)[0]["added"] == 1


@pytest.mark.data
def test_a_real_census_with_blanked_names_gets_a_sentence_for_each_row(load, shared_data):
    answer, issues = load(content=(shared_data / "la_ccis_census_extracts" / "census_original_jan22.csv").read_bytes())
    assert answer["learners"] == 0
    assert {(row, "ROLL_FAMILY_NAME_MISSING") for row in range(2, 7)} <= set(issues)
    assert {(row, "ROLL_BIRTH_ON_MISSING") for row in range(2, 7)} <= set(issues)


@pytest.mark.data
@pytest.mark.parametrize("name", ["ccis_original_mar16.csv", "secondary_schools_original.csv", "template_nccis.csv"])
def test_real_files_of_another_kind_are_refused_in_a_sentence(load, shared_data, name):
    with pytest.raises(CommandError, match=r"^No column was found for the"):
        load(content=(shared_data / "la_ccis_census_extracts" / name).read_bytes())


def test_a_roll_of_two_thousand_takes_a_constant_number_of_queries(load, django_assert_max_num_queries):
    def lines(number):
        return [
            f"{n},Family{n},Given{n},,01/09/{2009 + n % 3},{11 - n % 3},{11 - n % 3}A,,,HX1 1AA,,"
            for n in range(number)
        ]

    with django_assert_max_num_queries(60):
        assert load(HEADINGS, *lines(2000))[0]["added"] == 2000
    with django_assert_max_num_queries(60):
        assert load(HEADINGS, *lines(2000))[0]["unchanged"] == 2000
