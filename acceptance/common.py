"""What the acceptance scripts share: running graft and the peer, printing a figure with its bar, exit codes.

A script prints one line a figure: PASS or MISS, the figure, its bar. It exits with 0, 1 if a bar was missed, and 77 if the
hardware or a tool is lacking. Only Python's standard library is used here.

GRAFT_PEER_PYTHON  a Python with torch, transformers and peft (parity/requirements.txt); default: python3
GRAFT_PEER         a folder with bench_peer.py and wordnet_peer.py; default: ../shared/peer beside the repository
"""
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
GRAFT = ROOT / "bin" / "graft"
PEER = pathlib.Path(os.environ.get("GRAFT_PEER", ROOT.parent / "shared" / "peer"))
PEER_PYTHON = os.environ.get("GRAFT_PEER_PYTHON", "python3")
FIXTURES = ROOT / "transformer-model" / "src" / "test" / "resources" / "parity" / "bert"
LACKING = 77
_missed = []


def lack(what):
    """Ends the script: something that it needs is not there."""
    print(f"SKIP  {what}")
    sys.exit(LACKING)


def check(name, figure, bar, passed):
    """Prints a figure beside its bar and remembers a miss."""
    print(f"{'PASS' if passed else 'MISS'}  {name}: {figure} (bar: {bar})", flush=True)
    if not passed:
        _missed.append(name)


def finish():
    """Ends the script with 1 if a bar was missed."""
    print(f"{len(_missed)} missed" if _missed else "all bars met")
    sys.exit(1 if _missed else 0)


def run(command, **options):
    """Runs a command and returns the finished process with its output as text."""
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)


def graft(*arguments, expect=0, **options):
    """Runs graft; ends the script if its exit code is not the expected one (None: any)."""
    done = run([GRAFT, *arguments], **options)
    if expect is not None and done.returncode != expect:
        sys.exit(f"graft {' '.join(map(str, arguments))} exited with {done.returncode}:\n{done.stderr[-2000:]}")
    return done


def graft_json(*arguments):
    """Runs graft with --json and returns what it printed."""
    return json.loads(graft(*arguments, "--json").stdout)


def java_json(program, *arguments, **options):
    """Runs a program of acceptance/java on the built modules, as one file, and returns the JSON that it printed; options are subprocess's."""
    graft("--version")  # builds what is not built
    home = os.environ.get("JAVA_HOME")
    dist = ROOT / "cli" / "target" / "dist"
    hidden = ("peft.spi/dev.graft.peft.spi.file", "transformer.model/dev.graft.transformer.model.overlay",
              "autograd/dev.graft.autograd.memory", "autograd/dev.graft.autograd.kernel")
    done = run([
        f"{home}/bin/java" if home else "java", "-XX:+IgnoreUnrecognizedVMOptions", "-XX:+UseSerialGC",
        "-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch",  # the heap is resident from the start: what grows is outside it
        "-p", dist / "lib", "-cp", f"{dist}/natives/*", "--add-modules", "ALL-MODULE-PATH",
        *(word for name in hidden for word in ("--add-exports", f"dev.graft.{name}=ALL-UNNAMED")),
        "--add-opens", "dev.graft.cli/dev.graft.cli=ALL-UNNAMED",
        "-Dorg.bytedeco.javacpp.maxbytes=0", "-Dorg.bytedeco.javacpp.maxphysicalbytes=0", "-DOPT_OUT_TRACKING=true",
        "-DRUST_FLAVOR=cpu", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", f"-Dgraft.data.dir={dist}/data",
        ROOT / "acceptance" / "java" / program, *arguments], **options)
    if done.returncode != 0:
        sys.exit(f"{program} exited with {done.returncode}:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def need_peer(script):
    """The peer's script, or the end of this one if it or its Python packages are lacking."""
    path = PEER / script
    if not path.exists():
        lack(f"{path} is not there; set GRAFT_PEER")
    if run([PEER_PYTHON, "-c", "import torch, transformers, peft"]).returncode != 0:
        lack(f"{PEER_PYTHON} has no torch, transformers and peft; set GRAFT_PEER_PYTHON")
    return path


def peer_json(path, *arguments):
    """Runs a script of the peer and returns the JSON of its last line."""
    done = run([PEER_PYTHON, path, *arguments])
    if done.returncode != 0:
        sys.exit(f"the peer failed: {done.stderr[-2000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def cpu_flags():
    """The CPU's flags, as Linux lists them."""
    text = pathlib.Path("/proc/cpuinfo").read_text() if pathlib.Path("/proc/cpuinfo").exists() else ""
    return set(next((line.split(":")[1].split() for line in text.splitlines() if line.startswith("flags")), []))


def median(values):
    """The middle one, or the mean of the middle two."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
