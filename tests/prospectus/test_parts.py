"""Courses taught together: who is asked and told, and where each part is taught."""

import datetime as dt

import pytest
from django.core import mail

from activity.actions import sweep_outbox
from activity.models import Event
from core import clock
from core.errors import NotAllowed, RuleBroken
from prospectus.actions.consortia import create_consortium, edit_consortium, end_consortium, join_consortium
from prospectus.actions.consortia import leave_consortium as leave
from prospectus.actions.editing import edit_course, share_course
from prospectus.actions.parts import MOST_PARTS, Part, set_parts
from prospectus.models import Course, CoursePart
from tests.factories import RoleKind, SiteFactory, StaffRoleFactory, UserFactory
from tests.look import fits, small_targets
from tests.prospectus.test_health_pages import words

pytestmark = pytest.mark.django_db


def keeper(provider, email):
    return StaffRoleFactory(kind=RoleKind.EDITOR, organisation=provider, user=UserFactory(email=email)).user


@pytest.fixture
def editor(town):
    return keeper(town.northfield, "editor@northfield.example")


@pytest.fixture
def theirs(town):
    return keeper(town.southbank, "editor@southbank.example")


@pytest.fixture
def line(town, editor, theirs):
    line = create_consortium(lead=town.northfield, name="Engineering line", partners=[town.southbank], by=editor)
    share_course(course=town.plumbing, consortium=line, by=editor)
    town.plumbing.refresh_from_db()
    return line


@pytest.fixture
def joined(line, theirs):
    return join_consortium(consortium=line, by=theirs)


def sent():
    sweep_outbox()
    found = [(each.to[0], each.subject.partition(": ")[2]) for each in mail.outbox]
    mail.outbox.clear()
    return found


# --- who is told


def test_a_partner_is_asked_by_e_mail_and_the_lead_hears_the_answer(line, theirs):
    body = (sweep_outbox(), mail.outbox[0].body)[1]

    assert sent() == [("editor@southbank.example", "Northfield College asks you to teach with them")]
    assert "“Engineering line”" in body
    assert "/desk/courses/partners/" in body
    join_consortium(consortium=line, by=theirs)
    assert sent() == [("editor@northfield.example", "Southbank Sixth Form has said yes to the partners you lead")]
    leave(consortium=line, by=theirs)
    assert sent() == [("editor@northfield.example", "Southbank Sixth Form has left the partners you lead")]


def test_a_no_is_told_too_and_who_is_asked_again_is_told_again(line, town, editor, theirs):
    sent()
    leave(consortium=line, by=theirs)
    assert sent() == [("editor@northfield.example", "Southbank Sixth Form has said no to the partners you lead")]

    edit_consortium(consortium=line, name="Engineering line", partners=[town.southbank], by=editor)
    assert sent() == [("editor@southbank.example", "Northfield College asks you to teach with them")]


def test_a_question_that_was_taken_back_is_not_sent(line, town, editor):
    end_consortium(consortium=line, by=editor)

    assert sent() == []


def test_who_keeps_both_is_not_asked(town, editor):
    StaffRoleFactory(kind=RoleKind.EDITOR, organisation=town.southbank, user=editor)
    create_consortium(lead=town.northfield, name="Own line", partners=[town.southbank], by=editor)

    assert sent() == []


def test_who_was_asked_says_no_on_the_page(client, line, theirs):
    client.force_login(theirs)
    path = f"/desk/courses/partners/{line.reference}/leave/"

    assert "Say no" in words(client.get("/desk/courses/partners/"))
    assert "Say no to Engineering line" in words(client.get(path))
    assert "You have said no. The lead is told." in words(client.post(path, follow=True))


# --- the parts


