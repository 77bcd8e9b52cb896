import datetime as dt
import re

import pytest
from django.conf import settings
from django.test import Client

from core.errors import RuleBroken
from prospectus import middleware
from prospectus.actions import keeping, refresh_search
from prospectus.actions.interest import flush_counts
from prospectus.models import Course, CourseInterest, ShortlistItem
from prospectus.queries.shortlist import courses_kept, shortlist_of
from tests.factories import CourseFactory, LearnerFactory, RoleKind, StaffRoleFactory, UserFactory
from tests.races import at_once

KEEP, REMOVE, SHORTLIST = "/shortlist/keep/", "/shortlist/remove/", "/shortlist/"
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/150.0"}


def words(response):
    inner = re.sub(r"(?s)<script.*?</script>|<[^>]+>", " ", response.content.decode())
    return " ".join(inner.split())


def keep(client, *courses, **headers):
    for course in courses:
        response = client.post(KEEP, {"course": course.reference}, headers=headers)
    return response


def kept_by(user):
    return [item.course.title for item in shortlist_of(user)]


# --- without an account


def test_a_visitor_keeps_two_courses_in_a_cookie_that_holds_nothing_else(town, client):
    keep(client, town.plumbing, town.hair)

    cookie = client.cookies["shortlist"]
    assert cookie.value.split(":")[0] == f"{town.plumbing.reference}.{town.hair.reference}"
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 90 * 24 * 3600)
    assert settings.SESSION_COOKIE_NAME not in client.cookies
    page = client.get(SHORTLIST)
    assert "Plumbing Level 2" in words(page)
    assert "Hairdressing" in words(page)
    assert "Shortlist (2)" in words(page)


def test_keeping_goes_back_to_the_page_where_the_button_was(town, client):
    came_from = "http://testserver/courses/?q=plumbing&level=2"

    response = keep(client, town.plumbing, Referer=came_from)

    assert response.status_code == 303
    assert response["Location"] == f"/courses/?q=plumbing&level=2#kept-{town.plumbing.reference}"


@pytest.mark.parametrize("came_from", ["https://elsewhere.example/", "javascript:alert(1)", "//else.example/x", ""])
def test_keeping_never_sends_anybody_elsewhere(town, client, came_from):
    assert keep(client, town.plumbing, Referer=came_from)["Location"] == SHORTLIST


def test_a_course_kept_twice_is_kept_once(town, client):
    keep(client, town.plumbing, town.plumbing)

    assert client.cookies["shortlist"].value.split(":")[0] == town.plumbing.reference


def test_thirty_fit_and_the_next_is_refused_in_a_sentence(town, client):
    courses = [CourseFactory(provider=town.northfield) for _ in range(31)]
    keep(client, *courses[:30])

    page = client.get(SHORTLIST, follow=True)
    refused = client.post(KEEP, {"course": courses[30].reference}, follow=True)

    assert "You are keeping 30 courses." in words(page)
    assert "Take one off your shortlist first" in words(refused)
    assert len(client.cookies["shortlist"].value.split(":")[0].split(".")) == 30


def test_taking_the_last_one_off_takes_the_cookie_away_and_can_be_undone(town, client):
    keep(client, town.plumbing)

    removed = client.post(REMOVE, {"course": town.plumbing.reference}, follow=True)

    assert client.cookies["shortlist"].value == ""
    assert "Taken off your shortlist Plumbing Level 2" in words(removed)
    assert "Nothing here yet" in words(removed)
    keep(client, town.plumbing)
    assert "Taken off" not in words(client.get(SHORTLIST))


@pytest.mark.parametrize("value", ["", "nonsense", "ABC.DEF:1:forged", "\0"])
def test_a_cookie_that_is_not_ours_is_an_empty_shortlist(town, client, value):
    client.cookies["shortlist"] = value

    assert "Nothing here yet" in words(client.get(SHORTLIST))


def test_a_draft_cannot_be_kept(town, client):
    response = keep(client, town.draft)

    assert response["Location"] == SHORTLIST
    assert "shortlist" not in client.cookies


def test_forget_me_forgets_the_shortlist_too(town, client):
    keep(client, town.plumbing)

    client.post("/forget/")

    assert client.cookies["shortlist"].value == ""
    assert "Nothing here yet" in words(client.get(SHORTLIST))


