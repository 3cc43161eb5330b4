"""§5 Fagcentre and §7: what the centres are told and report, and what is watched.

§5 "Centercheferne skal straks underrette deres centre", §7 "Forstærket overvågning", "Iværksættelse af medieovervågning",
"Iværksættelse af rapportering" and "Meldinger fra decentrale enheder".
"""
