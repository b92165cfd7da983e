-- A version of a text by which a workspace took the house's words again: from there on the house's are in force, as they
-- are by then. Its own text is what they were when it did.
ALTER TABLE message_templates ADD COLUMN of_house boolean NOT NULL DEFAULT false;
