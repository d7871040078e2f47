-- What Likeness learns by itself: albums that it suggests and proposes photos for, odd ones out, and company.

-- Level 0 is the wall; level 1 are parts of what is there. A number is never given again.
CREATE TABLE suggestions (
    suggestion INTEGER PRIMARY KEY AUTOINCREMENT,
    level INTEGER NOT NULL CHECK (level IN (0, 1)),
    name TEXT NOT NULL,
    cover INTEGER NOT NULL
) STRICT;
CREATE TABLE suggestion_photos (
    suggestion INTEGER NOT NULL,
    photo INTEGER NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (suggestion, photo)
) STRICT, WITHOUT ROWID;

-- Of whose vectors of how many photos suggestions were made.
CREATE TABLE suggested (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    model TEXT NOT NULL,
    photos INTEGER NOT NULL
) STRICT;

-- Photos that may belong into taught albums, and what each album had learned from.
CREATE TABLE proposals (
    album INTEGER NOT NULL,
    photo INTEGER NOT NULL,
    confidence REAL NOT NULL,
    PRIMARY KEY (album, photo)
) STRICT, WITHOUT ROWID;
CREATE TABLE learned (
    album INTEGER PRIMARY KEY,
    lessons TEXT NOT NULL
) STRICT;

-- How odd photos are, and why, where that could be told.
CREATE TABLE oddness (
    photo INTEGER PRIMARY KEY,
    score REAL NOT NULL,
    -- NULL before pixels were looked at; 'none' where they do not tell.
    cause TEXT
) STRICT;
CREATE TABLE odd_among (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    model TEXT NOT NULL,
    photos INTEGER NOT NULL
) STRICT;

-- What photos go with, and what they are as company: single-precision numbers, little-endian. `turn` counts from 0 as
-- photos were learned.
CREATE TABLE contexts (
    turn INTEGER PRIMARY KEY,
    photo INTEGER NOT NULL UNIQUE,
    own BLOB NOT NULL,
    company BLOB NOT NULL
) STRICT;
CREATE TABLE contexts_of (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    -- Photos that were learned from all at once; the others came later.
    photos INTEGER NOT NULL,
    albums TEXT NOT NULL
) STRICT;

-- What albums taught the eye the last time. `head`: single-precision numbers, little-endian; NULL when it was not better.
CREATE TABLE eye (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    model TEXT NOT NULL,
    albums INTEGER NOT NULL,
    held_out INTEGER NOT NULL,
    before REAL NOT NULL,
    after REAL NOT NULL,
    sure_gain REAL NOT NULL,
    head BLOB
) STRICT;
