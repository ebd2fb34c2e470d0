"""The measurements behind our figures; see run.sh."""
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))
from harness import APP, Server  # noqa: E402

CONNECTIONS = 64
ROUNDS = 5
NGINX_CONF = """
worker_processes 1; daemon off; pid {dir}/nginx.pid; error_log {dir}/error.log;
events {{ worker_connections 2048; }}
http {{ access_log {dir}/access.log; keepalive_requests 100000000; client_body_temp_path {dir}/b;
proxy_temp_path {dir}/p; fastcgi_temp_path {dir}/f; uwsgi_temp_path {dir}/u; scgi_temp_path {dir}/s;
server {{ listen 127.0.0.1:{port}; location / {{ default_type text/plain;
return 200 "visit 123456 on app-0 at 2026-01-01T00:00:00Z\\n"; }} }} }}
"""


def wrk(port, seconds, connections=CONNECTIONS, *extra):
    """(requests, requests a second, p99 in ms) of one run on core 1."""
    done = subprocess.run(
        ["taskset", "-c", "1", "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", *extra,
         f"http://127.0.0.1:{port}/"], capture_output=True, text=True, check=True)
    assert "Non-2xx" not in done.stdout and "Socket errors" not in done.stdout, done.stdout
    value, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", done.stdout).groups()
    return (int(re.search(r"(\d+) requests in", done.stdout)[1]),
            float(re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)[1]),
            float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit])


def cpu_us(pid):
    """User and system time of a process and all its threads, in microseconds."""
    ticks = sum(map(int, Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()[11:13]))
    return ticks * 1_000_000 / os.sysconf("SC_CLK_TCK")


def cpu_per_request(pid, port, seconds=3):
    before = cpu_us(pid)
    requests, rate, _ = wrk(port, seconds)
    return (cpu_us(pid) - before) / requests, rate


def start_nginx(directory, port):
    conf = directory / "nginx.conf"
    conf.write_text(NGINX_CONF.format(dir=directory, port=port))
    master = subprocess.Popen(["taskset", "-c", "0", "/usr/sbin/nginx", "-c", str(conf), "-p", str(directory)],
                              stderr=subprocess.DEVNULL)
    time.sleep(0.5)
    worker = int(Path(f"/proc/{master.pid}/task/{master.pid}/children").read_text().split()[0])
    return master, worker


def against_nginx(directory):
    ratios, ours, theirs = [], [], []
    master, worker = start_nginx(directory, 18471)
    try:
        with Server(directory, "serve.workers=1", "log.fsync=no", wrap=("taskset", "-c", "0")) as server:
            for _ in range(ROUNDS):
                mine, _ = cpu_per_request(server.process.pid, server.port)
                nginx, _ = cpu_per_request(worker, 18471)
                ours.append(mine)
                theirs.append(nginx)
                ratios.append(mine / nginx)
    finally:
        master.send_signal(signal.SIGQUIT)
        master.wait()
    print(f"CPU per logged keep-alive request, c={CONNECTIONS}, 1 worker: {statistics.median(ours):.2f} us, "
          f"nginx {statistics.median(theirs):.2f} us, ratio {statistics.median(ratios):.2f} "
          f"({min(ratios):.2f} to {max(ratios):.2f})")


