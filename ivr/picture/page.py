"""An HTML page that fetches nothing, light or dark as the reader's machine is."""

from html import escape

LIGHT = ("#0b62a4", "#d1495b", "#2e8b57", "#8a5fbf", "#c77d0a", "#5b6770", "#14919b", "#a23b72")
DARK = ("#5aaae6", "#f0808c", "#63c28d", "#b794e6", "#e8a84a", "#a3b0ba", "#4cc3cc", "#e07ab0")
"""Each at least 3 : 1 against its background, as drawn lines need."""


def _colours(colours: tuple[str, ...]) -> str:
    return " ".join(f"--c{number}: {colour};" for number, colour in enumerate(colours))


STYLE = f"""
:root {{ color-scheme: light dark; --ink: #1d2430; --pale: #4f5b66; --line: #c5ccd6;
  --paper: #ffffff; {_colours(LIGHT)} }}
@media (prefers-color-scheme: dark) {{ :root {{ --ink: #e3e8ee; --pale: #a8b3be; --line: #3b4653;
  --paper: #14181f; {_colours(DARK)} }} }}
body {{ font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 1120px; padding: 0 1rem;
  color: var(--ink); background: var(--paper); }}
h1 {{ font-size: 1.5rem; }} h2 {{ font-size: 1.1rem; margin-top: 2rem; }}
.wide {{ overflow-x: auto; }}
table {{ border-collapse: collapse; }}
td, th {{ padding: .15rem .6rem; text-align: right; white-space: nowrap; }}
th {{ white-space: normal; vertical-align: bottom; }}
td.left, th.left, td:first-child, th:first-child {{ text-align: left; }}
th {{ border-bottom: 1px solid var(--line); }}
svg {{ width: 100%; max-width: 860px; height: auto; color: var(--pale); }}
.note {{ color: var(--pale); font-size: 13px; }}
"""


def html_page(title: str, body: str) -> str:
    """`body` is HTML already. What stands in it loads nothing and runs nothing."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>\n<body>\n{body}\n"
        "</body></html>\n"
    )
