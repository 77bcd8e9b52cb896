"""The form that is filled in once: sections, grades, drafts, what comes from the plan, and what is frozen of it."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import LearnerContact, SchoolGrade
from applications import actions
from applications.models import SectionDraft
from applications.queries import (
    entries_that_go,
    has_newer_statement,
    sections_of,
    sha256_of,
    snapshot_content,
    stops,
    warnings,
)
from applications.queries.entry_grades import short_of
from core.errors import NotAllowed, RuleBroken
from core.references import new_reference
from ilp import actions as ilp
from ilp.models import Entry
from prospectus.models import EntryRequirement
from tests.applications.walk import again

WORDS = {"qualification": "GCSE", "subject": "English", "grade_words": "5", "is_expected": True}


def refusal(action, **said):
    with pytest.raises(RuleBroken) as broken:
        action(**said)
    return broken.value.code


def url(name, *args):
    return reverse(f"applications:{name}", args=[getattr(one, "reference", one) for one in args])


def states(application):
    return {one.section.value: one.state for one in sections_of(application)}


def planned(town, kind="skill", **said):
    """An entry of Amina's plan that her school's coordinator has validated."""
    plan = ilp.start_plan(learner=town.amina, by=town.amina.user)
    entry = ilp.add_entry(plan=plan, kind=kind, by=town.amina.user, **said)
    return ilp.validate_entry(entry=entry, seen=1, by=town.coordinator)


def test_two_devices_lose_nothing_and_say_so(town, client):
    application = town.draft().application
    seen = application.marks.get(section="statement").number
    client.force_login(town.amina.user)
    first = {"statement": "On my phone.", "draft": new_reference(), "seen": seen}
    assert client.post(url("statement", application), first).status_code == 302
    # The same form once more, by a double click, is one save.
    assert client.post(url("statement", application), first).status_code == 302
    second = {"statement": "On the school computer.", "draft": new_reference(), "seen": seen}
    page = client.post(url("statement", application), second)
    assert "You have changed this on another device" in page.text
    assert "On my phone." in page.text
    assert "On the school computer." in page.text
    second["seen"] = page.context["form"].data["seen"]
    assert client.post(url("statement", application), second).status_code == 302
    application.refresh_from_db()
    assert application.statement == "On the school computer."
    assert actions.write_needs(application=application, needs="", seen=9, is_done=True, by=town.amina.user)


def test_what_is_typed_is_kept_and_gone_on_with(town, client):
    application = town.draft().application
    mine = new_reference()
    client.force_login(town.amina.user)
    seen = application.marks.get(section="help").number
    typed = {"needs": "A quiet ro", "draft": mine, "seen": seen}
    assert "Kept at" in client.post(url("section-keep", application, "help"), typed).json()["words"]
    page = client.get(url("needs", application))
    assert "You began to write something" in page.text
    assert "A quiet ro" in client.get(url("needs", application), {"draft": mine}).text
    assert client.post(url("needs", application), typed | {"needs": "A quiet room"}).status_code == 302
    assert not SectionDraft.objects.exists()
    # The form is saved: what it still sends late brings nothing back.
    assert client.post(url("section-keep", application, "help"), typed).status_code == 409
    client.post(url("needs", application), typed | {"draft": new_reference(), "later": "1", "seen": seen + 1})
    kept = SectionDraft.objects.get()
    client.force_login(town.ben.user)
    assert client.post(url("section-draft-drop", kept)).status_code == 404
    client.force_login(town.amina.user)
    assert client.post(url("section-draft-drop", kept)).status_code == 302
    assert not SectionDraft.objects.exists()


def test_no_form_keeps_drafts_without_end(town):
    application = town.draft().application
    said = {"application": application, "section": "help", "answers": {}, "seen": 9, "by": town.amina.user}
    for _ in range(20):
        actions.keep_section_draft(reference=new_reference(), **said)
    assert refusal(actions.keep_section_draft, reference=new_reference(), **said) == "too_many_drafts"
    assert actions.keep_section_draft(reference="no form", **said) is None


def test_sections_are_done_when_somebody_says_so_and_something_is_there(town):
    application = actions.start_application(learner=town.amina, cycle=town.cycle, by=town.amina.user)
    assert set(states(application).values()) == {"not_started", "started"}
    assert states(application)["contact"] == "started"
    for section in ("about", "statement", "help", "plan"):
        actions.mark_section(application=application, section=section, is_done=True, by=town.amina.user)
    assert states(application) == {
        "about": "done",
        "contact": "started",
        "grades": "not_started",
        "statement": "not_started",
        "help": "done",
        "plan": "done",
    }
    with pytest.raises(NotAllowed):
        actions.mark_section(application=application, section="about", is_done=True, by=town.coordinator)


def test_how_to_reach_somebody_is_kept_in_their_record(town, client):
    application = town.draft().application
    client.force_login(town.amina.user)
    answers = {"email": "new@example.org", "phone": "01632 960001", "address": "", "postcode": "", "is_done": "on"}
    client.post(url("contact", application), answers | {"draft": new_reference(), "seen": 0})
    contact = LearnerContact.objects.get(learner=town.amina)
    assert (contact.email, contact.phone) == ("new@example.org", "01632 960001")
    assert states(application)["contact"] == "done"
    wrong = client.post(url("contact", application), answers | {"phone": "call me", "draft": "A", "seen": 1})
    assert "Enter a phone number with digits" in wrong.text


def test_grades_are_rows_of_the_learner_or_of_the_school(town, client):
    application = actions.start_application(learner=town.amina, cycle=town.cycle, by=town.amina.user)
    said = SchoolGrade.objects.create(
        learner=town.amina, kind="predicted", subject="Maths", value="6", school=town.hollins
    )
    client.force_login(town.amina.user)
    assert "Maths: 6 (Predicted, Hollins Park School" in client.get(url("grades", application)).text
    client.post(url("school-grades-take", application), {"grade": said.pk})
    client.post(
        url("grades", application),
        {"subject": "English", "qualification": "GCSE", "grade_words": "5", "is_expected": "yes"},
    )
    # The same again is the same row.
    actions.add_grade(application=application, by=town.amina.user, **WORDS | {"grade_words": "6"})
    rows = list(application.grades.values_list("subject", "grade", "is_expected", "school__name"))
    assert rows == [("English", "6", True, None), ("Maths", "6", True, "Hollins Park School")]
    maths = application.grades.get(subject="Maths")
    changed = {"subject": "Maths", "qualification": "", "grade_words": "7", "is_expected": "no"}
    client.post(url("grade-change", maths), changed)
    maths.refresh_from_db()
    assert (maths.grade, maths.is_expected, maths.school) == ("7", False, None)
    client.post(url("grade-remove", maths))
    assert [grade.subject for grade in application.grades.all()] == ["English"]
    assert refusal(actions.change_grade, grade=maths, by=town.amina.user, **WORDS) == "grade_gone"
    for number in range(39):
        actions.add_grade(application=application, by=town.amina.user, **WORDS | {"subject": f"Subject {number}"})
    assert refusal(actions.add_grade, application=application, by=town.amina.user, **WORDS | {"subject": "More"}) == (
        "too_many_grades"
    )


def test_what_is_validated_goes_unless_it_is_left_out_and_special_needs_never_do(town, client):
    choice = town.draft()
    bikes = planned(town, title="Mending bicycles", words="I mended my neighbour’s brakes.")
    planned(town, kind="course", course=town.run("Elsewhere", provider=town.southbank).course, words="Maybe.")
    plan = bikes.plan
    ilp.add_entry(plan=plan, kind="skill", title="Not read yet", by=town.amina.user)
    secret = planned(town, kind="interest", title="Help I get")
    Entry.objects.filter(pk=secret.pk).update(kind="assessment", section_key="needs")
    content = snapshot_content(choice)
    assert [(one["title"], one["validated_by"], one["validated_on"]) for one in content["plan"]] == [
        ("Mending bicycles", "Carys Lloyd", "2026-11-18")
    ]
    assert content["plan"][0]["validated_as"] == "School coordinator, Hollins Park School"
    client.force_login(town.amina.user)
    assert "Validated by Carys Lloyd" in client.get(url("plan-entries", choice.application)).text
    client.post(url("plan-entries", choice.application), {"seen": 0})
    assert entries_that_go(choice.application) == []
    stale = {"application": choice.application, "kept": [bikes], "seen": 0, "is_done": False, "by": town.amina.user}
    assert refusal(actions.choose_entries, **stale) == "changed_meanwhile"


def test_what_was_sent_never_changes(town):
    choice = town.draft()
    entry = planned(town, title="Mending bicycles", words="Brakes.")
    sent = again(actions.send_choice(choice=choice, by=town.amina.user))
    before, application = sent.snapshot.content, sent.application
    assert sha256_of(before) == sent.snapshot.sha256
    ilp.take_back_validation(entry=entry, by=town.coordinator)
    ilp.revise_entry(entry=entry, seen=1, by=town.amina.user, title="Something else", words="Other words.")
    actions.write_statement(
        application=application,
        statement="New.",
        seen=application.marks.get(section="statement").number,
        is_done=True,
        by=town.amina.user,
    )
    actions.remove_grade(grade=application.grades.first(), by=town.amina.user)
    held = again(sent).snapshot
    assert held.content == before
    assert held.content["plan"][0]["words"] == "Brakes."
    assert sha256_of(held.content) == held.sha256


def test_one_press_in_the_plan_makes_a_draft_with_everything_filled(town, client):
    run = town.run("Plumbing Level 2")
    SchoolGrade.objects.create(learner=town.amina, kind="prior", subject="Maths", value="5", school=town.hollins)
    plan = ilp.start_plan(learner=town.amina, by=town.amina.user)
    entry = ilp.add_entry(plan=plan, kind="course", course=run.course, words="Why.", by=town.amina.user)
    document = ilp.start_document(plan=plan, kind="statement", name="Mine", by=town.amina.user)
    ilp.keep_document(
        document=document, seen=document.number, by=town.amina.user, name="Mine", opening="I like pipes.",
        facts=[], marks_validated=False, entries=[],
    )  # fmt: skip
    client.force_login(town.amina.user)
    assert "Apply for this" in client.get(reverse("ilp:plan")).text
    answer = client.post(url("apply", run.course))
    application = town.amina.applications.get()
    assert answer.url == url("choice-send", application.choices.get())
    assert (application.statement, application.grades.get().subject) == ("I like pipes.", "Maths")
    document.refresh_from_db()
    ilp.keep_document(
        document=document, seen=document.number, by=town.amina.user, name="Mine", opening="I love pipes.",
        facts=[], marks_validated=False, entries=[],
    )  # fmt: skip
    application.refresh_from_db()
    assert has_newer_statement(application)
    assert "Your plan says something newer" in client.get(url("statement", application)).text
    client.post(url("statement-take", application), {"document": document.reference})
    application.refresh_from_db()
    assert application.statement == "I love pipes."
    empty = ilp.start_document(plan=plan, kind="statement", name="Empty", by=town.amina.user)
    assert refusal(actions.take_statement, application=application, document=empty, by=town.amina.user) == (
        "nothing_to_take"
    )
    assert entry.course == run.course


def test_the_check_names_what_is_wrong_and_leads_to_where_it_is_mended(town, client):
    run = town.run()
    EntryRequirement.objects.create(course=run.course, position=1, grade="6", subject_words="mathematics")
    choice = town.draft(run)
    LearnerContact.objects.filter(learner=town.amina).update(email="", phone="")
    assert stops(choice) == []
    assert [one.code for one in warnings(choice)] == ["no_contact", "nothing_validated", "grades_low"]
    client.force_login(town.amina.user)
    page = client.get(url("choice-send", choice))
    for name in ("contact", "plan-entries", "grades"):
        assert f'href="{url(name, choice.application)}"' in page.text
    assert "your grades do not show that yet" in page.text


def test_grades_are_compared_kindly():
    asked = [
        EntryRequirement(grade="5", subject_words="English", how_many=1),
        EntryRequirement(grade="4", how_many=3),
        EntryRequirement(grade="C", subject_words="Art"),
        EntryRequirement(grade="9", subject_words="Maths", is_essential=False),
        EntryRequirement(grade="an interview"),
    ]

    class Row:
        def __init__(self, subject, grade):
            self.subject, self.grade = subject, grade

    enough = [Row("English Language", "4/5"), Row("Maths", "4"), Row("Science", "not sure"), Row("Art", "6")]
    assert short_of(asked, enough) == []
    low = [Row("English", "4"), Row("Maths", "3"), Row("Science", "2"), Row("Art", "D")]
    assert short_of(asked, low) == asked[:3]


def test_several_are_sent_in_one_go_and_each_says_what_became_of_it(town, client):
    good = town.draft(town.run("Plumbing"))
    bad = town.draft(town.run("English", option_block="B"), town.run("History", option_block="B"))
    client.force_login(town.amina.user)
    page = client.get(url("choices-send", good.application))
    assert "Ready to send." in page.text
    assert "are taught at the same time" in page.text
    client.post(url("choices-send", good.application), {"choices": [good.reference]})
    assert [again(one).status for one in (good, bad)] == ["sent", "draft"]


def test_nobody_sends_for_a_learner_without_saying_how_they_have_their_word(town):
    choice = town.draft()
    assert refusal(actions.send_choice, choice=choice, by=town.coordinator) == "how_not_said"
    with pytest.raises(NotAllowed):
        actions.assist(learner=town.amina, cycle=town.cycle, how="present", by=town.other_coordinator)
    said = {"learner": town.amina, "cycle": town.cycle, "how": "paper", "by": town.coordinator}
    assert refusal(actions.assist, **said) == "paper_date"
    assert refusal(actions.assist, **said, signed_on=dt.date(2026, 11, 19)) == "paper_date"
    # Nobody has asked this learner about the advice service: with them there an adviser may help.
    actions.assist(learner=town.amina, cycle=town.cycle, how="present", by=town.adviser)
    sent = actions.send_choice(choice=choice, by=town.adviser)
    assert (sent.entered_by, sent.entered_how, sent.paper_signed_on) == (town.adviser, "present", None)
