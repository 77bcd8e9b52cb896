"""The pages on which a provider's editors keep its courses."""

import re

import pytest
from django.urls import reverse

from accounts.queries import home_of
from activity.actions import run_job
from activity.models import Job
from prospectus.actions import refresh_search
from prospectus.actions.consortia import create_consortium, join_consortium
from prospectus.actions.editing import edit_course
from prospectus.actions.rollover import roll_over
from prospectus.actions.runs import edit_run
from prospectus.models import Consortium, Course, CourseRun
from prospectus.views import rollover
from providers.models import RoleKind, Site
from tests.factories import CourseFactory, CourseRunFactory, ProviderFactory, SiteFactory, StaffRoleFactory

pytestmark = pytest.mark.django_db

TEXTS = dict.fromkeys(("what_you_do", "how_assessed", "entry_requirements"), "<p>Words.</p>")


@pytest.fixture(autouse=True)
def _reference(reference):
    """Subjects, levels and types to choose from."""


@pytest.fixture
def northfield():
    return ProviderFactory(name="Northfield College")


@pytest.fixture
def editor(northfield):
    return StaffRoleFactory(kind=RoleKind.EDITOR, organisation=northfield).user


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


def test_an_editor_lands_on_the_courses_and_an_area_coordinator_on_the_health_of_providers(editor):
    coordinator = StaffRoleFactory(kind=RoleKind.HELP_DESK).user
    assert (home_of(editor), home_of(coordinator)) == ("/desk/courses/", reverse("prospectus:health-area"))


def test_a_course_shows_the_way_to_the_desk_to_those_who_keep_it(client, editor, northfield):
    course = CourseRunFactory(course=CourseFactory(provider=northfield)).course
    other = CourseRunFactory(course=CourseFactory(provider=ProviderFactory())).course
    way = f'<a href="/desk/courses/{course.reference}/">Change this course</a>'

    assert way not in client.get(course.get_absolute_url()).content.decode()
    client.force_login(editor)
    assert way in client.get(course.get_absolute_url()).content.decode()
    assert "Change this course" not in client.get(other.get_absolute_url()).content.decode()


def words(response):
    inner = re.sub(r"(?s)<script.*?</script>|<style.*?</style>|<[^>]+>", " ", response.content.decode())
    return " ".join(inner.split())


def url(name, *args):
    return reverse(f"prospectus:{name}", args=args)


def whole(form_page, **changes):
    """What a browser would send back: the form of the page as it stands, with these changes."""
    form = form_page.context["form"]
    sent = {}
    for name, field in form.fields.items():
        value = form[name].value()
        if hasattr(field.widget, "decompress"):
            parts = value if isinstance(value, list) else field.widget.decompress(value)
            sent |= {
                f"{name}{part}": typed or "" for part, typed in zip(field.widget.widgets_names, parts, strict=True)
            }
        elif value not in (None, False):
            sent[name] = value
    return sent | changes


# --- the list


def listed(page):
    return re.findall(r'<th scope="row"><a href="/desk/courses/[A-Z0-9]+/">(.*?)</a>', page.content.decode())


def test_the_list_shows_ones_own_courses_by_state_and_nobody_elses(desk, northfield):
    CourseFactory(provider=northfield, title="Plumbing", provider_reference="P-1")
    CourseFactory(provider=northfield, title="Heating", state="draft")
    CourseFactory(provider=northfield, title="Drains", state="withdrawn")
    CourseFactory(provider=ProviderFactory(), title="Plumbing elsewhere")

    page = desk.get(url("desk-courses"))

    assert listed(page) == ["Drains", "Heating", "Plumbing"]
    assert "All (3) Draft (1) Published (1) Withdrawn (1)" in words(page)
    assert listed(desk.get(url("desk-courses"), {"state": "draft"})) == ["Heating"]
    assert listed(desk.get(url("desk-courses"), {"search": "p-1"})) == ["Plumbing"]
    nothing = desk.get(url("desk-courses"), {"search": "zzz"})
    assert "Nothing found" in words(nothing)


