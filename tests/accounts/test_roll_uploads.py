"""A school's roll through the pipeline: every kind of file, the preview, what is held, undone and forgotten."""

import datetime as dt
import io

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from xlsxwriter import Workbook

from accounts.models import (
    Attendance,
    Characteristics,
    Learner,
    LearnerContact,
    LearnerDoubt,
    RollEntry,
    RollHeading,
    RollImage,
    SchoolGrade,
)
from activity.actions import run_job
from core.errors import RuleBroken
from providers.actions import confirm_upload, forget_files, receive_upload, undo_upload
from providers.models import Upload
from providers.queries import undo_plan
from tests.accounts.xls import xls
from tests.factories import LearnerFactory, RollEntryFactory, SchoolFactory, StaffRoleFactory, UserFactory
from tests.prospectus.sheets import ods

HEADINGS = "Adno,Surname,Forename,DOB,Year,Reg,UPN,Postcode"
AMINA = "101,Yusuf,Amina,01/09/2010,11,11A,H801200001001,HX1 1AA"
BEN = "102,Okafor,Ben,31/03/2011,11,11B,R201100018042,HX1 1AB"
CTF = """<?xml version="1.0" encoding="utf-8"?>
<CTfile><Header><DocumentName>Common Transfer File</DocumentName></Header><CTFpupilData>
<Pupil><UPN>H801200001001</UPN><UniqueLearnerNumber>7673614579</UniqueLearnerNumber><Surname>Yusuf</Surname>
<Forename>Amina</Forename><DOB>2010-09-01</DOB><Sex>F</Sex>
<BasicDetails><PreferredForename>Mina</PreferredForename><NCyearActual>11</NCyearActual><Ethnicity>BSOM</Ethnicity>
</BasicDetails><LookedAfter><InCare>true</InCare></LookedAfter>
<SENhistory><SEN><StartDate>2019-01-01</StartDate><SENprovision>N</SENprovision></SEN>
<SEN><StartDate>2022-01-01</StartDate><SENprovision>K</SENprovision></SEN></SENhistory>
<Address><AddressLines><AddressLine1>1 High Street</AddressLine1><AddressLine2>Northmoor</AddressLine2></AddressLines>
<PostCode>HX1 1AA</PostCode></Address>
<Contacts><Contact><Surname>Ali</Surname><Forename>Parent</Forename><Phones><Phone><PhoneNo>1</PhoneNo></Phone></Phones>
<Email>parent@example.org</Email></Contact></Contacts>
<Phones><Phone><TelephoneType>H</TelephoneType><PhoneNo>01632 960001</PhoneNo></Phone>
<Phone><TelephoneType>M</TelephoneType><PhoneNo>07700 900001</PhoneNo></Phone></Phones>
<Attendance><YearData><Year>2026</Year><SessionsPossible>300</SessionsPossible><SessionsAttended>279</SessionsAttended>
</YearData></Attendance>
<StageAssessments><KeyStage><Stage>KS2</Stage><StageAssessment><Subject>ENG</Subject><Component>RDG</Component>
<ResultStatus>R</ResultStatus><Result>108</Result></StageAssessment></KeyStage></StageAssessments></Pupil>
<Pupil><BasicDetails><LegalSurname>Okafor</LegalSurname><LegalForename>Ben</LegalForename></BasicDetails>
<DOB>2011-03-31</DOB></Pupil>
</CTFpupilData></CTfile>"""


@pytest.fixture(autouse=True)
def own_storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def hand_over(school, coordinator):
    """Hands lines, or bytes, over as the coordinator does, and has them checked. Gives the upload."""

    def hand_over(*lines, content=None, name="roll.csv"):
        file = ContentFile("\n".join(lines).encode() if content is None else content, name=name)
        upload = receive_upload(kind="roll", organisation=school, file=file, file_name=name, by=coordinator)
        run_job(upload.job_id)
        upload.refresh_from_db()
        return upload

    return hand_over


@pytest.fixture
def publish(hand_over, coordinator):
    def publish(*lines, **options):
        upload = hand_over(*lines, **options)
        assert upload.state in ("checked", "held"), upload.refusal
        upload = confirm_upload(upload=upload, seen=upload.digest, by=coordinator, is_knowing=True)
        run_job(upload.job_id)
        upload.refresh_from_db()
        assert upload.is_published
        return upload

    return publish


def undo(upload, by):
    upload = undo_upload(upload=upload, seen=undo_plan(upload).digest, by=by)
    run_job(upload.job_id)
    upload.refresh_from_db()
    return upload


