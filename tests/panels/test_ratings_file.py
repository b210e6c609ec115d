"""Ratings as CSV: what is given out can be brought in, and a bad file changes nothing and says why."""

import csv
from io import StringIO

import httpx
import pytest

from tests.cast import ANA, BEN
from tests.panels.raters import API, join, make_panel

HEAD = "story,rater,profession,years,answer,how_sure,also_fits,words,reason\n"
GOOD = f'{ANA},R1,nurse,2 to 5 years,Drive,very sure,threat | unsure,gets up at five | GRINS,"Up, at five"\n'


async def send(client: httpx.AsyncClient, headers: dict[str, str], code: str, text: str) -> httpx.Response:
    return await client.post(f"{API}/{code}/import", json={"csv": text}, headers=headers)


async def test_ratings_from_paper_are_brought_in_once_and_come_out_as_they_went_in(
    client: httpx.AsyncClient, trainer_headers: dict[str, str]
) -> None:
    panel, other = [await make_panel(client, trainer_headers) for _ in range(2)]
    rater = await join(client, panel, named="profession")
    await rater.rate(BEN, "threat", confidence="leaning", also=["soothing"], cues=[[0, 12]], reason="=SUM(1)")

    assert (await send(client, trainer_headers, panel["code"], HEAD + GOOD)).json() == {"added": 1, "same": 0}
    assert (await send(client, trainer_headers, panel["code"], HEAD + GOOD)).json() == {"added": 0, "same": 1}
    out = (await client.get(f"{API}/{panel['code']}/export", headers=trainer_headers)).text
    by_rater = {row["rater"]: row for row in csv.DictReader(StringIO(out, newline=""))}
    assert by_rater["R1"]["words"] == "gets up at five | grins"
    assert by_rater["R1"]["also_fits"] == "threat | unsure"
    assert by_rater["rater-1"]["reason"] == "'=SUM(1)"

    assert (await send(client, trainer_headers, other["code"], out)).json() == {"added": 2, "same": 0}
    again = (await client.get(f"{API}/{other['code']}/export", headers=trainer_headers)).text
    assert sorted(again.splitlines()) == sorted(out.splitlines())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "The file is empty"),
        ("unit,label\nx,y\n", "There is no column story and no column rater and no column answer."),
        (HEAD.replace("reason", "remarks"), "There is no such column as remarks"),
        (HEAD.replace("reason", "answer"), "The column answer is there twice"),
        (HEAD, "no rating below its first row"),
        (HEAD + GOOD + GOOD, "Row 3: R1 rates ana-the-race a second time"),
        (HEAD + GOOD.replace(ANA, "nowhere"), "Row 2: there is no published story called 'nowhere'"),
        (HEAD + GOOD.replace("Drive", "hunger"), "Row 2: the column answer is one of threat, drive, soothing, unsure"),
        (HEAD + GOOD.replace("nurse", "wizard"), "Row 2: the column profession is one of psychologist"),
        (HEAD + GOOD.replace("GRINS", "smiles"), "Row 2: the words 'smiles' do not stand in ana-the-race"),
        (HEAD + GOOD.replace("R1", ""), "Row 2: the column rater needs a short name"),
        (HEAD + GOOD + GOOD.replace("R1", "R2").replace("Up, at five", "x" * 281), "Row 3: reason"),
        (HEAD + 'a,"b', "The file is not CSV"),
    ],
)
async def test_a_bad_file_changes_nothing_and_says_why(
    client: httpx.AsyncClient, trainer_headers: dict[str, str], text: str, says: str
) -> None:
    panel = await make_panel(client, trainer_headers)

    refused = await send(client, trainer_headers, panel["code"], text)
    page = await client.post(
        f"/trainers/panels/{panel['code']}/import", files={"file": ("a.csv", text)}, headers=trainer_headers
    )

    assert (refused.status_code, page.status_code) == (422, 422)
    assert says in refused.json()["detail"]
    assert "import-error" in page.text
    assert (await client.get(f"{API}/{panel['code']}", headers=trainer_headers)).json()["raters"] == 0


async def test_a_later_file_that_differs_is_refused_whole(
    client: httpx.AsyncClient, trainer_headers: dict[str, str]
) -> None:
    panel = await make_panel(client, trainer_headers)
    await send(client, trainer_headers, panel["code"], HEAD + GOOD)

    second = HEAD + GOOD.replace(ANA, BEN).replace("gets up at five | GRINS", "") + GOOD.replace("Drive", "Threat")
    refused = await send(client, trainer_headers, panel["code"], second.replace("threat | unsure", ""))

    assert "R1 has rated ana-the-race otherwise" in refused.json()["detail"]
    found = (await client.get(f"{API}/{panel['code']}", headers=trainer_headers)).json()
    assert [row["vignette"] for row in found["vignettes"]] == [ANA]
