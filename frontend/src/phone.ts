/** Every page of a phone: htmx and Alpine without eval, and what the components need. */
import Alpine from "@alpinejs/csp";
import htmx from "htmx.org";

import { startCharts } from "./parts/chart-element";
import { startCalm, startControls } from "./parts/controls";
import { startInstall } from "./parts/install";
import { startLive } from "./parts/live";
import { startModals } from "./parts/modals";
import { startResend } from "./parts/resend";
import { startSending } from "./parts/sending";
import { startToasts } from "./parts/toasts";

declare global {
  interface Window {
    htmx: unknown;
    Alpine: unknown;
  }
}

Object.assign(htmx.config, {
  allowEval: false,
  allowScriptTags: false,
  includeIndicatorStyles: false,
  selfRequestsOnly: true,
  historyCacheSize: 0,
  refreshOnHistoryMiss: true,
  timeout: 20_000,
  scrollIntoViewOnBoost: false,
  defaultSettleDelay: 0, // what has come in listens at once: a finger may be on it already
  responseHandling: [
    { code: "204", swap: false },
    { code: "[23]..", swap: true },
    { code: "422", swap: true },
    { code: "[45]..", swap: false, error: true },
  ],
});
window.htmx = htmx;
window.Alpine = Alpine;

startToasts();
startModals();
startResend();
startControls();
startCalm();
startSending(htmx as never);
startCharts();
startLive();
startInstall();
// After the scripts of the page, which register what they give to Alpine.
document.addEventListener("DOMContentLoaded", () => Alpine.start());
