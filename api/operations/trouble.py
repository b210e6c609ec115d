"""What stops a command of the operator's, in a sentence that says what to do."""


class OperatorError(Exception):
    """Nothing that was asked for is half done."""
