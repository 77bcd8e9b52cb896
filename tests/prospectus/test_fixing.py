"""What is wrong in a spreadsheet is corrected on a page, or in the file as it came with what is wrong in each row."""

import csv
import datetime as dt
import io
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.http import urlencode
from python_calamine import CalamineWorkbook

from activity.actions import run_job
from activity.models import Event, Job
from core.errors import NotAllowed, RuleBroken, StaleState
from prospectus.actions.consortia import create_consortium, join_consortium
from prospectus.models import Course, CourseRun
from providers.actions import (
    RowChanged,
    abandon_upload,
    check_again,
    confirm_upload,
    fix_rows,
    fixing,
    receive_upload,
    undo_upload,
)
from providers.models import Upload, UploadFix
from providers.queries import undo_plan
from providers.queries.fixing import rows_to_fix
from providers.querysets import UploadQuerySet
from providers.tables import marked
from tests.factories import ProviderFactory, SiteFactory, StaffRoleFactory
from tests.prospectus.sheets import docx, ods, text, xlsx
from tests.prospectus.test_tables import SECTIONED
from tests.races import at_once

pytestmark = pytest.mark.django_db

HEADINGS = ["Course code", "Course title", "Level", "Starts on", "Cost"]
PLUMBING = ["C1", "Plumbing", "Level 2", "31/02/2027", "1200"]
COOKING = ["C2", "Cooking", "Level 3", "07/09/2027", "free"]
DRAMA = ["C3", "", "Level 1", "08/09/2027", ""]
ROWS = [HEADINGS, PLUMBING, COOKING, DRAMA]


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def college(reference):
    return ProviderFactory(name="Northfield College")


@pytest.fixture
def editor(college):
    return StaffRoleFactory(organisation=college, kind="editor").user


def after_its_job(upload):
    run_job(upload.job_id)
    return Upload.objects.get(pk=upload.pk)


@pytest.fixture
def hand_over(college, editor):
    def hand_over(content=None, name="ours.csv", **rest):
        content = text(ROWS) if content is None else content
        file = SimpleUploadedFile(name, content)
        given = {"kind": "courses", "organisation": college, "by": editor} | rest
        return after_its_job(receive_upload(file=file, file_name=name, **given))

    return hand_over


def seen(upload, row):
    return rows_to_fix(upload, upload.rows.filter(row=row))[0].digest


def fix(upload, row, cells, by):
    upload = Upload.objects.get(pk=upload.pk)
    return fix_rows(upload=upload, cells={row: cells}, seen={row: seen(upload, row)}, by=by)


def wrong(upload):
    return [(issue.row, issue.column) for issue in upload.issues.exclude(severity="notice")]


def test_rows_with_something_wrong_are_kept_with_their_cells(hand_over):
    upload = hand_over()
    assert (upload.state, upload.headings, upload.bad_rows) == ("checked", HEADINGS, 2)
    assert [(each.row, each.cells) for each in upload.rows.all()] == [(2, PLUMBING), (4, DRAMA)]
    first, second = rows_to_fix(upload, upload.rows.all())
    assert [(cell.heading, cell.text) for cell in first.bad] == [("Starts on", "31/02/2027")]
    assert [(cell.heading, cell.text) for cell in second.bad] == [("Course title", "")]
    assert [cell.heading for cell in first.others] == ["Course code", "Course title", "Level", "Cost"]


