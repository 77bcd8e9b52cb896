"""How long a sign-in lasts, where one is signed in, and what happens to what was sent too late."""

import time

import pytest
import time_machine

from accounts import actions
from accounts.models import Session
from accounts.sessions import device_words
from accounts.tasks import nightly
from tests.accounts.test_second_step import PASSWORD, member, type_password
from tests.conftest import SCHOOL_DAY
from tests.factories import LearnerFactory, UserFactory

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0"


@pytest.fixture
def staff(db):
    return member(username="tom.reed")


@pytest.fixture
def amina(db):
    learner = LearnerFactory(user=UserFactory(username="amina"))
    learner.user.set_password(PASSWORD)
    learner.user.save()
    learner.consents.create(kind="advice_service", is_given=True, words="May we?", by=learner.user)
    return learner.user


@pytest.fixture
def after(school_day):
    """Moves the clock to so many minutes after ten o'clock."""

    def move(minutes):
        school_day.move_to(SCHOOL_DAY.timestamp() + minutes * 60)

    return move


def enter(client, person):
    """Signed in now, as pages do it."""
    client.force_login(person)
    session = client.session
    session["seen_at"] = session["signed_in_at"] = time.time()
    session.save()


def is_in(client):
    return client.get("/account/").status_code == 200


def test_staff_are_signed_out_after_half_an_hour_of_nothing_and_told(client, staff, after):
    enter(client, staff)
    after(29)
    assert is_in(client)
    after(58)
    assert is_in(client)
    after(89)
    response = client.get("/account/", follow=True)
    assert response.redirect_chain == [("/sign-in/?next=/account/", 302)]
    assert "nothing was done here for 30 minutes" in response.content.decode()
    assert not Session.objects.filter(user=staff).exists()


def test_a_sign_in_of_staff_lasts_twelve_hours_however_busy(client, staff, after):
    enter(client, staff)
    for minutes in range(25, 12 * 60, 25):
        after(minutes)
        assert client.get("/sign-in/stay/").status_code == 405
        client.post("/sign-in/stay/")
    after(12 * 60 - 1)
    assert is_in(client)
    after(12 * 60 + 1)
    assert "a sign-in lasts 12 hours" in client.get("/account/", follow=True).content.decode()


def test_a_learner_has_an_hour_on_a_shared_computer(client, amina, after):
    type_password(client, "amina")
    assert client.cookies["sessionid"]["max-age"] == ""  # gone when the browser is closed
    after(59)
    assert is_in(client)
    after(59 + 61)
    assert not is_in(client)


def test_a_learner_has_a_fortnight_on_a_device_of_their_own(client, amina, after):
    type_password(client, "amina", remember="on")
    assert client.cookies["sessionid"]["max-age"] == 14 * 24 * 3600
    after(13 * 24 * 60)
    assert is_in(client)
    after(26 * 24 * 60)
    assert is_in(client)
    after(41 * 24 * 60)
    assert not is_in(client)


def test_staff_cannot_call_a_device_their_own(client, staff, after):
    type_password(client, remember="on")
    assert client.cookies["sessionid"]["max-age"] == ""
    after(31)
    assert client.get("/account/").url == "/sign-in/?next=/account/"


def test_what_is_sent_too_late_is_not_done_but_shown(client, amina, after):
    enter(client, amina)
    after(61)
    statement = "I look after three hens <b>and</b> I never give up on a broken bicycle."
    answers = {"statement": statement, "short": "no", "password": "x" * 50}
    response = client.post("/account/password/", answers, headers={"Referer": "http://testserver/account/password/"})
    page = response.content.decode()
    assert response.status_code == 403
    assert "What you have just sent was not saved" in page
    assert "I look after three hens &lt;b&gt;and&lt;/b&gt;" in page
    assert "x" * 50 not in page
    assert 'href="/sign-in/?next=%2Faccount%2Fpassword%2F"' in page
    assert "no-store" in response["Cache-Control"]
    amina.refresh_from_db()
    assert amina.check_password(PASSWORD)


