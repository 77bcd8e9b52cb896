import datetime as dt
from collections.abc import Collection
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Subquery

from accounts.models import Characteristics, Learner, RollEntry, SenProvision
from core import clock
from core.policies import Policy, either, the_service
from ilp.models import (
    AgreedAction,
    Booking,
    ConcernPhrase,
    Conversation,
    ConversationRules,
    Document,
    Entry,
    Experience,
    HelpRequest,
    Message,
    MessageFlag,
    MessageRun,
    Plan,
    PlanRule,
    Remark,
    RemarkKind,
    Review,
    SafeguardingContact,
    Section,
    SectionAsk,
    Target,
    Template,
    TemplateKind,
    TemplateVersion,
)
from ilp.querysets.experience import organising_through
from ilp.querysets.plan import of_coordinators, of_staff
from ilp.workflow import TARGET_FLOW, VersionState
from providers.models import Area, Organisation, StaffRole

YEAR_GROUP_TO_AGE = 4  # who begins Year 7 is 11


def adviser_of_learner(user: Any, learner: Learner) -> bool:
    return Learner.objects.on_caseload_of(user).filter(pk=learner.pk).exists()


def may_have_plan(learner: Learner) -> bool:
    """From the area's first year group on, until the day before the birthday after its last age. Source: SPEC I1."""
    rule = PlanRule.objects.filter(area=learner.area_id).first() or PlanRule()
    today = clock.today()
    age = _age(learner.birth_on, today)
    entry = RollEntry.objects.current().filter(learner=learner).first()
    if entry is not None:
        is_old_enough = entry.year_group >= rule.first_year_group
    else:
        is_old_enough = age >= rule.first_year_group + YEAR_GROUP_TO_AGE
    has_assessment = Characteristics.objects.filter(
        learner=learner, sen_provision__in=[SenProvision.PLAN, SenProvision.STATEMENT]
    )
    if age <= rule.last_age:
        return is_old_enough
    return is_old_enough and age <= rule.last_age_with_assessment and has_assessment.exists()


def _age(birth_on: dt.date, today: dt.date) -> int:
    """Whole years."""
    return today.year - birth_on.year - ((today.month, today.day) < (birth_on.month, birth_on.day))


def roll_entry_of(learner: Learner) -> RollEntry | None:
    """Where they are on the roll today; of several the newest."""
    return RollEntry.objects.current().filter(learner=learner).order_by("-started_on", "-pk").first()


def year_of(learner: Learner) -> int:
    """The year group of the roll; without one, the one of whoever was so old on the last 31 August."""
    entry = roll_entry_of(learner)
    return entry.year_group if entry is not None else _year_by_age(learner)


def _year_by_age(learner: Learner) -> int:
    today = clock.today()
    return _age(learner.birth_on, dt.date(today.year - (today.month < 9), 8, 31)) - YEAR_GROUP_TO_AGE


# Kinds of support that are a special educational need. Source: common basic data set, SENprovision.
WITH_NEEDS = tuple(kind for kind in SenProvision if kind != SenProvision.NONE)
# From which year group on. Transition planning begins in Year 9 (SEN code of practice); a learning-difficulty
# assessment is made in the last year of compulsory schooling (Learning and Skills Act 2000, section 139A).
NEEDS_FROM = {TemplateKind.TRANSITION: 9, TemplateKind.ASSESSMENT: 11}


class PutTo(NamedTuple):
    """What decides which sections a learner is asked: school on the roll, year group, and the kinds for them."""

    school: int | None
    year_group: int
    kinds: frozenset[TemplateKind]


