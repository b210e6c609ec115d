"""Every page of the product, and who sees it."""

from dataclasses import dataclass

from tests.cast import ANA, BEN, CLEO, TRAINER


@dataclass(frozen=True)
class Sight:
    """A page to look at; on a new site no one has set up a trainer yet. `path` may be the name of one of `links`."""

    name: str
    path: str
    heading: str
    who: str = "nobody"
    new: bool = False


SIGHTS = (
    Sight("home", "/", "Which circle is biggest?"),
    Sight("systems", "/systems", "Three systems"),
    Sight("circles", "/circles", "Draw your systems"),
    Sight("circles-paper", "/circles/paper", "Circles on paper"),
    Sight("circles-paper-words", "/circles/paper?words=yes", "Circles on paper"),
    Sight("soothing", "/soothing", "Building soothing"),
    Sight("soothing-paper", "/soothing/paper", "Soothing on paper"),
    Sight("about", "/about", "About Three Circles"),
    Sight("accessibility", "/accessibility", "Accessibility"),
    Sight("help", "/help/", "Help"),
    Sight("help-facilitators", "/help/facilitators/", "Your first group"),
    Sight("help-security", "/help/security/", "Security"),
    Sight("help-learning", "/help/learning/", "What the order of cases teaches, on made-up learners"),
    Sight("gate", f"/vignettes/{BEN}", "Ben and the bath"),
    Sight("case", f"/vignettes/{ANA}", "Ana and the race"),
    Sight("case-after-gate", f"/vignettes/{BEN}?open=1", "Ben and the bath"),
    Sight("outcome-shown", f"/vignettes/{ANA}/outcome", "Drive looks biggest for Ana", "learner"),
    Sight("outcome-suppressed", f"/vignettes/{CLEO}/outcome", "Threat looks biggest for Cleo", "learner"),
    Sight("practice", "/practice", "Practise"),
    Sight("practice-again", "/practice", "Practise", "learner"),
    Sight("progress", "/practice/progress", "Your progress", "learner"),
    Sight("progress-of-nobody", "/practice/progress", "Your progress"),
    Sight("mine", "/practice/mine", "Your data", "learner"),
    Sight("answered", "/practice/stories", "Stories you have answered", "learner"),
    Sight("class", "/practice/class", "Your class", "learner"),
    Sight("class-of-nobody", "/practice/class?code=DFGHJKMN", "Your class"),
    Sight("classes", "/trainers/classes", "Classes", "trainer"),
    Sight("class-totals", "class", "Tuesday evening", "trainer"),
    Sight("course-new", "course-new", "Measure this course", "trainer"),
    Sight("course", "course", "Measure this course", "trainer"),
    Sight("course-own", "/practice/course", "Before, after and later", "measured"),
    Sight("course-story", "/practice/course/story", "Ana", "measured"),
    Sight("course-of-nobody", "/practice/course", "Before, after and later"),
    Sight("panels", "/trainers/panels", "Panels", "trainer"),
    Sight("panel", "panel", "Leeds psychologists", "trainer"),
    Sight("panel-paper", "panel-paper", "Stories to rate", "trainer"),
    Sight("panel-start", "panel-start", "Leeds psychologists"),
    Sight("panel-story", "panel-story", "Ana", "rater"),
    Sight("panel-mine", "panel-mine", "Your ratings", "rater"),
    Sight("carry-on", "/practice/carry-on", "Continue on this device"),
    Sight("done", "/practice?after=", "You have read every story", "learner"),
    Sight("not-found", "/nowhere", "We could not find that"),
    Sight("sign-in", "/trainers", "For trainers"),
    Sight("sign-in-new", "/trainers", "For trainers", new=True),
    Sight("setup", "setup", "Set up the first trainer", new=True),
    Sight("library", "/trainers", "Stories", "trainer"),
    Sight("new-story", "/trainers/new", "Write a story", "trainer"),
    Sight("editor", f"/trainers/vignettes/{ANA}/edit", "Ana and the race", "trainer"),
    Sight("editor-source", f"/trainers/vignettes/{ANA}/edit?tab=source", "Ana and the race", "trainer"),
    Sight("vignette", f"/trainers/vignettes/{ANA}", "Ana and the race", "trainer"),
    Sight("people", "/trainers/people", "People", "trainer"),
    Sight("person", "/trainers/people/1", TRAINER, "trainer"),
    Sight("trail", "/trainers/audit", "Activity log", "trainer"),
    Sight("settings", "/trainers/settings", "Publishing", "trainer"),
    Sight("reviews", "/trainers/reviews", "Reviews", "trainer"),
    Sight("account", "/trainers/account", TRAINER, "trainer"),
    Sight("join-as-trainer", "join", "Join as an editor"),
    Sight("new-password", "reset", "Choose a new password"),
    Sight("versions", f"/trainers/vignettes/{ANA}/versions", "Versions", "trainer"),
    Sight("version", f"/trainers/vignettes/{ANA}/versions/1", "Version 1", "trainer"),
    Sight("review", f"/trainers/vignettes/{ANA}/review", "Review", "trainer"),
    Sight("vignette-analysis", f"/trainers/vignettes/{ANA}/analysis", "Results", "trainer"),
    Sight("map", "/trainers/map", "Library map", "trainer"),
    Sight("analysis", "/trainers/analysis", "Results", "trainer"),
)
