"""Amina moves house in the middle of Year 11. Her new school knows her name and nothing else; she keeps everything."""

from types import SimpleNamespace

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from accounts.models import Learner, LearnerDoubt
from activity.actions import run_job
from applications.models import Choice
from providers.actions import confirm_upload, receive_upload
from providers.models import Upload
from tests.factories import OrganisationFactory, StaffRoleFactory
from tests.world import build_world

HEADINGS = "Adno,Surname,Forename,DOB,Year,Reg,Postcode"
ROW = "700,Yusuf,Amina,31/03/2011,11,11K,ZZ1 1ZZ"


@pytest.fixture
def story(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    story = SimpleNamespace(world=build_world())
    LearnerDoubt.objects.all().delete()
    desk = OrganisationFactory(kind="authority", area=story.world.area)
    story.help_desk = StaffRoleFactory(organisation=desk, kind="help_desk").user
    return story


def test_amina_changes_school_and_keeps_account_plan_and_applications(story):
    given_the_new_school_uploads_its_roll_with_her_name_and_new_address(story)
    then_there_is_a_second_record_and_the_new_school_is_asked(story)
    then_the_new_school_sees_nothing_of_the_record_at_the_old_one(story)
    when_the_new_school_asks_the_area_which_says_that_it_is_her(story)
    then_she_is_one_record_on_the_new_roll_with_her_account_and_choices(story)
    then_the_old_school_has_lost_sight_of_her_that_day(story)
    then_the_next_file_of_the_new_school_asks_nothing(story)


def given_the_new_school_uploads_its_roll_with_her_name_and_new_address(story):
    story.upload = hand_over(story)


def then_there_is_a_second_record_and_the_new_school_is_asked(story):
    story.doubt = LearnerDoubt.objects.get()
    assert (story.doubt.other, story.doubt.school) == (story.world.amina, story.world.brannoc)
    page = signed_in(story, "other_coordinator").get("/desk/roll/same/").content.decode()
    assert "Yusuf, Amina" in page


def then_the_new_school_sees_nothing_of_the_record_at_the_old_one(story):
    page = signed_in(story, "other_coordinator").get(f"/desk/roll/same/{story.doubt.reference}/").content.decode()
    assert "Another school, Year 11" in page
    assert "A different one" in page  # the postcode
    for hidden in ("Hollins Park School", "HX1 1AA"):
        assert hidden not in page
    assert "Yes, the same learner" not in page  # only the area may fetch her from another school's roll


def when_the_new_school_asks_the_area_which_says_that_it_is_her(story):
    address = f"/desk/roll/same/{story.doubt.reference}/"
    assert signed_in(story, "other_coordinator").post(address, {"answer": "ask_same"}).status_code == 302
    desk = Client()
    desk.force_login(story.help_desk)
    assert "The school thinks that it is the same learner" in desk.get(address).content.decode()
    assert desk.post(address, {"answer": "same"}).status_code == 302


def then_she_is_one_record_on_the_new_roll_with_her_account_and_choices(story):
    amina = Learner.objects.get(family_name="Yusuf")
    assert (amina, amina.user) == (story.world.amina, story.world.amina.user)
    assert amina.roll_entries.current().get().school == story.world.brannoc
    assert Choice.objects.filter(application__learner=amina, pk=story.world.choice.pk).exists()
    page = signed_in(story, "learner").get("/my-record/").content.decode()
    assert "St Brannoc" in page
    reference = amina.reference
    assert signed_in(story, "other_coordinator").get(f"/desk/roll/learners/{reference}/").status_code == 200


def then_the_old_school_has_lost_sight_of_her_that_day(story):
    client = signed_in(story, "coordinator")
    assert client.get(f"/desk/roll/learners/{story.world.amina.reference}/").status_code == 404
    assert not Learner.objects.visible_to(story.world.people["coordinator"]).filter(pk=story.world.amina.pk).exists()


def then_the_next_file_of_the_new_school_asks_nothing(story):
    upload = hand_over(story)
    assert (upload.counts["unchanged"], upload.counts["added"]) == (1, 0)
    assert not LearnerDoubt.objects.open().exists()


def hand_over(story) -> Upload:
    """The roll of the new school, checked and confirmed by its coordinator."""
    by = story.world.people["other_coordinator"]
    content = ContentFile(f"{HEADINGS}\n{ROW}".encode(), name="roll.csv")
    upload = receive_upload(
        kind="roll", organisation=story.world.brannoc, file=content, file_name="roll.csv", by=by
    )  # fmt: skip
    run_job(upload.job_id)
    upload.refresh_from_db()
    upload = confirm_upload(upload=upload, seen=upload.digest, by=by, is_knowing=True)
    run_job(upload.job_id)
    upload.refresh_from_db()
    return upload


def signed_in(story, person):
    client = Client()
    client.force_login(story.world.people[person])
    return client
