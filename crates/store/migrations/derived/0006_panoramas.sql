-- Parts of a panorama are told from other shots of a moment: all photos are compared anew.
DROP TABLE kinships;
DELETE FROM compared;

-- Pairs that are alike, the photo with the lower number first: the lane by each strictness, from the strictest; why
-- neither is ever selected to go; what remains where most does; how much of what was compared agrees; how much of the one the other shows; and how
-- it was turned and mirrored.
CREATE TABLE kinships (
    first INTEGER NOT NULL,
    second INTEGER NOT NULL,
    careful TEXT CHECK (careful IN ('copies', 'edits', 'bursts')),
    usual TEXT CHECK (usual IN ('copies', 'edits', 'bursts')),
    generous TEXT CHECK (generous IN ('copies', 'edits', 'bursts')),
    bond TEXT CHECK (bond IN ('raw', 'live', 'bracket', 'panorama')),
    apart REAL NOT NULL,
    alike REAL NOT NULL,
    area REAL NOT NULL,
    quarters INTEGER NOT NULL,
    mirrored INTEGER NOT NULL CHECK (mirrored IN (0, 1)),
    PRIMARY KEY (first, second),
    CHECK (first < second)
) STRICT, WITHOUT ROWID;
CREATE INDEX kin_by_second ON kinships (second);