@pytest.mark.parametrize(
    ("make", "name"),
    [(text, "ours.csv"), (xlsx, "ours.xlsx"), (ods, "ours.ods"), (docx, "ours.docx")],
)
def test_what_is_corrected_is_checked_again_and_published_and_the_file_stays(hand_over, editor, make, name):
    upload = hand_over(make(ROWS), name)
    before = upload.file_sha256
    assert fix(upload, 2, {3: "06/09/2027"}, editor) == 1
    assert fix(upload, 4, {1: "Drama", 4: " £20 "}, editor) == 2
    upload.refresh_from_db()
    assert (upload.fixes_to_check, {row for row, _column in wrong(upload)}) == (3, {2, 4})

    checked = after_its_job(check_again(upload=Upload.objects.get(pk=upload.pk), by=editor))

    assert (checked.state, checked.fixes_to_check, wrong(checked), checked.rows.count()) == ("checked", 0, [], 0)
    published = after_its_job(confirm_upload(upload=checked, seen=checked.digest, by=editor))
    assert (published.state, published.file_sha256) == ("published", before)
    assert set(CourseRun.objects.values_list("course__title", "starts_on", "cost_pence")) == {
        ("Plumbing", dt.date(2027, 9, 6), 120_000),
        ("Cooking", dt.date(2027, 9, 7), 0),
        ("Drama", dt.date(2027, 9, 8), 2000),
    }
    assert [(each.row, each.column, each.value, each.by) for each in upload.fixes.all()] == [
        (2, 3, "06/09/2027", editor), (4, 1, "Drama", editor), (4, 4, "£20", editor),
    ]  # fmt: skip
    assert [event.verb for event in Event.objects.filter(subject=f"providers.upload:{upload.pk}").order_by("pk")] == [
        "upload.receive", "upload.check", "upload.fix", "upload.fix", "upload.check_again", "upload.check",
        "upload.confirm", "courses.publish", "upload.publish",
    ]  # fmt: skip


def test_a_corrected_cell_no_longer_looks_wrong(hand_over, editor, client):
    upload = hand_over()
    client.force_login(editor)
    address = reverse("providers:upload-fix", args=[upload.reference])
    wrong_cell = '<div class="govuk-form-group govuk-form-group--error">'
    assert client.get(address).content.decode().count(wrong_cell) == 2

    fix(upload, 2, {3: "06/09/2027"}, editor)

    page = client.get(address).content.decode()
    assert page.count(wrong_cell) == 1
    assert "Said before it was corrected: There is no such day." in page


def test_what_was_corrected_and_published_can_be_undone(hand_over, editor):
    upload = hand_over()
    fix(upload, 4, {1: "Drama"}, editor)
    checked = after_its_job(check_again(upload=Upload.objects.get(pk=upload.pk), by=editor))
    published = after_its_job(confirm_upload(upload=checked, seen=checked.digest, by=editor))
    undone = after_its_job(undo_upload(upload=published, seen=undo_plan(published).digest, by=editor))
    assert (undone.state, set(Course.objects.values_list("state", flat=True))) == ("undone", {"withdrawn"})


def test_corrections_are_checked_against_the_world_as_it_is_when_they_are_published(hand_over, editor, college):
    upload = hand_over()
    fix(upload, 4, {1: "Drama"}, editor)
    checked = after_its_job(check_again(upload=Upload.objects.get(pk=upload.pk), by=editor))
    Course.objects.create(provider=college, provider_reference="C3", title="Drama by hand", state="published")
    again = after_its_job(confirm_upload(upload=checked, seen=checked.digest, by=editor))
    assert (again.state, again.confirmed_at) == ("checked", None)
    assert again.note.startswith("Something has changed since this file was checked")
    assert after_its_job(confirm_upload(upload=again, seen=again.digest, by=editor)).state == "published"
    assert Course.objects.get(provider_reference="C3").title == "Drama"


def test_nothing_is_published_whose_corrections_have_not_been_checked(hand_over, editor):
    upload = hand_over()
    fix(upload, 2, {3: "06/09/2027"}, editor)
    with pytest.raises(RuleBroken) as refusal:
        confirm_upload(upload=Upload.objects.get(pk=upload.pk), seen=upload.digest, by=editor)
    assert refusal.value.code == "upload_not_checked"


def test_the_same_words_again_change_nothing(hand_over, editor):
    upload = hand_over()
    assert fix(upload, 2, dict(enumerate(PLUMBING)), editor) == 0
    assert (UploadFix.objects.count(), Event.objects.filter(verb="upload.fix").count()) == (0, 0)


def test_a_cell_can_be_corrected_back(hand_over, editor):
    upload = hand_over()
    fix(upload, 2, {1: "Pipes"}, editor)
    fix(upload, 2, {1: "Plumbing"}, editor)
    assert rows_to_fix(upload, upload.rows.filter(row=2))[0].cells == PLUMBING


