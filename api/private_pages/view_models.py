"""What the private pages show: the moments to draw, and gentle examples to choose from."""

from dataclasses import dataclass

from api.kit.systems import CARDS, SystemCard

# A browser holds to both this policy and the one that every page carries, so that these pages can send nothing at all.
NOTHING_LEAVES = "connect-src 'none'; form-action 'none'; worker-src 'none'"


@dataclass(frozen=True, slots=True)
class Moment:
    """A time to draw the three circles for. `than` is how a comparison refers to it."""

    slug: str
    name: str
    than: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question to oneself, with examples that may be tapped. `slug` names it on the device and in the page."""

    slug: str
    question: str
    hint: str | None
    examples: tuple[str, ...]
    own_words: bool = True


@dataclass(frozen=True, slots=True)
class PaperView:
    """The sheet to draw on; with `help_words` it tells what the systems are."""

    help_words: bool
    moments: tuple[Moment, ...]
    systems: tuple[SystemCard, ...] = CARDS


MOMENTS = (
    Moment("now", "Now", "now"),
    Moment("hard", "On a hard day", "on a hard day"),
    Moment("wish", "How I would like it to be", "how I would like it to be"),
)

PROMPTS = (
    Prompt(
        slug="care",
        question="What looks after me?",
        hint="Small things for body and mind. They do not have to cost anything.",
        examples=(
            "A glass of water",
            "Something warm to eat or drink",
            "Going to bed, or just lying down",
            "Moving a little, in a way that suits my body",
            "Daylight, even through a window",
            "A wash and fresh clothes",
            "Doing one small job, and leaving the rest",
            "Saying no to one thing",
            "Asking someone for help",
            "Keeping an appointment that helps me",
        ),
    ),
    Prompt(
        slug="calm",
        question="What helps me feel calm and safe?",
        hint="People, places, sounds, things to hold. Real or remembered.",
        examples=(
            "A slow breath out",
            "Being held up by a chair, a bed or the ground",
            "A blanket, or soft clothes",
            "Something to hold: a stone, a cup, a sleeve",
            "Music, or a voice that I like",
            "Rain, birdsong, or a quiet room",
            "Someone who is kind to me",
            "An animal, my own or one I pass",
            "A place I know well, or one that I imagine",
            "A prayer, or a quiet moment",
            "A film or book that I know by heart",
        ),
    ),
    Prompt(
        slug="kind",
        question="How could I be kinder to myself?",
        hint="Think of how you would treat someone you care about.",
        examples=(
            "Speak to myself as I would to a friend",
            "Say: this is hard, and I am trying",
            "A warm hand on my chest, arm or cheek",
            "Go at my own pace",
            "Let good enough be enough",
            "Rest before I am worn out",
            "Forgive a small mistake",
            "Notice one thing that I managed",
            "Let someone be kind to me",
            "Say “not today”, and mean it kindly",
        ),
    ),
)
