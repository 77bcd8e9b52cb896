"""Who gets which answer from each address of this app; joined with the others in tests/test_access.py.

``world`` needs amina (with her school's coordinator), northfield (with admissions), run and application. A page about
one verb is asked with a choice of Amina's at Northfield in a state where the verb is possible.
"""

import datetime as dt

from applications import actions
from applications.models import Enrolment
from applications.queries.clearing import runs_to_ask_for
from core import clock
from core.references import new_reference
from tests.applications.walk import walk_to
from tests.factories import CourseFactory, CourseRunFactory, StaffRoleFactory

NOBODY = {
    "anonymous": 302,
    "learner": 404,
    "other_learner": 404,
    "coordinator": 404,
    "other_coordinator": 404,
    "adviser": 404,
    "admissions": 404,
    "other_admissions": 404,
    "editor": 404,
    "officer": 404,
}
OWN = NOBODY | {"learner": 200}
DESK = NOBODY | {"admissions": 200}
SCHOOL = NOBODY | {"coordinator": 200}
EVERYBODY = dict.fromkeys(NOBODY, 200)
# Area coordinators change them; the table has no column for one: tests/applications/test_rules.py asks.
READ = NOBODY | {"officer": 200}
CHANGED = NOBODY | {"officer": 403}

# The form: its pages, and what is pressed on them.
FORM_PAGES = (
    "profile", "profile-print", "about", "contact", "statement", "needs", "grades", "plan-entries", "grade-change",
    "choices-send", "profile-pdf",
)  # fmt: skip
FORM_PRESSES = ("school-grades-take", "grade-remove", "section-mark", "section-draft-drop")

API_VERBS = tuple(
    f"choice-{verb}"
    for verb in (
        "offer", "change-offer", "withdraw-offer", "refuse", "put-on-reserve", "invite", "cancel-interview", "refer",
        "confirm", "fail-conditions", "enrol", "no-show", "leave", "withdraw",
    )
)  # fmt: skip

WEBHOOK_PRESSES = ("webhook-switch-on", "webhook-switch-off", "webhook-test", "delivery-hasten")
WEBHOOKS = ("webhooks", "webhook", "webhook-add", "webhook-new-secret", "webhook-end", *WEBHOOK_PRESSES)
TEST_DATA = ("test-data", "test-data-act")

