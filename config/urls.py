"""Every address of the portal, one line per floor."""

from django.urls import include, path

from config.demo.views import DemoReceiverView, DemoSignInView

urlpatterns = [
    path("demo/sign-in/", DemoSignInView.as_view(), name="demo-sign-in"),
    path("demo/own-system/", DemoReceiverView.as_view(), name="demo-receiver"),
    path("", include("core.urls")),
    path("", include("prospectus.urls")),
    path("", include("providers.urls")),
    path("", include("accounts.urls")),
    path("", include("ilp.urls")),
    path("", include("applications.urls")),
    path("", include("reporting.urls")),
]
