"""The pages of conversations, as a learner and as staff use them."""

import io

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pypdf import PdfReader

from accounts.models import Receipt
from ilp import actions
from ilp.exports.transcript import transcript_pdf
from ilp.models import Conversation, Message, MessageDraft, MessageFlag
from ilp.templatetags.own_links import with_own_links
from tests.ilp.talk import build_town, consent, say, talk
from tests.look import held_back, look


class TestTheLearnersPages:
    def test_your_people_are_named_and_written_to_in_two_steps(self, town, client):
        client.force_login(town.amina.user)
        page = client.get(reverse("ilp:people")).content.decode()
        for words in ("Coordinator Reed", "Adviser Reed", "You have not said yes to sharing", "0800 1111"):
            assert words in page
        assert "Second Reed" not in page
        client.post(reverse("ilp:conversation-begin", args=[town.school.reference]))
        address = reverse("ilp:conversation", args=[Conversation.objects.get().reference])
        page = client.get(address).content.decode()
        assert "other staff of Hollins Park School who look after you can read this" in page
        files = [SimpleUploadedFile("a.txt", b"A"), SimpleUploadedFile("b.txt", b"B")]
        sent = client.post(address, {"text": "<b>Help</b>", "files": files, "once": "key", "do": "send"})
        assert sent.status_code == 302
        page = client.get(address).content.decode()
        assert "&lt;b&gt;Help&lt;/b&gt;" in page
        assert Message.objects.get().attachments.count() == 2
        bad = client.post(address, {"text": "Look", "files": SimpleUploadedFile("x.svg", b"<svg/>"), "do": "send"})
        assert "x.svg is not a PDF" in bad.content.decode()
        assert "Write your message first" in client.post(address, {"text": " ", "do": "send"}).content.decode()

    def test_what_is_begun_is_there_later_with_and_without_scripts(self, town, client):
        conversation = talk(town)
        address = reverse("ilp:conversation", args=[conversation.reference])
        client.force_login(town.amina.user)
        client.post(address, {"text": "I wonder", "do": "save"})
        assert "I wonder</textarea>" in client.get(address).content.decode()
        keep = reverse("ilp:draft-keep", args=[conversation.reference])
        assert client.post(keep, {"text": "I wonder if"}).status_code == 204
        assert client.post(keep, {"text": "x" * 4001}).status_code == 400
        assert MessageDraft.objects.get().text == "I wonder if"
        assert Message.objects.count() == 0

    def test_new_messages_are_counted_in_the_menu_until_read(self, town, client):
        say(talk(town), "Hello", town.tutor)
        client.force_login(town.amina.user)
        assert "Your people (1)" in client.get(reverse("ilp:people")).content.decode()
        client.get(reverse("ilp:conversation", args=[Conversation.objects.get().reference]))
        assert "Your people (1)" not in client.get(reverse("ilp:people")).content.decode()

    def test_a_flag_shows_nowhere_on_the_learners_pages(self, town, client):
        conversation = talk(town)
        address = reverse("ilp:conversation", args=[conversation.reference])
        client.force_login(town.amina.user)
        actions.load_concern_phrases()
        client.post(address, {"text": "I want to die", "do": "send"})
        assert MessageFlag.objects.count() == 1
        for url in (address, reverse("ilp:people"), reverse("ilp:transcript", args=[conversation.reference])):
            assert "flag" not in client.get(url).content.decode().lower()

    def test_they_pause_report_and_resume(self, town, client):
        conversation = talk(town)
        message = say(conversation, "You are useless", town.tutor)
        client.force_login(town.amina.user)
        pause = reverse("ilp:conversation-pause", args=[conversation.reference])
        assert "Do you not want to talk" in client.get(pause).content.decode()
        client.post(pause)
        assert (
            "you do not want to talk for now"
            in client.get(reverse("ilp:conversation", args=[conversation.reference])).content.decode()
        )
        client.post(pause)
        conversation.refresh_from_db()
        assert conversation.paused_at is None
        client.post(reverse("ilp:message-report", args=[message.reference]), {"words": "Rude"})
        assert MessageFlag.objects.get().words == "Rude"

    def test_a_transcript_is_a_page_and_a_pdf_that_reads_aloud(self, town, client):
        conversation = talk(town)
        say(conversation, "Line one\nLine two 🙂", town.amina.user)
        say(conversation, "Well done", town.tutor)
        client.force_login(town.amina.user)
        assert "Well done" in client.get(reverse("ilp:transcript", args=[conversation.reference])).content.decode()
        pdf = PdfReader(io.BytesIO(client.get(reverse("ilp:transcript-pdf", args=[conversation.reference])).content))
        text = " ".join(page.extract_text() for page in pdf.pages)
        for words in ("Line two ?", "Tutor Reed, Tutor", "2 messages"):
            assert words in text
        assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
        assert Receipt.objects.count() == 0

    def test_a_transcript_tries_no_more_different_signs_than_a_document(self, town, monkeypatch):
        tried = set()
        monkeypatch.setattr("core.typesetting._can_draw", lambda sign: bool(tried.add(sign)))
        conversation = talk(town)
        say(conversation, "".join(chr(0x4E00 + at) for at in range(1000)), town.amina.user)
        thread = list(conversation.messages.select_related("by", "role").prefetch_related("attachments"))
        assert transcript_pdf(conversation=conversation, thread=thread).startswith(b"%PDF")
        assert len([sign for sign in tried if not sign.isascii()]) == 300