def test_a_part_of_a_page_that_comes_too_late_has_the_whole_page_loaded_again(client, amina, after):
    enter(client, amina)
    after(61)
    response = client.get("/account/", headers={"HX-Request": "true"})
    assert (response.status_code, response["HX-Refresh"]) == (204, "true")


def test_asking_how_long_is_left_is_not_doing_something(client, amina, after):
    enter(client, amina)
    after(50)
    assert client.get("/sign-in/left/").json() == {"seconds": pytest.approx(600, abs=30)}
    after(61)
    assert client.get("/sign-in/left/").json() == {"seconds": 0}


def test_without_scripts_each_page_says_when_one_is_signed_out(client, staff, amina):
    words = "If nothing is done here for %s minutes, you are signed out."
    enter(client, staff)
    assert "<noscript><p" in (page := client.get("/account/").content.decode())
    assert words % 30 in page
    client.force_login(amina)
    assert words % 60 in client.get("/privacy/").content.decode()
    session = client.session
    session["own_device"] = True
    session.save()
    assert "you are signed out. Send" not in client.get("/privacy/").content.decode()  # a fortnight is no warning
    client.logout()
    assert "you are signed out. Send" not in client.get("/privacy/").content.decode()


def test_a_public_page_goes_on_for_a_visitor(client, amina, after):
    enter(client, amina)
    after(61)
    page = client.get("/privacy/")
    assert page.status_code == 200
    assert "You have been signed out" in page.content.decode()
    assert "You have been signed out" not in client.get("/privacy/").content.decode()


def test_people_see_where_they_are_signed_in_and_end_it(client, amina):
    from django.test import Client

    other, stranger = Client(headers={"User-Agent": FIREFOX}), Client()
    type_password(client, "amina")
    type_password(other, "amina")
    stranger.force_login(UserFactory())
    page = client.get("/account/").content.decode()
    assert "Firefox on Windows" in page
    assert "this one" in page
    [row] = Session.objects.filter(user=amina, device="Firefox on Windows")
    assert row.session_key not in page
    stranger.post(f"/account/sessions/{row.reference}/end/")
    assert is_in(other)
    client.post(f"/account/sessions/{row.reference}/end/")
    assert (is_in(other), is_in(client)) == (False, True)
    type_password(other, "amina")
    client.post("/account/sessions/end/")
    assert (is_in(other), is_in(client), is_in(stranger)) == (False, True, True)


def test_a_new_password_ends_the_other_sign_ins_and_keeps_this_one(client, amina):
    from django.test import Client

    other = Client()
    type_password(client, "amina")
    type_password(other, "amina")
    weak = client.post("/account/password/", {"password": "password", "password_again": "password"})
    assert "Many people use this password" in weak.content.decode()
    new = {"password": "four red bicycles", "password_again": "four red bicycles"}
    assert client.post("/account/password/", new).url == "/account/"
    assert (is_in(client), is_in(other)) == (True, False)
    amina.refresh_from_db()
    assert amina.check_password("four red bicycles")


@pytest.mark.parametrize("rows", [1, 5])
def test_the_account_page_costs_the_same_for_one_sign_in_and_for_five(client, amina, django_assert_num_queries, rows):
    for number in range(rows):
        Session.objects.create(
            session_key=f"other{number}", session_data="", user=amina, expire_date=SCHOOL_DAY.replace(year=2027),
            started_at=SCHOOL_DAY, seen_at=SCHOOL_DAY,
        )  # fmt: skip
    enter(client, amina)
    with django_assert_num_queries(7):
        assert client.get("/account/").content.decode().count("Sign out there") == rows


def test_sessions_that_are_over_are_swept_away_at_night(amina, client):
    enter(client, amina)
    with time_machine.travel(SCHOOL_DAY.replace(month=12, day=20)):
        nightly()
    assert not Session.objects.exists()


def test_ending_says_how_many(amina):
    assert actions.end_sessions(reference=None, session_key="mine", by=amina) == 0


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (X11; CrOS x86_64) Chrome/130.0.0.0 Safari/537.36", "Chrome on Chromebook"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36 Edg/130.0", "Edge on Windows"),
        ("", ""),
    ],
)
def test_a_device_in_words(agent, words):
    assert device_words(agent) == words