def test_the_list_finds_courses_without_a_date_to_come_and_with_a_draft_date(desk, northfield):
    CourseFactory(provider=northfield, title="Never")
    CourseRunFactory(course=CourseFactory(provider=northfield, title="Soon"))
    CourseRunFactory(course=CourseFactory(provider=northfield, title="Waiting"), state="draft")

    assert listed(desk.get(url("desk-courses"), {"dates": "none"})) == ["Never", "Waiting"]
    page = desk.get(url("desk-courses"), {"dates": "draft"})
    assert listed(page) == ["Waiting"]
    assert [(course.dates_to_come, course.draft_dates) for course in page.context["courses"]] == [(0, 1)]


def test_an_empty_list_says_what_to_do(desk):
    assert "No courses yet" in words(desk.get(url("desk-courses")))


def test_who_keeps_two_providers_chooses_between_them(desk, editor, northfield):
    southbank = StaffRoleFactory(
        user=editor, kind=RoleKind.MANAGER, organisation=ProviderFactory(name="Southbank")
    ).organisation
    CourseFactory(provider=northfield, title="Plumbing")
    CourseFactory(provider=southbank, title="Biology")
    assert listed(desk.get(url("desk-courses"), {"provider": southbank.reference})) == ["Biology"]
    assert "For which provider?" in words(desk.get(url("course-create")))


@pytest.mark.parametrize("number", [1, 5])
def test_the_list_asks_the_database_the_same_number_of_times(desk, northfield, django_assert_num_queries, number):
    for _ in range(number):
        CourseRunFactory(course=CourseFactory(provider=northfield))
    with django_assert_num_queries(7):
        desk.get(url("desk-courses"))


@pytest.mark.parametrize("number", [1, 5])
def test_a_course_asks_the_database_the_same_number_of_times(desk, northfield, django_assert_num_queries, number):
    course = CourseFactory(provider=northfield, **TEXTS)
    for _ in range(number):
        CourseRunFactory(course=course)
    with django_assert_num_queries(6):
        desk.get(url("desk-course", course.reference))


@pytest.mark.parametrize("number", [1, 5])
def test_partners_ask_the_database_the_same_number_of_times(
    desk, editor, northfield, django_assert_num_queries, number
):
    for at in range(number):
        create_consortium(lead=northfield, name=f"Line {at}", partners=[ProviderFactory()], by=editor)
    with django_assert_num_queries(7):
        desk.get(url("consortia"))


@pytest.mark.parametrize("number", [1, 5])
def test_rolling_over_asks_the_database_the_same_number_of_times(
    desk, editor, northfield, django_assert_num_queries, number
):
    for _ in range(number):
        CourseRunFactory(course=CourseFactory(provider=northfield))
    roll_over(provider=northfield, entry_year=2027, by=editor)
    with django_assert_num_queries(10):
        desk.get(url("roll-over"))


# --- a course, from the first word to everybody


