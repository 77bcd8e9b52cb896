"""Display preferences, forgetting a device, and the pages that promise things."""

import pytest
from django.test import Client

from core import display

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pattern_library")]

DARK = {"theme": "dark", "font": "dyslexic", "size": "130", "spacing": "wide", "motion": "off"}
STANDARD = {"theme": "standard", "font": "standard", "size": "100", "spacing": "standard", "motion": "standard"}


def html_tag(response):
    return response.content.decode().split("<html", 1)[1].split(">", 1)[0]


def test_a_new_device_gets_the_standard_look(client, rf):
    assert display.read(rf.get("/")) == STANDARD
    assert 'data-theme="standard"' in html_tag(client.get("/display/"))


def test_what_is_chosen_is_kept_on_the_device_and_used_on_every_page(client):
    response = client.post("/display/", DARK, follow=True)
    assert response.redirect_chain == [("/display/", 302)]
    assert "Saved. Pages now look the way you chose." in response.content.decode()
    cookie = client.cookies["display"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", display.COOKIE_SECONDS)
    tag = html_tag(client.get("/parts/"))
    for name, value in DARK.items():
        assert f'data-{name}="{value}"' in tag


@pytest.mark.parametrize("value", ["", "nonsense", "theme=pink&size=130", "{}", 'theme=dark";alert(1)', "&&==" * 400])
def test_a_spoilt_cookie_falls_back_to_the_standard(rf, value):
    rf.cookies["display"] = value
    read = display.read(rf.get("/"))
    assert read["theme"] == "standard"
    assert set(read) == set(STANDARD)


def test_a_choice_that_does_not_exist_is_refused(client):
    response = client.post("/display/", DARK | {"theme": "pink"})
    assert response.status_code == 200
    assert "display" not in client.cookies
    assert "<title>Error: Change how this looks" in response.content.decode()


def test_forget_me_signs_out_and_takes_every_cookie_away(client, django_user_model):
    person = django_user_model.objects.create_user(username="amina", password="a long sentence of hers")
    client.force_login(person)
    client.post("/display/", DARK)
    assert {"sessionid", "display"} <= set(client.cookies)
    response = client.post("/forget/")
    assert response["Location"] == "/forget/done/"
    assert {name for name, cookie in client.cookies.items() if cookie.value} == set()
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert "_auth_user_id" not in client.session
    page = client.get("/forget/done/").content.decode()
    assert "This device has forgotten you" in page
    assert 'data-theme="standard"' in page


@pytest.mark.parametrize("name", ["basket[1]", "a b", "x(y)"])
def test_forget_me_works_beside_cookies_of_other_programs_with_odd_names(name):
    response = Client().post("/forget/", HTTP_COOKIE=f"{name}=1; display=theme=dark")
    assert response["Location"] == "/forget/done/"
    assert not response.cookies["display"].value


def test_forget_me_takes_the_language_away_too(client):
    client.post("/language/", {"language": "ur", "next": "/"})

    client.post("/forget/")

    assert not client.cookies["language"].value
    assert 'lang="en-GB"' in html_tag(client.get("/forget/done/"))


def test_forgetting_needs_the_button_not_only_the_address(client):
    client.cookies["display"] = display.encode(DARK)
    client.get("/forget/")
    assert 'data-theme="dark"' in html_tag(client.get("/parts/"))


def test_forgetting_is_protected_against_other_sites():
    assert Client(enforce_csrf_checks=True).post("/forget/").status_code == 403


@pytest.mark.parametrize("path", ["/accessibility/", "/privacy/", "/display/", "/forget/"])
def test_the_pages_of_the_footer_are_there_for_everybody(client, path):
    response = client.get(path)
    assert response.status_code == 200
    assert response.content.decode().count("<h1") == 1
