/** The shapes of the admin API that the page reads, by its names. Ids of jobs are texts. */

export type JobState = 'scheduled' | 'queued' | 'processing' | 'waiting' | 'completed' | 'failed' | 'cancelled';
export const JOB_STATES: readonly JobState[] = ['scheduled', 'queued', 'processing', 'waiting', 'completed', 'failed', 'cancelled'];

export type Freshness = 'FRESH' | 'DUE' | 'LATE' | 'BLOCKED' | 'FAILED' | 'NEVER';

export interface Progress {
  current: number;
  total: number;
  message: string;
}

export interface BackgroundWorker {
  worker_key: string;
  display_name: string | null;
  description: string | null;
  enabled: boolean;
  interval_seconds: number | null;
  last_run_at: string | null;
  last_run_status: 'running' | 'success' | 'error' | null;
  last_run_error: string | null;
  last_started_at: string | null;
  last_finished_at: string | null;
  runs_ok_in_row: number;
  runs_error_in_row: number;
  kind: string | null;
  cron: string | null;
  time_zone: string;
  jitter_seconds: number;
  misfire_policy: string;
  misfire_limit: number;
  overlap_policy: string;
  paused_by: string | null;
  paused_reason: string | null;
  paused_at: string | null;
  next_run_at: string | null;
  schedule_error: string | null;
  version: number;
}

export interface WorkerRun {
  job_id: string;
  state: JobState;
  trigger: string;
  slot: string | null;
  attempt: number;
  max_attempts: number;
  worker_id: string | null;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  duration_ms: number | null;
  error: string | null;
}

export interface NextRuns {
  schedule: string;
  time_zone: string;
  from: string;
  enabled: boolean | null;
  next_runs: { at: string; local: string }[];
}

export interface RunningJob {
  id: string;
  kind: string;
  queue: string;
  state: JobState;
  attempt: number;
  max_attempts: number;
  worker_id: string | null;
  background_worker: string | null;
  parent_id: string | null;
  trigger: string;
  cancel_requested: boolean;
  started_at: string | null;
  progress: Progress | null;
}

export interface QueueWorker {
  worker_id: string;
  name: string;
  host: string;
  pid: number;
  queues: string[];
  concurrency: number;
  state: 'running' | 'draining' | 'stopped';
  running: number;
  started_at: string;
  heartbeat_at: string;
  heartbeat_age_seconds: number;
}

export interface ViewSummary {
  view_name: string;
  status: Freshness | null;
  reason: string | null;
  missing_since: string | null;
  deadline: string | null;
  due_at: string | null;
  refreshing: boolean;
  last_status: string | null;
  last_refresh_at: string | null;
  duration_ms: number | null;
  rows: number | null;
  last_error: string | null;
  last_success_at: string | null;
}

export interface Supplier {
  id: string;
  name: string;
  status: 'pending' | 'success' | 'error';
  last_sync_at: string | null;
  items_count: number | null;
  last_error: string | null;
  enabled: boolean;
  disabled_reason: string | null;
}

export interface ParsingLog {
  id: string;
  supplier_id: string | null;
  supplier_name: string | null;
  error_type: string;
  message: string;
  row_number: number | null;
  created_at: string;
}

/** A row of parsing_logs; the cell is null where it is about no single one. */
export interface LogEntry extends ParsingLog {
  rows_left_out: number | null;
  task_id: string | null;
  cell: { sheet_tab: string | null; column: string | null; value: string | null; code: string | null } | null;
}

export interface LogPage {
  logs: LogEntry[];
  next_cursor: string | null;
}

export interface Sync {
  id: string;
  state: JobState;
  trigger: string;
  worker_id: string | null;
  dry_run: boolean;
  only_failed: boolean;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  duration_ms: number | null;
  error: string | null;
  suppliers: number | null;
  problems: number | null;
  total: number;
  succeeded: number;
  failed: number;
  unfinished: number;
  items: number | null;
  inserted: number | null;
  changed: number | null;
  vanished: number | null;
  unchanged: number | null;
  rejected: number | null;
}

export interface SyncList {
  syncs: Sync[];
  next_cursor: string | null;
}

export interface SyncDetail {
  sync: Sync;
  suppliers: {
    id: string;
    state: JobState;
    supplier_id: string | null;
    supplier_name: string | null;
    started_at: string | null;
    finished_at: string | null;
    error: string | null;
    result: { items: number; inserted: number; changed: number; vanished: number; unchanged: number; rejected: number; message: string } | null;
  }[];
  next_cursor: string | null;
}

export interface Ingestion {
  sync_state: 'idle' | 'syncing_master' | 'processing_suppliers';
  progress: { current: number; total: number } | null;
  task_id: string | null;
  last_sync_at: string | null;
  next_scheduled_at: string;
  suppliers: Supplier[];
  recent_logs: ParsingLog[];
  master_status: 'pending' | 'success' | 'error';
  last_error: string | null;
  schedule_note: string | null;
}

