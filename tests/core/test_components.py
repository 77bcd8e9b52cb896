"""Components, forms and the frame of a page, as HTML."""

import datetime
import re
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError
from django.test import Client
from django.utils.html import strip_tags

from core import navigation
from core.figures import Bar, bars_of
from core.forms import DateField, PortalForm
from core.layout import Question
from core.navigation import NavItem, links_for
from core.templatetags.forms import error_summary
from tests.core.patterns import EveryField

NAME = " \N{EN DASH} Next Step"


def draw(text, **context):
    return Template(text).render(Context(context))


def words(html):
    return " ".join(strip_tags(html).split())


# --- components


def test_a_journey_goes_to_the_planner_of_the_deployment_with_postcodes_made_safe(settings):
    settings.JOURNEY_URL = "https://planner.example/?from={from}&to={to}"
    page = '{% journey_url to="HX1 1AA" start=start as address %}{{ address }}'
    assert draw(page, start="A&B {to}") == ("https://planner.example/?from=A%26B%20%7Bto%7D&amp;to=HX1%201AA")
    assert draw('{% journey_url to="" as address %}{{ address }}') == ""
    settings.JOURNEY_URL = ""
    assert draw('{% journey_url to="HX1 1AA" as address %}{{ address }}') == ""


def test_a_misspelt_argument_is_an_error_not_an_empty_place():
    with pytest.raises(TemplateSyntaxError, match="color"):
        draw('{% tag text="Sent" color="green" %}')


def test_what_people_wrote_is_escaped_once_in_a_component():
    html = draw("{% card heading=heading %}<p>{{ words }}</p>{% endcard %}", heading="Fish & <b>", words="<script>")
    assert "Fish &amp; &lt;b&gt;" in html
    assert "<p>&lt;script&gt;</p>" in html


def test_an_icon_is_drawn_inline_and_hidden_from_a_screen_reader():
    assert '<svg class="icon" aria-hidden="true" focusable="false"' in draw('{% icon name="search" %}')


def test_every_subject_area_has_an_icon_of_its_own():
    folder = Path(settings.BASE_DIR) / "static" / "icons"
    drawings = [folder / f"subject-{number:02}.svg" for number in range(1, 16)] + [folder / "subject-general.svg"]
    assert len({drawing.read_text() for drawing in drawings}) == 16


@pytest.mark.parametrize("name", ["../../manage.py", "nothing-of-that-name", ""])
def test_an_icon_is_only_ever_one_of_ours(name):
    with pytest.raises((ValueError, FileNotFoundError)):
        draw("{% icon name=name %}", name=name)


def test_pagination_keeps_what_was_searched_for(rf):
    request = rf.get("/courses/?q=art&level=2&level=3&page=2")
    html = draw("{% pagination page=page request=request %}", page=Paginator(range(100), 10).page(2), request=request)
    assert 'href="?q=art&amp;level=2&amp;level=3&amp;page=3" rel="next"' in html
    assert 'aria-label="Page 2" aria-current="page"' in html


def test_a_single_page_has_no_pagination():
    assert draw("{% pagination page=page %}", page=Paginator([1], 10).page(1)).strip() == ""


def test_a_removable_chip_says_what_it_does_and_a_fact_is_no_link():
    html = draw('{% chips %}{% chip text="Level 2" remove_url="/" %}{% chip text="Full time" %}{% endchips %}')
    assert words(html) == "Remove filter: Level 2\N{MULTIPLICATION SIGN} Full time"
    assert html.count("<a ") == 1


def test_a_moment_is_written_for_people_and_for_programs():
    at = datetime.datetime(2026, 7, 1, 13, 30, tzinfo=datetime.UTC)
    html = draw('{% timeline %}{% event at=at by="Priya Shah" %}Sent.{% endevent %}{% endtimeline %}', at=at)
    assert words(html) == "Sent. 1 July 2026, 2:30pm, Priya Shah"
    assert 'datetime="2026-07-01T14:30:00+01:00"' in html


def test_bars_are_measured_against_the_longest():
    assert bars_of([("Art", 50), ("Law", 200, "/law/"), ("Greek", 0)]) == [
        Bar(text="Art", number=50, url="", width=25.0),
        Bar(text="Law", number=200, url="/law/", width=100.0),
        Bar(text="Greek", number=0, url="", width=0.0),
    ]
    assert bars_of([("Greek", 0)])[0].width == 0
    assert bars_of([]) == []


