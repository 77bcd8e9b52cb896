"""Dev comes to work on a Monday: who needs him and why, a call, a letter to many, a visit, and his leave."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Receipt
from applications.models import Offer
from core import clock
from ilp.actions import record_contact
from ilp.models import Message
from tests.applications.walk import Town, walk_to
from tests.factories import (
    CaseloadSchoolFactory,
    LearnerContactFactory,
    LearnerFactory,
    RollEntryFactory,
    StaffRoleFactory,
)

pytestmark = pytest.mark.django_db
MONDAY = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)


@pytest.fixture
def story():
    town = Town()
    role = CaseloadSchoolFactory(school=town.brannocs, adviser__organisation__kind="advice_service").adviser
    role.organisation.area = town.brannocs.area
    role.organisation.save()
    ella = StaffRoleFactory(kind="adviser", organisation=role.organisation, user__name="Ella Novak")
    story = SimpleNamespace(town=town, ben=town.ben, dev=role, ella=ella, clients={})
    for name, user in {"dev": role.user, "ella": ella.user, "ben": town.ben.user}.items():
        story.clients[name] = Client()
        story.clients[name].force_login(user)
    role.user.name = "Dev Patel"
    role.user.save()
    with clock.at(MONDAY):
        yield story


def test_an_advisers_monday(story):
    given_ben_shares_has_an_offer_and_somebody_never_unlocked(story)
    then_the_list_says_why_and_what_to_do(story)
    when_dev_rings_ben_and_notes_it_in_two_presses(story)
    when_he_writes_to_everybody_on_the_list(story)
    then_ben_has_a_message_of_his_own_and_dev_reads_who_was_left_out(story)
    when_he_prints_a_sheet_for_a_visit(story)
    then_the_learner_can_read_that_he_looked(story)
    when_he_goes_on_leave_and_ella_stands_in(story)
    then_ella_has_his_list_until_the_last_day(story)


def caseload(story, name="dev"):
    return " ".join(story.clients[name].get(reverse("reporting:caseload")).content.decode().split())


def given_ben_shares_has_an_offer_and_somebody_never_unlocked(story):
    assert story.clients["ben"].post(reverse("accounts:consent"), {"is_given": "yes"}).status_code == 302
    if not hasattr(story.ben, "contact"):
        LearnerContactFactory(learner=story.ben)
    run = story.town.run("Bricklaying", provider=story.town.northfield)
    walk_to(story.town.draft(run, learner=story.ben), "offered")
    story.silent = LearnerFactory(user=None, given_name="Cora", family_name="Hale", area=story.ben.area)
    RollEntryFactory(learner=story.silent, school=story.town.brannocs)
    LearnerContactFactory(learner=story.silent, address="4 Mill Lane")
    record_contact(
        learner=story.silent,
        by=story.dev.user,
        kind="no_answer",
        on=dt.date(2026, 11, 18),
        next_step="Knock at the door",
        next_on=dt.date(2026, 11, 19),
    )


def then_the_list_says_why_and_what_to_do(story):
    page = caseload(story)
    last_day = Offer.objects.get().answer_by_on
    for words in ("Offer not answered", f"by {last_day.day} {last_day:%b}", "Write to them"):
        assert words in page
    for words in ("Next step due", "2 working days late", "Never unlocked", "Help them in"):
        assert words in page
    assert page.index("Ben Okafor</a>") < page.index("Cora Hale</a>")


def when_dev_rings_ben_and_notes_it_in_two_presses(story):
    """The first press opens the row, the second says how."""
    url = reverse("reporting:caseload-contact", args=[story.ben.reference])
    page = story.clients["dev"].post(url, {"kind": "phone", "note": "Will answer tonight."}, follow=True)
    assert "Contact saved." in page.content.decode()


def when_he_writes_to_everybody_on_the_list(story):
    page = story.clients["dev"].post(reverse("reporting:caseload-write"), {"scope": "all"}, follow=True)
    words = " ".join(page.content.decode().split())
    assert "Send it to 1 learner" in words
    assert "1 has not unlocked their record" in words
    story.clients["dev"].post(page.redirect_chain[-1][0], {"text": "Open evening on Thursday.", "number": "1"})
    story.sent = page.redirect_chain[-1][0]


def then_ben_has_a_message_of_his_own_and_dev_reads_who_was_left_out(story):
    conversation = Message.objects.get(text="Open evening on Thursday.").conversation
    page = story.clients["ben"].get(reverse("ilp:conversation", args=[conversation.reference])).content.decode()
    assert "Open evening on Thursday." in page
    assert "They have not unlocked their record" in story.clients["dev"].get(story.sent).content.decode()


def when_he_prints_a_sheet_for_a_visit(story):
    sheet = story.clients["dev"].post(reverse("reporting:visit-sheet"), {"learner": [story.silent.reference]})
    for words in ("Cora Hale", "4 Mill Lane", "Knock at the door"):
        assert words in sheet.content.decode()


def then_the_learner_can_read_that_he_looked(story):
    sections = Receipt.objects.filter(learner=story.silent, reader=story.dev.user).values_list("section", flat=True)
    assert set(sections) == {"record", "contact", "notes"}


def when_he_goes_on_leave_and_ella_stands_in(story):
    assert "Cora Hale" not in caseload(story, "ella")
    answers = {
        "started_on_day": "24", "started_on_month": "11", "started_on_year": "2026",
        "ended_on_day": "27", "ended_on_month": "11", "ended_on_year": "2026", "cover": story.ella.reference,
    }  # fmt: skip
    page = story.clients["dev"].post(reverse("accounts:absence-set", args=[story.dev.reference]), answers, follow=True)
    assert "Ella Novak stands in" in page.content.decode()


def then_ella_has_his_list_until_the_last_day(story):
    with clock.at(dt.date(2026, 11, 27)):
        page = caseload(story, "ella")
        assert "You cover for Dev Patel until Friday 27 November." in page
        assert "Cora Hale" in page
    with clock.at(dt.date(2026, 11, 28)):
        assert "Cora Hale" not in caseload(story, "ella")
