"""Builds the examples as somebody outside would: from Graft's installed artifacts and the example's folder, nothing else of ours."""
import pathlib
import re
import shutil
import sys

from common import ROOT, lack, run


class Outside:
    """A local Maven repository of its own in a folder, with Graft's artifacts; all others come from the user's."""

    def __init__(self, folder):
        if not shutil.which("mvn"):
            lack("mvn is not there")
        self.folder = pathlib.Path(folder)
        self.repository = self.folder / "repository"
        (self.repository / "dev").mkdir(parents=True)
        users = pathlib.Path.home() / ".m2" / "repository"
        for place, others in ((users, ["dev"]), (users / "dev", ["graft"])):
            for entry in place.iterdir() if place.is_dir() else []:
                if entry.name not in others:
                    (self.repository / entry.relative_to(users)).symlink_to(entry)
        self.maven("-q", "install", "-DskipTests")

    def maven(self, *arguments):
        """Runs Maven and returns what it said; ends the script if it fails."""
        done = run(["mvn", "-B", f"-Dmaven.repo.local={self.repository}", *arguments], cwd=ROOT)
        if done.returncode != 0:
            sys.exit(f"mvn {' '.join(map(str, arguments))} failed:\n{done.stdout[-3000:]}")
        return done.stdout

    def build(self, example):
        """Copies an example and runs mvn verify there; returns its folder, and how many tests ran, failed and were skipped."""
        place = self.folder / "outside" / example
        shutil.copytree(ROOT / "examples" / example, place, ignore=shutil.ignore_patterns("target"))
        counts = re.findall(r"Tests run: (\d+), Failures: (\d+), Errors: (\d+), Skipped: (\d+)", self.maven("verify", "-f", place))
        ran, failed, errors, skipped = map(int, counts[-1])
        return place, ran, failed + errors, skipped