def test_the_parts_are_these_in_this_order_and_no_others(town, joined, editor):
    site = SiteFactory(organisation=town.southbank, name="River Site")
    parts = [Part("Theory", town.northfield, town.near, "Mondays"), Part("Workshop", town.southbank, site)]

    set_parts(course=town.plumbing, parts=parts, by=editor)
    set_parts(course=town.plumbing, parts=parts, by=editor)

    assert [str(part) for part in town.plumbing.parts.all()] == ["Theory", "Workshop"]
    assert [event.facts for event in Event.objects.filter(verb="course.edit", facts__has_key="parts")] == [
        {"provider": town.northfield.pk, "parts": 2}
    ]
    set_parts(course=town.plumbing, parts=parts[1:], by=editor)
    assert list(town.plumbing.parts.values_list("position", "name", "site")) == [(1, "Workshop", site.pk)]


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda town: [Part("Theory", town.eastgate)], "not_a_partner"),
        (lambda town: [Part("Theory", town.northfield, town.far)], "not_its_site"),
        (
            lambda town: [
                Part("Theory", town.northfield, SiteFactory(organisation=town.northfield, ended_on="2026-11-01"))
            ],
            "not_its_site",
        ),
        (lambda town: [Part("Theory", town.northfield)] * (MOST_PARTS + 1), "parts_too_many"),
    ],
)
def test_a_part_is_taught_by_who_teaches_the_course_at_a_site_of_its_own(town, joined, editor, make, code):
    with pytest.raises(RuleBroken) as refused:
        set_parts(course=town.plumbing, parts=make(town), by=editor)

    assert refused.value.code == code
    assert not CoursePart.objects.exists()


def test_who_has_not_said_yes_teaches_no_part(town, line, editor):
    with pytest.raises(RuleBroken) as refused:
        set_parts(course=town.plumbing, parts=[Part("Theory", town.southbank)], by=editor)

    assert refused.value.code == "not_a_partner"


def test_a_course_taught_alone_has_no_parts(town, editor):
    with pytest.raises(RuleBroken) as refused:
        set_parts(course=town.plumbing, parts=[Part("Theory", town.northfield)], by=editor)

    assert refused.value.code == "taught_alone"
    assert set_parts(course=town.plumbing, parts=[], by=editor).parts.count() == 0


def test_only_the_lead_says_where_the_parts_are_taught(town, joined, theirs):
    with pytest.raises(NotAllowed):
        set_parts(course=town.plumbing, parts=[Part("Theory", town.northfield)], by=theirs)


def page_of(client, course):
    return words(client.get(Course.objects.get(pk=course.pk).get_absolute_url()))


def test_learners_see_who_teaches_what_where_and_when(client, town, joined, editor):
    site = SiteFactory(organisation=town.southbank, name="River Site")
    parts = [Part("Theory", town.northfield), Part("Workshop <b>", town.southbank, site, "Tuesdays")]
    set_parts(course=town.plumbing, parts=parts, by=editor)

    said = page_of(client, town.plumbing)

    assert (
        "Where each part is taught Part Who Where When in the week "
        "Theory Northfield College Ask the provider Ask the provider "
        "Workshop &lt;b&gt; Southbank Sixth Form River Site, Northmoor Tuesdays"
    ) in said


def test_who_has_left_is_named_in_no_part(client, town, joined, editor, theirs):
    parts = [Part("Theory", town.northfield), Part("Workshop", town.southbank)]
    set_parts(course=town.plumbing, parts=parts, by=editor)
    assert "Workshop" in page_of(client, town.plumbing)

    leave(consortium=joined, by=theirs)

    said = page_of(client, town.plumbing)
    assert "Theory" in said
    assert "Workshop" not in said


@pytest.mark.parametrize("what", ["join", "edit", "leave"])
def test_who_keeps_a_copy_hears_who_teaches_a_course(client, town, line, editor, theirs, what):
    since = "/api/v1/courses?changed_since=2026-11-19T00:00:00Z"
    assert client.get(since).json()["items"] == []

    with clock.at(dt.date(2026, 11, 19)):
        if what == "edit":
            edit_consortium(consortium=line, name="Engineering", partners=[town.southbank], by=editor)
        else:
            {"join": join_consortium, "leave": leave}[what](consortium=line, by=theirs)

    assert [course["reference"] for course in client.get(since).json()["items"]] == [town.plumbing.reference]


