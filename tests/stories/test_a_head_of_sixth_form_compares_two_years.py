"""A school's coordinator holds this year against last year, an officer follows children in care, and a college's list
says where last year's leavers are."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from accounts.models import Characteristics, UnlockCode
from activity.actions import run_job
from applications.models import Enrolment
from providers.actions import confirm_upload, receive_upload
from tests.factories import (
    CycleFactory,
    LearnerFactory,
    OrganisationFactory,
    ProviderFactory,
    RollEntryFactory,
    SchoolFactory,
    StaffRoleFactory,
)


@pytest.fixture
def story(db, client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    story = SimpleNamespace(client=client, area=CycleFactory().area)
    story.school = SchoolFactory(area=story.area, name="Hollins Park School")
    story.college = ProviderFactory(area=story.area, name="Northfield College")
    council = OrganisationFactory(kind="authority", area=story.area)
    story.head = StaffRoleFactory(kind="coordinator", organisation=story.school).user
    story.officer = StaffRoleFactory(kind="officer", organisation=council).user
    story.admissions = StaffRoleFactory(kind="admissions", organisation=story.college).user
    return story


def test_a_head_of_sixth_form_compares_two_years(story):
    given_ten_of_this_year_eight_of_whom_have_unlocked(story)
    given_ten_of_last_year_five_of_whom_had_unlocked_by_then(story)
    when_the_head_opens_take_up(story)
    then_eighty_percent_stand_beside_fifty(story)
    when_the_officer_saves_the_children_in_care_and_leads_them(story)
    then_the_officer_finds_them_with_names(story)
    when_the_college_hands_over_its_list_with_six_numbers_and_one_name(story)
    then_the_head_reads_that_most_have_started_and_nothing_of_few(story)
    when_the_officer_says_who_the_name_is(story)
    then_the_officer_reads_where_each_of_the_seven_is(story)


def _learners(story, *, year, unlocked, left=None):
    found = []
    for number in range(10):
        is_unlocked = number < unlocked
        learner = LearnerFactory(
            area=story.area, given_name=f"Sam{number}", family_name=f"Of{year}", birth_on=dt.date(year - 16, 3, 31),
            upn=f"H80{year}00{number:04}", **({} if is_unlocked else {"user": None}),
        )  # fmt: skip
        RollEntryFactory(learner=learner, school=story.school, started_on=dt.date(year, 9, 1), ended_on=left)
        if is_unlocked:
            at = dt.datetime(year, 10, 5, 9, tzinfo=dt.UTC)
            UnlockCode.objects.create(learner=learner, code_hash=learner.upn, expires_on=at, used_at=at, ended_at=at)
        found.append(learner)
    return found


def given_ten_of_this_year_eight_of_whom_have_unlocked(story):
    story.this_year = _learners(story, year=2026, unlocked=8)
    for learner in story.this_year[:2]:
        Characteristics.objects.create(learner=learner, is_looked_after=True)


def given_ten_of_last_year_five_of_whom_had_unlocked_by_then(story):
    story.last_year = _learners(story, year=2025, unlocked=5, left=dt.date(2026, 7, 24))


def when_the_head_opens_take_up(story):
    story.client.force_login(story.head)
    story.page = story.client.get(reverse("reporting:take-up"))


def then_eighty_percent_stand_beside_fifty(story):
    unlocked = story.page.context["charts"][0]
    assert unlocked["summary"] == "80% on 18 November 2026, and 50% on the same date a year before."
    assert [numbers[-1] for _line, numbers in unlocked["series"]] == [80, 50]


def when_the_officer_saves_the_children_in_care_and_leads_them(story):
    story.client.force_login(story.officer)
    lead = story.officer.staff_roles.get()
    query = "?basis=educated&year_group=11&looked_after=yes"
    story.client.post(reverse("reporting:cohort-save") + query, {"name": "Year 11 in care", "lead": lead.pk})


def then_the_officer_finds_them_with_names(story):
    [(saved, _query, cells)] = story.client.get(reverse("reporting:saved-cohorts")).context["rows"]
    assert (saved.is_mine, cells[0]["shown"]) == (True, 2)
    assert set(story.client.get(cells[0]["url"]).context["object_list"]) == set(story.this_year[:2])


def when_the_college_hands_over_its_list_with_six_numbers_and_one_name(story):
    lines = ["UPN,Surname,Forename,DOB,Start date,Course"]
    lines += [f"{learner.upn},,,,07/09/2026,A level Maths" for learner in story.last_year[:6]]
    lines.append(",Of2025,Sam6,31/03/2009,07/09/2026,Plumbing")
    file = ContentFile("\n".join(lines).encode(), name="list.csv")
    upload = receive_upload(
        kind="enrolments", organisation=story.college, file=file, file_name="list.csv", by=story.admissions
    )
    run_job(upload.job_id)
    upload.refresh_from_db()
    upload = confirm_upload(upload=upload, seen=upload.digest, by=story.admissions, is_knowing=True)
    run_job(upload.job_id)


def then_the_head_reads_that_most_have_started_and_nothing_of_few(story):
    story.client.force_login(story.head)
    page = story.client.get(reverse("reporting:destinations"))
    [(line, cells, _sources)] = page.context["lines"]
    assert (line.cohort, [number for _words, number, _percent, _url in cells]) == (10, [None, None, None])
    assert "Sam" not in page.content.decode()


def when_the_officer_says_who_the_name_is(story):
    story.client.force_login(story.officer)
    row = Enrolment.objects.waiting().get()
    settle = reverse("applications:enrolment-settle", args=[row.reference])
    story.client.post(settle, {"learner": story.last_year[6].reference})


def then_the_officer_reads_where_each_of_the_seven_is(story):
    page = story.client.get(reverse("reporting:destinations"))
    [(_line, cells, _sources)] = page.context["lines"]
    assert [(number, percent) for _words, number, percent, _url in cells] == [(7, 70), (0, 0), (3, 30)]
    rows = story.client.get(cells[0][3]).context["rows"]
    assert {learner for learner, _destination in rows} == set(story.last_year[:7])
    assert {destination.provider for _learner, destination in rows} == {"Northfield College"}
