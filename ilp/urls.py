from django.urls import URLPattern

app_name = "ilp"
urlpatterns: list[URLPattern] = []
