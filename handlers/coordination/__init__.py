"""§6 Hændelser der berører flere kommuner, and §7 "Udsendelse af kommunal repræsentant"."""
