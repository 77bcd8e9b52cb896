"""A school's exam results through the pipeline: every layout, the preview, corrections, undo, and who reads them."""

import datetime as dt

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from accounts.actions.erasure import erase_held_back
from activity.actions import run_job
from applications import actions
from applications.actions.results import undo_results
from applications.imports.columns import subject_of
from applications.models import ExamResult
from applications.queries.grade_scales import is_grade, steps_short
from applications.queries.results_day import contradictions_at
from core.errors import NotAllowed
from providers.actions import confirm_upload, receive_upload, undo_upload
from providers.models import UploadChange, UploadIssue, UploadReversal
from providers.queries import undo_plan
from tests.applications.test_results_day import MATHS, offered
from tests.factories import LearnerFactory, OrganisationFactory, RollEntryFactory, StaffRoleFactory
from tests.prospectus.sheets import ods, xlsx

LONG = "UPN,Surname,Forename,DOB,Qualification,Subject,Grade"
WIDE = "Surname,Forename,DOB,Year,GCSE English Language,Maths (GCSE) grade,BTEC Sport"


@pytest.fixture(autouse=True)
def own_storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def officer(town):
    council = OrganisationFactory(name="Northmoor Council", kind="authority", area=town.area)
    return StaffRoleFactory(organisation=council, kind="officer").user


def hand_over(town, *lines, content=None, name="results.csv", by=None):
    """Handed over and checked."""
    file = ContentFile("\n".join(lines).encode() if content is None else content, name=name)
    upload = receive_upload(
        kind="results", organisation=town.hollins, file=file, file_name=name, by=by or town.coordinator
    )
    run_job(upload.job_id)
    upload.refresh_from_db()
    return upload


def publish(town, *lines, **options):
    upload = hand_over(town, *lines, **options)
    assert upload.state in {"checked", "held"}, upload.refusal
    by = options.get("by") or town.coordinator
    upload = confirm_upload(upload=upload, seen=upload.digest, by=by, is_knowing=True)
    run_job(upload.job_id)
    upload.refresh_from_db()
    assert upload.is_published
    return upload


def standing(learner):
    found = ExamResult.objects.standing().filter(learner=learner).order_by("subject")
    return [(one.qualification, one.subject, one.grade) for one in found]


def amina_of(town):
    town.amina.upn = "H801200001001"
    town.amina.save()
    return town.amina


def test_a_row_for_each_result_is_shown_before_it_stands(town, client):
    amina = amina_of(town)
    upload = hand_over(
        town,
        "Hollins Park School results",
        LONG,
        f"{amina.upn},{amina.family_name},Amina,31/03/2011,GCSE,English Language,5",
        ",yusuf,AMINA,31/03/2011,GCSE,Maths,4",
    )
    assert standing(amina) == []
    assert [(each.action, each.title, each.fields) for each in upload.changes.all()] == [
        ("added", "Amina Yusuf: GCSE English Language", {"grade": ["", "5"]}),
        ("added", "Amina Yusuf: GCSE Maths", {"grade": ["", "4"]}),
    ]
    client.force_login(town.coordinator)
    page = client.get(reverse("providers:upload", args=[upload.reference])).text
    assert "Amina Yusuf: GCSE English Language" in page
    confirm_upload(upload=upload, seen=upload.digest, by=town.coordinator)
    upload.refresh_from_db()
    run_job(upload.job_id)
    assert standing(amina) == [("GCSE", "English Language", "5"), ("GCSE", "Maths", "4")]
    client.force_login(amina.user)
    assert "English Language (GCSE)" in client.get(reverse("applications:results")).text
    assert reverse("applications:results") in client.get(reverse("applications:home")).text


def test_a_column_for_each_subject_reads_the_same_from_a_workbook(town):
    rows = [WIDE.split(","), ["Yusuf", "Amina", dt.date(2011, 3, 31), 11, 5, "4", "Merit"]]
    for content, name in ((xlsx(rows), "results.xlsx"), (ods(rows), "results.ods")):
        upload = publish(town, content=content, name=name)
        assert upload.counts["rows"] == 1
    # The same again, from another kind of file, changed nothing.
    assert (upload.counts["added"], upload.counts["unchanged"]) == (0, 3)
    assert standing(town.amina) == [
        ("GCSE", "English Language", "5"),
        ("GCSE", "Maths", "4"),
        ("BTEC", "Sport", "Merit"),
    ]


