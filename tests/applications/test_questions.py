"""What a provider asks beside the form, and what becomes of the answers."""

import pytest
from django.urls import reverse

from applications import actions
from applications.models import ProviderAnswer, ProviderQuestion
from applications.queries import questions_for, stops
from applications.queries.questions import drafts_concerned_by
from core.errors import NotAllowed, RuleBroken, StaleState
from core.references import new_reference
from tests.applications.walk import again


def url(name, *args):
    return reverse(f"applications:{name}", args=[getattr(one, "reference", one) for one in args])


def refusal(action, **said):
    with pytest.raises(RuleBroken) as broken:
        action(**said)
    return broken.value.code


def ask(town, words="Can you come on Saturdays?", **said):
    said = {"kind": "yes_no", "is_required": True} | said
    return actions.ask_question(provider=town.northfield, cycle=town.cycle, by=town.admissions, words=words, **said)


def test_few_questions_of_ones_own_courses_by_whoever_answers_applications(town):
    elsewhere = town.run("Elsewhere", provider=town.southbank).course
    for by in (town.other_admissions, town.amina.user, town.coordinator):
        with pytest.raises(NotAllowed):
            actions.ask_question(provider=town.northfield, cycle=town.cycle, by=by, kind="short", words="Why?")
    assert refusal(ask, town=town, courses=[elsewhere]) == "other_provider"
    assert refusal(ask, town=town, kind="one_of", options=["A", "A"]) == "options_missing"
    first = ask(town)
    assert refusal(ask, town=town, words="can you come on saturdays?") == "same_question"
    for number in range(4):
        ask(town, f"Question {number}")
    assert refusal(ask, town=town, words="One more") == "too_many_questions"
    actions.end_question(question=first, by=town.admissions)
    with pytest.raises(StaleState):
        actions.end_question(question=first, by=town.admissions)
    assert ask(town, "One more").position == 6


def test_answers_are_of_their_kind_and_travel_in_the_words_of_the_day(town, client):
    run = town.run("Plumbing Level 2")
    choice, other = town.draft(run), town.draft(town.run("Joinery"))
    saturdays = ask(town)
    tools = ask(town, "Which tools do you have?", kind="one_of", options=["None", "Some"], courses=[run.course])
    since = ask(town, "Since when?", kind="date", is_required=False)
    assert [questions_for(one) for one in (choice, other)] == [[saturdays, tools, since], [saturdays, since]]
    assert drafts_concerned_by([saturdays, tools]) == {saturdays.pk: 2, tools.pk: 1}
    assert [one.code for one in stops(choice)] == ["question_unanswered", "question_unanswered"]
    assert refusal(actions.send_choice, choice=choice, by=town.amina.user) == "question_unanswered"
    said = {"choice": choice, "by": town.amina.user}
    assert refusal(actions.answer_questions, answers={tools.reference: "Many"}, **said) == "not_an_option"
    assert refusal(actions.answer_questions, answers={since.reference: "May"}, **said) == "not_a_date"
    short = ask(town, "Why?", kind="short", is_required=False)
    assert refusal(actions.answer_questions, answers={short.reference: "x" * 201}, **said) == "answer_too_long"

    client.force_login(town.amina.user)
    page = client.get(url("questions-answer", choice))
    assert "Can you come on Saturdays?" in page.text
    typed = {"draft": new_reference(), "seen": 0, tools.reference: "Some", f"{since.reference}_day": "1"}
    assert "Kept at" in client.post(url("questions-keep", choice), typed).json()["words"]
    assert "You began to write something" in client.get(url("questions-answer", choice)).text
    date = {f"{since.reference}_{part}": value for part, value in (("day", 1), ("month", 9), ("year", 2026))}
    answers = typed | date | {saturdays.reference: "yes", short.reference: "Like it"}
    assert client.post(url("questions-answer", choice), answers).url == url("choice-send", choice)

    changed = actions.change_question(
        question=tools, by=town.admissions, kind="one_of", words="Which tools?", options=["None", "Some"],
        courses=[run.course],
    )  # fmt: skip
    assert (changed.position, ProviderAnswer.objects.filter(question=tools).exists()) == (2, True)
    sent = again(actions.send_choice(choice=choice, by=town.amina.user))
    assert sent.snapshot.content["answers"] == [
        {"question": "Can you come on Saturdays?", "answer": "Yes"},
        {"question": "Since when?", "answer": "Tuesday 1 September 2026"},
        {"question": "Why?", "answer": "Like it"},
    ]
    with pytest.raises(StaleState):
        actions.answer_questions(choice=sent, answers={}, by=town.amina.user)


def test_the_desk_shows_what_is_asked_and_changes_it(town, client):
    town.draft(town.run("Plumbing Level 2"))
    question = ask(town)
    client.force_login(town.admissions)
    page = client.get(url("questions"))
    assert "Can you come on Saturdays? (has to be answered)" in page.text
    assert "As a learner sees them" in page.text
    assert page.context["rows"] == [(question, 1)]
    answers = {"kind": "short", "words": "Which days?", "options": "", "help_text": "", "is_required": "on"}
    assert client.post(url("question-change", question), answers).url == url("questions")
    assert client.get(url("question-change", question)).status_code == 409
    assert client.post(url("question-ask", town.northfield, 2027), answers | {"words": "More?"}).status_code == 302
    wrong = client.post(url("question-ask", town.northfield, 2027), answers | {"kind": "one_of", "words": "One?"})
    assert "Give at least two answers" in wrong.text
    assert [one.words for one in ProviderQuestion.objects.asked()] == ["Which days?", "More?"]
    client.post(url("question-end", ProviderQuestion.objects.asked().first()))
    assert [one.words for one in ProviderQuestion.objects.asked()] == ["More?"]
    client.force_login(town.coordinator)
    assert client.get(url("questions")).status_code == 404


@pytest.mark.parametrize("number", [1, 5])
def test_the_desk_asks_the_database_as_often_for_one_question_as_for_five(
    town, client, django_assert_num_queries, number
):
    for one in range(number):
        ask(town, f"Question {one}")
    client.force_login(town.admissions)
    client.get(url("questions"))
    with django_assert_num_queries(9):
        client.get(url("questions"))
