//! The straight line from a file to a search result; owns threads and jobs.