def everything():
    """All that a roll can have written."""
    tables = (Learner, LearnerContact, RollEntry, SchoolGrade, Attendance, Characteristics, LearnerDoubt)
    return [list(table.objects.order_by("pk").values()) for table in tables]


def workbook(*lines, day=None):
    content = io.BytesIO()
    with Workbook(content) as book:
        sheet = book.add_worksheet("Pupils")
        for row, line in enumerate(lines):
            sheet.write_row(row, 0, line)
        if day:
            sheet.write_datetime(*day, book.add_format({"num_format": "dd/mm/yyyy"}))
    return content.getvalue()


# --- the preview


def test_a_checked_roll_changes_nothing_and_says_what_it_would_do(publish, hand_over, client, coordinator):
    publish(HEADINGS, AMINA, BEN)
    before = everything()
    upload = hand_over(HEADINGS, AMINA.replace(",11A,", ",11C,").replace("HX1 1AA", "HX2 2BB"))
    assert (upload.state, everything()) == ("checked", before)
    said = [(change.action, change.title, change.fields) for change in upload.changes.all()]
    assert said == [
        ("ended", "Ben Okafor (Year 11, 11B)", {}),
        (
            "changed",
            "Amina Yusuf (Year 11, 11C)",
            {"tutor_group": ["11A", "11C"], "postcode": ["HX1 1AA", "HX2 2BB"]},
        ),
    ]
    client.force_login(coordinator)
    page = client.get(f"/desk/uploads/{upload.reference}/").content.decode()
    for words in ("Nothing has been changed yet", "Tutor group", "HX2 2BB", "Taken off the roll"):
        assert words in page
    confirm = client.get(f"/desk/uploads/{upload.reference}/confirm/").content.decode()
    assert "The roll is as in the file" in confirm
    assert "Learners are waiting" not in confirm


def test_a_roll_that_ends_a_large_share_is_held_but_leavers_are_no_reason(publish, hand_over, school_day):
    lines = [f"{n},Family{n},Given{n},01/09/2010,11,11A,," for n in range(30)]
    publish(HEADINGS, *lines)
    upload = hand_over(HEADINGS, *lines[:20])
    assert (upload.state, upload.counts["gone"], upload.counts["stood"]) == ("held", 10, 30)
    assert "would take 10 of your 30 learners off the roll" in upload.note
    school_day.move_to(dt.datetime(2027, 9, 6, 10, tzinfo=dt.UTC))
    younger = [f"{n},Family{n},Given{n},01/09/2011,11,11A,," for n in range(100, 130)]
    upload = hand_over(HEADINGS, *younger)
    assert (upload.state, upload.counts["ended"], upload.counts["gone"]) == ("checked", 30, 0)


def test_a_wrong_cell_is_corrected_on_a_page_and_the_marked_file_names_it(hand_over, client, coordinator):
    upload = hand_over(HEADINGS, AMINA, BEN.replace("31/03/2011", "31/02/2011"))
    assert (upload.is_fixable, upload.bad_rows) == (True, 1)
    client.force_login(coordinator)
    page = reverse("providers:upload-fix", args=[upload.reference])
    row = client.get(page).context["rows"][0]
    client.post(page, {f"cell-{row.row}-3": "31/03/2011", f"seen-{row.row}": row.digest, "check": "1"})
    upload.refresh_from_db()
    run_job(upload.job_id)
    upload.refresh_from_db()
    assert (upload.bad_rows, upload.counts["learners"]) == (0, 2)
    marked = client.get(reverse("providers:upload-marked", args=[upload.reference]))
    assert b"31/03/2011" in b"".join(marked.streaming_content)


# --- kinds of files


def test_a_common_transfer_file_brings_everything_it_says_of_the_pupil_alone(publish, client):
    upload = publish(content=CTF.encode(), name="8011234_CTF_8015678_001.xml")
    assert (upload.counts["learners"], upload.counts["added"]) == (2, 2)
    amina, ben = Learner.objects.order_by("-family_name")
    assert (amina.preferred_name, amina.uln, amina.upn) == ("Mina", "7673614579", "H801200001001")
    contact = amina.contact
    assert (contact.phone, contact.email, contact.address) == ("07700 900001", "", "1 High Street, Northmoor")
    facts = amina.characteristics
    assert (facts.sex, facts.sen_provision, facts.is_looked_after, facts.ethnicity) == ("F", "K", True, "")
    assert list(amina.school_grades.values_list("kind", "stage", "subject", "value")) == [
        ("prior", "KS2", "ENG RDG", "108")
    ]
    assert [(year.school_year, year.percent) for year in amina.attendance.all()] == [(2025, 93.0)]
    assert (ben.given_name, ben.roll_entries.get().year_group) == ("Ben", 11)  # by age: the file does not say
    assert list(upload.issues.values_list("row", "code")) == [(3, "ROLL_ETHNICITY_UNKNOWN")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<CTfile><CTFpupilData></CTFpupilData></CTfile>", "no pupils in it"),
        (b"<html><body>Sign in</body></html>", "no pupils in it"),
        (b"<CTfile><Pupil><UPN>1</UPN>", "broken off"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><CTfile><Pupil><Surname>&b;</Surname></Pupil></CTfile>', "entities"),
        (b"<a>" * 100_000, "no pupils in it"),
    ],
)
def test_xml_that_is_no_roll_gets_a_sentence_and_leaves_nothing(hand_over, content, words):
    upload = hand_over(content=content, name="roll.xml")
    assert upload.state == "refused"
    assert words in upload.refusal
    assert not Learner.objects.exists()


