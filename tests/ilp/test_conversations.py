"""Who talks with whom, when it is shown, who is told, and how long it lasts."""

import datetime as dt
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import QuerySet
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.actions import answer_consent, merge_learners
from accounts.models import ConsentKind, Receipt, User
from accounts.queries import told
from activity.actions import sweep_outbox
from activity.models import Event
from core import clock, personal
from core.errors import NotAllowed, RuleBroken
from ilp import actions
from ilp.models import Conversation, Message, MessageAttachment, MessageDraft, MessageNotice, quiet_end
from ilp.queries import unread_count
from ilp.tasks import tell_of_messages
from tests.factories import LearnerFactory, RollEntryFactory
from tests.ilp.talk import build_town, consent, say, talk
from tests.races import at_once, meeting

LONDON = ZoneInfo("Europe/London")
TODAY = dt.date(2026, 11, 18)


def reads(conversation):
    """The kinds of people who can read it."""
    return [
        name
        for name in ("amina", "coordinator", "tutor", "adviser", "second", "desk", "officer", "elsewhere")
        if Conversation.objects.visible_to(PEOPLE[name](conversation)).filter(pk=conversation.pk).exists()
    ]


PEOPLE = {
    name: lambda _c, name=name: User.objects.get(username=name)
    for name in ("coordinator", "tutor", "adviser", "second", "desk", "officer", "elsewhere")
}
PEOPLE["amina"] = lambda conversation: conversation.learner.user


class TestWho:
    def test_all_staff_of_the_school_read_what_a_learner_writes_to_it_and_nobody_else(self, town):
        assert reads(talk(town)) == ["amina", "coordinator", "tutor"]

    def test_advisers_need_consent_and_the_whole_service_reads_but_only_hers_writes(self, town):
        with pytest.raises(NotAllowed):
            talk(town, service=town.service)
        assert Conversation.objects.count() == 0
        consent(town)
        conversation = talk(town, service=town.service)
        assert reads(conversation) == ["amina", "adviser", "second"]
        say(conversation, "Hello", town.adviser)
        with pytest.raises(NotAllowed):
            say(conversation, "Hello", town.second)

    def test_without_consent_any_more_the_learner_reads_on_and_nobody_writes(self, town):
        consent(town)
        conversation = talk(town, service=town.service)
        say(conversation, "Hello", town.adviser)
        consent(town, is_given=False)
        assert reads(conversation) == ["amina"]
        for by in (town.adviser, town.amina.user):
            with pytest.raises(NotAllowed):
                say(conversation, "Still there?", by)
        assert Message.objects.visible_to(town.amina.user).count() == 1

    def test_leaving_the_roll_or_the_job_ends_it(self, town):
        conversation = talk(town)
        town.tutor_role.ended_on = TODAY - dt.timedelta(days=1)
        town.tutor_role.save()
        assert reads(conversation) == ["amina", "coordinator"]
        town.entry.ended_on = TODAY
        town.entry.save()
        assert reads(conversation) == ["amina"]
        with pytest.raises(NotAllowed):
            talk(town, by=town.coordinator)

    @pytest.mark.parametrize("name", ["adviser", "desk", "officer", "elsewhere"])
    def test_nobody_else_begins_one_for_the_school(self, town, name):
        with pytest.raises(NotAllowed):
            talk(town, by=getattr(town, name))

    def test_it_is_the_same_conversation_whoever_begins(self, town):
        assert talk(town) == talk(town, by=town.coordinator)
        assert list(Event.objects.values_list("verb", flat=True)) == ["conversation.begin"]


