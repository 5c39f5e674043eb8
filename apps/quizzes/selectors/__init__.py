"""Every read of quizzes, attempts and submissions."""
