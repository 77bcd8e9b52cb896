"""Correcting a file on the page and undoing one that was published, with and without scripts, at every width."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from playwright.sync_api import expect

from activity.actions import run_job
from prospectus.models import Course
from providers.actions import confirm_upload, receive_upload
from providers.models import Upload
from tests.factories import ProviderFactory, StaffRoleFactory
from tests.look import fits
from tests.prospectus.sheets import text

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HEADINGS = ["Course code", "Course title", "Level", "Starts on", "What you will do"]
ROWS = [
    HEADINGS,
    ["K1", "Plumbing", "Level 2", "31/02/2027", "Learn to fit and mend pipes, baths and boilers in our own workshop."],
    ["K2", "", "Level 3", "07/09/2027", ""],
]


@pytest.fixture
def editor(reference, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    college = ProviderFactory(name="Northfield College")
    return StaffRoleFactory(organisation=college, kind="editor").user


def after_its_job(upload):
    run_job(upload.job_id)
    return Upload.objects.get(pk=upload.pk)


@pytest.fixture
def upload(editor):
    file = SimpleUploadedFile("our courses.csv", text(ROWS))
    college = editor.staff_roles.get().organisation
    return after_its_job(
        receive_upload(kind="courses", organisation=college, file=file, file_name=file.name, by=editor)
    )


@pytest.mark.parametrize(("js", "width"), [(True, 1280), (True, 320), (False, 320)])
def test_rows_are_corrected_and_the_file_is_checked_again(open_page, axe, upload, editor, js, width):
    page = open_page(reverse("providers:upload", args=[upload.reference]), user=editor, js=js, width=width)
    page.get_by_role("link", name="Correct them here").or_(page.get_by_role("button", name="Correct them here")).click()
    fits(page)
    page.locator("#row-2").get_by_label("Starts on").fill("06/09/2027")
    page.locator("#row-3").get_by_label("Course title").fill("Cooking")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("2 corrections saved, and not checked yet.")).to_be_visible()
    expect(page.locator("#row-2").get_by_text("Corrected, not checked yet")).to_be_visible()
    if js:
        axe(page)
    page.get_by_role("button", name="Save and check again").click()
    expect(page.get_by_text("Waiting to start").first).to_be_visible()
    run_job(Upload.objects.get(pk=upload.pk).job_id)
    expect(page.get_by_role("heading", name="Nothing has been changed yet")).to_be_visible()
    assert Upload.objects.get(pk=upload.pk).bad_rows == 0


@pytest.mark.parametrize(("js", "width"), [(True, 1280), (False, 320)])
def test_a_published_file_is_undone(open_page, axe, upload, editor, js, width):
    after_its_job(confirm_upload(upload=upload, seen=upload.digest, by=editor))
    assert Course.objects.get().state == "published"
    page = open_page(reverse("providers:upload", args=[upload.reference]), user=editor, js=js, width=width)
    page.get_by_text("See what undoing it would do").click()
    expect(page.get_by_text("Taken out again").first).to_be_visible()
    fits(page)
    if js:
        axe(page)
    page.get_by_role("button", name="Undo this file").click()
    expect(page.get_by_text("Waiting to start").first).to_be_visible()
    run_job(Upload.objects.get(pk=upload.pk).job_id)
    expect(page.get_by_role("heading", name="This file was published and then undone")).to_be_visible()
    if js:
        axe(page)
    assert Course.objects.get().state == "withdrawn"
