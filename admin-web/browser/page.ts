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

export const secret = key;
