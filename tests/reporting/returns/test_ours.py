"""The portal's own return: who is in it, what it says of them, how it is made, looked at, fetched and forgotten."""

import datetime as dt
import io
import json
import os
import signal
import warnings
from collections import Counter

import pytest
from django.core.management import call_command
from django.db import connections
from django.urls import reverse

from accounts.actions.erasure import erase_held_back
from accounts.models import Characteristics, Learner, Receipt
from activity.actions import run_job
from activity.models import Event, Job
from core import clock
from core.errors import NotAllowed, RuleBroken
from ilp.actions import load_record_codes, start_current_activity
from ilp.models import RecordCode, RecordFact
from reporting import actions
from reporting.models import RecordedStatus, ReturnFinding, ReturnPart, ReturnRun
from reporting.queries.taken import taken
from reporting.returns.codes import codes_of
from reporting.returns.drawing import Asked, people_of
from reporting.returns.reading import read_return
from reporting.returns.record import Guarantee, Header
from tests.factories import AreaFactory, LearnerContactFactory, OrganisationFactory, RollEntryFactory, StaffRoleFactory
from tests.ground import ground
from tests.reporting.small_town import build_town, somebody, status_of

pytestmark = pytest.mark.django_db

PERIOD = dt.date(2026, 10, 31)
ASKED = Asked(("998",), PERIOD, "998")
LAST_YEAR, SUMMER = dt.date(2025, 9, 1), dt.date(2026, 8, 31)


@ground
def town(db):
    made = build_town()
    load_record_codes()
    return made


def contactable(*learners):
    for learner in learners:
        LearnerContactFactory(learner=learner, address="1 Mill Lane, Eastgate\nNorthmoor")


def left_year_11(town, name, school, **facts):
    """In Year 11 until last summer, in Year 12 nowhere."""
    learner = somebody(town, name, school, started_on=LAST_YEAR, birth_on=dt.date(2010, 1, 9), **facts)
    learner.roll_entries.update(ended_on=SUMMER)
    return learner


def spell(town, learner, code, **facts):
    code = RecordCode.objects.get(kind="activity", code=code)
    days = {"started_on": dt.date(2026, 9, 7), "verified_on": dt.date(2026, 10, 20), "source": "learner"}
    with clock.at(dt.date(2026, 10, 20)):
        return start_current_activity(learner=learner, code=code, by=town.adviser, **days | facts)


def ours(asked=ASKED):
    people = people_of(asked, codes_of(asked.period_end, authorities={"998", "997"}))
    return {it.given_name: it for _key, it in people}