@pytest.mark.parametrize(("make", "name"), [(xls, "roll.xls"), (ods, "roll.ods")])
def test_an_old_workbook_and_an_open_document_are_read_like_a_text_file(publish, make, name):
    lines = [line.split(",") for line in (HEADINGS, AMINA, BEN.replace("Okafor", "Okafor-Łuk"))]

    upload = publish(content=make(lines), name=name)

    assert upload.counts["added"] == 2
    found = Learner.objects.order_by("pk").values_list("given_name", "family_name", "birth_on", "contact__postcode")
    assert list(found) == [
        ("Amina", "Yusuf", dt.date(2010, 9, 1), "HX1 1AA"),
        ("Ben", "Okafor-Łuk", dt.date(2011, 3, 31), "HX1 1AB"),
    ]
    publish(HEADINGS, AMINA, BEN.replace("Okafor", "Okafor-Łuk"))
    assert Learner.objects.count() == 2


def test_a_workbook_with_dates_and_shortened_numbers_is_read_as_people_see_it(publish):
    content = workbook(
        ["Roll of Hollins Park"], [],
        ["Name", "Date of birth", "Yr", "ULN", "Mobile", "KS2 Maths", "Predicted English"],
        ["Yusuf, Amina", "", 11, 7673614579, 7700900001, 104, "6"],
        day=(3, 1, dt.datetime(2010, 9, 1)),  # noqa: DTZ001 - as a cell has it
    )  # fmt: skip
    publish(content=content, name="roll.xlsx")
    amina = Learner.objects.get()
    assert (amina.given_name, amina.birth_on, amina.uln) == ("Amina", dt.date(2010, 9, 1), "7673614579")
    assert amina.contact.phone == "07700900001"  # the 0 that the spreadsheet dropped
    assert list(amina.school_grades.order_by("kind").values_list("kind", "stage", "subject", "value")) == [
        ("predicted", "", "English", "6"),
        ("prior", "KS2", "Maths", "104"),
    ]


def test_codes_and_words_register_marks_and_percentages_are_understood(publish):
    facts = "Surname,Forename,DoB,Year,Ethnicity,SEN,SENneed1,FSM,In Care"
    publish(
        f"{facts},TermlySessionsPossible,/,\\,L,C",
        "Yusuf,Amina,01/09/2010,11,Black African,SEN Support,Hearing Impairment,T,No,109,51,45,4,9",
        "Okafor,Ben,31/03/2011,11,WBRI,E - EHC plan,ASD,,,0,,,,",
    )
    amina, ben = Learner.objects.order_by("-family_name")
    held = amina.characteristics
    assert (held.ethnicity, held.sen_provision, held.sen_needs) == ("BAFR", "K", ["HI"])
    assert (held.has_free_meals, held.is_looked_after) == (True, False)
    assert (ben.characteristics.sen_provision, ben.characteristics.has_free_meals) == ("E", None)
    assert [(year.school_year, year.attended, year.possible) for year in amina.attendance.all()] == [(2026, 100, 109)]
    assert not ben.attendance.exists()
    publish("Surname,Forename,DoB,Year,% Attendance", "Yusuf,Amina,01/09/2010,11,94.5%", "Okafor,Ben,31/03/2011,11,0.9")
    assert [year.percent for year in Attendance.objects.order_by("-learner__family_name")] == [94.5, 90.0]


# --- asked once


