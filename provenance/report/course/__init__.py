"""How the work went, run by run and sitting by sitting: what the chapters on the process are made from. Pure; values, no words."""
