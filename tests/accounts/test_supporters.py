"""A learner lets somebody in: by e-mail or by code, section by section, until a day, and ends it."""

import datetime as dt
import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.urls import reverse

from accounts import actions
from accounts.actions.codes import code_hash
from accounts.models import Learner, Receipt, Supporter, User
from activity.actions import deliver
from activity.models import Event, OutboxMessage
from applications.models import Choice
from core.errors import NotAllowed, RuleBroken, StaleState
from tests.applications.walk import Town
from tests.factories import AreaFactory, LearnerFactory, UserFactory
from tests.races import at_once

UNTIL = dt.date(2026, 12, 18)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_limits():
    """Wrong tries of one test do not count in the next."""
    cache.clear()


@pytest.fixture
def amina(db):
    return LearnerFactory(area=AreaFactory(), given_name="Amina", family_name="Yusuf", user__email="amina@example.org")


def invite(learner, **facts):
    said = {"kind": "parent", "known_as": "Mum", "sections": ["choices"], "until_on": UNTIL, "by": learner.user} | facts
    return actions.invite_supporter(learner=learner, **said)


def let_in(learner, user, **facts):
    supporter, code = invite(learner, **facts)
    return actions.accept_supporter(supporter=supporter, token_hash=code_hash(code), by=user)


def refused(code, function, **facts):
    with pytest.raises(RuleBroken) as refusal:
        function(**facts)
    assert refusal.value.code == code


# --- inviting


def test_a_code_is_kept_as_a_hash_and_the_history_has_no_name(amina):
    supporter, code = invite(amina)

    assert supporter.token_hash == code_hash(code)
    assert not OutboxMessage.objects.exists()
    facts = Event.objects.get(verb="supporter.invite").facts
    assert facts == {"sections": ["choices"], "until_on": "2026-12-18"}


def test_only_the_learner_lets_somebody_in(amina):
    with pytest.raises(NotAllowed):
        invite(amina, by=UserFactory())


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"sections": []}, "nothing_shared"),
        ({"until_on": dt.date(2026, 11, 17)}, "until_over"),
        ({"until_on": dt.date(2029, 1, 1)}, "until_too_far"),
    ],
)
def test_what_makes_no_sense_is_refused(amina, facts, code):
    refused(code, invite, learner=amina, **facts)


def test_the_same_address_is_asked_once_and_nobody_can_write_to_the_world(amina, school_day):
    invite(amina, email="mum@example.org")
    refused("already_invited", invite, learner=amina, email="MUM@example.org")
    for _ in range(4):
        supporter, _code = invite(amina)
        actions.end_supporter(supporter=supporter, by=amina.user)
    refused("too_many_invitations", invite, learner=amina)
    school_day.shift(dt.timedelta(days=1))
    for _ in range(5):
        invite(amina)
    school_day.shift(dt.timedelta(days=1))
    for _ in range(4):
        invite(amina)
    refused("too_many_supporters", invite, learner=amina)


# --- accepting


def test_accepting_uses_the_code_up_and_tells_the_learner(amina):
    parent = UserFactory()
    supporter = let_in(amina, parent)

    parent.refresh_from_db()
    assert (supporter.token_hash, supporter.email, parent.is_supporter) == ("", "", True)
    assert Learner.objects.visible_to(parent).get() == amina
    deliver(OutboxMessage.objects.get(kind="supporter-joined").pk)
    assert mail.outbox[0].to == ["amina@example.org"]
    assert "Amina" not in mail.outbox[0].subject + mail.outbox[0].body


@pytest.mark.parametrize("why", ["wrong", "used", "ended", "old"])
def test_a_link_that_is_over_lets_nobody_in(amina, why, school_day):
    supporter, code = invite(amina)
    if why == "used":
        actions.accept_supporter(supporter=supporter, token_hash=code_hash(code), by=UserFactory())
    elif why == "ended":
        actions.end_supporter(supporter=supporter, by=amina.user)
    elif why == "old":
        school_day.shift(dt.timedelta(days=14, minutes=1))
    stranger = UserFactory()

    with pytest.raises(StaleState):
        actions.accept_supporter(supporter=supporter, token_hash="" if why == "wrong" else code_hash(code), by=stranger)
    assert not Learner.objects.visible_to(stranger).exists()


