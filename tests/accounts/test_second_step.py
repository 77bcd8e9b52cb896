"""Staff prove twice who they are: setting it up, using it, losing it, helping each other."""

import time

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.urls import reverse

from accounts import actions
from accounts.models import Session
from activity.actions import deliver
from activity.models import Event, OutboxMessage
from core.errors import NotAllowed, RuleBroken, StaleState
from core.sealing import SealBroken, seal, unseal
from providers.models import RoleKind
from tests.factories import LearnerFactory, OrganisationFactory, ProviderFactory, StaffRoleFactory, UserFactory
from tests.races import at_once
from tests.second_step import code_of, set_up_app

PASSWORD = "seven green bicycles"
KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def member(organisation=None, kind=RoleKind.MANAGER, **person):
    user = UserFactory(email="tom@example.org", **person)
    user.set_password(PASSWORD)
    user.save()
    StaffRoleFactory(user=user, organisation=organisation or ProviderFactory(), kind=kind)
    return user


@pytest.fixture
def tom(db):
    return member(username="tom.reed", name="Tom Reed")


@pytest.fixture
def with_app(tom):
    actions.add_app(secret=KEY, code=code_of(KEY, steps=-1), name="My phone", by=tom)
    return tom


def type_password(client, username="tom.reed", **more):
    return client.post("/sign-in/", {"login": username, "password": PASSWORD} | more)


def told():
    for key in OutboxMessage.objects.filter(sent_at=None).values_list("pk", flat=True):
        deliver(key)
    return [message.body for message in mail.outbox]


# --- without one


def test_staff_without_a_second_step_reach_only_the_page_that_sets_it_up(client, tom):
    assert type_password(client).url == "/start/"
    for url in ("/start/", "/desk/staff/", "/account/", "/", "/courses/"):
        assert client.get(url).url == "/account/second-step/", url
    assert client.post("/account/password/", {}).url == "/account/second-step/"
    assert client.get("/desk/staff/", headers={"HX-Request": "true"})["HX-Redirect"] == "/account/second-step/"
    for url in ("/account/second-step/", "/account/second-step/app/", "/account/second-step/passkey/", "/privacy/"):
        assert client.get(url).status_code == 200, url


def test_the_app_is_set_up_codes_are_shown_once_and_the_desk_opens(client, tom):
    type_password(client)
    page = client.get("/account/second-step/app/").content.decode()
    secret = client.session["mfa.totp.secret"]
    assert " ".join(secret[at : at + 4] for at in range(0, 32, 4)) in page
    assert "<svg" in page
    set_up_app(client)
    page = client.get("/account/second-step/codes/").content.decode()
    codes = actions.factors.recovery_codes_of(tom).generate_codes()
    assert all(f"{code[:4]} {code[4:]}" in page for code in codes)
    again = client.get("/account/second-step/codes/").content.decode()
    assert not any(code[:4] in again for code in codes)
    assert "You have 10 codes that have not been used." in again
    assert client.get("/desk/staff/").status_code == 302  # straight to the one college
    assert client.get("/start/").url != "/account/second-step/"
    assert [event.verb for event in Event.objects.order_by("pk")] == ["factor.add", "factor.make_codes"]
    [body] = told()
    assert "an app or a passkey was added" in body
    assert "Tom" not in body


def test_a_wrong_first_code_turns_nothing_on(client, tom):
    type_password(client)
    client.get("/account/second-step/app/")
    secret = client.session["mfa.totp.secret"]
    page = client.post("/account/second-step/app/", {"name": "My phone", "code": code_of(secret, steps=10)})
    assert "This code is wrong" in page.content.decode()
    assert client.session["mfa.totp.secret"] == secret  # the same picture is still the right one
    assert not Authenticator.objects.exists()


def test_a_person_who_becomes_staff_while_signed_in_is_asked_at_once(client, db):
    user = UserFactory(username="ana.silva")
    user.set_password(PASSWORD)
    user.save()
    type_password(client, "ana.silva")
    assert client.get("/account/").status_code == 200
    StaffRoleFactory(user=user)
    assert client.get("/account/").url == "/account/second-step/"


def test_one_who_has_an_app_and_becomes_staff_again_shows_it_first(client, with_app):
    with_app.staff_roles.update(is_aside=False, started_on="2027-01-01")  # not yet
    assert type_password(client).url == "/start/"
    with_app.staff_roles.update(started_on="2026-09-01")
    assert client.get("/account/second-step/").url == "/account/second-step/again/"
    for url in ("/account/second-step/app/", "/account/second-step/passkey/"):
        assert client.get(url).url == "/account/second-step/again/"


# --- with one