export interface Scheduler {
  state: 'running' | 'late' | 'absent';
  trouble: string | null;
  leader: string | null;
  late_since: string | null;
  last_checkin_at: string | null;
  nodes: { node: string; host: string; pid: number; started_at: string; last_checkin_at: string; clock_skew_ms: number; missing: boolean }[];
}

export interface Status {
  as_of: string;
  age_seconds: number;
  degraded: string[];
  ingestion: Ingestion | null;
  background_workers: BackgroundWorker[];
  views: ViewSummary[];
  jobs: { counts: Record<JobState, number>; at_least: JobState[] } | null;
  running_jobs: RunningJob[];
  queue_workers: QueueWorker[];
  unserved: { queue: string; kind: string }[];
  scheduler: Scheduler | null;
  troubles: string[];
}

export interface View {
  view_name: string;
  mode: string;
  view_group: string | null;
  enabled: boolean;
  status: Freshness;
  reason: string | null;
  fresh_as_of: string | null;
  age_seconds: number | null;
  lag_seconds: number | null;
  deadline: string | null;
  due_at: string | null;
  refreshing: boolean;
  job_id: string | null;
  last_success_at: string | null;
  last_mode: string | null;
  rows: number | null;
  bytes: number | null;
  bloat: number | null;
  duration_ms: number | null;
  p95_ms: number | null;
  churn: number | null;
  max_lag_seconds: number | null;
  failures_in_row: number;
  last_error: string | null;
  blockers: unknown;
}

export interface ViewList {
  views: View[];
  statistics: {
    total_refreshes: number;
    successful: number;
    failed: number;
    success_rate: number;
    avg_duration_ms: number;
    uptime_seconds: number;
  };
  unknown_requests: string[];
}

export interface Refresh {
  status: string;
  mode: string | null;
  duration_ms: number;
  rows: number | null;
  refresh_completed_at: string;
  trigger: string;
  waited_ms: number | null;
  job_id: string | null;
  error: string | null;
}

export interface ViewDetail {
  view: View;
  settings: {
    debounce_seconds: number;
    max_wait_seconds: number;
    min_gap_seconds: number;
    max_lag_seconds: number | null;
    lock_timeout_seconds: number;
    statement_timeout_seconds: number | null;
    lock_budget_seconds: number;
    covers: string[];
    origin: string;
    registered_at: string;
  };
  relation: {
    qualified_name: string;
    populated: boolean;
    row_estimate: number | null;
    total_bytes: number;
    index_bytes: number;
    size_pretty: string;
    dead_rows: number;
    last_analyzed: string | null;
    last_vacuumed: string | null;
    indexes: string[];
  } | null;
  reads: { name: string; kind: string; distance: number; row_estimate: number | null; total_bytes: number; watched: boolean }[];
  watches: { source: string; method: string; columns: string[] | null; fault: string | null }[];
  problems: { code: string; severity: string; message: string; fix_sql: string | null }[];
  history: Refresh[];
}

export interface Blocking {
  sessions: {
    pid: number;
    user: string | null;
    application: string | null;
    waiting_seconds: number | null;
    relation: string | null;
    query: string | null;
    blockers: { pid: number; user: string | null; application: string | null; state: string | null; age_seconds: number | null; query: string | null }[];
  }[];
}

export interface Job {
  id: string;
  kind: string;
  queue: string;
  state: JobState;
  priority: number;
  attempt: number;
  max_attempts: number;
  worker_id: string | null;
  lock_key: string | null;
  unique_key: string | null;
  parent_id: string | null;
  background_worker: string | null;
  trigger: string;
  cancel_requested: boolean;
  created_at: string;
  run_at: string;
  started_at: string | null;
  finished_at: string | null;
  error: string | null;
}

export interface JobList {
  jobs: Job[];
  next_cursor: string | null;
}

export interface JobDetail extends Job {
  fence: number;
  payload: unknown;
  result: unknown;
  progress: Progress | null;
  children: { total: number; more: boolean; left: number; by_state: Partial<Record<JobState, number>> };
  attempts: { attempt: number; fence: number; worker_id: string; started_at: string; finished_at: string; outcome: string; error: string | null }[];
  log: { attempt: number; at: string; level: string; message: string }[];
}

export interface StatsGroup {
  group: string;
  tolerate: number;
  debounce_seconds: number;
  max_wait_seconds: number;
  functions: {
    function: string;
    cache_tags: string[];
    time_limit_seconds: number;
    enabled: boolean;
    exists: boolean;
    last: { job_id: string; status: string; finished_at: string; duration_ms: number; rows: number | null; error: string | null } | null;
  }[];
}

export interface Flag {
  flag: string;
  enabled: boolean;
  source: string;
  start_value: boolean;
  reason: string | null;
  changed_by: string | null;
  changed_at: string | null;
}

export interface Pause {
  queue: string;
  kind: string;
  paused_by: string;
  reason: string;
  paused_at: string;
}
