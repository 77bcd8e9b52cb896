"""The worklist of the admissions desk, what is kept beside a choice, and whose it is."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import LearnerContact, User
from activity.actions import sweep_outbox
from activity.models import Event, OutboxMessage
from applications import actions
from applications.models import Choice, DeskFilter, DeskNote, Handling
from applications.queries import Asked, group_counts, timeline, worklist
from applications.queries.desk import SHOWN, facets, groups, in_order, owner_of
from core import clock
from core.errors import NotAllowed, RuleBroken
from tests.applications.walk import again

pytestmark = pytest.mark.django_db

WHERE = {
    "sent": "new",
    "interviewing": "interview",
    "reserve_list": "reserve",
    "offered": "learner",
    "accepted": "conditions",
    "held": "conditions",
    "confirmed": "starting",
    **dict.fromkeys(
        ["enrolled", "unsuccessful", "offer_withdrawn", "turned_down", "lapsed", "withdrawn", "conditions_not_met",
         "did_not_start"],
        "over",
    ),
}  # fmt: skip


def url(name, thing=None):
    return reverse(f"applications:{name}", args=[thing.reference] if thing else [])


def several(town, number, state="sent", **run):
    course = town.run(**run)
    learners = [town.learner(f"Learner{place}", "Bell", school=town.hollins) for place in range(number)]
    return [town.choice(state, course, learner=learner) for learner in learners]


def slugs(user, **asked):
    return [groups()[choice.group].slug for choice in in_order(worklist(user, Asked(**asked)))]


def test_every_state_a_provider_can_see_is_in_one_group_of_its_desk(town):
    got = {}
    for number, state in enumerate(WHERE):
        choice = town.choice(state, town.run(), learner=town.learner(f"L{number}", "Bell", school=town.hollins))
        got[state] = groups()[worklist(town.admissions).get(pk=choice.pk).group].slug
    assert got == WHERE
    assert set(WHERE) == set(SHOWN)
    # Numbers, and what the numbers are of, come from one question.
    counts = {group.slug: number for group, number in group_counts(worklist(town.admissions))}
    assert counts == {slug: len(slugs(town.admissions, group=slug)) for slug in counts}
    assert sum(counts.values()) == len(WHERE)


def test_a_choice_goes_from_group_to_group_as_things_happen(town):
    choice = town.choice("sent", town.run("Plumbing"))
    other = town.run("Heating")
    assert slugs(town.admissions) == ["new"]
    actions.look_at_choice(choice=choice, by=town.admissions)
    assert slugs(town.admissions) == ["decide"]
    actions.refer_choice(choice=choice, by=town.admissions, runs=[other])
    assert slugs(town.admissions) == ["learner"]
    actions.decline_referral(choice=choice, by=town.amina.user)
    starts_at = clock.now() + dt.timedelta(days=2)
    actions.invite_to_interview(choice=choice, by=town.admissions, starts_at=starts_at, place="Room 4")
    assert slugs(town.admissions) == ["interview"]
    with clock.at(dt.date(2026, 11, 21)):
        assert slugs(town.admissions) == ["held"]
    with clock.at(again(choice).answer_due_on + dt.timedelta(days=1)):
        assert slugs(town.admissions) == ["late"]


def test_the_first_look_stays_and_opening_the_page_is_one(town, client):
    choice = town.choice("sent")
    client.force_login(town.admissions)
    assert client.get(url("received"), {"unread": "1"}).context["total"] == 1
    assert Handling.objects.count() == 0  # the list is no look at an application
    client.get(url("received-choice", choice))
    first = Handling.objects.get()
    assert (first.looked_by, first.looked_at.date()) == (town.admissions, clock.today())
    colleague = town.staff("Ola Berg", town.northfield, "manager")
    with clock.at(dt.date(2026, 11, 20)):
        actions.look_at_choice(choice=choice, by=colleague)
    first.refresh_from_db()
    assert first.looked_by == town.admissions
    assert client.get(url("received"), {"unread": "1"}).context["total"] == 0
    with pytest.raises(NotAllowed):
        actions.look_at_choice(choice=choice, by=town.other_admissions)


def test_filters_narrow_numbers_and_rows_alike_and_stand_as_chips(town, client):
    plumbing, hair = town.run("Plumbing"), town.run("Hair")
    first = town.choice("sent", plumbing)
    second = town.choice("offered", hair, town.run("Nails"), learner=town.ben)
    client.force_login(town.admissions)

    def found(**asked):
        page = client.get(url("received"), asked)
        assert page.context["total"] == len(page.context["rows"])
        return {row[1] for row in page.context["rows"]}

    assert found(course=plumbing.course.reference) == {first}
    assert found(run=hair.reference) == {second}
    assert found(cycle="2027") == {first, second}
    assert found(cycle="2031") == found(cycle="x") == found(provider="NOBODY") == set()
    assert found(state="offered") == {second}
    assert found(school="Hollins Park School") == {first}
    assert found(several="1") == {second}
    assert found(whose="nobody") == {first, second}
    assert found(group="new") == {first}
    assert found(group="new", state="offered") == set()
    page = client.get(url("received"), {"school": "Hollins Park School", "state": "sent"})
    assert [text for text, _url in page.context["chips"]] == ["To look at", "Hollins Park School"]
    assert [link for _text, link in page.context["chips"]] == ["?school=Hollins+Park+School", "?state=sent"]
    options = facets(town.admissions, providers=[], colleagues=[]).options
    assert [(one.words, one.number) for one in options["course"]] == [("Hair", 1), ("Nails", 1), ("Plumbing", 1)]
    assert [(one.words, one.number) for one in options["school"]] == [
        ("Hollins Park School", 1), ("St Brannoc's School", 1),
    ]  # fmt: skip


def test_the_words_of_a_search_stand_in_no_address(town, client):
    choice = town.choice("sent")
    town.choice("sent", learner=town.ben)
    client.force_login(town.admissions)
    answer = client.post(url("received") + "?state=sent", {"words": "Yusuf"})
    assert "yusuf" not in answer.url.lower()
    page = client.get(answer.url)
    assert [row[1] for row in page.context["rows"]] == [choice]
    assert [link for _text, link in page.context["chips"]] == [f"?found={page.context['found_key']}", "?state=sent"]
    # Nobody else's key opens it.
    client.force_login(town.staff("Ola Berg", town.northfield, "manager"))
    assert client.get(answer.url).context["total"] == 2


def test_what_was_erased_is_found_by_no_name(town):
    choice = town.choice("sent")
    assert worklist(town.admissions, search="yusuf").count() == 1
    choice.snapshot.content = None
    choice.snapshot.save()
    assert worklist(town.admissions, search="yusuf").count() == 0
    choice.snapshot.refresh_from_db()
    assert (choice.snapshot.search_name.strip(), choice.snapshot.school_name) == ("", "")


def test_a_filter_is_kept_renamed_and_removed_by_its_owner_only(town, client):
    client.force_login(town.admissions)
    address = url("desk-filter-save") + "?state=sent&whose=me"
    assert client.post(address, {"name": "Mine to do"}).url == url("received") + "?state=sent&whose=me"
    client.post(address, {"name": "Mine"})
    saved = DeskFilter.objects.get()
    assert (saved.name, saved.address, saved.user) == ("Mine", "state=sent&whose=me", town.admissions)
    assert f'href="/desk/applications/?{"state=sent&amp;whose=me"}">Mine</a>' in client.get(url("received")).text
    for name, query, code in [("", "?state=sent", "filter_unnamed"), ("All", "", "filter_empty")]:
        client.post(url("desk-filter-save") + query, {"name": name})
        with pytest.raises(RuleBroken) as refusal:
            actions.save_desk_filter(address=query[1:], name=name, by=town.admissions)
        assert refusal.value.code == code
    client.force_login(town.other_admissions)
    assert client.post(url("desk-filter-remove", saved)).status_code == 404
    client.force_login(town.admissions)
    client.post(url("desk-filter-remove", saved))
    assert not DeskFilter.objects.exists()


def test_a_filter_of_whatever_is_sent_is_no_fault_of_ours(town, client):
    client.force_login(town.admissions)
    client.post(url("desk-filter-save") + "?state=sent", {"name": "Mine\0"})
    assert DeskFilter.objects.get().name == "Mine"
    long = "&".join(f"{name}={'x' * 120}" for name in ("course", "run", "site", "school", "whose"))
    answer = client.post(url("desk-filter-save") + f"?{long}", {"name": "Long"})
    assert "too long to keep" in client.get(answer.url).text
    assert DeskFilter.objects.count() == 1


def test_as_many_filters_as_fit(town):
    for number in range(20):
        actions.save_desk_filter(address=f"course={number}", name="One", by=town.admissions)
    with pytest.raises(RuleBroken) as refusal:
        actions.save_desk_filter(address="course=20", name="One more", by=town.admissions)
    assert refusal.value.code == "too_many_filters"


class TestAssigning:
    def test_it_is_a_colleagues_until_they_leave_the_desk(self, town, client):
        colleague = town.staff("Ola Berg", town.northfield, "manager")
        role = colleague.staff_roles.get()
        choice = town.choice("sent")
        client.force_login(town.admissions)
        assert client.post(url("received-assign", choice), {"to": role.reference}).url == url("received-choice", choice)
        text = client.get(url("received-choice", choice)).text
        assert "It is Ola Berg’s to answer" in text
        assert client.get(url("received"), {"whose": role.reference}).context["total"] == 1
        assert client.get(url("received"), {"whose": "me"}).context["total"] == 0
        assert worklist(colleague, Asked(whose="me")).count() == 1
        role.ended_on = dt.date(2026, 11, 17)
        role.save()
        assert owner_of(again(choice)) is None
        assert "nobody’s in particular" in client.get(url("received-choice", choice)).text
        assert client.get(url("received"), {"whose": "nobody"}).context["total"] == 1

    def test_only_to_somebody_of_the_desk_and_only_by_the_desk(self, town):
        choice = town.choice("sent")
        with pytest.raises(RuleBroken) as refusal:
            actions.assign_choice(choice=choice, to=town.other_admissions, by=town.admissions)
        assert refusal.value.code == "not_at_this_desk"
        with pytest.raises(NotAllowed):
            actions.assign_choice(choice=choice, to=None, by=town.other_admissions)

    def test_the_same_again_is_nothing_new(self, town):
        choice = town.choice("sent")
        for _ in range(2):
            actions.assign_choice(choice=choice, to=town.admissions, by=town.admissions)
        assert Event.objects.filter(verb="choice.assign").count() == 1
        actions.assign_choice(choice=choice, to=None, by=town.admissions)
        assert [entry.sentence for entry in timeline(choice, audience="provider")][:2] == [
            "It is nobody’s to answer any more.", "It was given to Priya Shah to answer.",
        ]  # fmt: skip


class TestNotes:
    def test_colleagues_read_it_and_the_learner_does_not(self, town, client):
        choice = town.choice("sent")
        client.force_login(town.admissions)
        client.post(url("received-note", choice), {"words": "Rang; will <b>come</b> on Monday."})
        client.post(url("received-note", choice), {"words": "Rang; will <b>come</b> on Monday."})
        assert DeskNote.objects.count() == 1
        assert "Rang; will &lt;b&gt;come&lt;/b&gt; on Monday." in client.get(url("received-choice", choice)).text
        assert "has notes" in client.get(url("received")).text
        client.force_login(town.amina.user)
        assert "Rang" not in client.get(url("choice", choice)).text
        assert all("Rang" not in str(event.facts) for event in Event.objects.all())
        assert DeskNote.objects.visible_to(town.other_admissions).count() == 0
        assert DeskNote.objects.visible_to(town.coordinator).count() == 0

    def test_what_is_refused(self, town):
        choice = town.choice("sent")
        for words, code in [(" ", "note_missing"), ("x" * 4001, "note_too_long")]:
            with pytest.raises(RuleBroken) as refusal:
                actions.write_note(choice=choice, words=words, by=town.admissions)
            assert refusal.value.code == code
        with pytest.raises(NotAllowed):
            actions.write_note(choice=choice, words="Hello", by=town.other_admissions)


def test_the_timeline_says_what_was_so_then_who_did_it_and_who_was_told(town):
    choice = town.choice("sent", town.run("Plumbing"))
    with clock.at(dt.date(2026, 11, 19)):
        actions.look_at_choice(choice=choice, by=town.admissions)
        starts_at = clock.now() + dt.timedelta(days=4)
        actions.invite_to_interview(choice=choice, by=town.admissions, starts_at=starts_at, place="Room 4")
    OutboxMessage.objects.filter(kind="interview-invited").update(sent_at=clock.now())
    with clock.at(dt.date(2026, 11, 20)):
        actions.cancel_interview(choice=choice, by=town.admissions)
        actions.write_note(choice=choice, words="Ill that day.", by=town.admissions)
    got = [
        (entry.by, entry.sentence, entry.more, entry.words)
        for entry in timeline(again(choice), audience="provider", user=town.admissions)
    ]
    assert got == [
        ("Priya Shah", "A note was written.", [], "Ill that day."),
        ("Priya Shah", "The interview was cancelled.", ["The learner: the e-mail is on its way."], ""),
        (
            "Priya Shah",
            "An interview was planned.",
            ["For Monday 23 November 2026, 10:00.", "The learner: told by e-mail."],
            "",
        ),
        ("Priya Shah", "It was looked at for the first time.", [], ""),
        ("the learner", "The choice was sent.", ["Your desk: the e-mail is on its way."], ""),
    ]


def test_the_timeline_does_not_say_that_somebody_without_an_address_was_told(town):
    said = {}
    for learner, number in ((town.amina, 0), (town.ben, 1)):
        choice = town.choice("sent", learner=learner)
        LearnerContact.objects.filter(learner=learner).delete()
        User.objects.filter(pk=learner.user_id).update(email=["", "ben@example.org"][number])
        actions.invite_to_interview(
            choice=choice, by=town.admissions, starts_at=clock.now() + dt.timedelta(days=4), place="Room 4"
        )
        sweep_outbox()
        said[number] = timeline(again(choice), audience="provider", user=town.admissions)[0].more[-1]
    assert said == {0: "The learner: no e-mail address that works.", 1: "The learner: told by e-mail."}


@pytest.mark.parametrize("rows", [5, 50])
def test_the_desk_asks_the_same_with_five_and_with_fifty_rows(town, client, rows):
    choices = several(town, 5)
    for number, choice in enumerate(choices):
        actions.assign_choice(choice=choice, to=town.admissions, by=town.admissions)
        if number % 2:
            walk_to_interview(choice, town)
    copies(choices[0], rows - 5)
    client.force_login(town.admissions)
    with CaptureQueriesContext(connection) as asked:
        page = client.get(url("received"))
    assert (len(page.context["rows"]), page.context["total"]) == (rows, rows)
    assert len(asked) == 11


def walk_to_interview(choice, town):
    starts_at = clock.now() + dt.timedelta(days=2)
    actions.invite_to_interview(choice=choice, by=town.admissions, starts_at=starts_at, place="Room 4")


def copies(choice, number):
    """As many more like this one: rows of a list, not choices that anything is done with."""
    from applications.models import ChoiceRun, Snapshot
    from core.references import new_references

    run, content = choice.choice_runs.get().run, choice.snapshot.content
    made = Choice.objects.bulk_create(
        Choice(
            application=choice.application, provider=choice.provider, rank=9, status="sent", reference=reference,
            sent_at=choice.sent_at, answer_due_on=choice.answer_due_on,
        )
        for reference in new_references(number)
    )  # fmt: skip
    ChoiceRun.objects.bulk_create(ChoiceRun(choice=one, run=run) for one in made)
    Snapshot.objects.bulk_create(Snapshot(choice=one, content=content, sha256="0" * 64) for one in made)
