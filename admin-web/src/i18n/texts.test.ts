import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import de from './de';
import en from './en';

function flat(texts: object, prefix = ''): Map<string, string> {
  return new Map(
    Object.entries(texts).flatMap(([key, value]) =>
      typeof value === 'string' ? [[prefix + key, value] as const] : [...flat(value as object, `${prefix}${key}.`)],
    ),
  );
}

const english = flat(en);
const german = flat(de);
const places = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort();

describe('texts', () => {
  it('are the same keys in both languages', () => {
    expect([...german.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it('are never empty, and have no blank at an end', () => {
    for (const [key, text] of [...english, ...german]) {
      expect(text, key).toBe(text.trim());
      expect(text, key).not.toBe('');
    }
  });

  it('have the same places in both languages', () => {
    for (const [key, text] of english) {
      expect(places(german.get(key) ?? ''), key).toEqual(places(text));
    }
  });

  it('have each plural form that their language needs', () => {
    for (const [texts, name] of [
      [english, 'en'],
      [german, 'de'],
    ] as const) {
      const forms = new Intl.PluralRules(name).resolvedOptions().pluralCategories;
      for (const key of texts.keys()) {
        const stem = /^(.*)_(?:zero|one|two|few|many|other)$/.exec(key)?.[1];
        // queue_one is a word of the API.
        if (stem !== undefined && stem !== 'overlap.queue') {
          expect(forms.every((form) => texts.has(`${stem}_${form}`)), `${name} ${stem}`).toBe(true);
        }
      }
    }
  });

  it('are all used', () => {
    const folder = join(import.meta.dirname, '..');
    const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name) && !name.startsWith('i18n') && !name.endsWith('.test.ts'))
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('\n');
    const built = ['nav.', 'state.', 'freshness.', 'supplier.', 'invalidation.', 'ingestion.step_', 'queues.state_', 'sync_counts.', 'differences.', 'role.', 'role_may.', 'settings.type_', 'audit.', 'trigger.', 'outcome.', 'overlap.', 'misfire.', 'view_mode.', 'throughput.title_', 'throughput.window_', 'throughput.step_', 'throughput.mark_', 'throughput.end_', 'jobs.by_', 'bulk.', 'schedule.by_'];
    const unused = [...english.keys()]
      .map((key) => key.replace(/_(one|other)$/, ''))
      .filter((key) => !sources.includes(`'${key}'`) && !built.some((start) => key.startsWith(start)));
    expect(unused).toEqual([]);
  });
});
