-- More to decide about photos: colour labels, tags, albums. And one journal that takes all of it back.

ALTER TABLE photos ADD COLUMN label TEXT NOT NULL DEFAULT 'none'
    CHECK (label IN ('none', 'red', 'yellow', 'green', 'blue', 'purple'));

-- Filters ask for this of every photo, in the order of the grid.
CREATE INDEX photos_to_filter ON photos
    (shown_at_ms, id, width, height, rating, flag, label, format, size_bytes, camera, lens, files) WHERE files > 0;

-- A tag stays when no photo has it any more: it is a word of the person's vocabulary. `path` has the tags that it lies
-- below, joined by '|'.
CREATE TABLE tags (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    path TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE photo_tags (
    photo INTEGER NOT NULL REFERENCES photos (id),
    tag INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    PRIMARY KEY (photo, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX photos_of_tag ON photo_tags (tag, photo);

-- Albums lie in albums. `position` is among the albums of one parent; `cover` is the photo that the person chose.
CREATE TABLE albums (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    parent INTEGER REFERENCES albums (id),
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('hand', 'search', 'taught')),
    position INTEGER NOT NULL,
    cover INTEGER REFERENCES photos (id)
) STRICT;
CREATE UNIQUE INDEX albums_by_name ON albums (coalesce(parent, 0), name);

-- Photos that were put into an album or confirmed for it, in its order.
CREATE TABLE album_photos (
    album INTEGER NOT NULL REFERENCES albums (id) ON DELETE CASCADE,
    photo INTEGER NOT NULL REFERENCES photos (id),
    position INTEGER NOT NULL,
    PRIMARY KEY (album, photo)
) STRICT, WITHOUT ROWID;
CREATE INDEX album_order ON album_photos (album, position, photo);
CREATE INDEX albums_of_photo ON album_photos (photo);

-- What a saved search asks: all of its rows at once.
CREATE TABLE album_conditions (
    album INTEGER NOT NULL REFERENCES albums (id) ON DELETE CASCADE,
    field TEXT NOT NULL,
    value ANY NOT NULL,
    PRIMARY KEY (album, field, value)
) STRICT, WITHOUT ROWID;

-- What an action changed, row by row: `key` is the key of a row of the table `subject`, `before` its other columns, NULL
-- where the row was not there (both JSON arrays). Of an action that was undone, the rows are what undoing changed: taking
-- back and doing again are one and the same.
CREATE TABLE changes (
    id INTEGER PRIMARY KEY,
    action INTEGER NOT NULL REFERENCES actions (id) ON DELETE CASCADE,
    subject TEXT NOT NULL,
    key TEXT NOT NULL,
    before TEXT
) STRICT;
CREATE INDEX changes_of_action ON changes (action, id);
INSERT INTO changes (action, subject, key, before)
    SELECT action, 'photos', json_array(photo), CASE undone
        WHEN 0 THEN json_array(rating_before, flag_before, 'none')
        ELSE json_array(rating_after, flag_after, 'none') END
    FROM action_photos JOIN actions ON actions.id = action;
DROP TABLE action_photos;

-- The action that is under way; changes that belong to none are not recorded.
CREATE TABLE recording (action INTEGER) STRICT;
INSERT INTO recording VALUES (NULL);

CREATE TRIGGER photo_decided AFTER UPDATE OF rating, flag, label ON photos
WHEN (SELECT action FROM recording) IS NOT NULL
    AND (old.rating, old.flag, old.label) IS NOT (new.rating, new.flag, new.label) BEGIN
    INSERT INTO changes (action, subject, key, before)
        SELECT action, 'photos', json_array(new.id), json_array(old.rating, old.flag, old.label) FROM recording;
END;

CREATE TRIGGER tag_added AFTER INSERT ON tags WHEN (SELECT action FROM recording) IS NOT NULL BEGIN
    INSERT INTO changes (action, subject, key) SELECT action, 'tags', json_array(new.id) FROM recording;
END;
CREATE TRIGGER tag_changed AFTER UPDATE ON tags WHEN (SELECT action FROM recording) IS NOT NULL BEGIN
    INSERT INTO changes (action, subject, key, before)
        SELECT action, 'tags', json_array(old.id), json_array(old.path) FROM recording;
END;
CREATE TRIGGER tag_removed AFTER DELETE ON tags WHEN (SELECT action FROM recording) IS NOT NULL BEGIN
    INSERT INTO changes (action, subject, key, before)
        SELECT action, 'tags', json_array(old.id), json_array(old.path) FROM recording;
END;

CREATE TRIGGER photo_tag_added AFTER INSERT ON photo_tags WHEN (SELECT action FROM recording) IS NOT NULL BEGIN
    INSERT INTO changes (action, subject, key)
        SELECT action, 'photo_tags', json_array(new.photo, new.tag) FROM recording;
END;
CREATE TRIGGER photo_tag_removed AFTER DELETE ON photo_tags WHEN (SELECT action FROM recording) IS NOT NULL BEGIN
    INSERT INTO changes (action, subject, key, before)
        SELECT action, 'photo_tags', json_array(old.photo, old.tag), json_array() FROM recording;
END;

CREATE TRIGGER album_added AFTER INSERT ON albums WHEN (SELECT action FROM recording) IS NOT NULL BEGIN
    INSERT INTO changes (action, subject, key) SELECT action, 'albums', json_array(new.id) FROM recording;
END;
CREATE TRIGGER album_changed AFTER UPDATE ON albums WHEN (SELECT action FROM recording) IS NOT NULL BEGIN
    INSERT INTO changes (action, subject, key, before)
        SELECT action, 'albums', json_array(old.id),
            json_array(old.parent, old.name, old.kind, old.position, old.cover) FROM recording;
END;
CREATE TRIGGER album_removed AFTER DELETE ON albums WHEN (SELECT action FROM recording) IS NOT NULL BEGIN
    INSERT INTO changes (action, subject, key, before)
        SELECT action, 'albums', json_array(old.id),
            json_array(old.parent, old.name, old.kind, old.position, old.cover) FROM recording;
END;

CREATE TRIGGER album_photo_added AFTER INSERT ON album_photos
WHEN (SELECT action FROM recording) IS NOT NULL BEGIN
    INSERT INTO changes (action, subject, key)
        SELECT action, 'album_photos', json_array(new.album, new.photo) FROM recording;
END;
CREATE TRIGGER album_photo_moved AFTER UPDATE ON album_photos
WHEN (SELECT action FROM recording) IS NOT NULL BEGIN
    INSERT INTO changes (action, subject, key, before)
        SELECT action, 'album_photos', json_array(old.album, old.photo), json_array(old.position) FROM recording;
END;
CREATE TRIGGER album_photo_removed AFTER DELETE ON album_photos
WHEN (SELECT action FROM recording) IS NOT NULL BEGIN
    INSERT INTO changes (action, subject, key, before)
        SELECT action, 'album_photos', json_array(old.album, old.photo), json_array(old.position) FROM recording;
END;

CREATE TRIGGER album_condition_added AFTER INSERT ON album_conditions
WHEN (SELECT action FROM recording) IS NOT NULL BEGIN
    INSERT INTO changes (action, subject, key)
        SELECT action, 'album_conditions', json_array(new.album, new.field, new.value) FROM recording;
END;
CREATE TRIGGER album_condition_removed AFTER DELETE ON album_conditions
WHEN (SELECT action FROM recording) IS NOT NULL BEGIN
    INSERT INTO changes (action, subject, key, before)
        SELECT action, 'album_conditions', json_array(old.album, old.field, old.value), json_array() FROM recording;
END;