class TestWhatItSays:
    def test_somebody_in_year_11_of_whom_only_the_roll_knows(self, town):
        it = ours()["Nothing"]
        learner = town.people["Nothing"]
        assert it.person_id == f"998{learner.pk:010}"
        assert (it.cohort_status, it.lead_authority, it.educated_authority, it.birth) == (
            "P",
            "998",
            "998",
            "2011-03-31",
        )
        assert (it.activity, it.started, it.verified, it.course_ends) == (
            "110",
            "2026-09-01",
            "2026-09-01",
            "2027-08-31",
        )
        assert (it.due_to_lapse, it.is_lapsed, it.establishment) == ("2027-08-31", "N", "9989999")
        assert (it.gender, it.ethnicity, it.has_plan, it.need, it.destination) == ("U", "NOBT", "N", "3", "611")
        assert (it.is_guaranteed, it.year_11) == ("N", Guarantee())

    def test_what_has_been_recorded_is_said(self, town):
        learner = left_year_11(town, "Lena", town.hollins)
        contactable(learner)
        Characteristics.objects.create(
            learner=learner, sex="F", ethnicity="WIRT", sen_provision="K", is_looked_after=True
        )
        need = RecordCode.objects.get(kind="need", code="1")
        carer = RecordCode.objects.get(kind="characteristic", code="140")
        with clock.at(dt.date(2026, 10, 1)):
            for code in (need, carer):
                RecordFact.objects.create(
                    learner=learner, kind=code.kind, code=code, started_on=clock.today(), by=town.adviser
                )
            RecordedStatus.objects.create(learner=learner, entry_year=2026, status=status_of("153"), by=town.adviser)
        spell(town, learner, "619")
        it = ours()["Lena"]
        assert (it.address_1, it.address_2, it.town, it.postcode) == ("1 Mill Lane", "Eastgate", "Northmoor", "HX1 1AA")
        assert (it.gender, it.ethnicity, it.has_plan, it.has_support, it.need) == ("F", "WOTH", "N", "Y", "1")
        assert it.characteristics == ["110", "140"]
        assert (it.activity, it.neet_since, it.due_to_lapse, it.course_ends) == ("619", "2026-09-07", "", "")
        assert (it.is_guaranteed, it.year_11, it.year_12) == ("Y", Guarantee("153", "998"), Guarantee())

    def test_what_began_last_holds_and_the_first_day_out_of_work_is_kept(self, town):
        learner = left_year_11(town, "Omar", town.hollins)
        spell(town, learner, "619", started_on=dt.date(2026, 9, 7))
        spell(town, learner, "640", started_on=dt.date(2026, 10, 5))
        assert (ours()["Omar"].activity, ours()["Omar"].neet_since) == ("640", "2026-09-07")
        RollEntryFactory(learner=learner, school=town.brannoc, year_group=12, started_on=dt.date(2026, 10, 12))
        it = ours()["Omar"]
        assert (it.activity, it.neet_since, it.establishment_name) == ("210", "", "St Brannoc's School")

    def test_who_is_in_it(self, town):
        left_year_11(town, "Went away", town.hollins, residence_authority=town.elsewhere)
        somebody(town, "Too young", town.hollins, year_group=10, birth_on=dt.date(2011, 9, 1))
        somebody(town, "Nineteen", town.hollins, year_group=13, birth_on=dt.date(2007, 1, 9))
        planned = somebody(town, "Planned", town.hollins, year_group=13, birth_on=dt.date(2007, 1, 9))
        Characteristics.objects.create(learner=planned, sen_provision="E")
        somebody(town, "Erased", town.hollins, erased_at=clock.now())
        found = ours()
        assert {"Too young", "Nineteen", "Erased", "Resident elsewhere"}.isdisjoint(found)
        assert {"Planned", "Away", "Learns elsewhere"} <= set(found)
        # Led by the next authority, and counted for the Guarantee where they went to school.
        away = found["Went away"]
        assert (away.cohort_status, away.lead_authority, away.year_11) == ("G", "997", Guarantee("159", "998"))
        both = ours(ASKED._replace(authorities=("997", "998")))
        assert both["Went away"].cohort_status == "P"
        assert "Resident elsewhere" in both