@pytest.mark.parametrize("row", [1, 3, 9])
def test_a_row_with_nothing_wrong_is_not_corrected_here(hand_over, editor, row):
    with pytest.raises(RuleBroken) as refusal:
        fix_rows(upload=hand_over(), cells={2: {1: "x"}, row: {1: "x"}}, seen={}, by=editor)
    assert refusal.value.code == "row_unknown"


def test_places_without_a_heading_are_ignored_and_a_cell_has_an_end(hand_over, editor):
    upload = hand_over()
    assert fix(upload, 2, {-1: "x", 99: "x"}, editor) == 0
    with pytest.raises(RuleBroken) as refusal:
        fix(upload, 2, {1: "x" * 32_768}, editor)
    assert refusal.value.code == "cell_too_long"


def test_only_somebody_who_keeps_the_courses_may(hand_over):
    upload = hand_over()
    stranger = StaffRoleFactory(organisation=ProviderFactory(), kind="editor").user
    with pytest.raises(NotAllowed):
        fix(upload, 2, {1: "x"}, stranger)
    with pytest.raises(NotAllowed):
        check_again(upload=upload, by=stranger)


def test_more_than_two_hundred_rows_are_corrected_in_the_file(hand_over):
    rows = [HEADINGS, *([f"C{at}", "", "", "", ""] for at in range(201))]
    upload = hand_over(text([*rows, COOKING]))
    assert (upload.bad_rows, upload.rows.count(), upload.is_fixable) == (201, 0, False)


def test_a_feed_is_corrected_where_it_comes_from(hand_over):
    from tests.prospectus.feeds import catalogue, course

    upload = hand_over(catalogue(course("C1", "Plumbing"), course("C2", "")).encode(), "ours.xml")
    assert (upload.headings, upload.is_fixable) == ([], False)


def test_one_that_is_over_or_confirmed_or_being_checked_is_left_alone(hand_over, editor):
    upload = hand_over()
    asked = check_again(upload=upload, by=editor)
    assert check_again(upload=Upload.objects.get(pk=upload.pk), by=editor).job == asked.job
    for act in (
        lambda each: fix_rows(upload=each, cells={2: {1: "x"}}, seen={}, by=editor),
        lambda each: confirm_upload(upload=each, seen=each.digest, by=editor),
        lambda each: abandon_upload(upload=each, by=editor),
    ):
        with pytest.raises(StaleState):
            act(Upload.objects.get(pk=upload.pk))
    checked = after_its_job(asked)
    confirm_upload(upload=checked, seen=checked.digest, by=editor)
    for act in (
        lambda each: fix_rows(upload=each, cells={2: {1: "x"}}, seen={}, by=editor),
        lambda each: check_again(upload=each, by=editor),
    ):
        with pytest.raises(StaleState):
            act(Upload.objects.get(pk=upload.pk))


def test_a_file_put_aside_before_the_worker_came_stays_aside(hand_over, editor):
    upload = hand_over()
    asked = check_again(upload=upload, by=editor)
    hand_over(text([HEADINGS, COOKING]), "other.csv")
    after = after_its_job(asked)
    assert (after.state, Job.objects.get(pk=asked.job_id).state) == ("abandoned", "done")


def test_a_mistake_of_ours_keeps_what_was_corrected(hand_over, editor, monkeypatch):
    upload = hand_over()
    fix(upload, 2, {3: "06/09/2027"}, editor)
    with monkeypatch.context() as broken:
        broken.setattr("providers.actions.checking._Run._apply", lambda *_rest: 1 / 0)
        after = after_its_job(check_again(upload=Upload.objects.get(pk=upload.pk), by=editor))
    assert (after.state, after.fixes_to_check, after.fixes.count()) == ("checked", 1, 1)
    assert after.note.startswith("Something went wrong on our side and nothing was changed.")
    assert {row for row, _column in wrong(after_its_job(check_again(upload=after, by=editor)))} == {4}


