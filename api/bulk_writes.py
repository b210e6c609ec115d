"""What the one writer writes: guesses of learners and votes of groups share its transactions."""

from collections.abc import Sequence

from sqlalchemy import Connection

from api.groups.voting import NewVote, Voted, write_votes
from api.guesses.recording import NewGuess, Recorded, write_guesses


def write_batch(connection: Connection, batch: Sequence[NewGuess | NewVote]) -> list[Recorded | Voted | Exception]:
    """Writes a mixed batch and gives the answers in its order."""
    guesses = [item for item in batch if isinstance(item, NewGuess)]
    votes = [item for item in batch if isinstance(item, NewVote)]
    recorded = iter(write_guesses(connection, guesses) if guesses else ())
    voted = iter(write_votes(connection, votes) if votes else ())
    return [next(recorded) if isinstance(item, NewGuess) else next(voted) for item in batch]
