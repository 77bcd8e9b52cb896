"""The extract of a caseload system: whose records, which differences, what is taken over, and back again."""

import datetime as dt
import io

import pytest
from django.urls import reverse

from accounts.actions import set_residence
from accounts.actions.erasure import erase_held_back
from accounts.models import Characteristics, Receipt
from activity.actions import record, run_job
from core import clock
from core.errors import NotAllowed, RuleBroken
from ilp.models import CurrentActivity, RecordCode, RecordFact
from providers.actions import abandon_upload, check_again, confirm_upload, pick_changes, undo_upload
from providers.models import Upload, UploadReversal
from providers.queries import undo_plan
from reporting.actions.exchange import UNNAMED
from reporting.exchange.kind import look_at_caseload
from tests.factories import LearnerContactFactory, OrganisationFactory, StaffRoleFactory
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
    written,
)
from tests.reporting.small_town import somebody

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return extract_town()


def changes_of(upload):
    return {(change.thing, change.title.partition(" Of ")[0]): change for change in upload.changes.all()}


def named(learner):
    return f"{learner.given_name} {learner.family_name}, born"


class TestWhose:
    def test_numbers_then_name_birth_and_home_and_else_a_person_says(self, town):
        people = town.people
        home = LearnerContactFactory(learner=people["Started"], postcode="HX1 1AA").learner
        twin = somebody(town, "Offer", town.hollins)
        by = {
            "ULN": record_of(people["Waiting"], upn="", uln=people["Waiting"].uln, birth=""),
            "home": record_of(home, upn="", postcode="hx11aa"),
            "month": record_of(people["Outside"], upn="", birth="2011-03"),
            "name": record_of(people["Nothing"], upn=""),
            "two": record_of(people["Offer"], upn="", uln="", family_name=twin.family_name),
            "number of another": record_of(people["Refused"], family_name="Else", birth="2009-01-01"),
            "nobody": record_of(people["Refused"], upn="", uln="", given_name="Nobody"),
        }
        upload = hand_over(town, [it_with_need(each) for each in by.values()])
        counts = {name: upload.counts[name] for name in ("people", "matched", "waiting", "nobody", "need")}
        assert counts == {"people": 7, "matched": 2, "waiting": 4, "nobody": 1, "need": 2}
        assert [(each.row, each.code) for each in upload.issues.all()] == [(7, "CASELOAD_NOBODY")]
        asks = {change.title: change.fields["asks"][1].split() for change in upload.changes.filter(thing="person")}
        assert sorted(map(len, asks.values())) == [1, 1, 1, 2]

        # A person says of two whose they are; what their records say follows, and asking goes on.
        picks = {"person:4": people["Nothing"].reference, "person:5": "nobody"}
        pick(upload, picks, town.officer)
        assert [upload.counts[name] for name in ("matched", "waiting", "need")] == [3, 2, 3]
        with pytest.raises(RuleBroken, match="not the ones"):
            pick_changes(upload=upload, picks={"person:4": people["Away"].reference}, by=town.officer)

    def test_who_refuses_to_share_is_never_matched_nor_told_from_a_stranger(self, town, client):
        refuser = town.people["Nothing"]
        share(refuser, is_given=False)
        stranger = record_of(town.people["Offer"], upn="Z99", uln="", given_name="Nobody")
        upload = hand_over(town, [record_of(refuser, **SEEKING), stranger])
        assert [upload.counts[name] for name in ("matched", "waiting", "nobody")] == [0, 0, 2]
        client.force_login(town.officer)
        page = client.get(reverse("providers:upload", args=[upload.reference])).text
        assert "Nobody in the file has a record here." in page
        assert {each.message for each in upload.issues.all()} == {upload.issues.first().message}

    @pytest.mark.parametrize("birth", ["2", "20", "2011-", "2011-03-4", "03"])
    def test_what_is_no_day_of_birth_says_nothing(self, town, birth):
        learner = town.people["Nothing"]
        upload = hand_over(town, [record_of(learner, upn="", birth=birth, need="1")])
        assert [upload.counts[name] for name in ("matched", "waiting", "nobody")] == [0, 0, 1]
        # A number decides, as where no day is said: of somebody who has married, say.
        numbered = record_of(learner, family_name="Else", birth=birth.replace("20", "19"), need="1")
        assert hand_over(town, [numbered]).counts["matched"] == 1

    def test_who_refuses_after_the_check_is_neither_shown_nor_written_to(self, town, client):
        refuser, other, asked_of = (town.people[name] for name in ("Nothing", "Waiting", "Outside"))
        records = [record_of(refuser, need="1"), record_of(other, need="1"), record_of(asked_of, upn="", need="1")]
        upload = hand_over(town, records)
        whole, changes, plan, done = (
            reverse(f"providers:{name}", args=[upload.reference])
            for name in ("upload", "upload-changes", "upload-undo", "upload-undone")
        )
        client.force_login(town.officer)
        assert asked_of.reference in client.get(changes).text
        for learner in (refuser, asked_of):
            share(learner, is_given=False)
        Receipt.objects.all().delete()
        for url in (whole, changes):
            page = client.get(url).text
            assert [named(learner) in page for learner in (refuser, other)] == [False, True]
            assert asked_of.reference not in page
        assert {receipt.learner for receipt in Receipt.objects.all()} == {other}

        share(refuser, is_given=True)
        share(asked_of, is_given=True)
        assert publish(upload, town.officer).is_published
        share(refuser, is_given=False)
        Receipt.objects.all().delete()
        page = client.get(plan).text
        assert [words in page for words in (named(refuser), named(other), UNNAMED)] == [False, True, True]
        undone = undo(upload, town.officer)
        assert sorted(undone.reversals.values_list("action", flat=True)) == ["kept", "taken_out"]
        assert RecordFact.objects.open().get().learner == refuser
        share(other, is_given=False)
        assert named(other) not in client.get(done).text

    def test_whoever_reads_what_is_undone_leaves_a_receipt(self, town, client):
        learner = town.people["Nothing"]
        upload = publish(hand_over(town, [record_of(learner, need="1")]), town.officer)
        client.force_login(town.officer)
        for name in ("upload-undo", "upload-undone"):
            assert named(learner) in client.get(reverse(f"providers:{name}", args=[upload.reference])).text
            assert Receipt.objects.get().learner == learner
            Receipt.objects.all().delete()
            undo(upload, town.officer) if name == "upload-undo" else None

    def test_of_whoever_is_erased_no_line_stays_whatever_they_are_called_by_then(self, town, client):
        learner, other = town.people["Nothing"], town.people["Waiting"]
        records = [record_of(each, need="1") for each in (learner, other)]
        undo(publish(hand_over(town, records), town.officer), town.officer)
        upload = hand_over(town, [*records, record_of(learner, upn="", need="1")])
        picks = {f"need:{each.pk}": False for each in (learner, other)} | {"person:3": learner.reference}
        pick_changes(upload=upload, picks=picks, by=town.officer)
        learner.family_name = "Newname"
        learner.save()
        assert erase_held_back(learner) == []
        assert [change.thing_key for change in upload.changes.all()] == [other.pk]
        assert {line.thing_key for line in UploadReversal.objects.all()} == {other.pk}
        upload.refresh_from_db()
        assert upload.picks == {f"need:{other.pk}": False}
        client.force_login(town.officer)
        assert client.get(reverse("providers:upload-marked", args=[upload.reference])).status_code == 404
        run_job(check_again(upload=upload, by=town.officer).job_id)
        assert {change.thing_key for change in upload.changes.all()} == {other.pk}  # of their record only "nobody here"

    def test_who_may(self, town):
        for by in (town.adviser, town.coordinator, town.people["Offer"].user):
            with pytest.raises(NotAllowed):
                hand_over(town, [], by=by)
            assert not Upload.objects.visible_to(by).exists()
        town.council = OrganisationFactory(kind="advice_service", area=town.area)
        manager = manager_of(town.council)
        upload = hand_over(town, [record_of(town.people["Nothing"], need="2")], by=manager)
        assert publish(upload, manager).is_published

    def test_whoever_confirmed_writes_though_they_have_put_the_role_aside_by_then(self, town):
        learner = town.people["Nothing"]
        upload = hand_over(town, [record_of(learner, **SEEKING, need="1")])
        town.officer.staff_roles.update(ended_on=dt.date(2026, 11, 17))
        second = StaffRoleFactory(organisation=town.council, kind="officer").user
        run_job(check_again(upload=upload, by=second).job_id)
        upload.refresh_from_db()
        confirmed = confirm_upload(upload=upload, seen=upload.digest, by=second)
        second.staff_roles.update(is_aside=True)
        run_job(confirmed.job_id)
        upload.refresh_from_db()
        assert upload.is_published
        assert CurrentActivity.objects.get().by == RecordFact.objects.get().by == second
        second.staff_roles.update(is_aside=False)
        asked = undo_upload(upload=upload, seen=undo_plan(upload).digest, by=second)
        second.staff_roles.update(is_aside=True)
        run_job(asked.job_id)
        upload.refresh_from_db()
        assert upload.is_undone


