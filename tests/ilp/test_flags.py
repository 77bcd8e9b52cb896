"""Words that worry, what a learner reports, and what is done about it."""

import pytest
from django.core import mail
from django.db.models import QuerySet
from django.urls import reverse

from activity.actions import sweep_outbox
from activity.models import Event
from core import personal
from core.errors import NotAllowed, RuleBroken, StaleState
from ilp import actions
from ilp.models import ConcernPhrase, MessageFlag
from ilp.queries import concern_in
from ilp.workflow import FLAG_FLOW, FlagState
from tests.factories import UserFactory
from tests.ilp.talk import build_town, consent, say, talk
from tests.races import at_once, meeting


@pytest.fixture
def words(db):
    actions.load_concern_phrases()


def called():
    sweep_outbox()
    return sorted(address for letter in mail.outbox for address in letter.bcc)


class TestWords:
    @pytest.mark.parametrize(
        "text",
        [
            "I want to die",
            "i WANT   to\ndie!!",
            "feeling suicidal",
            "I don’t want to be here anymore",
            "dont wanna be here anymore",
            "k thinking bout self-harm again",
            "my dad hits me",
            "im gonna run away tonite",
            "wánt to d\u200bie",
        ],
    )
    def test_are_found_however_they_are_written(self, words, text):
        assert concern_in(text) is not None

    @pytest.mark.parametrize("text", ["I want a diet", "dog grooming course", "hit me up", "what skills do I need", ""])
    def test_are_not_found_inside_others(self, words, text):
        assert concern_in(text) is None

    def test_what_is_switched_off_calls_nobody_and_on_again_does(self, town, words):
        phrase = ConcernPhrase.objects.get(plain="want to die")
        actions.switch_phrase(phrase=phrase, is_active=False, by=town.desk)
        assert concern_in("I want to die") is None
        with pytest.raises(StaleState):
            actions.switch_phrase(phrase=phrase, is_active=False, by=town.desk)
        assert actions.add_phrase(words="Want to DIE", by=town.desk) == phrase
        assert concern_in("I want to die") == phrase.pk
        actions.switch_phrase(phrase=phrase, is_active=False, by=town.desk)
        actions.load_concern_phrases()
        assert concern_in("I want to die") is None

    @pytest.mark.parametrize(
        ("phrase", "code"), [("a*", "phrase_short"), ("!!!", "phrase_short"), ("KMS", "phrase_known")]
    )
    def test_some_cannot_be_added(self, town, words, phrase, code):
        with pytest.raises(RuleBroken) as refusal:
            actions.add_phrase(words=phrase, by=town.desk)
        assert refusal.value.code == code

    def test_only_the_help_desk_and_who_is_called_first_keep_them(self, town):
        with pytest.raises(NotAllowed):
            actions.add_phrase(words="gutted", by=town.coordinator)
        actions.name_contact(organisation=town.school, role=town.tutor_role, by=town.coordinator)
        assert actions.add_phrase(words="gutted", by=town.tutor).added_by == town.tutor

    def test_a_message_costs_one_small_query(self, words, django_assert_num_queries):
        concern_in("once")
        with django_assert_num_queries(1):
            concern_in("I like " + "bricks and mortar " * 200)


