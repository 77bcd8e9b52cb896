"""Two devices, late pages and one press too many: what was written stays, and goes only where it should."""

import pytest
from django.contrib.messages.storage.cookie import CookieStorage
from django.test import RequestFactory
from django.urls import reverse

from accounts.actions import answer_consent
from accounts.models import ConsentKind, LearnerContact, SchoolGrade
from applications import actions
from applications.models import EnteredHow, SectionDraft
from applications.queries import answers_of_choice, entries_that_go, school_grades_of
from applications.views.sending import SendSeveralView
from core import clock
from core.errors import NotAllowed
from core.references import new_reference
from ilp import actions as ilp
from prospectus.models import Course
from tests.applications.walk import again


def url(name, *args):
    return reverse(f"applications:{name}", args=[getattr(one, "reference", one) for one in args])


def begun(town):
    return actions.start_application(learner=town.amina, cycle=town.cycle, by=town.amina.user)


def school_says(town, kind="predicted", **said):
    said = {"stage": "KS4", "subject": "Maths", "value": "6"} | said
    return SchoolGrade.objects.create(learner=town.amina, kind=kind, school=town.hollins, **said)


def test_a_result_and_a_prediction_of_one_subject_are_two_grades(town):
    application = begun(town)
    school_says(town, "prior", stage="KS2", value="105")
    predicted = school_says(town)
    actions.fill_from_plan(application=application, by=town.amina.user)

    def rows():
        return sorted(application.grades.values_list("qualification", "grade", "is_expected"))

    assert rows() == [("KS2", "105", False), ("KS4", "6", True)]
    assert school_grades_of(application) == []
    SchoolGrade.objects.filter(pk=predicted.pk).update(value="7")
    changed = school_grades_of(application)
    assert [one.value for one in changed] == ["7"]
    actions.take_school_grades(application=application, school_grades=changed, by=town.amina.user)
    assert rows() == [("KS2", "105", False), ("KS4", "7", True)]


def test_an_adviser_without_consent_does_not_read_what_the_school_says(town, client):
    said = school_says(town)
    application = actions.assist(
        learner=town.amina, cycle=town.cycle, how=EnteredHow.PRESENT, by=town.adviser
    ).application
    client.force_login(town.adviser)
    assert "Maths: 6" not in client.get(url("grades", application)).text
    client.post(url("school-grades-take", application), {"grade": said.pk})
    assert not application.grades.exists()
    answer_consent(learner=town.amina, kind=ConsentKind.ADVICE_SERVICE, is_given=True, words="?", by=town.amina.user)
    assert "Maths: 6" in client.get(url("grades", application)).text


def test_what_is_put_off_after_another_device_saved_is_not_lost(town, client):
    application = begun(town)
    actions.write_statement(application=application, statement="At home.", seen=0, is_done=False, by=town.amina.user)
    client.force_login(town.amina.user)
    typed = {"statement": "On the bus.", "draft": new_reference(), "seen": 0, "later": "1"}
    page = client.post(url("statement", application), typed)
    assert page.status_code == 200
    for words in ("You have changed this on another device", "At home.", "On the bus."):
        assert words in page.text
    seen = page.context["form"].data["seen"]
    assert client.post(url("statement", application), typed | {"seen": seen}).status_code == 302
    assert SectionDraft.objects.get().answers == {"statement": "On the bus."}


def test_words_that_a_statement_of_the_plan_replaces_are_a_draft(town, client):
    application = begun(town)
    plan = ilp.start_plan(learner=town.amina, by=town.amina.user)
    document = ilp.start_document(plan=plan, kind="statement", name="Mine", by=town.amina.user)
    ilp.keep_document(
        document=document, seen=document.number, by=town.amina.user, name="Mine", opening="I like pipes.",
        facts=[], marks_validated=False, entries=[],
    )  # fmt: skip
    document.refresh_from_db()
    actions.write_statement(application=application, statement="By hand.", seen=0, is_done=False, by=town.amina.user)
    for _ in range(2):
        actions.take_statement(application=application, document=document, by=town.amina.user)
    application.refresh_from_db()
    assert application.statement == "I like pipes."
    draft = SectionDraft.objects.get()
    assert draft.answers == {"statement": "By hand."}
    client.force_login(town.amina.user)
    page = client.get(url("statement", application), {"draft": draft.reference})
    assert "By hand." in page.text
    again_typed = {"statement": "By hand.", "draft": draft.reference, "seen": draft.seen}
    assert client.post(url("statement", application), again_typed).status_code == 302
    assert not SectionDraft.objects.exists()


