"""The results as one file: what the summary shows, and nothing of what it hides."""

import httpx

from tests.cast import ANA
from tests.groups.room import Room, new_room, vote_all


async def shown(client: httpx.AsyncClient) -> Room:
    room = await new_room(client, name="Tuesday room")
    phones = await room.people(16)
    await room.start_round(ANA)
    await room.go("voting")
    await vote_all(phones, *["drive"] * 8, *["threat"] * 6, "unsure", "unsure")
    for phone in phones[:4]:
        await phone.must_vote("drive", cues=[[0, 3]])
    await room.go("discussing", "revoting")
    await vote_all(phones, *["drive"] * 12, *["threat"] * 3, "unsure")
    await room.go("revealed")
    return room


async def test_results_come_as_one_tagged_pdf_and_as_one_picture_for_the_facilitator_alone(
    client: httpx.AsyncClient,
) -> None:
    room = await shown(client)

    pdf = await client.get(f"/g/{room.code}/results.pdf", headers=room.cookies)
    png = await client.get(f"/g/{room.code}/results.png", headers=room.cookies)

    assert (pdf.status_code, pdf.headers["content-type"]) == (200, "application/pdf")
    assert pdf.headers["content-disposition"] == f'attachment; filename="three-circles-{room.code}.pdf"'
    assert pdf.content.startswith(b"%PDF-")
    assert b"/MarkInfo" in pdf.content  # tagged, by the standard for readers (PDF/UA)
    assert b"pdfuaid" in pdf.content
    assert (png.status_code, png.content[:8]) == (200, b"\x89PNG\r\n\x1a\n")
    assert (await client.get(f"/g/{room.code}/results.pdf")).status_code == 401
    assert (await client.get(f"/g/{room.code}/results.gif", headers=room.cookies)).status_code in (404, 422)


async def test_before_any_answers_are_shown_there_is_no_file(room: Room) -> None:
    answer = await room.client.get(f"/g/{room.code}/results.png", headers=room.cookies)

    assert answer.status_code == 404
