"""A list on paper held against what is here: what is said about every line, and that nothing is changed."""

import csv
import datetime as dt
import io

import pytest
from django.urls import reverse

from core.errors import RuleBroken
from prospectus.imports.paper import NAME
from prospectus.models import Course, CourseRun, PaperLine
from prospectus.queries.paper import OnPaper, bare, hold_against
from providers.actions import read_now
from providers.models import RoleKind, Upload
from tests.factories import OrganisationFactory, ProviderFactory, StaffRoleFactory
from tests.prospectus.reading import words

HEADINGS = ("Course title", "Level", "Site", "Starts on")


def paper(tmp_path, *rows, headings=HEADINGS, name="list.csv"):
    text = io.StringIO()
    csv.writer(text).writerows([headings, *rows])
    path = tmp_path / name
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def compared(town, path, provider=None):
    upload = read_now(kind=NAME, organisation=provider or town.northfield, path=path)
    return upload, [(line.row, line.verdict, line.title) for line in upload.paper_lines.order_by("position")]


@pytest.fixture
def editor(town):
    return StaffRoleFactory(kind=RoleKind.EDITOR, organisation=town.northfield).user


def test_every_line_is_said_to_be_the_same_different_or_missing(town, tmp_path):
    upload, lines = compared(
        town,
        paper(
            tmp_path,
            ["PLUMBING", "Level 2", "Hill Site", "6/9/2027"],
            ["Plumbing (Level 2)", "2", "Dock Site", "January 2027"],
            ["Motor vehicle maintenence", "1", "Hill Site", "September 2027"],
            ["Horse riding", "Level 1", "Hill Site", "6/9/2027"],
        ),
    )

    assert lines == [
        (2, "same", "PLUMBING"),
        (3, "differs", "Plumbing (Level 2)"),
        (4, "perhaps", "Motor vehicle maintenence"),
        (5, "only_paper", "Horse riding"),
    ]
    assert upload.counts | {"issues": 0} == {
        "lines": 4, "same": 1, "differs": 1, "perhaps": 1, "only_paper": 1, "only_here": 0, "issues": 0,
    }  # fmt: skip
    assert upload.paper_lines.get(row=3).pairs == [
        ["Title", "Plumbing (Level 2)", "Plumbing Level 2", False],
        ["Level", "2", "Level 2", False],
        ["Site", "Dock Site", "Hill Site, Northmoor", True],
        ["Start", "January 2027", "11 January 2027", False],
    ]
    assert upload.paper_lines.get(row=4).course == town.cars


def test_what_is_here_and_not_on_paper_comes_last(town, tmp_path):
    upload, lines = compared(town, paper(tmp_path, ["Plumbing", "2", "", "6/9/2027"]))

    assert lines == [
        (2, "same", "Plumbing"),
        (0, "only_here", "Motor Vehicle Maintenance"),
        (0, "only_here", "Plumbing Level 2"),
    ]
    starts = upload.paper_lines.get(title="Plumbing Level 2").pairs
    assert starts == [["Start", "", "11 January 2027, Hill Site, Northmoor", True]]


def test_a_list_that_says_no_starts_is_not_told_of_them(town, tmp_path):
    _upload, lines = compared(town, paper(tmp_path, ["Plumbing", "2"], headings=("Course title", "Level")))

    assert lines == [(2, "same", "Plumbing"), (0, "only_here", "Motor Vehicle Maintenance")]


def test_nothing_is_changed(town, tmp_path):
    before = list(Course.objects.order_by("pk").values()), list(CourseRun.objects.order_by("pk").values())

    compared(town, paper(tmp_path, ["Plumbing", "3", "Elsewhere", "1/2/2028"], ["Riding", "1", "", ""]))

    assert (list(Course.objects.order_by("pk").values()), list(CourseRun.objects.order_by("pk").values())) == before


def test_a_code_is_surer_than_a_title(town):
    Course.objects.filter(pk=town.cars.pk).update(provider_reference="MV1")

    (held, *_rest) = hold_against(town.northfield, [OnPaper(row=2, title="Plumbing Level 2", code="mv1")])

    assert (held.course, held.verdict) == (town.cars.pk, "differs")
    assert held.pairs == [["Title", "Plumbing Level 2", "Motor Vehicle Maintenance", True]]


