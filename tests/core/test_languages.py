"""Languages: which page is in which, how one is chosen and kept, and that nothing is left in English by mistake."""

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import trans_real

from accounts.models import User
from core import languages
from tests.test_access import ARGS
from tests.world import build_world

OTHERS = [code for code in languages.CODES if code != languages.ENGLISH]


@pytest.fixture
def person(db):
    return User.objects.create_user("amina", password="a long sentence of hers")


def html_tag(response):
    return re.search(r"<html[^>]*>", response.content.decode())[0]


def spoken(response):
    tag = html_tag(response)
    return re.search(r'lang="([^"]+)"', tag)[1], 'dir="rtl"' in tag


# --- which page is in which language


@pytest.mark.django_db
def test_a_page_in_every_language_is_drawn_in_the_one_chosen_on_this_device():
    client = Client()

    answer = client.post("/language/", {"language": "pl", "next": "/unlock/?from=letter"})

    assert (answer.status_code, answer["Location"]) == (302, "/unlock/?from=letter")
    assert client.cookies["language"]["httponly"] is True
    page = client.get("/unlock/")
    assert spoken(page) == ("pl", False)
    assert "<h1>Odblokuj swój profil</h1>" in page.content.decode()
    assert page["Content-Language"] == "pl"
    assert {"Cookie", "Accept-Language"} <= {name.strip() for name in page["Vary"].split(",")}


@pytest.mark.django_db
def test_urdu_runs_from_right_to_left_with_a_stylesheet_of_its_own():
    client = Client()
    client.cookies["language"] = "ur"

    page = client.get("/unlock/")

    assert spoken(page) == ("ur", True)
    assert "build/portal-rtl.css" in page.content.decode()
    assert "build/portal.css" not in page.content.decode()


@pytest.mark.django_db
def test_a_page_only_in_english_stays_english_as_a_whole_and_says_so_in_the_language_chosen():
    client = Client()
    client.cookies["language"] = "ur"

    page = client.get("/areas/")

    assert spoken(page) == ("en-GB", False)
    text = page.content.decode()
    assert languages.LANGUAGES["ur"].stays_english in text
    assert 'lang="ur" dir="rtl"' in text
    assert 'name="language"' not in text


@pytest.mark.django_db
def test_nothing_is_said_of_languages_to_who_has_not_chosen_one():
    page = Client().get("/areas/").content.decode()

    assert not any(languages.LANGUAGES[code].stays_english in page for code in OTHERS)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("header", "path", "expected"),
    [
        ("pl-PL,pl;q=0.9,en;q=0.5", "/privacy/", "pl"),
        ("fr,ur;q=0.8", "/privacy/", "ur"),
        ("en-GB,en;q=0.9,pl;q=0.8", "/privacy/", "en-GB"),
        ("fr", "/privacy/", "en-GB"),
        ("zz-!!;q=x", "/privacy/", "en-GB"),
        ("pl", "/sign-in/", "en-GB"),  # a shared computer of a school: somebody has to choose
        ("pl", "/areas/", "en-GB"),
    ],
)
def test_the_browsers_language_is_used_for_pages_of_information_only(header, path, expected):
    assert spoken(Client().get(path, headers={"Accept-Language": header}))[0] == expected


@pytest.mark.django_db
def test_what_was_chosen_counts_more_than_the_browser():
    client = Client()
    client.cookies["language"] = "en-gb"

    assert spoken(client.get("/privacy/", headers={"Accept-Language": "pl"}))[0] == "en-GB"


@pytest.mark.django_db
@pytest.mark.parametrize("value", ["", "xx", "pl-PL", "../../etc", '"><script>'])
def test_a_spoilt_cookie_is_no_language(value):
    client = Client()
    client.cookies["language"] = value

    assert spoken(client.get("/unlock/")) == ("en-GB", False)


@pytest.mark.django_db
def test_the_next_request_on_the_same_thread_is_english_again():
    client = Client()
    client.cookies["language"] = "pl"
    client.get("/unlock/")

    assert translation.get_language() == "en-gb"
    assert "<h1>Unlock your record</h1>" in Client().get("/unlock/").content.decode()


# --- choosing


@pytest.mark.django_db
@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", ""])
def test_choosing_leads_nowhere_but_back(back):
    answer = Client().post("/language/", {"language": "pl", "next": back})

    assert answer["Location"] == "/language/"


