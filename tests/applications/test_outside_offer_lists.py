"""Offers made elsewhere, many at once: a school's list through the pipeline, and chosen learners on a page."""

import datetime as dt

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from activity.actions import run_job
from activity.models import Event
from applications.actions import (
    confirm_outside_offer,
    record_outside_offers,
    say_outside_offer,
    take_back_outside_offer,
)
from applications.actions.outside_offer_lists import OfferRow, bring_outside_offers
from applications.models import OutsideOffer
from core.errors import NotAllowed, RuleBroken
from providers.actions import confirm_upload, receive_upload, undo_upload
from providers.queries import undo_plan
from reporting.queries.guarantee import guarantee_rows
from tests.reporting.small_town import build_town, somebody

pytestmark = pytest.mark.django_db

HEAD = "UPN,Surname,Forename,DOB,Offer from,Course,Offer date,Kind"


@pytest.fixture
def town(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return build_town()


def hand_over(town, *lines):
    """Handed over for Hollins and checked."""
    file = ContentFile("\n".join((HEAD, *lines)).encode(), name="offers.csv")
    upload = receive_upload(
        kind="outside_offers", organisation=town.hollins, file=file, file_name="offers.csv", by=town.adviser
    )
    run_job(upload.job_id)
    upload.refresh_from_db()
    return upload


def publish(town, upload):
    confirm_upload(upload=upload, seen=upload.digest, by=town.adviser, is_knowing=True)
    upload.refresh_from_db()
    run_job(upload.job_id)
    upload.refresh_from_db()
    assert upload.is_published
    return upload


def row_of(learner, provider="Leeds City College", *more):
    said = ["", learner.family_name, learner.given_name, "31/03/2011", provider, *more]
    return ",".join(said + [""] * (8 - len(said)))


def test_a_list_is_shown_first_then_counts_and_can_be_undone(town):
    nothing, waiting = town.people["Nothing"], town.people["Waiting"]
    say_outside_offer(learner=waiting, cycle=town.cycle, by=waiting.user, provider_name="Leeds City College")
    upload = hand_over(
        town,
        row_of(nothing, "Leeds City College", "Plumbing", "2026-11-02", "College"),
        row_of(waiting),
        row_of(town.people["Outside"], "A firm in Leeds"),
    )
    assert {name: upload.counts[name] for name in ("added", "changed", "unchanged", "unknown")} == {
        "added": 1, "changed": 1, "unchanged": 1, "unknown": 0,
    }  # fmt: skip
    assert not OutsideOffer.objects.filter(learner=nothing).exists()
    upload = publish(town, upload)
    offer = OutsideOffer.objects.get(learner=nothing)
    assert (offer.kind, offer.course_name, offer.offered_on) == ("college", "Plumbing", dt.date(2026, 11, 2))
    assert guarantee_rows(town.area, year_group=11)[0].offers == 4
    again = hand_over(town, row_of(nothing, "leeds city college", "plumbing"))
    assert again.counts["unchanged"] == 1
    undo_upload(upload=upload, seen=undo_plan(upload).digest, by=town.adviser)
    upload.refresh_from_db()
    run_job(upload.job_id)
    # What it added is over; what it confirmed is the learner's word again.
    assert not OutsideOffer.objects.standing().exclude(learner=town.people["Outside"]).exists()
    [said] = OutsideOffer.objects.to_confirm()
    assert (said.learner, said.confirmed_at, said.upload) == (waiting, None, None)


def test_what_a_learner_called_a_mistake_since_is_over_with_the_list(town):
    waiting = town.people["Waiting"]
    said = say_outside_offer(learner=waiting, cycle=town.cycle, by=waiting.user, provider_name="Leeds City College")
    upload = publish(town, hand_over(town, row_of(waiting)))
    take_back_outside_offer(outside_offer=said, by=waiting.user)
    assert OutsideOffer.objects.standing().filter(learner=waiting).exists()
    undo_upload(upload=upload, seen=undo_plan(upload).digest, by=town.adviser)
    upload.refresh_from_db()
    run_job(upload.job_id)
    assert not OutsideOffer.objects.filter(learner=waiting, ended_on=None).exists()


def test_what_a_learner_had_called_a_mistake_is_one_again_without_the_list(town):
    called, again = town.people["Outside"], town.people["Nothing"]
    record_outside_offers(learners=[called, again], by=town.adviser, provider_name="A garage")
    for learner in (called, again):
        offer = OutsideOffer.objects.get(learner=learner, provider_name="A garage")
        take_back_outside_offer(outside_offer=offer, by=learner.user)
    mistake = OutsideOffer.objects.get(learner=called, provider_name="A garage").taken_back_at
    upload = publish(town, hand_over(town, row_of(called, "A garage"), row_of(again, "A garage")))
    assert not OutsideOffer.objects.to_confirm().exists()
    take_back_outside_offer(outside_offer=OutsideOffer.objects.get(learner=again), by=again.user)
    undo_upload(upload=upload, seen=undo_plan(upload).digest, by=town.adviser)
    upload.refresh_from_db()
    run_job(upload.job_id)
    left = OutsideOffer.objects.filter(provider_name="A garage", ended_on=None, is_unconfirmed=False)
    assert left.get(learner=called).taken_back_at == mistake
    assert dict(upload.reversals.values_list("thing_key", "action")) == {
        left.get(learner=called).pk: "restored", left.get(learner=again).pk: "kept",
    }  # fmt: skip
    history = Event.objects.filter(subject=f"applications.outsideoffer:{left.get(learner=called).pk}").order_by("pk")
    verbs = [event.verb.removeprefix("outside_offer.") for event in history]
    assert verbs == ["record", "take_back", "stand", "undo_stand"], "the learner has said it once"


def test_who_has_looked_since_is_not_overturned_with_the_list(town):
    stood, added = town.people["Outside"], town.people["Nothing"]
    record_outside_offers(learners=[stood], by=town.adviser, provider_name="A garage")
    offer = OutsideOffer.objects.get(learner=stood, provider_name="A garage")
    take_back_outside_offer(outside_offer=offer, by=stood.user)
    upload = publish(town, hand_over(town, row_of(stood, "A garage"), row_of(added, "A garage")))
    for one in (offer, OutsideOffer.objects.get(learner=added)):
        take_back_outside_offer(outside_offer=one, by=one.learner.user)
        confirm_outside_offer(outside_offer=one, by=town.adviser)
    undo_upload(upload=upload, seen=undo_plan(upload).digest, by=town.adviser)
    upload.refresh_from_db()
    run_job(upload.job_id)
    standing = OutsideOffer.objects.filter(provider_name="A garage", ended_on=None, taken_back_at=None)
    assert set(standing.values_list("learner", flat=True)) == {stood.pk, added.pk}
    assert {(step.action, step.why) for step in upload.reversals.all()} == {
        ("kept", "Somebody has said since that it stands.")
    }


@pytest.mark.parametrize("more", [0, 2])
def test_a_list_asks_the_same_number_of_questions_however_long(town, more, django_assert_num_queries):
    for number in range(more):
        somebody(town, f"More {number}", town.hollins, birth_on=dt.date(2011, 3, 31))
    here = [one for one in town.people.values() if one.family_name == f"Of {town.hollins.name}"]
    rows = [
        OfferRow(
            row=number, provider="A garage", offered_on=dt.date(2026, 11, 2), family_name=one.family_name,
            given_name=one.given_name, birth_on=one.birth_on,
        )
        for number, one in enumerate(here, start=2)
    ]  # fmt: skip
    with django_assert_num_queries(16):
        counts = bring_outside_offers(school=town.hollins, rows=rows, by=town.adviser).counts
    assert counts["added"] == len(here) == 8 + more


def test_what_is_wrong_is_said_of_each_row(town):
    refused = town.people["Refused"]  # of the other school
    upload = hand_over(
        town,
        row_of(refused),
        row_of(town.people["Nothing"], "", "Plumbing"),
        row_of(town.people["Nothing"], "A garage", "", "2027-03-01"),
        row_of(town.people["Nothing"], "A garage", "", "31 February"),
        row_of(town.people["Nothing"], "A garage", "", "", "purple"),
    )
    said = {(issue.row, issue.code) for issue in upload.issues.all()}
    assert said == {(2, "OFFER_LEARNER_UNKNOWN"), *((row, "OFFER_UNREADABLE") for row in (3, 4, 5, 6))}
    assert (upload.counts["added"], upload.counts["unknown"]) == (1, 1)


def test_another_file_is_refused_with_a_sentence(town, client):
    client.force_login(town.adviser)
    url = reverse("providers:upload-new", args=["outside_offers"])
    file = ContentFile(b"a,b\n1,2", name="other.csv")
    assert "who made an offer to whom" in client.post(url, {"organisation": town.hollins.reference, "file": file}).text


def test_one_offer_for_several_learners(town, client):
    client.force_login(town.adviser)
    chosen = [town.people[name] for name in ("Nothing", "Started")]
    assert "Record one offer" in client.get(reverse("reporting:guarantee-learners", args=[11])).text
    url = reverse("reporting:guarantee-offers")
    query = "&".join(f"learner={one.reference}" for one in [*chosen, town.people["Refused"]])
    page = client.get(f"{url}?{query}")
    assert [one.given_name for one in page.context["chosen"]] == ["Nothing", "Started"]
    answers = {"provider_name": "A garage", "offered_on_day": "18", "offered_on_month": "11", "offered_on_year": "2026"}
    for _press in range(2):
        page = client.post(f"{url}?{query}", answers, follow=True)
        assert "2 offers are recorded" in page.text
    assert OutsideOffer.objects.filter(provider_name="A garage").count() == 2
    late = client.post(f"{url}?{query}", answers | {"offered_on_day": "19"})
    assert "cannot be dated in the future" in late.text
    with pytest.raises(NotAllowed):
        record_outside_offers(learners=[*chosen, town.people["Refused"]], by=town.adviser, provider_name="B")
    with pytest.raises(RuleBroken):
        record_outside_offers(learners=chosen * 51, by=town.adviser, provider_name="B")
    assert not OutsideOffer.objects.filter(provider_name="B").exists()