def it_with_need(it):
    it.need = "2"
    return it


class TestDifferences:
    def test_each_thing_old_beside_new_and_the_later_confirmation_is_ticked(self, town):
        learner, later = town.people["Nothing"], town.people["Waiting"]
        held = spell(town, learner, "110", course_ends_on=dt.date(2027, 8, 31), establishment="Hollins Park School")
        need = fact(town, learner, "need", "3", dt.date(2026, 10, 1))
        spell(town, later, "619", verified_on=dt.date(2026, 11, 16))
        fact(town, later, "destination", "111", dt.date(2026, 11, 16))
        set_residence(learner=later, authority=town.elsewhere, by=town.officer)
        Characteristics.objects.create(learner=learner, is_looked_after=True)
        upload = hand_over(town, [
            record_of(learner, **SEEKING, need="1", destination="311", characteristics=["110", "180", "999"],
                      lead_authority="998"),
            record_of(later, **SEEKING, destination="211", lead_authority="998"),
        ])  # fmt: skip
        changes = {key: (change.fields, change.is_picked) for key, change in changes_of(upload).items()}
        ours = {"row": [str(held.pk), ""]}
        assert changes == {
            ("activity", "Nothing"): ({
                "code": ["110", "619"], "started_on": ["2026-09-07", "2026-10-05"],
                "verified_on": ["2026-10-20", "2026-11-12"], "course_ends_on": ["2027-08-31", ""],
                "where": ["Hollins Park School", ""], **ours,
            }, True),
            ("need", "Nothing"): ({"code": ["3", "1"], "row": [str(need.pk), ""]}, True),
            ("destination", "Nothing"): ({"code": ["", "311"]}, True),
            ("traits", "Nothing"): ({"codes": ["", "180"]}, True),  # the roll says that they are looked after
            ("residence", "Nothing"): ({"authority": ["", "998"]}, True),
            ("activity", "Waiting"): (changes["activity", "Waiting"][0], False),
            ("destination", "Waiting"): (changes["destination", "Waiting"][0], False),
            ("residence", "Waiting"): ({"authority": ["997", "998"], "older": ["", "yes"]}, False),
        }  # fmt: skip
        assert upload.counts["left"] == 3
        assert [(each.row, each.column, each.value) for each in upload.issues.all()] == [
            (1, "CharacteristicCode", "999")
        ]

    def test_homes_are_as_old_as_who_said_them(self, town):
        learner, late = town.people["Nothing"], town.people["Waiting"]
        with clock.at(dt.datetime(2026, 7, 1, 23, 30, tzinfo=dt.UTC)):  # the second of July here
            record("residence.set", subject=late, by=None)
        late.residence_authority = town.elsewhere
        late.save()

        def is_ticked(it):
            upload = hand_over(town, [it])
            abandon_upload(upload=upload, by=town.officer)
            return upload.changes.get().is_picked

        assert not is_ticked(record_of(late, verified="2026-07-01", lead_authority="998"))
        assert is_ticked(record_of(late, verified="2026-07-02", lead_authority="998"))
        upload = hand_over(town, [record_of(learner, verified="2026-11-12", lead_authority="997")])
        publish(upload, town.officer)
        before, after = (record_of(learner, verified=f"2026-11-{day}", lead_authority="998") for day in (11, 12))
        assert not is_ticked(before)
        assert is_ticked(after)
        undo(upload, town.officer)  # then nobody has said it
        assert is_ticked(before)

    def test_nobody_reads_what_a_page_does_not_show_while_it_is_checked(self, town, client):
        learner = town.people["Nothing"]
        upload = hand_over(town, [record_of(learner, need="1")])
        check_again(upload=upload, by=town.officer)
        client.force_login(town.officer)
        page = reverse("providers:upload", args=[upload.reference])
        assert learner.family_name not in client.get(page).text
        assert not Receipt.objects.exists()
        upload.refresh_from_db()
        run_job(upload.job_id)
        client.get(page)
        assert Receipt.objects.get().learner == learner

    def test_pages_are_saved_one_after_the_other_and_checked_once(self, town, client):
        people = town.people
        names = ("Nothing", "Waiting", "Offer")
        upload = hand_over(town, [
            *(record_of(people[name], **SEEKING, need="1") for name in names), record_of(people["Outside"], upn="")
        ])  # fmt: skip
        client.force_login(town.officer)
        changes, save = (reverse(f"providers:upload-{what}", args=[upload.reference]) for what in ("changes", "pick"))
        [asked] = [change.pick_key for change in upload.changes.filter(thing="person")]

        def say(query="", **said):
            answer = client.post(save + query, said)
            assert (answer.status_code, answer.url) == (302, changes + (query or "?"))
            page = client.get(answer.url)
            upload.refresh_from_db()
            assert not upload.is_being_checked
            return {row.change.pick_key: row.change.is_picked for row in page.context["changes"]}, page

        left, page = say("?thing=need&page=1", all="leave")
        assert left == {f"need:{people[name].pk}": False for name in names}
        assert "3 changes of yours saved, and not checked yet" in page.text
        say(**{"asked": [asked], f"answer-{asked}": people["Outside"].reference})
        assert upload.picks[asked] == people["Outside"].reference
        stood = {"asked": [asked], f"stood-{asked}": people["Outside"].reference}
        say(**stood, **{f"answer-{asked}": people["Outside"].reference})
        _rows, page = say(**stood, **{f"answer-{asked}": ""})  # nobody has said yet, after all
        assert asked not in upload.picks
        assert not any(row.is_answered for row in page.context["changes"])
        with pytest.raises(RuleBroken, match="not been checked"):
            confirm_upload(upload=upload, seen=upload.digest, by=town.officer)
        assert set(say("?thing=need", all="take")[0].values()) == {True}
        say("?thing=need", all="leave")
        client.post(reverse("providers:upload-check-again", args=[upload.reference]))
        upload.refresh_from_db()
        run_job(upload.job_id)
        upload.refresh_from_db()
        assert (upload.counts["left"], upload.fixes_to_check) == (3, 0)

    def test_a_page_that_has_aged_turns_only_what_was_ticked_on_it(self, town, client):
        mine, theirs, asked_of = (town.people[name] for name in ("Nothing", "Waiting", "Outside"))
        upload = hand_over(town, [
            record_of(mine, need="1"), record_of(theirs, need="1"), record_of(asked_of, upn=""),
        ])  # fmt: skip
        client.force_login(town.officer)
        changes, save = (reverse(f"providers:upload-{what}", args=[upload.reference]) for what in ("changes", "pick"))
        drawn = client.get(changes).text
        keys = [f"need:{learner.pk}" for learner in (mine, theirs)]
        for key in keys:
            assert f'name="stood" value="{key}"' in drawn
        # A colleague leaves one and says who is meant; then the page from before that is sent.
        [asked] = [change.pick_key for change in upload.changes.filter(thing="person")]
        told = {keys[1]: False, asked: asked_of.reference}
        pick_changes(upload=upload, picks=told, by=town.officer)
        client.post(save, {"shown": keys, "stood": keys, "picked": [keys[1]], "asked": [asked], f"answer-{asked}": ""})
        upload.refresh_from_db()
        assert upload.picks == {keys[0]: False, **told}

    def test_a_table_without_a_column_says_nothing_of_it_and_what_cannot_be_is_said(self, town):
        learner = town.people["Nothing"]
        RecordFact.objects.create(
            learner=learner, kind="characteristic", code=RecordCode.objects.get(kind="characteristic", code="180"),
            started_on=dt.date(2026, 10, 1), by=town.adviser,
        )  # fmt: skip
        said = record_of(learner, activity="459", started="2026-10-05", verified="2026-11-12", lead_authority="004")
        lines = written([said], "csv").decode().splitlines()
        at = lines[0].split(",").index("CharacteristicCode")
        without = "\n".join(
            ",".join(cell for place, cell in enumerate(line.split(",")) if place != at) for line in lines
        )
        upload = hand_over(town, [], form="csv", content=without.encode())
        assert not upload.changes.exists()
        assert [(each.row, each.code) for each in upload.issues.all()] == [
            (2, "CASELOAD_ACTIVITY"), (2, "CASELOAD_LEAD_AUTHORITY"),
        ]  # fmt: skip
        # With the column an empty cell means that none holds.
        assert [change.thing for change in hand_over(town, [said], form="csv").changes.all()] == ["traits"]

    def test_a_day_that_no_form_takes_is_said_and_left(self, town):
        learner = town.people["Nothing"]
        late = {"activity": "350", "started": "2026-10-05", "verified": "2026-11-12"}
        upload = hand_over(town, [record_of(learner, **late, review="9999-12-31")])
        assert not upload.changes.exists()
        assert [each.code for each in upload.issues.all()] == ["CASELOAD_ACTIVITY"]
        upload = hand_over(town, [record_of(learner, **SEEKING, course_ends="2101-01-01")])
        assert not upload.changes.exists()
        ends = hand_over(town, [record_of(learner, **SEEKING, course_ends="2100-12-31")])
        assert ends.changes.get().is_picked

    @pytest.mark.parametrize("is_ticked", [True, False])
    def test_a_zero_character_is_no_mistake_of_ours(self, town, is_ticked):
        learner = town.people["Nothing"]
        said = {"activity": "540", "started": "2026-10-05", "verified": "2026-11-12"}
        if not is_ticked:
            spell(town, learner, "619", verified_on=dt.date(2026, 11, 16))
        content = written([record_of(learner, **said, establishment_name="A?B Ltd")], "csv").replace(b"A?B", b"A\0B")
        upload = hand_over(town, [], form="csv", content=content)
        [change] = upload.changes.all()
        assert change.is_picked is is_ticked
        assert change.fields["where"][1] == "A\ufffdB Ltd"

    def test_codes_nobody_knows_are_one_issue_of_a_record(self, town):
        codes = [f"x{number}" for number in range(300)]
        upload = hand_over(town, [record_of(town.people["Nothing"], characteristics=["180", *codes])])
        [issue] = upload.issues.all()
        assert (issue.code, issue.value.split()[:2]) == ("CASELOAD_CHARACTERISTICS", ["x0", "x1"])
        assert upload.changes.get().fields == {"codes": ["", "180"]}

    @pytest.mark.parametrize("form", ["xml", "csv"])
    def test_more_records_than_a_worker_takes_are_refused(self, town, form, monkeypatch):
        monkeypatch.setattr("reporting.exchange.kind.MOST_ROWS", 2)
        people = [record_of(learner) for learner in town.people.values()]
        assert hand_over(town, people[:2], form=form).state == "checked"
        upload = hand_over(town, people[:3], form=form)
        assert (upload.state, "more than" in upload.refusal) == ("refused", True)

    def test_a_page_reads_the_beginning_and_a_worker_what_is_wrong_further_down(self, town):
        class Watched(io.BytesIO):
            read_so_far = 0

            def read(self, size=-1):
                found = super().read(size)
                self.read_so_far += len(found)
                return found

        people = [record_of(town.people["Nothing"], address_1="x" * 1000)] * 3000
        for form in ("csv", "xml"):
            file = Watched(written(people, form))
            look_at_caseload(None, file)
            assert file.read_so_far <= 2**20 < len(file.getvalue())
        broken = written(people, "csv") + b'"' + b"x" * 300_000 + b'"\n'
        upload = hand_over(town, [], form="csv", content=broken)
        assert (upload.state, "cannot be read" in upload.refusal) == ("refused", True)

    @pytest.mark.parametrize(
        "content", [b"name,age\nAmina,16\n", b"<html></html>", b"\x00\x01", b"YoungPersonsID,ActivityCode"]
    )
    def test_what_is_no_extract_is_refused_in_a_sentence(self, town, content):
        with pytest.raises(RuleBroken, match="no extract"):
            hand_over(town, [], content=content)

    def test_a_file_that_breaks_off_changes_nothing(self, town):
        whole = written([record_of(town.people["Nothing"], need="1"), record_of(town.people["Waiting"], need="1")])
        upload = hand_over(town, [], content=whole[: whole.rindex(b"</YoungPersonsRecord>")])
        assert upload.state == "refused"
        assert "breaks off" in upload.refusal


