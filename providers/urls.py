from django.urls import path

from providers import views

app_name = "providers"
urlpatterns = [
    path("desk/uploads/", views.UploadsView.as_view(), name="uploads"),
    path("desk/uploads/new/<slug:kind>/", views.NewUploadView.as_view(), name="upload-new"),
    path("desk/uploads/<str:reference>/", views.UploadView.as_view(), name="upload"),
    path("desk/uploads/<str:reference>/issues.csv", views.UploadIssuesView.as_view(), name="upload-issues"),
]