class TestTwoEditors:
    def test_the_later_is_told_and_nothing_of_theirs_is_saved(self, hand_over, editor, college):
        upload = hand_over()
        before = {row: seen(upload, row) for row in (2, 4)}
        colleague = StaffRoleFactory(organisation=college, kind="editor").user
        fix(upload, 2, {3: "06/09/2027"}, colleague)
        with pytest.raises(RowChanged) as refusal:
            fix_rows(upload=upload, cells={4: {1: "Drama"}, 2: {3: "07/09/2027"}}, seen=before, by=editor)
        assert refusal.value.message.startswith(f"{colleague} has corrected row 2 since you opened the page.")
        assert (refusal.value.now.cells[3], UploadFix.objects.get().value) == ("06/09/2027", "06/09/2027")

    def fix_slowly(self, hand_over, editor, college, monkeypatch):
        upload = hand_over()
        colleague = StaffRoleFactory(organisation=college, kind="editor").user
        before = {2: seen(upload, 2)}
        rows_to_fix = fixing.rows_to_fix

        def slowly(*arguments):
            found = rows_to_fix(*arguments)
            time.sleep(0.4)
            return found

        monkeypatch.setattr(fixing, "rows_to_fix", slowly)
        return {
            type(each)
            for each in at_once(
                *(
                    lambda by=by, date=date: fix_rows(
                        upload=Upload.objects.get(pk=upload.pk), cells={2: {3: date}}, seen=before, by=by
                    )
                    for by, date in ((editor, "06/09/2027"), (colleague, "07/09/2027"))
                )
            )
        }

    @pytest.mark.django_db(transaction=True)
    def test_at_once_one_wins(self, hand_over, editor, college, monkeypatch):
        assert self.fix_slowly(hand_over, editor, college, monkeypatch) == {int, RowChanged}

    @pytest.mark.django_db(transaction=True)
    def test_without_the_lock_both_would_believe_they_had(self, hand_over, editor, college, monkeypatch):
        monkeypatch.setattr(UploadQuerySet, "select_for_update", lambda self, **_options: self)
        assert self.fix_slowly(hand_over, editor, college, monkeypatch) == {int}


