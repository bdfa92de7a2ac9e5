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
import { SETTINGS } from "./parts/settings";
import { startToasts } from "./parts/toasts";

declare global {
  interface Window {
    htmx: unknown;
    Alpine: unknown;
  }
}

Object.assign(htmx.config, SETTINGS, {
  allowEval: false,
  allowScriptTags: false,
  includeIndicatorStyles: false,
  selfRequestsOnly: true,
  timeout: 20_000,
  scrollIntoViewOnBoost: false,
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
