"""§5 "Arbejdsgange i forbindelse med møder": agendas the day before, meetings, minutes that the chief approves (Bilag 2).

With §4 "Forøget beredskab" as an item, and Bilag 5's partners at items 5c and 7.
"""
