import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const WEB = join(import.meta.dirname, '..', '..');
const DESCRIPTION = join(WEB, '..', 'admin-api/src/main/resources/dev/millrace/api/description/openapi.yaml');

/** The rules that a description does not keep. */
async function broken(text: string): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'description-'));
  try {
    const file = join(folder, 'openapi.yaml');
    await writeFile(file, text);
    const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
    const arguments_ = ['lint', file, '--config', join(WEB, 'description.rules.yaml'), '--format=json'];
    const { stdout } = await promisify(execFile)(join(WEB, 'node_modules/.bin/redocly'), arguments_, { cwd: WEB, env }).catch((error: { stdout: string }) => error);
    const { problems } = JSON.parse(stdout) as { problems: { ruleId: string; severity: string }[] };
    return [...new Set(problems.filter((one) => one.severity === 'error').map((one) => one.ruleId))].sort();
  } finally {
    await rm(folder, { recursive: true });
  }
}

it('the rules of the build refuse a description that is broken in several ways', { timeout: 60_000 }, async () => {
  const text = await readFile(DESCRIPTION, 'utf8');
  const changed = text
    .replace("$ref: '#/components/schemas/Status'", "$ref: '#/components/schemas/Nothing'")
    .replace('operationId: getThroughput', 'operationId: getStatus')
    .replace('/api/admin/jobs/{id}/cancel:', '/api/admin/jobs/{number}/cancel:')
    .replace('default: 1h }', 'default: 1h, example: 2h }');
  expect(await broken(changed)).toEqual(['no-invalid-schema-examples', 'no-unresolved-refs', 'operation-operationId-unique', 'path-parameters-defined']);
});
