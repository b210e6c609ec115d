"""What stops a command of the operator's, in a sentence that says what to do."""


class Trouble(Exception):
    """Nothing that was asked for is half done."""
