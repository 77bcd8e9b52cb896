"""What people click: a copy of one's data, erasing a record, keeping, and two records that are one person's."""

import io
import zipfile

import pytest
from django.core.management import call_command
from django.urls import reverse

from accounts.models import DataCopy, Erasure, Learner, RetentionRun
from activity.actions import run_job
from providers.models import RoleKind
from tests.factories import LearnerFactory, RollEntryFactory, StaffRoleFactory
from tests.ground import ground
from tests.world import build_world

pytestmark = pytest.mark.django_db


@ground
def world():
    return build_world()


def words(answer):
    return " ".join(answer.content.decode().split())


def test_a_learner_gets_a_copy_of_everything(client, world):
    client.force_login(world.ben.user)
    page = reverse("accounts:your-data")

    assert f'href="{page}"' in client.get(reverse("accounts:information")).content.decode()
    assert "Make a copy" in words(client.get(page))
    waiting = client.post(reverse("accounts:copy-ask"), follow=True)
    assert "You can leave this page and come back." in words(waiting)
    copy = DataCopy.objects.get(learner=world.ben)
    run_job(copy.job_id)
    assert "Your copy is ready" in words(client.get(page))
    fetched = client.post(reverse("accounts:copy-fetch", args=[copy.reference]))

    assert fetched["Content-Disposition"] == 'attachment; filename="your-data.zip"'
    assert "Okafor" in zipfile.ZipFile(io.BytesIO(fetched.content)).read("your-data.html").decode()


def test_a_learner_reads_what_goes_and_changes_their_mind(client, world):
    client.force_login(world.ben.user)
    ask = reverse("accounts:erasure-ask")

    assert "How to reach you" in words(client.get(ask))
    assert "Tick the box if you are sure" in words(client.post(ask))
    asked = client.post(ask, {"is_sure": "on"}, follow=True)
    assert "Your record will be erased on 25 November 2026" in words(asked)
    erasure = Erasure.objects.get(learner=world.ben)
    kept = client.post(reverse("accounts:erasure-withdraw", args=[erasure.reference]), follow=True)

    assert "Nothing will be erased." in words(kept)
    assert "See what would be removed" in words(kept)


def test_what_stands_in_the_way_is_said_before(client, world):
    client.force_login(world.amina.user)
    ask = reverse("accounts:erasure-ask")
    assert "There are choices that still go on." in words(client.get(ask))
    assert "There are choices that still go on." in words(client.post(ask, {"is_sure": "on"}))


def test_two_officers_erase_a_record(client, world):
    officer = world.people["officer"]
    second = StaffRoleFactory(organisation=officer.staff_roles.get().organisation, kind=RoleKind.OFFICER).user
    client.force_login(officer)
    asked = client.post(
        reverse("accounts:erasure-ask-for", args=[world.ben.reference]),
        {"reason": "A letter of his parents"},
        follow=True,
    )
    assert "A letter of his parents" in words(asked)
    erasure = Erasure.objects.get(learner=world.ben)
    agree = reverse("accounts:erasure-agree", args=[erasure.reference])
    assert client.post(agree).status_code == 403
    client.force_login(second)
    assert "in a week, unless somebody withdraws" in words(client.post(agree, follow=True))


def test_the_list_of_requests_asks_the_same_of_the_database(client, world, django_assert_num_queries):
    page = reverse("accounts:erasures")
    client.force_login(world.people["officer"])
    with django_assert_num_queries(6):
        assert len(client.get(page).context["rows"]) == 1
    for _ in range(4):
        learner = LearnerFactory(area=world.area, upn=None)
        Erasure.objects.create(learner=learner, is_own=False, asked_by=world.people["coordinator"])
    with django_assert_num_queries(6):
        assert len(client.get(page).context["rows"]) == 5


def test_an_officer_sees_what_would_go_and_changes_how_long(client, world):
    client.force_login(world.people["officer"])
    call_command("retention", "--dry-run")
    page = client.get(reverse("accounts:retention"))
    change = reverse("accounts:retention-change", args=["left"])

    assert "Records of learners who have left every roll" in words(page)
    assert "Counted only" in words(page)
    fixed = {tidying.title: (tidying.days, tidying.since) for tidying in page.context["fixed"]}
    assert fixed["Files of school rolls, and what they changed"] == (30, "publishing")
    assert "Files of school rolls, and what they changed" in words(page)
    assert "Keep these for 365 days or more." in words(client.post(change, {"days": 10}))
    assert "Saved." in words(client.post(change, {"days": 400}, follow=True))
    assert client.get(reverse("accounts:retention-change", args=["nothing"])).status_code == 404
    assert RetentionRun.objects.get().is_rehearsal


def test_two_records_are_looked_at_and_made_one(client, world):
    twin = LearnerFactory(given_name="Ben", family_name="Okafor", area=world.area, upn=None, user=None)
    RollEntryFactory(learner=twin, school=world.brannoc, year_group=12)
    client.force_login(world.people["officer"])
    page = reverse("accounts:learners-merge")
    address = f"{page}?keep={world.ben.reference}&other={twin.reference}"

    assert "You have no learner with this reference." in words(client.get(f"{page}?keep=NOBODY&other={twin.reference}"))
    assert "Year 12" in words(client.get(address))
    assert "Tick the box if you are sure" in words(client.post(address))
    done = client.post(address, {"is_sure": "on"}, follow=True)

    assert "The two records are one now." in words(done)
    assert not Learner.objects.filter(pk=twin.pk).exists()
    moved = client.get(reverse("reporting:learner", args=[twin.reference]))
    assert moved.url == reverse("reporting:learner", args=[world.ben.reference])


def test_a_coordinator_finds_only_learners_of_the_own_roll(client, world):
    client.force_login(world.people["coordinator"])
    page = f"{reverse('accounts:learners-merge')}?keep={world.amina.reference}&other={world.ben.reference}"
    assert "You have no learner with this reference." in words(client.get(page))
