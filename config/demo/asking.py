"""What the invented area and a school ask in plans, what learners answer, and a speech therapist who writes."""

import datetime as dt
import random

from accounts.actions import accept_supporter, invite_supporter
from accounts.actions.codes import code_hash
from accounts.models import Characteristics, Learner, User
from core import clock
from core.references import new_reference
from ilp import actions
from ilp.models import Plan
from ilp.queries import Asked, asked_of, entry_of

SECTIONS = (
    ("Getting ready for what comes next", "Think of the next two years.", (
        ("What would you most like to find out before you choose?", "long", ()),
        ("How sure are you about what you want to do?", "scale", ()),
        ("Where would you like to learn?", "several", ("School sixth form", "College", "A job with training")),
    )),
    ("Help I would like", "Nobody is good at everything. Say what would help.", (
        ("Is there a subject you would like help with?", "short", ()),
        ("Would you like to talk to somebody about your plan?", "yes_no", ()),
    )),
)  # fmt: skip
ANSWERS = {
    "long": ("What a normal day is like.", "If I can change my mind later.", "What I could earn, and where."),
    "short": ("Maths", "Science", "My family"),
    "scale": (2, 3, 4),
    "yes_no": ("yes", "no"),
}
OWN = {  # Amina's, in her transition plan
    "What are you good at?": "Drawing animals. Remembering what people told me.",
    "What do you like doing?": "Walking our dog. Making videos with my cousin.",
    "What helps you to learn?": "A quiet place. More time to find the words.",
    "What makes things hard for you?": "When many people talk at once.",
    "What must people know to keep you safe and well?": "I do not always say when I have not understood.",
}
MOST_ANSWERING = 40


def ask_things(people: dict[str, User], *, day: dt.date, pick: random.Random) -> None:
    """The area asks two sections, learners with a plan answer them, and Amina has a transition plan with a therapist."""
    amina = Learner.objects.select_related("user").get(user__username="amina")
    with clock.at(day - dt.timedelta(days=20)):
        _publish(amina, by=people["help_desk"])
    Characteristics.objects.update_or_create(learner=amina, defaults={"sen_provision": "K"})
    with clock.at(day - dt.timedelta(days=6)):
        plans = Plan.objects.filter(learner__area=amina.area_id, learner__user__isnull=False).for_list().order_by("pk")
        for plan in [plan for plan in plans if plan.learner_id != amina.pk][:MOST_ANSWERING]:
            for one in asked_of(plan.learner)[: pick.choice((0, 1, 2))]:
                _answer(plan, one, pick)
        plan = Plan.objects.for_list().get(learner=amina)
        for one in asked_of(amina)[:5]:
            _answer(plan, one, pick)
        helps = next(one.section for one in asked_of(amina) if one.section.title == "What helps me")
        entry = entry_of(plan, helps.key)
        if entry is not None:
            actions.validate_entry(
                entry=entry, seen=1, by=people["coordinator"], words="Thank you for saying it so well."
            )
    with clock.at(day - dt.timedelta(days=3)):
        therapist = User.objects.create_user(username="therapist", name="Robin Fern")
        supporter, code = invite_supporter(
            learner=amina, kind="professional", known_as="Robin, my therapist", sections=["transition"],
            until_on=clock.today() + dt.timedelta(days=200), by=amina.user,
        )  # fmt: skip
        accept_supporter(supporter=supporter, token_hash=code_hash(code.replace("-", "")), by=therapist)
        ask = actions.ask_supporter(plan=plan, section=helps, supporter=supporter, by=amina.user)
        actions.write_contribution(
            ask=ask, as_whom="Speech and language therapist", once=new_reference(), by=therapist,
            words="Short sentences help. Give Amina time to answer. Show her how a thing is done.",
        )  # fmt: skip


def _publish(amina: Learner, *, by: User) -> None:
    version = actions.start_template(kind="section", area=amina.area, by=by)
    for (title, help_text, questions), icon in zip(SECTIONS, ("arrow", "person"), strict=True):
        section = actions.add_section(version=version, title=title, help_text=help_text, icon=icon, by=by)
        for asked, kind, options in questions:
            actions.add_question(section=section, asked=asked, kind=kind, options=options, by=by)
    actions.publish_version(version=version, by=by)


def _answer(plan: Plan, one: Asked, pick: random.Random) -> None:
    given = {}
    for question in one.questions:
        if plan.learner.user.username == "amina" and question.asked in OWN:
            given[question.key] = OWN[question.asked]
        elif question.options:
            given[question.key] = pick.sample(question.options, k=1)
        elif question.kind in ANSWERS:
            given[question.key] = pick.choice(ANSWERS[question.kind])
    actions.answer_section(plan=plan, section=one.section, given=given, seen=0, by=plan.learner.user)
