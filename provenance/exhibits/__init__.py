"""What of a bundle a lawyer may put in: numbered, named, listed. Pure."""
