"""A plan begun in Year 8 is worth applying with in Year 11: a taster in Year 10 is its evidence."""

import datetime as dt
import io
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import RollEntry
from applications import actions as apply
from core import clock
from core.errors import RuleBroken
from ilp.models import Booking, Document, Entry, Experience
from providers.models import RoleKind
from tests.factories import (
    CourseFactory,
    CourseRunFactory,
    CycleFactory,
    LearnerContactFactory,
    ProviderFactory,
    RollEntryFactory,
    SchoolFactory,
    StaffRoleFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
YEAR_8, YEAR_9 = dt.datetime(2023, 10, 4, 9, tzinfo=dt.UTC), dt.datetime(2025, 3, 5, 9, tzinfo=dt.UTC)
YEAR_10, TASTER = dt.datetime(2025, 11, 5, 9, tzinfo=dt.UTC), dt.datetime(2025, 11, 26, 13, tzinfo=dt.UTC)
YEAR_11 = dt.datetime(2026, 11, 18, 10, tzinfo=dt.UTC)


def test_from_year_8_to_year_11_with_a_taster(story):
    given_amina_in_year_8_and_a_college_that_asks_for_a_taster(story)
    when_she_begins_a_plan_and_her_tutor_validates_what_she_is_good_at(story)
    when_she_writes_something_new_in_year_9(story)
    when_the_college_puts_up_a_taster_in_year_10(story)
    then_she_cannot_apply_before_she_has_been_there(story)
    when_she_books_it_and_her_school_says_yes(story)
    when_the_college_says_that_she_came(story)
    when_she_writes_about_it_and_her_tutor_validates_it(story)
    then_she_can_apply(story)
    when_she_makes_a_statement_and_a_cv_in_year_11(story)
    then_the_cv_has_the_taster_with_the_year_8_skill_and_her_tutor_can_read_it(story)


@pytest.fixture
def story(client):
    return SimpleNamespace(client=client)


def at(story, moment, user, path, data=None, year_group=None):
    """The page somebody gets at that time; with data, after sending it."""
    if year_group is not None:
        story.roll.filter(ended_on=None).update(year_group=year_group)
    with clock.at(moment):
        story.client.force_login(user)
        ask = story.client.get if data is None else story.client.post
        response = ask(path, **({} if data is None else {"data": data, "follow": True}))
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def given_amina_in_year_8_and_a_college_that_asks_for_a_taster(story):
    cycle = CycleFactory()
    story.school = SchoolFactory(area=cycle.area)
    entry = RollEntryFactory(
        school=story.school, year_group=8, started_on=dt.date(2022, 9, 1), learner__area=cycle.area,
        learner__birth_on=dt.date(2011, 1, 20), learner__user=UserFactory(username="amina"),
    )  # fmt: skip
    story.amina, story.user = entry.learner, entry.learner.user
    story.roll = RollEntry.objects.filter(learner=story.amina)
    LearnerContactFactory(learner=story.amina, email="amina@example.org", address="1 High Street")
    since = {"started_on": dt.date(2022, 9, 1)}
    story.tutor = StaffRoleFactory(organisation=story.school, kind=RoleKind.TUTOR, **since).user
    story.college = ProviderFactory(name="Northfield College", area=cycle.area)
    story.editor = StaffRoleFactory(organisation=story.college, kind=RoleKind.EDITOR, **since).user
    story.course = CourseFactory(provider=story.college, title="Bricklaying Level 1")
    story.run = CourseRunFactory(course=story.course)
    url = reverse("prospectus:course-experience", args=[story.course.reference])
    asked = {"is_required": "yes", "kind": "taster", "scope": "course", "must_be_validated": "on"}
    asked["as_of"] = story.course.changed_at.isoformat()
    assert "Saved." in at(story, YEAR_8, story.editor, url, asked)


def when_she_begins_a_plan_and_her_tutor_validates_what_she_is_good_at(story):
    at(story, YEAR_8, story.user, "/my-plan/start/", {})
    typed = {"draft": "ACDEFG3467", "seen": "0", "title": "Building things", "words": "I made a shed with my uncle."}
    at(story, YEAR_8, story.user, "/my-plan/add/skill/", typed)
    story.skill = Entry.objects.get()
    validate = reverse("ilp:entry-validate", args=[story.skill.reference])
    at(story, YEAR_8, story.tutor, validate, {"seen": "1", "words": "I saw the shed."})


def when_she_writes_something_new_in_year_9(story):
    typed = {"draft": "ACDEFG3468", "seen": "0", "title": "Work outdoors", "words": ""}
    at(story, YEAR_9, story.user, "/my-plan/add/ambition/", typed, year_group=9)


def when_the_college_puts_up_a_taster_in_year_10(story):
    url = reverse("ilp:experience-add", args=[story.college.reference])
    typed = {
        "kind": "taster", "title": "A go at bricklaying", "what": "Build a wall.", "starts_on_day": "26",
        "starts_on_month": "11", "starts_on_year": "2025", "begins": "13:00", "ends": "15:00", "place": "Workshop",
        "first_year_group": "10", "last_year_group": "11", "places": "1", "course": story.course.reference,
        "is_in_school_time": "on",
    }  # fmt: skip
    assert "Saved as a draft." in at(story, YEAR_10, story.editor, url, typed)
    story.taster = Experience.objects.get()
    at(story, YEAR_10, story.editor, reverse("ilp:experience-publish", args=[story.taster.reference]), {})
    assert timezone.localtime(story.taster.starts_at).hour == 13


def then_she_cannot_apply_before_she_has_been_there(story):
    story.choice = apply.add_run(learner=story.amina, run=story.run, by=story.user)
    apply.write_profile(
        application=story.choice.application, by=story.user, statement="I like building.", predicted_grades="", needs=""
    )
    with pytest.raises(RuleBroken, match="asks you to try something first") as refusal:
        apply.send_choice(choice=story.choice, by=story.user)
    assert refusal.value.code == "experience_missing"


def when_she_books_it_and_her_school_says_yes(story):
    book = reverse("ilp:booking-make", args=[story.taster.reference])
    assert "This is for Years 10 to 11. You are in Year 9." in at(story, YEAR_10, story.user, book, {})
    assert "You have a place." in at(story, YEAR_10, story.user, book, {}, year_group=10)
    story.booking = Booking.objects.get()
    agree = reverse("ilp:booking-agree", args=[story.taster.reference])
    ticked = {"booking": story.booking.reference}
    assert "You have said yes for 1 learner." in at(story, YEAR_10, story.tutor, agree, ticked)
    assert "Your school has said yes." in at(story, YEAR_10, story.user, "/my-plan/bookings/")


def when_the_college_says_that_she_came(story):
    desk = reverse("ilp:desk-experience", args=[story.taster.reference])
    marked = at(story, TASTER, story.editor, desk, {f"came-{story.booking.reference}": "yes"})
    assert "Saved for 1 learner." in marked


def when_she_writes_about_it_and_her_tutor_validates_it(story):
    after = TASTER + dt.timedelta(days=2)
    url = reverse("ilp:booking-write-up", args=[story.booking.reference])
    typed = {
        "draft": "ACDEFG3469", "seen": "0", "booking": story.booking.reference, "title": "A go at bricklaying",
        "words": "I laid forty bricks.", "place": "Northfield College",
    }  # fmt: skip
    page = at(story, after, story.user, url, typed)
    assert "Was there on 26 November 2025, says Northfield College" in page
    story.tried = Entry.objects.get(kind="experience")
    assert "says Northfield College" in at(story, after, story.tutor, "/desk/plans/waiting/")
    at(story, after, story.tutor, reverse("ilp:entry-validate", args=[story.tried.reference]), {"seen": "1"})


def then_she_can_apply(story):
    story.roll.update(year_group=11)
    assert apply.send_choice(choice=story.choice, by=story.user).status == "sent"


def when_she_makes_a_statement_and_a_cv_in_year_11(story):
    for kind in ("statement", "cv"):
        at(story, YEAR_11, story.user, "/my-plan/documents/", {"kind": kind, "name": f"My {kind}"})
    story.statement, story.cv = Document.objects.order_by("kind")[::-1]
    for document in (story.statement, story.cv):
        typed = {
            "seen": "1", "name": document.name, "opening": "I build things.", "facts": ["email"],
            "marks_validated": "on", f"place-{story.tried.reference}": "1", f"place-{story.skill.reference}": "2",
        }  # fmt: skip
        at(story, YEAR_11, story.user, reverse("ilp:document", args=[document.reference]), typed)


def then_the_cv_has_the_taster_with_the_year_8_skill_and_her_tutor_can_read_it(story):
    text = story.client.get(reverse("ilp:document-text", args=[story.statement.reference])).content.decode()
    assert text == "I build things.\n\nI laid forty bricks.\n\nI made a shed with my uncle."
    pdf = story.client.get(reverse("ilp:document-pdf", args=[story.cv.reference])).content
    words = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    for said in (
        "amina@example.org",
        "Experience",
        "I laid forty bricks.",
        "I made a shed with my uncle.",
        "Validated",
    ):
        assert said in words
    assert "High Street" not in words
    at(story, YEAR_11, story.user, reverse("ilp:document-ask", args=[story.cv.reference]), {})
    desk = reverse("ilp:desk-document", args=[story.cv.reference])
    assert "I laid forty bricks." in at(story, YEAR_11, story.tutor, desk)