class TestFlags:
    def flagged(self, town):
        message = say(talk(town), "I want to die", town.amina.user)
        return MessageFlag.objects.get(message=message)

    def test_a_concern_calls_all_coordinators_and_says_nothing(self, town, words):
        flag = self.flagged(town)
        assert (flag.kind, flag.state, flag.phrase.words) == ("concern", "new", "want to die")
        assert called() == ["coordinator@example.org"]
        (letter,) = mail.outbox
        assert letter.subject.endswith("a message needs you now")
        assert "die" not in letter.body
        assert town.amina.family_name not in letter.body

    def test_who_is_called_first_is_called_alone_while_they_work_there(self, town, words):
        actions.name_contact(organisation=town.school, role=town.tutor_role, by=town.coordinator)
        flag = self.flagged(town)
        assert called() == ["tutor@example.org"]
        assert MessageFlag.objects.visible_to(town.tutor).get() == flag
        town.tutor_role.ended_on = town.tutor_role.started_on
        town.tutor_role.save()
        assert MessageFlag.objects.visible_to(town.tutor).count() == 0
        assert [person.username for person in actions_called_for(flag)] == ["coordinator"]

    def test_where_nobody_can_be_reached_the_help_desk_is(self, town, words):
        type(town.coordinator).objects.filter(pk=town.coordinator.pk).update(email="")
        self.flagged(town)
        assert called() == ["desk@example.org"]

    def test_it_stays_when_the_consent_goes(self, town, words):
        consent(town)
        conversation = talk(town, service=town.service)
        say(conversation, "I want to die", town.amina.user)
        consent(town, is_given=False)
        assert MessageFlag.objects.visible_to(town.second).count() == 1
        assert [MessageFlag.objects.visible_to(one).count() for one in (town.coordinator, town.desk, town.officer)] == [
            0, 0, 0]  # fmt: skip

    def test_an_adults_words_and_a_harmless_message_raise_none(self, town, words):
        say(talk(town), "Do not say you want to die", town.tutor)
        say(talk(town), "See you", town.amina.user)
        assert MessageFlag.objects.count() == 0

    def test_it_is_taken_and_closed_once_with_words(self, town, words):
        flag = self.flagged(town)
        assert actions.take_flag(flag=flag, by=town.coordinator).state == "taken"
        with pytest.raises(StaleState):
            actions.take_flag(flag=flag, by=town.coordinator)
        with pytest.raises(RuleBroken) as refusal:
            actions.close_flag(flag=flag, done="  ", by=town.coordinator)
        assert refusal.value.code == "done_missing"
        closed = actions.close_flag(flag=flag, done="Rang home.", by=town.coordinator)
        assert (closed.state, closed.done, closed.closed_by) == ("closed", "Rang home.", town.coordinator)
        with pytest.raises(StaleState):
            actions.close_flag(flag=flag, done="Again", by=town.coordinator)
        assert [event.verb for event in Event.objects.filter(verb__startswith="flag.").order_by("pk")] == [
            "flag.raise", "flag.take", "flag.close"]  # fmt: skip

    @pytest.mark.parametrize("name", ["tutor", "adviser", "desk", "elsewhere", "officer"])
    def test_others_may_not_touch_it(self, town, words, name):
        flag = self.flagged(town)
        with pytest.raises(NotAllowed):
            actions.close_flag(flag=flag, done="Nothing", by=getattr(town, name))

    def test_every_verb_does_what_the_table_says(self):
        table = {(state, verb): FLAG_FLOW.targets(state, verb) for state in FlagState for verb in FLAG_FLOW.moves}
        assert table == {
            ("new", "take"): {"taken"}, ("new", "close"): {"closed"},
            ("taken", "take"): set(), ("taken", "close"): {"closed"},
            ("closed", "take"): set(), ("closed", "close"): set(),
        }  # fmt: skip

    def test_an_open_flag_holds_an_erasure_back_without_a_word_of_why(self, town, words):
        flag = self.flagged(town)
        (sentence,) = personal.holds(town.amina)
        assert "flag" not in sentence
        actions.close_flag(flag=flag, done="Rang home.", by=town.coordinator)
        assert personal.holds(town.amina) == []


def actions_called_for(flag):
    from ilp.queries import called_for

    return called_for(flag)


class TestReports:
    def test_a_second_adult_and_the_help_desk_look_and_the_writer_never(self, town):
        message = say(talk(town), "You are useless", town.coordinator)
        boss = UserFactory(username="boss", email="boss@example.org")
        from tests.factories import StaffRoleFactory

        StaffRoleFactory(user=boss, organisation=town.school, kind="coordinator")
        flag = actions.report_message(message=message, words="He is rude", by=town.amina.user)
        assert called() == ["boss@example.org", "desk@example.org"]
        assert [MessageFlag.objects.visible_to(one).count() for one in (town.coordinator, boss, town.desk)] == [0, 1, 1]
        assert actions.report_message(message=message, words="", by=town.amina.user) == flag
        with pytest.raises(NotAllowed):
            actions.close_flag(flag=flag, done="All fine", by=town.coordinator)

    def test_only_the_learner_reports_and_not_what_they_wrote(self, town):
        conversation = talk(town)
        mine, theirs = say(conversation, "Hi", town.amina.user), say(conversation, "Hello", town.tutor)
        for message, by in ((mine, town.amina.user), (theirs, town.coordinator), (theirs, town.tutor)):
            with pytest.raises(NotAllowed):
                actions.report_message(message=message, words="", by=by)

    def test_staff_elsewhere_are_not_named(self, town):
        with pytest.raises(RuleBroken) as refusal:
            actions.name_contact(organisation=town.school, role=town.adviser_role, by=town.coordinator)
        assert refusal.value.code == "not_their_staff"
        with pytest.raises(NotAllowed):
            actions.name_contact(organisation=town.school, role=None, by=town.tutor)


