"""Typed conditions, what is usually asked, how each stands; and the one list of reasons."""

import pytest
from django.urls import reverse

from applications import actions
from applications.actions import Condition
from applications.models import OfferCondition, RefusalReason, UsualCondition, WithdrawalReason
from applications.queries import broken_invariants, timeline
from applications.queries.conditions import condition_words, usual_conditions_of
from applications.reasons import REASONS, UNMET_DEMAND, learner_words, reasons_for
from core.errors import NotAllowed, RuleBroken, StaleState
from tests.applications.test_views import ANSWER_BY
from tests.applications.walk import again

pytestmark = pytest.mark.django_db


def refusal(act, **arguments):
    with pytest.raises(RuleBroken) as broken:
        act(**arguments)
    return broken.value.code


def page(name, thing=None):
    return reverse(f"applications:{name}", args=[thing.reference] if thing else [])


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (Condition("grade", subject="English", grade="4"), "Grade 4 or above in English"),
        (Condition("grades", grade="5", number=1), "1 subject at grade 5 or above"),
        (Condition("grades", grade="4", number=5), "5 subjects at grade 4 or above"),
        (Condition("attendance", number=90), "You are at school on at least 90% of days"),
        (Condition("reference"), "A reference from your school or college that supports you"),
        (Condition("document", " Your passport "), "Your passport"),
        (Condition("grade", "A 4 in maths or better", "Maths", "4"), "A 4 in maths or better"),
        (Condition("grade", subject="English"), ""),
        (Condition("attendance"), ""),
        (Condition("other"), ""),
    ],
)
def test_a_condition_says_itself_in_plain_words(condition, words):
    assert condition_words(condition) == words


def test_an_offer_keeps_what_was_asked_in_columns_and_in_words(town):
    choice = town.choice("sent")
    asked = [Condition("grade", subject="English", grade="4"), Condition("other", "A portfolio")]
    offer = {"choice": choice, "by": town.admissions}
    assert (
        refusal(actions.make_offer, **offer, conditions=[Condition("grade", subject="Art")]) == "condition_incomplete"
    )
    actions.make_offer(**offer, conditions=asked)
    columns = ("kind", "text", "subject", "grade", "number", "state")
    assert list(OfferCondition.objects.values_list(*columns)) == [
        ("grade", "Grade 4 or above in English", "English", "4", None, "open"),
        ("other", "A portfolio", "", "", None, "open"),
    ]
    standing = again(choice).standing_offer
    actions.change_offer(choice=choice, by=town.admissions, conditions=asked, answer_by_on=standing.answer_by_on)
    assert again(choice).standing_offer == standing  # the same again is no change


def test_each_condition_stands_for_itself_with_who_said_so_and_when(town):
    choice = town.choice("accepted")
    condition = OfferCondition.objects.get()
    mark = {"choice": choice, "condition": condition}
    for by in (town.other_admissions, town.amina.user, town.coordinator):
        with pytest.raises(NotAllowed):
            actions.mark_condition(**mark, state="met", by=by)
    assert refusal(actions.mark_condition, **mark, state="maybe", by=town.admissions) == "condition_state_unknown"
    held = actions.mark_condition(**mark, state="not_met", by=town.admissions)
    assert (held.state, held.decided_by) == ("not_met", town.admissions)
    actions.mark_condition(**mark, state="not_met", by=town.admissions)
    entries = [entry for entry in timeline(choice, audience="learner") if "condition" in entry.sentence]
    assert [(entry.sentence, entry.details) for entry in entries] == [
        ("A condition is not met.", ["Grade 4 or above in English"])
    ]
    # A person has to look at it: neither the place nor the start is recorded over it.
    for act in (actions.confirm_place, actions.enrol):
        assert refusal(act, choice=choice, by=town.admissions) == "condition_not_met"
    actions.mark_condition(**mark, state="waived", by=town.admissions)
    assert refusal(actions.fail_conditions, choice=choice, by=town.admissions) == "conditions_settled"
    assert actions.confirm_place(choice=choice, by=town.admissions).status == "confirmed"
    assert broken_invariants() == []
    with pytest.raises(StaleState):
        actions.mark_condition(**mark, state="met", by=town.admissions)
    assert actions.enrol(choice=choice, by=town.admissions).status == "enrolled"


