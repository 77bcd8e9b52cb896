"""What the page of a thing with a job needs to show how far it has got, with and without JavaScript."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

STOP_POLLING = 286  # htmx stops asking when it gets this status


class ProgressMixin:
    """A detail page of something with a ``job``. Its own address answers a poll with the progress alone.

    Once the job is over the poll is told to load the whole page again, which then shows the result.
    """

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()  # type: ignore[attr-defined]
        if request.htmx and not request.htmx.history_restore_request:
            response = self._progress(request)
        else:
            response = self.render_to_response(self.get_context_data(object=self.object))  # type: ignore[attr-defined]
        patch_vary_headers(response, ["HX-Request"])
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        job = self.object.job
        return super().get_context_data(  # type: ignore[misc]
            job=job, is_running=job is not None and not job.is_over, **kwargs
        )

    def _progress(self, request: HttpRequest) -> HttpResponse:
        job = self.object.job
        if job is None or job.is_over:
            return HttpResponse(status=STOP_POLLING, headers={"HX-Refresh": "true"})
        return render(request, "activity/_progress.html", {"job": job})