def test_answers_given_on_two_devices_are_both_shown(town, client):
    choice = town.draft()
    asked = {"provider": town.northfield, "cycle": town.cycle, "by": town.admissions}
    why = actions.ask_question(kind="long", words="Why this course?", **asked)
    when = actions.ask_question(kind="date", words="Since when?", **asked)
    client.force_login(town.amina.user)
    seen = client.get(url("questions-answer", choice)).context["form"]["seen"].value()
    actions.answer_questions(choice=choice, answers={why.reference: "On my phone."}, by=town.amina.user)
    typed = {why.reference: "At school.", "draft": new_reference(), "seen": seen}
    page = client.post(url("questions-answer", choice), typed)
    assert page.status_code == 200
    for words in ("You have changed this on another device", "On my phone.", "At school.", when.words):
        assert words in page.text
    assert answers_of_choice(choice) == {why.pk: "On my phone."}
    typed["seen"] = page.context["form"].data["seen"]
    assert client.post(url("questions-answer", choice), typed).status_code == 302
    assert answers_of_choice(choice) == {why.pk: "At school."}
    # The same once more is one save, whatever the page had seen.
    assert client.post(url("questions-answer", choice), typed | {"seen": 7}).status_code == 302


def test_line_ends_count_once(town, client):
    choice = town.draft()
    question = actions.ask_question(
        provider=town.northfield, cycle=town.cycle, by=town.admissions, kind="long", words="Why?"
    )
    client.force_login(town.amina.user)
    answer = "a\r\n" * 999 + "ab"
    typed = {question.reference: answer, "draft": new_reference(), "seen": 0}
    assert client.post(url("questions-answer", choice), typed).status_code == 302
    LearnerContact.objects.filter(learner=town.amina).update(address="1 High Street\nNorthmoor")
    contact = {"email": "amina@example.org", "address": "1 High Street\r\nNorthmoor", "draft": new_reference()}
    assert client.post(url("contact", choice.application), contact | {"seen": 0}).status_code == 302
    assert choice.application.marks.get(section="contact").number == 0


def test_what_is_validated_after_the_page_was_opened_goes_too(town, client):
    application = begun(town)
    plan = ilp.start_plan(learner=town.amina, by=town.amina.user)

    def validated(title):
        entry = ilp.add_entry(plan=plan, kind="skill", title=title, by=town.amina.user)
        return ilp.validate_entry(entry=entry, seen=1, by=town.coordinator)

    bicycles, pipes = validated("Bicycles"), validated("Pipes")
    client.force_login(town.amina.user)
    opened = client.get(url("plan-entries", application)).context["form"]
    later = validated("Wires")
    typed = {"entries": [pipes.reference], "seen": 0, "shown": opened["shown"].value()}
    assert client.post(url("plan-entries", application), typed).status_code == 302
    assert {entry.pk for entry in entries_that_go(application)} == {pipes.pk, later.pk}
    assert application.left_out.get().entry_id == bicycles.pk


def test_a_question_of_a_course_that_is_a_draft_again_does_not_become_everybodys(town, client):
    course = town.run("Joinery").course
    question = actions.ask_question(
        provider=town.northfield, cycle=town.cycle, by=town.admissions, kind="short", words="Why?", courses=[course]
    )
    Course.objects.filter(pk=course.pk).update(state="draft")
    client.force_login(town.admissions)
    page = client.get(url("question-change", question))
    assert "Joinery" in page.text
    form = {"words": "Why wood?", "kind": "short", "courses": page.context["form"]["courses"].value()}
    assert client.post(url("question-change", question), form).status_code == 302
    changed = town.northfield.questions.get(ended_at=None)
    assert list(changed.courses.all()) == [course]


def test_what_was_sent_on_another_page_does_not_hold_up_the_others(town):
    first, second = town.draft(town.run("Plumbing")), town.draft(town.run("Joinery"))
    request = RequestFactory().post("/")
    request.user = town.amina.user
    request._messages = CookieStorage(request)
    view = SendSeveralView()
    view.setup(request, reference=first.application.reference)
    view.thing = first.application
    view.found = view.checked()
    actions.send_choice(choice=first, by=town.amina.user)
    view.act({"choices": [first.reference, second.reference]})
    assert [again(one).status for one in (first, second)] == ["sent", "sent"]


def test_a_no_ends_at_once_what_is_written_without_a_signature(town, client):
    said = {"learner": town.amina, "cycle": town.cycle}
    application = actions.assist(**said, how=EnteredHow.PRESENT, by=town.adviser).application
    actions.assist(**said, how=EnteredHow.PRESENT, by=town.coordinator)

    def statuses():
        asked = []
        for user in (town.adviser, town.coordinator):
            client.force_login(user)
            asked.append(client.get(url("profile", application)).status_code)
        return asked

    assert statuses() == [200, 200]
    answer_consent(learner=town.amina, kind=ConsentKind.ADVICE_SERVICE, is_given=False, words="?", by=town.amina.user)
    assert statuses() == [404, 200]
    with pytest.raises(NotAllowed):
        actions.write_needs(application=application, needs="A lift.", seen=0, is_done=True, by=town.adviser)
    actions.assist(**said, how=EnteredHow.PAPER, signed_on=clock.today(), by=town.adviser)
    assert statuses() == [200, 200]
