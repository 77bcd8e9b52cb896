"""Enrolment lists through the pipeline: numbers match, names are looked at by a person, and nothing is guessed."""

import datetime as dt
from collections import Counter
from types import SimpleNamespace

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from accounts.actions.erasure import erase_held_back
from accounts.models import Receipt
from activity.actions import run_job
from applications.actions import enrolments
from applications.actions.enrolments import EnrolmentRow, bring_enrolments, forget_unknown_enrolments, settle_enrolment
from applications.models import Enrolment
from applications.policies import ENROLMENT_POLICY
from applications.querysets import EnrolmentQuerySet
from core.errors import NotAllowed, RuleBroken, StaleState
from prospectus.models import Level
from providers.actions import confirm_upload, receive_upload, undo_upload
from providers.queries import undo_plan
from providers.querysets import OrganisationQuerySet
from tests.factories import (
    AreaFactory,
    LearnerFactory,
    OrganisationFactory,
    ProviderFactory,
    RollEntryFactory,
    SchoolFactory,
    StaffRoleFactory,
)
from tests.ground import ground
from tests.prospectus.sheets import xlsx
from tests.races import at_once, meeting

pytestmark = pytest.mark.django_db
HEADINGS = "UPN,ULN,Surname,Forename,DOB,Start date,Course title,Level,Leaving date"
SEPTEMBER, BORN = dt.date(2026, 9, 7), dt.date(2010, 3, 31)


@pytest.fixture(autouse=True)
def own_storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@ground
def town():
    town = SimpleNamespace()
    town.area = AreaFactory()
    town.school = SchoolFactory(area=town.area, name="Hollins Park School")
    town.college = ProviderFactory(area=town.area, name="Northfield College")
    council = OrganisationFactory(kind="authority", area=town.area)
    town.officer = StaffRoleFactory(organisation=council, kind="officer").user
    town.admissions = StaffRoleFactory(organisation=town.college, kind="admissions").user
    town.amina = leaver(town, given_name="Amina", family_name="Yusuf", upn="H801200001001", uln="1234567890")
    town.ben = leaver(town, given_name="Ben", family_name="Okafor")
    return town


def leaver(town, **facts):
    learner = LearnerFactory(area=town.area, birth_on=BORN, user=None, **facts)
    RollEntryFactory(learner=learner, school=town.school, started_on=dt.date(2025, 9, 1), ended_on=dt.date(2026, 7, 24))
    return learner


def hand_over(town, *lines, content=None, name="list.csv"):
    file = ContentFile("\n".join(lines).encode() if content is None else content, name=name)
    upload = receive_upload(kind="enrolments", organisation=town.college, file=file, file_name=name, by=town.admissions)
    run_job(upload.job_id)
    upload.refresh_from_db()
    return upload


def publish(town, *lines, **options):
    upload = hand_over(town, *lines, **options)
    assert upload.state in {"checked", "held"}, upload.refusal
    upload = confirm_upload(upload=upload, seen=upload.digest, by=town.admissions, is_knowing=True)
    run_job(upload.job_id)
    upload.refresh_from_db()
    assert upload.is_published
    return upload


def bring(town, *rows):
    return bring_enrolments(provider=town.college, rows=rows, by=town.admissions)


def row_of_ben(number=1, **more):
    return EnrolmentRow(
        number, SEPTEMBER, family_name="okafor", given_name="BEN", birth_on=BORN, course="Plumbing", **more
    )


def test_a_number_says_whose_a_row_is_and_a_name_waits_for_a_person(town):
    for code in "23":
        Level.objects.get_or_create(code=code, defaults={"name": f"Level {code}", "position": int(code)})
    lines = [
        "Starters 2026", HEADINGS,
        f"{town.amina.upn},,Yusuf,Amina,31/03/2010,07/09/2026,A level Maths,Level 3,",
        ",,OKAFOR,ben,31/03/2010,7.9.2026,Plumbing,2,",
        ",,Nobody,Known,01/01/2010,2026-09-07,Plumbing,2,",
    ]  # fmt: skip
    upload = hand_over(town, *lines)
    assert not Enrolment.objects.exists()
    assert [change.title for change in upload.changes.all()] == [
        "Amina Yusuf, 2026-09-07", "ben OKAFOR, 2026-09-07", "Known Nobody, 2026-09-07",
    ]  # fmt: skip

    published = publish(town, *lines)

    found = Enrolment.objects.standing().order_by("pk")
    assert [(one.learner, one.matched_how, one.level, one.given_name) for one in found] == [
        (town.amina, "number", "3", ""), (None, "", "2", "ben"), (None, "", "2", "Known"),
    ]  # fmt: skip
    assert (published.counts["matched"], published.counts["to_look_at"]) == (1, 2)


