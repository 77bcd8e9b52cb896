"""What a client caseload system says of the young people it follows, held against what is recorded here."""
