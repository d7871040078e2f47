//! Finds files under a folder, says what changed, and listens for hints of change.
