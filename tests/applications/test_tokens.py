"""Tokens of a college's own system: who makes them, what is kept of them, and when they stop."""

import datetime as dt
import time

import pytest
from django.contrib.auth import authenticate
from django.core import mail
from django.urls import reverse

from activity.actions import sweep_outbox
from activity.models import Event, OutboxMessage
from applications import actions
from applications.models import ApiToken, Choice
from core import clock
from core.errors import NotAllowed, RuleBroken, StaleState
from providers.models import StaffRole

IN_A_MONTH = dt.date(2026, 12, 18)


@pytest.fixture
def manager(town):
    return town.staff("Mo Manager", town.northfield, "manager")


@pytest.fixture
def make(town, manager):
    def make(**said):
        said = {"name": "Records", "scope": "answer", "expires_on": IN_A_MONTH, "by": manager} | said
        return actions.make_token(provider=town.northfield, **said)

    return make


def test_a_token_is_kept_as_a_hash_and_its_account_opens_for_nobody(town, make):
    token, secret = make()

    assert secret.startswith(token.prefix)
    assert len(token.prefix) == 10
    assert secret not in str(ApiToken.objects.values().get())
    account = token.role.user
    assert (account.is_active, account.has_usable_password(), account.email) == (False, False, "")
    assert authenticate(username=account.username, password="") is None
    assert actions.use_token(secret) == token
    assert actions.use_token(secret[:-1]) is None
    assert secret not in str([*Event.objects.values(), *OutboxMessage.objects.values()])
    assert Event.objects.filter(verb="token.make").get().facts["scope"] == "answer"


def test_what_it_reaches_is_its_own_provider_s(town, make):
    ours, theirs = town.choice("sent"), town.choice("sent", town.run("Biology", provider=town.southbank))
    account = make()[0].role.user

    assert list(Choice.objects.visible_to(account)) == [ours]
    with pytest.raises(NotAllowed):
        actions.put_on_reserve(choice=theirs, by=account)


def test_nobody_meets_its_account_among_people(town, make, manager):
    make()
    kinds = StaffRole.objects.visible_to(manager).values_list("kind", flat=True)
    helped = StaffRole.objects.helped_by(manager).values_list("kind", flat=True)
    assert (sorted(kinds), list(helped)) == (["admissions", "manager"], ["admissions"])


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"scope": "everything"}, "scope_unknown"),
        ({"name": "  "}, "name_missing"),
        ({"expires_on": dt.date(2026, 11, 18)}, "expires_too_soon"),
        ({"expires_on": dt.date(2027, 11, 19)}, "expires_too_late"),
        ({"name": "records "}, "token_name_taken"),
    ],
)
def test_what_a_token_cannot_be(make, said, code):
    make()
    with pytest.raises(RuleBroken) as refusal:
        make(**{"name": "Another"} | said)
    assert refusal.value.code == code
    assert ApiToken.objects.count() == 1


def test_there_are_only_so_many(make, monkeypatch):
    monkeypatch.setattr("applications.actions.tokens.MOST_OPEN", 1)
    make()
    with pytest.raises(RuleBroken) as refusal:
        make(name="Another")
    assert refusal.value.code == "too_many_tokens"


def test_only_a_manager_makes_and_ends_them(town, make):
    token, _secret = make()
    with pytest.raises(NotAllowed):
        make(by=town.admissions, name="Another")
    with pytest.raises(NotAllowed):
        actions.end_token(token=token, by=town.admissions)


def test_an_ended_token_opens_nothing_and_what_it_did_stays(make, manager):
    token, secret = make()
    actions.end_token(token=token, by=manager)

    assert actions.use_token(secret) is None
    assert not StaffRole.objects.current().filter(pk=token.role_id).exists()
    with pytest.raises(StaleState):
        actions.end_token(token=token, by=manager)


