"""A flow as a picture: what leads where, as SVG or as Mermaid text; plots, and a page for them.

Invariant: pure. The same flow gives the same picture, byte for byte, so that it can be checked in.
"""

from ivr.picture.chart import Chart, chart_of
from ivr.picture.mermaid import mermaid
from ivr.picture.svg import svg

__all__ = ["Chart", "chart_of", "mermaid", "svg"]
