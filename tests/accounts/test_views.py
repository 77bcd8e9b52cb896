"""The pages: from the letter to the welcome page, signing in and out, the roll and the letters."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts import actions
from accounts.models import Consent, ConsentKind, LetterRun, UnlockFailure, User
from accounts.queries import free_username, groups_of, home_of
from activity.actions import run_job
from providers.models import RoleKind, Upload
from tests.accounts.conftest import ADDRESS, BORN, code_for
from tests.factories import (
    LearnerContactFactory,
    LearnerFactory,
    RollEntryFactory,
    SchoolFactory,
    StaffRoleFactory,
    UserFactory,
)

PASSWORD = "seven green bicycles"
BIRTHDAY = {"birth_on_day": "31", "birth_on_month": "3", "birth_on_year": "2011"}


@pytest.fixture(autouse=True)
def fresh_limits():
    """Wrong sign-ins of one test do not count in the next."""
    cache.clear()


@pytest.fixture
def signed_in(client, coordinator):
    client.force_login(coordinator)
    return client


def post_code(client, code, **birthday):
    return client.post("/unlock/", {"code": code} | BIRTHDAY | birthday)


# --- unlocking


def test_a_learner_unlocks_answers_and_is_back_next_day(client, amina, school_day):
    code, _ = code_for(amina)
    response = post_code(client, code.lower())
    assert (response.status_code, response.url) == (302, "/unlock/account/")
    page = client.get(response.url)
    assert "Hello Amina" in page.content.decode()
    assert 'value="amina.yusuf"' in page.content.decode()
    response = client.post(
        "/unlock/account/", {"username": "amina.yusuf", "password": PASSWORD, "password_again": PASSWORD}
    )
    assert (response.status_code, response.url) == (302, "/my-consent/")
    assert client.get("/start/").url == "/my-consent/"
    response = client.post("/my-consent/", {"is_given": "no"})
    assert (response.status_code, response.url) == (302, "/welcome/")
    assert "Hollins Park School" in client.get("/welcome/").content.decode()
    consent = Consent.objects.get()
    assert (consent.learner, consent.is_given, consent.by) == (amina, False, User.objects.get())
    assert "advice service" in consent.words

    client.post("/sign-out/")
    assert client.get("/welcome/").status_code == 302
    school_day.shift(dt.timedelta(days=1))
    response = client.post("/sign-in/", {"login": " Amina.Yusuf ", "password": PASSWORD})
    assert (response.status_code, response.url) == (302, "/start/")
    assert client.get("/start/").status_code == 302
    assert client.get("/welcome/").status_code == 200


def test_a_slip_in_the_code_is_told_at_the_field_and_not_counted(client, amina):
    code, _ = code_for(amina)
    wrong = code[:-1] + ("A" if code[-1] != "A" else "C")
    page = post_code(client, wrong).content.decode()
    assert "letters of the code are wrong" in page
    assert "<title>Error: " in page
    assert not UnlockFailure.objects.exists()


def test_a_wrong_date_shows_the_same_sentence_as_an_unknown_code(client, amina):
    code, _ = code_for(amina)
    wrong_date = post_code(client, code, birth_on_year="2010")
    unknown = post_code(client, actions.new_code())
    for response in (wrong_date, unknown):
        assert response.status_code == 200
        assert "That code and date of birth do not match" in response.content.decode()


def test_guessing_20_times_from_one_address_ends_in_a_429_page(client, amina):
    code, _ = code_for(amina)
    statuses = [post_code(client, actions.new_code()).status_code for _ in range(21)]
    assert statuses == [200] * 20 + [429]
    assert post_code(client, code).status_code == 302


def test_five_wrong_dates_answer_429_even_to_the_right_one(client, amina):
    code, _ = code_for(amina)
    assert [post_code(client, code, birth_on_year="2010").status_code for _ in range(5)] == [200] * 5
    response = post_code(client, code)
    assert (response.status_code, response["Retry-After"]) == (429, "3600")


def test_a_checked_code_is_forgotten_after_half_an_hour(client, amina, school_day):
    code, _ = code_for(amina)
    post_code(client, code)
    assert client.get("/unlock/account/").status_code == 200
    school_day.shift(dt.timedelta(minutes=31))
    assert client.get("/unlock/account/").url == "/unlock/"


def test_a_second_tab_gets_a_kind_page_when_the_first_has_unlocked(client, amina):
    code, row = code_for(amina)
    post_code(client, code)
    actions.unlock_account(unlock_code=row, username="first.tab", password=PASSWORD)
    answers = {"username": "second.tab", "password": PASSWORD, "password_again": PASSWORD}
    assert client.post("/unlock/account/", answers).status_code == 409
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"username": "taken.name"}, "Somebody else has this sign-in name"),
        ({"username": "Ämina"}, "can only have letters from a to z"),
        ({"username": "abc"}, "4 letters or more"),
        ({"password": "password1", "password_again": "password1"}, "too easy to guess"),
        ({"password": "short", "password_again": "short"}, "too short"),
        ({"password_again": "another one"}, "not the same"),
        ({"password": ""}, "Enter a password"),
    ],
)
def test_what_is_wrong_with_name_or_password_is_said(client, amina, answers, words):
    UserFactory(username="taken.name")
    code, _ = code_for(amina)
    post_code(client, code)
    right = {"username": "amina.yusuf", "password": PASSWORD, "password_again": PASSWORD}
    page = client.post("/unlock/account/", right | answers)
    assert page.status_code == 200
    assert words in page.content.decode()


def test_the_session_changes_its_key_when_the_code_is_right_and_when_signed_in(client, amina):
    code, _ = code_for(amina)
    session = client.session
    session["before"] = True
    session.save()
    keys = [client.session.session_key]
    post_code(client, code)
    keys.append(client.session.session_key)
    client.post("/unlock/account/", {"username": "amina.yusuf", "password": PASSWORD, "password_again": PASSWORD})
    keys.append(client.session.session_key)
    assert len(set(keys)) == 3
    assert client.session.get_expire_at_browser_close()


# --- suggestions and homes


@pytest.mark.parametrize(
    ("given", "family", "name"),
    [
        ("Zoë", "O'Neill", "zoe.oneill"),
        ("Łukasz", "Brzęczyszczykiewicz", "lukasz.brzeczyszczykiewicz"[:27]),
        ("李", "Ng", "ng.learner"),
        ("李", "王", "learner"),
        ("Anna-Maria", "van der Berg", "annamaria.vanderberg"),
    ],
)
def test_the_suggested_name_is_in_plain_letters(db, given, family, name):
    learner = LearnerFactory.build(given_name=given, family_name=family)
    assert free_username(learner) == name


def test_a_taken_suggestion_gets_a_number(db):
    learner = LearnerFactory.build(given_name="Amina", family_name="Yusuf")
    for username in ("Amina.Yusuf", "amina.yusuf2", "amina.yusuf4"):
        UserFactory(username=username)
    assert free_username(learner) == "amina.yusuf3"


def test_everybody_has_a_home(coordinator, amina):
    amina.user = UserFactory()
    amina.save()
    assert home_of(coordinator) == "/desk/roll/"
    assert home_of(amina.user) != "/desk/roll/"
    assert home_of(UserFactory()) == "/"


# --- sign in


@pytest.fixture
def person(db):
    user = UserFactory(username="amina.yusuf")
    user.set_password(PASSWORD)
    user.save()
    return user


def test_a_wrong_name_and_a_wrong_password_get_one_sentence(client, person):
    pages = [
        client.post("/sign-in/", {"login": login, "password": password}).content.decode()
        for login, password in (("nobody", PASSWORD), ("amina.yusuf", "wrong"))
    ]
    assert ["The sign-in name or the password is wrong" in page for page in pages] == [True, True]


def test_an_ended_account_gets_the_same_sentence(client, person):
    person.is_active = False
    person.save()
    page = client.post("/sign-in/", {"login": "amina.yusuf", "password": PASSWORD}).content.decode()
    assert "The sign-in name or the password is wrong" in page


def test_five_wrong_passwords_for_one_name_must_wait_but_others_at_that_address_need_not(client, person):
    other = UserFactory(username="ben.okafor")
    other.set_password(PASSWORD)
    other.save()
    for _ in range(5):
        client.post("/sign-in/", {"login": "amina.yusuf", "password": "wrong"})
    page = client.post("/sign-in/", {"login": "amina.yusuf", "password": PASSWORD})
    assert "too many wrong tries" in page.content.decode()
    assert client.post("/sign-in/", {"login": "ben.okafor", "password": PASSWORD}).status_code == 302


def test_another_host_header_or_forwarded_address_is_no_new_set_of_tries(client, person):
    for number in range(5):
        client.post(
            "/sign-in/",
            {"login": "Amina.Yusuf", "password": "wrong"},
            headers={"Host": f"localhost:{8000 + number}", "X-Forwarded-For": f"192.0.2.{number}"},
        )
    page = client.post("/sign-in/", {"login": "amina.yusuf", "password": PASSWORD}, headers={"Host": "localhost:9000"})
    assert "too many wrong tries" in page.content.decode()


def test_a_whole_class_signs_in_from_one_address(client, db):
    for number in range(35):
        user = UserFactory(username=f"learner{number}")
        user.set_password(PASSWORD)
        user.save()
        assert client.post("/sign-in/", {"login": user.username, "password": PASSWORD}).status_code == 302
        client.post("/sign-out/")


def test_people_come_back_to_the_page_they_wanted_and_never_to_another_site(client, person, coordinator):
    assert client.get("/desk/roll/").url == "/sign-in/?next=/desk/roll/"
    answers = {"login": "amina.yusuf", "password": PASSWORD}
    assert client.post("/sign-in/?next=/desk/roll/", answers).url == "/desk/roll/"
    client.post("/sign-out/")
    for elsewhere in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        assert client.post("/sign-in/", answers | {"next": elsewhere}).url == "/start/"
        client.post("/sign-out/")


def test_signing_in_changes_the_session_key_and_signing_out_needs_a_post(client, person):
    session = client.session
    session["before"] = True
    session.save()
    before = client.session.session_key
    client.post("/sign-in/", {"login": "amina.yusuf", "password": PASSWORD})
    assert client.session.session_key != before
    assert client.get("/sign-out/").status_code == 405
    assert client.get("/sign-in/").url == "/start/"
    client.post("/sign-out/")
    assert "_auth_user_id" not in client.session


# --- the roll


def fill(school, number):
    for place in range(number):
        learner = LearnerFactory(user=UserFactory() if place % 2 else None, area=school.area)
        RollEntryFactory(learner=learner, school=school, tutor_group=f"11{'AB'[place % 2]}")


@pytest.mark.parametrize("rows", [1, 5])
def test_the_roll_takes_the_same_queries_for_one_learner_and_five(signed_in, school, rows, django_assert_num_queries):
    fill(school, rows)
    with django_assert_num_queries(7):
        page = signed_in.get("/desk/roll/")
    assert len(page.context["entries"]) == rows


def test_the_roll_is_filtered_by_name_group_and_whether_unlocked(signed_in, school, amina, ben):
    ben.user = UserFactory()
    ben.save()

    def found(query):
        return [entry.learner for entry in signed_in.get(f"/desk/roll/?{query}").context["entries"]]

    def named(words):
        return [entry.learner for entry in signed_in.post("/desk/roll/", {"q": words}, follow=True).context["entries"]]

    assert named("oka") == [ben]
    assert named("ben ok") == [ben]
    assert named("\0") == [amina, ben]
    assert found("") == [amina, ben]
    assert found("group=²") == [amina, ben]  # a digit, but no number
    assert found("group=11:11A") == [amina]
    assert found("group=11") == [amina, ben]
    assert found("group=10") == []
    assert found("group=x:y") == []
    assert found("status=unlocked") == [ben]
    assert found("status=waiting") == [amina]
    assert [(g.words, g.learners, g.not_unlocked) for g in groups_of(school)] == [
        ("Year 11", 2, 1),
        ("11A", 1, 1),
        ("11B", 1, 0),
    ]


def test_the_roll_shows_only_ones_own_school_today(signed_in, school, amina, ben):
    RollEntryFactory(school=SchoolFactory(name="St Brannoc's School"))
    ben.roll_entries.update(ended_on=dt.date(2026, 11, 18))
    page = signed_in.get("/desk/roll/")
    assert [entry.learner for entry in page.context["entries"]] == [amina]
    assert "Letter printed" not in page.content.decode()
    code_for(amina)
    assert "Letter printed" in signed_in.get("/desk/roll/").content.decode()
    assert signed_in.get(f"/desk/roll/?school={SchoolFactory().reference}").status_code == 404


def test_a_tutor_sees_the_roll_but_prints_no_letters(client, school, amina):
    tutor = StaffRoleFactory(organisation=school, kind=RoleKind.TUTOR).user
    client.force_login(tutor)
    page = client.get("/desk/roll/").content.decode()
    assert "Yusuf, Amina" in page
    assert "Print unlock letters" not in page
    assert client.get("/desk/letters/").status_code == 404


def test_empty_pages_say_what_to_do_next(signed_in):
    assert "Your roll is empty" in signed_in.get("/desk/roll/").content.decode()
    assert "No letters printed yet" in signed_in.get("/desk/letters/").content.decode()
    assert "0 letters" in signed_in.get("/desk/letters/new/").content.decode()


def test_a_coordinator_uploads_the_roll_on_a_page_and_it_is_read_in_the_background(
    signed_in, school, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    page = signed_in.get("/desk/uploads/new/roll/").content.decode()
    assert "Export the roll from your school system as CSV" in page
    file = SimpleUploadedFile(
        "roll.csv", "Surname,Forename,DoB,Year\nKowalski,Łukasz,1/9/10,11\n,,,\n,Zoë,,11".encode()
    )
    response = signed_in.post("/desk/uploads/new/roll/", {"file": file, "organisation": school.reference})
    assert response.status_code == 302
    upload = Upload.objects.get()
    run_job(upload.job_id)
    page = signed_in.get(response.url).content.decode()
    assert "Learners in the file" in page
    assert "The family name is missing" in page
    assert "Kowalski, Łukasz" not in signed_in.get("/desk/roll/").content.decode()
    upload.refresh_from_db()
    signed_in.post(f"{response.url}confirm/", {"seen": upload.digest})
    upload.refresh_from_db()
    run_job(upload.job_id)
    assert "Kowalski, Łukasz" in signed_in.get("/desk/roll/").content.decode()


# --- letters


def test_a_coordinator_prints_and_downloads_letters(signed_in, school, amina, ben):
    code_for(ben)
    page = signed_in.get("/desk/letters/new/").content.decode()
    assert "2 letters" in page
    assert "11B" in page
    page = signed_in.get("/desk/letters/new/?group=11:11B").content.decode()
    assert "Print 1 letter for 11B?" in page
    assert "Earlier letters stop working" in page
    response = signed_in.post("/desk/letters/new/?group=11:11B")
    letter_run = LetterRun.objects.get()
    assert response.url == reverse("accounts:letter-run", args=[letter_run.reference])
    assert letter_run.job.payload["address"] == "http://testserver/unlock/"

    assert "Waiting to start" in signed_in.get(response.url).content.decode()
    assert signed_in.get(response.url, headers={"HX-Request": "true"}).status_code == 200
    run_job(letter_run.job_id)
    assert signed_in.get(response.url, headers={"HX-Request": "true"}).status_code == 286
    assert "Your letters are ready" in signed_in.get(response.url).content.decode()
    answer = signed_in.post(f"{response.url}fetch/")
    assert (answer["Content-Type"], answer.content[:4], answer["Cache-Control"]) == (
        "application/pdf",
        b"%PDF",
        "no-store, private",
    )
    assert "no longer kept here" in signed_in.get(response.url).content.decode()
    again = signed_in.post(f"{response.url}fetch/", follow=True)
    assert "downloaded already" in again.content.decode()


def test_a_second_click_is_told_on_the_page(signed_in, school, amina):
    signed_in.post("/desk/letters/new/?group=all")
    page = signed_in.post("/desk/letters/new/?group=all")
    assert page.status_code == 200
    assert "being printed now" in page.content.decode()
    assert LetterRun.objects.count() == 1


@pytest.mark.parametrize("group", ["12", "11:none", "x", "", "all' --"])
def test_a_group_that_is_not_on_the_roll_is_asked_for_again(signed_in, school, amina, group):
    page = signed_in.get("/desk/letters/new/", {"group": group})
    assert page.status_code == 200
    assert "Choose" in page.content.decode()
    assert signed_in.post(f"/desk/letters/new/?group={group}").status_code == 200
    assert not LetterRun.objects.exists()


@pytest.mark.parametrize("rows", [1, 5])
def test_the_list_of_letters_takes_the_same_queries_for_one_run_and_five(
    signed_in, school, coordinator, amina, rows, django_assert_num_queries
):
    for _ in range(rows):
        letter_run = actions.request_letters(
            school=school, year_group=None, tutor_group="", address=ADDRESS, by=coordinator
        )
        run_job(letter_run.job_id)
    with django_assert_num_queries(6):
        page = signed_in.get("/desk/letters/")
    assert page.content.decode().count("Ready") == rows


def test_another_coordinator_finds_neither_letters_nor_pdf(client, school, coordinator, amina):
    letter_run = actions.request_letters(
        school=school, year_group=None, tutor_group="", address=ADDRESS, by=coordinator
    )
    run_job(letter_run.job_id)
    client.force_login(StaffRoleFactory(organisation=SchoolFactory(), kind=RoleKind.COORDINATOR).user)
    assert client.get(f"/desk/letters/{letter_run.reference}/").status_code == 404
    assert client.post(f"/desk/letters/{letter_run.reference}/fetch/").status_code == 404
    letter_run.refresh_from_db()
    assert letter_run.pdf is not None


def test_consent_can_be_changed_and_is_asked_of_learners_only(client, coordinator, amina):
    client.force_login(coordinator)
    assert client.get("/my-consent/").status_code == 404
    assert client.get("/welcome/").status_code == 404
    amina.user = UserFactory()
    amina.save()
    client.force_login(amina.user)
    assert "Choose yes or no" in client.post("/my-consent/", {}).content.decode()
    client.post("/my-consent/", {"is_given": "yes"})
    assert "was: yes" in client.get("/my-consent/").content.decode()
    client.post("/my-consent/", {"is_given": "no"})
    assert [consent.is_given for consent in Consent.objects.filter(kind=ConsentKind.ADVICE_SERVICE)] == [False, True]
    assert BORN.isoformat() not in str(Consent.objects.values())


def test_a_coordinator_chooses_what_to_print_and_sees_it_before(signed_in, school, amina, ben):
    LearnerContactFactory(learner=ben, address="2 Park Lane, Northmoor")
    page = signed_in.get(
        "/desk/letters/new/", {"group": "all", "form": "home", "extras": ["en", "pl"]}
    ).content.decode()
    assert "Print 1 letter for everyone?" in page
    assert "Some cannot be posted" in page
    assert "sorted by postcode" in page
    query = f"learner={ben.reference}&group=one&form=card&extras=covers"
    assert "Print 1 card for Ben Okafor?" in signed_in.get(f"/desk/letters/new/?{query}").content.decode()
    signed_in.post(f"/desk/letters/new/?{query}")
    letter_run = LetterRun.objects.get()
    assert (letter_run.learner, letter_run.form, letter_run.has_covers) == (ben, "card", True)
    assert letter_run.job.payload["parents_address"] == "http://testserver/parents/"
    other = LearnerFactory(user=None)
    RollEntryFactory(learner=other, school=SchoolFactory())
    assert signed_in.get(f"/desk/letters/new/?learner={other.reference}").status_code == 404


def test_signing_out_offers_to_forget_the_device_and_the_sign_in_page_says_how(client, person):
    assert 'href="/forget/"' in client.get("/sign-in/").content.decode().split("<main", 1)[1].split("</main", 1)[0]
    client.post("/sign-in/", {"login": "amina.yusuf", "password": PASSWORD})

    answer = client.post("/sign-out/", follow=True)

    assert answer.redirect_chain == [("/signed-out/", 302)]
    main = answer.content.decode().split("<main", 1)[1].split("</main", 1)[0]
    assert "You are signed out." in main
    assert 'method="post" action="/forget/"' in main
