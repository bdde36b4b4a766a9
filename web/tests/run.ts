// Runs every check in Node and in Chromium, prints one line for each, and fails unless all passed
// in both; then what the protocol's operations take, beside the native build. Called by web/test.
import { spawnSync } from 'node:child_process';
import { webcrypto } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { runAll } from './all.js';
import type { Files, Report } from './checks.js';
import { runInChromium } from './chromium.js';
import { kOperations } from './crypto_measure.js';

const kJs = dirname(dirname(fileURLToPath(import.meta.url)));
const kModules = dirname(kJs);
const kTree = join(kModules, '..', '..');

/** Where the files of the checks lie: the first part of a name says which folder. */
const kFolders: Record<string, string> = {
  published: process.env['HOLDSPACE_VECTORS'] ?? join(kTree, '..', 'shared', 'vectors'),
  vectors: join(kTree, 'tests', 'vectors', 'v1'),
  zoneinfo: '/usr/share/zoneinfo',
};

const files: Files = {
  async bytes(name) {
    const [folder, ...rest] = name.split('/');
    const known = kFolders[folder ?? ''];
    return readFile(known === undefined ? join(kModules, name) : join(known, ...rest));
  },
};

function counts(report: Report, where: string): string {
  const skipped = report.skipped === 0 ? '' : ` (${report.skipped} skipped: no published vectors)`;
  return `${report.passed} of ${report.total} in ${where}${skipped}`;
}

function show(node: readonly Report[], chromium: readonly Report[]): boolean {
  let good = node.length > 0 && node.length === chromium.length;
  for (const [i, one] of node.entries()) {
    const other = chromium[i]!;
    console.log(`${one.name}: ${counts(one, 'Node')}, ${counts(other, 'Chromium')}`);
    for (const failure of one.failures) console.log(`  in Node: ${failure}`);
    for (const failure of other.failures) console.log(`  in Chromium: ${failure}`);
    const [least, most] = [Math.min(one.passed, other.passed), Math.max(one.total, other.total)];
    good &&= one.total > 0 && least === most;
  }
  return good;
}

/** Microseconds of the native benchmark by operation; none where it is not built. */
function measureNatively(): Map<string, number> {
  const program = join(kTree, 'build', 'release', 'tests', 'bench', 'holdspace_micro_crypto');
  if (!existsSync(program)) return new Map();
  const options = ['--benchmark_format=json', '--benchmark_min_time=0.05'];
  const said = spawnSync(program, options, { encoding: 'utf8', timeout: 60_000 });
  if (said.status !== 0) return new Map();
  const { benchmarks } = JSON.parse(said.stdout) as {
    benchmarks: { name: string; cpu_time: number }[];
  };
  return new Map(benchmarks.map(({ name, cpu_time }) => [name, cpu_time]));
}

function showTimes(node: readonly number[], chromium: readonly number[]): void {
  const native = measureNatively();
  for (const [i, name] of kOperations.entries()) {
    const natively = native.get(name)?.toFixed(0) ?? 'not built';
    const times = [`Node ${node[i]!.toFixed(0)}`, `Chromium ${chromium[i]!.toFixed(0)}`];
    console.log(`browser times, us: ${name}: ${times.join(', ')}, native ${natively}`);
  }
}

// Node 18 has no such global yet.
globalThis.crypto ??= webcrypto as Crypto;

const strict = process.env['CI'] === 'true';
const inNode = await runAll(files, strict);
const inChromium = await runInChromium(kJs, files, strict);
process.exitCode = show(inNode.reports, inChromium.reports) ? 0 : 1;
showTimes(inNode.crypto, inChromium.crypto);
