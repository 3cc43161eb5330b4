"""What the app asks for in Slack, and what is lost without each of it, Danish."""

MAIL = "users:read.email"
PINS = "pins:write"
BOOKMARKS = "bookmarks:write"
CHANNELS = "channels:read"
GROUPS = "usergroups:read"

LOST = {
    "app_mentions:read": "Krisebot hører ikke @Krisebot i en kanal.",
    BOOKMARKS: "stabens kanal får ingen bogmærker til møde, tavle og plan.",
    "channels:history": "Krisebot hører ikke, hvad der skrives i en åben stabskanal.",
    "channels:manage": "en åben stabskanal kan ikke oprettes.",
    CHANNELS: "et afbrudt forsøg kan give en kanal for meget, og en kanal, som nogen nævner, har intet navn i loggen.",
    "chat:write": "Krisebot kan ikke skrive til nogen.",
    "commands": "/krise og genvejene virker ikke.",
    "files:read": "billeder og filer kommer ikke i loggen.",
    "groups:history": "Krisebot hører ikke, hvad der skrives i stabens private kanal.",
    "groups:read": "et afbrudt forsøg kan give en kanal for meget.",
    "groups:write": "stabens private kanal kan ikke oprettes.",
    "im:history": "Krisebot hører ikke, hvad der skrives direkte til den.",
    "im:write": "Krisebot kan ikke se efter, om en besked i tvivl kom frem.",
    PINS: "stabens kort bliver ikke fastgjort i dens kanal.",
    "reactions:read": "📌 gemmer ikke i loggen.",
    GROUPS: "en brugergruppe, som nogen nævner, har intet navn i loggen.",
    "users:read": "en medarbejder, der ikke står i planen, har intet navn i loggen.",
    MAIL: "personer, der kun har en mailadresse i planen, bliver ikke fundet i Slack.",
}
# All else is there from the first installation; these came later, or may be left out.
OPTIONAL = frozenset([BOOKMARKS, GROUPS, PINS, MAIL])
