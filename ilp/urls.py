from django.urls import path

from ilp import views

app_name = "ilp"
urlpatterns = [
    path("desk/learners/<slug:reference>/contact/", views.RecordContactView.as_view(), name="contact-record"),
]