def test_a_course_is_written_in_short_parts_told_what_is_missing_and_published(desk, client, northfield):
    SiteFactory(organisation=northfield)
    page = desk.post(
        url("course-create"),
        {"provider": northfield.reference, "title": "Plumbing", "kind": "course", "stage": "post_16"},
        follow=True,
    )
    course = Course.objects.get()
    assert page.request["PATH_INFO"] == url("course-edit", course.reference, "qualification")

    page = desk.get(url("course-publish", course.reference))
    links = re.findall(r'<li><a href="([^"]+)">([^<]+)</a>', page.content.decode())
    assert links == [
        (f"/desk/courses/{course.reference}/edit/qualification/?to=publish#id_subject", "Choose a subject."),
        (f"/desk/courses/{course.reference}/edit/qualification/?to=publish#id_levels_0", "Choose a level."),
        (f"/desk/courses/{course.reference}/edit/learning/?to=publish#id_what_you_do", "Say what learners do."),
        (
            f"/desk/courses/{course.reference}/edit/learning/?to=publish#id_how_assessed",
            "Say how learners are assessed.",
        ),
        (
            f"/desk/courses/{course.reference}/edit/entry/?to=publish#id_entry_requirements",
            "Say what learners need to get in. If nothing is needed, say that.",
        ),
        (f"/desk/courses/{course.reference}/dates/new/?to=publish#id_starts_on_0", "Add at least one date and place."),
    ]  # fmt: skip
    for address, _sentence in links:
        path, anchor = address.split("#")
        assert f'id="{anchor}"' in desk.get(path).content.decode()

    for section, answers in {
        "qualification": {"subject": "05.2", "levels": ["2"]},
        "learning": {"what_you_do": "You fit pipes.\n\n- baths\n- boilers", "how_assessed": "A test."},
        "entry": {"entry_requirements": "Nothing but to like it."},
    }.items():
        address = url("course-edit", course.reference, section)
        saved = desk.post(f"{address}?to=publish", whole(desk.get(address), **answers))
        assert saved.headers["Location"] == url("course-publish", course.reference)
    new = url("run-create", course.reference)
    site = Site.objects.get()
    saved = desk.post(
        f"{new}?to=publish",
        whole(
            desk.get(new), starts_on_day="6", starts_on_month="9", starts_on_year="2027", site=site.reference,
            study_mode="full_time", cost_pence="120.50", places="12",
        ),
    )  # fmt: skip
    assert saved.headers["Location"] == url("course-publish", course.reference)
    run = CourseRun.objects.get()
    assert (run.cost_pence, run.places, run.state, run.site) == (12050, 12, "draft", site)

    page = desk.get(url("course-publish", course.reference))
    assert "Nothing is missing" in words(page)
    page = desk.post(url("course-publish", course.reference), follow=True)
    assert "Published. Everybody can find it now." in words(page)
    course.refresh_from_db()
    assert course.what_you_do == "<p>You fit pipes.</p><ul><li>baths</li><li>boilers</li></ul>"
    client.logout()
    assert "Plumbing" in words(client.get("/courses/", {"q": "plumbing"}))


def test_a_publish_page_left_open_says_what_is_missing_now(desk, editor, northfield):
    course = CourseFactory(provider=northfield, state="draft", **TEXTS)
    CourseRunFactory(course=course, state="draft")
    edit_course(course=course, values={"how_assessed": ""}, by=editor)
    page = desk.post(url("course-publish", course.reference), follow=True)
    assert "1 thing to put right" in words(page)
    assert Course.objects.get().state == "draft"


def test_words_nobody_touched_stay_exactly_as_the_feed_brought_them(desk, northfield):
    odd = "<p>See <em>this</em></p><ul><li>one<ul><li>inner</li></ul></li></ul>"
    course = CourseFactory(provider=northfield, **TEXTS | {"what_you_do": odd})
    CourseRunFactory(course=course)
    address = url("course-edit", course.reference, "learning")
    sent = whole(desk.get(address), leads_to="Work.")
    sent["what_you_do"] = sent["what_you_do"].replace("\n", "\r\n")  # as browsers send it
    assert desk.post(address, sent).status_code == 302
    course.refresh_from_db()
    assert (course.what_you_do, course.leads_to) == (odd, "<p>Work.</p>")


def test_what_everybody_sees_may_not_lose_a_box_and_the_box_says_so(desk, northfield):
    course = CourseFactory(provider=northfield, **TEXTS)
    CourseRunFactory(course=course)
    address = url("course-edit", course.reference, "learning")
    page = desk.post(address, whole(desk.get(address), how_assessed=""))
    assert page.context["form"].errors == {"how_assessed": ["Say how learners are assessed."]}
    assert 'href="#id_how_assessed"' in page.content.decode()


