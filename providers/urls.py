from django.urls import path

from providers import views

app_name = "providers"
urlpatterns = [
    path("desk/uploads/", views.UploadsView.as_view(), name="uploads"),
    path("desk/uploads/new/<slug:kind>/", views.NewUploadView.as_view(), name="upload-new"),
    path("desk/uploads/<str:reference>/", views.UploadView.as_view(), name="upload"),
    path("desk/uploads/<str:reference>/changes/", views.UploadChangesView.as_view(), name="upload-changes"),
    path("desk/uploads/<str:reference>/confirm/", views.ConfirmUploadView.as_view(), name="upload-confirm"),
    path("desk/uploads/<str:reference>/abandon/", views.AbandonUploadView.as_view(), name="upload-abandon"),
    path("desk/uploads/<str:reference>/issues.csv", views.UploadIssuesView.as_view(), name="upload-issues"),
]
