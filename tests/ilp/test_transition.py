"""The transition plan and the learning-difficulty assessment: for whom, who reads it, who is asked to write."""

import datetime as dt

import pytest
from django.core import mail
from django.urls import reverse

from accounts.actions import accept_supporter, end_supporter, invite_supporter
from accounts.actions.codes import code_hash
from accounts.models import Characteristics, Receipt, RollEntry, User
from activity.models import OutboxMessage
from core import display
from core.errors import NotAllowed, RuleBroken, StaleState
from ilp import actions
from ilp.messages import send_section_asked, send_section_written
from ilp.models import Contribution, Entry, SectionAsk, Template, TemplateVersion
from ilp.policies import is_put_to
from ilp.queries import asked_of, versions_for
from ilp.queries.easy_read import easy_parts, in_lines
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def words_of(response):
    return response.content.decode()


@pytest.fixture
def needs(people):
    """Amina has SEN support, and what comes with the portal is there."""
    actions.load_plan_templates()
    return Characteristics.objects.create(learner=people.amina, sen_provision="K")


@pytest.fixture
def section(people, needs):
    """“What helps me” of her transition plan."""
    return next(one.section for one in asked_of(people.amina) if one.section.title == "What helps me")


@pytest.fixture
def written(people, section, answer):
    """Her answer there."""
    return answer(section, **{"What helps you to learn?": "A quiet room. More time."})


@pytest.fixture
def let_in(people):
    """A function that lets somebody in to some sections and answers (supporter, their account)."""

    def let_in(*sections, kind="professional", email="therapist@example.org"):
        user = UserFactory(name="Sam Reed", email=email)
        supporter, code = invite_supporter(
            learner=people.amina, kind=kind, known_as="Sam", sections=sections, until_on=dt.date(2027, 6, 30),
            by=people.amina.user,
        )  # fmt: skip
        return accept_supporter(supporter=supporter, token_hash=code_hash(code.replace("-", "")), by=user), user

    return let_in


# For whom


@pytest.mark.parametrize(
    ("provision", "year_group", "kinds"),
    [
        ("", 11, set()),
        ("N", 11, set()),
        ("K", 8, set()),
        ("K", 9, {"transition"}),
        ("E", 10, {"transition"}),
        ("E", 11, {"transition", "assessment"}),
        ("S", 13, {"transition", "assessment"}),
    ],
)
def test_sections_are_put_to_those_with_special_needs_from_a_year_on(people, needs, provision, year_group, kinds):
    Characteristics.objects.update(sen_provision=provision)
    RollEntry.objects.filter(learner=people.amina).update(year_group=year_group)
    assert {str(one.kind) for one in asked_of(people.amina)} == kinds


def test_whoever_has_answered_keeps_it_whatever_the_record_says(people, needs, written):
    needs.delete()
    assert is_put_to(people.amina, "transition")
    assert not is_put_to(people.amina, "assessment")


def test_a_plan_with_every_kind_of_section_asks_ten_times(client, people, needs, written, django_assert_num_queries):
    client.force_login(people.amina.user)
    client.get("/my-plan/")
    with django_assert_num_queries(10):
        page = client.get("/my-plan/").content.decode()
    assert 'id="transition"' in page
    assert 'id="assessment"' in page


def test_what_comes_with_the_portal_is_loaded_once_and_an_area_changes_it_like_any_other(people, needs, desk):
    actions.load_plan_templates()
    assert list(TemplateVersion.objects.values_list("number", flat=True)) == [1, 1]
    own = actions.start_template(kind="transition", area=people.amina.area, by=desk)
    assert own.sections.count() == 5
    actions.take_out_section(section=own.sections.first(), by=desk)
    actions.publish_version(version=own, by=desk)
    assert versions_for(people.amina)["transition"].pk == own.pk
    with pytest.raises(NotAllowed):
        actions.begin_version(template=Template.objects.get(kind="transition", area=None), by=desk)


def test_a_changed_file_is_a_new_version_and_nothing_of_the_old_one_changes(needs, tmp_path, settings, monkeypatch):
    before = list(TemplateVersion.objects.get(template__kind="transition").sections.values())
    file = tmp_path / "plan_templates.json"
    text = (settings.BASE_DIR / "ilp/data/plan_templates.json").read_text(encoding="utf-8")
    file.write_text(text.replace("What helps me", "What works for me"), encoding="utf-8")
    monkeypatch.setattr("ilp.actions.templates.BUILT_IN", str(file))
    actions.load_plan_templates()
    old, new = TemplateVersion.objects.filter(template__kind="transition").order_by("number")
    assert (old.state, new.state, new.number) == ("replaced", "published", 2)
    assert list(old.sections.values()) == before
    assert list(new.sections.values_list("key", flat=True)) == list(old.sections.values_list("key", flat=True))


