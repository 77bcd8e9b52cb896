from django.urls import path

from reporting.views import caseload, guarantee, learner

app_name = "reporting"
urlpatterns = [
    path("desk/caseload/", caseload.CaseloadView.as_view(), name="caseload"),
    path("desk/learners/<slug:reference>/", learner.LearnerView.as_view(), name="learner"),
    path("desk/guarantee/", guarantee.GuaranteeView.as_view(), name="guarantee"),
    path("desk/guarantee/year-<int:year_group>/", guarantee.GuaranteeLearnersView.as_view(), name="guarantee-learners"),
]
