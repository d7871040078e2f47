-- What decides which of several near-duplicates stays. Bits of each colour, where known; photos that were read before this
-- was kept learn it when they are looked at again.
ALTER TABLE photos ADD COLUMN bits INTEGER;

-- Place in the person's order of source folders, 0 first; those without a place come after all others.
ALTER TABLE folders ADD COLUMN rank INTEGER;

-- What lies beside pictures of one folder, without asking all of its pictures.
CREATE INDEX companions_by_path ON files (folder, path) WHERE kind = 'companion' AND missing_since_ms IS NULL;
