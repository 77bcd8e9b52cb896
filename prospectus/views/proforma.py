"""The sheet that providers fill in, made for one of them at the moment of asking."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.generic import View

from prospectus.exports.proforma import MOST_ROWS, proforma_xlsx, rows_on_offer
from prospectus.views.desk import KeeperMixin

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ProformaView(KeeperMixin, View):
    """The workbook of one's provider, with what it has on offer, or empty where that is asked for."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.get("provider", "")
        found = [one for one in self.providers if one.reference == asked] if asked else self.providers
        if len(found) != 1:
            raise Http404  # somebody who keeps several providers says which
        (provider,) = found
        is_empty = "empty" in request.GET
        if not is_empty and rows_on_offer(provider) > MOST_ROWS:
            messages.error(
                request,
                _("You have more than %(most_rows)s dates, too many for one sheet. Take the feed.")
                % {"most_rows": f"{MOST_ROWS:,}"},
            )
            return redirect("prospectus:desk-courses")
        name = f"courses-{slugify(provider.name)[:60] or provider.reference}{'-empty' if is_empty else ''}.xlsx"
        return HttpResponse(
            proforma_xlsx(provider=provider, is_empty=is_empty),
            content_type=XLSX,
            headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store, private"},
        )