def test_the_same_list_again_changes_nothing_and_a_later_one_says_who_left(client, town):
    rows = [HEADINGS.split(","), ["", "1234567890", "", "", "", SEPTEMBER, "A level Maths", 3, ""]]
    publish(town, content=xlsx(rows), name="list.xlsx")
    client.force_login(town.admissions)
    again = hand_over(town, content=xlsx(rows), name="same.xlsx")
    page = client.get(reverse("providers:upload", args=[again.reference])).text
    assert "Everything in the file is as it is here already." in page
    assert "Nobody in the file" not in page
    assert publish(town, content=xlsx(rows), name="again.xlsx").counts["unchanged"] == 1
    rows[1][-1] = dt.date(2026, 10, 30)
    last = publish(town, content=xlsx(rows), name="left.xlsx")

    old, new = Enrolment.objects.order_by("pk")
    assert (old.ended_at is not None, new.replaces, new.left_on) == (True, old, dt.date(2026, 10, 30))
    assert new.learner == town.amina
    undo_upload(upload=last, seen=undo_plan(last).digest, by=town.admissions)
    last.refresh_from_db()
    run_job(last.job_id)
    assert Enrolment.objects.standing().get().left_on is None


def test_every_bad_row_is_said_and_nothing_of_it_is_kept(town):
    upload = hand_over(
        town, HEADINGS,
        ",,,,,07/09/2026,Plumbing,2,",
        f"{town.amina.upn},,Baker,Ann,02/01/2010,07/09/2026,Plumbing,2,",
        f"{town.amina.upn},,,,,soon,Plumbing,2,",
        f"{town.amina.upn},,,,,07/09/2027,Plumbing,2,",
        ",,Okafor,Ben,31/03/2010,,Plumbing,2,",
        ",,Okafor,Ben,31/03/2010,07/09/2026,Plumbing,2,01/09/2026",
        ",,Okafor,Ben,31/03/2010,07/09/2026,Plumbing,2,",
        ",,Okafor,Ben,31/03/2010,07/09/2026,Plumbing,2,",
    )  # fmt: skip
    assert [(issue.row, issue.code) for issue in upload.issues.order_by("row")] == [
        (2, "ENROLMENT_UNREADABLE"), (4, "ENROLMENT_UNREADABLE"),
        (5, "ENROLMENT_UNREADABLE"), (6, "ENROLMENT_UNREADABLE"), (7, "ENROLMENT_UNREADABLE"),
        (9, "ENROLMENT_REPEATED"),
    ]  # fmt: skip
    assert upload.counts["added"] == 2  # row 3 as well: its number is not Ann Baker's, and a person looks


def test_whoever_hands_a_list_over_does_not_learn_whom_its_numbers_fit(client, town):
    """Neither by trying dates of birth with somebody's number, nor from what an undo would take out."""
    tried = [f"{town.amina.upn},,Baker,Ann,{day:02}/03/2010,07/09/2026,Plumbing,2," for day in (30, 31)]
    upload = publish(town, HEADINGS, *tried, f"{town.amina.upn},,,,,07/09/2026,Sewing,2,")
    client.force_login(town.admissions)
    pages = [client.get(reverse(f"providers:{name}", args=[upload.reference])) for name in ("upload", "upload-undo")]

    assert Enrolment.objects.filter(learner=town.amina).count() == 2  # by the right date of birth, and by number alone
    assert not upload.issues.exists()
    assert [page.status_code for page in pages] == [200, 200]
    assert [step.title for step in undo_plan(upload).reversals] == ["Plumbing, 2026-09-07"] * 2 + ["Sewing, 2026-09-07"]
    for page in pages:
        assert "Yusuf" not in page.content.decode()
        assert "found by number" not in page.content.decode()


def test_files_without_what_is_needed_are_refused_before_they_are_kept(town):
    for line in ("Surname,Forename,DOB", "Start date,Course"):
        with pytest.raises(RuleBroken):
            hand_over(town, line)
    assert hand_over(town, HEADINGS).refusal == "There is nobody in this list. Export it again."


def test_a_person_says_whose_it_is_and_the_name_is_gone(client, town):
    bring(town, row_of_ben())
    row = Enrolment.objects.get()
    client.force_login(town.officer)
    assert [number for _row, number in client.get(reverse("applications:enrolments")).context["rows"]] == [1]
    settle = reverse("applications:enrolment-settle", args=[row.reference])
    page = client.get(settle).content.decode()
    assert "Hollins Park School, Year 11 11A" in page
    assert Receipt.objects.get().learner == town.ben
    assert "Choose a learner" in client.post(settle, {}).content.decode()

    client.post(settle, {"learner": town.ben.reference})

    row.refresh_from_db()
    assert (row.learner, row.matched_how, row.settled_by) == (town.ben, "person", town.officer)
    assert (row.given_name, row.family_name, row.birth_on) == ("", "", None)
    assert client.post(settle, {"learner": "nobody"}).status_code == 409
    # What somebody said goes on when the college hands over the list again, with another word for the course.
    bring(town, row_of_ben()._replace(course="Plumbing and heating"))
    assert Enrolment.objects.standing().get().learner == town.ben


