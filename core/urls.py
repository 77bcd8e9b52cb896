from django.urls import path

from core import pages

app_name = "core"
urlpatterns = [
    path("display/", pages.DisplayView.as_view(), name="display"),
    path("language/", pages.LanguageView.as_view(), name="language"),
    path("forget/", pages.ForgetView.as_view(), name="forget"),
    path("forget/done/", pages.ForgottenView.as_view(), name="forgotten"),
    path("accessibility/", pages.AccessibilityView.as_view(), name="accessibility"),
    path("privacy/", pages.PrivacyView.as_view(), name="privacy"),
]
