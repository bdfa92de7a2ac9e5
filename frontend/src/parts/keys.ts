/** Keys of lists at a desk: `/` searches, `j` and `k` go from row to row, Enter opens what has the focus. */

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/** The first link of every row that has one, in the order of the page. */
function ways(): HTMLAnchorElement[] {
  const rows = document.querySelectorAll<HTMLElement>(".desk .c-table tbody tr, .desk .c-list > li");
  return [...rows].map((row) => row.querySelector<HTMLAnchorElement>("a[href]")).filter((link) => link !== null);
}

function move(by: number): void {
  const links = ways();
  const row = document.activeElement?.closest("tr, li");
  const here = links.findIndex((link) => row?.contains(link));
  const next = links[here < 0 ? (by > 0 ? 0 : links.length - 1) : here + by];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

export function startKeys(): void {
  if (document.querySelector("y-pool")) return; // the grid has keys of its own
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === "/") {
      const search = document.querySelector<HTMLInputElement>(".desk input[type=search]");
      if (!search) return;
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
  });
}
