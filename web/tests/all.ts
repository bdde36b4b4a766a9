// Every check and every measurement, for whoever has the files.
import { Boundary } from '../src/boundary/boundary.js';
import { checkBoundaryCalls } from './boundary_calls.js';
import { checkBoundaryVectors } from './boundary_vectors.js';
import type { Files, Report } from './checks.js';
import { checkCrypto } from './crypto_checks.js';
import { measureCrypto } from './crypto_measure.js';

export interface Findings {
  reports: Report[];
  /** Microseconds, in the order of kOperations. */
  crypto: number[];
}

/** `strict`: published vectors that are not there are a failure. */
export async function runAll(files: Files, strict: boolean): Promise<Findings> {
  const boundary = await Boundary.load((await files.bytes('boundary.wasm')) as BufferSource);
  const reports = [
    await checkBoundaryVectors(boundary, files),
    await checkBoundaryCalls(boundary, files),
    await checkCrypto(files, strict),
  ];
  return { reports, crypto: await measureCrypto(files) };
}