def test_what_was_said_to_be_not_met_is_what_failed(town):
    choice = town.choice("sent")
    asked = [Condition("results", "Grade 4 in English"), Condition("results", "Grade 4 in maths")]
    actions.make_offer(choice=choice, by=town.admissions, conditions=asked)
    actions.accept_offer(choice=choice, by=town.amina.user)
    english, maths = OfferCondition.objects.all()
    actions.mark_condition(choice=choice, condition=maths, state="not_met", by=town.admissions)
    actions.mark_condition(choice=choice, condition=english, state="met", by=town.admissions)
    actions.mark_condition(choice=choice, condition=english, state="open", by=town.admissions)
    english.refresh_from_db()
    assert english.decided_by is None
    actions.fail_conditions(choice=choice, by=town.admissions)
    assert list(OfferCondition.objects.values_list("state", flat=True)) == ["open", "not_met"]


def test_an_offer_whose_conditions_are_all_settled_is_certain_when_it_is_accepted(town):
    choice = town.choice("offered")
    actions.mark_condition(choice=choice, condition=OfferCondition.objects.get(), state="met", by=town.admissions)
    assert actions.accept_offer(choice=choice, by=town.amina.user).status == "confirmed"


def test_a_condition_of_an_offer_that_was_replaced_cannot_be_marked(town):
    choice = town.choice("offered")
    old = OfferCondition.objects.get()
    actions.change_offer(choice=choice, by=town.admissions, conditions=[])
    with pytest.raises(StaleState):
        actions.mark_condition(choice=choice, condition=old, state="met", by=town.admissions)


def test_a_changed_offer_leaves_what_is_settled_settled(town):
    choice = town.choice("sent")
    english, maths, portfolio = (Condition("other", words) for words in ("English", "Maths", "A portfolio"))
    actions.make_offer(choice=choice, by=town.admissions, conditions=[english, maths, portfolio])
    first, second, _third = OfferCondition.objects.order_by("pk")
    actions.mark_condition(choice=choice, condition=first, state="met", by=town.admissions)
    actions.mark_condition(choice=choice, condition=second, state="waived", by=town.admissions)
    colleague = town.staff("Ola Berg", town.northfield, "manager")
    harder = Condition("other", "Maths, grade 6")
    actions.change_offer(choice=choice, by=colleague, conditions=[portfolio, english, harder], message="New")
    rows = again(choice).standing_offer.conditions.order_by("pk").values_list("text", "state", "decided_by")
    assert list(rows) == [
        ("A portfolio", "open", None),
        ("English", "met", town.admissions.pk),
        ("Maths, grade 6", "open", None),  # another condition than the one that was waived
    ]


