/** Short messages that come and go. Their markup is the server's (<template data-toast-kind>). */

export type Tone = "info" | "good" | "warn" | "bad";
const STAYS_MS = 4500;
const BAD_STAYS_MS = 8000;

function leave(toast: Element): void {
  toast.classList.add("is-leaving");
  window.setTimeout(() => toast.remove(), 220);
}

function watch(toast: HTMLElement): void {
  const stays = toast.classList.contains("is-bad") ? BAD_STAYS_MS : STAYS_MS;
  let timer = window.setTimeout(() => leave(toast), stays);
  toast.addEventListener("pointerenter", () => window.clearTimeout(timer));
  toast.addEventListener("pointerleave", () => {
    timer = window.setTimeout(() => leave(toast), stays);
  });
  toast.querySelector(".c-toast-close")?.addEventListener("click", () => leave(toast));
}

export function toast(text: string, tone: Tone = "info", href?: string): void {
  const region = document.querySelector("[data-toasts]");
  const pattern = document.querySelector<HTMLTemplateElement>(`template[data-toast-kind="${tone}"]`);
  const made = pattern?.content.firstElementChild?.cloneNode(true);
  if (!region || !(made instanceof HTMLElement)) return;
  const line = made.querySelector(".c-toast-text");
  if (line && href) {
    const link = document.createElement("a");
    link.href = href;
    link.textContent = text;
    link.className = "underline";
    line.replaceChildren(link);
  } else if (line) {
    line.textContent = text;
  }
  // A modal dialog covers everything outside of it: the message has to be inside.
  const modal = [...document.querySelectorAll("dialog[open]")].pop();
  if (modal && !modal.contains(region)) modal.append(region);
  region.append(made);
  watch(made);
}

export function startToasts(): void {
  const home = document.querySelector("[data-toasts]")?.parentElement;
  for (const each of document.querySelectorAll<HTMLElement>("[data-toasts] [data-toast]")) watch(each);
  document.body.addEventListener("toast", (event) => {
    const { text, tone, href } = (event as CustomEvent<{ text: string; tone?: Tone; href?: string }>).detail;
    if (text) toast(text, tone, href);
  });
  document.addEventListener(
    "close",
    (event) => {
      const region = (event.target as Element).querySelector?.("[data-toasts]");
      if (region && home) home.append(region);
    },
    true,
  );
}
