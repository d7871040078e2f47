-- The map: where photos lie. Of each number of dimensions at most two, the one that is shown and the one before it.
CREATE TABLE maps (
    id INTEGER PRIMARY KEY,
    dims INTEGER NOT NULL CHECK (dims IN (2, 3)),
    shown INTEGER NOT NULL CHECK (shown IN (0, 1)),
    made_ms INTEGER NOT NULL,
    perplexity REAL NOT NULL,
    seed INTEGER NOT NULL,
    neighbors_kept REAL NOT NULL,
    -- The square (or cube) that held all photos when it was made.
    middle_x REAL NOT NULL,
    middle_y REAL NOT NULL,
    middle_z REAL NOT NULL,
    side REAL NOT NULL
) STRICT;

-- Photos that are out of view keep their places. `came_later`: placed after the map was made.
CREATE TABLE map_places (
    map INTEGER NOT NULL REFERENCES maps (id) ON DELETE CASCADE,
    photo INTEGER NOT NULL,
    x REAL NOT NULL,
    y REAL NOT NULL,
    z REAL NOT NULL,
    came_later INTEGER NOT NULL CHECK (came_later IN (0, 1)),
    PRIMARY KEY (map, photo)
) STRICT, WITHOUT ROWID;

-- How photos were grouped: by whose vectors, of how many photos, and which fineness suits them best.
CREATE TABLE clustering (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    model TEXT NOT NULL,
    photos INTEGER NOT NULL,
    best INTEGER NOT NULL
) STRICT;

-- Fineness counts from 0, coarse to fine. `centre`: single-precision numbers, little-endian.
CREATE TABLE clusters (
    fineness INTEGER NOT NULL,
    cluster INTEGER NOT NULL,
    cover INTEGER NOT NULL,
    centre BLOB NOT NULL,
    PRIMARY KEY (fineness, cluster)
) STRICT, WITHOUT ROWID;

CREATE TABLE cluster_members (
    fineness INTEGER NOT NULL,
    photo INTEGER NOT NULL,
    cluster INTEGER NOT NULL,
    PRIMARY KEY (fineness, photo)
) STRICT, WITHOUT ROWID;
