"""Practice as routers reach it."""

from fastapi import Request

from api.practice.service import Practice


def practice_of(request: Request) -> Practice:
    practice: Practice = request.app.state.practice
    return practice
