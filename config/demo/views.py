"""What only a demonstration has: signing in with one press, and the other end of a college's webhook. Where DEMO is off,
and production refuses it, there are no such pages."""

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import View

from accounts.models import User
from accounts.sessions import FACTOR, STAFF
from config.demo.signins import SIGN_INS


class DemoSignInView(View):
    """An invented person is signed in, their second step taken as done."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        names = [sign_in.username for sign_in in SIGN_INS if sign_in.username == request.POST.get("username")]
        person = get_object_or_404(User, username__in=names, is_active=True)
        login(request, person, backend="django.contrib.auth.backends.ModelBackend")
        request.session.set_expiry(0)
        if request.session[STAFF]:
            request.session[FACTOR] = "demo"
        return redirect("accounts:start")


@method_decorator(csrf_exempt, name="dispatch")  # a program asks it, which has no session
class DemoReceiverView(View):
    """The invented college's own system, told that something changed. It thanks, and keeps nothing."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return HttpResponse(status=204)