@pytest.mark.django_db
def test_a_language_that_does_not_exist_is_not_kept():
    client = Client()

    client.post("/language/", {"language": "xx", "next": "/unlock/"})

    assert "language" not in client.cookies


@pytest.mark.django_db
def test_choosing_is_protected_against_other_sites():
    assert Client(enforce_csrf_checks=True).post("/language/", {"language": "pl"}).status_code == 403


@pytest.mark.django_db
def test_a_refusal_is_in_the_language_of_its_page():
    client = Client(enforce_csrf_checks=True)
    client.cookies["language"] = "pl"

    page = client.post("/unlock/", {})

    assert page.status_code == 403
    assert "Wyślij formularz jeszcze raz" in page.content.decode()


# --- kept on the account


def test_what_somebody_signed_in_chooses_follows_them_to_another_device(person):
    here, there = Client(), Client()
    here.force_login(person)
    there.force_login(person)
    look = {"theme": "cream", "font": "dyslexic", "size": "130", "spacing": "wide", "motion": "off"}

    here.post("/language/", {"language": "ur", "next": "/display/"})
    here.post("/display/", look)

    person.refresh_from_db()
    assert (person.language, person.display) == ("ur", look)
    page = there.get("/display/")
    assert spoken(page) == ("ur", True)
    assert all(f'data-{name}="{value}"' in html_tag(page) for name, value in look.items())


def test_the_account_counts_more_than_the_device_somebody_else_used(person):
    person.language = "pl"
    person.display = {"theme": "dark"}
    person.save()
    client = Client()
    client.cookies["language"] = "ur"
    client.cookies["display"] = "theme=cream&size=130"
    client.force_login(person)

    page = client.get("/display/")

    assert spoken(page) == ("pl", False)
    assert 'data-theme="dark"' in html_tag(page)
    assert 'data-size="100"' in html_tag(page)


def test_what_was_chosen_before_signing_in_does_not_become_the_accounts(person):
    client = Client()
    client.post("/language/", {"language": "ur", "next": "/"})
    client.post(
        "/display/", {"theme": "dark", "font": "standard", "size": "100", "spacing": "standard", "motion": "off"}
    )

    client.force_login(person)
    client.get("/display/")

    person.refresh_from_db()
    assert (person.language, person.display) == ("", {})


def test_preferences_cost_no_query(person, django_assert_num_queries):
    person.language, person.display = "pl", {"theme": "dark"}
    person.save()
    client = Client()
    client.force_login(person)
    client.get("/privacy/")

    with django_assert_num_queries(3):  # the session, who it is, and the roles the menu asks for, as before
        client.get("/privacy/")


# --- nothing is left in English


@pytest.fixture
def missed(monkeypatch):
    """What was asked for in another language and is not in its catalogue."""
    found = set()
    for name in ("gettext", "pgettext"):
        real = getattr(trans_real, name)

        def asking(*words, real=real):
            code = translation.get_language()
            if code in OTHERS:
                catalogue = trans_real.translation(code)._catalog
                key = words[0] if len(words) == 1 else f"{words[0]}\x04{words[1]}"
                # ":" is what Django puts behind labels.
                if any(letter.isalpha() for letter in key) and key not in catalogue:
                    found.add((code, key))
            return real(*words)

        monkeypatch.setattr(translation._trans, name, asking)
    return found


@pytest.mark.parametrize("code", OTHERS)
def test_a_translated_page_says_nothing_that_is_not_in_the_catalogue(db, code, missed):
    world = build_world()
    names = [page.url_name for page in languages.pages()]
    drawn = set()
    for person in ("anonymous", "learner"):
        client = Client()
        if person != "anonymous":
            client.force_login(world.people[person])
        client.cookies["language"] = code
        for name in names:
            url = reverse(name, args=ARGS.get(name, lambda _world: [])(world))
            for answer in (client.get(url), client.post(url, {})) if name != "core:forget" else (client.get(url),):
                if answer.status_code in {200, 404}:
                    assert spoken(answer)[0] == code
                    drawn.add(name)

    assert missed == set()
    # The others need more than a visit, and have tests of their own.
    assert len(drawn) >= 10


def test_every_language_on_offer_has_a_catalogue_and_a_sentence():
    assert [code for code, _name in settings.LANGUAGES] == list(languages.LANGUAGES)
    assert all(languages.LANGUAGES[code].stays_english for code in OTHERS)