def test_nobody_learns_what_a_draft_is_called_by_taking_it_off(town, client):
    for reference in (town.draft.reference, "NOTHING"):
        answer = client.post(REMOVE, {"course": reference}, headers={"HX-Request": "true"})
        assert answer["Location"] == SHORTLIST

    keep(client, town.plumbing)
    Course.objects.filter(pk=town.plumbing.pk).update(state="draft", title="Not yet announced")
    taken_off = client.post(REMOVE, {"course": town.plumbing.reference}, headers={"HX-Request": "true"})
    assert taken_off.status_code == 200
    assert "Not yet announced" not in taken_off.content.decode()
    assert client.cookies["shortlist"].value == ""


def test_going_back_never_leads_to_another_site(town, client):
    response = keep(client, town.plumbing, Referer="http://testserver//elsewhere.example/?a=b")

    assert response["Location"] == f"/elsewhere.example/?a=b#kept-{town.plumbing.reference}"


# --- who may press the button


def strict():
    return Client(enforce_csrf_checks=True)


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://testserver"}])
def test_a_page_of_ours_needs_no_token(town, headers):
    client = strict()

    keep(client, town.plumbing, **headers)

    assert "shortlist" in client.cookies


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none", "Origin": "http://testserver"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
    ],
)
def test_another_site_only_gets_the_question_whether_to_keep_it(town, headers):
    client = strict()

    response = keep(client, town.plumbing, **headers)

    assert response["Location"] == f"{KEEP}?course={town.plumbing.reference}"
    assert "shortlist" not in client.cookies
    removed = client.post(REMOVE, {"course": town.plumbing.reference}, headers=headers)
    assert removed["Location"] == f"{SHORTLIST}#kept-{town.plumbing.reference}"


def test_the_question_is_answered_with_a_token(town):
    client = strict()
    page = client.get(KEEP, {"course": town.plumbing.reference})
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())[1]

    client.post(KEEP, {"course": town.plumbing.reference, "csrfmiddlewaretoken": token})

    assert "shortlist" in client.cookies


# --- with an account


def test_signing_in_takes_over_what_the_device_kept_and_the_cookie_goes(town, client):
    amina = LearnerFactory().user
    keeping.keep_course(course=town.hair, by=amina)
    keep(client, town.plumbing, town.hair)
    client.force_login(amina)

    page = client.get("/courses/")

    assert kept_by(amina) == ["Hairdressing", "Plumbing Level 2"]
    assert client.cookies["shortlist"].value == ""
    assert "Shortlist (2)" in words(page)


def test_nothing_is_lost_when_two_full_shortlists_meet(town, client, monkeypatch):
    monkeypatch.setattr(keeping, "MOST_KEPT_SIGNED_IN", 1)
    amina = LearnerFactory().user
    keeping.keep_course(course=town.hair, by=amina)

    assert keeping.take_over_shortlist(references=[town.plumbing.reference, "GONE"], by=amina) == 2
    with pytest.raises(RuleBroken) as refusal:
        keeping.keep_course(course=town.cars, by=amina)
    assert refusal.value.code == "shortlist_is_full"
    assert not keeping.keep_course(course=town.hair, by=amina)


def test_somebody_elses_shortlist_and_notes_stay_their_own(town, client):
    amina, ben = LearnerFactory().user, LearnerFactory().user
    keeping.keep_course(course=town.hair, by=amina, note="Ask Mum")
    client.force_login(ben)

    assert "Hairdressing" not in words(client.get(SHORTLIST))
    assert client.get(f"/shortlist/note/{town.hair.reference}/").status_code == 404
    assert client.post(f"/shortlist/note/{town.hair.reference}/", {"note": "mine"}).status_code == 404
    assert keeping.stop_keeping(course=town.hair, by=ben) is None
    assert ShortlistItem.objects.get(user=amina).note == "Ask Mum"


def test_a_note_is_written_shown_and_comes_back_with_an_undo(town, client):
    amina = LearnerFactory().user
    client.force_login(amina)
    keep(client, town.hair)
    client.post(f"/shortlist/note/{town.hair.reference}/", {"note": "Ask <b>Mum</b>"})
    assert "Your note: Ask &lt;b&gt;Mum&lt;/b&gt;" in words(client.get(SHORTLIST))

    client.post(REMOVE, {"course": town.hair.reference})
    assert kept_by(amina) == []
    keep(client, town.hair)

    assert ShortlistItem.objects.get(user=amina).note == "Ask <b>Mum</b>"


