"""Compiles the stylesheet and copies what pages need out of node_modules into static/build. Used by ./portal.

``python -m config.assets NODE``
"""

import shutil
import subprocess
import sys

from config.env import BASE_DIR

MODULES = BASE_DIR / "node_modules"
BUILD = BASE_DIR / "static" / "build"
FONTS = [
    (f"@fontsource/{font}/files/{font}-{part}-{weight}-normal.woff2", f"fonts/{font}-{part}-{weight}-normal.woff2")
    for font, part in (
        ("atkinson-hyperlegible-next", "latin"),
        ("atkinson-hyperlegible-next", "latin-ext"),  # what Polish needs, fetched where such letters are
        ("opendyslexic", "latin"),
    )
    for weight in (400, 700)
]
LICENCES = [
    ("@fontsource/atkinson-hyperlegible-next/LICENSE", "licences/atkinson-hyperlegible-next.txt"),
    ("@fontsource/opendyslexic/LICENSE", "licences/opendyslexic.txt"),
    ("leaflet/LICENSE", "licences/leaflet.txt"),
]
# The map that can be moved; only that page loads it. Its stylesheet names these pictures.
LEAFLET = [
    (f"leaflet/dist/{name}", f"leaflet/{name}")
    for name in ("leaflet.css", "images/layers.png", "images/layers-2x.png", "images/marker-icon.png")
]
SCRIPTS = [
    ("govuk-frontend/dist/govuk/govuk-frontend.min.js", "govuk-frontend.min.js"),
    ("leaflet/dist/leaflet.js", "leaflet/leaflet.js"),
]


def main(node):
    """static/build holds everything pages load that is not our own writing."""
    for source, target in FONTS + LICENCES + LEAFLET:
        place(target)
        shutil.copyfile(MODULES / source, BUILD / target)
    for source, target in SCRIPTS:
        script = (MODULES / source).read_text(encoding="utf-8")
        # The source map is left behind, and the storage that adds hashes to names refuses a line that points to it.
        lines = [line for line in script.splitlines() if not line.startswith("//# sourceMappingURL")]
        place(target).write_text("\n".join(lines) + "\n", encoding="utf-8")
    subprocess.run(
        [
            node,
            MODULES / "sass" / "sass.js",
            "--no-source-map",
            "--style=compressed",
            "--quiet-deps",
            f"--load-path={MODULES}",
            BASE_DIR / "static" / "scss" / "portal.scss",
            place("portal.css"),
        ],
        check=True,
    )
    # The same for languages that are written from right to left. Only their pages load it.
    subprocess.run(
        [node, MODULES / "rtlcss" / "bin" / "rtlcss.js", "--silent", BUILD / "portal.css", place("portal-rtl.css")],
        check=True,
    )


def place(target):
    """The path of a built file, in a folder that exists."""
    path = BUILD / target
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


if __name__ == "__main__":
    main(sys.argv[1])