def put_to(learner: Learner) -> PutTo:
    """In one query. Every plan has sections; those about special needs are for learners with such needs from a year on.
    Whoever has answered one keeps the kind, whatever becomes of their needs on record."""
    on_roll = RollEntry.objects.current().filter(learner=OuterRef("pk")).order_by("-started_on", "-pk")
    needs = Characteristics.objects.filter(learner=OuterRef("pk"), sen_provision__in=WITH_NEEDS)
    answered = Entry.objects.filter(plan__learner=OuterRef("pk"), kind__in=NEEDS_FROM).order_by().values("kind")
    school, year, has_needs, kept = Learner.objects.values_list(
        Subquery(on_roll.values("school")[:1]),
        Subquery(on_roll.values("year_group")[:1]),
        Exists(needs),
        ArraySubquery(answered.distinct()),
    ).get(pk=learner.pk)
    year_group = year if year is not None else _year_by_age(learner)
    due = {kind for kind, first in NEEDS_FROM.items() if has_needs and year_group >= first}
    return PutTo(school, year_group, frozenset({TemplateKind.SECTION, *due, *map(TemplateKind, kept)}))


def is_put_to(learner: Learner, kind: str) -> bool:
    """Whether sections of this kind are for this learner."""
    return kind == TemplateKind.SECTION or kind in put_to(learner).kinds


def is_asked(user: Any, section: Section) -> bool:
    """The learner, of a section that was published by their area, a school they are or were at, or with the portal.
    One that has been replaced while it was open can still be answered, or what was written would be lost."""
    learner = Learner.objects.filter(user=user, erased_at=None).first()
    if learner is None or section.version.state not in (VersionState.PUBLISHED, VersionState.REPLACED):
        return False
    template = section.version.template
    schools = dict(learner.roll_entries.values_list("school", "school__area"))
    if template.school_id is not None:
        is_theirs = template.school_id in schools
    else:
        is_theirs = template.area_id in {None, learner.area_id, *schools.values()}
    return is_theirs and is_put_to(learner, template.kind)


def keeps_template(user: Any, template: Template) -> bool:
    """A school's: its coordinator, or the area's help desk. An area's: its help desk. The portal's own: nobody."""
    if template.school is not None:
        return looks_after_the_service(user, template.school)
    return template.area is not None and help_desk_of(user, template.area)


def keeps_version(user: Any, version: TemplateVersion) -> bool:
    return keeps_template(user, version.template)


def own_ask(user: Any, ask: SectionAsk) -> bool:
    return ask.plan.learner.user_id == user.pk


def is_asked_to_write(user: Any, ask: SectionAsk) -> bool:
    return SectionAsk.objects.asked_of(user).filter(pk=ask.pk).exists()


def starts_own(user: Any, learner: Learner) -> bool:
    return learner.user_id == user.pk and may_have_plan(learner)


def own_plan(user: Any, plan: Plan) -> bool:
    return plan.learner.user_id == user.pk


def own_entry(user: Any, entry: Entry) -> bool:
    return entry.plan.learner.user_id == user.pk


def stands_behind(user: Any, entry: Entry) -> bool:
    """An adult of the learner's school, their adviser with consent, or somebody who works with them and was let in."""
    return Entry.objects.stood_behind_by(user).filter(pk=entry.pk).exists()


def validated_it(user: Any, entry: Entry) -> bool:
    """Whose validation it is, as long as they may still validate."""
    newest = Remark.objects.filter(revision=entry.revision_id, kind=RemarkKind.VALIDATED).order_by("-at", "-pk").first()
    return newest is not None and newest.by_id == user.pk and stands_behind(user, entry)


def looks_after(user: Any, learner: Learner, *, needs: bool = False) -> bool:
    """A tutor or coordinator of the learner's roll, or their adviser with consent; never the learner themselves. With
    ``needs`` who reads what is about special needs: the coordinator."""
    if learner.user_id == user.pk:
        return False
    # Asked once for each row that was read: a page asks for every button. Actions read the row anew.
    known: dict[tuple[int, bool], bool] = learner.__dict__.setdefault("_looked_after_by", {})
    if (user.pk, needs) not in known:
        learners = of_coordinators(user) if needs else of_staff(user)
        known[user.pk, needs] = learners.filter(pk=learner.pk).exists()
    return known[user.pk, needs]


def remember_looked_after(user: Any, learners: Collection[Learner], *, needs: bool = False) -> None:
    """The rule above is known of each of these, from one query; ``looks_after`` answers without asking again."""
    mine = of_coordinators(user) if needs else of_staff(user)
    found = set(mine.filter(pk__in=[learner.pk for learner in learners]).values_list("pk", flat=True))
    for learner in learners:
        learner.__dict__.setdefault("_looked_after_by", {})[user.pk, needs] = learner.pk in found


