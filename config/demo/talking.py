"""Conversations and client records of the invented town, through the same actions that pages call."""

import datetime as dt
from random import Random

from accounts.models import Learner, RollEntry, User
from core import clock
from ilp import actions
from ilp.models import ConcernPhrase, MessageFlag, RecordCode
from providers.models import Organisation, StaffRole

SAID = (
    ("Do I need maths for the bricklaying course?", "A grade 3 is enough. I can show you the page when I see you."),
    ("I missed the open evening. Is there another one?", "There is one in January. I have put a leaflet in your tray."),
    ("what do i put in the statement i am stuck", ""),
    ("Can I change my second choice?", ""),
)


def talk_with_school(learner: Learner, asked: str, answered: str, by: User) -> None:
    """A learner asks their school; whoever coordinates there may have answered."""
    school = RollEntry.objects.current().get(learner=learner).school
    conversation = actions.begin_conversation(learner=learner, service=school, by=learner.user)
    actions.send_message(conversation=conversation, text=asked, once="", by=learner.user)
    if answered:
        actions.send_message(conversation=conversation, text=answered, once="", by=by)


def talk(people: dict[str, User], pick: Random) -> None:
    """Amina and a few of her school have written to it, Amina to her adviser, too. One message called somebody;
    what one wrote who asks for help waits to be read."""
    amina = Learner.objects.get(user__username="amina")
    school = RollEntry.objects.current().get(learner=amina).school
    coordinator = (
        StaffRole.objects.current().filter(organisation=school, kind="coordinator").order_by("pk").first().user
    )
    talk_with_school(amina, *SAID[0], by=coordinator)
    service = Organisation.objects.get(pk=people["adviser"].staff_roles.get().organisation_id)
    conversation = actions.begin_conversation(learner=amina, service=service, by=people["adviser"])
    actions.send_message(
        conversation=conversation,
        text="Congratulations on the offer. Shall we go through it?",
        once="",
        by=people["adviser"],
    )
    others = Learner.objects.on_roll_of([school.pk]).filter(user__isnull=False).exclude(pk=amina.pk).order_by("pk")[:3]
    for learner, (asked, answered) in zip(others, SAID[1:], strict=False):
        talk_with_school(learner, asked, answered, by=coordinator)
    if ConcernPhrase.objects.exists() and len(others) > 1:
        talk_with_school(others[0], "everything is too much i wish i was dead", "", by=coordinator)
        flag = MessageFlag.objects.get()
        actions.take_flag(flag=flag, by=coordinator)
        actions.close_flag(
            flag=flag, done="Spoke with them and with home the same day. The nurse goes on.", by=coordinator
        )
        actions.ask_help(learner=others[1], topic="other", words="it is not safe at home", by=others[1].user)
    keep_records(people["adviser"], pick)


def keep_records(adviser: User, pick: Random) -> None:
    """What some learners of the caseload do, and how much help they need."""
    at_school = RecordCode.objects.filter(kind="activity", code="110").first()
    if at_school is None:
        return
    needs = list(RecordCode.objects.of_kind("need"))
    today = clock.today()
    for learner in Learner.objects.on_caseload_of(adviser).order_by("pk")[:20]:
        actions.start_current_activity(
            learner=learner,
            code=at_school,
            started_on=dt.date(2026, 9, 7),
            verified_on=today - dt.timedelta(days=pick.randrange(20)),
            course_ends_on=dt.date(2027, 6, 25),
            source="school",
            by=adviser,
        )
        actions.set_fact(learner=learner, kind="need", code=pick.choice(needs), started_on=today, by=adviser)
