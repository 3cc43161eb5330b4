"""§8 Krisekommunikation: the communication plan (Bilag 4), messages to the public, questions and answers, Byrådet."""
