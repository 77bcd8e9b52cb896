"""A copy of one's data, erasure, merging and keeping: what every floor says of its tables, and what is done with it."""

import datetime as dt
import io
import json
import zipfile

import pytest
from django.db import connection

from accounts import actions
from accounts.models import (
    DataCopy,
    Erasure,
    Learner,
    LearnerContact,
    MergedLearner,
    Recovery,
    RetentionRun,
    RollEntry,
    UnlockCode,
    User,
)
from accounts.tasks import nightly
from activity.actions import run_job
from activity.models import Event
from applications import actions as applying
from applications.models import Application, Choice, Snapshot
from core import clock, personal
from core.errors import NotAllowed, RuleBroken, StaleState
from prospectus.actions.keeping import keep_course
from prospectus.models import SavedSearch, ShortlistItem
from providers.models import RoleKind
from tests.factories import LearnerFactory, RollEntryFactory, StaffRoleFactory, UserFactory
from tests.ground import ground
from tests.races import at_once
from tests.world import build_world

pytestmark = pytest.mark.django_db


@ground
def world():
    return build_world()


@pytest.fixture
def second_officer(world):
    authority = world.people["officer"].staff_roles.get().organisation
    return StaffRoleFactory(organisation=authority, kind=RoleKind.OFFICER).user


def withdraw_everything(world):
    for choice in Choice.objects.filter(application__learner=world.amina):
        applying.withdraw_choice(choice=choice, by=world.amina.user, reason="changed_mind")


def later(days):
    return clock.at(clock.today() + dt.timedelta(days=days))


