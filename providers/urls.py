from django.urls import path

from providers import views

app_name = "providers"
urlpatterns = [
    path("desk/staff/", views.StaffView.as_view(), name="staff"),
    path("desk/staff/acting-for/", views.ActForView.as_view(), name="staff-act-for"),
    path(
        "desk/staff/invitations/<str:reference>/resend/", views.ResendInvitationView.as_view(), name="invitation-resend"
    ),
    path(
        "desk/staff/invitations/<str:reference>/withdraw/",
        views.WithdrawInvitationView.as_view(),
        name="invitation-withdraw",
    ),
    path("desk/staff/roles/<str:reference>/end/", views.EndRoleView.as_view(), name="role-end"),
    path("desk/staff/roles/<str:reference>/give/", views.GiveRoleView.as_view(), name="role-give"),
    path("desk/staff/roles/<str:reference>/again/", views.InviteAgainView.as_view(), name="role-invite-again"),
    path("desk/staff/<str:reference>/", views.StaffOfView.as_view(), name="staff-of"),
    path("desk/staff/<str:reference>/step-in/", views.StepInView.as_view(), name="staff-step-in"),
    path("desk/staff/<str:reference>/invite/", views.InviteStaffView.as_view(), name="staff-invite"),
    path("desk/uploads/", views.UploadsView.as_view(), name="uploads"),
    path("desk/uploads/new/<slug:kind>/", views.NewUploadView.as_view(), name="upload-new"),
    path("desk/uploads/<str:reference>/", views.UploadView.as_view(), name="upload"),
    path("desk/uploads/<str:reference>/changes/", views.UploadChangesView.as_view(), name="upload-changes"),
    path("desk/uploads/<slug:reference>/pick/", views.PickChangesView.as_view(), name="upload-pick"),
    path("desk/uploads/<str:reference>/confirm/", views.ConfirmUploadView.as_view(), name="upload-confirm"),
    path("desk/uploads/<str:reference>/abandon/", views.AbandonUploadView.as_view(), name="upload-abandon"),
    path("desk/uploads/<str:reference>/fix/", views.FixUploadView.as_view(), name="upload-fix"),
    path("desk/uploads/<str:reference>/check-again/", views.CheckAgainView.as_view(), name="upload-check-again"),
    path("desk/uploads/<str:reference>/marked/", views.MarkedUploadView.as_view(), name="upload-marked"),
    path("desk/uploads/<str:reference>/undo/", views.UndoUploadView.as_view(), name="upload-undo"),
    path("desk/uploads/<str:reference>/undone/", views.UndoneUploadView.as_view(), name="upload-undone"),
    path("desk/uploads/<str:reference>/issues.csv", views.UploadIssuesView.as_view(), name="upload-issues"),
]
