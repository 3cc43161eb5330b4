"""§7 "Opstilling af Høje-Taastrup Kommunes samlede situationsbillede": the operational picture of Bilag 3, in versions."""
