// Starts one of our WebAssembly modules and moves bytes in and out of its memory. Knows no module's
// functions. A module sees no file, clock or network: of WASI it gets randomness, and nothing else.

/** Where a module's bytes come from: fetch()'s answer in a page, a file's bytes in Node. */
export type ModuleSource = Response | BufferSource;

/** The functions of a module, beside which it exports its memory, malloc and free. */
export interface Memory {
  memory: WebAssembly.Memory;
  malloc(bytes: number): number;
  free(address: number): void;
}

/** What a module answers when WASI has no such thing for it: ENOSYS. */
const kNotHere = 52;

/** What one call of crypto.getRandomValues gives at most: the bound of the Web Crypto standard. */
const kRandomBytesMax = 65536;

function imports(memory: () => WebAssembly.Memory): WebAssembly.Imports {
  const notHere = (): number => kNotHere;
  return {
    wasi_snapshot_preview1: {
      random_get(address: number, length: number): number {
        for (let done = 0; done < length; done += kRandomBytesMax) {
          const part = Math.min(length - done, kRandomBytesMax);
          crypto.getRandomValues(new Uint8Array(memory().buffer, address + done, part));
        }
        return 0;
      },
      proc_exit(code: number): never {
        throw new Error(`the module ended itself with ${code}`);
      },
      fd_close: notHere,
      fd_fdstat_get: notHere,
      fd_seek: notHere,
      fd_write: notHere,
      poll_oneoff: notHere,
    },
  };
}

/** Compiles and starts a module. Rejects when it is none, or one that needs more than it is given. */
export async function startModule<Exports extends Memory>(source: ModuleSource): Promise<Exports> {
  let exports: (Exports & { _initialize?: () => void }) | undefined;
  const given = imports(() => exports!.memory);
  const started =
    source instanceof Response
      ? await WebAssembly.instantiateStreaming(source, given)
      : await WebAssembly.instantiate(source, given);
  exports = started.instance.exports as unknown as Exports & { _initialize?: () => void };
  exports._initialize?.();
  return exports;
}

/**
 * Calls `work` with the address and length of each part in the module's memory, in order, and frees
 * them afterwards. Throws RangeError when the module's memory is full.
 */
export function withBytes<T>(
  module: Memory,
  parts: readonly Uint8Array[],
  work: (...at: number[]) => T,
): T {
  const held: number[] = [];
  const at: number[] = [];
  try {
    for (const part of parts) {
      const address = module.malloc(Math.max(part.length, 1));
      if (address === 0) throw new RangeError('the memory of the module is full');
      held.push(address);
      at.push(address, part.length);
      new Uint8Array(module.memory.buffer, address, part.length).set(part);
    }
    return work(...at);
  } finally {
    for (const address of held) module.free(address);
  }
}

/** A copy of bytes in the module's memory. */
export function copyBytes(module: Memory, address: number, length: number): Uint8Array {
  return new Uint8Array(module.memory.buffer, address, length).slice();
}
