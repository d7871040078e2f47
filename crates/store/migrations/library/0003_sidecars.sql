-- What a picture's sidecar and the library last agreed on: it tells who changed something since. `tags` one a line.
-- `said_…` is what the sidecar says where it is in conflict with what was decided here.
CREATE TABLE sidecars (
    picture INTEGER PRIMARY KEY REFERENCES files (id) ON DELETE CASCADE,
    sidecar INTEGER REFERENCES files (id) ON DELETE SET NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    rating INTEGER NOT NULL CHECK (rating BETWEEN 0 AND 5),
    flag TEXT NOT NULL CHECK (flag IN ('none', 'pick', 'reject')),
    label TEXT NOT NULL CHECK (label IN ('none', 'red', 'yellow', 'green', 'blue', 'purple')),
    tags TEXT NOT NULL,
    said_rating INTEGER CHECK (said_rating BETWEEN 0 AND 5),
    said_flag TEXT CHECK (said_flag IN ('none', 'pick', 'reject')),
    said_label TEXT CHECK (said_label IN ('none', 'red', 'yellow', 'green', 'blue', 'purple'))
) STRICT;
CREATE INDEX pictures_of_sidecar ON sidecars (sidecar) WHERE sidecar IS NOT NULL;

-- Sidecars as they were when they were last read, and why they could not be understood.
CREATE TABLE sidecars_read (
    file INTEGER PRIMARY KEY REFERENCES files (id) ON DELETE CASCADE,
    size_bytes INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL,
    changed_ns INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    problem TEXT
) STRICT;