class TestRun:
    def test_made_looked_at_fetched_and_forgotten(self, town, client):
        clean, wrong = town.people["Nothing"], town.people["Offer"]
        contactable(*(learner for learner in town.people.values() if learner != wrong))
        client.force_login(town.officer)
        day = {"period_end_day": "31", "period_end_month": "10", "period_end_year": "2026", "form": "xml"}
        page = client.post(reverse("reporting:returns"), day, follow=True)
        assert page.status_code == 200
        run = ReturnRun.objects.get()
        assert actions.ask_return(area=town.area, period_end=PERIOD, form="xml", by=town.officer) == run
        run_job(run.job_id)
        run.refresh_from_db()
        assert Counter(run.findings.values_list("rule", "learner")) == {(31, wrong.pk): 1, (32, wrong.pk): 1}
        page = client.get(reverse("reporting:return", args=[run.reference]))
        assert "There is no postcode." in page.text
        names = client.get(reverse("reporting:return-findings", args=[run.reference, 32]))
        assert str(wrong) in names.text
        assert str(clean) not in names.text
        assert Receipt.objects.filter(reader=town.officer).values_list("learner", flat=True).get() == wrong.pk
        file = b"".join(client.post(reverse("reporting:return-fetch", args=[run.reference])).streaming_content)
        again = read_return(io.BytesIO(file), asked=Header(), authorities=frozenset({"998"}))
        assert len(list(again.people)) == run.people
        assert again.faults == []
        assert Event.objects.get(verb="return.fetch").by == town.officer
        with clock.at(clock.today() + ReturnRun.KEPT_FOR + dt.timedelta(days=1)):
            assert actions.remove_expired_returns() == 1
        assert not ReturnPart.objects.exists()
        assert not ReturnFinding.objects.exists()
        ReturnRun.objects.update(expires_at=clock.now())
        gone = client.post(reverse("reporting:return-fetch", args=[run.reference]), follow=True)
        assert "no longer kept" in gone.text

    def test_who_may_not_and_what_cannot_be(self, town):
        asked = {"area": town.area, "period_end": PERIOD, "form": "xml"}
        with pytest.raises(NotAllowed):
            actions.ask_return(by=town.adviser, **asked)
        with pytest.raises(RuleBroken) as broken:
            actions.ask_return(by=town.officer, **asked | {"period_end": dt.date(2026, 11, 19)})
        assert broken.value.code == "in_future"
        run = actions.ask_return(by=town.officer, **asked)
        with pytest.raises(RuleBroken) as broken:
            actions.fetch_return(run=run, by=town.officer)
        assert broken.value.code == "return_not_ready"
        with pytest.raises(NotAllowed):
            actions.fetch_return(run=run, by=town.adviser)

    def test_a_file_of_people_of_whom_it_is_not_known_who_they_are_is_given_to_nobody(self, town):
        run = actions.ask_return(area=town.area, period_end=PERIOD, form="csv", by=town.officer)
        run_job(run.job_id)
        ReturnPart.objects.update(learners=[town.people["Offer"].pk])
        with pytest.raises(RuleBroken) as broken:
            actions.fetch_return(run=run, by=town.officer)
        assert broken.value.code == "return_gone"
        assert not Receipt.objects.exists()

    def test_several_authorities_are_one_file_for_whoever_is_an_officer_of_each(self, town, client):
        there = town.westhaven.area
        with pytest.raises(NotAllowed):
            actions.ask_return(area=town.area, others=[there], period_end=PERIOD, form="csv", by=town.officer)
        both = StaffRoleFactory(kind="officer", organisation=town.officer.staff_roles.get().organisation).user
        returns = reverse("reporting:returns")
        client.force_login(both)
        assert "others" not in client.get(returns).context["form"].fields
        council = OrganisationFactory(kind="authority", area=there)
        StaffRoleFactory(kind="officer", organisation=council, user=both)
        area = client.get(returns).context["area"]
        other = there if area == town.area else town.area
        day = {"period_end_day": "31", "period_end_month": "10", "period_end_year": "2026", "form": "csv"}
        client.post(returns, day | {"others": [other.slug]})
        run = ReturnRun.objects.get()
        assert (run.area, sorted(run.authorities), run.database) == (area, ["997", "998"], area.authority_id)
        run_job(run.job_id)
        alone = actions.ask_return(area=town.area, period_end=PERIOD, form="csv", by=town.officer)
        run_job(alone.job_id)
        run.refresh_from_db()
        alone.refresh_from_db()
        assert set(learners_in(alone)) < set(learners_in(run))
        # Who is an officer of one of them sees nothing of the file of both.
        beyond = StaffRoleFactory(kind="officer", organisation=council).user
        for person, runs in ((both, {run, alone}), (town.officer, {alone}), (beyond, set())):
            assert set(ReturnRun.objects.visible_to(person)) == runs
        for person in (town.officer, beyond):
            with pytest.raises(NotAllowed):
                actions.fetch_return(run=run, by=person)
        assert b"".join(actions.fetch_return(run=run, by=both))
        # That it was taken is told to the officers of each.
        for person in (both, town.officer, beyond):
            assert [(event.by, event.facts["areas"]) for event in taken(person, days=30)] == [
                (both, sorted([town.area.pk, there.pk]))
            ]
        strange = OrganisationFactory(kind="authority", area=AreaFactory(name="Eastvale"))
        assert not taken(StaffRoleFactory(kind="officer", organisation=strange).user, days=30).exists()

    def test_no_kept_file_names_somebody_who_is_erased(self, town):
        run = actions.ask_return(area=town.area, period_end=PERIOD, form="csv", by=town.officer)
        run_job(run.job_id)
        erase_held_back(town.people["Nothing"])
        assert not ReturnPart.objects.exists()

    def test_nor_one_that_was_made_where_they_lived_before(self, town):
        run = actions.ask_return(area=town.area, period_end=PERIOD, form="csv", by=town.officer)
        run_job(run.job_id)
        learner = town.people["Nothing"]
        learner.roll_entries.all().delete()
        Learner.objects.filter(pk=learner.pk).update(residence_authority=None, area=AreaFactory(name="Westhaven"))
        assert ReturnRun.objects.naming(Learner.objects.get(pk=learner.pk)).get() == run

    def test_who_was_erased_while_it_was_made_keeps_it_from_being_fetched(self, town):
        run = actions.ask_return(area=town.area, period_end=PERIOD, form="csv", by=town.officer)
        Learner.objects.filter(pk=town.people["Nothing"].pk).update(erased_at=clock.now() + dt.timedelta(seconds=1))
        run_job(run.job_id)
        run.refresh_from_db()
        assert not run.is_kept

    def test_whoever_takes_it_leaves_a_receipt_with_everybody_in_it(self, town):
        run = actions.ask_return(area=town.area, period_end=PERIOD, form="csv", by=town.officer)
        run_job(run.job_id)
        b"".join(actions.fetch_return(run=run, by=town.officer))
        run.refresh_from_db()
        assert len(learners_in(run)) == run.people > 0
        assert Receipt.objects.filter(learner__in=learners_in(run), section="contact").count() == run.people

    def test_each_piece_knows_whose_records_came_with_it(self, town, monkeypatch):
        whole = actions.ask_return(area=town.area, period_end=PERIOD, form="xml", by=town.officer)
        run_job(whole.job_id)
        monkeypatch.setattr("reporting.actions.parts.PART_BYTES", 0)  # each write is one
        pieces = actions.ask_return(area=town.area, period_end=PERIOD, form="csv", by=town.officer)
        run_job(pieces.job_id)
        assert pieces.parts.count() > len(learners_in(whole))
        assert learners_in(pieces) == learners_in(whole)
        assert max(len(part.learners) for part in pieces.parts.all()) == 1
        b"".join(actions.fetch_return(run=pieces, by=town.officer))
        looked_at = Receipt.objects.filter(reader=town.officer, section="contact").values_list("learner", flat=True)
        assert sorted(looked_at) == learners_in(whole)

    def test_few_are_made_at_once(self, town):
        for month in range(6, 10):
            actions.ask_return(area=town.area, period_end=dt.date(2026, month, 30), form="csv", by=town.officer)
        with pytest.raises(RuleBroken, match="Several returns"):
            actions.ask_return(area=town.area, period_end=PERIOD, form="csv", by=town.officer)

    def test_the_number_of_queries_does_not_grow_with_the_learners(self, town, django_assert_num_queries):
        with django_assert_num_queries(DRAWING):
            ours()
        for number in range(5):
            somebody(town, f"More {number}", town.hollins)
        with django_assert_num_queries(DRAWING):
            ours()


