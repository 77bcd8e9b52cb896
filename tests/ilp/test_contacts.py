import datetime as dt

import pytest
from django.conf import settings
from django.core import mail as django_mail

from accounts.actions import set_absence
from activity.actions import sweep_outbox
from activity.models import Event, OutboxMessage
from core import clock
from core.errors import NotAllowed, RuleBroken
from ilp.actions import finish_next_step, record_contact, tell_of_due_steps
from ilp.models import Contact
from providers.models import RoleKind
from tests.factories import CaseloadSchoolFactory, RollEntryFactory, StaffRoleFactory
from tests.races import at_once

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 18)


@pytest.fixture
def adviser():
    return StaffRoleFactory(kind=RoleKind.ADVISER)


@pytest.fixture
def learner(adviser):
    entry = RollEntryFactory()
    CaseloadSchoolFactory(adviser=adviser, school=entry.school)
    return entry.learner


def test_a_contact_and_its_next_step_are_kept_with_a_line_of_history(learner, adviser):
    contact = record_contact(
        learner=learner,
        by=adviser.user,
        kind="phone",
        on=TODAY,
        note="Has not found the letter.",
        next_step="Send a new code",
        next_on=TODAY + dt.timedelta(days=2),
    )

    assert list(Contact.objects.visible_to(adviser.user)) == [contact]
    event = Event.objects.get()
    assert (event.verb, event.by, event.facts) == ("contact.record", adviser.user, {"kind": "phone"})


def test_a_form_sent_twice_is_one_contact_and_one_that_says_something_else_is_another(learner, adviser):
    said = {"learner": learner, "by": adviser.user, "kind": "phone", "on": TODAY, "once": "abc"}

    first, again = (record_contact(**said) for _press in range(2))
    other = record_contact(**said | {"note": "And a text message."})

    assert (first, again) == (again, first) != (other, other)
    assert set(Contact.objects.all()) == {first, other}
    assert Event.objects.count() == 2


def pressed_at_once():
    """What two presses of one form at the same moment came to, and how many contacts there are."""
    role, entry = StaffRoleFactory(kind=RoleKind.ADVISER), RollEntryFactory()
    CaseloadSchoolFactory(adviser=role, school=entry.school)
    said = {"learner": entry.learner, "by": role.user, "kind": "phone", "on": TODAY, "once": "abc"}
    return at_once(*[lambda: record_contact(**said)] * 2), Contact.objects.count()


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_the_same_moment_are_one_contact():
    answers, number = pressed_at_once()
    assert [type(one) for one in answers] == [Contact, Contact]
    assert number == 1


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({"on": TODAY + dt.timedelta(days=1)}, "contact_in_future"),
        ({"next_step": "Ring again"}, "next_step_without_date"),
        ({"next_on": TODAY}, "next_date_without_step"),
        ({"next_step": "Ring again", "next_on": TODAY - dt.timedelta(days=1)}, "next_step_in_past"),
    ],
)
def test_a_contact_that_cannot_be_is_refused_and_nothing_is_kept(learner, adviser, answers, code):
    with pytest.raises(RuleBroken) as refusal:
        record_contact(**{"learner": learner, "by": adviser.user, "kind": "phone", "on": TODAY} | answers)

    assert refusal.value.code == code
    assert Contact.objects.count() == 0


def test_another_schools_adviser_may_neither_record_nor_read(learner, adviser):
    other = CaseloadSchoolFactory().adviser
    record_contact(learner=learner, by=adviser.user, kind="phone", on=TODAY)

    with pytest.raises(NotAllowed):
        record_contact(learner=learner, by=other.user, kind="phone", on=TODAY)
    assert Contact.objects.visible_to(other.user).count() == 0


def test_an_advisers_access_ends_with_the_caseload(learner, adviser):
    record_contact(learner=learner, by=adviser.user, kind="phone", on=TODAY)
    adviser.caseload_schools.update(ended_on=TODAY - dt.timedelta(days=1))

    assert Contact.objects.visible_to(adviser.user).count() == 0
    with pytest.raises(NotAllowed):
        record_contact(learner=learner, by=adviser.user, kind="phone", on=TODAY)


class TestTheMorning:
    def due(self, learner, adviser, on=TODAY, **said):
        answers = {"learner": learner, "by": adviser.user, "kind": "phone", "on": TODAY - dt.timedelta(days=9)}
        return record_contact(**answers | {"next_step": "Ring", "next_on": on} | said)

    def told(self):
        number = tell_of_due_steps()
        sweep_outbox()
        return number, [mail.subject for mail in django_mail.outbox]

    @pytest.fixture(autouse=True)
    def address(self, adviser):
        adviser.user.email = "dev@example.org"
        adviser.user.save()

    def test_an_adviser_is_told_once_how_many_steps_are_due_and_of_whom_by_the_page_alone(self, learner, adviser):
        self.due(learner, adviser)

        for _sweep in range(2):
            number, subjects = self.told()

        assert (number, subjects) == (1, [f"{settings.PORTAL_NAME}: 1 next step is due"])
        assert learner.family_name not in django_mail.outbox[0].body
        assert "/desk/caseload/" in django_mail.outbox[0].body

    def test_nobody_is_told_of_what_is_done_replaced_not_yet_due_or_on_a_day_off(self, learner, adviser):
        finish_next_step(contact=self.due(learner, adviser), by=adviser.user)
        assert self.told() == (0, [])
        self.due(learner, adviser, on=TODAY + dt.timedelta(days=1))
        assert self.told() == (0, [])
        with clock.at(dt.date(2026, 11, 21)):
            assert self.told() == (0, [])

    def test_what_is_done_before_the_e_mail_goes_is_no_message_that_reached_nobody(self, learner, adviser):
        contact = self.due(learner, adviser)
        tell_of_due_steps()
        finish_next_step(contact=contact, by=adviser.user)
        sweep_outbox()
        assert (django_mail.outbox, OutboxMessage.objects.get().had_nobody) == ([], False)

    def test_who_stands_in_is_told_too(self, learner, adviser):
        self.due(learner, adviser)
        ella = StaffRoleFactory(kind=RoleKind.ADVISER, organisation=adviser.organisation, user__email="e@example.org")
        set_absence(adviser=adviser, cover=ella, started_on=TODAY, ended_on=TODAY, by=adviser.user)

        assert self.told()[0] == 2
