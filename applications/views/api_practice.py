"""Test data: what a programmer needs to practise, with a token of a sandbox and with no other."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path

from applications import actions
from applications.views import api_shapes as shapes
from applications.views.api import account_of, choice_of, done
from applications.views.api_door import api, shared
from providers.models import Organisation

MAKING = dict.fromkeys((400, 401, 403, 409, 422, 429), shapes.Problem)
ACTING = dict.fromkeys((400, 401, 403, 404, 409, 422, 429), shapes.Problem)
CLEARING = dict.fromkeys((400, 401, 403, 429), shapes.Problem)


@api.post(
    "/test-data", response={200: shapes.TestDataOut, **MAKING}, url_name="test-data",
    operation_id="make_test_data", summary="Make applications to practise with",
)  # fmt: skip
def make_test_data(request: HttpRequest, said: shapes.TestDataIn) -> Any:
    """Made-up learners apply to the sandbox, each as far as the state. Asked again, it makes more."""
    made = actions.make_practice_choices(
        sandbox=_sandbox(request), state=said.state, number=said.number, by=account_of(request)
    )
    return {"references": made}


@api.delete(
    "/test-data", response={200: shapes.ClearedOut, **CLEARING}, url_name="test-data",
    operation_id="clear_test_data", summary="Clear the sandbox",
)  # fmt: skip
def clear_test_data(request: HttpRequest) -> Any:
    """Every made-up application is gone from the list, as no real one ever is. Your cursors stay good."""
    return {"removed": actions.clear_sandbox(sandbox=_sandbox(request), by=account_of(request))}


@api.post(
    "/test-data/{reference}", response={200: shapes.DoneOut, **ACTING}, url_name="test-data-act",
    operation_id="act_as_learner", summary="The learner's side acts",
)  # fmt: skip
def act_as_learner(request: HttpRequest, reference: Annotated[shapes.Reference, Path()], said: shapes.ActIn) -> Any:
    """As the learner would on a page of theirs, and refused where they would be."""
    choice = actions.act_as_practice_learner(choice=choice_of(request, reference), act=said.act)
    return done(choice.pk, said.act)


def _sandbox(request: HttpRequest) -> Organisation:
    organisation: Organisation = request.auth.role.organisation  # type: ignore[attr-defined]
    return organisation


API_URLS = shared(api.urls)  # here, because the door is shut once all addresses are known