@pytest.mark.parametrize(
    ("section", "answers", "error"),
    [
        ("finding", {"website": "not a site"}, "This is not a web address."),
        ("qualification", {"levels": ["9"]}, "Select a valid choice"),
        ("qualification", {"subject": "99.9"}, "Select a valid choice"),
        ("basics", {"kind": "x"}, "Select a valid choice"),
        ("basics", {"title": "x" * 256}, "at most 255 characters"),
        ("basics", {"as_of": "yesterday"}, "Open this page again"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_saved(desk, northfield, section, answers, error):
    course = CourseFactory(provider=northfield, **TEXTS)
    address = url("course-edit", course.reference, section)
    page = desk.post(address, whole(desk.get(address), **answers))
    assert page.status_code == 200
    assert error in words(page)
    assert Course.objects.get().changed_at == course.changed_at


def test_of_two_editors_the_second_sees_both_and_decides(desk, editor, northfield):
    course = CourseFactory(provider=northfield, title="Plumbing", state="draft")
    address = url("course-edit", course.reference, "basics")
    opened = desk.get(address)
    edit_course(course=course, values={"title": "Heating"}, by=editor)

    page = desk.post(address, whole(opened, title="Drains", summary="Typed at length."))

    assert page.status_code == 409
    assert "Somebody else saved this while you had it open" in words(page)
    assert "Title Heating Drains" in words(page)
    assert "Typed at length." in page.content.decode()
    assert Course.objects.get().title == "Heating"
    assert desk.post(address, whole(page)).status_code == 302
    assert (Course.objects.get().title, Course.objects.get().summary) == ("Drains", "Typed at length.")


def test_an_odd_section_and_somebody_elses_course_are_not_there(desk, northfield):
    assert desk.get(url("course-edit", CourseFactory(provider=northfield).reference, "nonsense")).status_code == 404
    elsewhere = CourseFactory(provider=ProviderFactory())
    for name in ("desk-course", "course-publish", "course-withdraw", "course-requirements", "course-share"):
        assert desk.get(url(name, elsewhere.reference)).status_code == 404


def test_pages_of_a_course_that_moved_on_say_so(desk, northfield):
    course = CourseFactory(provider=northfield, state="withdrawn")
    for name in ("course-publish", "course-withdraw", "course-requirements", "course-share", "run-create"):
        assert desk.get(url(name, course.reference)).status_code == 409
    assert desk.get(url("course-edit", course.reference, "basics")).status_code == 409
    assert desk.get(url("course-bring-back", CourseFactory(provider=northfield).reference)).status_code == 409


def test_a_course_is_withdrawn_and_brought_back(desk, northfield):
    course = CourseFactory(provider=northfield)
    refresh_search()
    page = desk.post(url("course-withdraw", course.reference), follow=True)
    assert "Withdrawn. Nobody finds it any more." in words(page)
    assert "Bring back" in words(page)
    page = desk.post(url("course-bring-back", course.reference), follow=True)
    assert "It is a draft again." in words(page)


# --- entry requirements, row by row


def rows(*given, as_of, total=None):
    sent = {"as_of": as_of.isoformat(), "row-TOTAL_FORMS": total or len(given), "row-INITIAL_FORMS": "0"}
    for at, row in enumerate(given):
        defaults = {"how_many": "1", "is_essential": "yes", "qualification_type": "", "level": "", "grade": ""}
        sent |= {f"row-{at}-{name}": value for name, value in (defaults | row).items()}
    return sent


GCSE = {"how_many": "5", "qualification_type": "gcse", "grade": "4"}
MATHS = {"qualification_type": "gcse", "grade": "4", "subject_words": "maths"}


@pytest.fixture
def course(northfield):
    return CourseFactory(provider=northfield, state="draft")


def test_requirements_are_given_in_rows_and_empty_rows_are_none(desk, course):
    address = url("course-requirements", course.reference)
    saved = desk.post(address, rows(GCSE, MATHS, {}, as_of=course.changed_at))
    assert saved.headers["Location"] == url("course-edit", course.reference, "finding")
    assert [str(row) for row in course.requirements.all()] == [
        "5 GCSEs at grade 4 or above", "GCSE maths at grade 4 or above",
    ]  # fmt: skip
    page = desk.get(address)
    assert [form.initial.get("subject_words") for form in page.context["form"].rows] == ["", "maths", None]


def test_a_row_is_taken_out_and_one_more_is_a_button_away(desk, course):
    address = url("course-requirements", course.reference)
    page = desk.post(address, rows(GCSE, as_of=course.changed_at) | {"more": "1"})
    assert len(page.context["form"].rows.forms) == 2
    assert page.context["form"].rows.forms[0]["grade"].value() == "4"
    assert course.requirements.count() == 0
    desk.post(address, rows(GCSE | {"DELETE": "on"}, MATHS, as_of=course.changed_at))
    assert [row.subject_words for row in course.requirements.all()] == ["maths"]


def test_held_rows_are_changed_and_taken_out(desk, course):
    address = url("course-requirements", course.reference)
    desk.post(address, rows(GCSE, MATHS, as_of=course.changed_at))
    course.refresh_from_db()
    sent = rows(GCSE | {"DELETE": "on"}, MATHS, {}, as_of=course.changed_at) | {"row-INITIAL_FORMS": "2"}
    assert desk.post(address, sent).status_code == 302
    assert [row.subject_words for row in course.requirements.all()] == ["maths"]


def test_a_row_that_asks_for_nothing_says_so(desk, course):
    page = desk.post(url("course-requirements", course.reference), rows({"how_many": "3"}, as_of=course.changed_at))
    assert page.status_code == 200
    assert "Say what is needed" in words(page)
    assert 'href="#id_row-0-qualification_type"' in page.content.decode()


def test_rows_typed_while_somebody_else_saved_are_kept(desk, editor, course):
    as_of = course.changed_at
    edit_course(course=course, values={"title": "Heating"}, by=editor)
    page = desk.post(url("course-requirements", course.reference), rows(GCSE, as_of=as_of))
    assert page.status_code == 409
    assert page.context["form"].rows.forms[0]["grade"].value() == "4"
    assert course.requirements.count() == 0


@pytest.mark.parametrize("total", ["", "x", "999999", "-1"])
def test_a_form_somebody_tampered_with_breaks_nothing(desk, course, total):
    address = url("course-requirements", course.reference)
    for extra in ({}, {"more": "1"}):
        sent = rows(GCSE, as_of=course.changed_at) | {"row-TOTAL_FORMS": total} | extra
        assert desk.post(address, sent).status_code in (200, 302)


# --- dates


def test_a_date_keeps_what_it_lacks_in_sight_and_is_published_when_it_is_right(desk, northfield):
    course = CourseFactory(provider=northfield, **TEXTS)
    CourseRunFactory(course=course)
    new = url("run-create", course.reference)
    page = desk.post(new, whole(desk.get(new)), follow=True)
    assert "Saved as a draft. Before it is published: Give a start date" in words(page)
    assert "No start yet" in words(page)
    run = CourseRun.objects.get(state="draft")

    page = desk.get(url("run-publish", run.reference))
    assert f"/desk/courses/dates/{run.reference}/#id_study_mode" in page.content.decode()
    address = url("run-edit", run.reference)
    desk.post(address, whole(desk.get(address), is_flexible_start="on", delivery="online", study_mode="part_time"))
    assert "Everybody sees it" in words(desk.get(url("run-publish", run.reference)))
    desk.post(url("run-publish", run.reference))
    run.refresh_from_db()
    assert run.state == "published"

    page = desk.post(url("run-end", run.reference), follow=True)
    assert "Taken out." in words(page)
    stale = desk.get(address)
    assert stale.status_code == 409
    assert f'<a href="/desk/courses/{course.reference}/">See how it stands now' in stale.content.decode()


def test_taking_out_the_only_date_to_come_is_warned_of_and_then_said(desk, northfield):
    course = CourseFactory(provider=northfield, **TEXTS)
    first, last = CourseRunFactory(course=course), CourseRunFactory(course=course)
    CourseRunFactory(course=course, state="draft")
    warning = "It is the only date to come"

    assert warning not in words(desk.get(url("run-end", first.reference)))
    desk.post(url("run-end", first.reference))
    assert warning in words(desk.get(url("run-end", last.reference)))
    page = desk.post(url("run-end", last.reference), follow=True)

    assert "Everybody sees this course, and something is missing: Add at least one date and place." in words(page)


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ({"cost_pence": "a lot"}, "This is not one amount."),
        ({"places": "many"}, "This is not a whole number."),
        ({"starts_on_day": "31", "starts_on_month": "2", "starts_on_year": "2027"}, "that month has no day 31"),
        ({"ends_on_day": "1", "ends_on_month": "1", "ends_on_year": "2020"}, "The end is before the start."),
        ({"site": "elsewhere"}, "Select a valid choice"),
    ],
)
def test_what_a_date_cannot_be_is_said(desk, northfield, answers, error):
    run = CourseRunFactory(course=CourseFactory(provider=northfield))
    address = url("run-edit", run.reference)
    page = desk.post(address, whole(desk.get(address), **answers))
    assert page.status_code == 200
    assert error in words(page)


def test_a_date_somebody_else_saved_shows_both(desk, editor, northfield):
    run = CourseRunFactory(course=CourseFactory(provider=northfield), duration_text="1 year")
    address = url("run-edit", run.reference)
    opened = desk.get(address)
    edit_run(run=run, values={"duration_text": "2 years", "places": 5}, by=editor)

    page = desk.post(address, whole(opened, duration_text="3 years"))

    assert page.status_code == 409
    assert "How long it takes 2 years 3 years" in words(page)
    assert "Places 5 20" in words(page)
    assert "Start" not in [label for label, _saved, _typed in page.context["differences"]]
    assert desk.post(address, whole(page)).status_code == 302
    run.refresh_from_db()
    assert run.duration_text == "3 years"


def test_a_new_site_is_there_to_be_chosen(desk, northfield, course):
    address = url("site-create", northfield.reference) + f"?course={course.reference}"
    bad = desk.post(address, {"name": "Beacon House", "town": "Northmoor", "postcode": "nowhere"})
    assert "Write a whole postcode" in words(bad)
    saved = desk.post(address, {"name": "Beacon House", "town": "Northmoor", "postcode": "zn1 1aa"})
    assert saved.headers["Location"] == url("run-create", course.reference)
    site = Site.objects.get()
    assert (site.postcode, site.latitude, site.is_exact) == ("ZN1 1AA", 53.0, False)
    again = desk.post(address, {"name": "beacon house", "town": "Northmoor", "postcode": "ZN1 1AA"})
    assert "there already" in words(again)
    assert "Beacon House, Northmoor, ZN1 1AA" in words(desk.get(url("run-create", course.reference)))


@pytest.mark.parametrize("back", ["?course=//evil.example", "?run=%0d%0a", "?course="])
def test_after_a_site_one_goes_nowhere_else(desk, northfield, back):
    address = url("site-create", northfield.reference) + back
    saved = desk.post(address, {"name": "Beacon House", "town": "Northmoor", "postcode": "ZN1 1AA"})
    assert saved.headers["Location"] == url("desk-courses")


# --- partners


def test_partners_are_named_joined_to_a_course_changed_and_parted(desk, northfield, course):
    southbank, eastgate = (ProviderFactory(name=name) for name in ("Southbank Sixth Form", "Eastgate Training"))
    address = url("consortium-create")
    desk.post(address, {"lead": northfield.reference, "name": "Line", "partners": [southbank.reference]})
    line = Consortium.objects.get()
    taken = desk.post(address, {"lead": northfield.reference, "name": "Line", "partners": [southbank.reference]})
    assert "Choose another name." in words(taken)

    share = url("course-share", course.reference)
    desk.post(share, whole(desk.get(share), consortium=line.reference))
    course.refresh_from_db()
    assert course.consortium == line
    near = SiteFactory(organisation=southbank, name="Hill Site")
    assert "Hill Site" not in words(desk.get(url("run-create", course.reference)))
    join_consortium(consortium=line, by=StaffRoleFactory(kind=RoleKind.EDITOR, organisation=southbank).user)
    assert "Hill Site" in words(desk.get(url("run-create", course.reference)))
    assert near.reference in desk.get(url("run-create", course.reference)).content.decode()

    change = url("consortium-edit", line.reference)
    desk.post(change, whole(desk.get(change), partners=[eastgate.reference]))
    page = desk.get(url("consortia"))
    assert "Eastgate Training has not said yes yet" in words(page)
    assert "Southbank" not in words(page)
    page = desk.post(url("consortium-end", line.reference), follow=True)
    assert "Ended 18 November 2026" in words(page)


def test_a_partner_sees_the_partners_and_leaves_them_to_the_lead(client, northfield, editor):
    southbank = ProviderFactory(name="Southbank Sixth Form")
    line = create_consortium(lead=northfield, name="Line", partners=[southbank], by=editor)
    client.force_login(StaffRoleFactory(kind=RoleKind.EDITOR, organisation=southbank).user)
    assert "Ask Northfield College" in words(client.get(url("consortia")))
    assert client.get(url("consortium-edit", line.reference)).status_code == 403
    assert "Say yes to Line" in words(client.get(url("consortia")))
    page = client.post(url("consortium-join", line.reference), follow=True)
    assert "You teach together." in words(page)
    assert "Southbank Sixth Form since 18 Nov 2026 , Leave" in words(page)
    assert client.get(url("consortium-join", line.reference)).status_code == 409
    page = client.post(url("consortium-leave", line.reference), follow=True)
    assert "You have left." in words(page)
    assert "No partners yet" in words(page)
    assert client.get(url("consortium-edit", line.reference)).status_code == 404
    client.force_login(StaffRoleFactory(kind=RoleKind.EDITOR, organisation=ProviderFactory()).user)
    assert client.get(url("consortium-edit", line.reference)).status_code == 404


# --- rolling a year over


def test_a_year_is_counted_copied_looked_at_and_published(desk, northfield):
    CourseRunFactory(course=CourseFactory(provider=northfield, title="Plumbing"))
    CourseRunFactory(course=CourseFactory(provider=northfield, title="Heating"), study_mode="unknown")
    page = desk.get(url("roll-over"))
    assert "2 will be copied" in words(page)

    page = desk.post(url("roll-over"), {"provider": northfield.reference, "year": "2027"}, follow=True)
    assert "2 dates are copied to next year." in words(page)
    assert "0 will be copied 2 copied before" in words(page)
    assert "Mon 4 Sep 2028" in words(page)
    assert "Choose full time, part time or another way to study." in words(page)
    page = desk.post(url("runs-publish", northfield.reference), follow=True)
    assert "1 date is published." in words(page)
    assert "Copies that wait for you (1)" in words(page)


def test_a_large_year_is_copied_by_a_worker_with_a_page_that_tells(desk, northfield, monkeypatch):
    monkeypatch.setattr(rollover, "MOST_IN_A_REQUEST", 1)
    for _ in range(2):
        CourseRunFactory(course=CourseFactory(provider=northfield))
    answer = desk.post(url("roll-over"), {"provider": northfield.reference, "year": "2027"})
    job = Job.objects.get()
    assert answer.headers["Location"] == url("roll-over-job", job.reference)
    assert "You can close this page" in words(desk.get(answer.headers["Location"]))
    run_job(job.pk)
    assert desk.get(answer.headers["Location"], headers={"HX-Request": "true"}).status_code == 286
    assert "2 dates of the year from August 2027 are there as drafts." in words(desk.get(answer.headers["Location"]))


@pytest.mark.parametrize("asked", [{"year": "x"}, {"year": "1999"}, {"provider": "NOBODY"}, {}])
def test_an_odd_question_to_roll_over_still_gives_a_page(desk, northfield, asked):
    assert desk.get(url("roll-over"), asked).status_code == 200
    assert desk.post(url("roll-over"), asked).status_code == 302
    assert CourseRun.objects.count() == 0


def test_somebody_elses_copying_is_not_there(desk):
    other = StaffRoleFactory(kind=RoleKind.EDITOR, organisation=ProviderFactory())
    from prospectus.actions.rollover import request_roll_over

    job = request_roll_over(provider=other.organisation, entry_year=2026, by=other.user)
    assert desk.get(url("roll-over-job", job.reference)).status_code == 404
