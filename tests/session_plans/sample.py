"""A small good plan, with two lengths and one step of most kinds. Tests spoil it and look what is told."""

from typing import Final

LEVELS: Final = {"ana-the-race": 1, "ben-the-bath": 3, "dora-the-door": 2}

SAMPLE: Final = """\
slug: an-hour
title: A quiet hour
audience: psychoeducation
who_for: Anybody who is curious.
aim: People have met the three systems.
lengths: [20, 30]
authors: [Three Circles]
steps:
  - kind: talk
    title: Hello
    minutes: {20: 5, 30: 8}
    wall: Welcome.
    phone: Have a seat.
    notes:
      say: [Welcome.]
      watch: [Somebody may be late.]
      end: Begin.
  - kind: round
    title: Ana
    minutes: 10
    wall: Read about Ana.
    phone: Nobody sees who chose what.
    vignette: ana-the-race
    notes:
      say: [Read it once.]
      watch: [Some read slowly.]
      end: Quote a word.
  - kind: rules
    title: Rules
    minutes: {30: 7}
    wall: What would help?
    phone: Say it in the room.
    rules: [Passing is fine.]
    notes:
      say: [Tell us what is missing.]
      watch: [Silence.]
      end: Read them aloud.
  - kind: close
    title: Goodbye
    minutes: 5
    wall: Thank you.
    phone: Go gently.
    summary: [We met three systems.]
    goodbye: See you.
    notes:
      say: [Thank you.]
      watch: [Somebody may stay.]
      end: End on time.
"""


def line_of(words: str, text: str = SAMPLE) -> int:
    """The first line with these words, counted from 1."""
    return next(number for number, line in enumerate(text.split("\n"), 1) if words in line)
