from django.urls import path

from prospectus import views

app_name = "prospectus"
urlpatterns = [
    path("", views.HomeView.as_view(), name="home"),
    path("courses/", views.CoursesView.as_view(), name="courses"),
    path("courses/<str:reference>/", views.CourseView.as_view(), name="course"),
    path("courses/<str:reference>/<slug:slug>/", views.CourseView.as_view(), name="course"),
    path("desk/opening/", views.OpeningView.as_view(), name="opening"),
    path("desk/opening/<str:reference>/", views.ChangeOpeningView.as_view(), name="opening-change"),
    path("providers/<str:reference>/", views.ProviderView.as_view(), name="provider"),
]