ACCESS = {
    "applications:home": NOBODY | {"learner": 200, "other_learner": 200},
    # A button of the course page: POST makes a draft of one's own, so another learner may press it too.
    "applications:add-run": NOBODY | {"learner": 302, "other_learner": 302},
    **{f"applications:{name}": OWN for name in FORM_PAGES},
    **{f"applications:{name}": OWN | {"learner": 302} for name in FORM_PRESSES},
    # Without a document to take there is nothing to press.
    "applications:statement-take": NOBODY,
    "applications:section-keep": OWN | {"learner": 409},
    "applications:questions-answer": OWN,
    "applications:questions-keep": OWN | {"learner": 409},
    "applications:apply": NOBODY | {"learner": 302, "other_learner": 302},
    "applications:results": NOBODY | {"learner": 200, "other_learner": 200},
    "applications:choice": OWN,
    "applications:choice-edit": OWN,
    "applications:choice-send": OWN,
    "applications:choice-accept": OWN,
    "applications:choice-hold": OWN,
    "applications:choice-turn-down": OWN,
    "applications:choice-withdraw": OWN,
    "applications:choice-referral": OWN,
    "applications:assist": NOBODY | {"learner": 403, "coordinator": 200, "adviser": 200, "officer": 403, "parent": 403},
    "applications:assist-pdf": NOBODY
    | {"learner": 403, "coordinator": 200, "adviser": 200, "officer": 403, "parent": 403},
    "applications:assisted-courses": OWN,
    # The learner has no need of it; nothing is named, so there is nothing to add.
    "applications:assisted-add": NOBODY,
    "applications:questions": NOBODY | {"admissions": 200, "other_admissions": 200},
    "applications:question-ask": DESK,
    "applications:question-change": DESK,
    "applications:question-end": DESK,
    "applications:received": NOBODY | {"admissions": 200, "other_admissions": 200},
    "applications:received-choice": DESK,
    "applications:desk-filter-save": NOBODY | {"admissions": 302, "other_admissions": 302},
    "applications:desk-filter-remove": NOBODY | {"admissions": 302},
    "applications:received-pick": NOBODY | {"admissions": 302, "other_admissions": 302},
    # Only whoever picked them.
    "applications:received-together": DESK,
    "applications:received-take": NOBODY | {"admissions": 200, "other_admissions": 200},
    "applications:received-by-file": NOBODY | {"admissions": 200, "other_admissions": 200},
    "applications:received-together-held": DESK | {"admissions": 302},
    "applications:received-assign": DESK,
    "applications:received-note": DESK,
    "applications:received-place": DESK,
    "applications:choice-invite": DESK,
    "applications:interview-book": OWN,
    "applications:interview-give-back": OWN,
    "applications:interview-calendar": OWN,
    "applications:interview-rearrange": DESK,
    "applications:interviews": NOBODY | {"admissions": 200, "other_admissions": 200},
    "applications:interviews-day": NOBODY | {"admissions": 200, "other_admissions": 200},
    "applications:session-add": DESK,
    "applications:session": DESK,
    "applications:session-change": DESK,
    "applications:session-end": DESK,
    "applications:session-calendar": DESK,
    "applications:choice-cancel-interview": DESK,
    "applications:choice-put-on-reserve": DESK,
    "applications:choice-refuse": DESK,
    "applications:choice-refer": DESK,
    "applications:choice-offer": DESK,
    "applications:choice-change-offer": DESK,
    "applications:choice-withdraw-offer": DESK,
    "applications:choice-confirm": DESK,
    "applications:conditions-mark": DESK,
    "applications:releases": NOBODY | {"admissions": 200, "other_admissions": 200},
    "applications:release": DESK,
    "applications:release-set": DESK,
    "applications:release-unset": DESK,
    "applications:release-end": DESK,
    "applications:decision-drop": DESK,
    "applications:usual-conditions": NOBODY | {"admissions": 200, "other_admissions": 200},
    "applications:usual-conditions-set": DESK,
    "applications:choice-confirm-anyway": DESK,
    "applications:enrolments": NOBODY | {"officer": 200},
    "applications:enrolment-settle": NOBODY | {"officer": 200},
    "applications:results-day": NOBODY | {"admissions": 200, "other_admissions": 200},
    "applications:results-day-confirm": NOBODY | {"admissions": 302},
    "applications:rehearsal": DESK | {"officer": 200},
    # Answering the provider's applications is not enough to start one: tests/applications/test_rehearsal.py.
    "applications:rehearsal-do": NOBODY | {"admissions": 403, "officer": 302},
    "applications:clearing": NOBODY | {"admissions": 200, "other_admissions": 200},
    "applications:clearing-asked": NOBODY | {"admissions": 200, "other_admissions": 200},
    "applications:clearing-invite": NOBODY | {"admissions": 200, "other_admissions": 200},
    "applications:places": OWN,
    "applications:places-show": OWN | {"learner": 302},
    "applications:invitation-answer": OWN | {"learner": 302},
    "applications:choice-fail-conditions": DESK,
    "applications:choice-enrol": DESK,
    "applications:choice-no-show": DESK,
    "applications:received-withdraw": DESK,
    "applications:received-leave": DESK,
    "applications:endorsements": NOBODY | {"coordinator": 200, "other_coordinator": 200},
    "applications:endorsements-endorse": NOBODY | {"coordinator": 302, "other_coordinator": 302},
    "applications:endorsements-report": {name: 302 if name == "anonymous" else 403 for name in NOBODY}
    | {"coordinator": 200, "other_coordinator": 200, "officer": 200},
    "applications:endorsement": SCHOOL,
    "applications:choice-endorse": SCHOOL,
    "applications:choice-give-back": SCHOOL,
    "applications:outside-offer-record": NOBODY
    | {"learner": 403, "coordinator": 200, "adviser": 200, "officer": 403, "parent": 403},
    "applications:outside-offer-end": NOBODY | {"learner": 403, "coordinator": 200, "adviser": 200},
    "applications:outside-offer-confirm": NOBODY | {"learner": 403, "coordinator": 200, "adviser": 200},
    # What the learner says of other ways, and of choices that belong together.
    "applications:elsewhere": NOBODY | {"learner": 200, "other_learner": 200},
    "applications:outside-offer-say": NOBODY | {"learner": 200, "other_learner": 200},
    "applications:own-route": OWN,
    "applications:outside-offer-take-back": OWN,
    "applications:own-route-go": NOBODY | {"learner": 200, "other_learner": 200},
    "applications:choice-companions": OWN,
    "applications:choice-part": OWN,
    "applications:choice-leave": OWN,
    "applications:endorsement-leave": SCHOOL,
    "applications:left-early": NOBODY | {"coordinator": 200, "other_coordinator": 200, "adviser": 200},
    # Everybody reads how applying works; its rules are read by who looks after areas.
    "applications:how-it-works-list": EVERYBODY,
    "applications:how-it-works": EVERYBODY,
    "applications:how-it-works-pdf": EVERYBODY,
    "applications:rules": READ,
    "applications:cycle": READ,
    "applications:what-if": READ,
    "applications:cycle-change": CHANGED,
    "applications:cycle-add": CHANGED,
    "applications:area-opening": CHANGED,
    "applications:provider-opening": CHANGED,
    # Managers only, and the table has no column for one: test_tokens.py and test_sandbox.py ask.
    "applications:tokens": NOBODY,
    "applications:sandbox-open": NOBODY,
    "applications:token-make": NOBODY,
    "applications:token-end": NOBODY,
    # Managers, and area coordinators who read: tests/applications/test_webhooks.py asks.
    **{f"applications:{name}": NOBODY for name in WEBHOOKS},
    # A token lets in, and nobody's session: tests/applications/test_api.py asks with one.
    **dict.fromkeys(
        (f"applications:api:{name}" for name in ("choices", "choice", *TEST_DATA, *API_VERBS)),
        dict.fromkeys(NOBODY, 401),
    ),
    "applications:api:openapi-json": EVERYBODY,
    "applications:api-nothing": dict.fromkeys(NOBODY, 404),
}