class TestSending:
    def test_a_message_is_kept_shown_and_in_the_history_without_a_word_of_it(self, town):
        conversation = talk(town)
        actions.keep_message(conversation=conversation, text="What do", by=town.amina.user)
        message = say(conversation, "  What do I do?\r\nI am lost. ", town.amina.user)
        assert (message.text, message.is_from_learner, message.role) == ("What do I do?\nI am lost.", True, None)
        assert message.shown_at == message.sent_at
        assert MessageDraft.objects.count() == 0
        event = Event.objects.get(verb="message.send")
        assert (event.by, event.facts) == (town.amina.user, {"is_from_learner": True, "files": 0})
        answer = say(conversation, "Come and see me", town.tutor)
        assert (answer.role, answer.is_from_learner) == (town.tutor_role, False)

    def test_the_same_form_twice_is_one_message_and_another_persons_key_another(self, town):
        conversation = talk(town)
        assert say(conversation, "Hi", town.amina.user, "key") == say(conversation, "Hi", town.amina.user, "key")
        assert say(conversation, "Hi", town.tutor, "key").by == town.tutor
        assert Message.objects.count() == 2

    @pytest.mark.parametrize(("text", "code"), [("  ", "message_empty"), ("x" * 4001, "message_long")])
    def test_what_cannot_be_sent_is_refused(self, town, text, code):
        conversation = talk(town)
        with pytest.raises(RuleBroken) as refusal:
            say(conversation, text, town.amina.user)
        assert (refusal.value.code, Message.objects.count()) == (code, 0)

    def test_too_many_in_an_hour_are_refused(self, town, monkeypatch):
        monkeypatch.setattr(actions.conversations, "MOST_AN_HOUR", 2)
        conversation = talk(town)
        say(conversation, "1", town.amina.user)
        say(conversation, "2", town.amina.user)
        with pytest.raises(RuleBroken) as refusal:
            say(conversation, "3", town.amina.user)
        assert refusal.value.code == "messages_many"

    def test_an_empty_draft_is_no_draft_and_a_strangers_is_refused(self, town):
        conversation = talk(town)
        assert actions.keep_message(conversation=conversation, text="So", by=town.tutor).text == "So"
        assert actions.keep_message(conversation=conversation, text=" ", by=town.tutor) is None
        assert MessageDraft.objects.count() == 0
        with pytest.raises(NotAllowed):
            actions.keep_message(conversation=conversation, text="So", by=town.adviser)

    def test_reading_ends_what_is_new_for_each_alone(self, town):
        conversation = talk(town)
        say(conversation, "Hi", town.amina.user)
        say(conversation, "Hello", town.tutor)

        def unread(name):
            return unread_count(PEOPLE[name](Conversation.objects.get()))

        assert [unread(name) for name in ("amina", "coordinator", "tutor", "adviser")] == [1, 1, 0, 0]
        actions.mark_read(conversation=conversation, by=town.coordinator)
        actions.mark_read(conversation=conversation, by=town.amina.user)
        assert [unread(name) for name in ("amina", "coordinator")] == [0, 0]

    @pytest.mark.django_db(transaction=True)
    def test_the_number_is_remembered_until_something_is_read_or_written(self, settings):
        settings.REMEMBERED_SECONDS = 60
        town = build_town()
        conversation = talk(town)

        def unread():
            return unread_count(User.objects.get(pk=town.amina.user.pk))

        say(conversation, "Hello", town.tutor)
        assert unread() == 1
        Message.objects.update(shown_at=clock.now() + dt.timedelta(days=1))  # behind its back
        assert unread() == 1
        say(conversation, "Still there?", town.tutor)
        assert unread() == 1
        actions.mark_read(conversation=conversation, by=town.amina.user)
        assert unread() == 0

    @pytest.mark.django_db
    def test_a_page_that_asks_while_it_is_read_does_not_remember_what_was(self, settings, monkeypatch):
        settings.REMEMBERED_SECONDS = 60
        town = build_town()
        conversation = talk(town)
        say(conversation, "Hello", town.tutor)

        def unread():
            return unread_count(User.objects.get(pk=town.amina.user.pk))

        asked_at_once = SimpleNamespace(on_commit=lambda forgets: (forgets(), unread()))
        monkeypatch.setattr("ilp.queries.unread.transaction", asked_at_once)
        actions.mark_read(conversation=conversation, by=town.amina.user)
        assert unread() == 0

    def test_whoever_has_no_conversation_is_not_even_asked(self, town, django_assert_num_queries):
        with django_assert_num_queries(0):
            assert unread_count(town.amina.user) == 0


