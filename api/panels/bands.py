"""What a rater says about themselves: in bands, so that it names no one."""

from typing import Final, Literal, get_args

Profession = Literal[
    "psychologist", "psychotherapist", "doctor", "nurse", "allied", "other_clinician", "trainee", "lay"
]
Years = Literal["under_2", "2_to_5", "6_to_10", "over_10"]
Named = Literal["no", "profession", "name"]
Kind = Literal["clinicians", "trainees", "others"]

PROFESSIONS: Final[tuple[Profession, ...]] = get_args(Profession)
YEARS: Final[tuple[Years, ...]] = get_args(Years)
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

PROFESSION: Final[dict[str, str]] = {
    "psychologist": "Psychologist",
    "psychotherapist": "Psychotherapist or counsellor",
    "doctor": "Psychiatrist or other doctor",
    "nurse": "Nurse",
    "allied": "Occupational therapist or social worker",
    "other_clinician": "Another qualified clinician",
    "trainee": "In training for one of these",
    "lay": "Not a clinician",
}
# As it stands below a reason: “a nurse”.
AS_AUTHOR: Final[dict[str, str]] = {
    "psychologist": "psychologist",
    "psychotherapist": "psychotherapist or counsellor",
    "doctor": "psychiatrist or doctor",
    "nurse": "nurse",
    "allied": "occupational therapist or social worker",
    "other_clinician": "clinician",
    "trainee": "clinician in training",
    "lay": "not a clinician",
}
YEARS_LABEL: Final[dict[str, str]] = {
    "under_2": "Under 2 years",
    "2_to_5": "2 to 5 years",
    "6_to_10": "6 to 10 years",
    "over_10": "More than 10 years",
}
KIND_LABEL: Final[dict[str, str]] = {
    "clinicians": "Qualified clinicians",
    "trainees": "Clinicians in training",
    "others": "Not clinicians",
}
CLINICAL: Final = tuple(profession for profession in PROFESSIONS if profession not in ("trainee", "lay"))


def kind_of(profession: str) -> Kind:
    """Which kind of rater someone of this profession is."""
    if profession in CLINICAL:
        return "clinicians"
    return "trainees" if profession == "trainee" else "others"
