"""Staff who do not sign in are warned twice, and then their roles end; somebody always hears of it."""

import datetime as dt

import pytest
from django.core import mail
from django.urls import reverse

from accounts.actions import end_unused_roles
from accounts.models import Session, User
from activity.actions import deliver
from activity.models import Event, OutboxMessage
from config import env
from core import clock
from core.errors import NotAllowed, RuleBroken, StaleState
from providers import actions
from providers.models import Invitation, RoleKind, StaffRole
from tests.factories import (
    AreaFactory,
    OrganisationFactory,
    ProviderFactory,
    SchoolFactory,
    StaffRoleFactory,
    UserFactory,
)
from tests.races import at_once

USED = dt.date(2026, 9, 10)  # when Tom last signed in


def day(number):
    """So many days after Tom last signed in."""
    return USED + dt.timedelta(days=number)


def night(on):
    with clock.at(on):
        return end_unused_roles()


def role_at(organisation, kind, *, used_on=None, **person):
    person = {"email": f"{kind}@example.org"} | person
    if used_on:
        person["last_login"] = dt.datetime.combine(used_on, dt.time(12), dt.UTC)
    return StaffRoleFactory(organisation=organisation, kind=kind, user=UserFactory(**person))


@pytest.fixture
def college(db):
    return ProviderFactory(name="Northfield College")


@pytest.fixture
def manager(college):
    return role_at(college, RoleKind.MANAGER, used_on=dt.date(2027, 6, 1), name="Priya Shah")


@pytest.fixture
def tom(college, manager):
    return role_at(college, RoleKind.EDITOR, used_on=USED, name="Tom Reed", email="tom@example.org")


@pytest.fixture
def council(college):
    return OrganisationFactory(name="Northmoor Council", kind="authority", area=college.area)


def told():
    """What has been sent since this was last asked: (address, subject, text)."""
    for key in OutboxMessage.objects.filter(sent_at=None).order_by("pk").values_list("pk", flat=True):
        deliver(key)
    messages = [(message.to[0], message.subject, message.body) for message in mail.outbox]
    mail.outbox.clear()
    return messages


def state(role):
    role.refresh_from_db()
    return (role.warned_on, role.warned_again_on, role.ended_on, role.has_lapsed)


# --- the days


def test_warned_after_60_days_again_after_75_ended_after_90(tom):
    assert night(day(59)) == 0
    assert state(tom) == (None, None, None, False)
    night(day(60))
    assert state(tom) == (day(60), None, None, False)
    night(day(74))
    assert state(tom) == (day(60), None, None, False)
    night(day(75))
    assert state(tom) == (day(60), day(75), None, False)
    assert night(day(89)) == 0
    assert state(tom) == (day(60), day(75), None, False)
    assert night(day(90)) == 1
    assert state(tom) == (day(60), day(75), day(90), True)
    with clock.at(day(90)):
        assert not StaffRole.objects.current().filter(pk=tom.pk).exists()


def test_a_night_that_runs_twice_does_nothing_the_second_time(tom):
    for number in (60, 75, 90):
        night(day(number))
        before = (OutboxMessage.objects.count(), Event.objects.count(), state(tom))
        assert night(day(number)) == 0
        assert (OutboxMessage.objects.count(), Event.objects.count(), state(tom)) == before


def test_nobody_is_ended_without_both_warnings_and_their_time(tom):
    """A portal that stood still for half a year starts with the first warning."""
    night(day(200))
    assert state(tom) == (day(200), None, None, False)
    night(day(214))
    assert state(tom)[1] is None
    night(day(215))
    assert state(tom)[1] == day(215)
    assert night(day(229)) == 0
    assert night(day(230)) == 1


@pytest.mark.parametrize("back", [61, 75, 76, 89])
def test_signing_in_within_the_warned_time_begins_all_anew(tom, back):
    for number in (60, 75):
        if number < back:
            night(day(number))
    User.objects.filter(pk=tom.user_id).update(last_login=dt.datetime.combine(day(back), dt.time(12), dt.UTC))
    assert night(day(90)) == 0
    tom = StaffRole.objects.get(pk=tom.pk)
    assert not tom.is_warned
    assert tom.lapses_on == day(back + 90)
    night(day(back + 59))
    assert not StaffRole.objects.get(pk=tom.pk).is_warned
    night(day(back + 60))
    assert state(tom)[:2] == (day(back + 60), None)