def test_one_title_at_another_level_is_a_difference_and_two_are_told_apart(town):
    higher = town.course("Bricklaying Level 3", "05.2", "3", town.southbank)
    lines = [
        OnPaper(row=2, title="Bricklaying", levels=["2"], level_words="Level 2"),
        OnPaper(row=3, title="Mathematics GCSE", levels=["1", "2"], level_words="1/2"),
    ]
    first, second, *_rest = hold_against(town.southbank, lines)
    assert (first.course, first.verdict, first.pairs[1]) == (
        higher.pk, "differs", ["Level", "Level 2", "Level 3", True]
    )  # fmt: skip
    assert second.verdict == "same"

    lower = town.course("Bricklaying Level 2", "05.2", "2", town.southbank)
    first, *_rest = hold_against(town.southbank, lines)
    assert (first.course, first.verdict) == (lower.pk, "same")


def test_two_lines_of_a_course_are_held_to_two_starts(town):
    start = dt.date(2027, 9, 6)
    lines = [
        OnPaper(row=2, title="Plumbing Level 2", starts_on=start),
        OnPaper(row=3, title="Plumbing Level 2", starts_on=dt.date(2027, 2, 1)),
    ]

    first, second, *_cars = hold_against(town.northfield, lines)

    assert (first.verdict, second.verdict) == ("same", "differs")
    assert second.pairs[1] == ["Start", "1 February 2027", "11 January 2027", True]


def test_money_and_mode_are_compared_where_the_list_says_them(town):
    CourseRun.objects.filter(course=town.cars).update(cost_pence=12_000)
    line = OnPaper(
        row=2, title="Motor Vehicle Maintenance", cost_pence=0, study_mode="part_time", study_words="Evening"
    )

    held, *_rest = hold_against(town.northfield, [line])

    assert held.pairs[1:] == [["Full or part time", "Evening", "Full time", True], ["Cost", "Free", "£120", True]]


def test_drafts_and_courses_of_others_are_not_here(town):
    held = list(
        hold_against(town.northfield, [OnPaper(row=2, title="Hairdressing"), OnPaper(row=3, title="Secret Plumbing")])
    )

    assert [(one.verdict, one.title) for one in held[:2]] == [
        ("only_paper", "Hairdressing"), ("perhaps", "Secret Plumbing"),
    ]  # fmt: skip
    assert {one.course for one in held} <= {None, town.plumbing.pk, town.cars.pk}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Plumbing Level 2", "PLUMBING"),
        ("Health & Social Care (L3)", "Health and Social Care"),
        ("Maths: levels 1-2", "maths"),
        ("Cook’s Diploma, Entry Level", "Cooks diploma"),
    ],
)
def test_two_ways_of_writing_a_title(one, other):
    assert bare(one) == bare(other)


def test_a_list_without_titles_and_an_empty_one_are_refused_with_a_sentence(town, tmp_path):
    for rows, headings, sentence in (
        ([["2", "Hill Site", "1/9/2027"]], ("Level", "Venue name", "Starts on"), "which column holds the titles"),
        ([], HEADINGS, "no course on this list"),
        ([["", "2", "Hill Site", ""]], HEADINGS, "no course on this list"),
    ):
        with pytest.raises(RuleBroken, match=sentence) as refused:
            read_now(kind=NAME, organisation=town.northfield, path=paper(tmp_path, *rows, headings=headings))
        assert refused.value.code == "file_refused"
    assert not PaperLine.objects.exists()


