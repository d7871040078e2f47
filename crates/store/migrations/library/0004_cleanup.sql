-- Near-duplicates: what was settled about them, folders that nothing is removed from, and the journal of what was moved
-- to the trash.

-- Contents that look alike and are all wanted, the one with the lower number first; of the same content twice, its files
-- are. A photo's number belongs to its content for good: verdicts survive moves, other thresholds and other models.
CREATE TABLE settled_pairs (
    first INTEGER NOT NULL REFERENCES photos (id),
    second INTEGER NOT NULL REFERENCES photos (id),
    verdict TEXT NOT NULL CHECK (verdict IN ('not duplicates', 'keep all')),
    PRIMARY KEY (first, second),
    CHECK (first <= second)
) STRICT, WITHOUT ROWID;
CREATE INDEX settled_by_second ON settled_pairs (second);

CREATE TRIGGER pair_settled AFTER INSERT ON settled_pairs WHEN (SELECT action FROM recording) IS NOT NULL BEGIN
    INSERT INTO changes (action, subject, key)
        SELECT action, 'settled_pairs', json_array(new.first, new.second) FROM recording;
END;
CREATE TRIGGER pair_settled_anew AFTER UPDATE ON settled_pairs
WHEN (SELECT action FROM recording) IS NOT NULL AND old.verdict IS NOT new.verdict BEGIN
    INSERT INTO changes (action, subject, key, before)
        SELECT action, 'settled_pairs', json_array(old.first, old.second), json_array(old.verdict) FROM recording;
END;
CREATE TRIGGER pair_unsettled AFTER DELETE ON settled_pairs WHEN (SELECT action FROM recording) IS NOT NULL BEGIN
    INSERT INTO changes (action, subject, key, before)
        SELECT action, 'settled_pairs', json_array(old.first, old.second), json_array(old.verdict) FROM recording;
END;

-- Folders that nothing is moved to the trash from. `path` is below the source folder, empty for all of it.
CREATE TABLE protected_folders (
    folder INTEGER NOT NULL REFERENCES folders (id) ON DELETE CASCADE,
    path BLOB NOT NULL,
    PRIMARY KEY (folder, path)
) STRICT, WITHOUT ROWID;

-- What was carried out at once and is undone at once. `action` is its place among the person's steps, as long as they
-- are remembered.
CREATE TABLE cleanups (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('duplicates', 'trash')),
    begun_ms INTEGER NOT NULL,
    action INTEGER REFERENCES actions (id) ON DELETE SET NULL
) STRICT;
CREATE INDEX cleanup_of_action ON cleanups (action) WHERE action IS NOT NULL;

-- Files that go together: a picture, its sidecars, the movie of a Live Photo. 'intended' and 'restoring' are written
-- before the disk is touched; what stands there after a crash is settled against the disk.
CREATE TABLE cleanup_units (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    cleanup INTEGER NOT NULL REFERENCES cleanups (id),
    -- The photo that stays in their place.
    keeper INTEGER REFERENCES photos (id),
    state TEXT NOT NULL
        CHECK (state IN ('intended', 'trashed', 'failed', 'skipped', 'restoring', 'restored')),
    reason TEXT
) STRICT;
CREATE INDEX units_of_cleanup ON cleanup_units (cleanup, id);
CREATE INDEX units_to_settle ON cleanup_units (state) WHERE state IN ('intended', 'restoring');

-- `path` is below `root`, which lay on `volume`. `trashed_at`: where it lies in the trash, as far as is known.
-- `back_at`: where below `root` it is to be put back, or was when `is_back`.
CREATE TABLE cleanup_files (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    unit INTEGER NOT NULL REFERENCES cleanup_units (id),
    file INTEGER NOT NULL,
    photo INTEGER REFERENCES photos (id),
    root BLOB NOT NULL,
    volume TEXT,
    path BLOB NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    size_bytes INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL,
    changed_ns INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    device INTEGER NOT NULL,
    trashed_at BLOB,
    back_at BLOB,
    is_back INTEGER NOT NULL DEFAULT 0 CHECK (is_back IN (0, 1))
) STRICT;
CREATE INDEX files_of_unit ON cleanup_files (unit, id);

-- What the keeper got from the photos that went, value by value, so that undoing takes back just that.
CREATE TABLE cleanup_passed (
    unit INTEGER NOT NULL REFERENCES cleanup_units (id),
    subject TEXT NOT NULL CHECK (subject IN ('rating', 'flag', 'label', 'tag', 'album')),
    before ANY,
    after ANY NOT NULL
) STRICT;
CREATE INDEX passed_by_unit ON cleanup_passed (unit);
