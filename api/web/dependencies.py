"""What the configuration says, for whatever answers a request."""

from fastapi import Request

from api.kit.settings import Settings


def settings_of(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings
