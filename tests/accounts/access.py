"""Who may open what on this floor. ``world.letter_run`` is a LetterRun of Amina's school, not printed yet.

Amina and Ben are learners with accounts who have answered the consent question; ``unlock-account`` without a checked
code in the session goes back to ``unlock``, which sends the signed-in to ``start``, which sends everybody home.
"""

from accounts.models import Absence, Duty
from core import clock

PUBLIC = dict.fromkeys(
    (
        "anonymous", "learner", "other_learner", "coordinator", "other_coordinator", "adviser", "admissions",
        "other_admissions", "editor", "officer",
    ),
    200,
)  # fmt: skip
NOBODY = {role: 302 if role == "anonymous" else 404 for role in PUBLIC}
GOES_ON = dict.fromkeys(PUBLIC, 302)
SIGNED_IN = PUBLIC | {"anonymous": 302}

HELPERS = dict.fromkeys(("coordinator", "other_coordinator", "adviser"), 200)

ACCESS = {
    "accounts:sign-in": GOES_ON | {"anonymous": 200},
    "accounts:cannot-sign-in": PUBLIC,
    "accounts:sign-out": GOES_ON,  # POST only
    "accounts:signed-out": PUBLIC,
    "demo-sign-in": dict.fromkeys(PUBLIC, 404),  # nobody of the demo town is here
    "demo-receiver": dict.fromkeys(PUBLIC, 204),
    "accounts:second-factor": GOES_ON,  # nobody has just typed a password
    "accounts:second-factor-options": GOES_ON,
    "accounts:second-factor-lost": PUBLIC,
    "accounts:passkey-sign-in": GOES_ON | {"anonymous": 200},
    "accounts:outbox": NOBODY | {"officer": 200},
    "accounts:mail-choices": SIGNED_IN,
    "accounts:messages": NOBODY | {"officer": 200},
    "accounts:message-kind": NOBODY | {"officer": 200},
    "accounts:outbox-again": NOBODY,  # none was given up
    "accounts:outbox-settle": NOBODY | {"officer": 302},
    "accounts:sign-on-find": PUBLIC,
    "accounts:sign-on": dict.fromkeys(PUBLIC, 404),  # switched off: tests/accounts/test_sign_on.py has one that is on
    "accounts:sign-on-back": GOES_ON,  # nobody was sent away
    "accounts:sign-on-join": NOBODY,
    "accounts:sign-on-part": NOBODY,
    "accounts:sign-ons": NOBODY | {"officer": 200},
    "accounts:sign-on-set": NOBODY | {"officer": 200},
    "accounts:sign-on-try": NOBODY,  # nothing is set to be tried
    "accounts:sign-on-on": NOBODY,
    "accounts:sign-on-off": NOBODY,
    "accounts:session-left": PUBLIC,
    "accounts:session-stay": GOES_ON,  # POST only
    "accounts:account": SIGNED_IN,
    "accounts:confirm": SIGNED_IN,
    "accounts:confirm-options": SIGNED_IN,
    "accounts:password-change": SIGNED_IN,
    "accounts:factor-set-up": GOES_ON,
    "accounts:factor-again": SIGNED_IN,
    "accounts:factor-app": SIGNED_IN | {"learner": 404, "other_learner": 404},
    "accounts:passkey-add": SIGNED_IN,
    "accounts:recovery-codes": SIGNED_IN,
    "accounts:factor-rename": NOBODY | {"editor": 200},
    "accounts:factor-remove": NOBODY | {"editor": 200},
    "accounts:sessions-end": GOES_ON,  # POST only
    "accounts:address-again": GOES_ON,  # POST only
    "accounts:session-end": GOES_ON,  # POST only, and only one's own end
    "accounts:staff-help": NOBODY,  # managers and help desks, who are in tests/accounts/test_second_step.py
    "accounts:factor-reset": NOBODY,
    "accounts:start": GOES_ON,
    "accounts:unlock": GOES_ON | {"anonymous": 200},
    "accounts:unlock-account": GOES_ON,
    "accounts:parents": PUBLIC,
    "accounts:recover": GOES_ON | {"anonymous": 200},
    "accounts:recover-account": GOES_ON,  # no code or link was given
    "accounts:recover-email": PUBLIC,
    "accounts:link-open": dict.fromkeys(PUBLIC, 404),  # no such link
    "accounts:email": NOBODY | {"learner": 200, "other_learner": 200},
    "accounts:email-confirm": dict.fromkeys(PUBLIC, 404),
    "accounts:recoveries": NOBODY | HELPERS,
    "accounts:learner-find": NOBODY,  # the help desk's
    "accounts:identity-checks": NOBODY,  # help desks, one of whom is in tests/accounts/test_recovery.py
    "accounts:recovery-new": NOBODY | {"coordinator": 200, "adviser": 200},
    "accounts:recovery": NOBODY | {"coordinator": 200},
    "accounts:invitation": dict.fromkeys(PUBLIC, 404),  # no link was opened
    "accounts:invitation-open": dict.fromkeys(PUBLIC, 404),  # no such link
    "accounts:consent": NOBODY | {"learner": 200, "other_learner": 200},
    "accounts:welcome": NOBODY | {"learner": 200, "other_learner": 200},
    "accounts:record": NOBODY | {"learner": 200, "other_learner": 200},
    "accounts:roll-learner": NOBODY | {"coordinator": 200},
    "accounts:learner-residence": NOBODY | {"coordinator": 200, "officer": 200, "adviser": 403},
    "accounts:doubts": NOBODY | {"coordinator": 200, "other_coordinator": 200},
    "accounts:doubt": NOBODY | {"coordinator": 200},
    "accounts:roll-headings": NOBODY | {"coordinator": 302},  # back to the file: it is not asked about
    "accounts:information": NOBODY | {"learner": 200, "other_learner": 200},
    "accounts:looked-at": NOBODY | {"learner": 200, "other_learner": 200},
    "accounts:looked-at-desk": NOBODY | {"coordinator": 200, "other_coordinator": 200},
    "accounts:consent-words": NOBODY,  # area coordinators: tests/accounts/test_consents.py
    "accounts:supporter-invite": NOBODY | {"learner": 200, "other_learner": 200},
    "accounts:supporter-change": NOBODY | {"learner": 200},
    "accounts:supporter-end": NOBODY | {"learner": 200},
    "accounts:supporting": PUBLIC | {"anonymous": 302},
    "accounts:support-code": PUBLIC,
    "accounts:support-join": dict.fromkeys(PUBLIC, 404),  # no link was opened
    "accounts:support-open": dict.fromkeys(PUBLIC, 404),  # no such link
    "accounts:supported": NOBODY | {"parent": 200},
    "accounts:supporter-stop": NOBODY | {"parent": 200},
    "accounts:register": GOES_ON | {"anonymous": 200},
    "accounts:record-match": NOBODY | {"registered": 200},  # for whom nobody has found a record
    "accounts:registered": NOBODY,  # area coordinators: tests/accounts/test_registering.py
    "accounts:registration-separate": NOBODY,
    "accounts:roll": NOBODY | {"coordinator": 200, "other_coordinator": 200},
    "accounts:unlocking": NOBODY | {"coordinator": 200, "other_coordinator": 200},
    "accounts:unlock-windows": NOBODY | {"coordinator": 200, "other_coordinator": 200},
    "accounts:unlock-windows-area": NOBODY,  # the help desk's
    "accounts:unlock-tries": NOBODY | {"coordinator": 200, "other_coordinator": 200},
    "accounts:letters": NOBODY | {"coordinator": 200, "other_coordinator": 200},
    "accounts:letters-new": NOBODY | {"coordinator": 200, "other_coordinator": 200},
    "accounts:letter-run": NOBODY | {"coordinator": 200},
    "accounts:letters-fetch": NOBODY | {"coordinator": 302},  # back to the run, with why there is nothing to fetch
    "accounts:your-data": NOBODY | {"learner": 200, "other_learner": 200},
    "accounts:copy-ask": NOBODY | {"learner": 302, "other_learner": 302},
    "accounts:copy-fetch": NOBODY | {"learner": 302},  # back to the page, with why there is nothing to fetch
    "accounts:erasure-ask": NOBODY | {"learner": 200, "other_learner": 200},
    "accounts:erasure-withdraw": NOBODY | {"officer": 302},
    "accounts:erasures": NOBODY | {"officer": 200},
    "accounts:erasure-agree": NOBODY | {"officer": 302},
    "accounts:erasure-ask-for": NOBODY | {"officer": 200},
    "accounts:retention": NOBODY | {"officer": 200},
    "accounts:retention-change": NOBODY | {"officer": 200},
    "accounts:learners-merge": NOBODY | {"coordinator": 200, "other_coordinator": 200, "officer": 200},
}
# The adviser's own absence is theirs to say; schools that change hands, and duty, are the manager's and the desk's.
CASELOADS = {
    "accounts:caseloads": NOBODY | {"adviser": 200},
    "accounts:absence-set": NOBODY | {"adviser": 200},
    "accounts:absence-cover": NOBODY | {"adviser": 200},
    "accounts:absence-end": NOBODY | {"adviser": 302},
    "accounts:schools-hand-over": NOBODY | {"adviser": 403},
    "accounts:schools-give": NOBODY | {"adviser": 403},
    "accounts:duty-set": NOBODY | {"adviser": 403},
    "accounts:duty-end": NOBODY | {"adviser": 403},
    "accounts:manager-name": NOBODY | {"adviser": 403},
    "accounts:manager-end": NOBODY,  # nobody manages the service here
    "accounts:learner-hand-over": NOBODY | {"adviser": 200},
}
ACCESS |= CASELOADS