def test_the_password_alone_signs_nobody_in_and_the_code_leads_on(client, with_app):
    assert type_password(client, next="/desk/staff/").url == "/sign-in/code/"
    assert client.get("/account/").url == "/sign-in/?next=/account/"
    assert client.post("/sign-in/code/", {"code": code_of(KEY, steps=7)}).status_code == 200
    assert client.get("/account/").url == "/sign-in/?next=/account/"
    assert client.post("/sign-in/code/", {"code": code_of(KEY)}).url == "/desk/staff/"
    assert client.get("/account/").status_code == 200


def test_a_code_works_once_and_not_in_two_tabs(client, with_app):
    code = code_of(KEY)
    actions.use_code(user=with_app, code=code)
    for old in (code, code_of(KEY, steps=-1)):
        with pytest.raises(RuleBroken):
            actions.use_code(user=with_app, code=old)
    actions.use_code(user=with_app, code=f" {code_of(KEY, steps=1)[:3]} {code_of(KEY, steps=1)[3:]}")


@pytest.mark.django_db(transaction=True)
def test_two_people_with_one_code_do_not_both_get_in():
    person = member(username="tom.reed")
    actions.add_app(secret=KEY, code=code_of(KEY, steps=-1), name="My phone", by=person)
    code = code_of(KEY)
    results = at_once(*[lambda: actions.use_code(user=person, code=code)] * 2)
    assert sorted(type(result).__name__ for result in results) == ["Authenticator", "RuleBroken"]


def test_a_written_down_code_gets_in_once_and_is_told(client, with_app):
    [first, *_] = actions.make_recovery_codes(by=with_app)
    mail.outbox.clear()
    type_password(client)
    assert client.post("/sign-in/code/", {"code": f"{first[:4]} {first[4:]}"}).url == "/start/"
    with pytest.raises(RuleBroken):
        actions.use_code(user=with_app, code=first)
    assert "one of your written-down codes was used" in told()[-1]
    assert len(actions.factors.recovery_codes_of(with_app).get_unused_codes()) == 9


def test_new_written_down_codes_end_the_old_ones(with_app):
    [old, *_] = actions.make_recovery_codes(by=with_app)
    actions.make_recovery_codes(by=with_app)
    with pytest.raises(RuleBroken):
        actions.use_code(user=with_app, code=old)


def test_five_wrong_codes_for_one_person_must_wait_and_others_there_need_not(client, with_app):
    type_password(client)
    for _ in range(5):
        client.post("/sign-in/code/", {"code": "000000"})
    page = client.post("/sign-in/code/", {"code": code_of(KEY)})
    assert "too many wrong codes" in page.content.decode()
    other = member(username="ana.silva")
    actions.add_app(secret=KEY, code=code_of(KEY, steps=-1), name="My phone", by=other)
    type_password(client, "ana.silva")  # at the same computer, where the first gave up
    assert client.post("/sign-in/code/", {"code": code_of(KEY)}).url == "/start/"


def test_a_learner_with_a_password_is_asked_for_no_code(client, db):
    learner = LearnerFactory(user=UserFactory(username="amina"))
    learner.user.set_password(PASSWORD)
    learner.user.save()
    Authenticator.objects.create(user=learner.user, type="webauthn", data={"name": "My phone"})
    assert type_password(client, "amina").url == "/start/"
    assert client.get("/account/second-step/app/").status_code == 404


# --- naming, removing


def test_the_last_one_stays_while_somebody_is_staff_and_goes_afterwards(with_app):
    [factor] = Authenticator.objects.filter(user=with_app)
    with pytest.raises(RuleBroken) as refusal:
        actions.remove_factor(factor=factor, by=with_app)
    assert refusal.value.code == "last_factor"
    Authenticator.objects.create(user=with_app, type="webauthn", data={"name": "Key"})
    actions.remove_factor(factor=factor, by=with_app)
    with pytest.raises(StaleState):
        actions.remove_factor(factor=factor, by=with_app)
    with_app.staff_roles.update(ended_on="2026-11-01")
    del with_app.roles_held_today
    actions.make_recovery_codes(by=with_app)
    actions.remove_factor(factor=Authenticator.objects.get(type="webauthn"), by=with_app)
    assert not Authenticator.objects.exists()  # written-down codes stand in for something


def test_a_new_app_takes_the_place_of_the_old_one(with_app):
    other = "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU"
    actions.add_app(secret=other, code=code_of(other), name="New phone", by=with_app)
    with pytest.raises(RuleBroken):
        actions.use_code(user=with_app, code=code_of(KEY))
    assert actions.use_code(user=with_app, code=code_of(other, steps=1)).data["name"] == "New phone"


def test_it_is_renamed_and_somebody_elses_cannot_be(with_app, client):
    [factor] = Authenticator.objects.filter(user=with_app)
    client.force_login(with_app)
    client.post(f"/account/second-step/{factor.pk}/name/", {"name": "Work phone"})
    factor.refresh_from_db()
    assert factor.data["name"] == "Work phone"
    with pytest.raises(StaleState):
        actions.rename_factor(factor=factor, name="Mine", by=UserFactory())


