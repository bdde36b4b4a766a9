// How long the operations of tests/bench/crypto_micro.cpp take here. Nothing is judged.
import { startModule, type Memory } from '../src/wasm.js';
import type { Files } from './checks.js';

interface MeasureExports extends Memory {
  prepare(operation: number): void;
  run(count: number): void;
}

/** By the names of the native benchmark, in the order of Operation in measure.cpp. */
export const kOperations = [
  'handshake_of_the_initiator',
  'handshake_of_the_responder',
  'seal_in_a_running_chain',
  'seal_with_a_new_turn',
  'open_in_a_running_chain',
  'open_with_a_new_turn',
] as const;

/** Each operation runs for about this long, once to warm up and then measured. */
const kRunMs = 20;
const kRounds = 15;

/** Microseconds for each operation: the best of the rounds, since what disturbs makes it longer. */
export async function measureCrypto(files: Files): Promise<number[]> {
  const source = (await files.bytes('crypto_measure.wasm')) as BufferSource;
  const module = await startModule<MeasureExports>(source);
  return kOperations.map((_name, operation) => {
    module.prepare(operation);
    let count = 1;
    while (milliseconds(module, count) < kRunMs) count *= 2;
    const rounds = Array.from({ length: kRounds }, () => milliseconds(module, count));
    return (Math.min(...rounds) / count) * 1000;
  });
}

function milliseconds(module: MeasureExports, count: number): number {
  const before = performance.now();
  module.run(count);
  return performance.now() - before;
}
