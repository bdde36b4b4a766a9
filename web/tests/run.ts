// Runs every check in Node and in Chromium, prints one line for each, and fails unless all passed
// in both. Called by web/test.
import { webcrypto } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { runAll } from './all.js';
import type { Files, Report } from './checks.js';
import { runInChromium } from './chromium.js';

const kJs = dirname(dirname(fileURLToPath(import.meta.url)));
const kModules = dirname(kJs);
const kTree = join(kModules, '..', '..');

/** Where the files of the checks lie: the first part of a name says which folder. */
const kFolders: Record<string, string> = {
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

function show(node: readonly Report[], chromium: readonly Report[]): boolean {
  let good = node.length > 0 && node.length === chromium.length;
  for (const [i, one] of node.entries()) {
    const other = chromium[i]!;
    const counts = [`${one.passed} of ${one.total} in Node`];
    counts.push(`${other.passed} of ${other.total} in Chromium`);
    console.log(`${one.name}: ${counts.join(', ')}`);
    for (const failure of one.failures) console.log(`  in Node: ${failure}`);
    for (const failure of other.failures) console.log(`  in Chromium: ${failure}`);
    const [least, most] = [Math.min(one.passed, other.passed), Math.max(one.total, other.total)];
    good &&= one.total > 0 && least === most;
  }
  return good;
}

// Node 18 has no such global yet.
globalThis.crypto ??= webcrypto as Crypto;

const inNode = await runAll(files);
const inChromium = await runInChromium(kJs, files);
process.exitCode = show(inNode, inChromium) ? 0 : 1;
