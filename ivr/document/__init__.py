"""YAML documents whose every key and value knows its place.

Invariant: pure. Every scalar is text, as written. Reading any text ends in a Document or in a
DocumentError that holds every problem found, never in another exception.
"""

from ivr.document.document import Document
from ivr.document.loader import load_document, read_document
from ivr.document.problems import DocumentError, Mark, Problem, closest, suggest
from ivr.document.salvage import Salvaged, salvage
from ivr.document.validation import Form, check_model, validate

__all__ = [
    "Document",
    "DocumentError",
    "Form",
    "Mark",
    "Problem",
    "Salvaged",
    "check_model",
    "closest",
    "load_document",
    "read_document",
    "salvage",
    "suggest",
    "validate",
]