def test_usual_conditions_are_written_once_and_taken_with_one_press(town, client):
    choice = town.choice("sent")
    course = choice.choice_runs.first().run.course
    usual = {"provider": town.northfield, "by": town.admissions}
    with pytest.raises(NotAllowed):
        actions.set_usual_conditions(provider=town.northfield, by=town.other_admissions, conditions=[])
    elsewhere = town.run(provider=town.southbank).course
    assert refusal(actions.set_usual_conditions, **usual, conditions=[], course=elsewhere) == "not_your_course"
    many = [Condition("other", f"Thing {number}") for number in range(13)]
    assert refusal(actions.set_usual_conditions, **usual, conditions=many) == "too_many_conditions"
    client.force_login(town.admissions)
    assert "None yet" in client.get(page("usual-conditions")).text
    set_page = page("usual-conditions-set", town.northfield)
    assert client.get(f"{set_page}?course={elsewhere.reference}").status_code == 404
    client.post(set_page, {"kind_1": "attendance", "number_1": "90"})
    assert [one.text for one in usual_conditions_of(choice)] == ["You are at school on at least 90% of days"]
    client.post(f"{set_page}?course={course.reference}", {"kind_1": "grade", "subject_1": "English", "grade_1": "5"})
    assert [one.text for one in usual_conditions_of(choice)] == ["Grade 5 or above in English"]
    assert "Grade 5 or above in English" in client.get(page("usual-conditions")).text
    offer = page("choice-offer", choice)
    assert "Take your usual condition" in client.get(offer).text
    form = client.get(f"{offer}?usual=1").context["form"]
    assert [form[f"{name}_1"].value() for name in ("kind", "subject", "grade", "text")] == ["grade", "English", "5", ""]
    answers = {"kind_1": "grade", "subject_1": "English", "grade_1": "5", "kind_2": "reference", "kind_3": "grade"}
    assert client.post(offer, answers | ANSWER_BY).status_code == 302
    assert [one.text for one in OfferCondition.objects.all()] == [
        "Grade 5 or above in English",
        "A reference from your school or college that supports you",
    ]
    assert UsualCondition.objects.count() == 2


def test_the_desk_marks_conditions_and_the_learner_reads_how_they_stand(town, client):
    choice = town.choice("accepted")
    client.force_login(town.admissions)
    assert page("conditions-mark", choice) in client.get(page("received-choice", choice)).text
    condition = OfferCondition.objects.get()
    assert client.post(page("conditions-mark", choice), {f"state_{condition.pk}": "met"}).status_code == 302
    assert "(met, 18 November 2026, Priya Shah)" in client.get(page("received-choice", choice)).text
    client.force_login(town.amina.user)
    text = client.get(page("choice", choice)).text
    assert "(met, 18 November 2026)" in text
    assert "Priya Shah" not in text


# Reasons


def test_every_reason_is_in_the_one_list_with_words_for_each_side():
    assert set(REASONS) == {*RefusalReason.values, *WithdrawalReason.values}
    assert all(said.staff and (said.learner or reason == "other") for reason, said in REASONS.items())
    assert reasons_for("refuse")[-1] == reasons_for("withdraw_offer")[-1] == reasons_for("withdraw")[-1] == "other"
    assert set(reasons_for("withdraw")) == set(WithdrawalReason.values)
    assert "interview" not in reasons_for("withdraw_offer")
    assert UNMET_DEMAND == ["full", "not_running"]


def test_a_reason_of_another_verb_is_refused(town):
    choice = town.choice("sent")
    assert refusal(actions.refuse_choice, choice=choice, by=town.admissions, reason="travel") == "reason_unknown"
    offered = town.choice("offered")
    said = {"choice": offered, "by": town.admissions, "words": ""}
    assert refusal(actions.withdraw_offer, **said, reason="portfolio") == "reason_unknown"
    actions.withdraw_offer(**said, reason="not_running")
    assert again(offered).refusal_reason == "not_running"


def test_a_no_is_read_first_as_the_learner_will_read_it(town, client):
    choice = town.choice("sent")
    client.force_login(town.admissions)
    answers = {"reason": "full", "words": "Ask us again in August <b>please</b>."}
    preview = client.post(page("choice-refuse", choice), answers | {"look": "on"})
    assert "The learner will read" in preview.text
    assert str(learner_words("full")) in preview.text
    assert "&lt;b&gt;please" in preview.text
    assert "checked" in preview.text
    assert again(choice).status == "sent"
    assert client.post(page("choice-refuse", choice), answers).status_code == 302
    assert again(choice).status == "unsuccessful"
    client.force_login(town.amina.user)
    assert str(learner_words("full")) in client.get(page("choice", choice)).text
