"""Quizzes under racing requests: never more attempts than allowed, and none twice."""