NIGHT = {"starts": dt.time(20), "ends": dt.time(7), "are_weekends_quiet": True}


class TestQuietHours:
    @pytest.mark.parametrize(
        ("moment", "end"),
        [
            ("2026-11-18 10:00", "2026-11-18 10:00"),
            ("2026-11-18 19:59", "2026-11-18 19:59"),
            ("2026-11-18 20:00", "2026-11-19 07:00"),
            ("2026-11-19 06:59", "2026-11-19 07:00"),
            ("2026-11-20 20:00", "2026-11-23 07:00"),
            ("2026-11-22 23:00", "2026-11-23 07:00"),
            ("2026-10-24 23:00", "2026-10-26 07:00"),
        ],
    )
    def test_they_end_on_the_next_school_morning_in_london(self, moment, end):
        at = dt.datetime.fromisoformat(moment).replace(tzinfo=LONDON)
        assert quiet_end(at, **NIGHT) == dt.datetime.fromisoformat(end).replace(tzinfo=LONDON)

    @settings(max_examples=60, deadline=None)
    @given(st.integers(0, 2 * 365 * 24 * 60), st.times(), st.times(), st.booleans())
    def test_the_end_is_never_quiet_and_never_before(self, minutes, starts, ends, weekends):
        rules = {"starts": starts, "ends": ends, "are_weekends_quiet": weekends}
        at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=minutes)
        end = quiet_end(at, **rules)
        assert end >= at
        assert quiet_end(end, **rules) == end

    def test_an_adults_words_at_night_are_shown_in_the_morning_and_a_learners_at_once(self, town):
        conversation = talk(town)
        with clock.at(dt.datetime(2026, 11, 18, 22, tzinfo=LONDON)):
            asked = say(conversation, "Are you there?", town.amina.user)
            said = say(conversation, "Good night", town.tutor)
            assert list(Message.objects.visible_to(town.amina.user)) == [asked]
            assert list(Message.objects.visible_to(town.coordinator)) == [asked, said]
        assert said.shown_at == dt.datetime(2026, 11, 19, 7, tzinfo=LONDON)
        with clock.at(dt.datetime(2026, 11, 19, 7, tzinfo=LONDON)):
            assert list(Message.objects.visible_to(town.amina.user)) == [asked, said]

    def test_an_area_sets_its_own_and_leaves_some_of_the_day(self, town):
        actions.set_rules(area=town.area, by=town.desk, quiet_from=dt.time(18), quiet_until=dt.time(8))
        with clock.at(dt.datetime(2026, 11, 18, 18, tzinfo=LONDON)):
            assert say(talk(town), "Hi", town.tutor).shown_at == dt.datetime(2026, 11, 19, 8, tzinfo=LONDON)
        with pytest.raises(RuleBroken) as refusal:
            actions.set_rules(area=town.area, by=town.desk, quiet_from=dt.time(14), quiet_until=dt.time(12))
        assert refusal.value.code == "no_hour_left"
        with pytest.raises(NotAllowed):
            actions.set_rules(area=town.area, by=town.coordinator, quiet_from=dt.time(18))