def test_only_those_alike_can_be_said_and_only_by_an_officer_of_the_area(town):
    bring(town, row_of_ben())
    row = Enrolment.objects.get()
    with pytest.raises(RuleBroken):
        settle_enrolment(enrolment=row, learner=town.amina, by=town.officer)
    elsewhere = OrganisationFactory(kind="authority", area=AreaFactory(name="Westhaven"))
    stranger = StaffRoleFactory(organisation=elsewhere, kind="officer").user
    for person in (stranger, town.admissions):
        with pytest.raises(NotAllowed):
            settle_enrolment(enrolment=row, learner=town.ben, by=person)
    with pytest.raises(NotAllowed):
        bring_enrolments(provider=ProviderFactory(area=town.area), rows=[], by=town.admissions)
    settle_enrolment(enrolment=row, learner=None, by=town.officer)
    row.refresh_from_db()
    assert (row.learner, row.is_waiting) == (None, False)
    assert not Enrolment.objects.waiting().exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("is_locked", "answers"), [(True, ["done", "late"]), (False, ["done", "done"])])
def test_of_two_answers_at_once_one_holds_and_without_the_lock_both_would(town, monkeypatch, is_locked, answers):
    bring(town, row_of_ben())
    row = Enrolment.objects.get()
    if not is_locked:
        meet, require = meeting(), ENROLMENT_POLICY.require
        monkeypatch.setattr(EnrolmentQuerySet, "select_for_update", lambda rows, **_options: rows)
        monkeypatch.setattr(ENROLMENT_POLICY, "require", lambda *asked: (require(*asked), meet()))

    def settle(learner):
        try:
            settle_enrolment(enrolment=row, learner=learner, by=town.officer)
        except StaleState:
            return "late"
        return "done"

    assert sorted(at_once(lambda: settle(town.ben), lambda: settle(None))) == answers


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("is_locked", "answers"), [(True, {"EnrolmentsOutcome": 2}), (False, {"IntegrityError": 1})])
def test_of_two_lists_at_once_the_second_compares_and_without_the_lock_it_fails(town, monkeypatch, is_locked, answers):
    made = enrolments._made
    if not is_locked:
        meet = meeting()
        monkeypatch.setattr(OrganisationQuerySet, "select_for_update", lambda rows, **_options: rows)
        monkeypatch.setattr(enrolments, "_made", lambda *args, **said: (meet(), made(*args, **said))[1])

    found = at_once(lambda: bring(town, row_of_ben()), lambda: bring(town, row_of_ben()))

    assert Counter(type(one).__name__ for one in found) >= Counter(answers)
    assert Enrolment.objects.count() == 1
    if is_locked:
        assert sorted(one.counts["unchanged"] for one in found) == [0, 1]


def test_who_is_erased_is_in_no_line_of_a_colleges_list(town):
    lines = [
        f"{town.amina.upn},,Yusuf,Amina,31/03/2010,07/09/2026,Maths,3,",
        ",,Okafor,Ben,31/03/2010,07/09/2026,Art,3,",
    ]
    upload = hand_over(town, HEADINGS, *lines, lines[0])
    assert erase_held_back(town.amina) == []

    assert [change.title for change in upload.changes.all()] == ["Ben Okafor, 2026-09-07"]
    assert [issue.value for issue in upload.issues.all()] == [""]


def test_names_nobody_answers_are_removed_and_the_number_stays(town):
    bring(town, row_of_ben())
    Enrolment.objects.update(said_at=dt.datetime(2026, 8, 1, tzinfo=dt.UTC))

    assert (forget_unknown_enrolments(), forget_unknown_enrolments()) == (1, 0)
    assert Enrolment.objects.get().family_name == ""
    assert not Enrolment.objects.waiting().exists()


@pytest.mark.parametrize("count", [1, 5])
def test_the_list_asks_the_same_number_of_questions(client, town, count, django_assert_num_queries):
    bring(town, *(row_of_ben(number, uln=str(number)) for number in range(count)))
    client.force_login(town.officer)

    with django_assert_num_queries(7):
        page = client.get(reverse("applications:enrolments"))

    assert [number for _row, number in page.context["rows"]] == [1] * count