def test_a_column_of_a_strange_name_is_asked_about_once_for_the_school(hand_over, client, coordinator, school):
    lines = ("Surname,Forename,Geboren,Year", "Yusuf,Amina,01/09/2010,11")
    upload = hand_over(*lines)
    assert upload.counts["asks"] == {"missing": ["birth_on"], "columns": ["Geboren"]}
    client.force_login(coordinator)
    assert "Say which column is which" in client.get(f"/desk/uploads/{upload.reference}/").content.decode()
    url = reverse("accounts:roll-headings", args=[upload.reference])
    assert "Which column holds the date of birth?" in client.get(url).content.decode()
    assert client.post(url, {"birth_on": ""}).status_code == 200
    response = client.post(url, {"birth_on": "Geboren"})
    again = Upload.objects.latest("pk")
    assert response.url == f"/desk/uploads/{again.reference}/"
    run_job(again.job_id)
    again.refresh_from_db()
    assert (again.state, again.counts["added"]) == ("checked", 1)
    assert RollHeading.objects.get().thing == "birth_on"
    assert hand_over(*lines).state == "checked"


# --- what a made-up file could find out


def test_a_preview_says_nothing_of_what_another_school_knows(hand_over, school):
    elsewhere = LearnerFactory(
        given_name="Amina", family_name="Yusuf", birth_on=dt.date(2010, 9, 1), upn="H801200001001", area=school.area,
        uln="7673614579", preferred_name="Mina", user=None,
    )  # fmt: skip
    LearnerContact.objects.create(learner=elsewhere, phone="01632960001", postcode="HX9 9ZZ")
    RollEntryFactory(learner=elsewhere, school=SchoolFactory(area=school.area))

    upload = hand_over(f"{HEADINGS},ULN,Mobile,Known as", f"{AMINA},1000000043,07700900001,Minnie")

    [change] = upload.changes.all()
    assert change.fields["school"] == ["other", "here"]
    for known in ("7673614579", "01632960001", "HX9 9ZZ", "Mina"):
        assert known not in str(change.fields).replace("Minnie", "")
    assert change.fields["postcode"] == ["A different one", "HX1 1AA"]


def test_many_rows_with_a_postcode_each_do_not_find_out_where_somebody_lives(hand_over, school):
    elsewhere = LearnerFactory(
        given_name="Amina", family_name="Yusuf", birth_on=dt.date(2010, 9, 1), upn=None, area=school.area, user=None
    )
    LearnerContact.objects.create(learner=elsewhere, postcode="HX1 1AA")
    RollEntryFactory(learner=elsewhere, school=SchoolFactory(area=school.area))
    upns = ("H801200001001", "R201100018042", "K801200001002")  # made up: without them such rows are refused
    rows = [f",Yusuf,Amina,01/09/2010,11,11A,{upn},HX1 1A{letter}" for upn, letter in zip(upns, "BAD", strict=True)]

    upload = hand_over(HEADINGS, *rows)

    said = upload.issues.filter(code="ROLL_LEARNER_UNSURE").values_list("row", flat=True)
    assert (sorted(said), upload.counts["moved"]) == ([2, 3, 4], 0)


# --- undone


def test_undoing_the_last_roll_puts_everything_back_exactly(publish, coordinator):
    publish(HEADINGS, AMINA, BEN)
    before = everything()
    upload = publish(
        f"{HEADINGS},Predicted Maths,SEN",
        AMINA.replace(",11A,", ",11C,").replace("HX1 1AA", "HX2 2BB") + ",6,K",
        "103,New,Cara,01/10/2010,11,11C,,,5,N",
    )
    assert everything() != before
    amina = Learner.objects.get(given_name="Amina")
    kept = RollImage.objects.get(learner_key=amina.pk)
    assert kept.before.keys() - kept.after.keys() == {
        "who",
        "attendance",
    }  # of after what is as before is not kept twice
    assert undo(upload, coordinator).is_undone
    assert everything() == before
    assert not RollImage.objects.exists()


def test_who_has_unlocked_or_been_written_about_since_stays_as_they_are(publish, coordinator, amina):
    upload = publish(HEADINGS, "201,New,Cara,01/10/2010,11,11C,,", "202,Other,Dan,02/10/2010,11,11C,,", AMINA)
    Learner.objects.filter(given_name="Cara").update(user=UserFactory())
    undone = undo(upload, coordinator)
    said = {step.title: (step.action, step.why) for step in undone.reversals.all()}
    assert said["Cara New (Year 11, 11C)"] == ("kept", "They have unlocked their record since.")
    assert said["Dan Other (Year 11, 11C)"] == ("taken_out", "")
    assert sorted(Learner.objects.values_list("given_name", flat=True)) == ["Amina", "Cara"]


