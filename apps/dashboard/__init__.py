"""The dashboard: statistics for students, instructors and admins."""
