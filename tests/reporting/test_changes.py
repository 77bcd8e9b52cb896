"""What has changed since a day, for the caseload system: of whom, in which layout, made once and fetched as it is."""

import datetime as dt
import io

import pytest
from django.core.management import call_command
from django.urls import reverse

from accounts.actions import answer_consent, keep_contact, set_residence
from accounts.models import ConsentKind, Receipt
from activity.actions import run_job
from applications.actions import record_outside_offer
from applications.models import Choice
from core import clock
from core.errors import NotAllowed, RuleBroken
from reporting.actions import ask_changes, fetch_return, record_status
from reporting.exchange.changed import shared_since
from reporting.models import ReturnRun
from reporting.returns.reading import read_return
from reporting.returns.record import Header
from tests.reporting.extract import extract_town, spell
from tests.reporting.small_town import choice_in, status_of

pytestmark = pytest.mark.django_db

MONDAY, TUESDAY = dt.date(2026, 11, 16), dt.date(2026, 11, 17)


@pytest.fixture
def town(db):
    """Everybody has said yes a week ago but Nothing, who said no, and Away, whom nobody has asked."""
    town = extract_town()
    Choice.objects.update(status_at=dt.datetime(2026, 11, 2, tzinfo=dt.UTC))
    with clock.at(dt.date(2026, 11, 11)):
        for name, learner in town.people.items():
            if name != "Away":
                answer(learner, is_given=name != "Nothing")
    return town


def answer(learner, *, is_given=True):
    answer_consent(
        learner=learner, kind=ConsentKind.ADVICE_SERVICE, is_given=is_given, words="May we?", by=learner.user
    )


def changed(since=TUESDAY):
    return sorted(learner.given_name for learner in shared_since(since))


def people_in(content):
    found = read_return(io.BytesIO(content), asked=Header(), authorities=frozenset({"998", "997"}))
    return {it.given_name: it for it in found.people}


def test_who_has_changed_and_shares(town):
    assert changed() == []
    people = town.people
    with clock.at(MONDAY):  # the day before
        spell(town, people["Waiting"], "619")
    with clock.at(TUESDAY):
        spell(town, people["Nothing"], "619")  # refuses
        spell(town, people["Offer"], "619")
        set_residence(learner=people["Resident"], authority=town.elsewhere, by=town.officer)
        keep_contact(learner=people["Started"], by=people["Started"].user, email="", phone="", address="1 Mill Lane",
                     postcode="")  # fmt: skip
        record_status(learner=people["Refused"], entry_year=2027, status=status_of("153"), by=town.officer)
        record_outside_offer(learner=people["Outside"], cycle=town.cycle, by=town.adviser, provider_name="A firm")
        choice_in("draft", learner=people["Not appropriate"], town=town)
        answer(people["Away"])
    assert changed() == ["Away", "Not appropriate", "Offer", "Outside", "Refused", "Resident", "Started"]
    assert changed(MONDAY) == sorted([*changed(), "Waiting"])
    answer(people["Offer"], is_given=False)
    assert "Offer" not in changed()


def test_an_officer_makes_it_since_the_last_one_and_it_stays_as_it_is(town, client):
    with clock.at(TUESDAY):
        spell(town, town.people["Offer"], "619")
    client.force_login(town.officer)
    page = reverse("reporting:exchange")
    assert client.get(page).context["form"].initial["since"] == dt.date(2026, 9, 1)
    since = {"since_day": "17", "since_month": "11", "since_year": "2026"}
    for form in ("csv", "xml"):
        asked = client.post(page, {**since, "form": form}, follow=True)
        run = ReturnRun.objects.get(form=form)
        assert run.job.kind == "return-changes"
        assert asked.status_code == 200
        run_job(run.job_id)
        taken = client.post(reverse("reporting:return-fetch", args=[run.reference]))
        content = b"".join(taken.streaming_content)
        assert f"changes-998-2026-11-17-to-2026-11-18.{form}" in taken["Content-Disposition"]
        found = people_in(content)
        assert list(found) == ["Offer"]
        assert (found["Offer"].activity, found["Offer"].upn) == ("619", town.people["Offer"].upn)
    # What is recorded afterwards does not change it.
    spell(town, town.people["Offer"], "540", started_on=TUESDAY, verified_on=TUESDAY)
    assert b"".join(fetch_return(run=run, by=town.officer)) == content
    assert {receipt.learner for receipt in Receipt.objects.filter(reader=town.officer)} == {town.people["Offer"]}
    shown = client.get(reverse("reporting:return", args=[run.reference])).text
    assert "Changes since 17 November 2026" in shown
    assert "Downloaded by" in shown
    rows = client.get("/desk/reports/taken/").context["rows"]
    assert {row.what for row in rows} == {"Changes since 2026-11-17, for the caseload system"}
    again = client.get(page)
    assert again.context["form"].initial["since"] == dt.date(2026, 11, 18)  # the day of the last one, for a start
    assert [each.form for each in again.context["runs"]] == ["xml", "csv"]
    assert not client.get(reverse("reporting:returns")).context["runs"]


def test_who_moved_away_is_told_with_the_authority_that_leads_now(town):
    people = town.people
    with clock.at(MONDAY):
        set_residence(learner=people["Learns elsewhere"], authority=town.elsewhere, by=town.officer)  # the day before
    with clock.at(TUESDAY):
        set_residence(learner=people["Resident"], authority=town.elsewhere, by=town.officer)
        set_residence(learner=people["Nobody knows where"], authority=town.elsewhere, by=town.officer)
        spell(town, people["Resident elsewhere"], "619")  # for whom Westhaven led all the time
    run = ask_changes(area=town.area, since=TUESDAY, form="xml", by=town.officer)
    run_job(run.job_id)
    run.refresh_from_db()
    found = people_in(b"".join(fetch_return(run=run, by=town.officer)))
    assert {name: it.lead_authority for name, it in found.items()} == {"Resident": "997", "Nobody knows where": "997"}


def test_who_may_not_and_what_cannot_be(town):
    with pytest.raises(NotAllowed):
        ask_changes(area=town.area, since=TUESDAY, form="csv", by=town.adviser)
    with pytest.raises(RuleBroken, match="still to come"):
        ask_changes(area=town.area, since=dt.date(2026, 11, 19), form="csv", by=town.officer)
    runs = [ask_changes(area=town.area, since=TUESDAY, form="csv", by=town.officer) for _ in range(2)]
    assert runs[0] == runs[1]


def test_who_says_no_afterwards_is_in_no_file_that_can_still_be_fetched(town):
    with clock.at(TUESDAY):
        spell(town, town.people["Offer"], "619")
    run = ask_changes(area=town.area, since=TUESDAY, form="csv", by=town.officer)
    run_job(run.job_id)
    answer(town.people["Offer"], is_given=False)
    with pytest.raises(RuleBroken, match="Make it again"):
        fetch_return(run=run, by=town.officer)
    assert not Receipt.objects.exists()


def test_the_command_writes_the_same_file_twice(town, tmp_path):
    with clock.at(TUESDAY):
        spell(town, town.people["Offer"], "619")
    files = [tmp_path / "one.csv", tmp_path / "two.csv"]
    for file in files:
        call_command("export_changes", area="998", since=TUESDAY, out=file)
    assert files[0].read_bytes() == files[1].read_bytes()
    assert list(people_in(files[0].read_bytes())) == ["Offer"]
