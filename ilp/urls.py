from django.urls import path

from ilp import views

app_name = "ilp"
urlpatterns = [
    path("my-plan/", views.PlanView.as_view(), name="plan"),
    path("my-plan/start/", views.StartPlanView.as_view(), name="plan-start"),
    path("my-plan/taken-out/", views.TakenOutView.as_view(), name="plan-taken-out"),
    path("my-plan/add/course/", views.PickCourseView.as_view(), name="course-pick"),
    path("my-plan/add/course/<slug:course>/", views.AddEntryView.as_view(), {"kind": "course"}, name="course-add"),
    path("my-plan/add/<slug:kind>/", views.AddEntryView.as_view(), name="entry-add"),
    path("my-plan/drafts/<slug:kind>/save/", views.SaveDraftView.as_view(), name="draft-save"),
    path("my-plan/drafts/<slug:reference>/drop/", views.DropDraftView.as_view(), name="draft-drop"),
    path("my-plan/entries/<slug:reference>/change/", views.ReviseEntryView.as_view(), name="entry-revise"),
    path("my-plan/entries/<slug:reference>/take-out/", views.TakeOutEntryView.as_view(), name="entry-take-out"),
    path("my-plan/entries/<slug:reference>/put-back/", views.PutBackEntryView.as_view(), name="entry-put-back"),
    path("my-plan/entries/<slug:reference>/answer/", views.ReplyEntryView.as_view(), name="entry-reply"),
    path("plans/entries/<slug:reference>/", views.EntryView.as_view(), name="entry"),
    path("plans/entries/<slug:reference>/validate/", views.ValidateEntryView.as_view(), name="entry-validate"),
    path("plans/entries/<slug:reference>/talk/", views.TalkEntryView.as_view(), name="entry-talk"),
    path("plans/entries/<slug:reference>/take-back/", views.TakeBackView.as_view(), name="entry-take-back"),
    path("desk/plans/", views.PlansView.as_view(), name="plans"),
    path("desk/plans/waiting/", views.WaitingView.as_view(), name="entries-waiting"),
    path("desk/plans/<slug:reference>/", views.DeskPlanView.as_view(), name="desk-plan"),
    path("desk/learners/<slug:reference>/contact/", views.RecordContactView.as_view(), name="contact-record"),
    path("desk/learners/<slug:reference>/record/", views.ClientRecordView.as_view(), name="client-record"),
    path(
        "desk/learners/<slug:reference>/record/activity/",
        views.StartActivityView.as_view(),
        name="current-activity-start",
    ),
    path("desk/learners/<slug:reference>/record/need/", views.SetNeedView.as_view(), name="need-set"),
    path(
        "desk/learners/<slug:reference>/record/destination/", views.SetDestinationView.as_view(), name="destination-set"
    ),
    path(
        "desk/current-activities/<slug:reference>/confirm/",
        views.ConfirmActivityView.as_view(),
        name="current-activity-confirm",
    ),
    path(
        "desk/current-activities/<slug:reference>/correct/",
        views.CorrectActivityView.as_view(),
        name="current-activity-correct",
    ),
    path("people/", views.PeopleView.as_view(), name="people"),
    path("people/<slug:reference>/write/", views.BeginConversationView.as_view(), name="conversation-begin"),
    path("messages/<slug:reference>/", views.ConversationView.as_view(), name="conversation"),
    path("messages/<slug:reference>/draft/", views.KeepDraftView.as_view(), name="draft-keep"),
    path("messages/<slug:reference>/pause/", views.PauseConversationView.as_view(), name="conversation-pause"),
    path("messages/<slug:reference>/transcript/", views.TranscriptView.as_view(), name="transcript"),
    path("messages/<slug:reference>/transcript.pdf", views.TranscriptPdfView.as_view(), name="transcript-pdf"),
    path("messages/<slug:reference>/report/", views.ReportMessageView.as_view(), name="message-report"),
    path("messages/files/<slug:reference>/", views.AttachmentView.as_view(), name="attachment"),
    path("desk/messages/", views.ConversationsView.as_view(), name="conversations"),
    path("desk/learners/<slug:reference>/write/", views.OpenConversationView.as_view(), name="conversation-open"),
    path("desk/flags/", views.FlagsView.as_view(), name="flags"),
    path("desk/flags/<slug:reference>/", views.FlagView.as_view(), name="flag"),
    path("desk/concern-words/", views.PhrasesView.as_view(), name="phrases"),
    path("desk/message-rules/", views.RulesView.as_view(), name="rules"),
    path("desk/safeguarding/", views.SafeguardingView.as_view(), name="safeguarding"),
    path("desk/safeguarding/<slug:reference>/", views.NameContactView.as_view(), name="safeguarding-name"),
]
