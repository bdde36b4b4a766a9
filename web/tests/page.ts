// The checks in a page of tests/chromium.ts, which serves the files.
import { runAll, type Findings } from './all.js';
import type { Files } from './checks.js';

const files: Files = {
  async bytes(name) {
    const response = await fetch(`/files/${name}`);
    if (!response.ok) throw new Error(`${name}: ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  },
};

declare global {
  interface Window {
    runAll(strict: boolean): Promise<Findings>;
  }
}

window.runAll = (strict) => runAll(files, strict);
