/** The console's pages: htmx and Alpine are the framework's; this is what our components need. */
import { startCharts } from "./parts/chart-element";
import { startCalm, startControls } from "./parts/controls";
import { startKeys } from "./parts/keys";
import { startLive } from "./parts/live";
import { startModals } from "./parts/modals";
import { startSending } from "./parts/sending";
import { SETTINGS } from "./parts/settings";
import { startToasts } from "./parts/toasts";

function start(): void {
  const htmx = (window as unknown as { htmx?: { config: Record<string, unknown> } }).htmx;
  startToasts();
  startModals();
  startControls();
  startCalm();
  startKeys();
  if (htmx) {
    Object.assign(htmx.config, SETTINGS);
    startSending(htmx as never);
  }
  startCharts();
  startLive();
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
