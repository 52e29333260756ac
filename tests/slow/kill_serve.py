"""kill -9 of a server under load: every prediction that a client saw is there after the restart and can be replayed."""
import http.client
import json
import random
import signal
import subprocess
import threading
import time

from slow import Home, equal, fail, holds, scratch

KILLS = 50
CLIENTS = 4
REQUEST = json.dumps({"features": {"heart_rate": 112, "resp_rate": 26, "lactate": 3.1}})


def start(home: Home) -> tuple[subprocess.Popen[str], int]:
    """A server and its port."""
    server = home.start("serve", "--port", "0", stderr=subprocess.DEVNULL)
    assert server.stdout is not None
    for line in server.stdout:
        if line.startswith("Codman serves "):
            return server, int(line.strip().rsplit(":", 1)[1])
    fail("the server did not start")
    raise AssertionError


def header(home: Home) -> dict[str, str]:
    """What a request needs."""
    name, _, value = (home.path / "secrets/auth_header").read_text().strip().partition(": ")
    return {name: value, "Content-Type": "application/json"}


def load(port: int, headers: dict[str, str], seen: list[dict]) -> None:
    """Asks until the server is gone; what was answered is remembered."""
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        while True:
            connection.request("POST", "/api/v1/predict/sepsis?explain=none", REQUEST, headers)
            answer = connection.getresponse()
            body = answer.read()
            if answer.status == 200:
                seen.append(json.loads(body))
    except (OSError, http.client.HTTPException, json.JSONDecodeError):
        return


def look_up(port: int, headers: dict[str, str], answers: list[dict]) -> None:
    """Every answer as it was given, and the same again when computed again."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for place, answer in enumerate(answers):
        connection.request("GET", f"/api/v1/predictions/{answer['id']}", headers=headers)
        kept = json.loads(connection.getresponse().read())
        equal(answer, kept, f"the journalled answer {answer['id']}")
        if place % 20 == 0:
            connection.request("GET", f"/api/v1/predictions/{answer['id']}/replay", headers=headers)
            equal(True, json.loads(connection.getresponse().read())["equal"], "replay")


def main() -> None:
    with scratch() as folder:
        home = Home(folder / "home")
        home.run("demo", "--no-serve")
        acknowledged = 0
        for _ in range(KILLS):
            server, port = start(home)
            headers = header(home)
            seen: list[list[dict]] = [[] for _ in range(CLIENTS)]
            threads = [threading.Thread(target=load, args=(port, headers, mine)) for mine in seen]
            for thread in threads:
                thread.start()
            time.sleep(random.uniform(0.05, 0.6))
            server.send_signal(signal.SIGKILL)
            server.wait()
            for thread in threads:
                thread.join()
            answers = [answer for mine in seen for answer in mine]
            acknowledged += len(answers)
            server, port = start(home)
            look_up(port, headers, answers)
            server.send_signal(signal.SIGTERM)
            server.wait()
        holds(home)
        if acknowledged < KILLS:
            fail(f"only {acknowledged} answers were given: no load")
        print(f"{KILLS} kills under load of {CLIENTS} clients: {acknowledged} acknowledged predictions, none lost")


if __name__ == "__main__":
    main()
