"""Cohorts that an organisation follows: saved, led, counted, changed and ended."""

import datetime as dt
from types import SimpleNamespace

import pytest

from accounts.models import Characteristics
from activity.actions import deliver
from activity.models import Event, OutboxMessage
from core.errors import NotAllowed, RuleBroken, StaleState
from providers.models import RoleKind
from reporting import actions
from reporting.models import SavedCohort
from reporting.queries import cohort_figures
from reporting.queries.readers import reader_of
from reporting.queries.saved_cohorts import numbers_of
from tests.factories import (
    CycleFactory,
    LearnerFactory,
    OrganisationFactory,
    RollEntryFactory,
    SchoolFactory,
    StaffRoleFactory,
)
from tests.ground import ground

pytestmark = pytest.mark.django_db
PAGE, SAVE = "/desk/cohorts/saved/", "/desk/cohorts/save/"


@ground
def council():
    """Two officers of Northmoor and one of another council; of thirteen learners at a school twelve are in care."""
    area = CycleFactory().area
    authority = OrganisationFactory(kind="authority", area=area, name="Northmoor Council")
    roles = [StaffRoleFactory(kind=RoleKind.OFFICER, organisation=authority) for _number in range(2)]
    elsewhere = StaffRoleFactory(kind=RoleKind.OFFICER, organisation=OrganisationFactory(kind="authority"))
    school = SchoolFactory(area=area)
    for number in range(13):
        learner = LearnerFactory(area=area, user=None)
        RollEntryFactory(learner=learner, school=school)
        Characteristics.objects.create(learner=learner, is_looked_after=number < 12)
    return SimpleNamespace(
        authority=authority, lead=roles[0], officer=roles[0].user, colleague=roles[1].user, stranger=elsewhere.user
    )


def saved_by(council, **said):
    facts = {
        "name": "In care",
        "filters": {"year_group": "11", "looked_after": "yes"},
        "in_words": [("In care", "yes")],
    }
    return actions.save_cohort(organisation=council.authority, by=council.officer, **facts | said)


def test_colleagues_have_one_answer_to_one_question(council, monkeypatch):
    """From two that are each rounded by themselves, 10 and 15, it would follow that it is 12."""
    asked = set()
    monkeypatch.setattr(cohort_figures, "blurred", lambda number, *, question: asked.add(question) or number)
    saved = saved_by(council)
    for user in (council.officer, council.colleague):
        numbers_of(reader_of(user), [saved], entry_year=2027)
    assert len(asked) == 1  # how many have an active plan: an officer may not know of whom


def test_an_officer_saves_a_cohort_and_its_lead_finds_it_with_numbers_and_names(client, council):
    client.force_login(council.colleague)
    query = "?basis=educated&year_group=11&looked_after=yes"
    assert "Looked after" in client.get(SAVE + query).content.decode()
    answer = client.post(SAVE + query, {"name": "In care", "lead": council.lead.pk})
    assert answer.url == PAGE

    client.force_login(council.officer)
    [(saved, _query, cells)] = client.get(PAGE).context["rows"]

    assert (saved.name, saved.is_mine, saved.made_by) == ("In care", True, council.colleague)
    assert saved.in_words == [
        ["Counted", "Where they are educated"], ["Year group", "Year 11"], ["In care", "Looked after"],
    ]  # fmt: skip
    assert [(cell["shown"], bool(cell["url"])) for cell in cells] == [(12, True), (None, False), (0, False), (0, False)]
    assert client.get(cells[0]["url"]).context["paginator"].count == 12
    client.force_login(council.stranger)
    assert client.get(PAGE).context["rows"] == []
    assert client.get(f"{PAGE}{saved.reference}/").status_code == 404