class TestPages:
    def test_the_help_desk_keeps_words_hours_and_contacts(self, town, words, client):
        client.force_login(town.desk)
        assert client.post(reverse("ilp:phrases"), {"words": "gutted"}).status_code == 302
        phrase = ConcernPhrase.objects.get(plain="gutted")
        assert client.post(reverse("ilp:phrases"), {"switch": phrase.reference, "to": "off"}).status_code == 302
        assert "already" in client.post(reverse("ilp:phrases"), {"words": "kms"}).content.decode()
        page = client.get(reverse("ilp:rules"))
        answers = {name: page.context["form"].initial[name] for name in page.context["form"].fields}
        answers |= {"quiet_from": "18:00", "quiet_until": "08:00"}
        assert client.post(reverse("ilp:rules"), answers).status_code == 302
        assert town.area.conversation_rules.quiet_from.hour == 18
        assert (
            "at least eight hours"
            in client.post(reverse("ilp:rules"), answers | {"quiet_from": "09:00"}).content.decode()
        )
        page = client.get(reverse("ilp:safeguarding")).content.decode()
        assert "Hollins Park School" in page
        assert "Northmoor Advice Service" in page
        address = reverse("ilp:safeguarding-name", args=[town.service.reference])
        assert client.post(address, {"role": town.second_role.reference}).status_code == 302
        assert "Second Reed" in client.get(reverse("ilp:safeguarding")).content.decode()
        assert client.post(address, {"role": ""}).status_code == 302

    def test_a_flag_is_taken_and_closed_on_its_page(self, town, words, client):
        say(talk(town), "I want to die <b>", town.amina.user)
        flag = MessageFlag.objects.get()
        address = reverse("ilp:flag", args=[flag.reference])
        client.force_login(town.coordinator)
        page = client.get(address).content.decode()
        assert "I want to die &lt;b&gt;" in page
        assert client.post(address, {"do": "take"}).status_code == 302
        assert client.post(address, {"done": ""}).status_code == 200
        assert client.post(address, {"done": "Rang home."}).status_code == 302
        assert "Rang home." in client.get(address).content.decode()

    def test_lists_cost_the_same_with_one_and_five_rows(self, town, words, client, django_assert_num_queries):
        from tests.factories import RollEntryFactory

        def another():
            learner = RollEntryFactory(school=town.school, learner__area=town.area).learner
            conversation = actions.begin_conversation(learner=learner, service=town.school, by=learner.user)
            say(conversation, "I want to die", learner.user)

        another()
        client.force_login(town.coordinator)
        client.get(reverse("ilp:conversations"))
        for number in (1, 5):
            while MessageFlag.objects.count() < number:
                another()
            with django_assert_num_queries(7):
                assert len(client.get(reverse("ilp:conversations")).context["object_list"]) == number
            with django_assert_num_queries(6):
                assert len(client.get(reverse("ilp:flags")).context["object_list"]) == number


@pytest.mark.django_db(transaction=True)
def test_two_cannot_both_close_a_flag():
    town = build_town()
    flag = MessageFlag.objects.create(message=say(talk(town), "Hi", town.amina.user), kind="concern")
    answers = at_once(*[lambda: actions.close_flag(flag=flag, done="Done", by=town.coordinator)] * 2)
    assert sorted(type(answer).__name__ for answer in answers) == ["MessageFlag", "StaleState"]


@pytest.mark.django_db(transaction=True)
def test_two_close_a_flag_when_the_lock_is_taken_away(monkeypatch):
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **options: self)
    save = MessageFlag.save
    meet = meeting()
    monkeypatch.setattr(MessageFlag, "save", lambda self, **options: (meet(), save(self, **options))[1])
    town = build_town()
    message = say(talk(town), "Hi", town.amina.user)
    flag = MessageFlag.objects.bulk_create([MessageFlag(message=message, kind="concern")])[0]
    answers = at_once(*[lambda: actions.close_flag(flag=flag, done="Done", by=town.coordinator)] * 2)
    assert sorted(type(answer).__name__ for answer in answers) == ["MessageFlag", "MessageFlag"]