class TestPages:
    @pytest.fixture
    def browser(self, client, editor):
        client.force_login(editor)
        return client

    def typed(self, upload, *rows, **boxes):
        """What the form of these rows sends: everything that is in a box, with what was typed in some."""
        shown = rows_to_fix(upload, upload.rows.filter(row__in=rows))
        form = {f"cell-{row.row}-{place}": text for row in shown for place, text in enumerate(row.cells)}
        return form | {f"seen-{row.row}": row.digest for row in shown} | boxes

    def test_all_that_was_typed_is_saved_at_once(self, browser, hand_over):
        upload = hand_over()
        page = reverse("providers:upload-fix", args=[upload.reference])
        words = browser.get(page).content.decode()
        assert "Correct them here" in browser.get(reverse("providers:upload", args=[upload.reference])).content.decode()
        assert 'value="31/02/2027"' in words
        answer = browser.post(page, self.typed(upload, 2, 4) | {"cell-2-3": "06/09/2027", "cell-4-1": "Drama"})
        assert answer["Location"] == f"{page}?page=1"
        words = browser.get(page).content.decode()
        assert words.count("Corrected, not checked yet") == 2
        assert "Saved. 2 cells corrected." in words
        assert "2 corrections saved, and not checked yet." in words
        answer = browser.post(page, self.typed(upload, 2, 4) | {"check": "1"})
        assert answer["Location"] == reverse("providers:upload", args=[upload.reference])
        assert browser.get(page)["Location"] == answer["Location"]  # it is being checked

    def test_who_goes_on_has_saved_what_they_typed(self, browser, hand_over):
        upload = hand_over(text([HEADINGS, *([f"C{at}", "", "", "", ""] for at in range(11)), COOKING]))
        page = reverse("providers:upload-fix", args=[upload.reference])
        assert "Save and go to the next rows" in browser.get(page).content.decode()
        answer = browser.post(page, self.typed(upload, *range(2, 12)) | {"cell-11-1": "Welding", "on": "1"})
        assert answer["Location"] == f"{page}?page=2"
        assert [(fix.row, fix.value) for fix in upload.fixes.all()] == [(11, "Welding")]
        assert "Save and go to the next rows" not in browser.get(answer["Location"]).content.decode()

    def test_a_wide_table_has_fewer_rows_on_a_page_than_a_form_may_have_boxes(self, browser, hand_over):
        wide = [*HEADINGS, *(f"Ours {at}" for at in range(195))]
        upload = hand_over(text([wide, *([f"C{at}", "", *[""] * 198] for at in range(6)), COOKING]))
        page = browser.get(reverse("providers:upload-fix", args=[upload.reference]))
        assert len(page.context["rows"]) == 4

    @pytest.mark.parametrize("place", ["2-" + "9" * 5000, "2--1", "2-3x", "2-\u00b2", "2-", "3"])
    def test_boxes_that_are_on_no_page_are_passed_by(self, browser, hand_over, place):
        upload = hand_over()
        address = reverse("providers:upload-fix", args=[upload.reference])
        typed = urlencode({"seen-2": seen(upload, 2), f"cell-{place}": "06/09/2027"})
        answer = browser.post(address, typed, content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 302
        assert upload.fixes.count() == 0

    def test_the_later_of_two_sees_both_and_loses_nothing_they_typed(self, browser, hand_over, college):
        upload = hand_over()
        before = self.typed(upload, 2, 4) | {"cell-2-3": "<b>mine</b>", "cell-4-1": "Drama"}
        fix(upload, 2, {3: "06/09/2027"}, StaffRoleFactory(organisation=college, kind="editor").user)
        address = reverse("providers:upload-fix", args=[upload.reference])
        words = browser.post(address, before).content.decode()
        assert "has corrected row 2 since you opened the page" in words
        assert 'href="#row-2"' in words
        assert 'value="&lt;b&gt;mine&lt;/b&gt;"' in words
        assert "It says now: 06/09/2027" in words
        assert 'name="cell-4-1" value="Drama"' in words
        assert upload.fixes.count() == 1

    @pytest.mark.parametrize("number", [1, 5])
    def test_the_page_takes_the_same_queries_for_one_and_five_rows(
        self, browser, hand_over, number, django_assert_num_queries
    ):
        rows = [HEADINGS, *([f"C{at}", "", "", "", ""] for at in range(number)), COOKING]
        upload = hand_over(text(rows))
        with django_assert_num_queries(8):
            browser.get(reverse("providers:upload-fix", args=[upload.reference]))

    def marked(self, browser, upload):
        return browser.get(reverse("providers:upload-marked", args=[upload.reference]))

    @pytest.mark.parametrize(
        ("encoding", "delimiter"), [("utf-8", ","), ("utf-8-sig", ";"), ("cp1252", ";"), ("utf-16", "\t")]
    )
    def test_a_text_file_comes_back_as_it_was_with_one_column_more(self, browser, hand_over, encoding, delimiter):
        rows = [HEADINGS, ["C1", "Café =1+1", "Level 2", "31/02/2027", "1200"], ["C2", "=Cooking", "Level 3", "", ""]]
        content = text(rows, encoding=encoding, delimiter=delimiter)
        answer = self.marked(browser, hand_over(content))
        back = b"".join(answer.streaming_content)
        assert answer["Content-Disposition"] == 'attachment; filename="ours-to-mend.csv"'
        told = list(csv.reader(io.StringIO(back.decode(encoding)), delimiter=delimiter))
        assert [row[:5] for row in told] == [*rows[:2], ["C2", "'=Cooking", "Level 3", "", ""]]
        assert told[0][5] == "What to mend"
        assert told[1][5].startswith("Starts on: ")
        assert back.startswith(b"\xef\xbb\xbf") == (encoding == "utf-8-sig")

    def test_handed_over_again_it_says_the_same(self, browser, hand_over):
        first = hand_over(text([*ROWS, ["C4", "=Sums", "Level 2", "06/09/2027", ""]]))
        told = [(each.row, each.column, each.code) for each in first.issues.all()]
        again = hand_over(b"".join(self.marked(browser, first).streaming_content))
        assert [(each.row, each.column, each.code) for each in again.issues.all()] == told
        titles = list(first.changes.values_list("title", flat=True))
        assert "=Sums" in titles
        assert list(again.changes.values_list("title", flat=True)) == titles
        twice = b"".join(self.marked(browser, again).streaming_content).decode()
        assert twice.count("What to mend") == 1

    @pytest.mark.parametrize(("make", "name"), [(xlsx, "ours.xlsx"), (ods, "ours.ods"), (docx, "ours.docx")])
    def test_anything_else_comes_back_as_a_workbook_with_its_corrections(self, browser, hand_over, editor, make, name):
        rows = [["Our courses", "", "", "", ""], *ROWS]
        upload = hand_over(make(rows), name)
        fix(upload, 3, {3: "06/09/2027"}, editor)
        answer = self.marked(browser, upload)
        book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))
        told = book.get_sheet_by_index(0).to_python()
        assert (told[0][0], told[1][:6]) == ("Our courses", [*HEADINGS, "What to mend"])
        assert told[2][3] == "06/09/2027"
        assert [bool(row[5]) for row in told] == [False, True, True, False, True]

    def test_an_endless_number_comes_back_as_nothing_as_it_was_read(self, browser, hand_over):
        rows = [HEADINGS, [*PLUMBING[:4], float("inf")], ["C7", "Sums", "Level 2", "31/02/2027", float("-inf")]]
        answer = self.marked(browser, hand_over(xlsx(rows), "ours.xlsx"))
        book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))
        told = book.get_sheet_by_index(0).to_python()
        assert [row[3:5] for row in told[1:]] == [["31/02/2027", ""]] * 2

    def test_a_feed_has_no_such_file(self, browser, hand_over):
        from tests.prospectus.feeds import catalogue, course

        assert self.marked(browser, hand_over(catalogue(course()).encode(), "ours.xml")).status_code == 404

    def test_others_see_none_of_it(self, client, hand_over):
        upload = hand_over()
        client.force_login(StaffRoleFactory(organisation=ProviderFactory(), kind="editor").user)
        for name in ("upload-fix", "upload-marked", "upload-undo", "upload-undone"):
            assert client.get(reverse(f"providers:{name}", args=[upload.reference])).status_code == 404
        assert client.post(reverse("providers:upload-check-again", args=[upload.reference])).status_code == 404
        assert client.post(reverse("providers:upload-fix", args=[upload.reference])).status_code == 404