# Who reads it


def test_of_staff_only_the_coordinator_of_the_roll_reads_it_and_it_leaves_a_receipt(people, written, client):
    people.amina.consents.create(kind="advice_service", is_given=True, words="May we?", by=people.amina.user)
    readers = {people.tutor: False, people.adviser: False, people.other_tutor: False, people.coordinator: True}
    for who, sees in readers.items():
        assert Entry.objects.visible_to(who).filter(pk=written.pk).exists() is sees
        assert Entry.objects.stood_behind_by(who).filter(pk=written.pk).exists() is sees
    desk_plan = reverse("ilp:desk-plan", args=[people.amina.reference])
    client.force_login(people.tutor)
    assert "quiet room" not in words_of(client.get(desk_plan))
    assert "quiet room" not in words_of(client.get("/desk/plans/waiting/"))
    assert client.get("/desk/plans/").context["rows"][0][1].waiting == 0
    assert client.get(reverse("ilp:entry", args=[written.reference])).status_code == 404
    assert not Receipt.objects.filter(section="transition").exists()
    client.force_login(people.coordinator)
    assert "quiet room" in words_of(client.get(desk_plan))
    assert Receipt.objects.get(section="transition").reader == people.coordinator
    assert actions.validate_entry(entry=written, seen=1, by=people.coordinator).state == "validated"
    with pytest.raises(NotAllowed):
        actions.talk_about_entry(entry=written, seen=1, by=people.tutor, words="Hm?")


def test_whoever_is_let_in_sees_that_part_and_no_other(people, add, written, let_in):
    add()
    _supporter, sam = let_in("transition")
    assert list(Entry.objects.visible_to(sam)) == [written]
    _supporter, alex = let_in("plan", "assessment")
    assert written not in Entry.objects.visible_to(alex)


# People who are asked to write


def test_somebody_let_in_is_asked_and_writes_signed_beside_the_learners_words(people, section, written, let_in):
    supporter, sam = let_in("transition")
    ask = actions.ask_supporter(plan=people.plan, section=section, supporter=supporter, by=people.amina.user)
    again = actions.ask_supporter(plan=people.plan, section=section, supporter=supporter, by=people.amina.user)
    assert again == ask
    said = {"as_whom": "Speech therapist", "words": "Short sentences help.", "once": "ACDEFG3467"}
    contribution = actions.write_contribution(ask=ask, by=sam, **said)
    assert actions.write_contribution(ask=ask, by=sam, **said) == contribution
    assert (contribution.by, contribution.as_whom) == (sam, "Speech therapist")
    written.refresh_from_db()
    assert (written.revision.number, "Short sentences" in written.revision.words) == (1, False)
    assert set(OutboxMessage.objects.values_list("kind", flat=True)) >= {"section-asked", "section-written"}
    for who in (people.tutor, people.coordinator, people.amina.user, people.ben.user):
        with pytest.raises(NotAllowed):
            actions.write_contribution(ask=ask, by=who, **(said | {"once": "OTHERFORM3"}))
    with pytest.raises(RuleBroken) as refusal:
        actions.write_contribution(ask=ask, by=sam, as_whom="Therapist", words=" ", once="OTHERFORM3")
    assert refusal.value.code == "words_missing"
    assert list(Contribution.objects.visible_to(people.coordinator)) == [contribution]
    assert not Contribution.objects.visible_to(people.tutor).exists()
    assert not Contribution.objects.visible_to(people.ben.user).exists()


def test_somebody_asked_to_write_in_any_section_finds_the_way_there(people, publish, let_in, client):
    section = publish([("What helps you?", "long")]).sections.get()
    supporter, sam = let_in("plan")
    ask = actions.ask_supporter(plan=people.plan, section=section, supporter=supporter, by=people.amina.user)
    client.force_login(sam)
    supported = reverse("accounts:supported", args=[supporter.reference])
    write = reverse("ilp:contribution-write", args=[ask.reference])
    assert write in words_of(client.get(supported))
    client.post(write, {"as_whom": "Mentor", "words": "She likes lists.", "once": "ACDEFG3467"})
    assert "She likes lists." in words_of(client.get(supported))


def test_a_part_that_is_shown_by_itself_is_not_shown_with_the_plan_too(people, add, written, let_in, client):
    add()
    supporter, sam = let_in("plan", "transition")
    client.force_login(sam)
    page = words_of(client.get(reverse("accounts:supported", args=[supporter.reference])))
    assert (page.count("A quiet room."), page.count("Mending bicycles") > 0) == (1, True)


