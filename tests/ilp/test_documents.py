"""Statements and CVs made from the plan."""

import datetime as dt
import io

import pytest
from django.core import mail
from django.urls import reverse
from pypdf import PdfReader

from accounts.models import Receipt
from activity.actions import deliver
from activity.models import Event, OutboxMessage
from core.errors import NotAllowed, RuleBroken, StaleState
from ilp import actions
from ilp.exports.document import document_pdf
from ilp.models import Document, DocumentRemark
from ilp.queries import drawn
from tests.factories import LearnerContactFactory, RollEntryFactory, StaffRoleFactory, UserFactory
from tests.races import at_once, meeting

pytestmark = pytest.mark.django_db


@pytest.fixture
def start(people):
    def start(kind="cv", name="For the college"):
        return actions.start_document(plan=people.plan, kind=kind, name=name, by=people.amina.user)

    return start


def keep(document, by=None, **changed):
    said = {
        "seen": Document.objects.get(pk=document.pk).number, "name": document.name, "opening": document.opening,
        "facts": document.facts, "marks_validated": document.marks_validated, "entries": references(document),
    } | changed  # fmt: skip
    return actions.keep_document(document=document, by=by or document.plan.learner.user, **said)


def references(document):
    return list(document.parts.order_by("position").values_list("entry__reference", flat=True))


def text(response):
    return " ".join(response.content.decode().split())


def test_it_begins_with_what_adults_have_validated(people, add, start):
    skill, tried = add(), add(kind="experience", title="A taster")
    add(title="Not read yet")
    for entry in (tried, skill):
        actions.validate_entry(entry=entry, seen=1, by=people.tutor)
    document = start()
    assert references(document) == [skill.reference, tried.reference]
    assert Event.objects.get(verb="document.start").facts == {"kind": "cv"}


def test_there_is_room_for_so_many(start, people, add, monkeypatch):
    monkeypatch.setattr("ilp.actions.documents.MOST_DOCUMENTS", 1)
    monkeypatch.setattr("ilp.actions.documents.MOST_PARTS", 1)
    document = start()
    with pytest.raises(RuleBroken) as refusal:
        start()
    assert refusal.value.code == "too_many_documents"
    with pytest.raises(RuleBroken) as refusal:
        keep(document, entries=[add().reference, add().reference])
    assert refusal.value.code == "too_many_parts"
    actions.remove_document(document=document, by=people.amina.user)
    start()
    with pytest.raises(StaleState):
        actions.remove_document(document=document, by=people.amina.user)


def test_entries_stand_in_the_learners_order_in_the_words_they_had(people, add, start):
    first, second = add(title="Mending", words="Old words."), add(title="Listening", words="I listen.")
    strangers = actions.start_plan(learner=people.ben, by=people.ben.user)
    bens = actions.add_entry(plan=strangers, kind="skill", title="Ben's", by=people.ben.user)
    document = keep(start("statement"), opening="Hello.", entries=[second.reference, first.reference, bens.reference])
    assert drawn(document).text == "Hello.\n\nI listen.\n\nOld words."
    actions.revise_entry(entry=first, seen=1, by=people.amina.user, title="Mending", words="New words.")
    assert drawn(document).text == "Hello.\n\nI listen.\n\nOld words."
    assert drawn(document).has_older
    document = keep(document)
    assert drawn(document).has_older
    document = keep(document, renewed=[first.reference])
    assert drawn(document).text == "Hello.\n\nI listen.\n\nNew words."
    actions.take_out_entry(entry=second, by=people.amina.user)
    assert "I listen." in drawn(keep(document)).text  # it stays until the learner leaves it out
    document = keep(document, entries=[first.reference])
    assert keep(document, entries=[first.reference, second.reference]).parts.count() == 1


def test_what_was_answered_in_sections_is_in_no_document(client, people, publish, answer, start):
    section = publish([("What helps you?", "long")]).sections.get()
    answered = answer(section, **{"What helps you?": "A quiet room."})
    document = keep(start(), entries=[answered.reference])
    assert references(document) == []
    # One that got in before that was refused.
    document.parts.create(entry=answered, revision=answered.revision, position=1)
    assert "A quiet room." not in drawn(document).text
    client.force_login(people.amina.user)
    assert client.get(reverse("ilp:document", args=[document.reference])).status_code == 200
    document = start()
    page = client.get(reverse("ilp:document", args=[document.reference]))
    assert f"place-{answered.reference}" not in text(page)


