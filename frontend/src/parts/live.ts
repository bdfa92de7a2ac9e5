/**
 * What the server says by itself (`/live`): each event becomes `live:<kind>` on <body>, for
 * `hx-trigger="live:entry from:body"`; a text along with it is shown as a toast.
 */
import { type Tone, toast } from "./toasts";

const KINDS = [
  "touch", "binding", "entry", "reversal", "release", "withdrawal", "stock", "order", "payment", "refund",
  "fulfilment", "work", "sync",
];
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;

type Told = { kind?: string; text?: string; tone?: Tone; href?: string };

function tell(kind: string, data: string): void {
  let told: Told = {};
  try {
    told = data ? (JSON.parse(data) as Told) : {};
  } catch {
    return;
  }
  const name = told.kind ?? kind;
  document.body.dispatchEvent(new CustomEvent(`live:${name}`, { detail: told }));
  document.body.dispatchEvent(new CustomEvent("live:any", { detail: { ...told, kind: name } }));
  if (told.text) toast(told.text, told.tone ?? "good", told.href);
}

export function startLive(): void {
  const address = document.body.dataset.live;
  if (!address || !("EventSource" in window)) return;
  let wait = FIRST_WAIT_MS;
  let source: EventSource | null = null;
  let timer = 0;
  let opened = false;
  const open = () => {
    window.clearTimeout(timer);
    source?.close();
    source = new EventSource(address);
    source.onopen = () => {
      // Something may have been said in between: whoever shows it asks again.
      if (opened) tell("sync", "");
      opened = true;
      wait = FIRST_WAIT_MS;
    };
    source.onmessage = (event: MessageEvent<string>) => tell("message", event.data);
    for (const kind of KINDS) {
      source.addEventListener(kind, (event) => tell(kind, (event as MessageEvent<string>).data));
    }
    source.onerror = () => {
      source?.close();
      source = null;
      // Not all at once after a restart of the server.
      timer = window.setTimeout(open, wait * (0.5 + Math.random() / 2));
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    };
  };
  // A page in the background holds no connection; a phone would cut it anyway.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      window.clearTimeout(timer);
      source?.close();
      source = null;
    } else if (!source) open();
  });
  window.addEventListener("pagehide", () => {
    window.clearTimeout(timer);
    source?.close();
    source = null;
  });
  // What was said while the network was away was perhaps heard, but could not be asked about.
  window.addEventListener("online", () => {
    if (document.hidden) return;
    wait = FIRST_WAIT_MS;
    open();
  });
  // Back to a page that the browser kept as it was: it shows what was true then.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted && !source) open();
  });
  open();
}
