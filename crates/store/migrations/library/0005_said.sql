-- What the person said of what Likeness suggests and proposes by itself.

-- A suggested album that something was said of: `held` stays on the wall with these photos, `kept` became an album,
-- `dismissed` went, and the parts of one that was `split` took its place. It is told by its photos: suggestions that are
-- found later and are the same, or a part of it, are meant as well.
CREATE TABLE said_suggestions (
    suggestion INTEGER PRIMARY KEY,
    said TEXT NOT NULL CHECK (said IN ('held', 'kept', 'dismissed', 'split')),
    name TEXT NOT NULL,
    -- Whether the person gave the name.
    named INTEGER NOT NULL CHECK (named IN (0, 1)),
    pinned INTEGER NOT NULL CHECK (pinned IN (0, 1)),
    cover INTEGER NOT NULL REFERENCES photos (id)
) STRICT;
CREATE TABLE said_suggestion_photos (
    suggestion INTEGER NOT NULL REFERENCES said_suggestions (suggestion) ON DELETE CASCADE,
    photo INTEGER NOT NULL REFERENCES photos (id),
    position INTEGER NOT NULL,
    PRIMARY KEY (suggestion, photo)
) STRICT, WITHOUT ROWID;
CREATE INDEX said_suggestions_of_photo ON said_suggestion_photos (photo);

-- Photos that do not belong into an album.
CREATE TABLE refusals (
    album INTEGER NOT NULL REFERENCES albums (id) ON DELETE CASCADE,
    photo INTEGER NOT NULL REFERENCES photos (id),
    PRIMARY KEY (album, photo)
) STRICT, WITHOUT ROWID;
CREATE INDEX refusals_of_photo ON refusals (photo);

-- Photos that are no odd ones.
CREATE TABLE not_odd (
    photo INTEGER PRIMARY KEY REFERENCES photos (id)
) STRICT;

CREATE TRIGGER suggestion_said AFTER INSERT ON said_suggestions
WHEN (SELECT action FROM recording) IS NOT NULL BEGIN
    INSERT INTO changes (action, subject, key)
        SELECT action, 'said_suggestions', json_array(new.suggestion) FROM recording;
END;
CREATE TRIGGER suggestion_said_otherwise AFTER UPDATE ON said_suggestions
WHEN (SELECT action FROM recording) IS NOT NULL BEGIN
    INSERT INTO changes (action, subject, key, before)
        SELECT action, 'said_suggestions', json_array(old.suggestion),
            json_array(old.said, old.name, old.named, old.pinned, old.cover) FROM recording;
END;
CREATE TRIGGER suggestion_unsaid AFTER DELETE ON said_suggestions
WHEN (SELECT action FROM recording) IS NOT NULL BEGIN
    INSERT INTO changes (action, subject, key, before)
        SELECT action, 'said_suggestions', json_array(old.suggestion),
            json_array(old.said, old.name, old.named, old.pinned, old.cover) FROM recording;
END;

CREATE TRIGGER suggestion_photo_said AFTER INSERT ON said_suggestion_photos
WHEN (SELECT action FROM recording) IS NOT NULL BEGIN
    INSERT INTO changes (action, subject, key)
        SELECT action, 'said_suggestion_photos', json_array(new.suggestion, new.photo) FROM recording;
END;
CREATE TRIGGER suggestion_photo_moved AFTER UPDATE ON said_suggestion_photos
WHEN (SELECT action FROM recording) IS NOT NULL BEGIN
    INSERT INTO changes (action, subject, key, before)
        SELECT action, 'said_suggestion_photos', json_array(old.suggestion, old.photo), json_array(old.position)
        FROM recording;
END;
CREATE TRIGGER suggestion_photo_unsaid AFTER DELETE ON said_suggestion_photos
WHEN (SELECT action FROM recording) IS NOT NULL BEGIN
    INSERT INTO changes (action, subject, key, before)
        SELECT action, 'said_suggestion_photos', json_array(old.suggestion, old.photo), json_array(old.position)
        FROM recording;
END;

CREATE TRIGGER refused AFTER INSERT ON refusals WHEN (SELECT action FROM recording) IS NOT NULL BEGIN
    INSERT INTO changes (action, subject, key)
        SELECT action, 'refusals', json_array(new.album, new.photo) FROM recording;
END;
CREATE TRIGGER refused_no_more AFTER DELETE ON refusals WHEN (SELECT action FROM recording) IS NOT NULL BEGIN
    INSERT INTO changes (action, subject, key, before)
        SELECT action, 'refusals', json_array(old.album, old.photo), json_array() FROM recording;
END;

CREATE TRIGGER not_odd_said AFTER INSERT ON not_odd WHEN (SELECT action FROM recording) IS NOT NULL BEGIN
    INSERT INTO changes (action, subject, key) SELECT action, 'not_odd', json_array(new.photo) FROM recording;
END;
CREATE TRIGGER not_odd_unsaid AFTER DELETE ON not_odd WHEN (SELECT action FROM recording) IS NOT NULL BEGIN
    INSERT INTO changes (action, subject, key, before)
        SELECT action, 'not_odd', json_array(old.photo), json_array() FROM recording;
END;
