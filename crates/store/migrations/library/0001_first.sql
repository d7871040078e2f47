-- library.db is the truth of a library: what the person gave and decided, and what was read from their files.

-- A source folder. `path` has the exact bytes that the person gave.
CREATE TABLE folders (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    path BLOB NOT NULL UNIQUE,
    volume TEXT,
    state TEXT NOT NULL DEFAULT 'online' CHECK (state IN ('online', 'offline', 'waiting')),
    last_scan_ms INTEGER
) STRICT;

-- A content, known by its BLAKE3 hash. Rows are never deleted: whatever is decided about a content comes back with it.
CREATE TABLE photos (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
    -- Files that show it now; kept by the triggers below.
    files INTEGER NOT NULL DEFAULT 0 CHECK (files >= 0),
    rating INTEGER NOT NULL DEFAULT 0 CHECK (rating BETWEEN 0 AND 5),
    flag TEXT NOT NULL DEFAULT 'none' CHECK (flag IN ('none', 'pick', 'reject')),
    -- The capture time, else the earliest time of change of a file that held it.
    shown_at_ms INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    format TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    taken_ms INTEGER,
    zone_minutes INTEGER,
    camera TEXT,
    lens TEXT,
    exposure_seconds REAL,
    f_number REAL,
    iso INTEGER,
    focal_length_mm REAL,
    latitude REAL,
    longitude REAL,
    altitude_m REAL,
    animated INTEGER NOT NULL,
    -- What of the picture could not be read, when the rest of it is shown.
    warning_stage TEXT,
    warning_reason TEXT
) STRICT;

-- The grid asks for this and nothing else.
CREATE INDEX photos_in_the_grid ON photos (shown_at_ms, id, width, height) WHERE files > 0;
CREATE INDEX photos_without_file ON photos (id) WHERE files = 0;
CREATE INDEX photos_with_warning ON photos (id) WHERE warning_reason IS NOT NULL;

-- A place on disk. `path` is below the folder, byte for byte.
CREATE TABLE files (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    folder INTEGER NOT NULL REFERENCES folders (id),
    path BLOB NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('picture', 'companion', 'video', 'other')),
    -- Of pictures only.
    state TEXT CHECK (state IN ('found', 'indexed', 'unreadable')),
    -- When a scan first did not find it any more.
    missing_since_ms INTEGER,
    size_bytes INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL,
    changed_ns INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    device INTEGER NOT NULL,
    -- What lay there when it was last read.
    photo INTEGER REFERENCES photos (id),
    problem_stage TEXT,
    problem_reason TEXT,
    -- The photo that this file shows now.
    shows INTEGER GENERATED ALWAYS AS
        (CASE WHEN missing_since_ms IS NULL AND state IN ('found', 'indexed') THEN photo END) VIRTUAL,
    UNIQUE (folder, path),
    CHECK ((kind = 'picture') = (state IS NOT NULL)),
    CHECK ((state IS 'unreadable') = (problem_reason IS NOT NULL)),
    CHECK (state IS NOT 'indexed' OR photo IS NOT NULL)
) STRICT;

CREATE INDEX files_of_photo ON files (photo) WHERE photo IS NOT NULL;
CREATE INDEX files_that_show ON files (folder, path, shows) WHERE shows IS NOT NULL;
CREATE INDEX files_to_read ON files (folder, path) WHERE state = 'found' AND missing_since_ms IS NULL;
CREATE INDEX files_missing ON files (folder) WHERE missing_since_ms IS NOT NULL;
CREATE INDEX files_unreadable ON files (folder) WHERE state = 'unreadable' AND missing_since_ms IS NULL;
CREATE INDEX files_beside_pictures ON files (kind) WHERE kind <> 'picture';

CREATE TRIGGER file_added AFTER INSERT ON files WHEN new.shows IS NOT NULL BEGIN
    UPDATE photos SET files = files + 1 WHERE id = new.shows;
END;
CREATE TRIGGER file_removed AFTER DELETE ON files WHEN old.shows IS NOT NULL BEGIN
    UPDATE photos SET files = files - 1 WHERE id = old.shows;
END;
CREATE TRIGGER file_changed AFTER UPDATE OF photo, state, missing_since_ms ON files
WHEN old.shows IS NOT new.shows BEGIN
    UPDATE photos SET files = files - 1 WHERE id = old.shows;
    UPDATE photos SET files = files + 1 WHERE id = new.shows;
END;

-- Counts how often a photo came into view or went out of it, so that an index of vectors knows when it is stale.
CREATE TABLE visibility (changes INTEGER NOT NULL) STRICT;
INSERT INTO visibility VALUES (0);
CREATE TRIGGER photo_came_or_went AFTER UPDATE OF files ON photos
WHEN (old.files > 0) <> (new.files > 0) BEGIN
    UPDATE visibility SET changes = changes + 1;
END;

-- What the person did, newest last, with what was before: undo works across restarts.
CREATE TABLE actions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    word TEXT NOT NULL,
    undone INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE action_photos (
    action INTEGER NOT NULL REFERENCES actions (id) ON DELETE CASCADE,
    photo INTEGER NOT NULL REFERENCES photos (id),
    rating_before INTEGER NOT NULL,
    rating_after INTEGER NOT NULL,
    flag_before TEXT NOT NULL,
    flag_after TEXT NOT NULL,
    PRIMARY KEY (action, photo)
) STRICT, WITHOUT ROWID;

CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
