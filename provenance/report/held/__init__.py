"""What the record holds for each legal factor: facts with their entries, never a judgement. Pure."""
