"""Every address of the portal, one line per floor."""

from django.urls import include, path

urlpatterns = [
    path("", include("core.urls")),
    path("", include("prospectus.urls")),
    path("", include("providers.urls")),
    path("", include("accounts.urls")),
    path("", include("ilp.urls")),
    path("", include("applications.urls")),
    path("", include("reporting.urls")),
]