@pytest.mark.data
@pytest.mark.parametrize("name", ["ccis_original_mar16.csv", "ccis_original_mar22.csv"])
def test_a_countys_extracts_are_compared_with_their_slips(town, shared_data, name):
    """Names are taken out of the real ones and their numbers are made up, so one is given a learner here."""
    content = (shared_data / "la_ccis_census_extracts" / name).read_bytes().replace(b",825,", b",998,")
    upload = hand_over(town, [], form="csv", content=content)
    assert [upload.counts[each] for each in ("people", "matched", "waiting", "nobody")] == [5, 0, 0, 5]
    lines = content.decode().splitlines()
    number = lines[0].split(",").index("UniquePupilNumber")
    cells = lines[1].split(",")
    cells[number] = town.people["Nothing"].upn
    upload = hand_over(town, [], form="csv", content="\n".join([lines[0], ",".join(cells), *lines[2:]]).encode())
    assert [upload.counts[each] for each in ("people", "matched", "nobody", "need")] == [5, 1, 4, 1]
    assert "CASELOAD_ACTIVITY" in {each.code for each in upload.issues.all()}  # codes are scrambled out of range


@pytest.mark.data
@pytest.mark.parametrize("name", ["test1.xml", "test1.csv"])
def test_the_sample_return_is_compared_in_both_layouts(town, shared_data, name):
    content = (shared_data / "nccis_sample_return" / name).read_bytes().replace(b"I391999914001", b"A998123450003")
    upload = hand_over(town, [], form=name[-3:], content=content)
    assert [upload.counts[each] for each in ("people", "matched", "waiting")] == [204, 0, 1]
    assert Receipt.objects.count() == 0
