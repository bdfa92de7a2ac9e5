/**
 * Sending on a bad network: what was not confirmed is said so, and can be sent again as it was. The
 * form's hidden key goes along unchanged, so that the server does it once however often it arrives.
 */
import { toast } from "./toasts";

type Sent = {
  elt: Element;
  target: Element;
  requestConfig: { verb: string; path: string; formData?: FormData; headers: Record<string, string>; triggeringEvent?: Event };
  xhr?: XMLHttpRequest;
};
type Ajax = (verb: string, path: string, context: Record<string, unknown>) => Promise<void>;
type Htmx = { ajax: Ajax; process: (element: Element) => void };

const GATEWAY = new Set([502, 503, 504]);
let waiting: Sent | null = null;

const banner = (): HTMLElement | null => document.querySelector("[data-network]");

const place = document.createComment("network");

/** What is open over the page makes all behind it inert: the banner has to be in it. */
function bring(box: HTMLElement): void {
  const open = [...document.querySelectorAll("dialog[open]")].at(-1);
  const head = open?.querySelector("header, .c-dialog-head");
  if (!place.isConnected) box.before(place);
  if (head) head.after(box);
  else place.after(box);
}

function show(kind: "failed" | "offline" | null): void {
  const box = banner();
  if (!box) return;
  box.hidden = kind === null;
  bring(box);
  for (const each of box.querySelectorAll<HTMLElement>("[data-network-kind]")) {
    each.hidden = each.dataset.networkKind !== kind;
  }
}

/** Whether somebody asked for it, or the page by itself: what it asks for again anyway is not told. */
function isAsked(sent: Sent): boolean {
  const kind = sent.requestConfig.triggeringEvent?.type ?? "";
  return sent.requestConfig.verb !== "get" || !(kind === "" || kind === "load" || kind.startsWith("live:"));
}

function failed(sent: Sent): void {
  if (!isAsked(sent)) return;
  waiting = { ...sent, requestConfig: { ...sent.requestConfig } };
  show("failed");
}

async function again(htmx: Htmx): Promise<void> {
  const sent = waiting;
  if (!sent) {
    location.reload();
    return;
  }
  waiting = null;
  show(null);
  const { verb, path, formData, headers } = sent.requestConfig;
  const context: Record<string, unknown> = { values: formData, headers, target: sent.target };
  if (sent.elt.isConnected) context.source = sent.elt;
  await htmx.ajax(verb, path, context);
}

/** What was answered for good is done: what the form sends next is another thing. */
function renewKey(sent: Sent): void {
  const status = sent.xhr?.status ?? 0;
  if (sent.requestConfig.verb !== "post" || status < 200 || status >= 400) return;
  const form = sent.elt.closest("form");
  // A form with `data-keeps-key` is for one thing only, also where the browser comes back to it.
  if (form?.dataset.keepsKey !== undefined) return;
  for (const key of form?.querySelectorAll<HTMLInputElement>("input[name=once]") ?? []) {
    key.value = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }
}

/** A form that htmx does not know yet is sent through it, and left for the page it leads to. */
function boost(root: ParentNode, htmx: Htmx | null): void {
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-send]:not([hx-boost])")) {
    form.setAttribute("hx-boost", "true");
    htmx?.process(form);
  }
}

function startForms(htmx: Htmx): void {
  boost(document, null);
  document.body.addEventListener("htmx:load", (event) => boost(event.target as Element, htmx));
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const detail = (event as CustomEvent).detail as Sent & { shouldSwap: boolean; requestConfig: { path: string } };
    const form = detail.elt;
    const lands = detail.xhr?.responseURL;
    if (!(form instanceof HTMLFormElement) || form.dataset.send === undefined || !lands) return;
    const went = new URL(detail.requestConfig.path, location.href);
    if (detail.xhr && detail.xhr.status < 400 && new URL(lands).href !== went.href) {
      detail.shouldSwap = false;
      location.assign(lands);
    }
  });
}

/** The busy state of whatever sends: its own button, or the form's. */
function startBusy(): void {
  const buttons = (sent: Sent): HTMLElement[] => {
    const submits = sent.elt instanceof HTMLFormElement ? sent.elt.querySelectorAll<HTMLElement>("[type=submit]") : [];
    return sent.elt.matches("button, a.c-button") ? [sent.elt as HTMLElement] : [...submits];
  };
  let count = 0;
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    count += 1;
    document.documentElement.classList.add("is-sending");
    for (const each of buttons((event as CustomEvent<Sent>).detail)) each.setAttribute("aria-busy", "true");
  });
  document.body.addEventListener("htmx:afterRequest", (event) => {
    count = Math.max(0, count - 1);
    if (count === 0) document.documentElement.classList.remove("is-sending");
    for (const each of buttons((event as CustomEvent<Sent>).detail)) each.removeAttribute("aria-busy");
  });
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (event.defaultPrevented || form.matches("[hx-post], [hx-boost], [hx-get], [target]")) return;
    const button = (event as SubmitEvent).submitter;
    window.setTimeout(() => button?.setAttribute("aria-busy", "true"));
  });
  window.addEventListener("pageshow", () => {
    for (const each of document.querySelectorAll("[aria-busy=true]")) each.removeAttribute("aria-busy");
  });
}

export function startSending(htmx: Htmx): void {
  startForms(htmx);
  startBusy();
  for (const kind of ["htmx:sendError", "htmx:timeout"]) {
    document.body.addEventListener(kind, (event) => failed((event as CustomEvent<Sent>).detail));
  }
  document.body.addEventListener("htmx:responseError", (event) => {
    const sent = (event as CustomEvent<Sent>).detail;
    const status = sent.xhr?.status ?? 0;
    if (GATEWAY.has(status)) failed(sent);
    else if (!sent.xhr?.getResponseHeader("HX-Trigger")) {
      const text = banner()?.dataset.refused;
      if (text) toast(text, "bad");
    }
  });
  document.body.addEventListener("htmx:afterOnLoad", () => {
    if (!waiting) show(null);
  });
  document.body.addEventListener("htmx:afterRequest", (event) => renewKey((event as CustomEvent<Sent>).detail));
  document.addEventListener("click", (event) => {
    if ((event.target as Element).closest("[data-network-again]")) void again(htmx);
  });
  const followModals = () => {
    const box = banner();
    if (box && !box.hidden) bring(box);
    else if (box && place.isConnected) place.after(box);
  };
  document.addEventListener("close", followModals, true);
  document.body.addEventListener("modal:opened", followModals);
  window.addEventListener("offline", () => {
    if (!waiting) show("offline");
  });
  window.addEventListener("online", () => {
    // The page that says there is no network has nothing to keep.
    if (document.querySelector("main [data-network-again]")) location.reload();
    else if (waiting?.requestConfig.verb === "get") void again(htmx);
    else if (!waiting) show(null);
  });
  if (!navigator.onLine) show("offline");
}