POSTED = {
    f"applications:{name}"
    for name in (*FORM_PRESSES, *WEBHOOK_PRESSES, *(f"api:{name}" for name in (*TEST_DATA, *API_VERBS)))
} | {
    "applications:add-run",
    "applications:desk-filter-save",
    "applications:desk-filter-remove",
    "applications:received-pick",
    "applications:results-day-confirm",
    "applications:received-take",
    "applications:received-together-held",
    "applications:rehearsal-do",
    "applications:places-show",
    "applications:invitation-answer",
    "applications:apply",
    "applications:assisted-add",
    "applications:statement-take",
    "applications:section-keep",
    "applications:questions-keep",
}

# The state of the choice in the address; "sent" where nothing else is said.
STATES = {
    "choice-send": "draft",
    "questions-answer": "draft",
    "questions-keep": "draft",
    "choice-accept": "offered",
    "choice-hold": "offered",
    "choice-turn-down": "offered",
    "choice-cancel-interview": "interviewing",
    "interview-book": "interviewing",
    "interview-give-back": "interviewing",
    "interview-calendar": "interviewing",
    "interview-rearrange": "interviewing",
    "choice-change-offer": "offered",
    "choice-withdraw-offer": "offered",
    "choice-confirm": "accepted",
    "conditions-mark": "accepted",
    "choice-confirm-anyway": "accepted",
    "choice-fail-conditions": "accepted",
    "choice-enrol": "confirmed",
    "choice-no-show": "confirmed",
    "choice-leave": "enrolled",
    "received-leave": "enrolled",
    "endorsement-leave": "enrolled",
    "endorsement": "with_school",
    "choice-endorse": "with_school",
    "choice-give-back": "with_school",
}


def _choice(world, name):
    def run(title):
        return CourseRunFactory(course=CourseFactory(provider=world.northfield, title=title))

    choice = actions.add_run(learner=world.amina, run=run("Joinery Level 2"), by=world.amina.user)
    choice = walk_to(choice, STATES.get(name, "sent"))
    if name == "choice-referral":
        admissions = world.northfield.staff_roles.get(kind="admissions").user
        actions.refer_choice(choice=choice, by=admissions, runs=[run("Heating Level 1")])
    return choice