def test_a_learner_another_school_has_taken_since_is_not_fetched_back(publish, coordinator, school):
    publish(HEADINGS, AMINA, BEN)
    upload = publish(HEADINGS, AMINA)
    elsewhere = RollEntryFactory(learner=Learner.objects.get(given_name="Ben"))
    undone = undo(upload, coordinator)
    assert [(step.action, step.why) for step in undone.reversals.all()] == [
        ("kept", "Something about them has been changed since.")
    ]
    assert RollEntry.objects.current().get(learner__given_name="Ben") == elsewhere


# --- forgotten


def test_after_a_month_the_file_and_all_it_said_are_gone_and_the_numbers_stay(
    publish, hand_over, client, coordinator, school_day, django_capture_on_commit_callbacks
):
    upload = publish(HEADINGS, AMINA, BEN.replace("R201100018042", "R201100018043"))
    storage, name = upload.file.storage, upload.file.name
    forget_files()
    assert storage.exists(name)
    waiting = hand_over(HEADINGS, AMINA)
    school_day.shift(dt.timedelta(days=31))
    with django_capture_on_commit_callbacks(execute=True):
        assert forget_files() == 2
    assert forget_files() == 0
    upload.refresh_from_db()
    waiting.refresh_from_db()
    assert (upload.has_file, storage.exists(name), waiting.state, waiting.has_file) == (
        False,
        False,
        "abandoned",
        False,
    )
    assert (upload.counts["added"], upload.changes.count(), RollImage.objects.count()) == (2, 0, 0)
    assert [(issue.code, issue.value) for issue in upload.issues.all()] == [("ROLL_UPN_CHECK", "")]
    client.force_login(coordinator)
    page = client.get(f"/desk/uploads/{upload.reference}/").content.decode()
    assert "has been removed" in page
    assert "See what undoing it would do" not in page
    assert client.get(f"/desk/uploads/{upload.reference}/undo/").status_code == 302
    assert client.get(reverse("providers:upload-marked", args=[upload.reference])).status_code == 404


# --- whatever comes


cells = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    ["Yusuf", "01/09/2010", "44629", "11", "H801200001001", "=1+1", "31/02/2010", "K", "\0", '"', "1.23E+09"]
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(cells, max_size=9), max_size=4), raw=st.binary(max_size=60), is_raw=st.booleans())
def test_any_cells_and_any_bytes_are_checked_or_refused_in_a_sentence(hand_over, rows, raw, is_raw):
    before = everything()
    lines = [f"{HEADINGS},Predicted Maths,SEN", *(",".join(row) for row in rows)]
    try:
        upload = hand_over(*lines) if not is_raw else hand_over(content=raw or b"<", name="roll.xml")
    except RuleBroken as refusal:
        assert refusal.message  # noqa: PT017 - either of two answers is right
    else:
        assert upload.state in ("checked", "held", "refused")
        assert upload.state != "refused" or len(upload.refusal) > 20
    assert everything() == before


# --- who sees what


def test_facts_are_seen_by_those_they_are_for(publish, coordinator, school, client, amina):
    publish(f"{HEADINGS},Predicted Maths,SEN,% Attendance", AMINA.replace("01/09/2010", "31/03/2011") + ",6,K,94")
    learner = Learner.objects.get(upn="H801200001001")
    learner.user = UserFactory()
    learner.save()
    tutor = StaffRoleFactory(organisation=school, kind="tutor").user
    stranger = LearnerFactory().user
    sees = {
        name: (
            SchoolGrade.objects.visible_to(person).exists(),
            Attendance.objects.visible_to(person).exists(),
            Characteristics.objects.visible_to(person).exists(),
        )
        for name, person in {
            "own": learner.user, "coordinator": coordinator, "tutor": tutor, "stranger": stranger,
        }.items()
    }  # fmt: skip
    assert sees == {
        "own": (True, True, False),
        "coordinator": (True, True, True),
        "tutor": (True, True, False),
        "stranger": (False, False, False),
    }
    client.force_login(learner.user)
    page = client.get("/my-record/").content.decode()
    assert "94.0%" in page
    assert "SEN support" not in page
    client.force_login(coordinator)
    assert "SEN support" in client.get(f"/desk/roll/learners/{learner.reference}/").content.decode()
    client.force_login(tutor)
    page = client.get(f"/desk/roll/learners/{learner.reference}/").content.decode()
    assert ("94.0%" in page, "SEN support" in page) == (True, False)


def test_a_file_over_the_web_needs_no_type_but_what_is_in_it(client, coordinator, school):
    client.force_login(coordinator)
    file = SimpleUploadedFile("roll.csv", b"%PDF-1.7")
    page = client.post("/desk/uploads/new/roll/", {"file": file, "organisation": school.reference})
    assert "This is a PDF" in page.content.decode()
