from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("sign-in/", views.SignInView.as_view(), name="sign-in"),
    path("sign-in/help/", views.CannotSignInView.as_view(), name="cannot-sign-in"),
    path("sign-out/", views.SignOutView.as_view(), name="sign-out"),
    path("signed-out/", views.SignedOutView.as_view(), name="signed-out"),
    path("start/", views.StartView.as_view(), name="start"),
    path("unlock/", views.UnlockView.as_view(), name="unlock"),
    path("unlock/account/", views.UnlockAccountView.as_view(), name="unlock-account"),
    path("recover/", views.RecoverView.as_view(), name="recover"),
    path("recover/account/", views.RecoverAccountView.as_view(), name="recover-account"),
    path("recover/email/", views.RecoverEmailView.as_view(), name="recover-email"),
    path("recover/link/<str:token>/", views.OpenLinkView.as_view(), name="link-open"),
    path("my-email/", views.EmailView.as_view(), name="email"),
    path("my-email/confirm/", views.ConfirmEmailView.as_view(), name="email-confirm"),
    path("parents/", views.ParentsView.as_view(), name="parents"),
    path("invitation/", views.InvitationView.as_view(), name="invitation"),
    path("invitation/<str:token>/", views.OpenInvitationView.as_view(), name="invitation-open"),
    path("my-consent/", views.ConsentView.as_view(), name="consent"),
    path("welcome/", views.WelcomeView.as_view(), name="welcome"),
    path("desk/roll/", views.RollView.as_view(), name="roll"),
    path("desk/recoveries/", views.RecoveriesView.as_view(), name="recoveries"),
    path("desk/recoveries/find/", views.FindLearnerView.as_view(), name="learner-find"),
    path("desk/recoveries/new/<slug:reference>/", views.NewRecoveryView.as_view(), name="recovery-new"),
    path("desk/recoveries/<slug:reference>/", views.RecoveryView.as_view(), name="recovery"),
    path("desk/unlocking/", views.UnlockingView.as_view(), name="unlocking"),
    path("desk/unlocking/days/", views.WindowsView.as_view(), name="unlock-windows"),
    path("desk/unlocking/area/", views.AreaWindowsView.as_view(), name="unlock-windows-area"),
    path("desk/unlocking/tries/", views.UnlockTriesView.as_view(), name="unlock-tries"),
    path("desk/letters/", views.LettersView.as_view(), name="letters"),
    path("desk/letters/new/", views.NewLettersView.as_view(), name="letters-new"),
    path("desk/letters/<slug:reference>/", views.LetterRunView.as_view(), name="letter-run"),
    path("desk/letters/<slug:reference>/fetch/", views.FetchLettersView.as_view(), name="letters-fetch"),
]
