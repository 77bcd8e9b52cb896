"""Words that worry, wherever a learner writes in an application or of applying elsewhere."""

import datetime as dt

import pytest

from applications import actions
from core import clock
from core.references import new_reference
from ilp import actions as ilp
from ilp.models import MessageFlag
from ilp.queries import called_for

pytestmark = pytest.mark.django_db
DIE = "Most days I want to die."


@pytest.fixture(autouse=True)
def words(db):
    ilp.load_concern_phrases()


def flags():
    return list(MessageFlag.objects.order_by("pk").values_list("place", "section", "said"))


def ask(town, **said):
    return actions.ask_question(
        provider=town.northfield, cycle=town.cycle, by=town.admissions, **{"kind": "long"} | said
    )


def test_the_sections_of_the_form_call_once_and_only_when_they_are_saved(town):
    application = town.draft().application
    said = {"application": application, "by": town.amina.user, "is_done": False}
    actions.keep_section_draft(
        application=application, section="help", reference=new_reference(), answers={"needs": DIE}, seen=9,
        by=town.amina.user,
    )  # fmt: skip
    assert flags() == [], "what is only being typed is nobody's to read"
    seen = application.marks.get(section="help").number
    for _twice in range(2):
        actions.write_needs(needs=DIE, seen=seen, **said)
    assert flags() == [("form", "application", DIE)]
    flag = MessageFlag.objects.get()
    assert (flag.whose, flag.service, flag.by, called_for(flag)) == (
        town.amina, town.hollins, town.amina.user, [town.coordinator]
    )  # fmt: skip
    # Edited: what stood there calls nobody again, new words do.
    actions.write_needs(needs=f"{DIE} Thank you.", seen=seen + 1, **said)
    assert len(flags()) == 1
    ilp.close_flag(flag=flag, done="Seen.", by=town.coordinator)
    actions.write_needs(needs=f"{DIE} Sorry.", seen=seen + 2, **said)
    assert len(flags()) == 1
    actions.write_needs(needs=f"{DIE} My dad hits me.", seen=seen + 3, **said)
    assert len(flags()) == 2
    mark = application.marks.get(section="statement")
    actions.write_statement(statement="I cut myself", seen=mark.number, **said)
    assert flags()[2] == ("form", "application", "I cut myself")


def test_a_statement_taken_from_the_plan_and_one_typed_for_the_learner_are_read_too(town):
    application = town.draft().application
    plan = ilp.start_plan(learner=town.amina, by=town.amina.user)
    document = ilp.start_document(plan=plan, kind="statement", name="Mine", by=town.amina.user)
    document = ilp.keep_document(
        document=document, seen=document.number, by=town.amina.user, name="Mine", opening=DIE, facts=[],
        marks_validated=True, entries=[],
    )  # fmt: skip
    actions.take_statement(application=application, document=document, by=town.amina.user)
    assert [(place, DIE in said) for place, _, said in flags()] == [("form", True)]
    other = town.draft(learner=town.ben).application
    actions.assist(learner=town.ben, cycle=town.cycle, how="present", by=town.other_coordinator)
    seen = other.marks.get(section="help").number
    actions.write_needs(application=other, needs=DIE, seen=seen, is_done=False, by=town.other_coordinator)
    flag = MessageFlag.objects.get(learner=town.ben)
    assert flag.service == town.brannocs
    assert not MessageFlag.objects.visible_to(town.other_coordinator).exists(), "who typed it has read it"


def test_answers_to_a_provider_and_the_words_of_leaving_are_read_and_adults_words_are_not(town):
    long, which = ask(town, words="Why us?"), ask(town, kind="one_of", words="Which?", options=["I want to die", "No"])
    choice = town.draft()
    said = {"choice": choice, "by": town.amina.user}
    actions.answer_questions(answers={which.reference: "I want to die"}, **said)
    assert flags() == [], "those are the provider's words"
    for _twice in range(2):
        actions.answer_questions(answers={long.reference: DIE}, **said)
    assert flags() == [("form", "application", DIE)]
    actions.withdraw_choice(choice=choice, reason="other", words="My mum hits me", by=town.amina.user)
    assert flags()[1:] == [("form", "application", "My mum hits me")]
    sent = town.choice("sent", learner=town.ben)
    actions.withdraw_choice(choice=sent, reason="other", words="He says: I want to die", by=town.admissions)
    assert len(flags()) == 2


def test_an_offer_told_of_is_read_and_what_an_adult_records_is_not(town):
    offer = {"learner": town.amina, "cycle": town.cycle, "course_name": "I want to die"}
    actions.record_outside_offer(provider_name="Records", by=town.coordinator, **offer)
    for _twice in range(2):
        actions.say_outside_offer(provider_name="Elsewhere", by=town.amina.user, **offer)
    assert flags() == [("elsewhere", "application", "Elsewhere\n\nI want to die")]


def test_why_the_time_of_an_interview_is_given_back_is_read_too(town):
    choice = town.choice("sent")
    starts_at = clock.now() + dt.timedelta(days=5)
    actions.invite_to_interview(choice=choice, by=town.admissions, starts_at=starts_at, place="Room 4")
    actions.give_back_interview(choice=choice, words=DIE, by=town.amina.user)
    assert flags() == [("form", "application", DIE)]
