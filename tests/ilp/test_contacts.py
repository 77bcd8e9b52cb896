import datetime as dt

import pytest

from activity.models import Event
from core.errors import NotAllowed, RuleBroken
from ilp.actions import record_contact
from ilp.models import Contact
from providers.models import RoleKind
from tests.factories import CaseloadSchoolFactory, RollEntryFactory, StaffRoleFactory

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
