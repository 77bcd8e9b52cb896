from django.urls import path

from reporting import views

app_name = "reporting"
urlpatterns = [
    path("desk/caseload/", views.CaseloadView.as_view(), name="caseload"),
    path("desk/learners/<slug:reference>/", views.LearnerView.as_view(), name="learner"),
    path("desk/guarantee/", views.GuaranteeView.as_view(), name="guarantee"),
    path("desk/guarantee/year-<int:year_group>/", views.GuaranteeLearnersView.as_view(), name="guarantee-learners"),
]