def where(*texts):
    """Every table of the database in which one of these texts stands, with the text."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            for text in texts:
                cursor.execute(
                    f'SELECT count(*) FROM "{table}" t WHERE position(lower(%s) IN lower(t::text)) > 0', [text]
                )
                found |= {(table, text)} if cursor.fetchone()[0] else set()
    return found


class TestTheList:
    def test_every_table_that_belongs_to_a_learner_is_in_it(self):
        assert personal.missing(Learner, User) == []

    def test_a_table_that_is_left_out_would_be_noticed(self, monkeypatch):
        monkeypatch.delitem(personal.TABLES, LearnerContact)
        monkeypatch.delitem(personal.TABLES, Snapshot)

        assert personal.missing(Learner, User) == ["accounts.LearnerContact.learner", "applications.Snapshot.choice"]

    def test_what_it_shows_can_be_read(self, world):
        tables = [table.model._meta.label for table in personal.TABLES.values()]
        read = [
            table.model._meta.label
            for table in personal.TABLES.values()
            if isinstance(list(table.rows(world.amina).values_list("pk", *table.shows)), list)
        ]
        assert read == tables

    def test_what_stays_needs_a_reason(self):
        with pytest.raises(ValueError, match="say why"):
            personal.register(Learner, path="", title="x", erase=personal.Erase.KEEP)


class TestCopy:
    def made(self, world):
        copy = actions.ask_copy(learner=world.amina, by=world.amina.user)
        run_job(copy.job_id)
        copy.refresh_from_db()
        return copy

    def test_it_has_everything_in_words_and_for_programs(self, world):
        copy = self.made(world)

        zipped = zipfile.ZipFile(io.BytesIO(actions.fetch_copy(copy=copy, by=world.amina.user)))
        page = zipped.read("your-data.html").decode()
        names = [name.split("-", 1)[1] for name in zipped.namelist() if name.startswith("data/")]

        for words in ("Yusuf", "Hollins Park School", "I like finding out how things work", "Plumbing Level 2"):
            assert words in page
        assert "Okafor" not in page
        assert "what-was-sent-to-providers.json" in names
        courses = json.loads(zipped.read(next(n for n in zipped.namelist() if n.endswith("courses-you-kept.json"))))
        assert [row["Course"] for row in courses] == ["Plumbing Level 2"]

    def test_only_the_learner_asks_and_fetches(self, world):
        with pytest.raises(NotAllowed):
            actions.ask_copy(learner=world.amina, by=world.people["coordinator"])
        copy = self.made(world)
        with pytest.raises(NotAllowed):
            actions.fetch_copy(copy=copy, by=world.ben.user)

    def test_one_is_made_at_a_time(self, world):
        actions.ask_copy(learner=world.amina, by=world.amina.user)
        with pytest.raises(RuleBroken) as refusal:
            actions.ask_copy(learner=world.amina, by=world.amina.user)
        assert refusal.value.code == "copy_running"

    def test_it_is_not_ready_before_it_is_made(self, world):
        copy = actions.ask_copy(learner=world.amina, by=world.amina.user)
        with pytest.raises(RuleBroken) as refusal:
            actions.fetch_copy(copy=copy, by=world.amina.user)
        assert refusal.value.code == "copy_not_ready"

    def test_it_is_gone_after_a_week(self, world):
        copy = self.made(world)
        with later(8):
            with pytest.raises(RuleBroken) as refusal:
                actions.fetch_copy(copy=copy, by=world.amina.user)
            nightly()
        assert refusal.value.code == "copy_expired"
        assert DataCopy.objects.get(pk=copy.pk).zip is None

    def test_making_it_twice_changes_nothing(self, world):
        copy = self.made(world)
        before = DataCopy.objects.get(pk=copy.pk).zip
        actions.make_copy(copy=copy)
        assert DataCopy.objects.get(pk=copy.pk).zip == before


class TestErasure:
    def test_nothing_of_the_person_is_left_anywhere(self, world):
        withdraw_everything(world)
        learner = world.amina
        Learner.objects.exclude(pk=learner.pk).update(family_name="Somebody Else")
        Learner.objects.filter(pk=learner.pk).update(upn="H801200001001", uln="1000000043")
        LearnerContact.objects.filter(learner=learner).update(
            email="someone@mill.example", phone="01632960001", postcode="HX1 1AA", address="1 Mill Lane"
        )
        texts = (
            "Yusuf",
            "H801200001001",
            "1000000043",
            "someone@mill.example",
            "01632960001",
            "Mill Lane",
            "finding out how",
        )
        assert {text for _, text in where(*texts)} == set(texts)

        actions.ask_erasure(learner=learner, by=learner.user)
        with later(7):
            nightly()

        assert where(*texts) == set()
        assert not User.objects.filter(username="amina").exists()
        learner.refresh_from_db()
        assert (learner.erased_at is not None, learner.birth_on.month, learner.birth_on.day) == (True, 1, 1)
        assert Erasure.objects.get(learner=learner).state == "done"
        # What figures are made of stays.
        assert RollEntry.objects.filter(learner=learner).count() == 1
        assert Choice.objects.filter(application__learner=learner).count() == 3
        assert {snapshot.content for snapshot in Snapshot.objects.all()} == {None}
        assert "" not in {snapshot.sha256 for snapshot in Snapshot.objects.all()}

    def test_nobody_can_sign_in_or_see_the_record(self, client, world):
        withdraw_everything(world)
        client.force_login(world.amina.user)
        actions.ask_erasure(learner=world.amina, by=world.amina.user)
        with later(7):
            nightly()

        assert client.get("/welcome/").status_code == 302
        assert not Learner.objects.visible_to(world.people["officer"]).filter(pk=world.amina.pk).exists()
        assert not User.objects.get(pk=world.amina.user_id).is_active

    def test_the_address_from_which_mails_came_back_goes_too(self, world):
        withdraw_everything(world)
        User.objects.filter(pk=world.amina.user_id).update(email="amina@example.org")
        actions.note_bounce(address="amina@example.org")
        actions.ask_erasure(learner=world.amina, by=world.amina.user)
        with later(7):
            nightly()
        user = User.objects.get(pk=world.amina.user_id)
        assert (user.email, user.bounced_email) == ("", "")

    def test_it_waits_a_week_and_can_be_withdrawn(self, world):
        withdraw_everything(world)
        erasure = actions.ask_erasure(learner=world.amina, by=world.amina.user)
        with later(6):
            nightly()
            assert Learner.objects.get(pk=world.amina.pk).erased_at is None
            actions.withdraw_erasure(erasure=erasure, by=world.amina.user)
        with later(8):
            nightly()
            with pytest.raises(StaleState):
                actions.carry_out_erasure(erasure=erasure)
        assert Learner.objects.get(pk=world.amina.pk).erased_at is None

    def test_what_still_goes_on_stands_in_its_way(self, world):
        with pytest.raises(RuleBroken) as refusal:
            actions.ask_erasure(learner=world.amina, by=world.amina.user)
        assert refusal.value.code == "erasure_held"

    def test_what_began_meanwhile_holds_it_and_says_so(self, world):
        erasure = actions.ask_erasure(learner=world.ben, by=world.ben.user)
        application = applying.start_application(learner=world.ben, cycle=world.cycle, by=world.ben.user)
        applying.write_profile(
            application=application, by=world.ben.user, statement="Why not.", predicted_grades="", needs=""
        )
        choice = applying.add_run(learner=world.ben, run=world.run, by=world.ben.user)
        applying.send_choice(choice=choice, by=world.ben.user)
        with later(8):
            nightly()
        erasure.refresh_from_db()
        assert (erasure.state, erasure.hold[:17]) == ("agreed", "There are choices")
        assert Learner.objects.get(pk=world.ben.pk).erased_at is None

    def test_an_officer_says_why_and_another_one_agrees(
        self, world, second_officer, django_capture_on_commit_callbacks
    ):
        officer = world.people["officer"]
        with pytest.raises(RuleBroken) as refusal:
            actions.ask_erasure(learner=world.ben, by=officer)
        assert refusal.value.code == "erasure_reason"
        erasure = actions.ask_erasure(learner=world.ben, reason="Parents asked in writing", by=officer)
        with pytest.raises(NotAllowed):
            actions.agree_erasure(erasure=erasure, by=officer)
        with later(30):
            nightly()
            assert Learner.objects.get(pk=world.ben.pk).erased_at is None
            actions.agree_erasure(erasure=erasure, by=second_officer)
        with later(37):
            nightly()
        assert Learner.objects.get(pk=world.ben.pk).erased_at is not None
        assert where("Parents asked") == set()

    def test_it_is_asked_once(self, world):
        actions.ask_erasure(learner=world.ben, by=world.ben.user)
        with pytest.raises(RuleBroken) as refusal:
            actions.ask_erasure(learner=world.ben, by=world.people["officer"], reason="Again")
        assert refusal.value.code == "erasure_asked"

    @pytest.mark.parametrize("who", ["coordinator", "adviser", "admissions", "learner"])
    def test_nobody_else_asks(self, world, who):
        with pytest.raises(NotAllowed):
            actions.ask_erasure(learner=world.ben, reason="x", by=world.people[who])

    def test_carrying_it_out_twice_changes_nothing(self, world):
        erasure = actions.ask_erasure(learner=world.ben, by=world.ben.user)
        with later(8):
            actions.carry_out_erasure(erasure=erasure)
            events = Event.objects.count()
            actions.carry_out_erasure(erasure=erasure)
        assert Event.objects.count() == events


class TestMerging:
    @pytest.fixture
    def twin(self, world):
        """A second record of Amina's, unlocked too, with things of its own."""
        twin = LearnerFactory(given_name="Amina", family_name="Yusuf", area=world.area, upn=None, user=UserFactory())
        Learner.objects.filter(pk=twin.pk).update(uln="1000000043")
        RollEntryFactory(learner=twin, school=world.brannoc, started_on=dt.date(2026, 10, 1))
        keep_course(course=world.course, by=twin.user)
        keep_course(course=world.other_run.course, by=twin.user)
        twin.refresh_from_db()
        return twin

    def test_everything_is_one_records(self, world, twin):
        old_user = twin.user
        actions.merge_learners(keep=world.amina, other=twin, by=world.people["officer"])

        learner = Learner.objects.get(pk=world.amina.pk)
        assert learner.uln == "1000000043"
        assert [entry.school for entry in RollEntry.objects.filter(learner=learner, ended_on=None)] == [world.brannoc]
        assert ShortlistItem.objects.filter(user=learner.user).count() == 2
        assert not ShortlistItem.objects.filter(user=old_user).exists()
        assert not User.objects.get(pk=old_user.pk).is_active
        assert not Learner.objects.filter(pk=twin.pk).exists()
        assert MergedLearner.objects.get().reference == twin.reference

    def test_an_account_of_the_other_goes_on_where_there_is_only_that_one(self, world, twin):
        nameless = LearnerFactory(area=world.area, upn=None, user=None)
        account = twin.user
        actions.merge_learners(keep=nameless, other=twin, by=world.people["officer"])
        assert Learner.objects.get(pk=nameless.pk).user == account
        assert ShortlistItem.objects.filter(user=account).count() == 2

    def test_draft_choices_come_after_those_that_go_on(self, world, twin):
        applying.start_application(learner=twin, cycle=world.cycle, by=twin.user)
        drafted = applying.add_run(learner=twin, run=world.other_run, by=twin.user)
        actions.merge_learners(keep=world.amina, other=twin, by=world.people["officer"])
        assert Application.objects.filter(learner=world.amina).count() == 1
        drafted.refresh_from_db()
        assert (drafted.application, drafted.rank) == (world.application, 4)

    def test_two_that_go_on_in_one_year_are_refused(self, world, twin):
        application = applying.start_application(learner=twin, cycle=world.cycle, by=twin.user)
        applying.write_profile(
            application=application, by=twin.user, statement="Why not.", predicted_grades="", needs=""
        )
        choice = applying.add_run(learner=twin, run=world.run, by=twin.user)
        applying.send_choice(choice=choice, by=twin.user)
        with pytest.raises(RuleBroken) as refusal:
            actions.merge_learners(keep=world.amina, other=twin, by=world.people["officer"])
        assert refusal.value.code == "merge_held"

    def test_one_that_is_being_erased_is_refused(self, world, twin):
        actions.ask_erasure(learner=twin, by=twin.user)
        with pytest.raises(RuleBroken) as refusal:
            actions.merge_learners(keep=world.amina, other=twin, by=world.people["officer"])
        assert refusal.value.code == "merge_held"

    def test_a_coordinator_needs_both_on_the_roll(self, world, twin):
        with pytest.raises(NotAllowed):
            actions.merge_learners(keep=world.amina, other=twin, by=world.people["coordinator"])
        RollEntry.objects.filter(learner=twin).update(school=world.hollins)
        actions.merge_learners(keep=world.amina, other=twin, by=world.people["coordinator"])
        assert not Learner.objects.filter(pk=twin.pk).exists()

    def test_a_record_is_not_merged_with_itself_or_with_one_that_is_gone(self, world, twin):
        officer = world.people["officer"]
        with pytest.raises(RuleBroken):
            actions.merge_learners(keep=twin, other=twin, by=officer)
        actions.merge_learners(keep=world.amina, other=twin, by=officer)
        with pytest.raises(StaleState):
            actions.merge_learners(keep=world.amina, other=twin, by=officer)


