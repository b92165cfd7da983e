-- Finding a customer among very many: by text and tags, the newest first, and no more of them than are shown.

-- Characters and pairs of them that take two bytes more than they are: East Asian ones, and pairs of Greek or Cyrillic.
-- A trigram needs three, and a name in Chinese may have two: without this a search for it reads the whole workspace
-- (130 ms with 200,000 customers).
CREATE FUNCTION wide_parts(content text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT array_agg(DISTINCT part) FROM generate_series(1, char_length(content)) AS place,
    generate_series(1, 2) AS size, substr(content, place, size) AS part
  WHERE octet_length(part) >= char_length(part) + 2
$$;
CREATE INDEX customers_by_wide_parts ON customers USING gin (workspace_id, wide_parts(search_text))
  WHERE octet_length(search_text) >= char_length(search_text) + 2;
CREATE INDEX customers_by_tag ON customers USING gin (workspace_id, tags);

-- As the owner and in the caller's workspace, like those of migration 0005: @> is not leakproof either.
--
-- The newest 2,000 are looked through first, and some more where many of them were right: what is frequent is found there
-- (2 ms). What is rare is then found by an index, with few rows to read for it. The planner knows too little of a part of
-- a text to choose between the two: it takes a surname of one in 40 for one of one in 10,000.
--
-- phone is a whole one, any_of and all_of are patterns of LIKE on the search text: the phone or any, and all of all.
-- contained is looked for as it stands in what was found by the rest, since an index would read most of itself for it: two
-- letters, or the @ of a mail service that half of them use. parts is what wide_parts() must hold, and of the custom fields
-- each has its match_key. Each may be null.
CREATE FUNCTION customers_matching(
  phone text, any_of text[], all_of text[], contained text[], parts text[], tagged text[], field_ids uuid[], field_keys text[],
  with_status text, before uuid, at_most integer
) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  workspace uuid := nullif(current_setting('app.workspace_id', true), '')::uuid;
  conditions text := concat_ws(' AND ',
    'c.workspace_id = $1 AND status = $2 AND erased_at IS NULL AND c.id < $3',
    CASE WHEN any_of IS NOT NULL THEN '(phone_e164 = $4 OR search_text LIKE ANY ($5))' END,
    CASE WHEN all_of IS NOT NULL THEN
      (SELECT string_agg(format('search_text LIKE %L', pattern), ' AND ') FROM unnest(all_of) AS pattern) END,
    CASE WHEN contained IS NOT NULL THEN
      (SELECT string_agg(format('strpos(search_text, %L) > 0', word), ' AND ') FROM unnest(contained) AS word) END,
    CASE WHEN tagged IS NOT NULL THEN 'tags @> $6' END);
  valued text[] := (SELECT array_agg(format('field_id = %L AND match_key = %L', field, key))
    FROM unnest(field_ids, field_keys) AS asked (field, key));
  -- A value is looked up for each of the newest, and for the index taken as the list of those who have it.
  one_by_one text := coalesce((SELECT string_agg(' AND (SELECT true FROM custom_field_values v
    WHERE v.workspace_id = $1 AND v.customer_id = c.id AND ' || one || ' LIMIT 1)', '') FROM unnest(valued) AS one), '');
  listed text := coalesce((SELECT string_agg(' AND c.id IN (SELECT customer_id FROM custom_field_values v
    WHERE v.workspace_id = $1 AND ' || one || ')', '') FROM unnest(valued) AS one), '');
  indexed text := CASE WHEN parts IS NOT NULL THEN
    ' AND octet_length(search_text) >= char_length(search_text) + 2 AND wide_parts(search_text) @> $7' ELSE '' END;
  few_values boolean := EXISTS (
    SELECT FROM unnest(field_ids, field_keys) AS asked (field, key)
    WHERE 2000 > (SELECT count(*) FROM (SELECT FROM custom_field_values v
      WHERE v.workspace_id = workspace AND v.field_id = field AND v.match_key = key LIMIT 2000) AS holders));
  depth integer;
  newest uuid[];
BEGIN
  before := coalesce(before, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  FOREACH depth IN ARRAY ARRAY[2000, 8000] LOOP
    EXIT WHEN few_values;
    EXECUTE 'SELECT array_agg(id ORDER BY id DESC) FROM (SELECT id FROM (
        SELECT * FROM customers WHERE workspace_id = $1 AND id < $3 ORDER BY id DESC LIMIT $9
      ) AS c WHERE ' || conditions || one_by_one || ' ORDER BY id DESC LIMIT $8) AS found'
      INTO newest USING workspace, with_status, before, phone, any_of, tagged, parts, at_most, depth;
    IF cardinality(newest) = at_most THEN
      RETURN QUERY SELECT unnest(newest);
      RETURN;
    END IF;
    EXIT WHEN coalesce(cardinality(newest), 0) < at_most / 3;
  END LOOP;
  -- Not sorted where it is read, or the planner hopes to meet enough of them on the way through the primary key.
  RETURN QUERY EXECUTE 'WITH found AS MATERIALIZED (SELECT id FROM customers c WHERE ' || conditions || indexed || listed || ')
    SELECT id FROM found ORDER BY id DESC LIMIT $8'
    USING workspace, with_status, before, phone, any_of, tagged, parts, at_most;
END
$$;

DROP FUNCTION customers_with_text;

DO $$
BEGIN
  REVOKE ALL ON FUNCTION customers_matching, wide_parts FROM PUBLIC;
  EXECUTE format('GRANT EXECUTE ON FUNCTION customers_matching, wide_parts TO %I', current_setting('backdesk.app_role'));
END
$$;
