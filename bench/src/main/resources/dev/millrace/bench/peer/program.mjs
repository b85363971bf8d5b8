// The verbs of a measured program, as dev.millrace.bench.program.Program has them for Java.

import process from "node:process";

export const FILLER = "x".repeat(160);
const MOST_IN_A_CALL = 1000;
const WARM_UP_SHARE = 5;

// The monotonic clock of the machine: comparable between processes.
export const now = () => Number(process.hrtime.bigint());
export const payload = () => ({ at: now(), filler: FILLER });
const say = (line) => process.stdout.write(line + "\n");
const sleep = (millis) => new Promise((wake) => setTimeout(wake, millis));
const untilTold = () => new Promise((end) => process.stdin.on("end", end).resume());

let calls = 0;
let pickups = null;

/** What every handler does: nothing, but be counted. */
export function handled(at) {
  const started = now();
  calls++;
  if (pickups) {
    pickups.push(Math.floor((started - at) / 1000));
  }
}

async function enqueue(system, jobs, call, clients) {
  const began = now();
  await Promise.all(
    Array.from({ length: clients }, async () => {
      for (let left = Math.floor(jobs / clients); left > 0; left -= call) {
        await system.enqueue(Math.min(call, left));
      }
    }),
  );
  return (now() - began) / 1e9;
}

async function ping(system, jobs, perSecond) {
  let next = now();
  for (let i = 0; i < jobs; i++) {
    await system.enqueue(1);
    next += 1e9 / perSecond;
    await sleep((next - now()) / 1e6);
  }
}

async function until(question) {
  while (!(await question())) {
    await sleep(5);
  }
}

/** Runs the verb: `node x.mjs DATABASE REDIS VERB NUMBERS…`. */
export async function run(make) {
  const [databaseUrl, redisUrl, verb, ...rest] = process.argv.slice(2);
  const numbers = rest.map(Number);
  const system = await make(databaseUrl, redisUrl);
  switch (verb) {
    case "prepare":
      await system.prepare();
      break;
    case "fill":
      await enqueue(system, numbers[0], MOST_IN_A_CALL, 1);
      break;
    case "enqueue":
      await enqueue(system, numbers[0] / WARM_UP_SHARE, numbers[1], numbers[2]);
      say("seconds=" + (await enqueue(system, ...numbers)));
      break;
    case "drain":
      await system.work();
      await until(async () => calls >= numbers[0] && (await system.drained()));
      say("done");
      await untilTold();
      say("calls=" + calls);
      break;
    case "listen":
      pickups = [];
      await system.work();
      say("ready");
      await untilTold();
      say("pickups=" + pickups.join(","));
      say("calls=" + calls);
      break;
    case "ping":
      for (let i = 0; i < numbers.length; i += 2) {
        await ping(system, numbers[i], numbers[i + 1]);
      }
      say("done");
      break;
    default:
      throw new Error("unknown verb " + verb);
  }
  process.exit(0);
}