def test_a_course_that_is_taught_alone_again_shows_no_parts(client, town, joined, editor):
    set_parts(course=town.plumbing, parts=[Part("Theory", town.northfield)], by=editor)
    end_consortium(consortium=joined, by=editor)

    assert "Where each part is taught" not in page_of(client, town.plumbing)


# --- the page of the lead


def rows(*parts, total=None):
    data = {"row-INITIAL_FORMS": "0", "row-TOTAL_FORMS": str(total or len(parts))}
    for number, (name, provider, site, days) in enumerate(parts):
        data |= {
            f"row-{number}-{key}": value
            for key, value in zip(("name", "provider", "site", "days"), (name, provider, site, days), strict=True)
        }
    return data


def parts_url(course):
    return f"/desk/courses/{course.reference}/parts/"


def posted(course, *parts, **more):
    course.refresh_from_db()
    return rows(*parts) | {"as_of": course.changed_at.isoformat()} | more


def test_the_lead_writes_them_down_in_rows(client, town, joined, editor):
    client.force_login(editor)
    southbank = town.southbank.reference

    empty = words(client.get(parts_url(town.plumbing)))
    more = client.post(parts_url(town.plumbing), posted(town.plumbing, ("Theory", southbank, "", ""), more="1"))
    unnamed = words(client.post(parts_url(town.plumbing), posted(town.plumbing, ("", southbank, "", "Mondays"))))
    client.post(parts_url(town.plumbing), posted(town.plumbing, ("Theory", southbank, "", "Mondays")))

    assert "Part 1" in empty
    assert "Part 2" in words(more)
    assert "Name the part" in unnamed
    assert list(CoursePart.objects.values_list("name", "provider", "days")) == [
        ("Theory", town.southbank.pk, "Mondays")
    ]
    assert 'value="Theory"' in client.get(parts_url(town.plumbing)).content.decode()


def test_a_site_of_another_partner_is_said_on_the_form(client, town, joined, editor):
    client.force_login(editor)
    answer = posted(town.plumbing, ("Theory", town.southbank.reference, str(town.near.pk), ""))

    assert "is not an open site of Southbank Sixth Form" in words(client.post(parts_url(town.plumbing), answer))


def test_two_people_at_once_are_shown_both(client, town, joined, editor):
    client.force_login(editor)
    answer = posted(town.plumbing, ("Theory", town.southbank.reference, "", ""))
    edit_course(course=town.plumbing, values={"summary": "New words."}, by=editor)

    page = client.post(parts_url(town.plumbing), answer)

    assert page.status_code == 409
    assert "Nothing you typed is lost" in words(page)
    assert not CoursePart.objects.exists()


def test_a_course_taught_alone_leads_to_its_partners(client, town, editor):
    client.force_login(editor)

    assert "You teach this course alone" in words(client.get(parts_url(town.plumbing)))


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_pages_of_parts_break_no_rule_of_access(open_page, axe, town, joined, editor, theirs):
    set_parts(
        course=town.plumbing,
        parts=[Part("Theory", town.northfield, town.near, "Mondays"), Part("Workshop", town.southbank)],
        by=editor,
    )
    town.plumbing.refresh_from_db()
    pages = (
        (parts_url(town.plumbing), editor),
        (town.plumbing.get_absolute_url(), None),
        (f"/desk/courses/partners/{joined.reference}/leave/", theirs),
    )
    for path, user in pages:
        for width in (320, 1200):
            page = open_page(path, width=width, user=user)
            axe(page)
            fits(page)
            if user:
                assert small_targets(page) == [], (path, width)