@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_keep_the_last_course_that_fits_do_not_both_win(monkeypatch):
    monkeypatch.setattr(keeping, "MOST_KEPT_SIGNED_IN", 1)
    amina, courses = UserFactory(), [CourseFactory() for _ in range(2)]

    results = at_once(*[lambda course=course: keeping.keep_course(course=course, by=amina) for course in courses])

    assert sorted(str(type(result).__name__) for result in results) == ["RuleBroken", "bool"]
    assert len(kept_by(amina)) == 1


# --- what has become of it


def test_a_course_that_is_gone_says_so_and_offers_similar_ones(town, client):
    keep(client, town.plumbing)
    Course.objects.filter(pk=town.plumbing.pk).update(state="withdrawn")
    refresh_search()

    page = words(client.get(SHORTLIST))

    assert "Plumbing Level 2" in page
    assert "This course is no longer in the prospectus" in page
    assert "Plumbing and Heating , Eastgate Training" in page


def test_a_course_that_is_a_draft_again_does_not_show_its_new_title(town, client):
    keep(client, town.plumbing)
    Course.objects.filter(pk=town.plumbing.pk).update(state="draft", title="Secret new title")

    page = words(client.get(SHORTLIST))

    assert "Secret new title" not in page
    assert "A course Northfield College" in page


@pytest.mark.parametrize("number", [1, 5])
def test_the_shortlist_takes_the_same_questions_however_long(town, client, django_assert_num_queries, number):
    keep(client, *[town.plumbing, town.hair, town.cars, town.maths, town.animals][:number])

    with django_assert_num_queries(3):
        client.get(SHORTLIST)


@pytest.mark.parametrize("number", [1, 5])
def test_however_many_are_gone_the_questions_are_the_same(town, django_assert_num_queries, number):
    courses = [town.plumbing, town.hair, town.cars, town.maths, town.animals][:number]
    Course.objects.filter(pk__in=[course.pk for course in courses]).update(state="withdrawn")
    refresh_search()

    with django_assert_num_queries(4):
        kept = courses_kept([course.reference for course in courses])

    assert len(kept) == number


# --- pages that are kept for all


def test_a_page_of_results_is_the_same_for_every_visitor_until_one_keeps_something(town, client):
    before = client.get("/courses/")
    keep(client, town.plumbing)
    after = client.get("/courses/")

    assert before["Cache-Control"] == "public, max-age=60"
    assert "csrf" not in before.content.decode()
    assert not before.cookies
    assert "public" not in after.get("Cache-Control", "")
    assert "On your shortlist" in words(after)
    assert client.get(SHORTLIST)["Cache-Control"] == "no-store, private"


def test_a_press_with_scripts_gets_the_button_and_the_menu(town, client):
    response = keep(client, town.plumbing, **{"HX-Request": "true"})

    assert f'id="kept-{town.plumbing.reference}" hx-swap-oob="true"' in response.content.decode()
    assert "Shortlist (1)" in words(response)
    assert "shortlist" in response.cookies
    taken_off = client.post(REMOVE, {"course": town.plumbing.reference}, headers={"HX-Request": "true"})
    assert "Keep this course" in words(taken_off)
    assert taken_off.cookies["shortlist"].value == ""


def test_a_draft_has_no_button_on_its_page(town, client):
    assert "Keep this course" in words(client.get(town.plumbing.get_absolute_url()))
    editor = UserFactory()
    StaffRoleFactory(user=editor, organisation=town.northfield, kind=RoleKind.EDITOR)
    client.force_login(editor)
    assert "Keep this course" not in words(client.get(town.draft.get_absolute_url()))


# --- counting


@pytest.mark.django_db(transaction=True)
def test_keeping_is_counted_once_and_not_for_robots(town):
    person, robot = Client(headers=BROWSER), Client(headers={"User-Agent": "ExampleBot/1.0"})

    keep(person, town.plumbing, town.plumbing)
    keep(robot, town.plumbing)
    flush_counts()

    assert list(CourseInterest.objects.values_list("course", "kind", "times")) == [(town.plumbing.pk, "shortlist", 1)]


def test_the_cookie_is_read_for_ninety_days(town, client, school_day):
    keep(client, town.plumbing)
    value = client.cookies["shortlist"].value

    school_day.shift(dt.timedelta(days=middleware.DAYS_KEPT, seconds=5))
    late = Client()
    late.cookies["shortlist"] = value

    assert "Nothing here yet" in words(late.get(SHORTLIST))
