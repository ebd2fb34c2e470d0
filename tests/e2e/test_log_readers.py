"""The log as other programs read it."""
import json
import re
import subprocess

from emitted import emit
from harness import Server, run


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


def test_a_line_of_ones_own(tmp_path):
    (tmp_path / "p.ini").write_text('[log]\nformat = template\ntemplate = \\$remote_addr "$http_user_agent" $request_id [$time_local] $status\n')
    with Server(tmp_path, files=[tmp_path / "p.ini"]) as server:
        server.get(headers={"User-Agent": 'a "quote"', "X-Request-Id": "r7"})
        (line,) = server.lines()
        server.kill()
    assert re.fullmatch(rb'127\.0\.0\.1 "a \\x22quote\\x22" r7 \[\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d \+0000\] 200', line)
    with open(server.log, "ab") as log:
        log.write(b"127.0.0.1 \"torn")
    with Server(tmp_path, files=[tmp_path / "p.ini"]) as server:
        assert server.lines() == [line]
        server.get()
        assert len(server.lines()) == 2
    assert "template = \\$remote_addr" in emit("-f", tmp_path / "p.ini")[3]["data"]["app.ini"]
    done = run("lint", "--set", "log.format=template", "--set", "log.template=x $nothing")
    assert done.returncode == 2 and "log.template: there is no variable '$nothing'" in done.stderr