def _outside_offer(world):
    return actions.record_outside_offer(
        learner=world.amina, cycle=world.cycle, by=world.people["adviser"], provider_name="A garage"
    )


def _question(world):
    admissions = world.people["admissions"]
    return actions.ask_question(
        provider=world.northfield, cycle=world.cycle, by=admissions, kind="short", words="When could you come?"
    )


def _section_draft(world):
    return actions.keep_section_draft(
        application=world.application,
        section="help",
        reference=new_reference(),
        answers={},
        seen=9,
        by=world.amina.user,
    )


# What stands in the address of each page; else the reference of a choice in its state.
_OF_APPLICATION = {*FORM_PAGES, "statement-take", "school-grades-take", "assisted-courses", "assisted-add"} - {
    "grade-change"
}
_SPECIAL = {
    "question-ask": lambda world: [world.northfield.reference, world.cycle.entry_year],
    "question-change": lambda world: [_question(world).reference],
    "question-end": lambda world: [_question(world).reference],
    "add-run": lambda world: [world.run.reference],
    "apply": lambda world: [world.course.reference],
    "section-mark": lambda world: [world.application.reference, "about"],
    "section-keep": lambda world: [world.application.reference, "help"],
    "grade-change": lambda world: [world.application.grades.get().reference],
    "grade-remove": lambda world: [world.application.grades.get().reference],
    "section-draft-drop": lambda world: [_section_draft(world).reference],
    "assist": lambda world: [world.amina.reference],
    "assist-pdf": lambda world: [world.amina.reference],
    "outside-offer-record": lambda world: [world.amina.reference],
    "outside-offer-end": lambda world: [_outside_offer(world).reference],
}


def _args(name):
    if name in _OF_APPLICATION:
        return lambda world: [world.application.reference]
    return _SPECIAL.get(name) or (lambda world: [_choice(world, name).reference])


def _said_offer(world):
    return actions.say_outside_offer(
        learner=world.amina, cycle=world.cycle, by=world.amina.user, provider_name="A garage"
    )


def _own_route(world):
    return actions.go_own_route(learner=world.amina, run=world.other_run, by=world.amina.user)


def _desk_filter(world):
    return actions.save_desk_filter(address="state=sent", name="Sent", by=world.people["admissions"])


def _bulk_run(world):
    choice = _choice(world, "received-together")
    return actions.pick_choices(verb="refuse", choices=[choice], by=world.people["admissions"])


_SPECIAL |= {
    "desk-filter-remove": lambda world: [_desk_filter(world).reference],
    "received-together": lambda world: [_bulk_run(world).reference],
    "received-together-held": lambda world: [_bulk_run(world).reference],
}


def _session(world):
    starts_at = clock.now() + dt.timedelta(days=2)
    return actions.add_session(
        provider=world.northfield, by=world.people["admissions"], starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(hours=1), slot_minutes=20, places=1, room="Room 4",
    )  # fmt: skip


def _release(world):
    return actions.open_release(provider=world.northfield, name="First offers", by=world.people["admissions"])


def _decision(world):
    choice = _choice(world, "decision-drop")
    return actions.stage_decision(
        release=_release(world), choice=choice, verb="put_on_reserve", by=world.people["admissions"]
    )


_SPECIAL |= {
    **dict.fromkeys(
        ["release", "release-set", "release-unset", "release-end"], lambda world: [_release(world).reference]
    ),
    "decision-drop": lambda world: [_decision(world).reference],
    "interviews-day": lambda world: ["2026-11-25"],
    **dict.fromkeys(
        ["session-add", "usual-conditions-set", "results-day-confirm"], lambda world: [world.northfield.reference]
    ),
    **dict.fromkeys(
        ["session", "session-change", "session-end", "session-calendar"], lambda world: [_session(world).reference]
    ),
    "outside-offer-confirm": lambda world: [_said_offer(world).reference],
    "outside-offer-take-back": lambda world: [_said_offer(world).reference],
    "own-route-go": lambda world: [world.other_run.reference],
    "own-route": lambda world: [_own_route(world).reference],
    **dict.fromkeys(
        ["how-it-works", "how-it-works-pdf", "cycle", "cycle-change"],
        lambda world: [world.area.slug, world.cycle.entry_year, world.cycle.phase],
    ),
    "provider-opening": lambda world: [world.area.slug, world.northfield.reference],
    **dict.fromkeys(["what-if", "cycle-add", "area-opening"], lambda world: [world.area.slug]),
}


