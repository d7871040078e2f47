-- Of a content that was settled with itself, how many files of it were meant: with one more, it is looked at again.
ALTER TABLE settled_pairs ADD COLUMN files INTEGER NOT NULL DEFAULT 2 CHECK (files >= 2);

DROP TRIGGER pair_settled_anew;
CREATE TRIGGER pair_settled_anew AFTER UPDATE ON settled_pairs
WHEN (SELECT action FROM recording) IS NOT NULL AND (old.verdict, old.files) IS NOT (new.verdict, new.files) BEGIN
    INSERT INTO changes (action, subject, key, before)
        SELECT action, 'settled_pairs', json_array(old.first, old.second), json_array(old.verdict, old.files)
        FROM recording;
END;
DROP TRIGGER pair_unsettled;
CREATE TRIGGER pair_unsettled AFTER DELETE ON settled_pairs WHEN (SELECT action FROM recording) IS NOT NULL BEGIN
    INSERT INTO changes (action, subject, key, before)
        SELECT action, 'settled_pairs', json_array(old.first, old.second), json_array(old.verdict, old.files)
        FROM recording;
END;

-- Whether it was looked for in the trash and did not lie there any more: somebody emptied the trash.
ALTER TABLE cleanup_files ADD COLUMN is_lost INTEGER NOT NULL DEFAULT 0 CHECK (is_lost IN (0, 1));