# --- forms


class Born(forms.Form):
    on = DateField(what="date of birth", label="Born", required=False)


@pytest.mark.parametrize(
    ("day", "month", "year", "message", "parts"),
    [
        ("31", "", "2009", "Date of birth must include a month", ["month"]),
        ("", "", "2009", "Date of birth must include a day and a month", ["day", "month"]),
        ("31", "March", "2009", "The month must be in numbers, like 31 3 2009", ["month"]),
        ("²", "3", "2009", "The day must be in numbers, like 31 3 2009", ["day"]),
        ("-1", "3", "2009", "The day must be in numbers, like 31 3 2009", ["day"]),
        ("31", "13", "2009", "The month must be a number from 1 to 12", ["month"]),
        ("31", "3", "09", "The year must have 4 numbers, like 2009", ["year"]),
        ("31", "2", "2009", "Date of birth must be a real date: that month has no day 31", ["day"]),
        ("0", "2", "2009", "Date of birth must be a real date: that month has no day 0", ["day"]),
    ],
)
def test_an_error_in_a_date_says_which_part_is_wrong(day, month, year, message, parts):
    form = Born({"on_day": day, "on_month": month, "on_year": year})
    assert form.errors == {"on": [message]}
    (error,) = form.errors["on"].as_data()
    assert error.params["parts"] == parts
    html = draw("{% error_summary form %}{% field form.on %}", form=form)
    assert f'<a href="#id_on_{["day", "month", "year"].index(parts[0])}">{message}</a>' in html
    assert html.count("govuk-input--error") == len(parts)


def test_a_real_date_is_a_date_and_an_empty_one_is_none_where_it_may_be():
    form = Born({"on_day": " 1 ", "on_month": "03", "on_year": "2009"})
    assert form.is_valid()
    assert form.cleaned_data == {"on": datetime.date(2009, 3, 1)}
    assert Born({}).errors == {}
    assert not Born(
        {"on_day": "1", "on_month": "3", "on_year": "2009"}, initial={"on": form.cleaned_data["on"]}
    ).changed_data


def test_a_date_field_shows_the_date_it_has():
    html = draw("{% field form.on %}", form=Born(initial={"on": datetime.date(2009, 3, 1)}))
    assert [part.split('"')[0] for part in html.split('value="')[1:]] == ["1", "3", "2009"]


def test_the_error_summary_names_every_error_and_links_to_a_control():
    form = EveryField({})
    links = [link for link, _text in error_summary(form)["items"]]
    assert links == [
        "id_name", "id_email", "id_born_on_0", "id_level_0", "id_subjects_0", "id_contact_0", "id_area", "id_cv",
        "id_statement", "id_password", "id_agrees",
    ]  # fmt: skip
    html = draw("{% load crispy_forms_tags %}{% crispy form %}", form=form)
    assert [link for link in links if f'id="{link}"' not in html] == []


def test_a_broken_rule_stands_in_the_summary_without_a_link():
    form = Born({})
    form.add_error(None, "This course is closed.")
    assert "<li>This course is closed.</li>" in draw("{% error_summary form %}", form=form)


def test_there_is_no_summary_before_anything_was_sent():
    assert draw("{% error_summary form nothing %}", form=EveryField(), nothing=None).strip() == ""


def test_a_form_is_drawn_in_the_order_of_its_layout_with_its_button(rf):
    class Two(PortalForm):
        submit, submit_colour, cancel_url = "Withdraw", "warning", "/back/"
        layout = [Question("b", label_hidden=True), "a"]
        a = forms.CharField(label="First")
        b = forms.CharField(label="Second")
        c = forms.CharField(widget=forms.HiddenInput, initial="kept")

    html = draw("{% load crispy_forms_tags %}{% crispy form %}", form=Two())
    assert html.index("Second") < html.index("First")
    assert 'type="hidden" name="c" value="kept"' in html
    assert 'class="govuk-button govuk-button--warning"' in html
    assert '<a class="govuk-link" href="/back/">Cancel</a>' in html
    assert "novalidate" in html


def test_drawing_a_form_leaves_nothing_behind_in_its_class():
    for _time in range(2):
        draw("{% load crispy_forms_tags %}{% crispy form %}", form=EveryField())
    assert all(not hasattr(part, "bound_fields") for part in EveryField.layout)


