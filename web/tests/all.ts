// Every check, for whoever has the files.
import { Boundary } from '../src/boundary/boundary.js';
import { checkBoundaryCalls } from './boundary_calls.js';
import { checkBoundaryVectors } from './boundary_vectors.js';
import type { Files, Report } from './checks.js';

export async function runAll(files: Files): Promise<Report[]> {
  const boundary = await Boundary.load((await files.bytes('boundary.wasm')) as BufferSource);
  return [await checkBoundaryVectors(boundary, files), await checkBoundaryCalls(boundary, files)];
}