# The national directory's old file, of several tables


def test_the_old_national_file_is_corrected_here_too(hand_over, editor):
    upload = hand_over(SECTIONED.encode(), "national.csv")
    row = upload.rows.get(row=15)
    start = upload.headings.index("START_DATE*")
    assert (upload.is_fixable, row.cells[start]) == (True, "31/02/2028")

    fix(upload, 15, {start: "01/03/2028"}, editor)
    checked = after_its_job(check_again(upload=Upload.objects.get(pk=upload.pk), by=editor))

    assert 15 not in {row for row, _column in wrong(checked)}
    after_its_job(confirm_upload(upload=checked, seen=checked.digest, by=editor))
    assert CourseRun.objects.filter(course__provider_reference="7", starts_on="2028-03-01").exists()


def test_the_old_national_file_comes_back_with_what_is_wrong_beside_each_row(hand_over, editor, client):
    upload = hand_over(SECTIONED.encode(), "national.csv")
    fix(upload, 16, {upload.headings.index("START_DATE*"): "2027-10-01"}, editor)
    client.force_login(editor)

    content = b"".join(client.get(reverse("providers:upload-marked", args=[upload.reference])).streaming_content)

    lines = list(csv.reader(content.decode().splitlines(keepends=True)))
    assert [cells for cells in lines if "What to mend" in cells] == [
        ["VENUE_ID*", "VENUE_NAME*", "POSTCODE*", "What to mend"],
        ["COURSE_ID*", "PROVIDER_COURSE_TITLE*", "QUALIFICATION_LEVEL", "What to mend"],
        ["COURSE_ID*", "VENUE_ID/REGION_NAME", "START_DATE*", "DURATION", "DURATION_UNITS", "What to mend"],
    ]
    assert lines[14][:5] == ["7", "V1", "31/02/2028", "2", "Years"]
    assert lines[14][5].startswith("START_DATE*: ")
    assert lines[15][2] == "2027-10-01"
    again = hand_over(content, "national-again.csv")
    assert {row for row, _column in wrong(again)} == {row for row, _column in wrong(upload)}
    assert again.headings == [] or again.is_fixable
    twice = b"".join(client.get(reverse("providers:upload-marked", args=[again.reference])).streaming_content)
    assert [cells.count("What to mend") for cells in csv.reader(twice.decode().splitlines(keepends=True))] == [
        cells.count("What to mend") for cells in lines
    ]