def adviser_role(world):
    return world.people["adviser"].staff_roles.get()


def days_of(world):
    role = adviser_role(world)
    return {"adviser": role, "started_on": clock.today(), "ended_on": clock.today(), "by": role.user}


ARGS = {
    "accounts:absence-set": lambda world: [adviser_role(world).reference],
    "accounts:absence-cover": lambda world: [Absence.objects.create(**days_of(world)).reference],
    "accounts:absence-end": lambda world: [Absence.objects.create(**days_of(world)).reference],
    "accounts:schools-hand-over": lambda world: [adviser_role(world).reference],
    "accounts:schools-give": lambda world: [adviser_role(world).organisation.reference],
    "accounts:manager-name": lambda world: [adviser_role(world).reference],
    "accounts:manager-end": lambda world: [adviser_role(world).reference],
    "accounts:duty-set": lambda world: [adviser_role(world).organisation.reference],
    "accounts:duty-end": lambda world: [Duty.objects.create(**days_of(world)).reference],
    "accounts:learner-hand-over": lambda world: [world.amina.reference],
    "accounts:copy-fetch": lambda world: [world.data_copy.reference],
    "accounts:erasure-withdraw": lambda world: [world.erasure.reference],
    "accounts:erasure-agree": lambda world: [world.erasure.reference],
    "accounts:erasure-ask-for": lambda world: [world.ben.reference],
    "accounts:retention-change": lambda world: ["left"],
    "accounts:link-open": lambda world: ["nobody-was-sent-this"],
    "accounts:recovery-new": lambda world: [world.amina.reference],
    "accounts:recovery": lambda world: [world.recovery.reference],
    "accounts:registration-separate": lambda world: [world.registration.reference],
    "accounts:supporter-change": lambda world: [world.supporter.reference],
    "accounts:supporter-end": lambda world: [world.supporter.reference],
    "accounts:supported": lambda world: [world.supporter.reference],
    "accounts:supporter-stop": lambda world: [world.supporter.reference],
    "accounts:support-open": lambda world: ["nobody-was-sent-this"],
    "accounts:invitation-open": lambda world: ["nobody-was-sent-this"],
    "accounts:roll-learner": lambda world: [world.amina.reference],
    "accounts:learner-residence": lambda world: [world.amina.reference],
    "accounts:doubt": lambda world: [world.doubt.reference],
    "accounts:roll-headings": lambda world: [world.roll_upload.reference],
    "accounts:sign-on": lambda world: [world.northfield.reference],
    "accounts:sign-on-back": lambda world: [world.northfield.reference],
    "accounts:sign-on-part": lambda world: [1],
    "accounts:sign-on-set": lambda world: [world.northfield.reference],
    "accounts:sign-on-try": lambda world: [world.northfield.reference],
    "accounts:sign-on-on": lambda world: [world.northfield.reference],
    "accounts:sign-on-off": lambda world: [world.northfield.reference],
    "accounts:factor-rename": lambda world: [world.factor.pk],
    "accounts:factor-remove": lambda world: [world.factor.pk],
    "accounts:outbox-again": lambda world: [0],
    "accounts:outbox-settle": lambda world: ["bulk:none"],
    "accounts:message-kind": lambda world: ["choice-refused"],
    "accounts:session-end": lambda world: ["nobodys"],
    "accounts:factor-reset": lambda world: [world.people["admissions"].staff_roles.get().reference],
    "accounts:letter-run": lambda world: [world.letter_run.reference],
    "accounts:letters-fetch": lambda world: [world.letter_run.reference],
}
POSTED = {
    "accounts:absence-end",
    "accounts:duty-end",
    "accounts:manager-name",
    "accounts:manager-end",
    "accounts:copy-ask",
    "accounts:copy-fetch",
    "accounts:erasure-agree",
    "accounts:erasure-withdraw",
    "accounts:letters-fetch",
    "accounts:outbox-again",
    "accounts:outbox-settle",
    "accounts:session-end",
    "accounts:session-stay",
    "accounts:sessions-end",
    "accounts:address-again",
    "accounts:sign-on-off",
    "accounts:sign-on-on",
    "accounts:sign-on-try",
    "accounts:sign-out",
    "demo-receiver",
    "demo-sign-in",
}