class TestMail:
    def tell(self):
        tell_of_messages()
        sweep_outbox()
        said = [(message.to, message.subject) for message in mail.outbox]
        mail.outbox.clear()
        return said

    def test_a_mail_says_only_that_there_is_one_and_at_most_once_an_hour(self, town):
        conversation = talk(town)
        say(conversation, "I hate Mr Smith", town.amina.user)
        tell_of_messages()
        sweep_outbox()
        (letter,) = mail.outbox
        assert letter.to == ["coordinator@example.org"]
        assert "Smith" not in letter.body
        assert "Amina" not in letter.body + letter.subject
        assert "/desk/messages/" in letter.body
        mail.outbox.clear()
        say(conversation, "And another thing", town.amina.user)
        assert self.tell() == []
        with clock.at(clock.now() + dt.timedelta(minutes=61)):
            assert [to for to, _ in self.tell()] == [["coordinator@example.org"]]
            assert self.tell() == []

    def test_a_learner_is_not_woken_and_not_told_of_what_they_have_read(self, town):
        conversation = talk(town)
        with clock.at(dt.datetime(2026, 11, 18, 21, tzinfo=LONDON)):
            say(conversation, "See you tomorrow", town.tutor)
            assert self.tell() == []
        with clock.at(dt.datetime(2026, 11, 19, 7, 1, tzinfo=LONDON)):
            assert [to for to, _ in self.tell()] == [["amina@example.org"]]
            say(conversation, "And bring your book", town.tutor)
            actions.mark_read(conversation=conversation, by=town.amina.user)
        with clock.at(dt.datetime(2026, 11, 19, 9, tzinfo=LONDON)):
            assert self.tell() == []
        assert list(MessageNotice.objects.order_by("pk").values_list("is_needed", flat=True)) == [True, False]

    def test_a_notice_that_falls_into_the_night_waits_for_the_morning(self, town):
        conversation = talk(town)
        with clock.at(dt.datetime(2026, 11, 18, 19, 30, tzinfo=LONDON)):
            say(conversation, "One", town.tutor)
            self.tell()
            say(conversation, "Two", town.tutor)
        with clock.at(dt.datetime(2026, 11, 18, 20, 31, tzinfo=LONDON)):
            assert self.tell() == []
        with clock.at(dt.datetime(2026, 11, 19, 7, 1, tzinfo=LONDON)):
            assert len(self.tell()) == 1

    def test_who_does_not_want_to_talk_gets_no_mail_until_they_write(self, town):
        conversation = talk(town)
        actions.pause_conversation(conversation=conversation, by=town.amina.user)
        with pytest.raises(NotAllowed):
            actions.resume_conversation(conversation=conversation, by=town.tutor)
        say(conversation, "Hello?", town.tutor)
        assert self.tell() == []
        say(conversation, "Sorry", town.amina.user)
        conversation.refresh_from_db()
        assert conversation.paused_at is None
        assert [event.verb for event in Event.objects.filter(verb__startswith="conversation.")] == [
            "conversation.pause",
            "conversation.begin",
        ]


def file(name, content):
    return SimpleUploadedFile(name, content)


