"""The cue codebook: what words in a story can show, and the pairs that are easily mixed up."""

CUE_LABEL: dict[str, str] = {
    "threat.scan": "watches for danger",
    "threat.predict": "expects the worst",
    "threat.protect": "keeps out of harm’s way",
    "threat.anger_disgust": "anger or disgust that protects",
    "threat.self_attack": "turns on themselves",
    "threat.striving": "works hard out of fear or shame",
    "threat.shutdown": "shuts down",
    "drive.goal": "has a goal in sight",
    "drive.reward": "enjoys the win",
    "drive.effort": "puts in effort for something wanted",
    "drive.status": "likes to be ahead",
    "drive.overrun": "cannot stop going",
    "soothing.safeness": "feels safe and settled",
    "soothing.connect": "feels close to somebody",
    "soothing.self_kind": "is kind to themselves",
    "soothing.rest": "rests and is content",
    "soothing.give_care": "cares for somebody freely",
}

PAIR_QUESTION: dict[str, str] = {
    "drive-or-striving": "Going towards something wanted, or away from being found lacking?",
    "soothing-or-withdrawal": "Warmer and ready to come back, or only hidden?",
    "soothing-or-numbing": "More present, or feeling less?",
    "safety-or-safeness": "Is danger kept out, or is there nothing to guard against?",
    "rest-or-reward": "Content without more, or already wanting more?",
    "caring-or-appeasing": "Given freely, or given so as not to be rejected?",
    "criticism-or-correction": "An attack, or encouragement to do better?",
}

SKILLS: frozenset[str] = frozenset(CUE_LABEL) | frozenset(PAIR_QUESTION)
