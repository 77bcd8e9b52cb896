"""Who gets what from the addresses of statements and CVs."""

from typing import Any

from ilp import actions
from ilp.models import Document
from tests.ilp.access_experiences import NOT_FOUND, SIGNED_IN

# Amina asks her school to read hers: its coordinator can, and may not change it. Her adviser was not asked.
OWN = NOT_FOUND | {"learner": 200, "coordinator": 403}
READ = NOT_FOUND | {"learner": 200, "coordinator": 200}

ACCESS = {
    # Whoever has no plan begins one first.
    "ilp:documents": NOT_FOUND
    | {"learner": 200, "other_learner": 302, "registered": 302, "parent": 404, "ended_parent": 404},
    "ilp:document": OWN,
    "ilp:document-ask": OWN,
    "ilp:document-remove": OWN,
    "ilp:document-pdf": READ,
    "ilp:document-text": READ,
    "ilp:documents-asked": SIGNED_IN | {"coordinator": 200, "other_coordinator": 200},
    "ilp:desk-document": NOT_FOUND | {"learner": 403, "coordinator": 200},
}


def document_of(world: Any) -> Document:
    plan = actions.start_plan(learner=world.amina, by=world.amina.user)
    document = actions.start_document(plan=plan, kind="cv", name="For the college", by=world.amina.user)
    return actions.ask_document(document=document, is_asked=True, by=world.amina.user)


ARGS = {
    f"ilp:{name}": lambda world: [document_of(world).reference]
    for name in ("document", "document-ask", "document-remove", "document-pdf", "document-text", "desk-document")
} | {"ilp:documents": lambda world: [document_of(world)][:0]}