def png(width=10, height=10, tail=b""):
    import struct
    import zlib

    def part(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = part(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + part(b"IDAT", zlib.compress(b"\0" * 10)) + part(b"IEND", b"") + tail


def jpeg(width=10, height=10):
    import struct

    return (
        b"\xff\xd8\xff\xe0\x00\x04ab"
         b"\xff\xc0\x00\x0b\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\x00"
        + b"\xff\xda\x00\x02data\xff\xd9"
    )  # fmt: skip


def docx(**parts):
    import io
    import zipfile

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w:document/>")
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return packed.getvalue()


def packed_script():
    import zlib

    return b"%PDF-1.5\n1 0 obj<</Type/ObjStm>>\nstream\n" + zlib.compress(b"<</S/JavaScript>>") + b"\nendstream\n%%EOF"


PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<<>>\n%%EOF\n"


class TestFiles:
    @pytest.mark.parametrize(
        ("name", "content", "kind"),
        [
            ("My CV.pdf", PDF, "pdf"),
            ("me.png", png(), "png"),
            ("me.JPEG", jpeg(), "jpg"),
            ("cv.docx", docx(), "docx"),
            ("notes.txt", "Café, 5 £".encode(), "txt"),
        ],
    )
    def test_five_kinds_are_taken(self, name, content, kind):
        checked = actions.check_attachment(file(name, content))
        assert (checked.kind, checked.content) == (kind, content)

    @pytest.mark.parametrize(
        ("name", "content", "code"),
        [
            ("empty.txt", b"", "file_empty"),
            ("large.txt", b"x" * (5 * 2**20 + 1), "file_large"),
            ("cv.pdf", b"MZ\x90\0", "file_kind"),
            ("cv.pdf", png(), "file_kind"),
            ("me.svg", b"<svg onload='x()'/>", "file_kind"),
            ("me.txt", b"<html><script>x()</script>", "file_kind"),
            ("me.txt", b"MZ\x00\x01", "file_kind"),
            ("cv.doc", b"\xd0\xcf\x11\xe0", "file_kind"),
            ("cv.pdf", PDF.replace(b"/Catalog", b"/Catalog/Encrypt 2 0 R"), "file_unsafe"),
            ("cv.pdf", PDF.replace(b"/Catalog", b"/Catalog/OpenAction<</S/J#61vaScript>>"), "file_unsafe"),
            ("cv.pdf", packed_script(), "file_unsafe"),
            ("cv.pdf", PDF.replace(b"%%EOF\n", b""), "file_unsafe"),
            ("me.png", png(width=50_000, height=50_000), "file_unsafe"),
            ("me.png", png(tail=b"<html>"), "file_unsafe"),
            ("me.png", png()[:-20], "file_unsafe"),
            ("me.jpg", jpeg(width=60_000, height=60_000), "file_unsafe"),
            ("me.jpg", jpeg()[:-2], "file_unsafe"),
            ("cv.docx", docx(word__vbaProject="x"), "file_unsafe"),
            ("cv.docx", docx(word__embeddings__1="x"), "file_unsafe"),
            ("cv.docx", docx(word___rels__settings="x").replace(b"word/document", b"word/dokument"), "file_unsafe"),
            ("cv.docx", b"PK\x03\x04 no archive", "file_unsafe"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_others_and_what_acts_are_refused(self, name, content, code):
        with pytest.raises(RuleBroken) as refusal:
            actions.check_attachment(file(name, content))
        assert refusal.value.code == code

    def test_a_name_cannot_lead_anywhere(self):
        checked = actions.check_attachment(file("a\u202efdp.\r\nX: y.txt", b"hello"))
        assert checked.name == "afdp.X y.txt"

    def test_a_file_is_kept_under_another_name_fetched_by_both_and_goes_after_a_year(self, town, client):
        conversation = talk(town)
        with pytest.raises(RuleBroken) as refusal:
            say(conversation, "", town.amina.user, files=[actions.check_attachment(file("a.txt", b"A"))] * 4)
        assert refusal.value.code == "files_many"
        say(conversation, "", town.amina.user, files=[actions.check_attachment(file("My CV.pdf", PDF))])
        kept = MessageAttachment.objects.get()
        assert "CV" not in kept.file.name
        client.force_login(town.tutor)
        answer = client.get(f"/messages/files/{kept.reference}/")
        assert answer.content == PDF
        assert answer["Content-Disposition"] == 'attachment; filename="My CV.pdf"'
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert Receipt.objects.get().section == "messages"
        retention = personal.RETENTIONS["message_files"]
        assert retention.remove(retention.due(TODAY)) == 0
        path = kept.file.path
        assert retention.remove(retention.due(TODAY + dt.timedelta(days=1))) == 1
        kept.refresh_from_db()
        assert (kept.file.name, kept.name, kept.removed_at is None) == ("", "My CV.pdf", False)
        import pathlib

        assert not pathlib.Path(path).exists()
        assert client.get(f"/messages/files/{kept.reference}/").status_code == 404


class TestPersonal:
    def test_a_copy_has_the_words_and_says_nothing_of_flags(self, town):
        from ilp.models import MessageFlag

        message = say(talk(town), "What do I do?", town.amina.user)
        MessageFlag.objects.create(message=message, kind="concern")
        sections = {section.title: section.plain for section in told(town.amina)}
        (row,) = sections["Messages between you and those who look after you"]
        assert (row["Message"], row["With"], row["Written by you"]) == ("What do I do?", "Hollins Park School", "Yes")
        assert not any("flag" in str(section).lower() or "safe" in str(section).lower() for section in sections.items())

    def test_two_records_become_one_conversation(self, town):
        other = LearnerFactory(area=town.area, birth_on=town.amina.birth_on)
        entry = RollEntryFactory(learner=other, school=town.school)
        theirs = actions.begin_conversation(learner=other, service=town.school, by=other.user)
        say(theirs, "From the other", other.user)
        entry.delete()
        RollEntryFactory(learner=other, school=town.school, ended_on=None)
        ours = talk(town)
        say(ours, "From here", town.amina.user)
        merge_learners(keep=town.amina, other=other, by=town.coordinator)
        assert list(Message.objects.values_list("conversation", "text")) == [
            (ours.pk, "From the other"),
            (ours.pk, "From here"),
        ]


class TestWelcome:
    def test_the_school_writes_first_and_the_advice_service_once_there_is_a_yes(self, town):
        first = actions.welcome_learner(town.amina)
        assert (first.conversation.service, first.by, first.is_from_learner) == (town.school, None, False)
        assert actions.welcome_learner(town.amina) is None
        answer_consent(
            learner=town.amina, kind=ConsentKind.ADVICE_SERVICE, is_given=True, words="May we?", by=town.amina.user
        )
        answer_consent(
            learner=town.amina, kind=ConsentKind.ADVICE_SERVICE, is_given=True, words="May we?", by=town.amina.user
        )
        assert list(Message.objects.values_list("conversation__service__name", flat=True)) == [
            "Hollins Park School",
            "Northmoor Advice Service",
        ]
        assert unread_count(User.objects.get(pk=town.amina.user.pk)) == 2

    def test_who_cannot_sign_in_or_is_nowhere_gets_none(self, town):
        assert actions.welcome_learner(LearnerFactory(area=town.area)) is None
        assert actions.welcome_learner(LearnerFactory(area=town.area, user=None)) is None

    def test_it_is_in_the_areas_words(self, town):
        actions.set_rules(area=town.area, by=town.desk, school_welcome="Ay up.")
        assert actions.welcome_learner(town.amina).text == "Ay up."


@pytest.mark.django_db(transaction=True)
def test_one_form_sent_twice_at_once_is_one_message():
    town = build_town()
    conversation = talk(town)
    answers = at_once(*[lambda: say(conversation, "Hi", town.amina.user, "key")] * 2)
    assert answers[0] == answers[1] == Message.objects.get()


@pytest.mark.django_db(transaction=True)
def test_one_form_sent_twice_at_once_breaks_when_the_lock_is_taken_away(monkeypatch):
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **options: self)
    create = Message.objects.create
    meet = meeting()
    monkeypatch.setattr(Message.objects, "create", lambda **fields: (meet(), create(**fields))[1])
    town = build_town()
    conversation = talk(town)
    answers = at_once(*[lambda: say(conversation, "Hi", town.amina.user, "key")] * 2)
    assert sorted(type(answer).__name__ for answer in answers) == ["IntegrityError", "Message"]


@pytest.mark.django_db(transaction=True)
def test_two_adults_answer_at_once_and_both_are_kept_in_order():
    town = build_town()
    conversation = talk(town)
    at_once(lambda: say(conversation, "A", town.tutor), lambda: say(conversation, "B", town.coordinator))
    conversation.refresh_from_db()
    assert sorted(Message.objects.values_list("text", flat=True)) == ["A", "B"]
    assert conversation.last_at == Message.objects.latest("sent_at").sent_at