def raw_sync_rate(directory, seconds=1.0):
    """How often a line can be appended and synced, one after the other."""
    line = b"Visit at: 2022-06-29 14:17:37.071203 \n"
    fd = os.open(directory / "raw", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    count, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        os.write(fd, line)
        os.fdatasync(fd)
        count += 1
    os.close(fd)
    return count / seconds


def durable(directory):
    for connections in (1, 64, 512):
        factors, latencies = [], []
        for _ in range(3):
            raw = raw_sync_rate(directory)
            with Server(directory, "serve.workers=1", "log.fsync=always", wrap=("taskset", "-c", "0")) as server:
                _, rate, p99 = wrk(server.port, 3, connections)
            factors.append(rate / raw)
            latencies.append(p99)
        print(f"fsync=always, c={connections}: {statistics.median(factors):.1f} times the raw append+fdatasync "
              f"rate, p99 {statistics.median(latencies):.2f} ms")


def system_calls(directory):
    """By strace -c over a loaded server; requests are those that the log gained."""
    report = directory / "strace.txt"
    with Server(directory, "serve.workers=1", "log.fsync=no",
                wrap=("strace", "-f", "-c", "-o", str(report))) as server:
        before = len(server.lines())
        wrk(server.port, 3)
        requests = len(server.lines()) - before
        child = int(Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text())
        os.kill(child, signal.SIGTERM)
        server.process.wait()
    calls = {row.split()[-1]: int(row.split()[3]) for row in report.read_text().splitlines()
             if re.match(r"\s*[\d.]+\s", row) and row.split()[-1] != "total"}
    total = sum(calls.values()) / requests
    parts = ", ".join(f"{name} {count / requests:.3f}" for name, count in
                      sorted(calls.items(), key=lambda item: -item[1]) if count / requests > 0.005)
    print(f"system calls per logged keep-alive request, c={CONNECTIONS}, fsync=no: {total:.2f} ({parts})")


def instructions(directory):
    """By callgrind: two runs of different length; the difference is what requests cost."""
    binary = APP.parent / "app.debug"
    counts = []
    for seconds in (1, 4):
        out = directory / f"callgrind.{seconds}"
        arguments = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", str(binary), "serve"]
        for setting in ("serve.http=127.0.0.1:18472", "serve.admin=", "serve.workers=1", "log.fsync=no",
                        f"log.file={directory}/grind{seconds}.log", "serve.drain=0s"):
            arguments += ["--set", setting]
        process = subprocess.Popen(arguments, stderr=subprocess.DEVNULL, cwd=directory)
        time.sleep(2)
        wrk(18472, seconds)
        process.terminate()
        process.wait()
        total = int(re.search(r"^(?:summary|totals): (\d+)", out.read_text(), re.M)[1])
        counts.append(((directory / f"grind{seconds}.log").read_bytes().count(b"\n"), total))
    (few, little), (many, much) = counts
    print(f"user instructions per logged keep-alive request, c={CONNECTIONS}: {(much - little) / (many - few):.0f}")


def start_up(directory):
    """From exec to the first 200, and the memory of an idle server."""
    times = []
    for _ in range(11):
        began = time.perf_counter()
        with Server(directory, "serve.http=127.0.0.1:18473", "log.fsync=no", wait=False) as server:
            server.port = 18473
            while True:
                try:
                    assert server.get("/")[0] == 200
                    break
                except OSError:
                    pass
            times.append((time.perf_counter() - began) * 1000)
            resident = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{server.process.pid}/status").read_text())[1]
            server.stop()
    print(f"exec to first answer: {statistics.median(times):.1f} ms ({min(times):.1f} to {max(times):.1f}); "
          f"idle memory {resident} kB; binary {APP.stat().st_size} bytes")


def emit():
    times = []
    for _ in range(21):
        began = time.perf_counter()
        subprocess.run([APP, "--emit"], stdout=subprocess.DEVNULL, check=True)
        times.append((time.perf_counter() - began) * 1000)
    usage = subprocess.run(["/usr/bin/python3", "-c", "import resource,subprocess,sys; "
                            "subprocess.run([sys.argv[1],'--emit'],stdout=subprocess.DEVNULL); "
                            "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)", str(APP)],
                           capture_output=True, text=True, check=True).stdout.strip()
    print(f"app --emit: {statistics.median(times):.1f} ms ({min(times):.1f} to {max(times):.1f}), "
          f"fork and exec included; at most {usage} kB resident")


def against_kustomize(directory):
    """The largest example, printed by us and by kustomize from the same objects in files."""
    kustomize = APP.parent / "tools" / "bin" / "kustomize"
    profile = Path(__file__).resolve().parents[2] / "examples" / "production.ini"
    if not kustomize.exists():
        print("NOT RUN: KUSTOMIZE IS NOT THERE; see what tests/manifests/build.sh said")
        return
    subprocess.run([APP, "--emit", "-f", profile, "--split", directory / "k"], check=True)
    times = {"app": [], "kustomize": []}
    for _ in range(21):
        for name, command in (("app", [APP, "--emit", "-f", profile]), ("kustomize", [kustomize, "build", directory / "k"])):
            began = time.perf_counter()
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
            times[name].append((time.perf_counter() - began) * 1000)
    ours, theirs = (statistics.median(times[name]) for name in ("app", "kustomize"))
    print(f"app --emit of production.ini: {ours:.2f} ms; kustomize build of the same objects: {theirs:.1f} ms, {theirs / ours:.0f} times")


def main():
    for measure in (start_up, against_kustomize, system_calls, instructions, durable, against_nginx):
        with tempfile.TemporaryDirectory() as directory:
            measure(Path(directory))
    emit()


if __name__ == "__main__":
    main()
