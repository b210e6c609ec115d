"""What the one writer writes: guesses of learners and votes of groups share its transactions."""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from api.groups.voting import NewVote, Voted, write_votes
from api.guesses.recording import NewGuess, Recorded, write_guesses
from api.kit.errors import Unavailable
from api.observability.metrics import Metrics


def write_batch(connection: Connection, batch: Sequence[NewGuess | NewVote]) -> list[Recorded | Voted | Exception]:
    """Writes a mixed batch and gives the answers in its order."""
    guesses = [item for item in batch if isinstance(item, NewGuess)]
    votes = [item for item in batch if isinstance(item, NewVote)]
    recorded = iter(write_guesses(connection, guesses) if guesses else ())
    voted = iter(write_votes(connection, votes) if votes else ())
    return [next(recorded) if isinstance(item, NewGuess) else next(voted) for item in batch]


def counting(metrics: Metrics) -> Callable[[Sequence[object], float], None]:
    """What the writer calls after each batch: counts its answers by kind, with the seconds that the commit took."""

    def observe(answers: Sequence[object], seconds: float) -> None:
        guesses = sum(type(answer) is Recorded for answer in answers)
        votes = sum(type(answer) is Voted for answer in answers)
        refused = sum(type(answer) is Unavailable for answer in answers)
        metrics.committed(guesses, votes, refused, seconds)

    return observe
