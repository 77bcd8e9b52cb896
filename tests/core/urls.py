"""The addresses of the pattern library, for the tests only. The look of the product is that of its own templates."""

from django.urls import include, path
from django.views.generic import TemplateView

from tests.core import patterns

# The frame asks for these two names; the pages behind them are the accounts floor's own.
accounts = [
    path("sign-in/", TemplateView.as_view(template_name="patterns/form.html"), name="sign-in"),
    path("sign-out/", patterns.sign_out, name="sign-out"),
    path("sign-in/left/", patterns.HomeView.as_view(), name="session-left"),
    path("sign-in/stay/", patterns.HomeView.as_view(), name="session-stay"),
]
urlpatterns = [
    path("", include("core.urls")),
    path("", include((accounts, "accounts"))),
    path("", patterns.HomeView.as_view(), name="home"),
    path("parts/", patterns.PartsView.as_view(), name="parts"),
    path("desk/", TemplateView.as_view(template_name="patterns/desk.html"), name="desk"),
    path("search/", TemplateView.as_view(template_name="patterns/search.html"), name="search"),
    path("form/", patterns.FormPatternView.as_view(), name="form"),
    path("upload/", patterns.UploadPatternView.as_view(), name="upload"),
    path("poll/", TemplateView.as_view(template_name="patterns/poll.html"), name="poll"),
    path("poll/progress/", patterns.progress, name="progress"),
    path("refusal/<slug:kind>/", patterns.refusal, name="refusal"),
]
