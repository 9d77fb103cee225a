"""Text with personal data in it that nobody owns: made from hand-written frames, to train and to measure on."""