def test_signing_in_late_on_the_day_of_the_warning_counts(tom):
    night(day(60))
    User.objects.filter(pk=tom.user_id).update(last_login=dt.datetime.combine(day(60), dt.time(22), dt.UTC))
    night(day(75))
    assert state(tom) == (day(60), None, None, False)
    assert not tom.is_warned


def test_a_real_sign_in_goes_by_the_portals_clock(client, tom):
    with clock.at(dt.date(2027, 3, 1)):
        client.force_login(tom.user)
    tom.user.refresh_from_db()
    assert tom.user.last_login.date() == dt.date(2027, 3, 1)


def test_who_never_signed_in_counts_from_the_day_the_role_began(college, manager):
    role = role_at(college, RoleKind.ADMISSIONS)
    role.started_on = dt.date(2026, 10, 1)
    role.save()
    night(dt.date(2026, 11, 29))
    assert state(role)[0] is None
    night(dt.date(2026, 11, 30))
    assert state(role)[0] == dt.date(2026, 11, 30)


def test_a_new_role_of_somebody_who_was_long_away_has_its_full_time(tom):
    StaffRole.objects.filter(pk=tom.pk).update(started_on=day(100))
    night(day(159))
    assert state(tom)[0] is None
    night(day(160))
    assert state(tom)[0] == day(160)


@pytest.mark.parametrize("words", ["60,75", "75,60,90", "60,60,90", "0,75,90", "60,75,ninety"])
def test_days_that_make_no_sense_stop_the_portal_from_starting(monkeypatch, words):
    monkeypatch.setenv("PORTAL_STAFF_UNUSED_DAYS", words)
    with pytest.raises(ValueError, match="3 rising numbers"):
        env.rising("PORTAL_STAFF_UNUSED_DAYS", (60, 75, 90))


def test_other_days_can_be_set(monkeypatch, settings, tom):
    monkeypatch.setenv("PORTAL_STAFF_UNUSED_DAYS", "10, 20, 30")
    settings.STAFF_UNUSED_DAYS = env.rising("PORTAL_STAFF_UNUSED_DAYS", (60, 75, 90))
    for number in (10, 20, 30):
        night(day(number))
    assert state(tom) == (day(10), day(20), day(30), True)


# --- who is told


def test_the_person_is_told_twice_and_who_manages_them_the_second_time_and_at_the_end(tom):
    night(day(60))
    [(to, subject, body)] = told()
    assert to == "tom@example.org"
    assert "sign in by 8 December 2026" in subject
    assert "http://localhost:8000/sign-in/" in body
    night(day(75))
    (to, subject, _), (other, other_subject, other_body) = told()
    assert (to, other) == ("tom@example.org", "manager@example.org")
    assert "sign in by 8 December 2026" in subject
    assert "ends after 8 December 2026" in other_subject
    assert f"/desk/staff/{tom.organisation.reference}/" in other_body
    night(day(90))
    [(to, subject, body)] = told()
    assert to == "manager@example.org"
    assert "On 9 December 2026" in body
    for text in (other_subject, other_body, subject, body):
        assert "Tom" not in text
        assert "Northfield" not in text


def test_one_message_for_somebody_with_two_roles(tom):
    StaffRoleFactory(user=tom.user, organisation=tom.organisation, kind=RoleKind.ADMISSIONS)
    night(day(60))
    assert len(told()) == 1


def test_the_last_manager_ends_too_and_the_help_desk_hears_of_it_and_takes_over(college, council):
    alone = role_at(college, RoleKind.MANAGER, used_on=USED, name="Ana Silva")
    desk = role_at(council, RoleKind.HELP_DESK, used_on=dt.date(2027, 6, 1))
    for number in (60, 75):
        night(day(number))
    assert [to for to, *_ in told()] == ["manager@example.org", "manager@example.org", "help_desk@example.org"]
    night(day(90))
    assert state(alone)[3]
    assert [to for to, *_ in told()] == ["help_desk@example.org"]
    with clock.at(day(90)):
        assert actions.invite_again(role=alone, email=alone.user.email, by=desk.user).kind == "manager"


