-- derived.db is work: everything here can be computed again from the files. Its `photo` is an id of library.db.

-- What a photo looks like in a few bytes.
CREATE TABLE previews (
    photo INTEGER PRIMARY KEY,
    preview BLOB NOT NULL,
    perceptual_hash INTEGER NOT NULL
) STRICT;

-- `generation` grows with every change to the vectors of the model.
CREATE TABLE models (
    id INTEGER PRIMARY KEY,
    tag TEXT NOT NULL UNIQUE,
    generation INTEGER NOT NULL
) STRICT;

-- Unit vectors: half-precision numbers, little-endian.
CREATE TABLE embeddings (
    id INTEGER PRIMARY KEY,
    model INTEGER NOT NULL REFERENCES models (id),
    photo INTEGER NOT NULL,
    vector BLOB NOT NULL,
    UNIQUE (model, photo)
) STRICT;

-- The newest photo that this file has heard of. If the library does not know it (it was restored from an older copy),
-- ids here may mean other photos, and nothing in this file may be believed.
CREATE TABLE newest_photo (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    photo INTEGER NOT NULL,
    hash BLOB NOT NULL
) STRICT;
