from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("sign-in/", views.SignInView.as_view(), name="sign-in"),
    path("sign-in/help/", views.CannotSignInView.as_view(), name="cannot-sign-in"),
    path("sign-out/", views.SignOutView.as_view(), name="sign-out"),
    path("start/", views.StartView.as_view(), name="start"),
    path("unlock/", views.UnlockView.as_view(), name="unlock"),
    path("unlock/account/", views.UnlockAccountView.as_view(), name="unlock-account"),
    path("parents/", views.ParentsView.as_view(), name="parents"),
    path("invitation/", views.InvitationView.as_view(), name="invitation"),
    path("invitation/<str:token>/", views.OpenInvitationView.as_view(), name="invitation-open"),
    path("my-consent/", views.ConsentView.as_view(), name="consent"),
    path("welcome/", views.WelcomeView.as_view(), name="welcome"),
    path("desk/roll/", views.RollView.as_view(), name="roll"),
    path("desk/unlocking/", views.UnlockingView.as_view(), name="unlocking"),
    path("desk/unlocking/days/", views.WindowsView.as_view(), name="unlock-windows"),
    path("desk/unlocking/area/", views.AreaWindowsView.as_view(), name="unlock-windows-area"),
    path("desk/unlocking/tries/", views.UnlockTriesView.as_view(), name="unlock-tries"),
    path("desk/letters/", views.LettersView.as_view(), name="letters"),
    path("desk/letters/new/", views.NewLettersView.as_view(), name="letters-new"),
    path("desk/letters/<slug:reference>/", views.LetterRunView.as_view(), name="letter-run"),
    path("desk/letters/<slug:reference>/fetch/", views.FetchLettersView.as_view(), name="letters-fetch"),
]