@pytest.mark.parametrize("kind", [RoleKind.HELP_DESK, RoleKind.OFFICER])
def test_the_last_one_to_look_after_an_area_stays_and_others_are_told_each_month(council, kind):
    last = role_at(council, kind, used_on=USED, email="last@example.org")
    elsewhere = OrganisationFactory(kind="authority", area=AreaFactory(name="Calderside"))
    role_at(elsewhere, RoleKind.HELP_DESK, used_on=dt.date(2027, 6, 1), email="neighbour@example.org")
    for number in (60, 75):
        night(day(number))
    told()
    for number in (90, 91, 105):
        assert night(day(number)) == 0
    assert state(last)[2:] == (None, False)
    kept = [(to, "could not be ended" in subject) for to, subject, _ in told()]
    assert kept == [("neighbour@example.org", True)]
    night(day(90 + 31))
    assert [to for to, *_ in told()] == ["neighbour@example.org"]


def test_of_two_help_desks_that_nobody_uses_one_stays(council):
    for number in (1, 2):
        role_at(council, RoleKind.HELP_DESK, used_on=USED, email=f"desk{number}@example.org")
    for number in (60, 75):
        night(day(number))
    assert night(day(90)) == 1
    assert StaffRole.objects.filter(has_lapsed=True).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_nights_at_once_end_a_role_once_and_leave_a_help_desk():
    council = OrganisationFactory(kind="authority")
    for number in (1, 2):
        role_at(council, RoleKind.HELP_DESK, used_on=USED, email=f"desk{number}@example.org")
    for number in (60, 75):
        night(day(number))
    assert sorted(at_once(*[lambda: night(day(90))] * 2)) == [0, 1]
    assert Event.objects.filter(verb="role.lapse").count() == 1
    assert StaffRole.objects.filter(has_lapsed=False).count() == 1


def test_when_nobody_can_be_told_the_log_says_so(tom, manager, caplog):
    StaffRole.objects.filter(pk=manager.pk).delete()
    for number in (60, 75):
        night(day(number))
    told()
    assert f"staff-lapsing: nobody is left who could be told of organisation {tom.organisation_id}" in caplog.text
    assert "Northfield" not in caplog.text


# --- what ends with it


def test_sign_ins_end_with_the_role_and_history_says_the_service_did_it(client, tom):
    client.force_login(tom.user)
    User.objects.filter(pk=tom.user_id).update(last_login=dt.datetime.combine(USED, dt.time(12), dt.UTC))
    other = UserFactory()
    client.force_login(other)
    for number in (60, 75, 90):
        night(day(number))
    assert set(Session.objects.values_list("user", flat=True)) == {other.pk}
    events = [(event.verb, event.by, event.facts) for event in Event.objects.filter(subject__endswith=f":{tom.pk}")]
    assert events[0] == (
        "role.lapse",
        None,
        {"organisation": tom.organisation_id, "kind": "editor", "used_on": USED.isoformat()},
    )
    assert [verb for verb, *_ in events] == ["role.lapse", "role.warn", "role.warn"]