@pytest.mark.django_db(transaction=True)
def test_unlocking_and_merging_at_once_leave_one_record_with_the_account():
    world = build_world()
    twin = LearnerFactory(given_name="Ben", family_name="Okafor", area=world.area, upn=None, user=None)
    code = actions.new_code()
    run = world.letter_run
    actions.issue_codes(codes={twin.pk: code}, letter_run=run)
    unlock_code = twin.unlock_codes.get()

    def unlock():
        return actions.unlock_account(unlock_code=unlock_code, username="ben.o.second", password="three odd words here")

    def merge():
        return actions.merge_learners(keep=world.ben, other=twin, by=world.people["officer"])

    unlocked, merged = at_once(unlock, merge)

    assert isinstance(merged, Learner)
    assert isinstance(unlocked, User | StaleState | Learner.DoesNotExist)
    assert Learner.objects.filter(given_name="Ben").count() == 1
    assert Learner.objects.get(given_name="Ben").user.username == "ben"
    assert not User.objects.filter(username="ben.o.second", is_active=True).exists()


class TestKeeping:
    @pytest.fixture(autouse=True)
    def all_are_on_a_roll(self, world):
        for learner in Learner.objects.filter(roll_entries=None):
            RollEntryFactory(learner=learner, school=world.hollins)

    def test_what_is_due_goes_at_night_and_a_rehearsal_only_counts(self, world):
        RollEntry.objects.filter(learner=world.ben).update(ended_on=dt.date(2027, 7, 20))
        with later(9 * 365):
            rehearsal = actions.run_retention(is_rehearsal=True)
            assert Learner.objects.get(pk=world.ben.pk).erased_at is None
            nightly()
            again = actions.run_retention(is_rehearsal=True)
        assert rehearsal.counts["left"] == 1
        assert Learner.objects.get(pk=world.ben.pk).erased_at is not None
        assert RetentionRun.objects.filter(is_rehearsal=False).get().counts["left"] == 1
        assert again.counts["left"] == 0

    def test_who_is_on_a_roll_or_signed_in_lately_stays(self, world):
        with later(9 * 365):
            assert list(personal.RETENTIONS["left"].due(clock.today() - dt.timedelta(days=365))) == []
            RollEntry.objects.filter(learner=world.ben).update(ended_on=dt.date(2027, 7, 20))
            User.objects.filter(pk=world.ben.user_id).update(last_login=clock.now())
            assert list(personal.RETENTIONS["left"].due(clock.today() - dt.timedelta(days=365))) == []

    def test_codes_that_are_over_go_after_two_years_and_those_that_work_stay(self, world):
        codes = {}
        for name in ("used", "open"):
            learner = LearnerFactory(area=world.area, upn=None, user=None)
            RollEntryFactory(learner=learner, school=world.hollins)
            actions.issue_codes(codes={learner.pk: actions.new_code()}, letter_run=None)
            codes[name] = learner.unlock_codes.get()
        UnlockCode.objects.filter(pk=codes["used"].pk).update(used_at=clock.now())
        Recovery.objects.filter(pk=world.recovery.pk).update(unlock_code=codes["used"])
        with later(2 * 365):
            nightly()
            assert set(UnlockCode.objects.all()) == set(codes.values())
        UnlockCode.objects.filter(pk=codes["open"].pk).update(expires_on=dt.date(2028, 12, 1))
        with later(2 * 365 + 1):
            nightly()
        assert list(UnlockCode.objects.all()) == [codes["open"]]
        assert Recovery.objects.get(pk=world.recovery.pk).unlock_code is None

    def test_a_saved_search_goes_when_its_owner_has_stayed_away_for_two_years(self, world):
        with later(2 * 365 + 1):
            User.objects.filter(pk=world.amina.user_id).update(last_login=clock.now())
            nightly()
            assert SavedSearch.objects.exists()
            User.objects.filter(pk=world.amina.user_id).update(last_login=None)
            nightly()
        assert not SavedSearch.objects.exists()

    def test_everything_with_a_fixed_time_is_run_at_night_from_the_list(self, monkeypatch):
        run = []
        for name, tidying in personal.TIDYINGS.items():
            monkeypatch.setitem(personal.TIDYINGS, name, tidying._replace(run=lambda name=name: run.append(name)))
        nightly()
        assert run == list(personal.TIDYINGS)
        assert {"letters", "failures", "links", "copies", "registrations", "invitations", "rolls", "words"} <= set(run)

    def test_an_officer_changes_how_long_within_limits(self, world):
        officer = world.people["officer"]
        actions.change_retention(name="outbox", days=60, by=officer)
        assert actions.run_retention(is_rehearsal=True).counts.keys() == personal.RETENTIONS.keys()
        with pytest.raises(RuleBroken) as refusal:
            actions.change_retention(name="outbox", days=5, by=officer)
        assert refusal.value.code == "retention_short"
        with pytest.raises(NotAllowed):
            actions.change_retention(name="outbox", days=60, by=world.people["coordinator"])


def test_saved_searches_are_told_and_go(world):
    assert SavedSearch.objects.filter(user=world.amina.user).exists()
    withdraw_everything(world)
    actions.ask_erasure(learner=world.amina, by=world.amina.user)
    with later(7):
        nightly()
    assert not SavedSearch.objects.exists()
