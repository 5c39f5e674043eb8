from django.urls import path

from apps.users.views import account, auth

urlpatterns = [
    path("registration/", auth.RegistrationView.as_view()),
    path("registration/verify-email/", account.VerifyEmailView.as_view()),
    path("registration/resend-email/", account.ResendEmailView.as_view()),
    path("login/", auth.LoginView.as_view()),
    path("token/refresh/", auth.RefreshView.as_view()),
    path("token/verify/", auth.VerifyView.as_view()),
    path("logout/", auth.LogoutView.as_view()),
    path("logout/all/", auth.LogoutEverywhereView.as_view()),
    path("sessions/", account.SessionsView.as_view()),
    path("sessions/<slug:session_id>/", account.SessionView.as_view()),
    path("user/", account.CurrentUserView.as_view()),
    path("user/export/", account.ExportView.as_view()),
    path("password/change/", account.PasswordChangeView.as_view()),
    path("password/reset/", account.ResetView.as_view()),
    path("password/reset/confirm/", account.ResetConfirmView.as_view()),
]
