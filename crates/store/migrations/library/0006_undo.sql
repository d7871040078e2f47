-- Undo sets back what a step changed, and leaves what came from elsewhere since.

-- Of a photo, columns that a step left as they were are NULL in `before`.
DROP TRIGGER photo_decided;
CREATE TRIGGER photo_decided AFTER UPDATE OF rating, flag, label ON photos
WHEN (SELECT action FROM recording) IS NOT NULL
    AND (old.rating, old.flag, old.label) IS NOT (new.rating, new.flag, new.label) BEGIN
    INSERT INTO changes (action, subject, key, before)
        SELECT action, 'photos', json_array(new.id),
            json_array(nullif(old.rating, new.rating), nullif(old.flag, new.flag), nullif(old.label, new.label))
        FROM recording;
END;

-- Of an album and of a suggestion, `before` ends with whether the step left the cover as it was: covers also follow a
-- photo whose file was changed.
DROP TRIGGER album_changed;
CREATE TRIGGER album_changed AFTER UPDATE ON albums WHEN (SELECT action FROM recording) IS NOT NULL BEGIN
    INSERT INTO changes (action, subject, key, before)
        SELECT action, 'albums', json_array(old.id),
            json_array(old.parent, old.name, old.kind, old.position, old.cover, old.cover IS new.cover)
        FROM recording;
END;
DROP TRIGGER suggestion_said_otherwise;
CREATE TRIGGER suggestion_said_otherwise AFTER UPDATE ON said_suggestions
WHEN (SELECT action FROM recording) IS NOT NULL BEGIN
    INSERT INTO changes (action, subject, key, before)
        SELECT action, 'said_suggestions', json_array(old.suggestion),
            json_array(old.said, old.name, old.named, old.pinned, old.cover, old.cover IS new.cover) FROM recording;
END;
