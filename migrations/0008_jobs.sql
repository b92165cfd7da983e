-- The application's one door to the job queue. graphile-worker's tables are its owner's alone, and its schema is
-- made after these files, when the worker starts: plpgsql looks the name up only when it is called.
--
-- The workspace is the transaction's own, so no workspace can put in, or replace, the job of another.
CREATE FUNCTION enqueue_job(task text, ids jsonb, run_at timestamptz, job_key text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  workspace uuid := nullif(current_setting('app.workspace_id', true), '')::uuid;
  full_key text := workspace || '/' || task || '/' || job_key;
BEGIN
  IF workspace IS NULL THEN
    RAISE EXCEPTION 'enqueue_job: a job belongs to a workspace, and app.workspace_id is not set';
  END IF;
  -- Jobs with one key meet in one row. Whoever meets a transaction that holds it puts in a second job instead of
  -- waiting for the other's commit: a call never stands in line for the sake of the queue.
  IF full_key IS NOT NULL AND NOT pg_try_advisory_xact_lock(hashtextextended(full_key, 0)) THEN
    full_key := NULL;
  END IF;
  PERFORM graphile_worker.add_job(
    task, (ids || jsonb_build_object('workspace_id', workspace))::json, run_at => run_at, job_key => full_key
  );
END
$$;

DO $$
BEGIN
  REVOKE ALL ON FUNCTION enqueue_job FROM PUBLIC;
  EXECUTE format('GRANT EXECUTE ON FUNCTION enqueue_job TO %I', current_setting('backdesk.app_role'));
END
$$;
