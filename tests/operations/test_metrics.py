"""The figures are right, of one process and of several; dashboard and alerts ask for nothing that is not told."""

import asyncio
import json
import re
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest
import yaml

from tests.cast import ANA, put_cases
from tests.client import Learner
from tests.groups.brokers import BrokerServer, find_broker
from tests.live import Server
from tests.operations.figures import Figures, read_figures

DEPLOY = Path(__file__).parents[2] / "deploy"
DASHBOARD, ALERTS = DEPLOY / "grafana-dashboard.json", DEPLOY / "prometheus-alerts.yaml"
LEARNERS = 12


async def figures(client: httpx.AsyncClient) -> Figures:
    return read_figures((await client.get("/metrics", headers={})).text)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_answers_commits_and_refusals_are_counted(client: httpx.AsyncClient, learner: Learner) -> None:
    for _ in range(2):
        assert (await learner.guess(ANA, "drive")).status_code == 201
    assert (await learner.guess("nobody", "drive")).status_code == 404

    found = await figures(client)

    assert found["three_circles_guesses_total"] == found["three_circles_commit_batch_size_sum"] == 2
    assert found["three_circles_commit_seconds_count"] == found["three_circles_commit_batch_size_count"]
    assert found["three_circles_problems_total:NotFound:404"] == 1
    assert found["three_circles_refused_total"] == found["three_circles_pressure"] == 0
    assert found["three_circles_broker_connected"] == 1


def asked() -> dict[str, set[str]]:
    """The names of our metrics that the dashboard and the alerts ask for."""
    panels = json.loads(DASHBOARD.read_text())["panels"]
    expressions = {panel["title"]: " ".join(target["expr"] for target in panel["targets"]) for panel in panels}
    for group in yaml.safe_load(ALERTS.read_text())["groups"]:
        expressions |= {rule["alert"]: rule["expr"] for rule in group["rules"]}
    return {title: set(re.findall(r"\b(?:three_circles|process)_\w+", told)) for title, told in expressions.items()}


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_every_metric_of_the_dashboard_and_the_alerts_is_told(client: httpx.AsyncClient) -> None:
    await client.get("/api/v1/vignettes/nobody")  # one refusal, so that their kinds are told
    told = {name.partition(":")[0] for name in await figures(client)}

    wanted = asked()

    assert len(wanted) >= 15
    assert all(wanted.values())
    assert {title: names - told for title, names in wanted.items() if names - told} == {}


def test_the_alerts_are_rules_as_prometheus_knows_them() -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not here: on Debian it comes with prometheus")

    finished = subprocess.run([promtool, "check", "rules", ALERTS], capture_output=True, text=True, check=False)

    assert finished.returncode == 0, finished.stdout + finished.stderr


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
async def test_two_processes_on_one_port_tell_the_sum_of_both_anyone_who_is_asked(
    tmp_path: Path, database_url: str
) -> None:
    broker = BrokerServer(find_broker(), tmp_path)
    broker.start()
    environment = {
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": database_url,
        "BROKER_URL": broker.url,
        "VIGNETTES_DIR": str(put_cases(tmp_path / "cases")),
        "RATE_LIMIT": "off",
    }
    try:
        with Server(tmp_path, environment, options=("--workers", "2")) as server:
            for _ in range(LEARNERS):  # a connection each, so that the system gives some to either process
                async with httpx.AsyncClient(base_url=server.base_url, trust_env=False, timeout=30) as client:
                    token = (await client.post("/api/v1/learners")).json()["learner_token"]
                    headers = {"Authorization": f"Bearer {token}"}
                    path, body = f"/api/v1/vignettes/{ANA}/guesses", {"system": "drive"}
                    guess = await client.post(path, json=body, headers=headers)
                    assert guess.status_code == 201
            for _ in range(4):
                async with httpx.AsyncClient(base_url=server.base_url, trust_env=False, timeout=30) as client:
                    found = await figures(client)
                    assert found["three_circles_guesses_total"] == LEARNERS
                    assert found["three_circles_broker_connected"] in (0, 1)

            async with asyncio.timeout(60):  # the smaller of both
                while True:
                    async with httpx.AsyncClient(base_url=server.base_url, trust_env=False, timeout=30) as client:
                        if (await figures(client))["three_circles_broker_connected"] == 1:
                            break
                    await asyncio.sleep(0.2)
            server.terminate()
            server.process.wait(60)
    finally:
        broker.kill()
