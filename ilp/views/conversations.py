"""Messages between a learner and a service, for both sides, and the learner's people."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from accounts.actions import leave_receipts
from accounts.models import Learner
from accounts.queries import own_learner_of
from core import clock
from core.errors import RuleBroken
from core.forms import ConfirmForm
from core.views import ActionView, SignedInMixin, VisibleDetailView, VisibleListView
from ilp import actions
from ilp.exports.transcript import transcript_pdf
from ilp.forms import MessageForm, ReportForm
from ilp.models import Conversation, Message, MessageAttachment, MessageDraft, MessageFlag
from ilp.policies import CONVERSATION_POLICY, MESSAGE_POLICY
from ilp.queries import earlier_conversations, read_by, readers_of, rules_of, services_of
from providers.models import Organisation
from providers.queries import role_kinds

A_PAGE = 50  # messages
MOST_READERS = 8  # named above a conversation


class PeopleView(SignedInMixin, TemplateView):
    """Who looks after this learner, and a way to write to them."""

    template_name = "ilp/people.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        learner = own_learner_of(self.request.user)
        if learner is None:
            raise Http404
        services = services_of(learner)
        return super().get_context_data(
            services=services, earlier=earlier_conversations(learner, services), rules=rules_of(learner.area), **kwargs
        )


class BeginConversationView(SignedInMixin, View):
    """The learner's own, with a service that looks after them."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        learner = own_learner_of(request.user)
        if learner is None:
            raise Http404
        service = get_object_or_404(Organisation.objects.visible_to(request.user), reference=reference)
        conversation = actions.begin_conversation(learner=learner, service=service, by=request.user)
        return redirect("ilp:conversation", reference=conversation.reference)


class OpenConversationView(SignedInMixin, View):
    """A member of staff writes to a learner, for the organisation that looks after them."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        learner = get_object_or_404(Learner.objects.visible_to(request.user), reference=reference)
        conversation = actions.open_conversation(learner=learner, by=request.user)
        return redirect("ilp:conversation", reference=conversation.reference)


class ConversationView(ActionView):
    """What was written, and a form to write."""

    queryset = Conversation.objects.all()
    form_class = MessageForm
    template_name = "ilp/conversation.html"

    def get_initial(self) -> dict[str, Any]:
        draft = MessageDraft.objects.filter(conversation=self.thing, by=self.request.user).first()
        return {"text": draft.text} if draft else {}

    def act(self, answers: dict[str, Any]) -> Message | None:
        if self.request.POST.get("do") == "save":
            actions.keep_message(conversation=self.thing, text=answers["text"], by=self.request.user)
            self.done = _("Saved. It has not been sent.") + (
                " " + _("Choose your files again when you send it.") if answers["files"] else ""
            )
            return None
        message = actions.send_message(conversation=self.thing, by=self.request.user, **answers)
        self.done = _("Sent. They will see it when quiet hours are over.") if message.is_waiting else _("Sent.")
        return message

    def get_success_url(self) -> str:
        return reverse("ilp:conversation", args=[self.thing.reference])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, conversation = self.request.user, self.thing
        is_own = conversation.learner.user_id == user.pk
        if not is_own:
            leave_receipts(learner=conversation.learner, by=user, sections=["messages"])
        visible = Message.objects.visible_to(user).for_list().filter(conversation=conversation)
        paginator = Paginator(visible.order_by("-sent_at", "-pk"), A_PAGE)
        page = paginator.get_page(self.request.GET.get("page", "").replace("\0", ""))
        read_before = conversation.learner_read_at if is_own else None
        newest_first = list(page.object_list)
        if page.number == 1:
            actions.mark_read(conversation=conversation, by=user)
        open_from = read_by(conversation)
        readers = list(readers_of(conversation).order_by("name", "pk")[: MOST_READERS + 1])
        return super().get_context_data(
            layer="base.html" if is_own else "desk.html",
            is_own=is_own,
            page_obj=page,
            thread=newest_first[::-1],
            read_before=read_before,
            can_write=CONVERSATION_POLICY.can(user, "write", conversation),
            readers=readers[:MOST_READERS],
            has_more_readers=len(readers) > MOST_READERS,
            rules=rules_of(conversation.service.area),
            open_from=open_from,
            is_quiet=open_from > clock.now(),
            **kwargs,
        )


class KeepDraftView(SignedInMixin, View):
    """What is being written is kept, while it is written."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        conversation = get_object_or_404(Conversation.objects.visible_to(request.user).for_list(), reference=reference)
        try:
            actions.keep_message(
                conversation=conversation, text=request.POST.get("text", "").replace("\0", ""), by=request.user
            )
        except RuleBroken as rule:
            return HttpResponse(rule.message, status=400, content_type="text/plain; charset=utf-8")
        return HttpResponse(status=204)


