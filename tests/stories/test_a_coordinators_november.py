"""Two thousand letters: days set, printed in one job, fetched, handed out, unlocked; then again for who missed one."""

import datetime as dt
import io
import re
from types import SimpleNamespace

import pypdf
import pytest
from django.db import connection
from django.test import Client

from accounts.models import Learner, LearnerContact, LetterRun, RollEntry, UnlockCode
from activity.actions import run_job
from providers.models import RoleKind
from tests.factories import LearnerFactory, RollEntryFactory, SchoolFactory, StaffRoleFactory, UserFactory

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
PASSWORD = "seven green bicycles"


@pytest.fixture
def story(client, school_day):
    school = SchoolFactory(name="Hollins Park School")
    role = StaffRoleFactory(kind=RoleKind.COORDINATOR, organisation=school, user=UserFactory(name="Priya Shah"))
    client.force_login(role.user)
    return SimpleNamespace(school=school, desk=client, day=school_day)


def test_a_coordinators_november(story):
    given_two_thousand_learners_in_eighty_groups(story)
    when_she_sets_the_days_for_unlocking(story)
    when_she_prints_letters_for_everyone_with_names_to_tick(story)
    then_one_job_makes_two_thousand_letters_and_as_many_codes(story)
    when_she_downloads_them(story)
    then_they_can_be_downloaded_no_second_time(story)
    then_a_learner_who_tries_too_early_is_told_the_day(story)
    when_three_learners_unlock_on_the_day(story)
    then_she_sees_how_far_each_group_is_and_who(story)
    when_a_new_learner_joins_and_she_prints_for_those_who_miss_a_letter(story)
    then_only_the_new_learner_has_a_new_code(story)
    then_nobody_who_unlocked_is_shut_out_when_the_days_are_over(story)


def given_two_thousand_learners_in_eighty_groups(story):
    people = [
        LearnerFactory.build(user=None, area=story.school.area, given_name="Łukasz", family_name=f"Reed{number:04}")
        for number in range(2000)
    ]
    Learner.objects.bulk_create(people)
    RollEntry.objects.bulk_create(
        RollEntry(learner=one, school=story.school, year_group=10 + place % 2, tutor_group=f"{place // 25:02}")
        for place, one in enumerate(people)
    )
    LearnerContact.objects.bulk_create(LearnerContact(learner=one, address="1 High Street") for one in people)
    look_at(Learner, RollEntry, LearnerContact)


def look_at(*models):
    """The database knows how full these tables are. What looks after it sees no rows that are not committed, and once
    wrote down that they were empty: a plan made of that took ten minutes. It waits now until this test has ended."""
    with connection.cursor() as cursor:
        for model in models:
            cursor.execute(f"ANALYZE {model._meta.db_table}")


def when_she_sets_the_days_for_unlocking(story):
    first = {"opens_on_day": "23", "opens_on_month": "11", "opens_on_year": "2026"}
    last = {"closes_on_day": "4", "closes_on_month": "12", "closes_on_year": "2026"}
    assert story.desk.post("/desk/unlocking/days/", first | last).status_code == 302


def when_she_prints_letters_for_everyone_with_names_to_tick(story):
    query = "group=all&form=hand_out&extras=covers"
    assert "Print 2000 letters for everyone?" in story.desk.get(f"/desk/letters/new/?{query}").content.decode()
    story.page = story.desk.post(f"/desk/letters/new/?{query}").url
    story.letter_run = LetterRun.objects.get()
    run_job(story.letter_run.job_id)
    look_at(UnlockCode, LetterRun)


def then_one_job_makes_two_thousand_letters_and_as_many_codes(story):
    story.letter_run.refresh_from_db()
    assert (story.letter_run.job.state, story.letter_run.letter_count) == ("done", 2000)
    assert UnlockCode.objects.open().filter(letter_run=story.letter_run).count() == 2000
    assert "Your letters are ready" in story.desk.get(story.page).content.decode()


def when_she_downloads_them(story):
    story.pdf = pypdf.PdfReader(io.BytesIO(story.desk.post(f"{story.page}fetch/").content))
    groups = RollEntry.objects.values_list("year_group", "tutor_group").distinct().count()
    assert len(story.pdf.pages) == 2000 + groups


def then_they_can_be_downloaded_no_second_time(story):
    answer = story.desk.post(f"{story.page}fetch/", follow=True)
    assert "downloaded already" in answer.content.decode()


def code_on(page):
    words = page.extract_text()
    return re.search(r"\b\w{4}-\w{4}-\w{4}\b", words)[0]


def unlocked_with(code, name):
    """The page after the code and the date of birth, in a browser of its own."""
    learner = Client()
    birthday = {"birth_on_day": "31", "birth_on_month": "3", "birth_on_year": "2011"}
    page = learner.post("/unlock/", {"code": code} | birthday)
    if page.status_code == 302:
        answers = {"username": name, "password": PASSWORD, "password_again": PASSWORD}
        page = learner.post("/unlock/account/", answers)
    return page


def then_a_learner_who_tries_too_early_is_told_the_day(story):
    story.codes = [code_on(story.pdf.pages[number]) for number in (1, 2, 3)]  # page 0 has the names to tick
    page = unlocked_with(story.codes[0], "early.bird")
    assert "You can use it from 23 November 2026" in page.content.decode()


def when_three_learners_unlock_on_the_day(story):
    story.day.shift(dt.timedelta(days=5))
    for number, code in enumerate(story.codes):
        assert unlocked_with(code, f"lukasz.reed{number}").url == "/my-consent/"


def then_she_sees_how_far_each_group_is_and_who(story):
    story.desk.force_login(story.letter_run.by)  # five days later she signs in again
    page = story.desk.get("/desk/unlocking/")
    assert page.context["total"] == {"learners": 2000, "unlocked": 3, "in_hand": 1997, "printed": 0, "nothing": 0}
    first = page.context["standings"][0]
    assert (first.learners, first.unlocked) == (13, 3)
    query = f"group={first.key}&status=unlocked"
    assert len(story.desk.get(f"/desk/roll/?{query}").context["entries"]) == 3


def when_a_new_learner_joins_and_she_prints_for_those_who_miss_a_letter(story):
    story.newcomer = LearnerFactory(user=None, area=story.school.area)
    RollEntryFactory(learner=story.newcomer, school=story.school, tutor_group="00")
    query = "group=all&who=missing&form=card"
    page = story.desk.get(f"/desk/letters/new/?{query}").content.decode()
    assert "Print 1 card for everyone?" in page
    assert "Earlier letters stop working" not in page
    story.desk.post(f"/desk/letters/new/?{query}")
    run_job(LetterRun.objects.first().job_id)


def then_only_the_new_learner_has_a_new_code(story):
    assert [code.learner for code in LetterRun.objects.first().unlock_codes.all()] == [story.newcomer]
    assert UnlockCode.objects.open().filter(letter_run=story.letter_run).count() == 1997


def then_nobody_who_unlocked_is_shut_out_when_the_days_are_over(story):
    story.day.shift(dt.timedelta(days=100))
    learner = Client()
    assert learner.post("/sign-in/", {"login": "lukasz.reed0", "password": PASSWORD}).url == "/start/"
    late = unlocked_with(code_on(story.pdf.pages[4]), "late.comer")
    assert "are over. Ask your school" in late.content.decode()