def test_no_learner_supports_another_with_their_own_account_and_nobody_twice(amina):
    supporter, code = invite(amina)
    accept = {"supporter": supporter, "token_hash": code_hash(code)}
    refused("learner_account", actions.accept_supporter, **accept, by=LearnerFactory().user)
    parent = UserFactory()
    let_in(amina, parent)
    refused("supports_already", actions.accept_supporter, **accept, by=parent)


def test_somebody_whose_time_was_over_can_be_let_in_again(amina, school_day):
    parent = UserFactory()
    let_in(amina, parent, until_on=dt.date(2026, 11, 18))
    school_day.shift(dt.timedelta(days=1))
    assert not Learner.objects.visible_to(parent).exists()

    let_in(amina, parent)

    assert Learner.objects.visible_to(parent).exists()


@pytest.mark.django_db(transaction=True)
def test_two_people_with_one_code_are_not_both_let_in():
    learner = LearnerFactory()
    supporter, code = invite(learner)
    people = [UserFactory(), UserFactory()]

    results = at_once(
        *(
            lambda by=person: actions.accept_supporter(supporter=supporter, token_hash=code_hash(code), by=by)
            for person in people
        )
    )

    assert sorted(type(result).__name__ for result in results) == ["StaleState", "Supporter"]
    assert sum(Learner.objects.visible_to(person).exists() for person in people) == 1


# --- seeing


def test_a_parent_sees_the_choices_that_were_sent_and_no_draft(client, db):
    town = Town()
    sent, draft = town.choice("sent", town.run("Plumbing")), town.draft(town.run("Hairdressing"))
    parent = UserFactory()
    supporter = let_in(town.amina, parent)

    assert list(Choice.objects.visible_to(parent)) == [sent]
    client.force_login(parent)
    page = client.get(reverse("accounts:supported", args=[supporter.reference])).content.decode()
    assert "Plumbing" in page
    assert draft.programme not in page
    actions.change_supporter(supporter=supporter, sections=["statement"], until_on=UNTIL, by=town.amina.user)
    assert not Choice.objects.visible_to(parent).exists()


def test_changing_and_ending_work_at_once(amina, client):
    parent = UserFactory()
    supporter = let_in(amina, parent, sections=["choices", "statement"])
    client.force_login(parent)
    url = reverse("accounts:supported", args=[supporter.reference])
    assert "Statement" in client.get(url).content.decode()

    actions.change_supporter(supporter=supporter, sections=["choices"], until_on=UNTIL, by=amina.user)
    page = client.get(url).content.decode()
    assert "Statement" not in page
    assert "Choices" in page

    actions.end_supporter(supporter=supporter, by=amina.user)
    assert client.get(url).status_code == 404
    assert "Nobody yet" in client.get(reverse("accounts:supporting")).content.decode()
    with pytest.raises(StaleState):
        actions.end_supporter(supporter=supporter, by=amina.user)
    with pytest.raises(StaleState):
        actions.change_supporter(supporter=supporter, sections=["choices"], until_on=UNTIL, by=amina.user)


def test_the_last_day_counts_and_the_day_after_does_not(amina, client, school_day):
    parent = UserFactory()
    supporter = let_in(amina, parent, until_on=dt.date(2026, 11, 19))
    client.force_login(parent)
    url = reverse("accounts:supported", args=[supporter.reference])

    school_day.shift(dt.timedelta(days=1))
    assert client.get(url).status_code == 200
    school_day.shift(dt.timedelta(days=1))
    assert client.get(url).status_code == 404


def test_a_supporter_steps_back_and_changes_nothing_else(amina, client):
    parent = UserFactory()
    supporter = let_in(amina, parent)
    with pytest.raises(NotAllowed):
        actions.change_supporter(supporter=supporter, sections=["statement"], until_on=UNTIL, by=parent)
    client.force_login(parent)

    page = client.post(reverse("accounts:supporter-stop", args=[supporter.reference]), follow=True)

    assert "You no longer see anything of this young person" in page.content.decode()
    assert Supporter.objects.get().ended_at is not None


def test_the_learner_sees_that_they_looked_and_they_do_not_count_as_staff(amina, client):
    parent = UserFactory(name="Sahra Yusuf")
    supporter = let_in(amina, parent)
    client.force_login(parent)
    client.get(reverse("accounts:supported", args=[supporter.reference]))

    assert list(Receipt.objects.values_list("section", "role")) == [("choices", None)]
    assert client.get(reverse("reporting:learner", args=[amina.reference])).status_code == 404
    client.force_login(amina.user)
    assert "Sahra Yusuf, whom you let in" in client.get(reverse("accounts:looked-at")).content.decode()


