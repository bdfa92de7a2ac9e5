/** The service worker, and the browser's offer to install (`data-install` is shown then). */

type InstallPrompt = Event & { prompt: () => Promise<void> };

export function startInstall(): void {
  const { worker, workerScope } = document.body.dataset;
  if (worker && "serviceWorker" in navigator && window.isSecureContext) {
    window.addEventListener("load", () => {
      navigator.serviceWorker.register(worker, { scope: workerScope ?? "/" }).catch(() => undefined);
    });
  }
  let offer: InstallPrompt | null = null;
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    offer = event as InstallPrompt;
    for (const each of document.querySelectorAll<HTMLElement>("[data-install]")) each.hidden = false;
  });
  document.addEventListener("click", (event) => {
    if ((event.target as Element).closest("[data-install]")) void offer?.prompt();
  });
}
