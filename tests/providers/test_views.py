import csv
import io

import pytest
from django.urls import reverse

from activity.actions import run_job
from activity.models import Job
from providers.actions import receive_upload, uploads
from providers.models import Upload
from providers.uploads import RowIssue, UploadResult
from tests.factories import ProviderFactory, StaffRoleFactory, UserFactory
from tests.providers.conftest import text_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client, kind, editor):
    """The editor's browser."""
    client.force_login(editor)
    return client


@pytest.fixture
def upload(kind, college, editor):
    return receive_upload(
        kind="areas", organisation=college, file=text_file("Eastmoor\nwestmoor\n=1+1\n"), file_name="a.txt", by=editor
    )


@pytest.fixture
def published(upload):
    run_job(upload.job_id)
    upload.refresh_from_db()
    return upload


def page(upload):
    return reverse("providers:upload", args=[upload.reference])


def test_an_editor_hands_over_a_file_and_is_shown_how_far_it_is(browser, college):
    address = reverse("providers:upload-new", args=["areas"])
    form = browser.get(address)
    assert "For Northfield College." in form.content.decode()
    once = form.context["form"]["once"].value()
    answer = browser.post(address, {"file": text_file("Eastmoor\n"), "once": once})
    upload = Upload.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, page(upload))
    assert (upload.organisation, upload.reference, upload.file_name) == (college, once, "areas.txt")
    again = browser.post(address, {"file": text_file("Eastmoor\n"), "once": once})
    assert again["Location"] == page(upload)
    assert Upload.objects.count() == 1


def test_whoever_edits_for_several_providers_says_for_which(browser, editor):
    other = ProviderFactory(name="Southbank Sixth Form")
    StaffRoleFactory(user=editor, organisation=other, kind="editor")
    address = reverse("providers:upload-new", args=["areas"])
    answer = browser.post(address, {"file": text_file("Eastmoor\n")})
    assert answer.context["form"].errors == {"organisation": ["Choose the organisation this file is for"]}
    browser.post(address, {"file": text_file("Eastmoor\n"), "organisation": other.reference})
    assert Upload.objects.get().organisation == other


def test_nobody_chooses_a_provider_of_others(browser, editor):
    StaffRoleFactory(user=editor, organisation=ProviderFactory(), kind="editor")
    address = reverse("providers:upload-new", args=["areas"])
    answer = browser.post(address, {"file": text_file("x"), "organisation": ProviderFactory().reference})
    assert (answer.status_code, Upload.objects.count()) == (200, 0)


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (None, "Choose a file"),
        (text_file(""), "The file is empty. Choose the file that has your records in it."),
        (text_file("x", "areas.pdf"), "Choose a file that ends in .txt."),
    ],
)
def test_a_file_refused_at_the_door_is_an_error_on_the_form(browser, file, sentence):
    answer = browser.post(reverse("providers:upload-new", args=["areas"]), {"file": file} if file else {})
    assert answer.status_code == 200
    assert answer.context["form"].errors == {"file": [sentence]}
    assert "Error: " in answer.content.decode()


def test_while_the_file_is_read_the_page_asks_again_with_and_without_javascript(browser, upload):
    Job.objects.update(state="running", done_steps=1, all_steps=3, doing="Reading areas")
    words = browser.get(page(upload)).content.decode()
    assert '<noscript><meta http-equiv="refresh" content="3">' in words
    assert "Reading areas: 1 of 3" in words
    answer = browser.get(page(upload), headers={"HX-Request": "true"})
    assert (answer.status_code, "<h1" in answer.content.decode()) == (200, False)
    assert "Reading areas: 1 of 3" in answer.content.decode()
    assert "HX-Request" in answer["Vary"]


