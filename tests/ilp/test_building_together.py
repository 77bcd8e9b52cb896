"""Two people build one draft of a template: nothing that one of them wrote is lost without a word."""

import re

import pytest
from django.urls import reverse

from ilp import actions
from ilp.models import Question, Section
from ilp.queries import stamp_of, stamp_of_whole
from tests.factories import OrganisationFactory, StaffRoleFactory
from tests.races import at_once, meeting

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(people, desk):
    version = actions.start_template(kind="section", area=people.amina.area, by=desk)
    section = actions.add_section(version=version, title="Work", by=desk)
    actions.add_question(section=section, asked="Where?", kind="one", options=["Inside", "Outside"], by=desk)
    return version


@pytest.fixture
def colleague(people):
    authority = OrganisationFactory(kind="authority", area=people.amina.area)
    return StaffRoleFactory(organisation=authority, kind="help_desk").user


def seen_on(response):
    return re.search(r'name="seen" value="(\w+)"', response.content.decode())[1]


def test_whoever_saves_second_is_told_keeps_their_words_sees_the_others_and_may_mean_it(client, desk, colleague, draft):
    client.force_login(desk)
    question = Question.objects.get()
    url = reverse("ilp:question-change", args=[question.reference])
    seen = seen_on(client.get(url))
    actions.change_question(
        question=question, asked="In or out?", kind="one", options=["Inside", "Outside", "Both"], by=colleague
    )
    said = {"asked": "Where is it?", "kind": "one", "options": "Inside\r\nOutside", "seen": seen}
    answer = client.post(url, said)
    page = answer.content.decode()
    assert "Somebody else has changed this since you opened it." in page
    assert "In or out?" in page
    assert "Inside, Outside, Both" in page
    assert 'value="Where is it?"' in page
    question.refresh_from_db()
    assert question.asked == "In or out?"
    assert client.post(url, said | {"seen": seen_on(answer)}).status_code == 302
    question.refresh_from_db()
    assert (question.asked, question.options) == ("Where is it?", ["Inside", "Outside"])


def test_a_section_is_told_of_its_own_words_only(client, desk, colleague, draft):
    client.force_login(desk)
    section = Section.objects.get()
    url = reverse("ilp:section-change", args=[section.reference])
    seen = seen_on(client.get(url))
    actions.add_question(section=section, asked="When?", kind="short", by=colleague)
    said = {"title": "At work", "icon": "star", "year_groups": ["10"], "seen": seen}
    assert client.post(url, said).status_code == 302
    page = client.post(url, said | {"title": "In work"}).content.decode()
    assert "How it stands now" in page
    assert "At work" in page
    assert 'value="In work"' in page
    assert Section.objects.get().title == "At work"


def test_nothing_is_published_thrown_away_or_taken_out_unseen(client, desk, colleague, draft):
    client.force_login(desk)
    section, question = Section.objects.get(), Question.objects.get()
    urls = {
        name: reverse(f"ilp:{name}", args=[thing.reference])
        for name, thing in (
            ("version-publish", draft),
            ("version-drop", draft),
            ("section-take-out", section),
            ("question-take-out", question),
        )
    }
    seen = {name: seen_on(client.get(url)) for name, url in urls.items()}
    actions.change_question(question=question, asked="When?", kind="short", by=colleague)
    for name, url in urls.items():
        assert "Somebody else has changed this" in client.post(url, {"seen": seen[name]}).content.decode(), name
    draft.refresh_from_db()
    assert (draft.state, Question.objects.count()) == ("draft", 1)
    answer = client.post(urls["version-publish"], {"seen": seen["version-publish"]})
    assert "“When?” is new." in answer.content.decode()
    assert client.post(urls["version-publish"], {"seen": seen_on(answer)}).status_code == 302
    draft.refresh_from_db()
    assert draft.state == "published"


def test_a_stamp_tells_words_and_order_apart(desk, draft):
    section = Section.objects.get()
    first, second = Question.objects.get(), actions.add_question(section=section, asked="?", kind="short", by=desk)
    before = stamp_of_whole(draft)
    actions.move_question(question=second, is_up=True, by=desk)
    assert stamp_of_whole(draft) != before
    actions.move_question(question=second, is_up=False, by=desk)
    assert stamp_of_whole(draft) == before
    first.is_required = True
    assert stamp_of(first) != stamp_of(Question.objects.get(pk=first.pk))


def test_of_a_long_template_one_section_is_open_at_a_time(client, desk, draft, monkeypatch):
    work = Section.objects.get()
    other = actions.add_section(version=draft, title="Home", by=desk)
    actions.add_question(section=other, asked="With whom?", kind="short", by=desk)
    client.force_login(desk)
    url = reverse("ilp:template", args=[draft.template.reference])
    page = client.get(url).content.decode()
    assert all(asked in page for asked in ("Where?", "With whom?"))
    monkeypatch.setattr("ilp.views.templates.MOST_OPEN", 1)
    page = client.get(url).content.decode()
    assert "Show 1 question" in page
    assert not any(asked in page for asked in ("Where?", "With whom?"))
    seen = client.get(reverse("ilp:template-preview", args=[draft.reference])).content.decode()
    assert "Where?" in seen
    assert "With whom?" not in seen
    assert f'href="?section={other.key}"' in seen
    question = Question.objects.get(section=work)
    moved = client.post(reverse("ilp:question-move", args=[question.reference, "up"]))
    assert moved.url == f"{url}?section={work.key}#{work.key}"
    page = client.get(moved.url).content.decode()
    assert "Where?" in page
    assert "With whom?" not in page


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def changes(self, question, *people):
        seen = stamp_of(question)
        return [
            lambda who=who: actions.change_question(
                question=question, asked=f"{who.pk}?", kind="short", by=who, seen=seen
            )
            for who in people
        ]

    def test_of_two_one_is_told(self, desk, colleague, draft):
        results = at_once(*self.changes(Question.objects.get(), desk, colleague))
        assert sorted(type(result).__name__ for result in results) == ["Question", "RuleBroken"]

    def test_without_the_templates_lock_one_would_be_lost(self, desk, colleague, draft, monkeypatch):
        kept = actions.templates._write_question
        monkeypatch.setattr("ilp.actions.templates._locked", lambda template: template)
        meet = meeting()
        monkeypatch.setattr(
            "ilp.actions.templates._write_question", lambda *args, **said: (meet(), kept(*args, **said))
        )
        results = at_once(*self.changes(Question.objects.get(), desk, colleague))
        assert [type(result).__name__ for result in results] == ["Question", "Question"]