def test_an_option_that_a_question_does_not_know_is_an_error():
    with pytest.raises(TypeError, match="sise"):
        Question("a", sise="l")
    with pytest.raises(TemplateSyntaxError, match="sise"):
        draw('{% field form.on sise="l" %}', form=Born())


# --- the menu and the frame


@pytest.fixture
def menu(pattern_library):
    """The pattern library's menu, as (text, is it current) for an address."""

    def at(rf, path, name):
        request = rf.get(path)
        request.resolver_match = type("Match", (), {"view_name": name})()
        return [(link.text, link.is_current) for link in links_for(request, AnonymousUser())]

    return at


def test_the_menu_marks_where_one_is(rf, menu):
    navigation.register(NavItem(text="Only mine", url_name="upload", shows=lambda user: user.is_authenticated))
    navigation.register(NavItem(text="Not in this urlconf", url_name="nowhere:at-all"))
    assert menu(rf, "/search/", "search") == [
        ("Home", False),
        ("Find a course", True),
        ("Your application", False),
        ("Parts", False),
        ("Desk", False),
    ]
    assert ("Desk", True) in menu(rf, "/desk/deeper/", "something-else")
    assert not any(current for _text, current in menu(rf, "/elsewhere/", "other"))


def test_the_menu_of_somebody_signed_in_has_their_items(rf, pattern_library, django_user_model):
    navigation.register(
        NavItem(text="Only mine", url_name="upload", shows=lambda user: user.is_authenticated, order=99)
    )
    links = links_for(rf.get("/"), django_user_model(username="amina"))
    assert links[-1].text == "Only mine"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "status", "heading"),
    [
        ("/no-such-page/", 404, "We cannot find this page"),
        ("/refusal/stale/", 409, "This has changed since you opened it"),
        ("/refusal/often/", 429, "Too many tries"),
    ],
)
def test_a_refusal_is_a_kind_page(client, pattern_library, path, status, heading):
    response = client.get(path)
    assert response.status_code == status
    html = response.content.decode()
    assert f"<h1>{heading}</h1>" in html
    assert f"<title>{heading}{NAME}</title>" in html
    assert 'href="/"' in html


@pytest.mark.django_db
def test_too_many_tries_says_when_to_come_back(client, pattern_library):
    response = client.get("/refusal/often/")
    assert response["Retry-After"] == "900"
    assert "You can try again in 15 minutes." in response.content.decode()


@pytest.mark.django_db
def test_a_form_from_elsewhere_gets_a_page_that_says_what_to_do(pattern_library):
    response = Client(enforce_csrf_checks=True).post("/form/")
    assert response.status_code == 403
    assert "Please send the form again" in response.content.decode()


def test_the_page_for_our_own_faults_needs_nothing_that_may_be_broken(client, pattern_library, monkeypatch):
    """No database mark: a query would fail this test."""
    monkeypatch.setattr("tests.core.patterns.HomeView.get_context_data", None)
    client.raise_request_exception = False
    source = (Path(settings.BASE_DIR) / "templates" / "500.html").read_text()
    assert "{" not in source
    response = client.get("/")
    assert response.status_code == 500
    assert "Sorry, there is a problem" in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/parts/", "/desk/", "/search/", "/form/", "/upload/", "/poll/", "/display/"])
def test_no_page_has_code_or_style_inside(client, pattern_library, path):
    html = client.get(path).content.decode()
    assert " style=" not in html
    assert "<style" not in html
    assert " onclick=" not in html
    assert [part for part in html.split("<script")[1:] if "src=" not in part.split(">", 1)[0]] == []


@pytest.mark.django_db
def test_a_page_with_errors_says_so_in_its_title(client, pattern_library):
    assert f"<title>Your application{NAME}</title>" in client.get("/form/").content.decode()
    assert f"<title>Error: Your application{NAME}</title>" in client.post("/form/").content.decode()


def test_the_stylesheet_has_no_crown_and_no_gds_transport():
    built = Path(settings.BASE_DIR) / "static" / "build" / "portal.css"
    if not built.exists():
        pytest.fail("static/build/portal.css is missing: run ./portal test, or ./portal setup")
    css = built.read_text().lower()
    assert [name for name in ("gds transport", "crown", "crest", "/assets/", "@use", "@import") if name in css] == []
    assert [
        address for address in re.findall(r"url\(([^)]*)\)", css) if not address.startswith(('"fonts/', "fonts/"))
    ] == []
