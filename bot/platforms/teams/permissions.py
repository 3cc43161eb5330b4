"""The permissions of Graph that an administrator may not have consented to, and what is lost by it, Danish."""

USERS = "User.Read.All"
MEMBERS = "TeamMember.ReadWrite.All"
INSTALL = "TeamsAppInstallation.ReadWriteSelfForUser.All"
CATALOGUE = "AppCatalog.Read.All"

LOST = {
    USERS: "personer, der kun har en mailadresse i planen, bliver ikke fundet i Teams.",
    INSTALL: "Krisebot kan ikke selv give planens personer appen; administrationen skal gøre det.",
    CATALOGUE: "Krisebot kan ikke finde sin egen app i Teams, og kan derfor ikke give planens personer den.",
    MEMBERS: "Krisebot melder ikke selv stabens medlemmer ind i teamet.",
}
