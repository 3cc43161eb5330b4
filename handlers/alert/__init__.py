"""§4 "Modtagelse af varsler, alarmer mv." and §5 "Varsle/indkalde": warnings, the chain that is asked, level 1, who has to be reached."""
