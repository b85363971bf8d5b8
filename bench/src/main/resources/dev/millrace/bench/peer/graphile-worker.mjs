// graphile-worker: a local queue of 500, 24 jobs at once, batched completion.

import { Logger, makeWorkerUtils, run as runWorker } from "graphile-worker";
import pg from "pg";
import { handled, payload, run } from "./program.mjs";

const quiet = new Logger(() => () => {});

await run(async (databaseUrl) => {
  const pgPool = new pg.Pool({ connectionString: databaseUrl, max: 30 });
  pgPool.on("error", (error) => console.error(error));
  pgPool.on("connect", (client) => client.on("error", (error) => console.error(error)));
  const utils = await makeWorkerUtils({ pgPool, logger: quiet });
  return {
    prepare: () => utils.migrate(),
    enqueue: (jobs) =>
      jobs === 1
        ? utils.addJob("noop", payload())
        : utils.addJobs(Array.from({ length: jobs }, () => ({ identifier: "noop", payload: payload() }))),
    work: () =>
      runWorker({
        pgPool,
        logger: quiet,
        noHandleSignals: true,
        taskList: { noop: async (job) => handled(job.at) },
        preset: {
          worker: {
            concurrentJobs: 24,
            localQueue: { size: 500 },
            completeJobBatchDelay: 0,
            failJobBatchDelay: 0,
          },
        },
      }),
    drained: async () => {
      const left = await pgPool.query("SELECT 1 FROM graphile_worker._private_jobs LIMIT 1");
      return left.rowCount === 0;
    },
  };
});
