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

const kWasi = 'wasi_snapshot_preview1';

/** Functions that a module imports, by the name under which it does. */
export type Imports = Record<string, Record<string, (...args: number[]) => number | void>>;

/** What a module is told of WASI functions that it is not given: ENOSYS. */
const kNotHere = 52;

/** What one call of crypto.getRandomValues gives at most: the bound of the Web Crypto standard. */
const kRandomBytesMax = 65536;

function randomness(memory: () => WebAssembly.Memory): Imports[string] {
  return {
    random_get(address, length) {
      for (let done = 0; done < length!; done += kRandomBytesMax) {
        const part = Math.min(length! - done, kRandomBytesMax);
        crypto.getRandomValues(new Uint8Array(memory().buffer, address! + done, part));
      }
      return 0;
    },
    proc_exit(code) {
      throw new Error(`the module ended itself with ${code}`);
    },
  };
}

/**
 * Compiles and starts a module. `more`: what it imports besides; tests alone use it. Rejects when
 * the bytes are no module, or one that needs a function outside of WASI that is not given.
 */
export async function startModule<Exports extends Memory>(
  source: ModuleSource,
  more: (memory: () => WebAssembly.Memory) => Imports = () => ({}),
): Promise<Exports> {
  const module =
    source instanceof Response
      ? await WebAssembly.compileStreaming(source)
      : await WebAssembly.compile(source);
  let exports: (Exports & { _initialize?: () => void }) | undefined;
  const memory = (): WebAssembly.Memory => exports!.memory;
  const given = more(memory);
  const wasi: Imports[string] = { ...randomness(memory), ...given[kWasi] };
  for (const wanted of WebAssembly.Module.imports(module))
    if (wanted.module === kWasi) wasi[wanted.name] ??= () => kNotHere;
  const instance = await WebAssembly.instantiate(module, { ...given, [kWasi]: wasi });
  exports = instance.exports as unknown as Exports & { _initialize?: () => void };
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