def test_every_bad_row_is_said_at_once_and_nothing_is_guessed(town):
    twin = LearnerFactory(given_name="Ada", family_name="Low", birth_on=dt.date(2011, 1, 2), area=town.area)
    other = LearnerFactory(given_name="Ada", family_name="Low", birth_on=dt.date(2011, 1, 2), area=town.area)
    for learner in (twin, other):
        RollEntryFactory(learner=learner, school=town.hollins)
    upload = hand_over(
        town,
        LONG,
        ",Yusuf,Amina,31/03/2011,GCSE,Maths,4",
        ",Okafor,Ben,31/03/2011,GCSE,Maths,4",  # of another school
        ",Low,Ada,02/01/2011,GCSE,Maths,4",
        ",Yusuf,Amina,31/03/2011,GCSE,,4",
        ",Yusuf,Amina,31/03/2011,GCSE,Art,",
        ",Yusuf,Amina,31/03/2011,GCSE,Music,rather good",
        ",Yusuf,Amina,31/03/2011,GCSE,maths,4",
        ",Yusuf,Amina,31/03/2011,GCSE,MATHS,7",
    )
    assert list(upload.issues.values_list("row", "code", "severity")) == [
        (3, "RESULTS_LEARNER_UNKNOWN", "error"),
        (4, "RESULTS_LEARNER_UNSURE", "error"),
        (5, "RESULTS_SUBJECT_MISSING", "error"),
        (6, "RESULTS_GRADE_MISSING", "error"),
        (7, "RESULTS_GRADE_UNKNOWN", "warning"),
        (8, "RESULTS_REPEATED", "warning"),
        (9, "RESULTS_CONTRADICT", "error"),
    ]
    # A warning drops nothing.
    assert [each.title for each in upload.changes.all()] == ["Amina Yusuf: GCSE Maths", "Amina Yusuf: GCSE Music"]
    assert upload.is_fixable


def test_a_number_of_somebody_else_is_not_believed(town):
    amina = amina_of(town)
    upload = hand_over(town, LONG, f"{amina.upn},Green,Zoe,01/01/2010,GCSE,Maths,4")
    assert upload.issues.get().code == "RESULTS_LEARNER_UNKNOWN"


def test_a_corrected_grade_takes_the_place_of_the_one_before_and_undo_puts_it_back(town, client):
    publish(town, LONG, ",Yusuf,Amina,31/03/2011,GCSE,Maths,3", ",Yusuf,Amina,31/03/2011,GCSE,Art,6")
    remark = publish(town, LONG, ",Yusuf,Amina,31/03/2011,GCSE,Maths,4")
    assert remark.counts["changed"] == 1
    assert standing(town.amina) == [("GCSE", "Art", "6"), ("GCSE", "Maths", "4")]
    result = ExamResult.objects.standing().get(subject="Maths")
    assert (result.replaces.grade, result.by, result.upload) == ("3", town.coordinator, remark)
    client.force_login(town.amina.user)
    assert "was 3" in client.get(reverse("applications:results")).text

    undo_upload(upload=remark, seen=undo_plan(remark).digest, by=town.coordinator)
    remark.refresh_from_db()
    run_job(remark.job_id)
    assert standing(town.amina) == [("GCSE", "Art", "6"), ("GCSE", "Maths", "3")]
    assert ExamResult.objects.count() == 2


def test_a_file_that_would_change_most_grades_is_held(town):
    subjects = [f"Subject {letter}" for letter in "ABCDEFGHIJ"]
    publish(town, LONG, *(f",Yusuf,Amina,31/03/2011,GCSE,{name},3" for name in subjects))
    slipped = hand_over(town, LONG, *(f",Yusuf,Amina,31/03/2011,GCSE,{name},4" for name in subjects))
    assert slipped.state == "held"
    assert "would change 10 of the 10 results" in slipped.note


def test_a_file_with_more_results_than_any_school_has_is_refused(town, monkeypatch):
    monkeypatch.setattr("applications.imports.results.MOST_SAID", 2)
    upload = hand_over(town, WIDE, "Yusuf,Amina,31/03/2011,11,5,4,M")
    assert "more than 2 results" in upload.refusal


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"Teacher,Room\nMs Lloyd,4", "who each row is about"),
        (b"Surname,Forename,DOB\nYusuf,Amina,31/03/2011", "No column with results"),
        (b"<results/>", "XML file"),
        (b"%PDF-1.7", "PDF"),
    ],
)
def test_a_file_that_cannot_be_used_gets_a_sentence(town, client, content, words):
    client.force_login(town.coordinator)
    page = client.post(
        reverse("providers:upload-new", args=["results"]), {"file": ContentFile(content, name="results.csv")}
    )
    assert words in page.text
    assert not ExamResult.objects.exists()


