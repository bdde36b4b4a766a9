// The known-answer tests of tests/crypto, compiled for the browser: published vectors and our own.
import { startModule, type Imports, type Memory } from '../src/wasm.js';
import type { Files, Report } from './checks.js';

interface CheckExports extends Memory {
  run_checks(): number;
  passed_checks(): number;
  skipped_checks(): number;
  total_checks(): number;
}

/** The files that the tests read; the published ones may not be there. */
const kOwn = [
  'attachment',
  'audit',
  'confirm',
  'env',
  'escalation',
  'export',
  'handshake',
  'invite',
  'link',
  'log',
  'login',
  'ratchet',
  'recovery',
  'statements',
];
const kPublished = [
  'ed25519_test',
  'hkdf_sha256_test',
  'hmac_sha256_test',
  'mlkem_768_encaps_test',
  'mlkem_768_keygen_seed_test',
  'mlkem_768_semi_expanded_decaps_test',
  'mlkem_768_test',
  'x25519_test',
  'xchacha20_poly1305_test',
  'xwing_draft',
];

async function readAll(files: Files): Promise<Map<string, Uint8Array>> {
  const read = new Map<string, Uint8Array>();
  for (const name of kOwn)
    read.set(`vectors/${name}.json`, await files.bytes(`vectors/${name}.json`));
  for (const name of kPublished) {
    const bytes = await files.bytes(`published/${name}.json`).catch(() => undefined);
    if (bytes !== undefined) read.set(`published/${name}.json`, bytes);
  }
  return read;
}

/** What a test program wants besides: the files, its standard output, a clock, and no environment. */
function imports(memory: () => WebAssembly.Memory, held: Map<string, Uint8Array>, strict: boolean) {
  const words = (address: number, count: number): DataView =>
    new DataView(memory().buffer, address, 4 * count);
  const text = (address: number, length: number): string =>
    new TextDecoder().decode(new Uint8Array(memory().buffer, address, length));
  let output = '';
  const given: Imports = {
    files: {
      file_size: (name, length) => held.get(text(name!, length!))?.length ?? -1,
      read_file: (name, length, out) =>
        new Uint8Array(memory().buffer, out).set(held.get(text(name!, length!))!),
      missing_files_fail: () => (strict ? 1 : 0),
    },
    wasi_snapshot_preview1: {
      environ_sizes_get(count, size) {
        words(count!, 1).setUint32(0, 0, true);
        words(size!, 1).setUint32(0, 0, true);
        return 0;
      },
      environ_get: () => 0,
      clock_time_get(_clock, _precision, out) {
        const now = BigInt(Date.now()) * 1_000_000n;
        new DataView(memory().buffer).setBigUint64(out!, now, true);
        return 0;
      },
      fd_prestat_get: () => 8, // EBADF: no folder is open
      fd_write(_file, parts, count, written) {
        let total = 0;
        for (let i = 0; i < count!; ++i) {
          const part = words(parts! + 8 * i, 2);
          output += text(part.getUint32(0, true), part.getUint32(4, true));
          total += part.getUint32(4, true);
        }
        words(written!, 1).setUint32(0, total, true);
        return 0;
      },
    },
  };
  return {
    given,
    failures: () => output.split('\n').filter((line) => !/^\[ *(RUN|OK)/.test(line)),
  };
}

/** `strict`: published vectors that are not there are a failure, else a visible skip. */
export async function checkCrypto(files: Files, strict: boolean): Promise<Report> {
  const held = await readAll(files);
  let failures = (): string[] => [];
  const module = await startModule<CheckExports>(
    (await files.bytes('crypto_checks.wasm')) as BufferSource,
    (memory) => {
      const all = imports(memory, held, strict);
      failures = all.failures;
      return all.given;
    },
  );
  const failed = module.run_checks() !== 0;
  const skipped = module.skipped_checks();
  return {
    name: 'browser crypto',
    passed: module.passed_checks(),
    total: module.total_checks() - skipped,
    skipped,
    failures: failed ? failures().slice(0, 40) : [],
  };
}
