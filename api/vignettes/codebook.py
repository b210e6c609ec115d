"""The cue codebook: what words in a story can show, and the pairs that are easily mixed up."""

from collections.abc import Iterable

from api.kit.systems import NAME, SYSTEMS

CUE_LABEL: dict[str, str] = {
    "threat.scan": "watching for danger",
    "threat.predict": "expecting the worst",
    "threat.protect": "keeping out of harm’s way",
    "threat.anger_disgust": "protecting themselves with anger or disgust",
    "threat.self_attack": "criticising themselves harshly",
    "threat.striving": "working hard out of fear or shame",
    "threat.shutdown": "shutting down",
    "drive.goal": "aiming for a goal",
    "drive.reward": "enjoying a success",
    "drive.effort": "working for something they want",
    "drive.status": "enjoying being ahead",
    "drive.overrun": "finding it hard to stop",
    "soothing.safeness": "feeling safe and settled",
    "soothing.connect": "feeling close to someone",
    "soothing.self_kind": "being kind to themselves",
    "soothing.rest": "resting and feeling content",
    "soothing.give_care": "caring for someone freely",
}

PAIR_QUESTION: dict[str, str] = {
    "drive-or-striving": "Are they moving towards something they want, or away from feeling not good enough?",
    "soothing-or-withdrawal": "Do they feel warmer and ready to rejoin others, or are they only hiding?",
    "soothing-or-numbing": "Do they feel more present, or do they just feel less?",
    "safety-or-safeness": "Are they keeping danger out, or is there nothing to guard against?",
    "rest-or-reward": "Are they content with what they have, or already wanting more?",
    "caring-or-appeasing": "Do they care freely, or so that they are not rejected?",
    "criticism-or-correction": "Is the inner voice an attack, or encouragement to do better?",
}

PAIR_NAME: dict[str, str] = {
    "drive-or-striving": "Drive or threat-based drive",
    "soothing-or-withdrawal": "Soothing or withdrawal",
    "soothing-or-numbing": "Soothing or numbing",
    "safety-or-safeness": "Safety or safeness",
    "rest-or-reward": "Resting or drive reward",
    "caring-or-appeasing": "Caring or appeasing (submissive caring)",
    "criticism-or-correction": "Self-criticism or self-correction",
}

SKILLS: frozenset[str] = frozenset(CUE_LABEL) | frozenset(PAIR_QUESTION)


def absent_label(cue_type: str) -> str:
    """What a story says where a cue shows that the system is small, such as “not resting or feeling content”."""
    return f"not {CUE_LABEL[cue_type].replace(' and ', ' or ')}"


def topic_name(skill: str) -> str:
    """What a topic is called where trainers choose among them, such as “Watching for danger”; an own tag is its own."""
    label = PAIR_NAME.get(skill) or CUE_LABEL.get(skill, skill)
    return label[:1].upper() + label[1:]


def topic_groups(skills: Iterable[str]) -> list[tuple[str, list[str]]]:
    """Topics under headings: tricky pairs, the cues of each system, and any others."""
    groups: dict[str, list[str]] = {
        "Tricky pairs": [],
        **{f"{NAME[system]} cues": [] for system in SYSTEMS},
        "Others": [],
    }
    for skill in sorted(skills, key=topic_name):
        system = next((system for system in SYSTEMS if skill in CUE_LABEL and skill.startswith(system)), None)
        heading = "Tricky pairs" if skill in PAIR_NAME else f"{NAME[system]} cues" if system else "Others"
        groups[heading].append(skill)
    return [(heading, found) for heading, found in groups.items() if found]
