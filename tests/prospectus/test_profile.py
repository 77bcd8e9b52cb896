"""What a provider says of itself: saved with history, shown to everybody, never as mark-up."""

import pytest
from django.urls import reverse

from activity.models import Event
from core.errors import NotAllowed
from prospectus.actions.changing import ChangedMeanwhile
from prospectus.actions.profile import PROFILE_FIELDS, edit_profile
from providers.models import Organisation, RoleKind
from tests.factories import StaffRoleFactory

pytestmark = pytest.mark.django_db
TOLD = {
    "about": "We teach trades.\n\nCome and see.",
    "open_days": "Every first Saturday",
    "admissions_email": "admissions@northfield.example",
    "admissions_phone": "01632 960001",
    "website": "https://northfield.example",
}


@pytest.fixture
def editor(town):
    return StaffRoleFactory(kind=RoleKind.EDITOR, organisation=town.northfield).user


@pytest.fixture
def url(town):
    return reverse("prospectus:profile-edit", args=[town.northfield.reference])


def page_of(client, provider):
    return client.get(reverse("prospectus:provider", args=[provider.reference])).content.decode()


def test_it_is_saved_with_history_and_a_repeat_writes_nothing(town, editor):
    provider = edit_profile(provider=town.northfield, values=TOLD, as_of=None, by=editor)
    assert {name: getattr(provider, name) for name in PROFILE_FIELDS} == TOLD
    edit_profile(provider=provider, values=TOLD, as_of=provider.profile_changed_at, by=editor)
    event = Event.objects.get(verb="profile.edit")
    assert (event.by, event.facts) == (editor, {"fields": sorted(TOLD)})


def test_who_saves_later_is_told_and_strangers_are_refused(town, editor):
    edit_profile(provider=town.northfield, values=TOLD, as_of=None, by=editor)
    with pytest.raises(ChangedMeanwhile):
        edit_profile(provider=town.northfield, values=TOLD | {"about": "Other"}, as_of=None, by=editor)
    stranger = StaffRoleFactory(kind=RoleKind.MANAGER, organisation=town.southbank).user
    with pytest.raises(NotAllowed):
        edit_profile(provider=town.northfield, values=TOLD, as_of=None, by=stranger)


def test_everybody_reads_it_and_mark_up_is_words(client, town, editor, url):
    client.force_login(editor)
    assert url in page_of(client, town.northfield)
    assert url.replace(town.northfield.reference, town.southbank.reference) not in page_of(client, town.southbank)
    assert client.post(url, TOLD | {"about": "<script>alert(1)</script>", "as_of": ""}).status_code == 302
    client.logout()
    page = page_of(client, town.northfield)
    for words in ("&lt;script&gt;", "Every first Saturday", "mailto:admissions@northfield.example", "01632 960001"):
        assert words in page
    assert "alert(1)</script>" not in page
    assert url not in page


def test_two_editors_lose_nothing(client, town, editor, url):
    client.force_login(editor)
    edit_profile(provider=town.northfield, values=TOLD, as_of=None, by=editor)
    page = client.post(url, TOLD | {"about": "Mine", "as_of": ""})
    assert page.status_code == 409
    assert "We teach trades." in page.content.decode()
    again = {name: value for name, value in page.context["form"].data.items() if name in (*TOLD, "as_of")}
    assert client.post(url, again).status_code == 302
    assert Organisation.objects.get(pk=town.northfield.pk).about == "Mine"


def test_a_page_that_knows_of_a_save_that_never_was_is_shown_again(client, editor, url):
    client.force_login(editor)
    page = client.post(url, TOLD | {"as_of": "2026-11-01T10:00:00+00:00"})
    assert (page.status_code, page.context["form"].data["as_of"]) == (409, "")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"admissions_email": "office"}, "Enter a whole address, like admissions@example.org"),
        ({"website": "javascript:alert(1)"}, "This is not a web address"),
        ({"as_of": "yesterday"}, "Open this page again."),
    ],
)
def test_what_is_wrong_is_said(client, editor, url, wrong, sentence):
    client.force_login(editor)
    assert sentence in client.post(url, TOLD | {"as_of": ""} | wrong).content.decode()
