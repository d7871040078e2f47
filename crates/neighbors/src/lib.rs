//! Finds the nearest photos fast, and exactly when asked.
