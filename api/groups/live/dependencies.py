"""The live parts of groups that routers use."""

from fastapi import Request

from api.groups.live.hub import Hub
from api.groups.live.state_json import StateSerializer


def hub_of(request: Request) -> Hub:
    hub: Hub = request.app.state.hub
    return hub


def teller_of(request: Request) -> StateSerializer:
    teller: StateSerializer = request.app.state.teller
    return teller