def test_asking_twice_asks_and_stopping_twice_stops(client, people, start):
    document = start()
    url = reverse("ilp:document-ask", args=[document.reference])
    client.force_login(people.amina.user)
    for is_open, said in ((True, "Your school can read it now."), (False, "Only you can read it now.")):
        typed = client.get(url).context["form"].initial
        for _time in range(2):
            assert said in text(client.post(url, typed, follow=True))
            assert Document.objects.visible_to(people.tutor).exists() == is_open
    assert 'name="is_asked" value="yes"' in text(client.get(url))


def test_a_new_school_reads_nothing_until_it_is_asked_anew(client, people, start):
    document = actions.ask_document(document=start(), is_asked=True, by=people.amina.user)
    entry = people.amina.roll_entries.get()
    entry.ended_on = dt.date(2026, 11, 18)
    entry.save()
    url = reverse("ilp:document-ask", args=[document.reference])
    with pytest.raises(RuleBroken) as refusal:
        actions.ask_document(document=document, is_asked=True, by=people.amina.user)
    assert refusal.value.code == "no_school"
    there = people.ben.roll_entries.get().school
    RollEntryFactory(learner=people.amina, school=there, started_on=dt.date(2026, 9, 1))
    both = StaffRoleFactory(organisation=people.school, kind="tutor", user=people.other_tutor).user
    for who in (people.tutor, people.other_tutor, both):
        assert not Document.objects.visible_to(who).exists()
    client.force_login(people.amina.user)
    assert "Your school can read it" not in text(client.get("/my-plan/documents/"))
    typed = client.get(url).context["form"].initial
    assert "Your school can read it now." in text(client.post(url, typed, follow=True))
    assert Document.objects.visible_to(people.other_tutor).exists()
    assert not Document.objects.visible_to(people.tutor).exists()
    document.refresh_from_db()
    assert document.asked_school == there


def test_two_devices_change_it_and_the_second_is_told(start):
    document = start()
    keep(document, opening="On the phone")
    with pytest.raises(RuleBroken) as refusal:
        keep(document, seen=1, opening="On the tablet")
    assert refusal.value.code == "changed_meanwhile"
    assert Document.objects.get().opening == "On the phone"


def test_contact_facts_are_chosen_and_the_address_never_by_itself(people, start):
    LearnerContactFactory(
        learner=people.amina,
        email="amina@example.org",
        phone="07700 900123",
        address="1 High Street",
        postcode="M1 1AA",
    )
    document = start()
    assert drawn(document).contact == []
    document = keep(document, facts=["phone", "email", "school"])
    assert drawn(document).contact == [str(people.school), "amina@example.org", "07700 900123"]
    assert drawn(keep(document, facts=["address"])).contact == ["1 High Street, M1 1AA"]


def test_nobody_else_makes_changes_or_reads_until_asked(people, start):
    document = start()
    for who in (people.tutor, people.coordinator, people.adviser, people.ben.user, UserFactory()):
        assert not Document.objects.visible_to(who).exists()
        for act in (
            lambda who=who: keep(document, by=who),
            lambda who=who: actions.remove_document(document=document, by=who),
            lambda who=who: actions.ask_document(document=document, is_asked=True, by=who),
            lambda who=who: actions.say_document(document=document, seen=1, words="Good", by=who),
            lambda who=who: actions.start_document(plan=people.plan, kind="cv", name="x", by=who),
        ):
            with pytest.raises(NotAllowed):
                act()
    actions.ask_document(document=document, is_asked=True, by=people.amina.user)
    readers = (people.tutor, people.coordinator, people.other_tutor, people.adviser, people.ben.user)
    assert [Document.objects.visible_to(who).exists() for who in readers] == [True, True, False, False, False]
    actions.ask_document(document=document, is_asked=False, by=people.amina.user)
    assert not Document.objects.visible_to(people.tutor).exists()


