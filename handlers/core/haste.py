"""What goes before all that merely came first: a warning and what answers it, an activation, a report that says HASTER.

It only decides the order. Whoever calls something urgent that isn't is served sooner and gets no other right.
"""

from __future__ import annotations

from handlers.core import registry
from handlers.core.incoming import Incoming
from handlers.core.language import verb_words
from handlers.core.language.urgency_words import hastens
from handlers.core.typed_verbs import strip_name

# A verb stands in the first words; HASTER in what is understood of the text.
BEGINNING, UNDERSTOOD = 200, 4000


def is_urgent(incoming: Incoming) -> bool:
    """Whether an input is urgent by what it says; who said it is asked when it is taken up."""
    if incoming.kind == "press":
        action = registry.actions.get(incoming.action)
        verb = registry.verbs.get(str(incoming.args.get("verb", "")))
        return (action is not None and action.urgent) or (verb is not None and verb.urgent)
    if incoming.kind not in ("command", "text"):
        return False
    if hastens(incoming.text):
        return True
    beginning = strip_name(incoming.text[:UNDERSTOOD])[:BEGINNING]
    return verb_words.match(beginning, registry.urgent_verbs).verb is not None
