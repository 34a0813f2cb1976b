"""What stands inside a prompt: how each family of tools writes order, weight, networks and breaks. Pure; knows no files."""