def test_only_somebody_who_sees_the_part_is_asked_and_only_by_the_learner(people, section, let_in):
    supporter, sam = let_in("plan")
    with pytest.raises(RuleBroken) as refusal:
        actions.ask_supporter(plan=people.plan, section=section, supporter=supporter, by=people.amina.user)
    assert refusal.value.code == "not_let_in"
    with pytest.raises(NotAllowed):
        actions.ask_supporter(plan=people.plan, section=section, supporter=supporter, by=sam)
    assert not SectionAsk.objects.exists()


def test_asked_no_longer_or_let_in_no_longer_nobody_writes_and_what_was_written_stays(people, section, let_in):
    supporter, sam = let_in("transition")
    ask = actions.ask_supporter(plan=people.plan, section=section, supporter=supporter, by=people.amina.user)
    said = {"as_whom": "Therapist", "words": "Short sentences help."}
    contribution = actions.write_contribution(ask=ask, by=sam, once="ACDEFG3467", **said)
    actions.end_ask(ask=ask, by=people.amina.user)
    with pytest.raises(StaleState):
        actions.end_ask(ask=ask, by=people.amina.user)
    with pytest.raises(NotAllowed):
        actions.write_contribution(ask=ask, by=sam, once="OTHERFORM3", **said)
    assert contribution in Contribution.objects.visible_to(sam)
    again = actions.ask_supporter(plan=people.plan, section=section, supporter=supporter, by=people.amina.user)
    end_supporter(supporter=supporter, by=people.amina.user)
    with pytest.raises(NotAllowed):
        actions.write_contribution(ask=again, by=sam, once="OTHERFORM3", **said)
    assert not Contribution.objects.visible_to(sam).exists()
    assert not SectionAsk.objects.visible_to(sam).exists()
    assert list(Contribution.objects.visible_to(people.amina.user)) == [contribution]


def test_mails_say_that_there_is_something_and_nothing_more(people, section, let_in):
    supporter, _sam = let_in("transition")
    ask = actions.ask_supporter(plan=people.plan, section=section, supporter=supporter, by=people.amina.user)
    User.objects.filter(pk=people.amina.user_id).update(email="amina@example.org")
    send_section_asked({"ask_id": ask.pk})
    send_section_written({"plan_id": people.plan.pk})
    assert [message.to for message in mail.outbox] == [["therapist@example.org"], ["amina@example.org"]]
    for message in mail.outbox:
        assert "Amina" not in message.body
        assert "What helps me" not in message.body
    mail.outbox.clear()
    actions.end_ask(ask=ask, by=people.amina.user)
    send_section_asked({"ask_id": ask.pk})
    assert mail.outbox == []


# Easy read


def test_one_idea_stands_on_a_line():
    lines = ["A quiet room.", "More time.", "Pictures;", "signs!"]
    assert in_lines("A quiet room. More time.\n\nPictures; signs!") == lines


def test_easy_read_has_the_same_words_and_whoever_likes_it_begins_there(people, add, written, client):
    add()
    client.force_login(people.amina.user)
    page = words_of(client.get("/my-plan/easy-read/"))
    assert "At your school only the coordinator reads this part." in words_of(client.get("/my-plan/"))
    for line in ("Mending bicycles", "What helps you to learn?", "A quiet room.", "More time."):
        assert f">{line}<" in page
    assert client.get("/my-plan/").status_code == 200
    look = {"theme": "standard", "font": "standard", "size": "100", "spacing": "standard", "motion": "standard"}
    client.post("/display/", look | {"reading": "easy"})
    assert User.objects.get(pk=people.amina.user_id).display["reading"] == display.EASY
    assert client.get("/my-plan/").url == "/my-plan/easy-read/"
    assert client.get("/my-plan/?all=1").status_code == 200
    client.post("/display/", look)
    assert client.get("/my-plan/").status_code == 200


def test_easy_read_keeps_what_is_asked_no_longer(people, desk, publish, answer):
    first = publish([("What helps you?", "long"), ("Where?", "short")])
    answer(first.sections.get(), **{"What helps you?": "Quiet. Time."})
    draft = actions.begin_version(template=first.template, by=desk)
    actions.take_out_question(question=draft.sections.get().questions.get(asked="What helps you?"), by=desk)
    actions.publish_version(version=draft, by=desk)
    parts = easy_parts(people.amina, people.plan)
    assert [(part.title, part.said) for part in parts] == [
        ("Earlier answers", [("What helps you?", ["Quiet.", "Time."])])
    ]
