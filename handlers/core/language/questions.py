"""Questions that krisebot has an answer to: which of its verbs answers "hvad sker der?" and "hvem skal jeg ringe til?"."""

from __future__ import annotations

from handlers.core.language import dangers

# More words than this after a question tell of something, and are led on: "hvad sker der ude på rådhuset der er blå blink".
TOLD_BESIDE = 4

# Whom to ring is answered with 112, and with what we do: not with a list of everybody.
RING = "ring"
# Questions that a verb answers, by how they begin, folded.
ANSWERED_BY = (
    (
        (
            *(
                f"{whom} {asks}"
                for whom in ("hvem", "hvor", "hvilket nummer", "hvad nummer")
                for who in ("jeg", "vi", "man")
                for asks in (
                    *(
                        f"{does} {who}"
                        for does in ("ringer", "kontakter", "varsler", "melder", "siger", "skriver", "fanger")
                    ),
                    *(
                        f"{may} {who} {do}"
                        for may in ("skal", "kan", "boer", "maa")
                        for do in (
                            "ringe",
                            "kontakte",
                            "varsle",
                            "melde",
                            "sige",
                            "skrive",
                            "fange",
                            "have fat",
                            "faa fat",
                        )
                    ),
                )
            ),
            "hvem skal ringe",
            "hvem skal kontaktes",
            "hvem skal varsles",
            "hvem skal have besked",
            "hvad ringer",
            "hvad nummer",
            "hvilket nummer",
            "hvad er nummeret til vagten",
            "hvad er nummeret til beredskab",
            "hvad er nummeret til 4k",
            "hvad er vagtnummeret",
            "er der et nummer",
            "har i et nummer",
            "who should i call",
            "who do i call",
            "whom do i call",
            "who can i call",
            "what number do i call",
            "wen soll ich anrufen",
            "wen rufe ich an",
            "кому дзвонити",
            "кому телефонувати",
        ),
        RING,
    ),
    (
        (
            "er der en krise",
            "er der krise",
            "er der en aktiv krise",
            "hvad sker der",
            "hvad er status",
            "hvordan gaar det",
            "hvad er der sket",
            "hvad foregaar der",
            "er krisen ",
            "what is going on",
            "what s going on",
            "was ist los",
            "що сталося",
        ),
        "status",
    ),
    (
        (
            "hvornaar er moedet",
            "hvornaar er det naeste moede",
            "hvornaar er naeste moede",
            "hvor er moedet",
            "hvor moedes vi",
            "hvornaar moedes vi",
            "hvor er krisestaben",
        ),
        "møde",
    ),
    (
        (
            "hvem er ",
            "hvem har ",
            "hvem bestemmer",
            "hvem leder",
            "hvem skal jeg",
            "hvad er nummeret",
        ),
        "hvem",
    ),
    (
        (
            "hvad goer jeg",
            "hvad skal jeg goere",
            "hvad kan jeg goere",
            "hvad nu",
            "hvad skal vi goere",
            "hvad goer vi",
            "hvordan bruger",
            "hvordan virker",
            "kan jeg hjaelpe",
        ),
        "hjælp",
    ),
)


def answered_by(text: str) -> str | None:
    """Return the verb that a question is answered by, `RING`, or None for any other and for what tells of more.

    Args:
        text: as it was written.
    """
    said = dangers.folded(text)
    return next(
        (
            verb
            for every, verb in ANSWERED_BY
            for begins in every
            if said.startswith(begins) and len(said[len(begins) :].split()) <= TOLD_BESIDE
        ),
        None,
    )
