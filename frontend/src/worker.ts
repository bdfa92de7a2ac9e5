/// <reference lib="webworker" />
/**
 * The service worker of a phone surface. Keeps the shell (styles, scripts, icons, the page that says
 * there is no network) and nothing else: no page, no answer, no picture of anybody ever lies here.
 * The server writes `SHELL` in front of it: {version, scope, offline, files}.
 */
declare const self: ServiceWorkerGlobalScope;
declare const SHELL: { version: string; scope: string; offline: string; files: string[] };

const PREFIX = `yipan-shell:${SHELL.scope}:`;
const NAME = PREFIX + SHELL.version;

async function keep(): Promise<void> {
  const cache = await caches.open(NAME);
  await cache.addAll([...SHELL.files, SHELL.offline]);
  await self.skipWaiting();
}

async function forgetOlder(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== NAME).map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function page(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch {
    const cache = await caches.open(NAME);
    return (await cache.match(SHELL.offline)) ?? Response.error();
  }
}

async function part(request: Request): Promise<Response> {
  const cache = await caches.open(NAME);
  return (await cache.match(request)) ?? fetch(request);
}

self.addEventListener("install", (event) => event.waitUntil(keep()));
self.addEventListener("activate", (event) => event.waitUntil(forgetOlder()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (SHELL.files.some((file) => request.url.endsWith(file))) event.respondWith(part(request));
});
