// The service worker: the client opens without the network, and letters that were opened can be
// read again. It never answers for the API: what the store keeps lies in IndexedDB.
const worker = self as unknown as ServiceWorkerGlobalScope;

// Both words are put in after the build.
const version = '__VERSION__';
const shell = '__SHELL__'.split(' ');

const shellCache = `shell-${version}`;
const letterCache = 'letters';
const lettersMost = 500;

worker.addEventListener('install', (event) => {
    event.waitUntil(
        caches
            .open(shellCache)
            .then((cache) => cache.addAll(shell))
            .then(() => worker.skipWaiting()),
    );
});

worker.addEventListener('activate', (event) => {
    event.waitUntil(
        caches
            .keys()
            .then((names) => names.filter((name) => name.startsWith('shell-') && name !== shellCache))
            .then((old) => Promise.all(old.map((name) => caches.delete(name))))
            .then(() => worker.clients.claim()),
    );
});

worker.addEventListener('fetch', (event) => {
    const url = new URL(event.request.url);
    if (event.request.method !== 'GET' || url.origin !== worker.location.origin) return;
    if (url.pathname.startsWith('/view/')) event.respondWith(letter(event.request));
    else if (url.pathname === '/' || shell.includes(url.pathname)) event.respondWith(page(event.request, url.pathname));
});

// What an entry of the shell is called does not change while this worker lives.
async function page(request: Request, path: string): Promise<Response> {
    const cache = await caches.open(shellCache);
    return (await cache.match(path)) ?? fetch(request);
}

// A letter never changes; but it may have been removed, so the server is asked first.
async function letter(request: Request): Promise<Response> {
    const cache = await caches.open(letterCache);
    try {
        const response = await fetch(request);
        if (response.ok) await keep(cache, request, response.clone());
        return response;
    } catch (error) {
        const kept = await cache.match(request);
        if (kept) return kept;
        throw error;
    }
}

async function keep(cache: Cache, request: Request, response: Response): Promise<void> {
    await cache.put(request, response);
    const keys = await cache.keys();
    for (const old of keys.slice(0, Math.max(0, keys.length - lettersMost))) await cache.delete(old);
}

// The person signed out: nothing of the letters stays on this device.
worker.addEventListener('message', (event) => {
    if (event.data === 'forget') event.waitUntil(caches.delete(letterCache));
});
