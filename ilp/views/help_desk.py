"""Settings of a whole area, which its help desk keeps."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase

from core.views import SignedInMixin
from providers.models import Area, StaffRole


class HelpDeskMixin(SignedInMixin):
    """``self.area`` is the area whose help desk is asking; for everybody else the page is not there."""

    area: Area

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            roles = StaffRole.objects.of(request.user, "help_desk").select_related("organisation__area")
            if (role := roles.order_by("pk").first()) is None:
                raise Http404
            self.area = role.organisation.area
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(area=self.area, **kwargs)  # type: ignore[misc]
