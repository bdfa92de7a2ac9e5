/** The grid of the pool: choosing rows, and the keyboard. Lists of rules use its keys too. */

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) &&
  !(target instanceof HTMLInputElement && target.type === "checkbox");

class PoolGrid extends HTMLElement {
  /** Whether everything that matches is chosen, also what is on other pages. */
  private all = false;

  connectedCallback(): void {
    this.addEventListener("change", (event) => this.changed(event.target as Element));
    this.addEventListener("click", (event) => this.clicked(event));
    this.show();
  }

  private boxes(): HTMLInputElement[] {
    return [...this.querySelectorAll<HTMLInputElement>("input[name=row]")];
  }

  private changed(target: Element): void {
    if (target.matches("[data-choose-page]")) {
      for (const box of this.boxes()) box.checked = (target as HTMLInputElement).checked;
    } else if (!target.matches("input[name=row]")) return;
    this.all = false;
    this.show();
  }

  private clicked(event: MouseEvent): void {
    const target = event.target as Element;
    if (target.closest("[data-choose-all]")) {
      for (const box of this.boxes()) box.checked = true;
      this.all = true;
      this.show();
    } else if (target.closest("[data-choose-none]")) {
      for (const box of this.boxes()) box.checked = false;
      this.all = false;
      this.show();
    } else if (event.shiftKey && target.matches("input[name=row]")) this.upTo(target as HTMLInputElement);
  }

  /** With Shift: all rows from the last one chosen. */
  private upTo(box: HTMLInputElement): void {
    const boxes = this.boxes();
    const end = boxes.indexOf(box);
    const start = boxes.findIndex((each) => each !== box && each.checked);
    if (start < 0) return;
    const between = boxes.slice(Math.min(start, end), Math.max(start, end) + 1);
    for (const each of between) each.checked = box.checked;
    this.show();
  }

  private show(): void {
    const boxes = this.boxes();
    const chosen = boxes.filter((box) => box.checked).length;
    for (const box of boxes) box.closest("tr")?.classList.toggle("is-chosen", box.checked);
    const page = this.querySelector<HTMLInputElement>("[data-choose-page]");
    if (page) {
      page.checked = chosen > 0 && chosen === boxes.length;
      page.indeterminate = chosen > 0 && chosen < boxes.length;
    }
    const bar = this.querySelector<HTMLElement>("[data-bar]");
    if (!bar) return;
    bar.hidden = chosen === 0;
    const count = Number(this.dataset.count ?? chosen);
    const text = bar.querySelector<HTMLElement>("[data-chosen]");
    if (text) text.textContent = (this.all ? count : chosen).toLocaleString("en");
    const all = bar.querySelector<HTMLInputElement>("[data-all]");
    if (all) all.value = this.all ? "1" : "";
    const offer = bar.querySelector<HTMLElement>("[data-choose-all]");
    if (offer) offer.hidden = this.all || count <= chosen;
  }
}

function rows(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("tr[data-row]")];
}

function move(step: number): void {
  const all = rows();
  if (!all.length) return;
  const here = all.findIndex((row) => row.contains(document.activeElement));
  const next = all[Math.max(0, Math.min(all.length - 1, here < 0 ? (step > 0 ? 0 : all.length - 1) : here + step))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  const row = (document.activeElement as Element | null)?.closest<HTMLElement>("tr[data-row]");
  if (event.key === "/") {
    const search = document.querySelector<HTMLInputElement>("#pool-search");
    search?.focus();
    search?.select();
  } else if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (event.key === "x" && row) row.querySelector<HTMLInputElement>("input[name=row]")?.click();
  else if (event.key === "e" && row) row.querySelector<HTMLElement>("[data-edit]")?.click();
  else if (event.key === "Enter" && row === document.activeElement) row?.querySelector<HTMLAnchorElement>("a[href]")?.click();
  else if (event.key === "n") document.querySelector<HTMLAnchorElement>(".c-pagination [rel=next]")?.click();
  else return;
  event.preventDefault();
}

customElements.define("y-pool", PoolGrid);
document.addEventListener("keydown", onKey);
// An edit begins at its first field, and Esc gives it up.
document.addEventListener("htmx:afterSettle", () => {
  const form = document.querySelector<HTMLElement>("tr.is-editing:not([data-begun])");
  if (!form) return;
  form.dataset.begun = "";
  form.querySelector<HTMLElement>("select, input:not([type=hidden])")?.focus();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  if (!document.querySelector("dialog[open]")) document.querySelector<HTMLElement>("tr.is-editing [data-cancel-edit]")?.click();
});
