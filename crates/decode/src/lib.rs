//! Turns one file into upright pixels, facts, thumbnails and a perceptual hash, in worker processes.
