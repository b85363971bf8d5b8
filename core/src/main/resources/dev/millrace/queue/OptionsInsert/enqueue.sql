-- One row: the new job, or the one that holds the unique key.
SELECT job_id, created
  FROM millrace.enqueue(
    kind => :kind, payload => :payload::jsonb, queue => :queue, priority => :priority,
    delay => :delayMillis * interval '1 millisecond', unique_key => :uniqueKey, lock_key => :lockKey, on_busy => :onBusy,
    limit_key => :limitKey, limit_max => :limitMax::integer, max_attempts => :maxAttempts::integer,
    debounce => :debounceMillis::bigint * interval '1 millisecond', max_wait => :maxWaitMillis::bigint * interval '1 millisecond',
    throttle => :throttleMillis::bigint * interval '1 millisecond', merge => :merge, leading_edge => :leading, start_by => :startBy::timestamptz,
    finish_by => :finishBy::timestamptz, run_timeout => :runTimeoutMillis::bigint * interval '1 millisecond',
    callback => :callback::jsonb, trigger => :trigger, background_worker => :backgroundWorker, parent_id => :parentId::bigint)
