"""The rules of the house, as functions over source text; `test_house.py` holds the tree against them.

Every rule takes the sources as a mapping from path (`bot/handle.py`) to text and returns its faults as lines
that name the path, the line and what is wrong. An empty list is a kept rule.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

Sources = Mapping[str, str]

FLOORS: tuple[tuple[str, ...], ...] = (
    ("flows", "db"),
    ("bot.content", "bot.messages", "bot.settings"),
    ("bot.leads", "bot.register"),
    ("bot.screens",),
    ("bot.handle",),
    ("bot.runtime",),
    ("bot.demo", "bot.__main__"),
)
"""The floors of the house, from the ground up; a module stands on the floor of the folder that it is in."""

ASYNC_FLOOR = FLOORS.index(("bot.runtime",))
"""From this floor up a function may await."""

MAX_ENTRIES = 12
"""Modules and folders in one folder; a folder with more hides a floor or an audience."""

MAX_LINES = 300

ROOMS: Mapping[str, tuple[str, ...]] = {
    "transitions": ("flows.walk.moves",),
    "tomllib": ("flows.read",),
    "babel": ("bot.content.words", "bot.content.chores.catalogs", "bot.content.po"),
    "gettext": ("bot.content.words",),
    "telegram": (
        "bot.runtime.telegram.channel",
        "bot.runtime.telegram.deleting",
        "bot.runtime.telegram.files",
    ),
    "telegram.error": ("bot.runtime.telegram",),
    "telegram.request": ("bot.runtime.telegram",),
    "httptools": ("bot.runtime.telegram.http",),
    "sqlalchemy": ("db",),
    "alembic": ("db",),
    "psycopg": ("db",),
    "sqlite3": ("db",),
    "pydantic_settings": ("bot.settings",),
    "starlette": ("bot.runtime.intake", "bot.demo"),
    "uvicorn": ("bot.runtime.intake", "bot.demo"),
    "asyncio": ("bot.runtime", "bot.demo", "bot.__main__"),
    "anyio": ("bot.runtime", "bot.demo", "bot.__main__"),
}
"""The rooms in which each library is used; the longest name that fits decides. Imports for types count too."""

WORLDLY = ("logging", "random", "secrets", "socket", "structlog", "subprocess", "threading", "time")
"""Modules that the pure core must not use: it never sends, waits, logs, tosses a coin or looks at a clock."""

FORBIDDEN_NAMES = re.compile(r"(?:^|_)(utils?|helpers?|commons?|base|managers?|misc)(?:_|$)")

TRACES = re.compile(
    r"/(?:work|farm|root)/|/(?:home|Users)/\w"
    r"|https?://(?:files|registry|deb|pypi)\.|\bpypi\.org|python[h]osted\.org|npm[j]s\.(?:org|com)"
)
"""Paths of one machine and hosts of package registries."""

PACKAGES = ("bot", "db", "flows")
LOCKS = ("bootstrap.lock", "requirements.lock", "requirements-dev.lock")
TOP_LEVEL = {
    *PACKAGES,
    *LOCKS,
    "locale",
    "tests",
    "docs",
    "deploy",
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "Makefile",
    "LICENSE",
    "LICENSES",
    "REUSE.toml",
    "pyproject.toml",
}
NOT_OURS = ("data", "shots", "build", "dist", ".git", ".env")


def files(root: Path) -> Iterator[Path]:
    """Yield every file of the checkout, without the environment, caches, builds and the data of a running bot."""
    for path in sorted(root.iterdir()):
        if path.name not in NOT_OURS:
            yield from _files(path)


def sources(root: Path) -> dict[str, str]:
    """Return the text of every Python module of the three packages, by path from the root."""
    paths = [path for package in PACKAGES for path in files(root / package) if path.suffix == ".py"]
    return {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in paths}


def module(path: str) -> str:
    """Name a module by its path: `bot/messages/card.py` is `bot.messages.card`, `db/__init__.py` is `db`."""
    return ".".join(PurePosixPath(path).with_suffix("").parts).removesuffix(".__init__")


def floor(name: str) -> int:
    """Return the floor of a module, counted from the ground.

    A module of `bot` in no folder of the map is on the lowest floor of `bot`, the strictest, until it gets one.
    """
    return next((number for number, rooms in enumerate(FLOORS) if _within(name, rooms)), 1)


def imports(path: str, text: str) -> Iterator[tuple[int, str]]:
    """Yield line and full dotted name of every import anywhere in a module, `from a import b` as `a.b`."""
    package = module(path).split(".")
    if not path.endswith("/__init__.py"):
        package.pop()
    for node in ast.walk(ast.parse(text, path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            origin = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{origin}.{name.name}") for name in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("importlib.import_module", "import_module"):
            yield from ((node.lineno, str(name.value)) for name in node.args[:1] if isinstance(name, ast.Constant))


def looking_upstairs(tree: Sources) -> list[str]:
    """Hold rule A: no module imports from a higher floor, and the pillars do not know each other."""
    faults = []
    for path, line, there in _own_imports(tree):
        here = module(path)
        if floor(there) > floor(here):
            faults.append(f"{path}:{line}: floor {floor(here)} looks up to {there} on floor {floor(there)}")
        elif floor(here) == 0 and here.split(".")[0] != there.split(".")[0]:
            faults.append(f"{path}:{line}: a pillar looks at the other one, {there}")
    return faults


def circles(tree: Sources) -> list[str]:
    """Hold rule A: no module reaches itself by its own imports, not even by imports for types only."""
    arrows: dict[str, set[str]] = {module(path): set() for path in tree}
    for path, _, name in _own_imports(tree):
        target = name if name in arrows else name.rpartition(".")[0]
        if target in arrows:
            arrows[module(path)].add(target)
    faults, finished = [], set[str]()

    def follow(name: str, trail: tuple[str, ...]) -> None:
        if name in trail:
            faults.append("a circle: " + " > ".join([*trail[trail.index(name) :], name]))
        elif name not in finished:
            for target in sorted(arrows[name]):
                follow(target, (*trail, name))
            finished.add(name)

    for name in sorted(arrows):
        follow(name, ())
    return faults


def strange_rooms(tree: Sources) -> list[str]:
    """Hold rule B: one library, one room."""
    faults = []
    for path, text in tree.items():
        for line, name in imports(path, text):
            library = max((known for known in ROOMS if _within(name, (known,))), key=len, default="")
            if library and not _within(module(path), ROOMS[library]):
                faults.append(f"{path}:{line}: {name} belongs in {' or '.join(ROOMS[library])}")
    return faults


def lazy_names(paths: Sequence[str]) -> list[str]:
    """Hold rule C: no file or folder has a name that says nothing, such as utils."""
    words = {path: [part.split(".")[0] for part in PurePosixPath(path).parts] for path in paths}
    return [f"{path}: say what is in it" for path, parts in words.items() if any(map(FORBIDDEN_NAMES.search, parts))]


def async_below(tree: Sources) -> list[str]:
    """Hold rule D: below the edge every function is a plain one."""
    return [
        f"{path}:{node.lineno}: async def {node.name} on floor {floor(module(path))}"
        for path, text in tree.items()
        if floor(module(path)) < ASYNC_FLOOR
        for node in ast.walk(ast.parse(text, path))
        if isinstance(node, ast.AsyncFunctionDef)
    ]


def worldly(tree: Sources) -> list[str]:
    """Hold that the core is pure: nothing in `flows` sends, waits, logs, tosses a coin or looks at a clock."""
    faults = []
    for path, text in tree.items():
        if not _within(module(path), ("flows",)):
            continue
        faults += [f"{path}:{line}: {name}" for line, name in imports(path, text) if _within(name, WORLDLY)]
        for node in ast.walk(ast.parse(text, path)):
            if isinstance(node, ast.Call) and re.search(
                r"\b(?:date|datetime)\.(?:now|utcnow|today)$", ast.unparse(node.func)
            ):
                faults.append(f"{path}:{node.lineno}: looks at a clock")
    return faults


def crowded(paths: Sequence[str]) -> list[str]:
    """Hold that a folder of code is a floor or an audience, never a heap; migrations may be many."""
    entries: dict[str, set[str]] = {}
    for path in paths:
        parts = PurePosixPath(path).parts
        if parts[0] in PACKAGES and path.endswith(".py") and "versions" not in parts:
            for depth in range(1, len(parts)):
                entries.setdefault("/".join(parts[:depth]), set()).add(parts[depth])
    return [
        f"{folder}: {len(names)} entries, at most {MAX_ENTRIES}"
        for folder, names in sorted(entries.items())
        if len(names - {"__init__.py"}) > MAX_ENTRIES
    ]


def long_files(tree: Sources) -> list[str]:
    """Hold one noun per file: a longer file holds a second one."""
    lengths = {path: len(text.splitlines()) for path, text in tree.items()}
    return [f"{path}: {length} lines, at most {MAX_LINES}" for path, length in lengths.items() if length > MAX_LINES]


def undocumented(tree: Sources) -> list[str]:
    """Hold that every module, public class, public function and public method says what a reader may rely on.

    The class that another one extends describes the methods; the name of a property explains it.
    The module of a migration explains its steps.
    """
    faults = []
    for path, text in tree.items():
        parsed = ast.parse(text, path)
        if not ast.get_docstring(parsed):
            faults.append(f"{path}:1: the module does not say what it is")
        if "/versions/" in path:
            continue
        for node in _public(parsed.body):
            if not ast.get_docstring(node):
                faults.append(f"{path}:{node.lineno}: {node.name} has no docstring")
            if isinstance(node, ast.ClassDef) and not node.bases:
                for method in _public(node.body):
                    if not ast.get_docstring(method) and not _is_property(method):
                        faults.append(f"{path}:{method.lineno}: {node.name}.{method.name} has no docstring")
    return faults


def undeclared(tree: Sources, provided: Mapping[str, Sequence[str]], declared: Sequence[str]) -> list[str]:
    """Hold that pyproject.toml names every library that is imported, not just another one that brings it along.

    `provided` tells which distributions hold a package, `declared` are the requirements as they are written.
    """
    names = {_normal(found.group()) for line in declared if (found := re.match(r"[\w.-]+", line))}
    faults = []
    for path, text in tree.items():
        for line, name in imports(path, text):
            package = name.split(".")[0]
            if package in sys.stdlib_module_names or package in PACKAGES:
                continue
            if names.isdisjoint(map(_normal, provided.get(package, ()))):
                faults.append(f"{path}:{line}: {package} is not a dependency in pyproject.toml")
    return faults


def unlicensed(paths: Sequence[str], annotations: Sequence[Mapping[str, Any]], texts: Sequence[str]) -> list[str]:
    """Hold that every file has a holder of its rights and a licence (REUSE), and that each licence's text is there.

    `annotations` are those of REUSE.toml; the last one that fits decides. `texts` are the file names in LICENSES.
    """
    faults = []
    for path in paths:
        found: Mapping[str, Any] = {}
        for annotation in annotations:
            patterns = annotation["path"]
            for pattern in [patterns] if isinstance(patterns, str) else patterns:
                if re.fullmatch(_anything(pattern), path):
                    found = annotation
        licence = found.get("SPDX-License-Identifier")
        if not licence or not found.get("SPDX-FileCopyrightText"):
            faults.append(f"{path}: REUSE.toml names no licence or no holder of the rights")
        elif f"{licence}.txt" not in texts:
            faults.append(f"{path}: LICENSES has no text of {licence}")
    return faults


def traces(texts: Sources) -> list[str]:
    """Hold that no file names a path of somebody's machine or the host of a package registry."""
    return [
        f"{path}:{number}: {found.group()}"
        for path, text in texts.items()
        for number, line in enumerate(text.splitlines(), 1)
        if (found := TRACES.search(line))
    ]


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    elif path.name == ".ci" or not path.name.startswith((".", "__pycache__")):
        for child in sorted(path.iterdir()):
            yield from _files(child)


def _anything(pattern: str) -> str:
    """Turn a pattern of REUSE.toml into a regular expression: `*` stays within a folder, `**` does not."""
    parts = re.split(r"(\*+)", pattern)
    return "".join({"*": "[^/]*", "**": ".*"}.get(part, re.escape(part)) for part in parts)


def _within(name: str, rooms: Sequence[str]) -> bool:
    return any(name == room or name.startswith(room + ".") for room in rooms)


def _own_imports(tree: Sources) -> Iterator[tuple[str, int, str]]:
    for path, text in tree.items():
        yield from ((path, line, name) for line, name in imports(path, text) if _within(name, PACKAGES))


def _public(body: Sequence[ast.stmt]) -> list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    named = [node for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)]
    return [node for node in named if not node.name.startswith("_")]


def _is_property(node: ast.AST) -> bool:
    decorators = getattr(node, "decorator_list", [])
    return any(re.search(r"property$|\.setter$", ast.unparse(decorator)) for decorator in decorators)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