class TestTheStaffsPages:
    def test_the_list_has_those_who_wait_and_looking_leaves_a_receipt(self, town, client):
        conversation = talk(town)
        say(conversation, "Hi", town.amina.user)
        client.force_login(town.tutor)
        assert str(town.amina) in client.get(reverse("ilp:conversations")).content.decode()
        assert Receipt.objects.count() == 0
        address = reverse("ilp:conversation", args=[conversation.reference])
        client.get(address)
        assert list(Receipt.objects.values_list("reader", "section")) == [(town.tutor.pk, "messages")]
        client.post(address, {"text": "Come and see me", "do": "send"})
        assert "Nobody waits for an answer" in client.get(reverse("ilp:conversations")).content.decode()
        assert "Answered" in client.get(reverse("ilp:conversations") + "?show=all").content.decode()

    def test_they_write_first_from_the_learners_page(self, town, client):
        client.force_login(town.tutor)
        page = client.get(reverse("accounts:roll-learner", args=[town.amina.reference])).content.decode()
        address = reverse("ilp:conversation-open", args=[town.amina.reference])
        assert address in page
        assert client.post(address).status_code == 302
        client.force_login(town.adviser)
        assert client.post(address).status_code == 403
        assert address not in client.get(reverse("reporting:learner", args=[town.amina.reference])).content.decode()
        consent(town)
        assert client.post(address).status_code == 302
        assert address in client.get(reverse("reporting:learner", args=[town.amina.reference])).content.decode()

    def test_a_second_adviser_reads_and_has_no_form(self, town, client):
        consent(town)
        conversation = talk(town, service=town.service)
        client.force_login(town.second)
        page = client.get(reverse("ilp:conversation", args=[conversation.reference])).content.decode()
        assert "so that no conversation is between two people only" in page
        assert "Save without sending" not in page

    def test_a_long_conversation_is_paged_and_costs_the_same(self, town, client, django_assert_num_queries):
        conversation = talk(town)
        address = reverse("ilp:conversation", args=[conversation.reference])
        say(conversation, "first", town.amina.user)
        client.force_login(town.tutor)
        client.get(address)
        for number in (1, 5):
            while conversation.messages.count() < number:
                say(conversation, "more", town.amina.user)
            with django_assert_num_queries(18):
                client.get(address)
        now = conversation.messages.first().sent_at
        Message.objects.bulk_create(
            [
                Message(conversation=conversation, by=town.amina.user, is_from_learner=True, text=f"n{number}",
                        once=f"o{number}", sent_at=now, shown_at=now)
                for number in range(200)
            ]
        )  # fmt: skip
        page = client.get(address)
        assert len(page.context["thread"]) == 50
        assert "Earlier messages" in page.content.decode()
        assert len(client.get(address + "?page=99").context["thread"]) == 5


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [360, 1280])
def test_a_learner_writes_in_a_browser(open_page, axe, width):
    from playwright.sync_api import expect

    town = build_town()
    say(talk(town), "Hello Amina, how did it go?", town.tutor)

    page = open_page("/people/", width=width, user=town.amina.user)
    axe(page)
    with page.expect_navigation():
        page.get_by_role("link", name="Read 1 new message").click()
    look(page, axe)
    let_come = held_back(page, "message_draft.js")
    page.goto(page.url, wait_until="commit")
    page.get_by_label("Your message").fill("It went well")  # before the script has come
    let_come()
    expect(page.get_by_text("What you have written is saved. It has not been sent.")).to_be_visible()
    with page.expect_navigation():
        page.reload()
    expect(page.get_by_label("Your message")).to_have_value("It went well")
    with page.expect_navigation():
        page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("listitem").filter(has_text="It went well")).to_be_visible()
    axe(page)


@pytest.mark.parametrize(
    ("words", "drawn"),
    [
        (f"See {settings.PORTAL_ADDRESS}/courses/?q=a&b=1.", 'See <a href="{0}/courses/?q=a&amp;b=1">{0}/courses/?q='),
        (f"See {settings.PORTAL_ADDRESS}/courses/?q=a&b=1.", "?q=a&amp;b=1</a>.</p>"),
        (f"{settings.PORTAL_ADDRESS}/", '<p><a href="{0}/">{0}/</a></p>'),
        (f"{settings.PORTAL_ADDRESS}.evil.example/courses/", "<p>{0}.evil.example/courses/</p>"),
        ("https://evil.example/", "<p>https://evil.example/</p>"),
        (f'{settings.PORTAL_ADDRESS}/"onclick="x<script>', "</a>&quot;onclick=&quot;x&lt;script&gt;</p>"),
    ],
)
def test_only_addresses_of_this_site_become_links(words, drawn):
    assert drawn.format(settings.PORTAL_ADDRESS) in with_own_links(words)
