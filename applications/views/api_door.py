"""The door of the API of applications: who is let in, how often, and how it says no."""

import inspect
import json
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer

from applications import actions
from applications.models import ApiToken
from applications.queries.changes import CursorUnknown
from applications.views.api_shapes import ChangedEvent
from core.counting import seconds_to_wait
from core.errors import NotAllowed, RuleBroken, StaleState
from providers.querysets import ask_roles_once

TITLES = {
    400: "Not understood", 401: "No valid token", 403: "Not allowed", 404: "Not found", 405: "Another method",
    409: "Not as things stand", 412: "Changed since", 422: "The rules say no", 429: "Too many calls",
}  # fmt: skip
STATUS_OF = {"in_flight": 409, "changed_since": 412, "practice_only": 403}  # of broken rules; all others are 422


SIGNED = {
    "webhook-id": "The id of the delivery.",
    "webhook-timestamp": "When it was sent: seconds since 1970. Refuse what is more than five minutes off.",
    "webhook-signature": "v1, and HMAC-SHA-256 in base64 of id.timestamp.body with your secret, as Standard Webhooks "
    "has it. Two of them, with a space between, while an older secret still signs.",
}
# What addresses are told is asked of them, so it is no operation of ours: OpenAPI 3.1 has a place of its own for it.
WEBHOOKS = {
    "changed": {
        "post": {
            "operationId": "changed",
            "summary": "Applications changed, or a test",
            "description": inspect.getdoc(ChangedEvent),
            "parameters": [
                {"name": name, "in": "header", "required": True, "description": said, "schema": {"type": "string"}}
                for name, said in SIGNED.items()
            ],
            "requestBody": {"required": True, "content": {"application/json": {"schema": ChangedEvent.json_schema()}}},
            "responses": {"2XX": {"description": "Taken. Whatever else you answer, it is sent again later."}},
        }
    }
}


class OurAPI(NinjaAPI):
    """Its description names the media type of refusals, which the library would call plain JSON."""

    def get_openapi_schema(self, **options: Any) -> Any:
        return self._described(reverse("applications:api:choices").removesuffix("choices"))

    @lru_cache(maxsize=4)  # noqa: B019 - there is one of it, for as long as the process lives
    def _described(self, path_prefix: str) -> Any:
        schema = super().get_openapi_schema(path_prefix=path_prefix)
        for methods in schema["paths"].values():
            for operation in methods.values():
                for status, answer in operation["responses"].items():
                    if int(status) >= 400 and "application/json" in answer.get("content", {}):
                        answer["content"]["application/problem+json"] = answer["content"].pop("application/json")
        schema["webhooks"] = WEBHOOKS
        return schema


class TooManyCalls(Exception):
    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class TokenAuth(HttpBearer):
    """The token in ``Authorization: Bearer``. No cookie is looked at, so no other site can make a browser ask."""

    def __call__(self, request: HttpRequest) -> Any:
        token = super().__call__(request)
        if token is not None:
            wait = seconds_to_wait("api-token", str(token.pk), most=settings.API_CALLS_A_MINUTE)
        else:
            # Only wrong ones are counted: a college has one address, and whoever guesses there must not shut it out.
            address = str(get_adapter().get_client_ip(request))
            wait = seconds_to_wait("api-wrong-token", address, most=settings.API_WRONG_TOKENS_A_MINUTE)
        if wait:
            raise TooManyCalls(wait)
        return token

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        found = actions.use_token(token)
        if found is not None:
            ask_roles_once(found.role.user, found.role)  # what a token acts by has no other
        return found


api = OurAPI(
    title=f"{settings.PORTAL_NAME}: applications",
    version="1.0.0",
    description="What learners sent to one provider, for its own system to fetch and to answer.",
    docs_url=None,
    auth=TokenAuth(),
    urls_namespace="api",
)


# Refusals


def problem_content(status: int, detail: str, code: str) -> dict[str, Any]:
    title = TITLES.get(status, "Refused")
    return {"type": "about:blank", "title": title, "status": status, "detail": detail, "code": code}


def problem_of(content: dict[str, Any]) -> HttpResponse:
    return HttpResponse(json.dumps(content), status=content["status"], content_type="application/problem+json")


def problem(status: int, detail: str, code: str) -> HttpResponse:
    return problem_of(problem_content(status, detail, code))


@api.exception_handler(AuthenticationError)
def _no_token(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    response = problem(401, "Send a token that works, as Authorization: Bearer.", "token_wrong")
    response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(TooManyCalls)
def _too_many(request: HttpRequest, error: TooManyCalls) -> HttpResponse:
    response = problem(429, f"Wait {error.seconds} seconds.", "too_many_calls")
    response["Retry-After"] = str(error.seconds)
    return response


@api.exception_handler(ValidationError)
def _not_understood(request: HttpRequest, error: ValidationError) -> HttpResponse:
    # Where and what kind only: what was sent may be a name.
    said = [f"{one['loc'][-1]}: {one['msg'][:1].lower()}{one['msg'][1:]}" for one in error.errors]
    return problem(400, "Correct this and ask again. " + "; ".join(said) + ".", "not_understood")


@api.exception_handler(CursorUnknown)
def _cursor_unknown(request: HttpRequest, error: CursorUnknown) -> HttpResponse:
    return problem(400, "This cursor is not one of ours. Begin again without one.", "cursor_unknown")


@api.exception_handler(Http404)
def _not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(404, "No application to you has this reference.", "not_found")


@api.exception_handler(HttpError)
def _refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(error.status_code, str(error), "not_understood")


@api.exception_handler(NotAllowed)
def _not_allowed(request: HttpRequest, error: NotAllowed) -> HttpResponse:
    return problem(403, "This token may not do this. A manager can make one that answers.", "not_allowed")


@api.exception_handler(RuleBroken)
def _rule_broken(request: HttpRequest, error: RuleBroken) -> HttpResponse:
    return problem(STATUS_OF.get(str(error.code), 422), " ".join(error.messages), str(error.code))


@api.exception_handler(StaleState)
def _stale(request: HttpRequest, error: StaleState) -> HttpResponse:
    return problem(409, "This has changed meanwhile. Read it again, then decide.", "stale_state")


# What all addresses share


def for_systems(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Nothing is kept on the way; no cookie is looked at, so nothing needs the pages' mark against forged requests."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code == 405:
            allowed = response.get("Allow", "")
            response = problem(405, "This address takes another method.", "method_wrong")
            response["Allow"] = allowed
        response["Cache-Control"] = "no-store"
        return response

    answered.csrf_exempt = True  # type: ignore[attr-defined]
    return answered


@for_systems
def no_such_address(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Whatever else is asked for under the API's address."""
    return problem(404, "The API has no such address. The list is at openapi.json.", "no_such_address")


def shared(urls: tuple[list[Any], str, str]) -> tuple[list[Any], str, str]:
    patterns, app_name, namespace = urls
    for pattern in patterns:
        pattern.callback = for_systems(pattern.callback)
    return [pattern for pattern in patterns if pattern.name != "api-root"], app_name, namespace
