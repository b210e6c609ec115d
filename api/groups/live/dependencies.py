"""The live parts of groups that routers use."""

from fastapi import Request

from api.groups.live.hub import Hub
from api.groups.live.state_json import StateSerializer


def hub_of(request: Request) -> Hub:
    hub: Hub = request.app.state.hub
    return hub


def serializer_of(request: Request) -> StateSerializer:
    serializer: StateSerializer = request.app.state.serializer
    return serializer
