"""One question, then the counts of the class: what a group's vote is here, as an oTree experiment."""
# mypy: ignore-errors

from otree.api import BaseConstants, BaseGroup, BasePlayer, BaseSubsession, Page, models, widgets

SYSTEMS = ("threat", "drive", "soothing")


class C(BaseConstants):
    NAME_IN_URL = "circles"
    PLAYERS_PER_GROUP = None
    NUM_ROUNDS = 1


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    """The class, with its running counts, so that the second page costs the same in a class of any size."""

    threat = models.IntegerField(initial=0)
    drive = models.IntegerField(initial=0)
    soothing = models.IntegerField(initial=0)


class Player(BasePlayer):
    system = models.StringField(
        label="Which system is the biggest?", choices=[[name, name] for name in SYSTEMS], widget=widgets.RadioSelect
    )


class Vote(Page):
    form_model = "player"
    form_fields = ("system",)

    @staticmethod
    def before_next_page(player, timeout_happened):
        setattr(player.group, player.system, getattr(player.group, player.system) + 1)


class Results(Page):
    @staticmethod
    def vars_for_template(player):
        return {"counts": [(name, getattr(player.group, name)) for name in SYSTEMS]}


page_sequence = [Vote, Results]
