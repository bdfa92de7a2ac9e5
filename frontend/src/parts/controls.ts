/** Small controls that need a hand: steppers, file drops, copying, sharing, menus, filters. */
import { toast } from "./toasts";

function step(button: HTMLElement): void {
  const input = button.closest("[data-stepper]")?.querySelector("input");
  if (!input) return;
  const before = input.value;
  if (Number(button.dataset.step) > 0) input.stepUp();
  else input.stepDown();
  if (input.value !== before) {
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

/** Browsers inside of apps, and pages without https, have no clipboard; some forbid copying at all. */
function copyOldWay(button: HTMLElement, text: string): boolean {
  const area = document.createElement("textarea");
  area.value = text;
  area.readOnly = true; // no keyboard comes up
  area.className = "sr-only";
  (button.closest("dialog") ?? document.body).append(area);
  area.select();
  area.setSelectionRange(0, text.length);
  let done = false;
  try {
    done = document.execCommand("copy");
  } catch {
    done = false;
  }
  area.remove();
  button.focus();
  return done;
}

/** What could not be copied is shown, to be copied by hand. */
function showToCopy(button: HTMLElement, text: string | null): void {
  const box = (button.closest("dialog") ?? document).querySelector<HTMLElement>("[data-copy-by-hand]");
  const field = box?.querySelector<HTMLTextAreaElement>("textarea");
  if (!box || !field) return;
  box.hidden = text === null;
  if (text === null) return;
  field.value = text;
  field.focus();
  field.select();
}

async function copy(button: HTMLElement): Promise<void> {
  const text = button.dataset.copy ?? "";
  let done = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    done = copyOldWay(button, text);
  }
  showToCopy(button, done ? null : text);
  if (done) button.dispatchEvent(new CustomEvent("copied", { bubbles: true }));
  const words = done ? button.dataset.done : button.dataset.failed;
  if (words) toast(words, done ? "good" : "bad");
}

async function share(button: HTMLElement): Promise<void> {
  const data = {
    url: button.dataset.share ?? "",
    title: button.dataset.shareTitle ?? "",
    text: button.dataset.shareText ?? "",
  };
  try {
    await navigator.share(data);
    button.dispatchEvent(new CustomEvent("shared", { bubbles: true }));
  } catch {
    // The person closed the system's sheet: nothing happened.
  }
}

function showWhatIsThere(root: ParentNode): void {
  if ("share" in navigator) {
    for (const each of root.querySelectorAll<HTMLElement>("[data-share][hidden]")) each.hidden = false;
  }
}

function nameOfFile(input: HTMLInputElement): void {
  const name = input.closest("[data-drop]")?.querySelector("[data-drop-name]");
  if (name) name.textContent = [...(input.files ?? [])].map((file) => file.name).join(", ");
}

function dropped(event: DragEvent, box: Element): void {
  const input = box.querySelector<HTMLInputElement>("input[type=file]");
  if (!input || !event.dataTransfer?.files.length) return;
  input.files = event.dataTransfer.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

function startDrops(): void {
  for (const kind of ["dragover", "dragleave", "drop"] as const) {
    document.addEventListener(kind, (event) => {
      const box = (event.target as Element).closest?.("[data-drop]");
      if (!box) return;
      event.preventDefault();
      box.classList.toggle("is-over", kind === "dragover");
      if (kind === "drop") dropped(event, box);
    });
  }
}

function startMenus(): void {
  const shut = (except: Element | null) => {
    for (const each of document.querySelectorAll("details.c-menu[open]")) {
      if (each !== except) each.removeAttribute("open");
    }
  };
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    shut(target.closest(".c-menu-item") ? null : target.closest("details.c-menu"));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("details.c-menu[open]");
    if (open) {
      open.removeAttribute("open");
      open.querySelector("summary")?.focus();
    }
  });
}

export function startControls(): void {
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    const button = target.closest<HTMLElement>("[data-step], [data-copy], [data-share]");
    if (button?.dataset.step) step(button);
    else if (button?.dataset.copy !== undefined) void copy(button);
    else if (button?.dataset.share !== undefined) void share(button);
  });
  document.addEventListener("change", (event) => {
    const input = event.target as HTMLInputElement;
    if (input.type === "file") nameOfFile(input);
    const form = input.closest<HTMLFormElement>("form[data-filters]");
    if (form && !form.hasAttribute("hx-get") && input.type !== "search") form.requestSubmit();
  });
  document.body.addEventListener("htmx:load", (event) => showWhatIsThere(event.target as Element));
  showWhatIsThere(document);
  startDrops();
  startMenus();
}

/** Whatever changed under `data-calm` comes in softly. */
export function startCalm(): void {
  let before = new Map<string, string>();
  const texts = (root: Element) =>
    [...root.querySelectorAll<HTMLElement>("[data-calm]")].map((each, index) => {
      const key = each.id || `${each.dataset.calm || "calm"}-${index}`;
      return [key, each] as const;
    });
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const target = (event as CustomEvent<{ target: Element }>).detail.target;
    before = new Map(texts(target.parentElement ?? target).map(([key, each]) => [key, each.textContent ?? ""]));
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    const target = event.target as Element;
    for (const [key, each] of texts(target.parentElement ?? target)) {
      const was = before.get(key);
      if (was !== undefined && was !== each.textContent) {
        each.classList.remove("y-calm");
        void each.offsetWidth;
        each.classList.add("y-calm");
      }
    }
  });
}