def test_a_date_of_a_course_that_was_renamed_on_one_row_only_is_not_ended(hand_over, editor):
    """Somebody writes the new title on the first of two rows: the second cannot be used, but nobody took it out."""
    heads = [*HEADINGS, "Date code"]
    first, second = [*PLUMBING[:3], "06/09/2027", "", "A"], [*PLUMBING[:3], "10/01/2028", "", "B"]
    upload = hand_over(text([heads, first, second]))
    after_its_job(confirm_upload(upload=upload, seen=upload.digest, by=editor))

    renamed = hand_over(text([heads, [first[0], "Plumbing and Heating", *first[2:]], second]))

    assert (renamed.counts["changed"], renamed.counts["ended"]) == (1, 0)
    assert [(issue.row, issue.code) for issue in renamed.issues.filter(severity="error")] == [
        (3, "COURSE_IDENTIFIER_TAKEN")
    ]


def test_a_course_of_which_two_rows_differ_is_counted_once(hand_over):
    rows = [HEADINGS, PLUMBING, [*PLUMBING[:3], "07/09/2027", "1300"], COOKING]

    assert hand_over(text(rows)).counts["courses"] == 2


# Sites of those who teach with the provider


@pytest.fixture
def annexe(college):
    """A partner's site, in a group that the college leads."""
    partner = ProviderFactory(name="Southbank Sixth Form")
    group = create_consortium(lead=college, name="Diploma line", partners=[partner], by=keeper(college))
    join_consortium(consortium=group, by=keeper(partner))
    return SiteFactory(
        organisation=partner, name="Annexe", postcode="NR1 1AA", town="Eastmoor", provider_reference="ANX"
    )


def keeper(organisation):
    return StaffRoleFactory(organisation=organisation, kind="editor").user


@pytest.mark.parametrize("postcode", ["", "nr11aa"])
def test_a_file_may_name_a_site_of_a_partner_which_stays_the_partners_own(hand_over, editor, college, annexe, postcode):
    headings = [*HEADINGS, "Taught with", "Site", "Site town", "Site postcode"]
    rows = [headings, [*COOKING, "Diploma line", "annexe", "Elsewhere", postcode]]

    upload = hand_over(text(rows))
    after_its_job(confirm_upload(upload=upload, seen=upload.digest, by=editor))

    assert CourseRun.objects.get().site == annexe
    assert not college.sites.exists()
    annexe.refresh_from_db()
    assert (annexe.town, annexe.provider_reference) == ("Eastmoor", "ANX")


def test_a_site_of_somebody_who_does_not_teach_with_the_provider_is_none_of_its_own(hand_over, editor, college, annexe):
    annexe.organisation.partnerships.update(joined_on="2026-10-01", ended_on="2026-11-01")
    rows = [[*HEADINGS, "Site", "Site postcode"], [*COOKING, "Annexe", "NR1 1AA"]]

    upload = hand_over(text(rows))
    after_its_job(confirm_upload(upload=upload, seen=upload.digest, by=editor))

    assert CourseRun.objects.get().site == college.sites.get()


def test_a_large_workbook_comes_back_as_csv_while_it_is_read(hand_over, editor, client, monkeypatch):
    """A workbook is sent when it is whole; lines are sent as they come, with the same numbers."""
    monkeypatch.setattr(marked, "LARGE", 100)
    monkeypatch.setattr(marked, "BATCH", 2)
    upload = hand_over(xlsx([["Our courses"], *ROWS]), "ours.xlsx")
    client.force_login(editor)

    answer = client.get(reverse("providers:upload-marked", args=[upload.reference]))

    pieces = list(answer.streaming_content)
    lines = list(csv.reader(b"".join(pieces).decode("utf-8-sig").splitlines()))
    assert len(pieces) == 3
    assert answer["Content-Disposition"] == 'attachment; filename="ours-to-mend.csv"'
    assert lines[1][-1] == "What to mend"
    assert [bool(cells[-1]) for cells in lines[2:]] == [True, False, True]
    again = hand_over(b"".join(pieces), "again.csv")
    assert wrong(again) == wrong(upload)
