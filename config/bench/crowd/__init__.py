"""What ``config.bench.load`` is made of: the town, the people, what they press, and how much the machine has to do."""
