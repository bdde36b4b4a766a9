// What runs in Node and in a browser alike, and what it says about itself.

/**
 * Files by their name: "boundary.wasm", "vectors/boundary.json", "published/x25519_test.json",
 * "zoneinfo/Europe/London".
 */
export interface Files {
  /** Rejects when there is no such file. */
  bytes(name: string): Promise<Uint8Array>;
}

export interface Report {
  name: string;
  passed: number;
  total: number;
  /** Not in `total`: their files are not there. */
  skipped: number;
  /** One line for each failure, at most kFailuresShown. */
  failures: string[];
}

const kFailuresShown = 10;

/** Counts cases under one name; a case that throws has failed. */
export class Tally {
  readonly #report: Report;

  constructor(name: string) {
    this.#report = { name, passed: 0, total: 0, skipped: 0, failures: [] };
  }

  check(what: string, run: () => string | undefined): void {
    let failure: string | undefined;
    try {
      failure = run();
    } catch (error) {
      failure = String(error);
    }
    this.#report.total += 1;
    if (failure === undefined) this.#report.passed += 1;
    else if (this.#report.failures.length < kFailuresShown)
      this.#report.failures.push(`${what}: ${failure}`);
  }

  equal(what: string, found: unknown, expected: unknown): void {
    this.check(what, () => {
      const [has, wants] = [text(found), text(expected)];
      return has === wants ? undefined : `${has}, expected ${wants}`;
    });
  }

  get report(): Report {
    return this.#report;
  }
}

function text(value: unknown): string {
  return (
    JSON.stringify(value, (_key, one: unknown) => (typeof one === 'bigint' ? `${one}n` : one)) ??
    'undefined'
  );
}

export async function jsonFile(files: Files, name: string): Promise<unknown> {
  return JSON.parse(new TextDecoder().decode(await files.bytes(name)));
}

export function hexToBytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export function bytesToHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
