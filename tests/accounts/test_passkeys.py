"""A passkey in a real browser, whose authenticator is the browser's own virtual one."""

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import expect

from accounts import actions
from accounts.models import Session
from tests.accounts.test_second_step import KEY, PASSWORD, member
from tests.factories import LearnerFactory, UserFactory
from tests.look import look
from tests.second_step import code_of


def give_authenticator(page):
    """The computer has a finger reader, and somebody touches it."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [360, 1280])
def test_a_learner_adds_a_passkey_signs_in_with_it_names_and_removes_it(open_page, axe, width):
    learner = LearnerFactory(user=UserFactory(username="amina", name="Amina Yusuf"))
    learner.consents.create(kind="advice_service", is_given=True, words="May we?", by=learner.user)
    page = open_page("/account/", width=width, user=learner.user)
    give_authenticator(page)
    look(page, axe)
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_label("A name for it").fill("My phone")
    look(page, axe)
    page.get_by_role("button", name="Add this passkey").click()
    expect(page.get_by_role("rowheader", name="My phone")).to_be_visible()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    page.goto("/sign-in/?next=/account/")
    look(page, axe)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    assert Session.objects.filter(user=learner.user).count() == 1
    page.get_by_role("link", name="Rename My phone").click()
    page.get_by_label("A name for it").fill("Red phone")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Remove Red phone").click()
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_text("It no longer signs you in")).to_be_visible()
    assert not Authenticator.objects.exists()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_staff_use_a_passkey_as_their_second_step_and_to_confirm(open_page, axe):
    tom = member(username="tom.reed")
    actions.add_app(secret=KEY, code=code_of(KEY, steps=-1), name="App", by=tom)
    page = open_page("/account/second-step/passkey/", width=1280, user=tom)
    give_authenticator(page)
    page.get_by_label("A name for it").fill("Laptop")
    page.get_by_role("button", name="Add this passkey").click()
    expect(page.get_by_role("heading", name="Codes to write down")).to_be_visible()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    page.goto("/sign-in/?next=/account/")
    page.get_by_label("Sign-in name").fill("tom.reed")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Your second step")).to_be_visible()
    look(page, axe)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    page.goto("/account/confirm/?next=/account/password/")
    look(page, axe)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Change your password")).to_be_visible()


def test_what_is_no_key_is_refused_everywhere(client, db):
    tom = member(username="tom.reed")
    for credential in ("", "null", "{}", '{"id": "x"}', '{"response": {"userHandle": "####"}}', "not json", "[]"):
        assert client.get("/sign-in/passkey/").json()["publicKey"]["userVerification"] == "required"
        assert client.post("/sign-in/passkey/", {"credential": credential}).url == "/sign-in/", credential
    client.force_login(tom)
    for credential in ("", "null", "{}", '{"id": "x", "response": {}}'):
        page = client.post("/account/second-step/passkey/", {"name": "Key", "credential": credential})
        assert "did not answer" in page.content.decode(), credential
        assert "did not answer" in client.post("/account/confirm/", {"credential": credential}).content.decode()
    assert not Authenticator.objects.exists()