def test_once_it_is_over_the_poll_is_told_to_load_the_result(browser, published):
    answer = browser.get(page(published), headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Refresh"], answer.content) == (286, "true", b"")


def test_the_result_shows_the_counts_and_every_issue(browser, published):
    words = browser.get(page(published)).content.decode()
    assert "Areas in the file" in words
    assert "internal" not in words
    assert 'http-equiv="refresh"' not in words
    for part in ("Row 2", "westmoor", "Names begin with a capital.", "Row 3", "=1+1", published.file_sha256):
        assert part in words


def test_issues_can_be_narrowed_to_one_severity(browser, published):
    words = browser.get(page(published), {"severity": "error"}).content.decode()
    assert "Row 3" in words
    assert "Row 2" not in words
    assert "Row 2" in browser.get(page(published), {"severity": "nonsense"}).content.decode()


def test_a_refused_file_says_why_and_offers_another_try(browser, college, editor, kind):
    upload = receive_upload(kind="areas", organisation=college, file=text_file("refuse"), file_name="a.txt", by=editor)
    run_job(upload.job_id)
    words = browser.get(page(upload)).content.decode()
    assert "This is not a list of areas. Export it again." in words
    assert reverse("providers:upload-new", args=["areas"]) in words


def test_the_issues_are_a_file_whose_cells_are_never_run(browser, published):
    answer = browser.get(reverse("providers:upload-issues", args=[published.reference]))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert answer["Content-Disposition"] == f'attachment; filename="issues-{published.reference}.csv"'
    assert list(csv.reader(io.StringIO(text)))[1:] == [
        ["2", "Name", "westmoor", "Used, but look at it", "Names begin with a capital.", "AREA_NAME_LOWER"],
        ["3", "Name", "'=1+1", "Not used", "This is a formula. Type a name.", "AREA_NAME_FORMULA"],
    ]


@pytest.mark.parametrize("number", [1, 5])
def test_the_list_takes_the_same_queries_for_one_and_five_files(
    browser, kind, college, editor, number, django_assert_num_queries
):
    for count in range(number):
        upload = receive_upload(
            kind="areas", organisation=college, file=text_file(f"Moor{count}"), file_name=f"{count}.txt", by=editor
        )
        run_job(upload.job_id)
    with django_assert_num_queries(6):
        words = browser.get(reverse("providers:uploads")).content.decode()
    assert words.count("Published") == number


@pytest.mark.parametrize("number", [1, 5])
def test_the_result_takes_the_same_queries_for_one_and_five_issues(
    browser, kind, college, editor, number, django_assert_num_queries
):
    issues = [RowIssue(row, "Name", "x", "X", "error", "Wrong.") for row in range(number)]
    uploads.KINDS["areas"] = kind._replace(apply=lambda upload, progress: UploadResult({}, issues))
    upload = receive_upload(kind="areas", organisation=college, file=text_file("x"), file_name="x.txt", by=editor)
    run_job(upload.job_id)
    with django_assert_num_queries(9):
        browser.get(page(upload))


def test_twenty_five_issues_make_a_page(browser, kind, college, editor):
    issues = [RowIssue(row, "Name", "x", "X", "error", "Wrong.") for row in range(1, 41)]
    uploads.KINDS["areas"] = kind._replace(apply=lambda upload, progress: UploadResult({}, issues))
    upload = receive_upload(kind="areas", organisation=college, file=text_file("x"), file_name="x.txt", by=editor)
    run_job(upload.job_id)
    first = browser.get(page(upload)).content.decode()
    second = browser.get(page(upload), {"page": "2", "severity": "error"}).content.decode()
    assert ("Row 25<" in first, "Row 26<" in first) == (True, False)
    assert ("Row 25<" in second, "Row 26<" in second, "Row 40<" in second) == (False, True, True)


class TestOthers:
    @pytest.fixture
    def outsider(self, client, kind, college):
        """Answers applications for the same college, and edits for another."""
        user = UserFactory()
        StaffRoleFactory(user=user, organisation=college, kind="admissions")
        StaffRoleFactory(user=user, organisation=ProviderFactory(), kind="editor")
        client.force_login(user)
        return client

    def test_see_nothing_of_an_upload(self, outsider, published):
        assert outsider.get(page(published)).status_code == 404
        assert outsider.get(reverse("providers:upload-issues", args=[published.reference])).status_code == 404
        assert "a.txt" not in outsider.get(reverse("providers:uploads")).content.decode()

    def test_without_any_such_role_have_no_such_pages(self, client, kind, published):
        client.force_login(UserFactory())
        assert client.get(reverse("providers:uploads")).status_code == 404
        assert client.get(reverse("providers:upload-new", args=["areas"])).status_code == 404

    def test_are_gone_when_their_role_has_ended(self, browser, editor, published):
        editor.staff_roles.update(ended_on="2026-09-30")
        assert browser.get(page(published)).status_code == 404

    def test_without_an_account_are_sent_to_sign_in(self, client, published):
        for address in (page(published), reverse("providers:uploads"), reverse("providers:upload-new", args=["areas"])):
            assert client.get(address).status_code == 302

    def test_an_unknown_kind_is_not_a_page(self, browser):
        assert browser.get(reverse("providers:upload-new", args=["nonsense"])).status_code == 404
