"""Writes a case as a case file: what `reading` gives back unchanged."""

import yaml

from api.vignettes.case import Case, Cue, FrontMatter

# Five times as fast, which an export of thousands needs; PyYAML comes without it where it was built without libyaml.
_Dumper: type[yaml.SafeDumper] = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def write(case: Case) -> str:
    """The text of the case file."""
    parts = [
        f"---\n{head_lines(case.head)}---",
        marked(case.story, case.cues),
        f"## Why {case.head.key.dominant}\n\n{case.why}",
    ]
    parts += [f"## Why someone might choose {system}\n\n{text}" for system, text in case.others.items()]
    parts.append("## To talk about\n\n" + "\n".join(f"- {question}" for question in case.questions))
    return "\n\n".join(parts) + "\n"


def head_lines(head: FrontMatter) -> str:
    """The front matter as it stands between its two lines of hyphens."""
    return yaml.dump(
        head.model_dump(mode="json"),
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=False,
        width=100,
        default_flow_style=None,
    )


def marked(story: str, cues: list[Cue]) -> str:
    """The story with its cues as `[words]{.system.cue}`."""
    pieces: list[str] = []
    position = 0
    for cue in sorted(cues, key=lambda cue: cue.start):
        strength = "" if cue.strength == "clear" else f" strength={cue.strength}"
        polarity = "" if cue.polarity == "present" else f" polarity={cue.polarity}"
        pieces += [story[position : cue.start], f"[{story[cue.start : cue.end]}]{{.{cue.type}{strength}{polarity}}}"]
        position = cue.end
    return "".join(pieces) + story[position:]
