/** Sheets and dialogs: `data-opens="id"`, `data-closes`; the browser holds focus and Esc. */

const byId = (id: string): HTMLDialogElement | null => {
  const found = document.getElementById(id);
  return found instanceof HTMLDialogElement ? found : null;
};

export function openModal(dialog: HTMLDialogElement): void {
  if (dialog.open) return;
  dialog.showModal();
  dialog.dispatchEvent(new CustomEvent("modal:opened", { bubbles: true }));
}

function openThoseThatWait(root: ParentNode): void {
  for (const each of root.querySelectorAll<HTMLDialogElement>("dialog[data-opens-itself]")) {
    openModal(each);
  }
}

export function startModals(): void {
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    const opener = target.closest<HTMLElement>("[data-opens]");
    if (opener) {
      const dialog = byId(opener.dataset.opens ?? "");
      if (dialog) {
        if (opener instanceof HTMLAnchorElement) event.preventDefault();
        opener.closest("details.c-menu")?.removeAttribute("open");
        openModal(dialog);
      }
      return;
    }
    if (target.closest("[data-closes]")) {
      target.closest("dialog")?.close();
      return;
    }
    // The backdrop belongs to the dialog itself; its inside is another element.
    if (target instanceof HTMLDialogElement && target.hasAttribute("data-modal")) target.close();
  });
  // Closing is a client matter: what htmx fetched stays, what a form sent is swapped by its answer.
  document.body.addEventListener("modal:close", (event) => {
    const id = (event as CustomEvent<{ id?: string; value?: string }>).detail;
    const dialog = byId(id?.id ?? id?.value ?? "");
    if (dialog) dialog.close();
    else document.querySelectorAll<HTMLDialogElement>("dialog[open]").forEach((each) => each.close());
  });
  document.body.addEventListener("htmx:afterSwap", (event) => openThoseThatWait(event.target as Element));
  openThoseThatWait(document);
}
