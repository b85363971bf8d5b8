import { chromium } from 'playwright-core';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    readonly browser: string;
  }
}

/** Starts the one browser that all files of tests use. */
export default async function start(project: TestProject): Promise<() => Promise<void>> {
  const executablePath = process.env['CHROMIUM'];
  if (executablePath === undefined || executablePath === '') {
    throw new Error('CHROMIUM is not set: these tests are started by ./millrace test');
  }
  const server = await chromium.launchServer({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  project.provide('browser', server.wsEndpoint());
  return () => server.close();
}
