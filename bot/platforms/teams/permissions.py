"""The permissions of Graph that an administrator, or an owner of the staff's team, may not have consented to, and what is
lost by it, Danish."""

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

# Given in the staff's team alone ("resource-specific consent"): in no token, but in the team's own list.
SEE_GRANTS = "TeamsAppInstallation.Read.Group"
LOST_IN_TEAM = {
    "Channel.Create.Group": "staben får en tråd og ingen kanal for sig selv.",
    "ChannelSettings.Read.Group": "et afbrudt forsøg kan give en kanal for meget.",
    "ChannelMessage.Read.Group": "i stabens kanal hører Krisebot kun det, der begynder med @Krisebot.",
    SEE_GRANTS: "det kan ikke ses herfra, hvad der er givet i krisestabens team. Se appens Permissions i Teams.",
}