def test_learners_supporters_and_closed_accounts_are_left_alone(college, manager):
    supporter = UserFactory(is_supporter=True, last_login=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    closed = role_at(college, RoleKind.EDITOR, used_on=USED, is_active=False)
    for number in (60, 75, 90):
        night(day(number))
    assert state(closed) == (None, None, None, False)
    supporter.refresh_from_db()
    assert supporter.is_active


# --- asking them back


@pytest.fixture
def lapsed(tom):
    for number in (60, 75, 90):
        night(day(number))
    tom.refresh_from_db()
    return tom


@pytest.fixture
def later(lapsed, school_day):
    """Two days after Tom's role ended."""
    school_day.move_to(dt.datetime.combine(day(92), dt.time(10), dt.UTC))


def test_the_manager_sees_who_ended_and_invites_them_again_with_one_press(client, lapsed, later, manager):
    client.force_login(manager.user)
    page = client.get(reverse("providers:staff-of", args=[lapsed.organisation.reference])).content.decode()
    assert "Ended because unused" in page
    url = reverse("providers:role-invite-again", args=[lapsed.reference])
    assert url in page
    form = client.get(url).content.decode()
    assert "tom@example.org" in form
    assert client.post(url, {"email": "tom@example.org"}).status_code == 302
    invitation = Invitation.objects.get()
    assert (invitation.kind, invitation.email, invitation.by) == ("editor", "tom@example.org", manager.user)
    assert client.post(url, {"email": "Tom@example.org"}).status_code == 302  # the same invitation, sent again
    assert Invitation.objects.get().sendings == 2
    assert [to for to, *_ in told()].count("tom@example.org") == 3  # two warnings and the link that works


def test_nobody_asks_back_a_role_that_did_not_lapse_or_is_held_again(tom, manager):
    with pytest.raises(StaleState):
        actions.invite_again(role=tom, email="tom@example.org", by=manager.user)
    for number in (60, 75, 90):
        night(day(number))
    StaffRoleFactory(user=tom.user, organisation=tom.organisation, kind=RoleKind.EDITOR)
    with pytest.raises(StaleState):
        actions.invite_again(role=tom, email="tom@example.org", by=manager.user)


def test_strangers_and_colleagues_cannot(client, lapsed, later, college):
    url = reverse("providers:role-invite-again", args=[lapsed.reference])
    for somebody in (
        role_at(college, RoleKind.EDITOR),
        role_at(ProviderFactory(), RoleKind.MANAGER),
        role_at(OrganisationFactory(kind="authority", area=AreaFactory(name="Calderside")), RoleKind.HELP_DESK),
    ):
        client.force_login(somebody.user)
        assert client.post(url, {"email": "me@example.org"}).status_code == 404
        with pytest.raises(NotAllowed):
            actions.invite_again(role=lapsed, email="me@example.org", by=somebody.user)
    assert "Ended because unused" not in client.get(f"/desk/staff/{college.reference}/").content.decode()


def test_a_help_desk_asks_a_coordinator_back_at_the_address_of_the_account_only(client, council, school_day):
    school = SchoolFactory(area=council.area)
    coordinator = role_at(school, RoleKind.COORDINATOR, used_on=USED, name="Helen Marsh", email="helen@example.org")
    desk = role_at(council, RoleKind.HELP_DESK, used_on=dt.date(2027, 6, 1))
    for number in (60, 75, 90):
        night(day(number))
    school_day.move_to(dt.datetime.combine(day(92), dt.time(10), dt.UTC))
    client.force_login(desk.user)
    page = client.get("/desk/staff-help/?sort=last").content.decode()
    assert page.index("Ended because unused") < page.index("Invite again")
    url = reverse("providers:role-invite-again", args=[coordinator.reference])
    assert client.post(url, {"email": "mine@example.org"}).url == "/desk/staff-help/"
    assert Invitation.objects.get().email == "helen@example.org"
    User.objects.filter(pk=coordinator.user_id).update(email="")
    with pytest.raises(RuleBroken) as refusal:
        actions.invite_again(role=coordinator, email="mine@example.org", by=desk.user)
    assert refusal.value.code == "no_address"


# --- the page


def test_the_staff_page_says_who_last_signed_in_when_in_three_orders(client, college, manager):
    role_at(college, RoleKind.EDITOR, name="Ana Silva")
    warned = role_at(college, RoleKind.EDITOR, used_on=dt.date(2026, 9, 15), name="Bo Lund")
    warned.warned_on = dt.date(2026, 11, 14)
    warned.save()
    client.force_login(manager.user)
    url = f"/desk/staff/{college.reference}/"

    def names(sort):
        page = client.get(f"{url}?sort={sort}").content.decode()
        rows = page[page.index("<tbody") : page.index("</tbody")]
        return sorted(("Ana Silva", "Bo Lund", "Priya Shah"), key=rows.index)

    assert names("") == names("nonsense") == ["Ana Silva", "Bo Lund", "Priya Shah"]
    assert names("last") == ["Ana Silva", "Bo Lund", "Priya Shah"]
    assert names("-last") == ["Priya Shah", "Bo Lund", "Ana Silva"]
    page = client.get(url).content.decode()
    assert "Never" in page
    assert "15 September 2026" in page
    assert "Ends on 14 December 2026 unless they sign in" in page


def test_colleagues_do_not_see_when_somebody_last_signed_in(client, college, manager):
    editor = role_at(college, RoleKind.EDITOR, name="Ana Silva")
    client.force_login(editor.user)
    page = client.get(f"/desk/staff/{college.reference}/?sort=last").content.decode()
    assert "Last signed in" not in page
    assert "Order:" not in page
