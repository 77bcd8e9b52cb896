"""Every address of the portal, one line per floor."""

from django.urls import include, path

from config.demo.views import DemoSignInView

urlpatterns = [
    path("demo/sign-in/", DemoSignInView.as_view(), name="demo-sign-in"),
    path("", include("core.urls")),
    path("", include("prospectus.urls")),
    path("", include("providers.urls")),
    path("", include("accounts.urls")),
    path("", include("ilp.urls")),
    path("", include("applications.urls")),
    path("", include("reporting.urls")),
]
