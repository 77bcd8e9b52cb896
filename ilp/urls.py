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
]
