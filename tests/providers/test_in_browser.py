import pytest
from django.urls import reverse

from activity.actions import run_job
from activity.models import Job
from providers.actions import receive_upload, uploads
from providers.models import Upload
from providers.uploads import RowIssue, UploadResult
from tests.look import fits
from tests.providers.conftest import text_file

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDTHS = [320, 1280]
SEVERITIES = ["error", "warning", "notice"]
NEW = "/desk/uploads/new/areas/"


@pytest.fixture
def finished(kind, college, editor):
    """Hands over and reads a file with this many issues."""

    def finished(number, name="courses for next September.txt"):
        issues = [
            RowIssue(
                row,
                "Start date",
                "31/02/2027",
                "DATE",
                SEVERITIES[row % 3],
                "This date does not exist. Write it as 28/02/2027.",
            )
            for row in range(number)
        ]
        uploads.KINDS["areas"] = kind._replace(apply=lambda upload, progress: UploadResult({"areas": 1317}, issues))
        upload = receive_upload(
            kind="areas", organisation=college, file=text_file(f"{number}"), file_name=name, by=editor
        )
        run_job(upload.job_id)
        return upload

    return finished


@pytest.mark.parametrize("js", [True, False])
def test_a_file_is_handed_over_watched_and_its_result_appears_by_itself(open_page, axe, kind, editor, js):
    page = open_page(NEW, user=editor, js=js)
    file = {"name": "areas.txt", "mimeType": "text/plain", "buffer": b"Eastmoor\nwestmoor\n"}
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Upload this file").click()
    page.get_by_text("Waiting to start").first.wait_for()
    job = Upload.objects.get().job
    Job.objects.update(state="running", done_steps=1, all_steps=2, doing="Reading areas")
    page.get_by_text("Reading areas: 1 of 2").first.wait_for()
    if js:
        axe(page)
    Job.objects.update(state="queued")
    run_job(job.pk)
    page.get_by_role("heading", name="The file has been read and used").wait_for()
    assert page.get_by_text("Names begin with a capital.").count() == 1


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("number", [0, 3, 150])
def test_the_result_is_readable_at_every_width(open_page, axe, finished, editor, width, number):
    page = open_page(reverse("providers:upload", args=[finished(number).reference]), user=editor, width=width)
    axe(page)
    fits(page)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("number", [0, 3])
def test_the_list_is_readable_at_every_width(open_page, axe, finished, editor, width, number, kind):
    for count in range(number):
        finished(count, name=f"{'a-very-long-name-without-spaces-' * (count + 1)}.txt")
    page = open_page(reverse("providers:uploads"), user=editor, width=width)
    axe(page)
    fits(page)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_form_is_readable_at_every_width_with_its_errors(open_page, axe, kind, editor, width):
    page = open_page(NEW, user=editor, width=width)
    axe(page)
    page.get_by_role("button", name="Upload this file").click()
    page.get_by_role("heading", name="There is a problem").wait_for()
    axe(page)
