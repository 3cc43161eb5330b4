"""§7 "Dokumentation af informationer, beslutninger m.v." and §8 "graderne af fortrolighed": the log and all that is filed."""
