"""Decisions that wait for their hour: staged, set, carried out once, and what could not be done says why."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from activity.models import Event, OutboxMessage
from applications import actions
from applications.models import Release, StagedDecision
from applications.queries import broken_invariants
from core import clock
from core.errors import NotAllowed, RuleBroken, StaleState
from tests.applications.walk import CONDITIONS, again
from tests.factories import StaffRoleFactory

pytestmark = pytest.mark.django_db
NOON = timezone.make_aware(dt.datetime.combine(dt.date(2026, 11, 20), dt.time(12)))


def refusal(act, **arguments):
    with pytest.raises(RuleBroken) as broken:
        act(**arguments)
    return broken.value.code


def page(name, thing=None):
    return reverse(f"applications:{name}", args=[thing.reference] if thing else [])


@pytest.fixture
def release(town):
    return actions.open_release(provider=town.northfield, name="First offers", by=town.admissions)


def stage(town, release, verb="offer", choice=None, **said):
    choice = choice or town.choice("sent")
    return actions.stage_decision(release=release, choice=choice, verb=verb, by=town.admissions, **said)


def set_hour(town, release, *, at=NOON, number=None, by=None):
    number = release.decisions.waiting().count() if number is None else number
    return actions.set_release(release=release, by=by or town.admissions, release_at=at, number=number)


def test_only_the_providers_own_people_open_fill_and_set_a_release(town, release):
    assert refusal(actions.open_release, provider=town.northfield, name=" ", by=town.admissions) == "name_missing"
    decision = stage(town, release)
    for by in (town.other_admissions, town.coordinator, town.amina.user):
        with pytest.raises(NotAllowed):
            actions.open_release(provider=town.northfield, name="Ours", by=by)
        with pytest.raises(NotAllowed):
            actions.stage_decision(release=release, choice=decision.choice, verb="refuse", by=by, reason="full")
        with pytest.raises(NotAllowed):
            set_hour(town, release, by=by)
        for act in (actions.unset_release, actions.end_release):
            with pytest.raises(NotAllowed):
                act(release=release, by=by)
        with pytest.raises(NotAllowed):
            actions.drop_decision(decision=decision, by=by)
        assert not Release.objects.visible_to(by).exists()
        assert not StagedDecision.objects.visible_to(by).exists()


def test_what_cannot_wait_is_refused_at_once(town, release):
    choice = town.choice("sent")
    staged = {"town": town, "release": release, "choice": choice}
    assert refusal(stage, **staged, verb="invite") == "verb_not_staged"
    assert refusal(stage, **staged, verb="refuse", reason="nonsense") == "reason_unknown"
    assert refusal(stage, **staged, verb="refuse", reason="other", words=" ") == "reason_words_missing"
    assert refusal(stage, **staged, conditions=[actions.Condition("grade")]) == "condition_incomplete"
    with pytest.raises(StaleState):
        stage(town, release, choice=town.choice("offered"))
    theirs = actions.open_release(provider=town.southbank, name="Theirs", by=town.other_admissions)
    assert refusal(stage, town=town, release=theirs, choice=choice) == "other_provider"


def test_what_is_decided_last_is_what_waits_and_it_can_be_taken_out(town, release):
    first = stage(town, release)
    second = stage(town, release, "refuse", choice=first.choice, reason="full")
    first.refresh_from_db()
    assert first.outcome == "dropped"
    actions.drop_decision(decision=second, by=town.admissions)
    with pytest.raises(StaleState):
        actions.drop_decision(decision=second, by=town.admissions)
    assert refusal(set_hour, town=town, release=release, number=0) == "nothing_staged"


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (NOON - dt.timedelta(days=3), "release_in_past"),
        (NOON + dt.timedelta(days=1), "not_a_working_day"),
        (NOON + dt.timedelta(hours=11), "quiet_hour"),
    ],
)
def test_an_hour_is_on_a_working_day_and_not_at_night(town, release, at, code):
    stage(town, release)
    assert refusal(set_hour, town=town, release=release, at=at) == code


def test_the_number_that_was_read_is_the_number_that_is_set(town, release):
    stage(town, release)
    assert refusal(set_hour, town=town, release=release, number=2) == "changed_since"
    set_hour(town, release)
    # Set, it is closed until somebody stops it.
    for again_ in (
        lambda: set_hour(town, release),
        lambda: stage(town, release),
        lambda: actions.end_release(release=release, by=town.admissions),
        lambda: actions.drop_decision(decision=release.decisions.get(), by=town.admissions),
    ):
        with pytest.raises(StaleState):
            again_()
    other = actions.open_release(provider=town.northfield, name="Second", by=town.admissions)
    with pytest.raises(StaleState):
        stage(town, other, choice=release.decisions.get().choice)
    actions.unset_release(release=release, by=town.admissions)
    with pytest.raises(StaleState):
        actions.unset_release(release=release, by=town.admissions)
    actions.end_release(release=release, by=town.admissions)
    assert release.decisions.get().outcome == "dropped"
    with clock.at(NOON):
        assert actions.release_decisions() == 0


def test_at_its_hour_each_is_an_answer_once(town, release):
    offer = stage(town, release, conditions=CONDITIONS, answer_by_on=dt.date(2026, 12, 2), message="Welcome").choice
    ben = town.choice("sent", town.run(), learner=town.ben)
    stage(town, release, "refuse", choice=ben, reason="full", words="Ask again in August.")
    set_hour(town, release)
    with clock.at(NOON - dt.timedelta(seconds=1)):
        assert actions.release_decisions() == 0
    with clock.at(NOON):
        assert [actions.release_decisions() for _ in range(2)] == [2, 0]
        with pytest.raises(StaleState):
            actions.unset_release(release=release, by=town.admissions)
    assert [again(one).status for one in (offer, ben)] == ["offered", "unsuccessful"]
    # The date that was written is too soon by then: the learner has the area's ten working days from the hour.
    assert again(offer).standing_offer.answer_by_on == dt.date(2026, 12, 4)
    assert [one.text for one in again(offer).standing_offer.conditions.all()] == ["Grade 4 or above in English"]
    assert again(ben).reason_words == "Ask again in August."
    assert Event.objects.filter(verb="choice.offer").get().by == town.admissions
    assert Event.objects.get(verb="release.released").facts | {"organisation": 0} == {
        "organisation": 0, "done": 2, "failed": 0,
    }  # fmt: skip
    assert broken_invariants() == []


def test_what_can_no_longer_be_done_says_why_and_leaves_the_others_done(town, release):
    gone = stage(town, release)
    actions.withdraw_choice(choice=gone.choice, by=town.amina.user, reason="travel")
    ended = stage(town, release, choice=town.choice("sent", town.run("Art")))
    ended.choice.choice_runs.get().run.__class__.objects.filter(choices=ended.choice).update(ended_on="2026-11-18")
    done = stage(town, release, "put_on_reserve", choice=town.choice("sent", town.run("Tiling")))
    set_hour(town, release)
    with clock.at(NOON):
        actions.release_decisions()
    for one in (gone, ended, done):
        one.refresh_from_db()
    assert (gone.outcome, gone.why) == ("failed", "The choice has moved on: it was answered or withdrawn meanwhile.")
    assert (ended.outcome, ended.why[:38]) == ("failed", "A course of this choice is no longer i")
    assert (done.outcome, again(done.choice).status) == ("done", "reserve_list")


def test_who_left_meanwhile_is_stood_in_for_by_who_set_the_hour(town, release):
    colleague = town.staff("Una Webb", town.northfield, "admissions")
    decision = actions.stage_decision(release=release, choice=town.choice("sent"), verb="offer", by=colleague)
    set_hour(town, release)
    colleague.staff_roles.update(ended_on="2026-11-18")
    with clock.at(NOON):
        actions.release_decisions()
    assert again(decision.choice).status == "offered"
    assert Event.objects.get(verb="choice.offer").by == town.admissions


def test_nobody_left_to_answer_for_it_is_said(town, release):
    decision = stage(town, release)
    set_hour(town, release)
    town.admissions.staff_roles.update(ended_on="2026-11-18")
    with clock.at(NOON):
        actions.release_decisions()
    decision.refresh_from_db()
    assert decision.outcome == "failed"
    assert decision.why.startswith("Whoever decided it")


def test_a_fault_of_ours_leaves_one_waiting_and_the_next_run_does_it(town, release, monkeypatch):
    decision = stage(town, release)
    set_hour(town, release)
    with monkeypatch.context() as broken, clock.at(NOON):
        broken.setattr("applications.actions.releases.make_offer", lambda **_said: 1 / 0)
        actions.release_decisions()
    decision.refresh_from_db()
    assert (decision.outcome, Release.objects.get().released_at) == ("", None)
    with clock.at(NOON):
        actions.release_decisions()
    assert again(decision.choice).status == "offered"
    assert Release.objects.get().released_at is not None


# Pages


def test_the_desk_stages_reads_sets_and_stops(town, client):
    choice = town.choice("sent", town.run(places=0))
    client.force_login(town.admissions)
    assert "When does the learner hear?" not in client.get(page("choice-refuse", choice)).text
    opened = client.post(page("releases"), {"provider": town.northfield.reference, "name": "First offers"})
    release = Release.objects.get()
    assert opened.url == page("release", release)
    assert "Nothing in it yet" in client.get(opened.url).text
    refuse = {"reason": "full", "words": "Ask <i>again</i>.", "release": release.reference}
    assert client.post(page("choice-refuse", choice), refuse).status_code == 302
    assert client.post(page("choice-put-on-reserve", choice), {"release": release.reference}).status_code == 302
    offer = {"kind_1": "reference", "release": release.reference, "message": "", "answer_by_on_day": "11"}
    offer |= {"answer_by_on_month": "12", "answer_by_on_year": "2026"}
    assert client.post(page("choice-offer", choice), offer).status_code == 302
    assert again(choice).status == "sent"
    received = client.get(page("received-choice", choice)).text
    assert "Decided, and not told yet" in received
    shown = client.get(page("release", release)).text
    assert "has offered you a place" in shown
    assert "More offers than places" in shown
    hour = {"on_day": "20", "on_month": "11", "on_year": "2026", "at": "12:00"}
    assert "Release 1 decision" in client.get(page("release-set", release)).text
    assert "Somebody has changed it" in client.post(page("release-set", release), hour | {"number": "3"}).text
    assert client.post(page("release-set", release), hour | {"number": "1"}).status_code == 302
    assert "Friday 20 November 2026, 12:00" in client.get(page("release", release)).text
    assert client.post(page("release-set", release), hour | {"number": "1"}).status_code == 409
    assert client.post(page("release-unset", release)).status_code == 302
    decision = StagedDecision.objects.waiting().get()
    assert client.post(page("decision-drop", decision)).status_code == 302
    assert client.post(page("release-end", release)).status_code == 302
    assert "Given up" in client.get(page("releases")).text


@pytest.mark.parametrize("number", [1, 5])
def test_the_pages_ask_as_much_for_five_as_for_one(town, client, release, number):
    for place in range(number):
        learner = town.learner(f"Learner{place}", "Khan", school=town.hollins)
        stage(town, release, choice=town.choice("sent", town.run(), learner=learner))
        if place:
            actions.open_release(provider=town.northfield, name="More", by=town.admissions)
    client.force_login(town.admissions)
    counts = []
    for url in (page("releases"), page("release", release)):
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        counts.append(len(queries))
    assert counts == [5, 12]


def test_a_manager_of_two_providers_chooses_whose_release_it_is(town, client):
    StaffRoleFactory(user=town.admissions, organisation=town.southbank, kind="admissions")
    client.force_login(town.admissions)
    client.post(page("releases"), {"provider": town.southbank.reference, "name": "Ours"})
    assert Release.objects.get().provider == town.southbank
    assert OutboxMessage.objects.count() == 0


@pytest.mark.parametrize("how", ["set", "ended"])
def test_an_answer_meant_for_a_release_that_closed_meanwhile_is_told_to_nobody_at_once(town, client, release, how):
    choice = town.choice("sent")
    stage(town, release, choice=town.choice("sent", town.run("Joinery"), learner=town.ben))
    client.force_login(town.admissions)
    assert "Together: First offers" in client.get(page("choice-refuse", choice)).text
    if how == "set":
        set_hour(town, release)
    else:
        actions.end_release(release=release, by=town.admissions)
    for name, said in (("choice-refuse", {"reason": "full", "words": ""}), ("choice-put-on-reserve", {})):
        answer = client.post(page(name, choice), said | {"release": release.reference})
        assert (answer.status_code, again(choice).status) == (200, "sent")
        assert "is set or over by now" in answer.text
    assert not Event.objects.filter(verb__in=["choice.refuse", "choice.put_on_reserve"]).exists()


def test_two_releases_are_held_in_one_order(town, release):
    other = actions.open_release(provider=town.northfield, name="Second offers", by=town.admissions)
    first, second = stage(town, release), stage(town, other, choice=town.choice("sent", town.run(), learner=town.ben))
    held = []
    for into, choice in ((other, first.choice), (release, second.choice)):
        with CaptureQueriesContext(connection) as queries:
            stage(town, into, choice=choice)
        asked = [each["sql"] for each in queries if "NO KEY" in each["sql"] and '"applications_release"' in each["sql"]]
        held.append([int(sql.split('"applications_release"."id" = ')[1].split()[0]) for sql in asked])
    assert held == [[release.pk, other.pk]] * 2


def test_what_was_read_is_what_is_set(town, release, client):
    first = stage(town, release)
    client.force_login(town.admissions)
    seen = client.get(page("release-set", release)).context["form"]["seen"].value()
    stage(town, release, "refuse", choice=first.choice, reason="full")  # a colleague, meanwhile: one, as before
    hour = {"on_day": "20", "on_month": "11", "on_year": "2026", "at": "12:00", "number": "1"}
    answer = client.post(page("release-set", release), hour | {"seen": seen})
    assert "Somebody has changed it" in answer.text
    seen = answer.context["form"]["seen"].value()
    assert client.post(page("release-set", release), hour | {"seen": seen}).status_code == 302


def test_the_older_releases_are_on_the_next_page(town, client, monkeypatch):
    monkeypatch.setattr("applications.views.releases.RELEASES_PER_PAGE", 2)
    for name in ("Autumn", "Winter", "Spring"):
        actions.open_release(provider=town.northfield, name=f"{name} offers", by=town.admissions)
    client.force_login(town.admissions)
    newest, older = (client.get(f"{page('releases')}?page={number}").text for number in (1, 2))
    assert "Spring offers" in newest
    assert "Autumn offers" not in newest
    assert "Autumn offers" in older
