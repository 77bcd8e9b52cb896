"""Which column holds the title is asked once, remembered for the provider, and the file goes on by itself."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from activity.actions import run_job
from activity.models import Event
from core.errors import NotAllowed
from prospectus.actions.columns import explain_columns
from prospectus.models import ColumnAnswer, Course
from providers.actions import receive_upload
from providers.models import Upload
from tests.factories import ProviderFactory, StaffRoleFactory, UserFactory
from tests.prospectus.sheets import text
from tests.races import at_once

ROWS = [
    ["Was", "Course level", "Starts on"],
    ["Art <b>", "Level 2", "2027-09-06"],
    ["Music", "Level 3", "2027-09-06"],
]


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def college(reference):
    return ProviderFactory(name="Northfield College")


@pytest.fixture
def editor(college):
    return StaffRoleFactory(organisation=college, kind="editor").user


@pytest.fixture
def asked(college, editor):
    """An upload that was refused because nobody knows which column holds the title."""
    file = SimpleUploadedFile("ours.csv", text(ROWS))
    upload = receive_upload(
        kind="courses", organisation=college, file=file, file_name="ours.csv", by=editor, mode="merge"
    )
    run_job(upload.job_id)
    return Upload.objects.get(pk=upload.pk)


def page_of(upload):
    return reverse("prospectus:columns-explain", args=[upload.reference])


@pytest.mark.django_db
def test_the_upload_says_that_it_needs_an_answer_and_where_to_give_it(client, editor, asked):
    client.force_login(editor)

    html = client.get(reverse("providers:upload", args=[asked.reference])).content.decode()

    assert asked.state == "refused"
    assert "It is not clear which column holds the title of each course." in html
    assert f'href="{page_of(asked)}"' in html


@pytest.mark.django_db
def test_the_page_shows_the_columns_with_what_is_in_them(client, editor, asked):
    client.force_login(editor)

    html = client.get(page_of(asked)).content.decode()

    assert "For example: Art &lt;b&gt;; Music" in html
    assert html.count('type="radio"') == 3


@pytest.mark.django_db
def test_the_answer_is_kept_and_the_file_is_checked_by_itself(client, college, editor, asked):
    client.force_login(editor)

    answer = client.post(page_of(asked), {"title": "Was", "once": ""})

    again = Upload.objects.exclude(pk=asked.pk).get()
    assert answer.url == reverse("providers:upload", args=[again.reference])
    assert ColumnAnswer.objects.values_list("provider", "heading", "key", "by").get() == (
        college.pk, "was", "course.title", editor.pk,
    )  # fmt: skip
    assert (again.mode, again.file_name, again.file_sha256) == ("merge", "ours.csv", asked.file_sha256)
    run_job(again.job_id)
    again.refresh_from_db()
    assert (again.state, again.counts["courses"], Course.objects.count()) == ("checked", 2, 0)
    assert Event.objects.filter(verb="columns.explain").count() == 1


@pytest.mark.django_db
def test_the_next_file_of_the_provider_is_not_asked_about_and_that_of_another_is(college, editor, asked, tmp_path):
    explain_columns(provider=college, answers={"was": "course.title"}, by=editor)

    for provider, state in ((college, "checked"), (ProviderFactory(), "refused")):
        by = StaffRoleFactory(organisation=provider, kind="editor").user
        file = SimpleUploadedFile("next.csv", text(ROWS))
        upload = receive_upload(kind="courses", organisation=provider, file=file, file_name="next.csv", by=by)
        run_job(upload.job_id)
        assert Upload.objects.get(pk=upload.pk).state == state


@pytest.mark.django_db
def test_the_same_form_sent_twice_is_one_answer_and_one_upload(client, editor, asked):
    client.force_login(editor)
    once = client.get(page_of(asked)).context["form"]["once"].value()

    first, second = (client.post(page_of(asked), {"title": "Was", "once": once}) for _ in range(2))

    assert first.url == second.url
    assert Upload.objects.count() == 2
    assert ColumnAnswer.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("title", "sentence"),
    [("", "Choose the column that holds the title"), ("Level of joy", "Choose one of the columns of this file")],
)
def test_without_a_column_of_the_file_nothing_is_kept(client, editor, asked, title, sentence):
    client.force_login(editor)

    answer = client.post(page_of(asked), {"title": title})

    assert sentence in answer.content.decode()
    assert (ColumnAnswer.objects.count(), Upload.objects.count()) == (0, 1)


@pytest.mark.django_db
def test_a_file_that_asks_nothing_has_no_such_page(client, college, editor):
    file = SimpleUploadedFile("ours.csv", text([["Course title", "Starts on"], ["Art", ""]]))
    upload = receive_upload(kind="courses", organisation=college, file=file, file_name="ours.csv", by=editor)
    client.force_login(editor)

    assert client.get(page_of(upload)).url == reverse("providers:upload", args=[upload.reference])
    assert client.post(page_of(upload), {"title": "Course title"}).status_code == 200
    assert not ColumnAnswer.objects.exists()


@pytest.mark.django_db
def test_only_who_keeps_the_courses_may_answer(client, college, asked):
    admissions = StaffRoleFactory(organisation=college, kind="admissions").user
    other = StaffRoleFactory(organisation=ProviderFactory(), kind="editor").user
    for person in (admissions, other, UserFactory()):
        client.force_login(person)
        assert client.post(page_of(asked), {"title": "Was"}).status_code == 404
        with pytest.raises(NotAllowed):
            explain_columns(provider=college, answers={"was": "course.title"}, by=person)

    assert not ColumnAnswer.objects.exists()


@pytest.mark.django_db
def test_the_last_answer_counts(college, editor):
    explain_columns(provider=college, answers={"was": "course.title"}, by=editor)

    explain_columns(provider=college, answers={"name": "course.title"}, by=editor)

    assert list(ColumnAnswer.objects.values_list("heading", "key")) == [("name", "course.title")]


@pytest.mark.django_db(transaction=True)
def test_two_who_answer_at_once_leave_one_answer(college, editor):
    at_once(
        lambda: explain_columns(provider=college, answers={"was": "course.title"}, by=editor),
        lambda: explain_columns(provider=college, answers={"what": "course.title"}, by=editor),
    )

    assert ColumnAnswer.objects.count() == 1