def test_it_stops_by_itself_after_its_last_day(town, make):
    choice, (token, secret) = town.choice("sent"), make()
    with clock.at(IN_A_MONTH):
        assert actions.use_token(secret) == token
    with clock.at(IN_A_MONTH + dt.timedelta(days=1)):
        assert actions.use_token(secret) is None
        assert not Choice.objects.visible_to(token.role.user).filter(pk=choice.pk).exists()


def test_a_provider_that_has_ended_has_no_system(town, make):
    _token, secret = make()
    town.northfield.ended_on = clock.today()
    town.northfield.save()
    assert actions.use_token(secret) is None


def test_its_last_use_is_written_once_an_hour(make, django_assert_num_queries):
    token, secret = make()
    with django_assert_num_queries(2):
        actions.use_token(secret)
    with django_assert_num_queries(1):
        actions.use_token(secret)
    token.refresh_from_db()
    assert token.last_used_at == dt.datetime(2026, 11, 18, 10, tzinfo=dt.UTC)


def test_managers_are_told_of_a_new_token_and_before_one_ends(make, manager):
    make(expires_on=dt.date(2027, 2, 1))
    sweep_outbox()
    assert [(one.bcc, one.subject) for one in mail.outbox] == [
        (["mo@example.org"], "Next Step: a token was made for your own system")
    ]
    assert "Records" not in mail.outbox[0].body
    told = []
    for day in (
        dt.date(2027, 1, 1),
        dt.date(2027, 1, 2),
        dt.date(2027, 1, 3),
        dt.date(2027, 1, 28),
        dt.date(2027, 1, 31),
    ):
        with clock.at(day):
            actions.warn_of_tokens()
            mail.outbox.clear()
            sweep_outbox()
            told.append([one.subject for one in mail.outbox])
    ending = ["Next Step: a token of your own system ends on Monday 1 February 2027"]
    assert told == [[], ending, [], ending, ending]


def test_a_manager_sees_the_token_once(client, town, manager):
    client.force_login(manager)
    assert "No tokens yet" in client.get(reverse("applications:tokens")).content.decode()
    url = reverse("applications:token-make", args=[town.northfield.reference])
    day = {"expires_on_day": 18, "expires_on_month": 12, "expires_on_year": 2026}
    said = {"name": "Records", "scope": "read"} | day

    page = client.post(url, said)
    secret = page.context["secret"]

    assert page.status_code == 200
    assert page["Cache-Control"].startswith("max-age=0")
    assert page.content.decode().count(secret) == 1
    assert actions.use_token(secret).scope == "read"
    # Pressed twice: no second one.
    assert "works already" in client.post(url, said).content.decode()
    listed = client.get(reverse("applications:tokens")).content.decode()
    assert secret not in listed
    assert "Records" in listed


def test_who_signed_in_hours_ago_says_again_who_they_are(client, town, manager):
    client.force_login(manager)
    session = client.session
    session["confirmed_at"] = time.time() - 601
    session.save()
    page = client.get(reverse("applications:token-make", args=[town.northfield.reference]))
    assert page.status_code == 302
    assert page["Location"].startswith(reverse("accounts:confirm"))


def test_a_manager_ends_a_token_and_of_another_provider_there_is_none(client, town, make, manager):
    token, secret = make()
    url = reverse("applications:token-end", args=[token.reference])
    client.force_login(town.staff("Sam Other", town.southbank, "manager"))
    assert client.get(url).status_code == 404
    client.force_login(manager)
    assert client.get(url).status_code == 200
    assert client.post(url).status_code == 302
    assert client.post(url).status_code == 409
    assert actions.use_token(secret) is None


@pytest.mark.parametrize("number", [1, 5])
def test_the_list_asks_the_same_for_one_and_for_five(client, make, manager, django_assert_num_queries, number):
    for one in range(number):
        make(name=f"System {one}")
    client.force_login(manager)
    with django_assert_num_queries(7):
        client.get(reverse("applications:tokens"))