def test_a_feed_is_no_list(town, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("<catalog/>")

    with pytest.raises(RuleBroken, match="This is a feed"):
        read_now(kind=NAME, organisation=town.northfield, path=path)


def test_too_long_a_list_is_refused(town, tmp_path, monkeypatch):
    monkeypatch.setattr("prospectus.imports.paper.MOST_LINES", 1)

    with pytest.raises(RuleBroken, match="more than 1 courses"):
        read_now(kind=NAME, organisation=town.northfield, path=paper(tmp_path, ["A", "", "", ""], ["B", "", "", ""]))


def test_near_titles_are_looked_for_among_what_no_line_names(town, monkeypatch):
    lines = [OnPaper(row=2, title="Motor Vehicle Maintenance"), OnPaper(row=3, title="Motor Vehicle Maintenence")]
    assert [one.verdict for one in hold_against(town.northfield, lines)][:2] == ["same", "only_paper"]
    monkeypatch.setattr("prospectus.queries.paper.MOST_NEAR", 0)
    assert next(hold_against(town.northfield, lines[1:])).verdict == "only_paper"


# The page


def page_of(client, upload, query=""):
    response = client.get(reverse("prospectus:paper-list", args=[upload.reference]) + query)
    assert response.status_code == 200
    return words(response)


def test_the_page_shows_both_side_by_side(town, tmp_path, client, editor):
    upload, _lines = compared(
        town, paper(tmp_path, ["Plumbing", "3", "Hill Site", "6/9/2027"], ["<b>Riding", "", "", ""])
    )
    client.force_login(editor)

    text = page_of(client, upload)

    assert "Everything (4) Different here (1) Only on paper (1) Only here (2)" in text
    assert "Plumbing Row 2 Different here Title: Plumbing Level: 3 Site: Hill Site Start: 6 September 2027" in text
    assert "Motor" not in page_of(client, upload, "?verdict=differs")
    assert "<b>Riding" not in client.get(reverse("prospectus:paper-list", args=[upload.reference])).content.decode()
    assert "Everything (4)" in page_of(client, upload, "?verdict=nonsense&page=99")


def test_only_those_who_may_compare_see_it(town, tmp_path, client):
    upload, _lines = compared(town, paper(tmp_path, ["Plumbing", "2", "", ""]))
    desk = OrganisationFactory(name="Help desk", kind="authority", area=town.northmoor)
    for kind, organisation, status in (
        (RoleKind.EDITOR, town.southbank, 404),
        (RoleKind.ADMISSIONS, town.northfield, 404),
        (RoleKind.MANAGER, town.northfield, 200),
        (RoleKind.HELP_DESK, desk, 200),
        (RoleKind.HELP_DESK, OrganisationFactory(kind="authority", area=town.eastvale), 404),
        (RoleKind.OFFICER, desk, 404),
    ):
        client.force_login(StaffRoleFactory(kind=kind, organisation=organisation).user)
        assert client.get(reverse("prospectus:paper-list", args=[upload.reference])).status_code == status, kind


def test_an_upload_of_courses_has_no_such_page(town, client, editor):
    other = Upload.objects.create(
        kind="courses",
        organisation=town.northfield,
        file_name="a",
        file_size=1,
        file_sha256="0" * 64,
        state="published",
    )
    client.force_login(editor)
    assert client.get(reverse("prospectus:paper-list", args=[other.reference])).status_code == 404


@pytest.mark.parametrize("many", [1, 5])
def test_the_page_asks_as_often_for_many_lines(town, tmp_path, client, editor, django_assert_num_queries, many):
    upload, _lines = compared(town, paper(tmp_path, *(["Plumbing", "3", "", ""] for _ in range(many))))
    client.force_login(editor)
    with django_assert_num_queries(6):
        page_of(client, upload)


def test_the_help_desk_hands_a_list_over_for_a_provider_and_comes_to_the_comparison(
    town, client, tmp_path, django_capture_on_commit_callbacks
):
    for number in range(12):
        ProviderFactory(name=f"Provider {number}", area=town.northmoor)
    desk = OrganisationFactory(name="Help desk", kind="authority", area=town.northmoor)
    client.force_login(StaffRoleFactory(kind=RoleKind.HELP_DESK, organisation=desk).user)
    address = reverse("providers:upload-new", args=[NAME])
    assert "Upload a paper list" in words(client.get("/desk/uploads/"))
    assert "Northfield College" in words(client.get(address))
    assert "Eastgate" not in words(client.get(address))

    with paper(tmp_path, ["Plumbing", "2", "", ""]).open("rb") as file:
        client.post(address, {"organisation": town.northfield.reference, "file": file})

    upload = Upload.objects.get(kind=NAME)
    assert (upload.organisation, upload.state) == (town.northfield, "received")
    assert "Up to 20 MB" in words(client.get(address))


def test_a_list_that_differs_is_not_called_in_need_of_no_look(town, client, tmp_path):
    upload, _lines = compared(town, paper(tmp_path, ["Riding", "1", "", ""]))
    client.force_login(StaffRoleFactory(organisation=town.northfield, kind=RoleKind.EDITOR).user)

    page = words(client.get(reverse("providers:upload", args=[upload.reference])))

    assert "Compared, nothing changed Every row could be read." in page
    assert "Nothing in it needs a look" not in page
