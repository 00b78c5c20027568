// What follows `vite build`: names the files in the service worker, writes .br and .gz beside each
// file that gets smaller by it, and refuses a first load of JavaScript above its bound.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const firstLoadOctetsMax = 150_000;
const out = process.env.YUBIN_WEB_OUT ?? 'dist';

const files = readdirSync(out, { recursive: true })
    .map((name) => join(out, name))
    .filter((path) => statSync(path).isFile() && !/\.(br|gz)$/.test(path))
    .sort();

const shell = files.map((path) => '/' + relative(out, path)).filter((path) => path !== '/sw.js');
const digest = createHash('sha256');
for (const path of files) digest.update(readFileSync(path));
const worker = join(out, 'sw.js');
writeFileSync(
    worker,
    readFileSync(worker, 'utf8')
        .replace('__SHELL__', shell.map((path) => (path === '/index.html' ? '/' : path)).join(' '))
        .replace('__VERSION__', digest.digest('hex').slice(0, 16)),
);

const brotli = (octets) =>
    brotliCompressSync(octets, {
        params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: octets.length },
    });
for (const path of files) {
    if (!/\.(js|css|html|svg|webmanifest)$/.test(path)) continue;
    const octets = readFileSync(path);
    if (octets.length < 512) continue;
    writeFileSync(path + '.br', brotli(octets));
    writeFileSync(path + '.gz', gzipSync(octets, { level: 9 }));
}

// The first load is the script that index.html names and what that imports without being asked.
const page = readFileSync(join(out, 'index.html'), 'utf8');
const first = new Set([...page.matchAll(/(?:src|href)="(\/assets\/[^"]+\.js)"/g)].map((m) => m[1]));
for (const name of first) {
    const text = readFileSync(join(out, name), 'utf8');
    for (const [, path] of text.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)) first.add('/assets/' + path);
}
let octets = 0;
for (const name of first) octets += gzipSync(readFileSync(join(out, name)), { level: 9 }).length;
console.log(`first load: ${(octets / 1000).toFixed(1)} KB of JavaScript (gzip), at most ${firstLoadOctetsMax / 1000}`);
if (octets > firstLoadOctetsMax) process.exit(1);