def test_the_area_may_hand_them_over_and_another_school_or_a_college_may_not(town, officer):
    publish(town, LONG, ",Yusuf,Amina,31/03/2011,GCSE,Maths,3", by=officer)
    for person in (town.other_coordinator, town.admissions, town.adviser, town.amina.user):
        with pytest.raises(NotAllowed):
            hand_over(town, LONG, ",Yusuf,Amina,31/03/2011,GCSE,Maths,9", by=person)
    readers = {
        "learner": town.amina.user,
        "coordinator": town.coordinator,
        "other learner": town.ben.user,
        "other school": town.other_coordinator,
        "college": town.admissions,
        "officer": officer,
    }
    seen = {name for name, person in readers.items() if ExamResult.objects.visible_to(person).exists()}
    assert seen == {"learner", "coordinator"}


@pytest.mark.parametrize(
    ("heading", "said"),
    [
        ("GCSE English Language", ("GCSE", "English Language")),
        ("Maths (GCSE) grade", ("GCSE", "Maths")),
        ("English Literature", ("", "English Literature")),
        ("A level Further Maths", ("A level", "Further Maths")),
        ("Design_Technology result", ("", "Design Technology")),
    ],
)
def test_a_heading_says_the_qualification_and_the_subject(heading, said):
    assert subject_of(heading) == said


@pytest.mark.parametrize(
    ("said", "asked", "short"),
    [
        ("5", "4", [0]),
        ("3", "5", [2]),
        ("5-4", "5", [0, 1]),
        ("U", "4", [4]),
        ("C", "4", None),  # another scale
        ("Merit", "P", [0]),
        ("D", "M", [0]),  # a Distinction where a Merit is asked
        ("D", "C", [1]),  # a letter where a letter is
        ("L2 Pass", "P", None),
        ("X", "4", None),  # no grade yet
        ("4", "well above average", None),
    ],
)
def test_how_far_a_grade_is_below_another(said, asked, short):
    assert steps_short(said, asked) == short


def test_what_is_a_grade_and_what_is_none():
    assert [text for text in ("9", "5-4", "A*", "D*D*", "L1 Merit", "pass", "X", "u") if not is_grade(text)] == []
    assert [text for text in ("45.5", "2011", "19", "11A", "Yusuf", "", "NA") if is_grade(text)] == []


def test_a_grade_that_stands_again_is_news_for_who_has_decided_since(town):
    choice = offered(town, town.amina, MATHS)
    publish(town, LONG, ",Yusuf,Amina,31/03/2011,GCSE,Maths,4")
    wrong = publish(town, LONG, ",Yusuf,Amina,31/03/2011,GCSE,Maths,6")
    actions.confirm_by_results(choice=choice, by=town.admissions)
    undo_results(wrong, town.coordinator)
    assert [(one.was_said, one.why) for one in contradictions_at(town.northfield)] == [("Met", "Maths: 4.")]


def test_of_an_erased_learner_no_grade_stays_nor_what_is_told_of_the_files(town):
    publish(town, LONG, ",Yusuf,Amina,31/03/2011,GCSE,Maths,3")
    undone = publish(town, LONG, ",Yusuf,Amina,31/03/2011,GCSE,Maths,5")
    undo_upload(upload=undone, seen=undo_plan(undone).digest, by=town.coordinator)
    undone.refresh_from_db()
    run_job(undone.job_id)
    # A corrected grade, and a row about somebody nobody knows.
    publish(town, LONG, ",Yusuf,Amina,31/03/2011,GCSE,Maths,4", ",Yusuf,Aminah,01/01/2010,GCSE,Maths,4")
    told = [
        *(each.objects.filter(title__contains="Yusuf") for each in (UploadChange, UploadReversal)),
        UploadIssue.objects.filter(value__contains="Yusuf"),
    ]
    assert all(rows.exists() for rows in told)
    assert erase_held_back(town.amina) == []
    assert not any(rows.exists() for rows in told)
    assert not ExamResult.objects.exists()
