"""What the pages and the JSON of classes share."""

from fastapi import Request

from api.web.admission import take_group


async def limit_classes(request: Request) -> None:
    await take_group(request, "class")