def looks_after_needs(user: Any, learner: Learner) -> bool:
    return looks_after(user, learner, needs=True)


def looks_after_its_learner(user: Any, thing: Review | Target | AgreedAction) -> bool:
    review = thing if isinstance(thing, Review) else thing.review
    return looks_after(user, thing.learner, needs=review.is_about_needs)


def may_help(user: Any, request: HelpRequest) -> bool:
    """An adult who may read what the learner asks for help with."""
    return HelpRequest.objects.to_be_answered_by(user).filter(pk=request.pk).exists()


def is_its_learner(user: Any, thing: Review | Target | AgreedAction | HelpRequest) -> bool:
    return thing.learner.user_id == user.pk


def is_the_learners_to_do(user: Any, action: AgreedAction) -> bool:
    return action.owner_role_id is None and is_its_learner(user, action)


def is_that_learner(user: Any, learner: Learner) -> bool:
    return learner.user_id == user.pk


def own_conversation(user: Any, conversation: Conversation) -> bool:
    return conversation.learner.user_id == user.pk


def own_live_conversation(user: Any, conversation: Conversation) -> bool:
    """The learner's, while the service looks after them."""
    return own_conversation(user, conversation) and Conversation.objects.live().filter(pk=conversation.pk).exists()


def answers_for_the_service(user: Any, conversation: Conversation) -> bool:
    return Conversation.objects.answered_by(user).filter(pk=conversation.pk).exists()


def was_shown_to_its_learner(user: Any, message: Message) -> bool:
    own = Message.objects.visible_to(user).filter(pk=message.pk, conversation__learner__user=user)
    return not message.is_from_learner and own.exists()


def is_called(user: Any, flag: MessageFlag) -> bool:
    return MessageFlag.objects.visible_to(user).filter(pk=flag.pk).exists()


def help_desk_of(user: Any, area: Area) -> bool:
    return StaffRole.objects.of(user, "help_desk").filter(organisation__area=area).exists()


def looks_after_the_service(user: Any, organisation: Organisation) -> bool:
    """A school's coordinator; of every school and advice service the help desk of its area."""
    is_school = Organisation.objects.coordinating_through(user).filter(pk=organisation.pk).exists()
    return is_school or help_desk_of(user, organisation.area)


def keeps_the_phrases(user: Any, _phrase: ConcernPhrase) -> bool:
    """Area coordinators, and whoever is called first somewhere."""
    return StaffRole.objects.of(user, "help_desk").exists() or SafeguardingContact.objects.of(user).exists()


def help_desk_of_rules(user: Any, rules: ConversationRules | PlanRule) -> bool:
    return help_desk_of(user, rules.area)


def is_the_learner(user: Any, learner: Learner) -> bool:
    return learner.user_id is not None and learner.user_id == user.pk


def puts_up_experiences(user: Any, organisation: Organisation) -> bool:
    """Editors and managers of a provider, coordinators of a school, advisers of an advice service."""
    return organising_through(user).filter(pk=organisation.pk).exists()


def keeps_the_experience(user: Any, experience: Experience) -> bool:
    return puts_up_experiences(user, experience.organisation)


def keeps_the_experience_of(user: Any, booking: Booking) -> bool:
    return keeps_the_experience(user, booking.experience)


def own_booking(user: Any, booking: Booking) -> bool:
    return is_the_learner(user, booking.learner)


def school_of_booking(user: Any, booking: Booking) -> bool:
    """A tutor or coordinator of the school whose roll the learner is on today."""
    return Booking.objects.of_school(user).filter(pk=booking.pk).exists()


def own_document(user: Any, document: Document) -> bool:
    return is_the_learner(user, document.plan.learner)


def was_asked_to_read(user: Any, document: Document) -> bool:
    """An adult of the school, while the learner asks."""
    is_open = Document.objects.visible_to(user).filter(pk=document.pk, asked_at__isnull=False).exists()
    return is_open and not own_document(user, document)