def test_a_colleague_changes_it_and_ends_it_and_it_is_not_deleted(client, council):
    saved = saved_by(council)
    client.force_login(council.colleague)
    page = client.get(f"{PAGE}{saved.reference}/").content.decode()
    assert "Nobody yet" in page
    day = {"until_on_day": "31", "until_on_month": "7", "until_on_year": "2027"}
    client.post(f"{PAGE}{saved.reference}/", {"name": "Children in care", "lead": council.lead.pk, **day})
    saved.refresh_from_db()
    assert (saved.name, saved.lead, saved.until_on) == ("Children in care", council.lead, dt.date(2027, 7, 31))

    client.post(f"{PAGE}{saved.reference}/end/")

    saved.refresh_from_db()
    assert saved.ended_by == council.colleague
    assert client.get(PAGE).context["rows"] == []
    assert client.get(f"{PAGE}{saved.reference}/").status_code == 404
    verbs = Event.objects.filter(subject=f"reporting.savedcohort:{saved.pk}").order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == ["cohort.save", "cohort.change", "cohort.end"]
    with pytest.raises(StaleState):
        actions.end_cohort(cohort=saved, by=council.officer)


def test_who_is_named_as_the_lead_by_a_colleague_hears_of_it_once(council, mailoutbox):
    def told():
        for key in OutboxMessage.objects.waiting().values_list("pk", flat=True):
            deliver(key)
        return [letter.to for letter in mailoutbox]

    for number, user in enumerate((council.officer, council.colleague)):
        user.email = f"officer{number}@example.org"
        user.save()
    saved = saved_by(council, lead=council.lead)
    assert told() == []  # they did it themselves
    second = council.colleague.staff_roles.get()
    actions.change_cohort(cohort=saved, name="In care", lead=second, by=council.officer)
    actions.change_cohort(cohort=saved, name="Children in care", lead=second, by=council.officer)
    assert told() == [[council.colleague.email]]
    assert "/desk/cohorts/saved/" in mailoutbox[0].body
    assert "care" not in mailoutbox[0].subject + mailoutbox[0].body
    actions.change_cohort(cohort=saved, name="In care", lead=council.lead, by=council.colleague)
    actions.end_cohort(cohort=saved, by=council.colleague)
    assert len(told()) == 1  # over, before it was said


def test_a_lead_acts_for_the_organisation_and_a_last_day_is_to_come(council):
    for wrong in (
        {"lead": council.stranger.staff_roles.get()},
        {"lead": StaffRoleFactory(organisation=council.authority, kind=RoleKind.HELP_DESK)},
        {"until_on": dt.date(2026, 11, 17)},
    ):
        with pytest.raises(RuleBroken):
            saved_by(council, **wrong)
    with pytest.raises(NotAllowed):
        actions.save_cohort(organisation=council.authority, name="x", filters={}, in_words=[], by=council.stranger)
    saved = saved_by(council, filters={"year_group": "11", "tutor_group": "", "colour": "red"})
    assert saved.filters == {"year_group": "11"}
    with pytest.raises(NotAllowed):
        actions.change_cohort(cohort=saved, name="x", by=council.stranger)


def test_it_is_followed_until_its_last_day(council):
    saved = saved_by(council, until_on=dt.date(2026, 11, 18))
    assert list(SavedCohort.objects.followed()) == [saved]
    SavedCohort.objects.update(until_on=dt.date(2026, 11, 17), from_on=dt.date(2026, 11, 1))
    assert not SavedCohort.objects.followed().exists()


def test_a_question_of_a_colleague_that_one_may_not_put_has_no_numbers(council):
    adviser = StaffRoleFactory(kind=RoleKind.ADVISER, organisation=council.authority).user
    saved = saved_by(council, filters={"looked_after": "no"})

    [cells] = numbers_of(reader_of(adviser), [saved], entry_year=2027)

    assert [cell.shown for cell in cells] == [None] * 4


@pytest.mark.parametrize("count", [1, 5])
def test_the_list_asks_the_same_number_of_questions(client, council, count, django_assert_num_queries):
    for number in range(count):
        saved_by(council, name=f"Cohort {number}")
    client.force_login(council.officer)

    with django_assert_num_queries(9):
        page = client.get(PAGE)

    assert len(page.context["rows"]) == count
