"""Three short exercises to begin with one tap. Bilag 1: "Gerne flere øvelser i krisestyring – inden krisen
indtræffer."
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Script:
    """A short exercise.

    Args:
        name: what the button says.
        warning: what is warned of, as somebody would say it.
        told: what the staff hears later, and how long after the beginning.
    """

    name: str
    warning: str
    told: tuple[tuple[timedelta, str], ...]


SCRIPTS = {
    "alarm": Script(
        "Kort: kun alarmering",
        "Strømmen er gået i hele Hedehusene. To plejecentre kører på nødstrøm.",
        ((timedelta(minutes=20), "Strømmen er tilbage. Slut øvelsen, og tal om, hvem der svarede hvornår."),),
    ),
    "cloudburst": Script(
        "Kort: skybrud",
        "Vand i kældrene på Birkehøj, og viadukten i Hedehusene er lukket.",
        (
            (timedelta(minutes=15), "DMI melder 60 mm frem til kl. 18. Hvem skal vide det, og hvad er bekræftet?"),
            (
                timedelta(minutes=30),
                "14 beboere på Birkehøj skal flyttes. Hvem ejer tiltaget, og hvornår er det gjort?",
            ),
            (timedelta(minutes=45), "En journalist ringer til omstillingen. Hvem svarer?"),
        ),
    ),
    "it": Script(
        "Kort: IT-nedbrud",
        "Journalsystem, telefoner og økonomisystem er nede. IT mistænker et angreb.",
        (
            (timedelta(minutes=15), "Hjemmeplejen kan ikke se dagens besøg. Hvilke handlekort findes frem?"),
            (timedelta(minutes=30), "Løn skal køres i morgen kl. 12. Hvad beslutter staben, og hvornår?"),
            (timedelta(minutes=45), "IT skønner to døgn endnu. Hvem afløser hvem?"),
        ),
    ),
}
