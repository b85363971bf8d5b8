import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, inject } from 'vitest';

function needed(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') {
    throw new Error(`${name} is not set: these tests are started by ./millrace test`);
  }
  return value;
}

export const address = needed('MILLRACE_URL');
const key = needed('MILLRACE_ADMIN_KEY');

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let browser: Browser;
let contexts: BrowserContext[] = [];
/** What browsers complained about: scripts that failed, and what the security policy refused. */
export const complaints: string[] = [];

export function useBrowser(): void {
  beforeAll(async () => {
    browser = await chromium.connect(inject('browser'));
  });
  afterEach(async () => {
    await Promise.all(contexts.map((context) => context.close()));
    contexts = [];
  });
  afterAll(() => browser.close());
}

export interface Look {
  readonly width?: number;
  readonly theme?: 'light' | 'dark';
  readonly language?: 'en' | 'de';
  readonly pace?: string;
  readonly signedIn?: boolean;
  readonly at?: string;
}

/** A tab of its own at a path of the page. */
export async function open(path: string, { width = 1280, theme = 'light', language = 'en', pace = 'auto', signedIn = true, at = address }: Look = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height: 900 }, reducedMotion: 'reduce' });
  contexts.push(context);
  await context.addInitScript(
    ([secret, settings]) => {
      if (secret !== '') {
        sessionStorage.setItem('millrace.key', secret);
      }
      for (const [name, value] of Object.entries(settings)) {
        if (localStorage.getItem(`millrace.${name}`) === null) {
          localStorage.setItem(`millrace.${name}`, value);
        }
      }
    },
    [signedIn ? key : '', { theme, language, pace }] as const,
  );
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  page.on('pageerror', (error) => complaints.push(`${path}: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      complaints.push(`${path}: ${message.text()}`);
    }
  });
  await page.goto(at.replace(/\/$/, '') + path);
  await page.locator('h1').waitFor();
  return page;
}

/** The API, asked beside the page. */
export async function api<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${address.replace(/\/$/, '')}/api/admin/${path}`, {
    method,
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
    body: body === undefined ? null : JSON.stringify(body),
  });
  if (!response.ok) {
    throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  }
  return (await response.json()) as T;
}

/** Waits until something holds; says what was seen last when it never does. */
export async function until<T>(read: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  const end = Date.now() + 60_000;
  for (;;) {
    const value = await read();
    if (holds(value)) {
      return value;
    }
    if (Date.now() > end) {
      throw new Error(`not within a minute; seen last: ${JSON.stringify(value)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

interface Violation {
  id: string;
  nodes: { target: string[]; failureSummary?: string }[];
}

/** What axe finds in a page, a line for each place; some of its rules may be left out. */
export async function violations(page: Page, without: readonly string[] = []): Promise<string[]> {
  await page.evaluate(AXE);
  const found = await page.evaluate(async (ids) => {
    const { axe } = window as unknown as { axe: { run(options: object): Promise<{ violations: Violation[] }> } };
    return (await axe.run({ rules: Object.fromEntries(ids.map((id) => [id, { enabled: false }])) })).violations;
  }, without);
  return found.flatMap(({ id, nodes }) => nodes.map((node) => `${id} ${node.target.join(' ')} ${node.failureSummary ?? ''}`));
}

export const secret = key;
