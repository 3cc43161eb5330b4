"""§9 "Koordinering af handlinger og ressourcer": assistance, measures, resources, decisions and written orders; tasks."""