def test_who_was_asked_writes_and_the_learner_is_told_without_a_word_of_it(people, start):
    LearnerContactFactory(learner=people.amina, email="amina@example.org")
    document = actions.ask_document(document=start(), is_asked=True, by=people.amina.user)
    asked = {"document": document, "seen": 1, "by": people.tutor}
    with pytest.raises(RuleBroken) as refusal:
        actions.say_document(words=" ", **asked)
    assert refusal.value.code == "words_missing"
    remark = actions.say_document(words="Say more about the bicycles.", **asked)
    assert (remark.role.kind, remark.number) == ("tutor", 1)
    with pytest.raises(NotAllowed):
        actions.say_document(document=document, seen=1, words="Me!", by=people.amina.user)
    deliver(OutboxMessage.objects.get(kind="document-said").pk)
    assert mail.outbox[0].to == ["amina@example.org"]
    assert "bicycles" not in mail.outbox[0].body


@pytest.mark.parametrize("kind", ["statement", "cv"])
def test_the_pdf_is_tagged_and_says_the_day_and_what_was_validated(people, add, start, kind):
    entry = add(words="I mended “brakes” & \U0001f6b2.\n#let x = 1")
    actions.validate_entry(entry=entry, seen=1, by=people.tutor)
    document = keep(start(kind), marks_validated=True, opening="I like to know how things work.")
    actions.ask_document(document=document, is_asked=True, by=people.amina.user)
    reader = PdfReader(io.BytesIO(document_pdf(document=document, shown=drawn(document))))
    words = " ".join(page.extract_text() for page in reader.pages)
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"] == "en-GB"
    assert reader.metadata.title == f"{'CV' if kind == 'cv' else 'Personal statement'} of {people.amina}"
    for said in ("18 November 2026", "I like to know how things work.", "#let x = 1", "validated"):
        assert said in words.replace("Validated", "validated")


def test_line_ends_as_browsers_send_them_and_tabs_leave_no_marks(people, add, start):
    entry = add(words="I mend.\r\nI listen.")
    document = keep(start("statement"), opening="One.\r\n\r\nTwo,\tthree.", entries=[entry.reference])
    shown = drawn(document)
    assert shown.text == "One.\n\nTwo, three.\n\nI mend.\nI listen."
    reader = PdfReader(io.BytesIO(document_pdf(document=document, shown=shown)))
    words = reader.pages[0].extract_text()
    assert "I listen." in words
    assert "?" not in words


def test_a_wall_of_different_signs_is_not_tried_one_by_one(people, start, monkeypatch):
    tried = set()
    monkeypatch.setattr("core.typesetting._can_draw", lambda sign: bool(tried.add(sign)))
    wall = "".join(chr(0x4E00 + at) for at in range(3000))
    document = keep(start("statement"), opening=wall)
    assert document_pdf(document=document, shown=drawn(document)).startswith(b"%PDF")
    assert len([sign for sign in tried if not sign.isascii()]) == 300


def test_pages_make_keep_preview_and_remove_one(client, people, add):
    entry = add(title="Mending", words="I mend bicycles.")
    client.force_login(people.amina.user)
    assert "None yet" in text(client.get("/my-plan/documents/"))
    assert "Choose one of the two" in text(client.post("/my-plan/documents/", {"name": "x"}))
    page = client.post("/my-plan/documents/", {"kind": "statement", "name": "For the college"}, follow=True)
    document = Document.objects.get()
    url = reverse("ilp:document", args=[document.reference])
    assert page.redirect_chain == [(url, 302)]
    typed = {"seen": "1", "name": "For the college", "opening": "Hello.", f"place-{entry.reference}": "1"}
    page = client.post(url, typed, follow=True)
    assert "I mend bicycles." in text(page)
    assert "24 characters." in text(page)
    part = client.post(url, typed | {"seen": "2", "opening": "Hello there."}, headers={"HX-Request": "true"})
    assert 'value="3" id="id_seen" hx-swap-oob="true"' in text(part)
    assert "<html" not in text(part)
    late = client.post(url, typed | {"seen": "2", "opening": "Late."}, headers={"HX-Request": "true"})
    assert "changed this somewhere else" in text(late)
    assert "hx-swap-oob" not in text(late)
    assert "changed this somewhere else" in text(client.post(url, typed | {"seen": "2"}))
    plain = client.get(reverse("ilp:document-text", args=[document.reference]))
    assert plain.content.decode() == "Hello there.\n\nI mend bicycles."
    pdf = client.get(reverse("ilp:document-pdf", args=[document.reference]))
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf["Cache-Control"] == "no-store, private"
    assert "Removed." in text(client.post(reverse("ilp:document-remove", args=[document.reference]), follow=True))


