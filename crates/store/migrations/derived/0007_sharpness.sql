-- How sharp the large thumbnail is, 0 to 1. NULL of photos that were read before it was measured: near-duplicates among them are looked at
-- again.
ALTER TABLE previews ADD COLUMN sharpness REAL;
