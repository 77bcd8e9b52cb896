"""An extract of a caseload system is taken over, part by part, and given back."""

import datetime as dt

import pytest
from django.db import transaction
from django.urls import reverse

from accounts.actions import set_residence
from accounts.models import Learner
from activity.actions import run_job
from core import clock
from core.errors import RuleBroken
from ilp.models import CurrentActivity, RecordFact
from providers.actions import confirm_upload, confirming, in_parts, undo_upload, undoing
from providers.queries import undo_plan
from providers.uploads import KINDS
from reporting.actions import exchange
from reporting.actions.exchange import GONE, RECORDED_MEANWHILE, TOUCHED, compare_records, take_over_records
from reporting.exchange.told import Told
from reporting.returns.record import Header
from tests.factories import OrganisationFactory, StaffRoleFactory
from tests.races import at_once, meeting
from tests.reporting.extract import (
    SEEKING,
    extract_town,
    fact,
    hand_over,
    manager_of,
    pick,
    publish,
    record_of,
    share,
    spell,
    undo,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return extract_town()


def work_off(upload):
    """All the jobs after the first part."""
    while not upload.is_published:
        run_job(upload.job_id)
        upload.refresh_from_db()


def everything():
    """All that an extract can have written, as it holds now."""
    spells = CurrentActivity.objects.open().order_by("learner").values_list(
        "learner", "code__code", "started_on", "verified_on", "course_ends_on", "establishment"
    )  # fmt: skip
    facts = RecordFact.objects.open().order_by("learner", "kind", "code__code")
    return list(spells), list(facts.values_list("learner", "kind", "code__code", "started_on"))


class TestTakenOver:
    def test_ticked_ones_only_and_again_nothing_and_back_exactly(self, town):
        learner, other, third = (town.people[name] for name in ("Nothing", "Waiting", "Outside"))
        spell(town, learner, "110", course_ends_on=dt.date(2027, 8, 31))
        spell(town, other, "619")
        fact(town, learner, "need", "3", dt.date(2026, 10, 1))
        before = everything()
        people = [
            record_of(learner, **SEEKING, need="1", destination="311", characteristics=["180"], lead_authority="997"),
            # The same spell, confirmed later; and one that began before what is recorded, and was confirmed later.
            record_of(other, activity="619", started="2026-09-07", ascertained="2026-09-08", verified="2026-11-12"),
            record_of(third, **SEEKING, need="2"),
        ]
        upload = hand_over(town, people)
        picks = {f"need:{third.pk}": False}
        pick(upload, picks, town.officer)
        assert everything() == before
        with clock.at(dt.datetime(2026, 11, 18, 11, tzinfo=dt.UTC)):
            publish(upload, town.officer)
        seeking = ("619", dt.date(2026, 10, 5), dt.date(2026, 11, 12), None, "")
        spells, facts = everything()
        assert spells == sorted([
            (learner.pk, *seeking), (third.pk, *seeking),
            (other.pk, "619", dt.date(2026, 9, 7), dt.date(2026, 11, 12), None, ""),
        ])  # fmt: skip
        confirmed = dt.date(2026, 11, 12)
        assert facts == [
            (learner.pk, "characteristic", "180", confirmed), (learner.pk, "destination", "311", confirmed),
            (learner.pk, "need", "1", confirmed),
        ]  # fmt: skip
        learner.refresh_from_db()
        assert learner.residence_authority_id == "997"
        former = CurrentActivity.objects.standing().get(learner=learner, code__code="110")
        assert former.ended_on == dt.date(2026, 10, 5)

        with clock.at(dt.datetime(2026, 11, 19, 9, tzinfo=dt.UTC)):
            again = hand_over(town, people)
            assert [change.pick_key for change in again.changes.all()] == [f"need:{third.pk}"]
            # Somebody records something since: that stays.
            spell(town, third, "540", started_on=dt.date(2026, 11, 18), verified_on=dt.date(2026, 11, 18))
            undone = undo(upload, town.officer)
        kept = [step.title.partition(" ")[0] for step in undone.reversals.filter(action="kept")]
        assert kept == ["Outside"]
        spells, facts = everything()
        assert (set(spells) - set(before[0]), set(before[0]) - set(spells)) == (
            {(third.pk, "540", dt.date(2026, 11, 18), dt.date(2026, 11, 18), None, "")}, set(),
        )  # fmt: skip
        assert facts == before[1]
        learner.refresh_from_db()
        assert learner.residence_authority_id is None

    def test_what_was_confirmed_here_meanwhile_is_shown_again_and_not_lost(self, town):
        learner = town.people["Nothing"]
        upload = hand_over(town, [record_of(learner, **SEEKING)])
        spell(town, learner, "540", verified_on=dt.date(2026, 11, 17))
        assert not publish(upload, town.officer).is_published
        assert "changed since" in upload.note
        assert upload.changes.get().is_picked is False
        assert CurrentActivity.objects.open().get(learner=learner).code.code == "540"

    def test_a_saved_page_pins_only_what_was_ticked_otherwise(self, town):
        learner, other = town.people["Nothing"], town.people["Waiting"]
        upload = hand_over(town, [record_of(learner, **SEEKING), record_of(other, **SEEKING)])
        picks = {f"activity:{learner.pk}": True, f"activity:{other.pk}": False}
        pick(upload, picks, town.officer)
        spell(town, learner, "540", verified_on=dt.date(2026, 11, 17))
        assert not publish(upload, town.officer).is_published
        assert {change.is_picked for change in upload.changes.all()} == {False}
        assert publish(upload, town.officer).is_published
        assert CurrentActivity.objects.open().get(learner=learner).code.code == "540"

    def test_one_activity_that_cannot_be_taken_over_is_said_and_all_else_goes_on(self, town):
        learner, other = town.people["Nothing"], town.people["Waiting"]
        spell(town, learner, "110", started_on=dt.date(2026, 1, 10), course_ends_on=dt.date(2027, 8, 31))
        held = spell(town, learner, "540")
        theirs = record_of(learner, activity="619", started="2025-09-01", verified="2026-11-12", need="1")
        upload = hand_over(town, [theirs, record_of(other, **SEEKING)])
        [issue] = upload.issues.all()
        assert (issue.row, issue.code) == (1, "CASELOAD_ACTIVITY")
        assert issue.message == "This starts before the one that went before it. What is here stays."
        picked = {change.pick_key: change.is_picked for change in upload.changes.all()}
        assert picked == {f"activity:{learner.pk}": False, f"need:{learner.pk}": True, f"activity:{other.pk}": True}
        assert publish(upload, town.officer).is_published
        assert CurrentActivity.objects.open().get(learner=learner) == held

    def test_part_by_part_what_has_changed_between_two_parts_is_left_and_says_why(self, town, client, monkeypatch):
        monkeypatch.setattr(in_parts, "PART", 1)
        people = [town.people[name] for name in ("Nothing", "Offer", "Outside", "Waiting")]
        first, refuser, moved, last = sorted(people, key=lambda learner: learner.pk)
        upload = hand_over(town, [record_of(each, **SEEKING) for each in (first, refuser, moved, last)])
        publish(upload, town.officer)
        assert (upload.is_published, CurrentActivity.objects.get().learner) == (False, first)
        assert upload.state_words == "Being published"
        spell(town, moved, "540")
        share(refuser, is_given=False)
        work_off(upload)
        assert upload.is_published
        told = {change.thing_key: (change.is_picked, change.fields.get("left", ["", ""])[1])
                for change in upload.changes.all()}  # fmt: skip
        assert told == {
            first.pk: (True, ""), refuser.pk: (False, GONE), moved.pk: (False, RECORDED_MEANWHILE), last.pk: (True, ""),
        }  # fmt: skip
        assert {spell.learner: spell.code.code for spell in CurrentActivity.objects.open()} == {
            first: "619", moved: "540", last: "619",
        }  # fmt: skip
        assert [upload.counts[name] for name in ("taken", "left")] == [2, 2]
        client.force_login(town.officer)
        page = client.get(reverse("providers:upload-changes", args=[upload.reference]))
        assert f"<dt>Why it is left</dt><dd>{RECORDED_MEANWHILE}</dd>" in page.text
        assert GONE not in page.text  # who refuses is shown no more
        steps = undo(upload, town.officer).reversals.values_list("thing_key", "action")
        assert sorted(steps) == sorted([(first.pk, "taken_out"), (last.pk, "taken_out")])

    def test_a_part_that_fails_ends_it_with_what_was_done_and_a_new_extract_goes_on(self, town, monkeypatch):
        monkeypatch.setattr(in_parts, "PART", 1)
        people = [record_of(town.people[name], need="1") for name in ("Nothing", "Offer", "Waiting")]
        upload = publish(hand_over(town, people), town.officer)
        town.officer.staff_roles.update(ended_on=dt.date(2026, 11, 17))
        work_off(upload)
        assert upload.is_published
        assert [upload.counts[name] for name in ("taken", "left", "not_reached")] == [1, 2, 2]
        town.officer.staff_roles.update(ended_on=None)
        again = hand_over(town, people)
        assert again.changes.count() == 2
        assert undo(upload, town.officer).is_undone
        assert not RecordFact.objects.open().exists()

    def test_one_that_stopped_says_so_and_is_undone_after_a_colleague_has_gone_on(self, town, client, monkeypatch):
        monkeypatch.setattr(in_parts, "PART", 1)
        names = ("Nothing", "Offer", "Waiting")
        first, *others = sorted((town.people[name] for name in names), key=lambda one: one.pk)
        rest = [record_of(each, need="1") for each in others]
        moved = record_of(first, need="1", lead_authority="997")
        upload = publish(hand_over(town, [moved, *rest]), town.officer)
        town.officer.staff_roles.update(ended_on=dt.date(2026, 11, 17))
        work_off(upload)
        colleague = StaffRoleFactory(organisation=town.council, kind="officer").user
        client.force_login(colleague)
        page = client.get(reverse("providers:upload", args=[upload.reference])).text
        assert "Changes that were made: 2. Changes that were not reached: 2." in page
        assert "notice--success" not in page

        # Somebody says otherwise where they live, and the next extract what the first one said.
        set_residence(learner=first, authority=town.authority, by=colleague)
        moved.verified = "2026-11-18"
        again = publish(hand_over(town, [moved, *rest], by=colleague), colleague)
        work_off(again)
        assert (again.counts["taken"], again.counts["left"], again.has_stopped) == (3, 0, False)
        plan = reverse("providers:upload-undo", args=[upload.reference])
        assert plan in client.get(reverse("providers:upload", args=[upload.reference])).text
        listed = client.get(reverse("providers:uploads")).text
        assert plan in listed
        assert listed.count("Stopped half-way") == 1  # of two
        assert "Stopped half-way" in client.get(reverse("reporting:exchange")).text
        steps = undo(upload, colleague).reversals.values_list("thing", "thing_key", "action")
        assert set(steps) == {("need", first.pk, "taken_out"), ("residence", first.pk, "kept")}
        first.refresh_from_db()
        assert first.residence_authority_id == "997"
        assert {fact.learner for fact in RecordFact.objects.open()} == set(others)

    def test_undone_part_by_part_and_one_that_stops_is_gone_on_with(self, town, client, monkeypatch):
        monkeypatch.setattr(in_parts, "PART", 1)
        names = ("Nothing", "Offer", "Outside", "Waiting")
        learners = sorted((town.people[name] for name in names), key=lambda each: each.pk)
        first, touched, third, last = learners
        people = [record_of(each, need="1") for each in learners]
        upload = publish(hand_over(town, people), town.officer)
        work_off(upload)
        seen = undo_plan(upload).digest
        run_job(undo_upload(upload=upload, seen=seen, by=town.officer).job_id)
        upload.refresh_from_db()
        assert {fact.learner for fact in RecordFact.objects.open()} == {touched, third, last}
        client.force_login(town.officer)
        page = reverse("providers:upload", args=[upload.reference])
        assert "You can close this page: the work goes on all the same." in client.get(page).text
        job = upload.job_id
        assert undo_upload(upload=upload, seen=seen, by=town.officer).job_id == job

        again = hand_over(town, people)
        with pytest.raises(RuleBroken, match="Another file is being published or undone"):
            confirm_upload(upload=again, seen=again.digest, by=town.officer)
        fact(town, touched, "need", "3", dt.date(2026, 11, 18))
        run_job(job)
        town.officer.staff_roles.update(ended_on=dt.date(2026, 11, 17))
        upload.refresh_from_db()
        run_job(upload.job_id)
        town.officer.staff_roles.update(ended_on=None)
        upload.refresh_from_db()
        assert (upload.is_being_undone, upload.state_words) == (False, "Undoing stopped half-way")
        assert upload.counts["undone"] == {"restored": 0, "taken_out": 1, "kept": 1}
        assert "Look at what is left, and undo that too." in client.get(page).text

        assert {step.key for step in KINDS["caseload"].undo_steps(upload)} == {third.pk, last.pk}
        assert undo(upload, town.officer).is_undone
        assert {fact.learner for fact in RecordFact.objects.open()} == {touched}
        steps = upload.reversals.order_by("thing_key").values_list("thing_key", "action", "why")
        assert list(steps) == [
            (first.pk, "taken_out", ""), (touched.pk, "kept", TOUCHED), (third.pk, "taken_out", ""),
            (last.pk, "taken_out", ""),
        ]  # fmt: skip
        assert confirm_upload(upload=again, seen=again.digest, by=town.officer).state_words == "Being published"

    @pytest.mark.parametrize("days", [{"verified": ""}, {"verified": "2026-11-30"}])
    def test_what_is_confirmed_days_later_is_what_was_checked(self, town, monkeypatch, days):
        """A header of a day that is to come, and a confirmation of one: both are of the day the file came."""
        header = Header(("998",), ("998",), dt.date(2026, 11, 30), dt.date(2026, 11, 30))
        monkeypatch.setattr("tests.reporting.extract.HEADER", header)
        learner = town.people["Nothing"]
        upload = hand_over(town, [record_of(learner, need="1", destination="311", characteristics=["180"], **days)])
        with clock.at(dt.datetime(2026, 11, 21, 9, tzinfo=dt.UTC)):
            assert publish(upload, town.officer).is_published
        assert {fact.started_on for fact in RecordFact.objects.open()} == {dt.date(2026, 11, 18)}

    def test_a_home_that_the_extract_moved_away_comes_back_with_all_it_said(self, town):
        learner = town.people["Away"]
        upload = hand_over(town, [record_of(learner, lead_authority="997", need="1")])
        was = Learner.objects.get(pk=learner.pk).residence_authority_id
        assert publish(upload, town.officer).is_published
        assert Learner.objects.get(pk=learner.pk).residence_authority_id == "997" != was
        undone = undo(upload, town.officer)
        put_back = set(undone.reversals.values_list("thing", "action"))
        assert put_back == {("residence", "restored"), ("need", "taken_out")}
        assert Learner.objects.get(pk=learner.pk).residence_authority_id == was
        assert not RecordFact.objects.open().exists()

    def test_the_number_of_queries_does_not_grow_with_what_is_the_same(self, town, django_assert_max_num_queries):
        upload = hand_over(town, [record_of(learner, need="2") for learner in town.people.values()])
        publish(upload, town.officer)
        assert RecordFact.objects.open().filter(kind="need").count() == upload.counts["matched"] > 8
        with django_assert_max_num_queries(50):
            again = hand_over(town, [record_of(learner, need="2") for learner in town.people.values()])
        assert not again.changes.exists()


@pytest.mark.django_db(transaction=True)
def test_two_systems_at_once_are_taken_over_one_after_the_other(monkeypatch):
    """The authority's and the advice service's say of one learner what is not recorded yet: the second finds it done.
    Without the learners' lock both would open a spell, and one of the two end on the database's constraint."""
    town = extract_town()
    service = OrganisationFactory(kind="advice_service", area=town.area)
    manager = manager_of(service)
    extracts = []
    for of, by in ((town.council, town.officer), (service, manager)):
        town.council = of
        extracts.append((hand_over(town, [record_of(town.people["Nothing"], **SEEKING)], by=by), by))
    reads, meet = exchange.ours_of, meeting(seconds=1)

    def read_together(learners):
        found = reads(learners)
        meet()
        return found

    def take_over(upload, by):
        return lambda: list(take_over_records(upload=upload, changes=list(upload.changes.all()), by=by).values())

    monkeypatch.setattr(exchange, "ours_of", read_together)
    found = at_once(*(take_over(*extract) for extract in extracts))
    assert sorted(found, key=str) == [[RECORDED_MEANWHILE], []]
    assert CurrentActivity.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_is_undone_or_the_next_is_published_and_not_both(monkeypatch, settings, tmp_path):
    """Without the organisation's lock neither of two who press at the same moment would see the other."""
    settings.MEDIA_ROOT = tmp_path
    town = extract_town()
    learner = town.people["Nothing"]
    upload = publish(hand_over(town, [record_of(learner, need="1")]), town.officer)
    plan = undo_plan(upload)
    following = hand_over(town, [record_of(learner, need="2", verified="2026-11-18")])
    meet = meeting(seconds=1)
    for module in (confirming, undoing):
        enqueue = module.enqueue
        monkeypatch.setattr(module, "enqueue", lambda *args, enqueue=enqueue, **ids: meet() or enqueue(*args, **ids))
    found = at_once(
        lambda: undo_upload(upload=upload, seen=plan.digest, by=town.officer),
        lambda: confirm_upload(upload=following, seen=following.digest, by=town.officer),
    )
    assert sorted(getattr(each, "code", "asked") for each in found) == ["asked", "upload_another_running"]


@pytest.mark.django_db(transaction=True)
def test_comparing_lets_go_of_whom_it_has_compared(monkeypatch):
    """An area is compared for minutes, in which advisers go on writing."""
    town = extract_town()
    learners = sorted((town.people[name] for name in ("Nothing", "Waiting")), key=lambda each: each.pk)
    monkeypatch.setattr(exchange, "CHUNK", 1)
    found = []

    def lock_the_first():
        with transaction.atomic():
            return Learner.objects.select_for_update(nowait=True, no_key=True).get(pk=learners[0].pk)

    def look(*, done, of=None, doing=""):
        if of and done == 1:
            found.extend(at_once(lock_the_first))

    people = [(row, record_of(learner, **SEEKING)) for row, learner in enumerate(learners, start=1)]
    taken = compare_records(
        of=town.council, by=town.officer, people=people, progress=look,
        told=Told(handed_over_on=clock.today(), sent_on=None),
    )  # fmt: skip
    assert taken.counts["activity"] == 2
    assert not CurrentActivity.objects.exists()
    assert found == learners[:1]