def test_a_newer_word_is_offered_and_a_long_statement_is_said(client, people, add, start):
    entry = add(words="x" * 3900)
    document = keep(start("statement"), opening="y" * 200, entries=[entry.reference])
    actions.revise_entry(entry=entry, seen=1, by=people.amina.user, title="Short", words="Short.")
    client.force_login(people.amina.user)
    page = text(client.get(reverse("ilp:document", args=[document.reference])))
    assert "Your plan says something newer" in page
    assert "Use the newer words" in page
    assert "Most places take 4000 at most: make it shorter." in page


def test_a_tutor_reads_what_was_asked_leaves_a_receipt_and_writes(client, people, start):
    document = start()
    url = reverse("ilp:document-ask", args=[document.reference])
    client.force_login(people.amina.user)
    assert "Your school can read it now." in text(client.post(url, follow=True))
    client.force_login(people.tutor)
    assert str(people.amina) in text(client.get("/desk/documents/"))
    desk = reverse("ilp:desk-document", args=[document.reference])
    assert "you can write to them about it" in text(client.get(desk))
    assert Receipt.objects.get(learner=people.amina).section == "statement"
    page = client.post(desk, {"seen": "1", "words": "Say more."}, follow=True)
    assert "Say more." in text(page)
    assert client.get(reverse("ilp:document", args=[document.reference])).status_code == 403
    client.force_login(people.amina.user)
    assert "Say more." in text(client.get(reverse("ilp:document", args=[document.reference])))
    assert "Only you can read it now." in text(client.post(url, follow=True))
    client.force_login(people.tutor)
    assert client.get(desk).status_code == 404
    assert DocumentRemark.objects.count() == 1


@pytest.mark.parametrize("number", [1, 5])
def test_pages_ask_as_much_for_five_as_for_one(client, people, add, start, number, django_assert_num_queries):
    for at in range(number):
        entry = add(title=f"Skill {at}")
        document = start(name=f"Document {at}")
        keep(document, entries=[entry.reference])
        actions.ask_document(document=document, is_asked=True, by=people.amina.user)
        actions.say_document(document=document, seen=1, words="Good", by=people.tutor)
    keep(document, entries=list(people.plan.entries.values_list("reference", flat=True)))
    for user, path, queries in (
        (people.amina.user, "/my-plan/documents/", 6),
        (people.amina.user, reverse("ilp:document", args=[document.reference]), 8),
        (people.tutor, "/desk/documents/", 5),
        (people.tutor, reverse("ilp:desk-document", args=[document.reference]), 8),
    ):
        client.force_login(user)
        client.get(path)
        with django_assert_num_queries(queries):
            assert client.get(path).status_code == 200


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_two_devices_keep_and_one_is_told(self, start):
        document = start()
        results = at_once(lambda: keep(document, seen=1, opening="a"), lambda: keep(document, seen=1, opening="b"))
        assert sorted(type(result).__name__ for result in results) == ["Document", "RuleBroken"]

    def test_without_the_lock_one_would_be_lost_without_a_word(self, start, monkeypatch):
        document = start()
        monkeypatch.setattr("ilp.actions.documents.lock_learner", lambda _key: None)
        put_in = actions.documents._put_in
        meet = meeting()
        monkeypatch.setattr("ilp.actions.documents._put_in", lambda *args: (put_in(*args), meet()))
        results = at_once(lambda: keep(document, seen=1, opening="a"), lambda: keep(document, seen=1, opening="b"))
        assert [type(result).__name__ for result in results] == ["Document", "Document"]
