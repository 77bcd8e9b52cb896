"""Words that worry, wherever a learner writes for adults to read: who is called, what they read, and how often."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.actions import accept_supporter, invite_supporter
from accounts.actions.codes import code_hash
from accounts.models import Characteristics, Receipt
from activity.actions import sweep_outbox
from core import clock, personal
from ilp import actions
from ilp.models import FlagPlace, MessageFlag
from ilp.queries import asked_of, called_for, concerns_in
from tests.factories import ExperienceFactory, UserFactory
from tests.ilp.reviewing import finished, planned, target
from tests.ilp.talk import build_town, consent
from tests.races import at_once

pytestmark = pytest.mark.django_db
MIDNIGHT = dt.datetime(2026, 11, 21, 0, 30, tzinfo=ZoneInfo("Europe/London"))
DIE = "Most days I want to die."


@pytest.fixture
def words(db):
    actions.load_concern_phrases()


def ask(town, words=DIE, topic="needs"):
    return actions.ask_help(learner=town.amina, topic=topic, words=words, by=town.amina.user)


def test_a_request_for_help_at_midnight_calls_the_named_tutor_who_reads_exactly_that(town, words, client):
    actions.name_contact(organisation=town.school, role=town.tutor_role, by=town.coordinator)
    with clock.at(MIDNIGHT):
        request = ask(town)
        sweep_outbox()
    letters = [letter for letter in mail.outbox if letter.bcc]
    assert [(letter.bcc, letter.subject) for letter in letters] == [
        (["tutor@example.org"], "Next Step: something that was written needs you now")
    ]
    assert "die" not in letters[0].body
    assert town.amina.family_name not in letters[0].body
    address = "/" + letters[0].body.rstrip().split("/", 3)[3]
    flag = MessageFlag.objects.get()
    assert (flag.place, flag.said, flag.service, flag.whose, flag.by) == (
        FlagPlace.HELP, DIE, town.school, town.amina, town.amina.user)  # fmt: skip

    with clock.at(MIDNIGHT + dt.timedelta(minutes=5)):
        client.force_login(town.tutor)
        assert client.get(reverse("ilp:help-request", args=[request.reference])).status_code == 404  # about needs
        page = client.get(address).content.decode()
        assert DIE in page
        assert str(town.amina) in page
        assert reverse("ilp:help-request", args=[request.reference]) not in page
        assert list(Receipt.objects.filter(reader=town.tutor).values_list("learner", "section", "role")) == [
            (town.amina.pk, "plan", town.tutor_role.pk)
        ]
        client.post(address, {"do": "take"})
        client.post(address, {"done": "Rang home."})
        flag.refresh_from_db()
        assert (flag.state, flag.taken_by, flag.closed_by, flag.done) == (
            "closed",
            town.tutor,
            town.tutor,
            "Rang home.",
        )
        row = client.get(reverse("ilp:flags") + "?show=all").content.decode()
        assert "Asked for help" in row
        client.force_login(town.coordinator)
        assert reverse("ilp:help-request", args=[request.reference]) in client.get(address).content.decode()


def test_nobody_else_gains_anything(town, words, client):
    consent(town)
    ask(town)
    people = (town.coordinator, town.tutor, town.adviser, town.second, town.desk, town.elsewhere, town.officer)
    assert [MessageFlag.objects.visible_to(one).count() for one in people] == [1, 0, 0, 0, 0, 0, 0]
    flag = MessageFlag.objects.get()
    assert called_for(flag) == [town.coordinator]
    client.force_login(town.desk)
    assert client.get(reverse("ilp:flag", args=[flag.reference])).status_code == 404
    type(town.coordinator).objects.filter(pk=town.coordinator.pk).update(email="")
    assert called_for(flag) == [town.desk]
    page = client.get(reverse("ilp:flag", args=[flag.reference])).content.decode()
    assert DIE in page
    assert not MessageFlag.objects.visible_to(town.amina.user).exists()


def test_who_is_on_no_roll_is_read_by_their_advisers_or_the_help_desk(town, words, client):
    town.entry.ended_on = dt.date(2026, 10, 31)
    town.entry.save()
    ask(town, topic="work")
    flag = MessageFlag.objects.get()
    assert (flag.service, called_for(flag)) == (None, [town.desk])
    client.force_login(town.desk)
    assert DIE in client.get(reverse("ilp:flag", args=[flag.reference])).content.decode()
    assert "On no school" in client.get(reverse("ilp:flags")).content.decode()
    consent(town)
    ask(town, topic="money")
    other = MessageFlag.objects.exclude(pk=flag.pk).get()
    assert (other.service, called_for(other)) == (town.service, [town.adviser, town.second])
    assert [MessageFlag.objects.visible_to(one).count() for one in (town.adviser, town.second, town.desk)] == [1, 1, 1]
    actions.name_contact(organisation=town.service, role=town.adviser_role, by=town.desk)
    assert [MessageFlag.objects.visible_to(one).count() for one in (town.adviser, town.second)] == [1, 0]


def test_the_same_words_call_once_and_new_ones_call_again(town, words):
    def number(text):
        ask(town, text, topic="other")
        return MessageFlag.objects.count()

    assert number("I am stuck.") == 0
    assert number(DIE) == 1
    assert number(DIE) == 1
    assert number(DIE + " My dad hits me.") == 2
    assert number("My dad hits me, and I want to die") == 2
    assert number("It is fine") == 2
    assert number(DIE) == 2, "the first one is still open"
    for flag in MessageFlag.objects.all():
        actions.close_flag(flag=flag, done="Seen.", by=town.coordinator)
    assert number(DIE + " Still.") == 2, "it stood there and was seen to"
    assert number("Better now") == 2
    assert number(DIE) == 3, "it is written again after it was gone"
    assert concerns_in([DIE, "My dad hits me. I want to die"]) == concerns_in([DIE + " My dad hits me"])
    assert concerns_in(["I want to", "die Schule"]) == []


def test_a_plan_a_review_and_an_answer_are_read_too_and_adults_words_are_not(people, add, publish, answer, words):
    def newest():
        flag = MessageFlag.objects.order_by("-pk").first()
        return (flag.place, flag.section, flag.said) if flag else None

    entry = add(words="Fine")
    actions.revise_entry(entry=entry, seen=1, by=people.amina.user, title="Bikes", words=DIE)
    assert newest() == ("plan", "plan", f"Bikes\n\n{DIE}")
    add("experience", title="I was sent to kill myself there", words="")
    assert newest()[1] == "experiences"
    actions.talk_about_entry(entry=entry, seen=2, words="Do you want to die?", by=people.tutor)
    actions.reply_to_entry(entry=entry, words="my mum hits me", by=people.amina.user)
    assert newest() == ("plan", "plan", "my mum hits me")
    before = MessageFlag.objects.count()
    version = publish([("Do you want to die?", "short"), ("What else?", "short")])
    section = version.sections.get()
    answer(section, **{"Do you want to die?": "No", "What else?": "Maths"})
    assert MessageFlag.objects.count() == before
    answer(section, seen=1, **{"Do you want to die?": "No", "What else?": "I cut myself"})
    assert newest() == ("plan", "plan", "I cut myself")
    before = MessageFlag.objects.count()
    review = planned(people)
    actions.write_words(review=review, text="Amina may want to die", by=people.tutor)
    assert MessageFlag.objects.count() == before
    actions.write_words(review=review, text=DIE, by=people.amina.user)
    assert newest() == ("review", "reviews", DIE)
    actions.write_words(review=review, text="Sorry", seen=1, by=people.amina.user)
    assert newest() == ("review", "reviews", DIE), "it stays as it was written"
    later = finished(people, on=clock.today())
    actions.answer_review(review=later, agrees=False, text="You hit me. I want to die", by=people.amina.user)
    own = target(people, review, what="I want to kill myself", by=people.amina.user)
    assert newest()[2].startswith("I want to kill myself")
    actions.move_target(target=own, due_on=dt.date(2027, 4, 1), reason="I was raped", by=people.amina.user)
    assert newest()[2] == "I was raped"
    assert all(flag.service == people.school for flag in MessageFlag.objects.all())


def test_what_goes_with_a_booking_and_a_document_that_is_asked_about_are_read(people, add, words):
    experience = ExperienceFactory(organisation=people.school)
    actions.make_booking(
        experience=experience, learner=people.amina, needs_words="I self harm, my arms", by=people.amina.user
    )
    assert MessageFlag.objects.get().place == "booking"
    document = actions.start_document(plan=people.plan, kind="statement", name="Mine", by=people.amina.user)
    document = actions.keep_document(
        document=document, seen=document.number, by=people.amina.user, name="Mine", opening=DIE, facts=[],
        marks_validated=True, entries=[],
    )  # fmt: skip
    assert MessageFlag.objects.count() == 1, "nobody else can read it yet"
    for is_asked in (True, False, True):
        actions.ask_document(document=document, is_asked=is_asked, by=people.amina.user)
    assert list(MessageFlag.objects.order_by("pk").values_list("place", flat=True)) == ["booking", "document"]


def test_what_somebody_invited_writes_is_read_and_never_by_the_one_who_wrote_it(people, words, client):
    actions.load_plan_templates()
    Characteristics.objects.create(learner=people.amina, sen_provision="K")
    section = next(one.section for one in asked_of(people.amina) if one.section.title == "What helps me")
    user = UserFactory(name="Sam Reed", email="sam@example.org")
    supporter, code = invite_supporter(
        learner=people.amina, kind="professional", known_as="Sam", sections=["transition"],
        until_on=dt.date(2027, 6, 30), by=people.amina.user,
    )  # fmt: skip
    accept_supporter(supporter=supporter, token_hash=code_hash(code.replace("-", "")), by=user)
    asked = actions.ask_supporter(plan=people.plan, section=section, supporter=supporter, by=people.amina.user)
    for _twice in range(2):
        actions.write_contribution(ask=asked, as_whom="Therapist", words="She says: I want to die", once="a", by=user)
    flag = MessageFlag.objects.get()
    assert (flag.place, flag.section, flag.is_from_learner) == ("beside", "transition", False)
    client.force_login(people.coordinator)
    page = client.get(reverse("ilp:flag", args=[flag.reference])).content.decode()
    assert "Sam Reed" in page
    assert "She says: I want to die" in page
    assert MessageFlag.objects.visible_to(user).count() == 0
    assert personal.holds(people.amina) == ["Your school or advice service has to finish something with you first."]


def test_a_flag_is_of_a_message_or_of_other_words_and_never_of_both(town):
    with pytest.raises(IntegrityError), transaction.atomic():
        MessageFlag.objects.create(kind="concern", learner=town.amina, place="help")
    with pytest.raises(IntegrityError), transaction.atomic():
        MessageFlag.objects.create(kind="concern")


@pytest.mark.django_db(transaction=True)
def test_the_same_words_from_two_devices_at_once_call_once():
    town = build_town()
    actions.load_concern_phrases()
    ask(town, "Hello", topic="other")
    at_once(*[lambda: ask(town, DIE, topic="other")] * 2)
    assert MessageFlag.objects.count() == 1
