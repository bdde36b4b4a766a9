// Runs the checks of page.ts in Debian's Chromium, without a window and without the network: the
// page and its files come from a server of this process on loopback.
import { createServer, type Server, type ServerResponse } from 'node:http';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';

import { chromium } from 'playwright-core';

import type { Findings } from './all.js';
import type { Files } from './checks.js';

const kChromium = process.env['HOLDSPACE_CHROMIUM'] ?? '/usr/bin/chromium';
const kArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** All checks take a few seconds; a page that hangs must not hang the run. */
const kPageTimeoutMs = 120_000;

/** Bare names of npm packages, as a browser wants them: the tests need no bundler. */
const kImports = {
  '@bufbuild/protobuf': '/node_modules/@bufbuild/protobuf/dist/esm/index.js',
  '@bufbuild/protobuf/codegenv2': '/node_modules/@bufbuild/protobuf/dist/esm/codegenv2/index.js',
};
const kPage = `<!doctype html><meta charset="utf-8"><title>checks</title>
<script type="importmap">${JSON.stringify({ imports: kImports })}</script>
<script type="module" src="/js/tests/page.js"></script>`;

/** `js`: the folder of compiled modules, with node_modules beside it. */
function serve(js: string, files: Files): Server {
  const read = async (path: string): Promise<[string, Uint8Array | string]> => {
    if (path === '/') return ['text/html', kPage];
    if (path.startsWith('/files/'))
      return ['application/octet-stream', await files.bytes(path.slice('/files/'.length))];
    return ['text/javascript', await readFile(join(js, '..', path))];
  };
  const answer = async (url: string, response: ServerResponse): Promise<void> => {
    try {
      const [type, body] = await read(normalize(decodeURIComponent(url)));
      response.writeHead(200, { 'content-type': type }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  };
  return createServer((request, response) => void answer(request.url ?? '/', response));
}

export async function runInChromium(js: string, files: Files, strict: boolean): Promise<Findings> {
  const server = serve(js, files);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const browser = await chromium.launch({
    executablePath: kChromium,
    headless: true,
    args: kArguments,
  });
  try {
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    page.setDefaultTimeout(kPageTimeoutMs);
    await page.waitForFunction('typeof window.runAll === "function"').catch((error: unknown) => {
      throw new Error(`the page does not start: ${errors.join('; ') || String(error)}`);
    });
    return await page.evaluate((asked) => window.runAll(asked), strict);
  } finally {
    await browser.close();
    server.close();
  }
}