# --- the pages


FORM = {
    "kind": "parent",
    "known_as": "Mum",
    "sections": ["choices"],
    "until_on_day": "18",
    "until_on_month": "12",
    "until_on_year": "2026",
}


def test_a_code_is_shown_once_and_a_new_parent_joins_with_it(amina, client):
    client.force_login(amina.user)
    page = client.post(reverse("accounts:supporter-invite"), FORM | {"way": "code"})
    code = re.search(r"<bdi>([A-Z0-9-]{14})</bdi>", page.content.decode())[1]
    assert "no-store" in page["Cache-Control"]
    assert "<bdi>testserver/supporting/code/</bdi>" in page.content.decode()  # a parent has no page open yet
    assert code not in client.get(reverse("accounts:information")).content.decode()
    client.logout()

    response = client.post(reverse("accounts:support-code"), {"code": code.lower()}, follow=True)
    assert "the choices they have sent" in response.content.decode().lower()
    assert "Amina" not in response.content.decode()
    answers = {"name": "Sahra Yusuf", "username": "sahra.y", "password": "seven green bicycles"}
    page = client.post(
        reverse("accounts:support-join"), answers | {"password_again": answers["password"]}, follow=True
    ).content.decode()

    assert "Amina Yusuf" in page
    assert "Young people I support" in page
    assert "My application" not in page
    assert client.get("/start/").url == reverse("accounts:supporting")
    assert User.objects.get(username="sahra.y").is_supporter


def test_the_link_of_the_mail_names_nobody_and_is_kept_nowhere(amina, client):
    client.force_login(amina.user)
    client.post(reverse("accounts:supporter-invite"), FORM | {"way": "email", "email": "mum@example.org"})
    deliver(OutboxMessage.objects.get(kind="supporter-invitation").pk)
    [message] = mail.outbox
    token = re.search(r"/supporting/join/(\S+)/", message.body)[1]
    assert (message.to, "Amina" in message.body + message.subject) == (["mum@example.org"], False)
    assert token not in str(list(OutboxMessage.objects.values())) + str(list(Supporter.objects.values()))
    client.logout()

    assert client.get(f"/supporting/join/{token}/").url == "/supporting/join/"
    parent = UserFactory()
    client.force_login(parent)
    client.get(f"/supporting/join/{token}/")
    page = client.post("/supporting/join/", follow=True)
    assert "Amina Yusuf" in page.content.decode()
    assert client.get(f"/supporting/join/{token}/").status_code == 404


def test_wrong_codes_are_counted_and_a_right_one_still_works_from_there(amina, client):
    _supporter, code = invite(amina)
    url = reverse("accounts:support-code")
    statuses = [client.post(url, {"code": actions.new_code()}).status_code for _ in range(21)]

    assert statuses == [200] * 20 + [429]
    assert client.post(url, {"code": code}).status_code == 302
    assert "letters of the code are wrong" in client.post(url, {"code": "A" * 11 + "C"}).content.decode()


def test_an_address_is_asked_for_only_when_it_is_needed(amina, client):
    client.force_login(amina.user)
    page = client.post(reverse("accounts:supporter-invite"), FORM | {"way": "email"}).content.decode()

    assert "Enter their e-mail address, or choose a code" in page
    assert not Supporter.objects.exists()
    nothing = client.post(reverse("accounts:supporter-invite"), {}).context["form"]
    assert list(nothing.errors) == ["kind", "known_as", "sections", "until_on", "way"]


@pytest.mark.parametrize("count", [1, 5])
def test_the_list_of_the_supported_asks_the_same_number_of_questions(client, count, django_assert_num_queries):
    parent = UserFactory()
    for _ in range(count):
        let_in(LearnerFactory(), parent)
    client.force_login(parent)

    with django_assert_num_queries(5):
        page = client.get(reverse("accounts:supporting"))

    assert len(page.context["supported"]) == count


@pytest.mark.parametrize("count", [1, 5])
def test_the_page_of_a_learners_information_asks_the_same_number_of_questions(
    amina, client, count, django_assert_num_queries
):
    for _ in range(count):
        let_in(amina, UserFactory())
    client.force_login(amina.user)

    with django_assert_num_queries(11):
        client.get(reverse("accounts:information"))