class PauseConversationView(ActionView):
    """The learner does not want to talk for now, or wants to again."""

    queryset = Conversation.objects.all()
    form_class = ConfirmForm
    template_name = "ilp/conversation_pause.html"

    def require(self, user: Any) -> None:
        CONVERSATION_POLICY.require(user, "pause", self.thing)

    def get_form_kwargs(self) -> dict[str, Any]:
        words = _("Talk again") if self.thing.paused_at else _("I do not want to talk for now")
        return super().get_form_kwargs() | {"submit": words}

    def act(self, answers: dict[str, Any]) -> None:
        if self.thing.paused_at:
            actions.resume_conversation(conversation=self.thing, by=self.request.user)
            self.done = _("You will hear from them by e-mail again.")
        else:
            actions.pause_conversation(conversation=self.thing, by=self.request.user)
            self.done = _("You will get no e-mail about their messages. You can change that at any time.")

    def get_success_url(self) -> str:
        return reverse("ilp:conversation", args=[self.thing.reference])


class ReportMessageView(ActionView):
    """The learner says that something is wrong with a message. Somebody else than its writer looks at it."""

    queryset = Message.objects.all()
    form_class = ReportForm
    template_name = "ilp/message_report.html"

    def require(self, user: Any) -> None:
        MESSAGE_POLICY.require(user, "report", self.thing)

    def act(self, answers: dict[str, Any]) -> None:
        actions.report_message(message=self.thing, by=self.request.user, **answers)
        self.done = _("Thank you. Somebody else will look at this message. The person who wrote it is not asked first.")

    def get_success_url(self) -> str:
        return reverse("ilp:conversation", args=[self.thing.conversation.reference])


class AttachmentView(SignedInMixin, VisibleDetailView):
    """A file of a message, to keep and never to be shown by the browser as a page of ours."""

    queryset = MessageAttachment.objects.all()

    def render_to_response(self, context: Any, **kwargs: Any) -> HttpResponse:
        attachment = self.object
        learner = attachment.message.conversation.learner
        leave_receipts(learner=learner, by=self.request.user, sections=["messages"])
        with attachment.file.open("rb") as file:  # 5 MB at most
            content = file.read()
        return HttpResponse(
            content,
            content_type=attachment.content_type,
            headers={
                "Content-Disposition": content_disposition_header(True, attachment.name),
                "X-Content-Type-Options": "nosniff",
                "Cache-Control": "no-store, private",
            },
        )


class TranscriptView(SignedInMixin, VisibleDetailView):
    """All of a conversation on one page, to print or to keep."""

    queryset = Conversation.objects.all()
    template_name = "ilp/transcript.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, conversation = self.request.user, self.object
        leave_receipts(learner=conversation.learner, by=user, sections=["messages"])
        thread = list(Message.objects.visible_to(user).for_list().filter(conversation=conversation))
        is_own = conversation.learner.user_id == user.pk
        return super().get_context_data(
            thread=thread, is_own=is_own, layer="base.html" if is_own else "desk.html", **kwargs
        )


class TranscriptPdfView(TranscriptView):
    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        return HttpResponse(
            transcript_pdf(conversation=self.object, thread=context["thread"]),
            content_type="application/pdf",
            headers={
                "Content-Disposition": f'attachment; filename="messages-{self.object.reference}.pdf"',
                "Cache-Control": "no-store, private",
            },
        )


class ConversationsView(SignedInMixin, VisibleListView):
    """The conversations of the services somebody works for: those that wait for an answer, or all."""

    queryset = Conversation.objects.all()
    template_name = "ilp/conversations.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated and role_kinds(request.user).isdisjoint({"coordinator", "tutor", "adviser"}):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        user = self.request.user
        self.shows_all = self.request.GET.get("show") == "all"
        found = Conversation.objects.read_by_staff(user).filter(last_at__isnull=False).with_news(user).for_list()
        return found if self.shows_all else found.filter(is_waiting=True)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if context["object_list"]:
            actions.note_reader(by=self.request.user)
        open_flags = MessageFlag.objects.visible_to(self.request.user).open().count()
        return context | {"shows_all": self.shows_all, "open_flags": open_flags}
