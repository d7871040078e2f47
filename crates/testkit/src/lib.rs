//! Made-up photos and seeded vectors for tests.
