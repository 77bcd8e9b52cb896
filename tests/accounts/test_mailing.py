"""Who hears of what at once, once a day, or not at all."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db.models import QuerySet
from django.urls import reverse

from accounts import actions
from accounts.models import DailyItem, DailyMail, MailChoice, User
from accounts.queries import choices_of
from activity.actions import sweep_outbox
from activity.kinds import KINDS
from activity.models import Event
from core import clock
from core.errors import RuleBroken
from providers.models import Closure
from tests.factories import LearnerFactory, OrganisationFactory, StaffRoleFactory, UserFactory
from tests.races import at_once, meeting

pytestmark = pytest.mark.django_db

LONDON = ZoneInfo("Europe/London")
NEW = "choice-received"


@pytest.fixture
def priya():
    return StaffRoleFactory(kind="admissions", user=UserFactory(email="priya@example.org")).user


def at(day, hour, minute=0, month=11):
    return clock.at(dt.datetime(2026, month, day, hour, minute, tzinfo=LONDON))


def choose(user, **choices):
    actions.choose_mail(choices={name.replace("_", "-"): when for name, when in choices.items()}, by=user)


def daily(user, *, things=1, kind=NEW):
    """This many things wait for this person's e-mail of the day, since now."""
    choose(user, new_applications="daily")
    for number in range(things):
        assert actions.hear_now(kind, [user], about=f"choice:{number}") == []


def sent():
    sweep_outbox()
    mails, mail.outbox[:] = list(mail.outbox), []
    return mails


def test_without_a_choice_everybody_hears_at_once(priya):
    assert actions.hear_now(NEW, [priya], about="choice:1") == [priya]
    assert not DailyItem.objects.exists()


def test_who_wants_none_hears_nothing_and_others_do(priya):
    other = StaffRoleFactory(kind="admissions").user
    choose(priya, answers="never")

    assert actions.hear_now("offer-accepted", [priya, other], about="choice:1") == [other]
    assert actions.hear_now(NEW, [priya], about="choice:1") == [priya]
    assert not DailyItem.objects.exists()


@pytest.mark.parametrize(
    ("topic", "when"),
    [
        ("security", "never"),
        ("concerns", "daily"),
        ("new-applications", "never"),
        ("decisions", "never"),
        ("x", "daily"),
    ],
)
def test_what_must_come_cannot_be_switched_off(priya, topic, when):
    with pytest.raises(RuleBroken) as refused:
        actions.choose_mail(choices={topic: when}, by=priya)

    assert refused.value.code == "topic_fixed"
    assert not MailChoice.objects.exists()


def test_a_learner_chooses_reminders_and_saved_searches_and_nothing_else():
    learner = LearnerFactory(user=UserFactory())

    chosen = {one.topic.name for one in choices_of(learner.user) if one.topic.can_choose}

    assert chosen == {"reminders", "interview-reminders", "saved-searches"}
    with pytest.raises(RuleBroken):
        actions.choose_mail(choices={"decisions": "never"}, by=learner.user)


def test_a_choice_is_a_row_with_a_history_and_the_same_again_changes_nothing(priya):
    choose(priya, answers="daily")
    choose(priya, answers="daily")
    choose(priya, answers="never")

    assert [(one.topic, one.when) for one in MailChoice.objects.all()] == [("answers", "never")]
    said = [event.facts["when"] for event in Event.objects.filter(verb="mail.choose").order_by("pk")]
    assert said == ["daily", "never"]


def test_the_e_mail_of_the_day_is_one_at_eight_with_counts_and_pages(priya):
    with at(18, 15):
        daily(priya, things=3)
        actions.hear_now(NEW, [priya], about="choice:0")  # the same thing again
    with at(19, 7, 59):
        assert actions.make_daily_mails() == 0
    with at(19, 8):
        assert [actions.make_daily_mails() for _ in range(2)] == [1, 0]
        (told,) = sent()
        assert sent() == []

    assert told.to == ["priya@example.org"]
    assert told.subject == "Next Step: what has come since your last e-mail of the day"
    assert told.body.startswith("New applications: 3\nhttp")
    assert told.body.endswith("/account/e-mails/")


def test_what_comes_after_eight_waits_for_the_next_working_day(priya):
    with at(20, 8, 5):  # Friday
        daily(priya)
        assert actions.make_daily_mails() == 0
    made = {}
    for day in (20, 21, 22, 23):
        with at(day, 9):
            made[day] = actions.make_daily_mails()
    assert made == {20: 0, 21: 0, 22: 0, 23: 1}


def test_on_a_day_nobody_works_and_after_five_nothing_leaves(priya):
    area = priya.staff_roles.get().organisation.area
    Closure.objects.create(area=area, name="Training", starts_on=dt.date(2026, 11, 19), ends_on=dt.date(2026, 11, 19))
    with at(18, 15):
        daily(priya)
    made = []
    for day, hour in ((19, 9), (20, 17), (20, 23)):
        with at(day, hour):
            made.append(actions.make_daily_mails())
    with at(20, 16, 59):
        made.append(actions.make_daily_mails())
    assert made == [0, 0, 0, 1]


