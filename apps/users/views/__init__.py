"""Signing in and out (`auth`), the current user's account (`account`), and `users`."""
