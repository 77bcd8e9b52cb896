"""The page that asks which column is which, in a real browser."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from activity.actions import run_job
from providers.actions import receive_upload
from tests.factories import ProviderFactory, StaffRoleFactory
from tests.look import fits
from tests.prospectus.sheets import text

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG = "a-heading-without-any-space-" * 6


@pytest.fixture
def role(reference, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return StaffRoleFactory(organisation=ProviderFactory(name="Northfield College"), kind="editor")


@pytest.fixture
def asked(role):
    """Hands over a file whose title nobody knows, with this many columns nobody knows."""

    def asked(columns):
        headings = ["Was", "Course level", "Starts on", *(f"{LONG}{at}" for at in range(columns))]
        rows = [[f"Art {at}", "Level 2", "2027-09-06", *(["word" * 40] * columns)] for at in range(5)]
        file = SimpleUploadedFile("ours.csv", text([headings, *rows]))
        upload = receive_upload(
            kind="courses", organisation=role.organisation, file=file, file_name="ours.csv", by=role.user
        )
        run_job(upload.job_id)
        return upload

    return asked


@pytest.mark.parametrize("js", [True, False])
def test_one_answer_leads_from_the_refusal_to_the_check(open_page, axe, role, asked, js):
    page = open_page(reverse("providers:upload", args=[asked(0).reference]), user=role.user, js=js)
    page.get_by_role("button", name="Say which column is which").click()
    page.get_by_role("button", name="Save and check the file again").click()
    page.get_by_role("link", name="Choose the column that holds the title").click()
    page.get_by_role("radio", name="Was").check()
    page.get_by_role("button", name="Save and check the file again").click()

    page.get_by_text("You will not be asked again").first.wait_for()
    page.get_by_text("Waiting to start").first.wait_for()


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("columns", [0, 30])
def test_the_page_is_readable_at_every_width(open_page, axe, role, asked, width, columns):
    page = open_page(
        reverse("prospectus:columns-explain", args=[asked(columns).reference]), user=role.user, width=width
    )

    axe(page)
    fits(page)


@pytest.mark.parametrize("width", [320, 1280])
def test_the_upload_page_is_readable_at_every_width(open_page, axe, role, width):
    page = open_page(reverse("providers:upload-new", args=["courses"]), user=role.user, width=width)
    page.get_by_text("How are my columns understood?").click()

    axe(page)
    fits(page)
