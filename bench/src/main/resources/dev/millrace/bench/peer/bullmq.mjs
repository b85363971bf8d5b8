// BullMQ: 200 jobs at once, finished jobs kept.

import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { handled, payload, run } from "./program.mjs";

await run(async (databaseUrl, redisUrl) => {
  const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
  const queue = new Queue("bench", { connection });
  let completed = 0;
  let expected = 0;
  return {
    prepare: () => queue.waitUntilReady(),
    enqueue: (jobs) =>
      jobs === 1
        ? queue.add("noop", payload())
        : queue.addBulk(Array.from({ length: jobs }, () => ({ name: "noop", data: payload() }))),
    work: async () => {
      expected = (await queue.getJobCounts("wait")).wait;
      const worker = new Worker("bench", async (job) => handled(job.data.at), { connection, concurrency: 200 });
      worker.on("completed", () => completed++);
      await worker.waitUntilReady();
    },
    drained: async () => completed >= expected,
  };
});