TEMPLATE_POLICY = Policy({"begin": keeps_template})
VERSION_POLICY = Policy(
    {"edit": keeps_version, "publish": keeps_version, "drop": keeps_version, "replace": keeps_version}
)
SECTION_POLICY = Policy({"answer": is_asked})
ASK_POLICY = Policy({"end": own_ask, "write": is_asked_to_write})
CONTACT_POLICY = Policy({"record": adviser_of_learner})
PLAN_POLICY = Policy({"start": starts_own, "add": own_plan})
ENTRY_POLICY = Policy(
    {
        "revise": own_entry,
        "validate": stands_behind,
        "talk": stands_behind,
        "reply": own_entry,
        "take_back": validated_it,
        "take_out": own_entry,
        "put_back": own_entry,
    }
)
RECORD_POLICY = Policy({"write": adviser_of_learner})


def any_officer(user: Any, _code: Any) -> bool:
    """An officer of an authority: the words of the return are the same for all."""
    return StaffRole.objects.of(user, "officer").filter(organisation__kind="authority").exists()


CODE_POLICY = Policy({"change": any_officer})


def is_adviser(user: Any, _run: MessageRun) -> bool:
    return StaffRole.objects.of(user, "adviser").exists()


def own_run(user: Any, run: MessageRun) -> bool:
    return run.by_id == user.pk and is_adviser(user, run)


MESSAGE_RUN_POLICY = Policy({"pick": is_adviser, "confirm": own_run})
CONVERSATION_POLICY = Policy(
    {
        "write": either(own_live_conversation, answers_for_the_service),
        "welcome": the_service,
        "pause": own_conversation,
    }
)
MESSAGE_POLICY = Policy({"report": was_shown_to_its_learner})
FLAG_POLICY = Policy({"take": is_called, "close": is_called})
PHRASE_POLICY = Policy({"add": keeps_the_phrases, "switch": keeps_the_phrases})
SERVICE_POLICY = Policy({"name_contact": looks_after_the_service})
RULES_POLICY = Policy({"set": help_desk_of_rules})
EXPERIENCE_POLICY = Policy(
    {"change": keeps_the_experience, "publish": keeps_the_experience, "cancel": keeps_the_experience}
)
ORGANISER_POLICY = Policy({"add": puts_up_experiences})
LEARNER_POLICY = Policy({"make_booking": is_the_learner})
BOOKING_POLICY = Policy(
    {
        "take_place": the_service,
        "give_back": own_booking,
        "agree": school_of_booking,
        "refuse": school_of_booking,
        "allow": school_of_booking,
        "call_off": keeps_the_experience_of,
        "mark_came": keeps_the_experience_of,
        "mark_missed": keeps_the_experience_of,
        "write_up": own_booking,
    }
)
DOCUMENT_POLICY = Policy({"keep": own_document, "ask": own_document, "remove": own_document, "say": was_asked_to_read})
LEARNER_REVIEW_POLICY = Policy({"plan": looks_after, "plan_transition": looks_after_needs})
REVIEW_POLICY = Policy(
    {
        "move": looks_after_its_learner,
        "write": either(is_its_learner, looks_after_its_learner),
        "agree": either(is_its_learner, looks_after_its_learner),
        "finish": looks_after_its_learner,
        "call_off": looks_after_its_learner,
        "answer": is_its_learner,
        "add": either(is_its_learner, looks_after_its_learner),
    }
)
# Whoever says that a target was met, moved or dropped is named beside it: the learner's word stands like an adult's.
TARGET_POLICY = Policy({verb: either(is_its_learner, looks_after_its_learner) for verb in TARGET_FLOW.moves})
AGREED_ACTION_POLICY = Policy(
    {
        "do": either(is_the_learners_to_do, looks_after_its_learner),
        "drop": either(is_the_learners_to_do, looks_after_its_learner),
        "pass_on": looks_after_its_learner,
        "reopen": either(is_the_learners_to_do, looks_after_its_learner),
    }
)
LEARNER_HELP_POLICY = Policy({"ask": is_that_learner})
HELP_POLICY = Policy({"take": may_help, "close": may_help, "take_back": is_its_learner})
