"""The site file: read, and checked for everything it refers to.

Invariant: pure. A Site that exists is valid: every skill, team, extension, time zone and holiday
region it names is there.
"""

from ivr.site.load import ReadSite, load_site, read_site

__all__ = ["ReadSite", "load_site", "read_site"]
