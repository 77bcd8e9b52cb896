"""Who gets what from each address of conversations and the client record."""

from ilp import actions
from ilp.models import MessageFlag

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
# A conversation between Amina and her school: she and its staff; no adviser, no parent, no college.
BOTH_SIDES = NOBODY | {"learner": 200, "coordinator": 200}
ACCESS = {
    "ilp:client-record": NOBODY | {"adviser": 200, "officer": 200},
    "ilp:current-activity-start": NOBODY | {"adviser": 200, "officer": 403},
    "ilp:current-activity-confirm": NOBODY | {"adviser": 200, "officer": 403},
    "ilp:current-activity-correct": NOBODY | {"adviser": 200, "officer": 403},
    "ilp:need-set": NOBODY | {"adviser": 200, "officer": 403},
    "ilp:destination-set": NOBODY | {"adviser": 200, "officer": 403},
    "ilp:people": NOBODY | {"learner": 200, "other_learner": 200, "registered": 200},
    "ilp:conversation-begin": NOBODY
    | {"learner": 302, "other_learner": 403, "registered": 403}
    | {"parent": 404, "ended_parent": 404},
    "ilp:conversation-open": NOBODY
    | {"learner": 403, "coordinator": 302, "adviser": 302, "officer": 403, "parent": 403},
    "ilp:conversation": BOTH_SIDES,
    "ilp:draft-keep": NOBODY | {"learner": 204, "coordinator": 204},
    "ilp:conversation-pause": BOTH_SIDES | {"coordinator": 403},
    "ilp:transcript": BOTH_SIDES,
    "ilp:transcript-pdf": BOTH_SIDES,
    "ilp:message-report": BOTH_SIDES | {"coordinator": 403},
    "ilp:attachment": BOTH_SIDES,
    "ilp:conversations": NOBODY | {"coordinator": 200, "other_coordinator": 200, "adviser": 200},
    "ilp:message-run": NOBODY | {"adviser": 200},
    "ilp:flags": NOBODY | {"coordinator": 200, "other_coordinator": 200, "adviser": 200},
    "ilp:flag": NOBODY | {"coordinator": 200},
    "ilp:phrases": NOBODY,
    "ilp:rules": NOBODY,
    "ilp:safeguarding": NOBODY | {"coordinator": 200, "other_coordinator": 200},
    "ilp:safeguarding-name": NOBODY | {"coordinator": 200},
}
ARGS = {
    "ilp:message-run": lambda world: [
        actions.pick_learners(learners=[world.amina], by=world.people["adviser"]).reference
    ],
    "ilp:client-record": lambda world: [world.amina.reference],
    "ilp:current-activity-start": lambda world: [world.amina.reference],
    "ilp:current-activity-confirm": lambda world: [world.current_activity.reference],
    "ilp:current-activity-correct": lambda world: [world.current_activity.reference],
    "ilp:need-set": lambda world: [world.amina.reference],
    "ilp:destination-set": lambda world: [world.amina.reference],
    "ilp:conversation-begin": lambda world: [world.hollins.reference],
    "ilp:conversation-open": lambda world: [world.amina.reference],
    "ilp:conversation": lambda world: [world.conversation.reference],
    "ilp:draft-keep": lambda world: [world.conversation.reference],
    "ilp:conversation-pause": lambda world: [world.conversation.reference],
    "ilp:transcript": lambda world: [world.conversation.reference],
    "ilp:transcript-pdf": lambda world: [world.conversation.reference],
    "ilp:message-report": lambda world: [world.reply.reference],
    "ilp:attachment": lambda world: [world.attachment.reference],
    "ilp:flag": lambda world: [MessageFlag.objects.create(message=world.message, kind="concern").reference],
    "ilp:safeguarding-name": lambda world: [world.hollins.reference],
}
POSTED = {"ilp:conversation-begin", "ilp:conversation-open", "ilp:draft-keep"}
