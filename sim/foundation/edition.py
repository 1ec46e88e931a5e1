"""Which edition of the model this is: what was made for another one, such as an ensemble, no longer fits."""

MODEL = "7f7e4bbc"  # digest of the golden baseline, which a test holds it to
