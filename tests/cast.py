"""The people of the tests: three vignettes whose keys are known, and trainers with their passwords."""

from pathlib import Path
from typing import Final

ANA: Final = "ana-the-race"  # drive, and nothing else
BEN: Final = "ben-the-bath"  # soothing; threat and unsure also fit; has a content note
CLEO: Final = "cleo-the-letter"  # threat, and nothing else
SLUGS: Final = (ANA, CLEO, BEN)  # in the order of the library: by level

TRAINER: Final = "Tomasz"
PASSWORD: Final = "four unrelated words here"

ANA_FILE: Final = """\
---
slug: ana-the-race
title: Ana and the race
person: Ana
level: 1
key:
  dominant: drive
  secondary: threat
  acceptable: [drive]
  blend:
    threat: [10, 25]
    drive: [60, 75]
    soothing: [10, 20]
content_note: null
tags: [sport]
skills: [drive-or-striving, drive.effort]
authors: [Three Circles]
---

Ana has a race in May. [She gets up at five and runs before work]{.drive.effort}. On the wall there is a chart.

[Every week she adds one more mile to it, and grins]{.drive.reward}. Her knee hurts a little today, and
[she looks at it twice]{.threat.scan strength=partial}. Then she ties her shoes.
[‘Under four hours,’ she says]{.drive.goal}.

## Why drive

She *gets up at five* for something that she wants, and *grins* when it grows.

## Why someone might choose threat

She looks at her knee twice. A worry may be there.

## Why someone might choose soothing

Running can calm people. The text does not say that it calms her.

## To talk about

- What is the chart for?
- What would change your choice?
"""

BEN_FILE: Final = """\
---
slug: ben-the-bath
title: Ben and the bath
person: Ben
level: 3
key:
  dominant: soothing
  secondary: threat
  acceptable: [soothing, threat, unsure]
  blend:
    threat: [35, 50]
    drive: [0, 10]
    soothing: [45, 55]
content_note: mentions an argument
tags: [home, family]
skills: [soothing-or-withdrawal, soothing.rest]
authors: [Three Circles]
---

The argument ended an hour ago. Ben locks the bathroom door and fills the bath to the top.
[His shoulders drop]{.soothing.rest} as he lies back. Nobody knocks.

[He does not want to hear what comes next]{.threat.protect}. The water is warm, and
[he hums an old song]{.soothing.safeness strength=partial}. When it turns cold, he lets in more.

## Why soothing

His *shoulders drop*, and he hums. Both are signs of rest.

## Why someone might choose threat

The door is locked, and he does not want to hear more.

## Why someone might choose drive

A bath may be a treat. The text shows no goal.

## To talk about

- What is the lock for?
"""

CLEO_FILE: Final = """\
---
slug: cleo-the-letter
title: Cleo and the letter
person: Cleo
level: 2
key:
  dominant: threat
  secondary: null
  acceptable: []
  blend:
    threat: [70, 90]
    drive: [5, 15]
    soothing: [5, 15]
tags: [money]
skills: [threat.predict, safety-or-safeness]
authors: [Three Circles]
---

A brown letter lies on the mat. [Cleo sees the flat gone and the furniture on the street]{.threat.predict}.
She steps over it and makes tea for her mother.

[Three times she goes back to check that it is still closed]{.threat.scan}. Her mother asks what is wrong.
‘Nothing,’ she says, and [pushes it under the rug]{.threat.protect}. At night she lies awake, and
[it does not feel calm]{.soothing.safeness polarity=absent}.

## Why threat

She *sees the flat gone* before she has read one word.

## Why someone might choose drive

Checking looks busy. It leads to nothing that she wants.

## Why someone might choose soothing

She makes tea for her mother, and that is kind.

## To talk about

- What is in the letter?
"""

FILES: Final = {ANA: ANA_FILE, BEN: BEN_FILE, CLEO: CLEO_FILE}


def put_cases(folder: Path, files: dict[str, str] = FILES) -> Path:
    """Writes case files into a folder, which is made when missing."""
    folder.mkdir(parents=True, exist_ok=True)
    for slug, text in files.items():
        (folder / f"{slug}.md").write_text(text, encoding="utf-8")
    return folder
