-- Photos that are shown as one: by number, and the number of the stack, which is that of its first photo.
CREATE TABLE stacks (
    photo INTEGER PRIMARY KEY,
    stack INTEGER NOT NULL
) STRICT;

-- Of which photos and vectors the stacks were made.
CREATE TABLE stacked (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    photos INTEGER NOT NULL,
    vectors TEXT NOT NULL
) STRICT;
