from apps.quizzes.interchange.drafts import ProblemCode


class InvalidFile(Exception):
    """
    The file, or a question in it, is invalid.

    :param line: None is the line that the question starts at
    """

    def __init__(self, code: ProblemCode, *, line: int | None = None, **params):
        super().__init__(code)
        self.code = code
        self.line = line
        self.params = params


class UnsupportedQuestion(Exception):
    """The question is valid, but of a type that is not supported."""

    def __init__(self, kind: str):
        super().__init__(kind)
        self.kind = kind