def _listing(world):
    """Amina has no place and agreed to be seen; Northfield has places in what she wanted."""
    for choice in world.application.choices.that_can("withdraw"):
        actions.withdraw_choice(choice=choice, by=world.amina.user, reason="changed_mind")
    _choice(world, "withdraw")
    last = world.application.choices.that_can("withdraw").get()
    actions.withdraw_choice(choice=last, by=world.amina.user, reason="changed_mind")
    return actions.agree_to_clearing(application=world.application, by=world.amina.user)


def _invitation(world):
    listing = _listing(world)
    [run, *_] = runs_to_ask_for(listing, [world.northfield])
    return actions.invite_from_clearing(listing=listing, run=run, by=world.people["admissions"])


def _token(world):
    manager = StaffRoleFactory(organisation=world.northfield, kind="manager").user
    expires_on = clock.today() + dt.timedelta(days=30)
    return actions.make_token(
        provider=world.northfield, name="Records", scope="answer", expires_on=expires_on, by=manager
    )[0]


def _webhook(world):
    manager = StaffRoleFactory(organisation=world.northfield, kind="manager").user
    address = "https://198.41.0.4/hooks"  # numbers: no name is looked up
    webhook, _secret = actions.add_webhook(provider=world.northfield, address=address, by=manager)
    actions.send_test_event(webhook=webhook, by=manager)
    return webhook


def _enrolment(world):
    """A row of Northfield's list with the name and date of birth of Ben, and no number."""
    return Enrolment.objects.create(
        provider=world.northfield, given_name="Ben", family_name="Okafor", birth_on=world.ben.birth_on,
        started_on=dt.date(2026, 9, 7), row_key="1",
    )  # fmt: skip


_SPECIAL |= {
    "api-nothing": lambda _world: ["nothing"],
    **dict.fromkeys(
        ("api:choice", "api:test-data-act", *(f"api:{verb}" for verb in API_VERBS)), lambda _world: ["ABCDEF"]
    ),
    "rehearsal": lambda world: [world.northfield.reference],
    "rehearsal-do": lambda world: [world.northfield.reference, "start"],
    "enrolment-settle": lambda world: [_enrolment(world).reference],
    "places": lambda world: [world.application.reference],
    "places-show": lambda world: [world.application.reference, "agree"],
    "clearing-invite": lambda world: [_listing(world).reference],
    "invitation-answer": lambda world: [_invitation(world).reference, "no"],
    **dict.fromkeys(("api:choice", *(f"api:{verb}" for verb in API_VERBS)), lambda _world: ["ABCDEF"]),
    "token-make": lambda world: [world.northfield.reference],
    "token-end": lambda world: [_token(world).reference],
    "webhook-add": lambda world: [world.northfield.reference],
    "delivery-hasten": lambda world: [_webhook(world).deliveries.get().reference],
    **dict.fromkeys(
        [name for name in WEBHOOKS if name not in ("webhooks", "webhook-add", "delivery-hasten")],
        lambda world: [_webhook(world).reference],
    ),
}

ARGS = {
    full_name: _args(full_name.removeprefix("applications:"))
    for full_name in ACCESS
    if full_name
    not in {
        "applications:home",
        "applications:results",
        "applications:results-day",
        "applications:enrolments",
        "applications:clearing",
        "applications:clearing-asked",
        "applications:questions",
        "applications:received",
        "applications:desk-filter-save",
        "applications:received-pick",
        "applications:received-take",
        "applications:received-by-file",
        "applications:interviews",
        "applications:usual-conditions",
        "applications:releases",
        "applications:endorsements",
        "applications:endorsements-endorse",
        "applications:endorsements-report",
        "applications:left-early",
        "applications:elsewhere",
        "applications:outside-offer-say",
        "applications:how-it-works-list",
        "applications:rules",
        "applications:tokens",
        "applications:webhooks",
        "applications:sandbox-open",
        "applications:api:test-data",
        "applications:api:choices",
        "applications:api:openapi-json",
    }
}
