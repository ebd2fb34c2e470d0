"""The log as other programs read it."""
import json
import subprocess

from harness import Server


def test_goaccess_reads_the_combined_log(tmp_path):
    agents = ["curl/8.0", 'quote " and \\ backslash', "tab\tin it", "café", ""]
    with Server(tmp_path, "log.format=combined", "log.timezone=MSK-3") as server:
        for number, agent in enumerate(agents):
            server.get(f"/?n={number}", {"User-Agent": agent.encode("utf-8"), "Referer": f"http://r/{number}"})
        server.stop()
        log = server.log
    done = subprocess.run(["goaccess", log, "--log-format=COMBINED", "--no-global-config", "-o", tmp_path / "r.json"],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "r.json").read_text())
    general = report["general"]
    assert (general["total_requests"], general["failed_requests"], general["valid_requests"]) == (len(agents), 0, len(agents))
    assert sum(item["hits"]["count"] for item in report["referring_sites"]["data"]) == len(agents)