def test_codes_cannot_be_written_down_for_nothing(db):
    with pytest.raises(RuleBroken) as refusal:
        actions.make_recovery_codes(by=UserFactory())
    assert refusal.value.code == "no_factor"


def test_what_is_kept_does_not_give_the_key_away(with_app, settings):
    [factor] = Authenticator.objects.filter(user=with_app)
    assert KEY not in str(factor.data)
    assert unseal(factor.data["secret"]) == KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]
    assert unseal(factor.data["secret"]) == KEY
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(SealBroken):
        unseal(factor.data["secret"])
    assert seal("x") != seal("x")


# --- a password or a code again


def test_changes_ask_for_the_password_again_after_ten_minutes(client, with_app):
    client.force_login(with_app)
    session = client.session
    session["confirmed_at"] = time.time() - 601
    session.save()
    for name in ("password-change", "factor-app", "passkey-add", "recovery-codes"):
        url = reverse(f"accounts:{name}")
        assert client.get(url).url == f"/account/confirm/?next={url.replace('/', '%2F')}"
        assert client.post(url, {}).status_code == 302
    assert "not your password" in client.post("/account/confirm/", {"password": "wrong"}).content.decode()
    answer = client.post("/account/confirm/", {"password": PASSWORD, "next": "/account/password/"})
    assert answer.url == "/account/password/"
    assert client.get("/account/password/").status_code == 200
    assert client.post("/account/confirm/", {"password": PASSWORD, "next": "https://evil.example/"}).url == "/account/"


def test_somebody_without_a_password_types_a_code(client, with_app):
    with_app.set_unusable_password()
    with_app.save()
    client.force_login(with_app)
    assert client.post("/account/confirm/", {"code": code_of(KEY)}).url == "/account/"


# --- lost


@pytest.mark.parametrize(
    ("kind", "where", "expected"),
    [
        (RoleKind.MANAGER, "same", 200),
        (RoleKind.EDITOR, "same", 404),
        (RoleKind.MANAGER, "other", 404),
        (RoleKind.HELP_DESK, "area", 200),
        (RoleKind.HELP_DESK, "other area", 404),
        (RoleKind.OFFICER, "area", 404),
    ],
)
def test_who_may_take_away_a_lost_second_step(client, with_app, kind, where, expected):
    role = with_app.staff_roles.get()
    organisation = {
        "same": lambda: role.organisation,
        "other": ProviderFactory,
        "area": lambda: OrganisationFactory(kind="authority", area=role.organisation.area),
        "other area": lambda: OrganisationFactory(kind="authority", area__name="Calderside"),
    }[where]()
    helper = member(organisation, kind)
    client.force_login(helper)
    url = f"/desk/staff-help/{role.reference}/reset/"
    assert client.get(url).status_code == expected
    assert client.post(url, {"checked": "in_person"}).status_code == (302 if expected == 200 else 404)
    assert Authenticator.objects.filter(user=with_app).exists() == (expected != 200)


def test_a_lost_second_step_is_taken_away_once_somebody_knows_who_it_is(client, with_app):
    client.force_login(with_app)
    manager = member(with_app.staff_roles.get().organisation, name="Priya Shah")
    mail.outbox.clear()
    actions.reset_factors(person=with_app, checked="video", by=manager)
    assert not Session.objects.filter(user=with_app).exists()
    event = Event.objects.get(verb="person.reset_factors")
    assert (event.by, event.facts) == (manager, {"checked": "video"})
    assert "second step at sign-in was taken away" in told()[-1]
    assert client.get("/account/").status_code == 302
    type_password(client)
    assert client.get("/start/").url == "/account/second-step/"


def test_nobody_takes_away_their_own_nor_a_manager_that_of_one_who_acts_elsewhere_too(with_app):
    with pytest.raises(NotAllowed):
        actions.reset_factors(person=with_app, checked="video", by=with_app)
    manager = member(with_app.staff_roles.get().organisation)
    StaffRoleFactory(user=with_app, organisation=OrganisationFactory(kind="authority"), kind=RoleKind.OFFICER)
    with pytest.raises(NotAllowed):
        actions.reset_factors(person=with_app, checked="video", by=manager)


@pytest.mark.parametrize("rows", [1, 5])
def test_the_list_of_staff_costs_the_same_for_one_and_for_five(client, tom, django_assert_num_queries, rows):
    for number in range(rows):
        member(tom.staff_roles.get().organisation, RoleKind.EDITOR, name=f"Editor {number}")
    client.force_login(tom)
    with django_assert_num_queries(5):
        page = client.get("/desk/staff-help/").content.decode()
    assert page.count("Has lost their second step") == rows
    assert "Nobody of that name" in client.post("/desk/staff-help/", {"q": "zzz"}, follow=True).content.decode()