@pytest.mark.parametrize(("month", "day"), [(3, 30), (10, 26)])
def test_eight_o_clock_is_eight_in_london_when_the_clocks_have_changed(priya, month, day):
    """The Mondays after the two Sundays of 2026 on which clocks change."""
    with clock.at(dt.datetime(2026, month, day - 3, 15, tzinfo=LONDON)):
        StaffRoleFactory(user=priya, kind="editor", started_on=dt.date(2026, 1, 1))
        priya.staff_roles.update(started_on=dt.date(2026, 1, 1))
        daily(User.objects.get(pk=priya.pk))
    made = []
    for hour, minute in ((7, 59), (8, 0), (8, 10)):
        with clock.at(dt.datetime(2026, month, day, hour, minute, tzinfo=LONDON)):
            made.append(actions.make_daily_mails())
    assert made == [0, 1, 0]


def test_whoever_wants_it_at_once_again_still_hears_of_what_waited(priya):
    """New applications cannot be silenced, and what waited was told nowhere else."""
    with at(18, 15):
        daily(priya)
        choose(priya, new_applications="at_once")
    with at(19, 9):
        assert actions.make_daily_mails() == 1


def test_whoever_wants_none_any_more_gets_no_e_mail_of_what_waited(priya):
    with at(18, 15):
        choose(priya, answers="daily")
        actions.hear_now("offer-accepted", [priya], about="choice:1")
        choose(priya, answers="never")
    with at(19, 9):
        assert actions.make_daily_mails() == 0


def test_whoever_works_there_no_more_gets_none(priya):
    with at(18, 15):
        daily(priya)
    with at(19, 9):
        assert actions.make_daily_mails() == 1
        priya.staff_roles.update(ended_on=dt.date(2026, 11, 18))
        assert sent() == []
    assert DailyMail.objects.count() == 1


def test_what_was_sent_goes_after_a_month(priya):
    with at(18, 15):
        daily(priya)
    with at(19, 9):
        actions.make_daily_mails()
    with at(20, 9, month=12):
        assert actions.remove_old_daily_mails() > 0
    assert not DailyItem.objects.exists()


class TestTwoWorkersAtOnce:
    pytestmark = pytest.mark.django_db(transaction=True)

    def make(self):
        with at(19, 9):
            return actions.make_daily_mails()

    def test_make_one_e_mail(self, priya):
        with at(18, 15):
            daily(priya, things=3)

        assert sorted(at_once(self.make, self.make)) == [0, 1]
        assert DailyMail.objects.count() == 1

    def test_would_both_try_without_the_lock(self, priya, monkeypatch):
        with at(18, 15):
            daily(priya, things=3)
        monkeypatch.setattr(QuerySet, "select_for_update", lambda queryset, **_: queryset)
        real = DailyMail.objects.filter
        meet = meeting(seconds=30)  # they do meet, however busy the machine is
        monkeypatch.setattr(DailyMail.objects, "filter", lambda **which: meet() or real(**which))
        results = at_once(self.make, self.make)

        # The constraint holds what the lock did not: one worker's sweep breaks off.
        assert sorted(type(one).__name__ for one in results) == ["IntegrityError", "int"]
        assert DailyMail.objects.count() == 1


# Pages


def test_somebody_at_work_chooses_on_their_page(client, priya):
    client.force_login(priya)
    page = client.get(reverse("accounts:mail-choices")).text
    assert "New applications" in page
    assert "What always comes" in page
    assert "A young person may need somebody now." in page
    said = {one.topic.name: one.when for one in choices_of(priya) if one.topic.can_choose}

    done = client.post(reverse("accounts:mail-choices"), said | {"new-applications": "daily"}, follow=True).text

    assert "Saved. It holds from now on." in done
    assert MailChoice.objects.get().when == "daily"
    assert "Select a valid choice" in client.post(reverse("accounts:mail-choices"), said | {"answers": "x"}).text


def test_the_help_desk_reads_every_message(client, django_assert_max_num_queries):
    client.force_login(StaffRoleFactory(kind="help_desk", organisation=OrganisationFactory(kind="authority")).user)
    page = client.get(reverse("accounts:messages")).text
    assert all(kind.words in page for kind in KINDS.values())
    some = client.get(reverse("accounts:messages"), {"for": "adviser"}).text
    assert "Choice unendorsed" in some
    assert "Offer made" not in some
    with django_assert_max_num_queries(6):
        one = client.get(reverse("accounts:message-kind", args=["choice-refused"])).text
    assert "Nothing left, and time to apply" in one
    assert "You can apply for something else until Friday 4 December 2026." in one
    assert client.get(reverse("accounts:message-kind", args=["no-such-kind"])).status_code == 404