def learners_in(run):
    return [key for part in run.parts.all() for key in part.learners]


DRAWING = 16  # whom, the areas, seven kinds of rows, and two year groups of the Guarantee in three areas


def test_the_command_writes_the_same_file_twice_and_prints_what_is_found(town, tmp_path, capsys):
    contactable(*town.people.values())
    file = tmp_path / "return.xml"
    command = ("export_return", "--area", "998", "--period", "2026-10-31", "--out")
    call_command(*command, file)
    call_command(*command, tmp_path / "again.xml")
    assert file.read_bytes() == (tmp_path / "again.xml").read_bytes()
    assert capsys.readouterr().out == ""
    town.people["Nothing"].contact.delete()
    with pytest.raises(SystemExit):
        call_command(*command, file, "--format", "csv")
    assert [json.loads(line)["rule"] for line in capsys.readouterr().out.splitlines()] == [31, 32]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["again.xml", "return.xml"]


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_another_worker_makes_it_once():
    town = build_town()
    load_record_codes()
    run = actions.ask_return(area=town.area, period_end=PERIOD, form="xml", by=town.officer)
    connections.close_all()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 warns of forking beside threads
        child = os.fork()
    if child == 0:
        # Findings are in the database and the last piece is not, when nothing of ours gets to handle it.
        actions.returns.Parts.finish = lambda parts: os.kill(os.getpid(), signal.SIGKILL)
        try:
            run_job(run.job_id)
        finally:
            os._exit(1)
    _pid, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert (ReturnFinding.objects.count(), Job.objects.get(pk=run.job_id).state) == (0, "running")
    Job.objects.update(lease_until=clock.now() - dt.timedelta(days=1))
    run_job(run.job_id)
    run_job(run.job_id)
    run.refresh_from_db()
    assert (Job.objects.get(pk=run.job_id).state, run.people) == ("done", len(ours()))
    assert ReturnPart.objects.count() == 1
