/** <y-chart data-chart data-kind data-module>: fetches the drawing part when it comes into view. */

type Drawing = { redraw: () => void; dispose: () => void };
type Module = { draw: (element: HTMLElement, kind: string, data: unknown) => Drawing };

class ChartElement extends HTMLElement {
  static observedAttributes = ["data-chart"];
  private drawing: Drawing | null = null;
  private seen: IntersectionObserver | null = null;
  private theme: MutationObserver | null = null;

  connectedCallback(): void {
    this.seen = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) {
        this.seen?.disconnect();
        void this.draw();
      }
    });
    this.seen.observe(this);
    this.theme = new MutationObserver(() => void this.draw());
    this.theme.observe(document.documentElement, { attributes: true, attributeFilter: ["class", "data-accent"] });
  }

  disconnectedCallback(): void {
    this.seen?.disconnect();
    this.theme?.disconnect();
    this.drawing?.dispose();
    this.drawing = null;
  }

  attributeChangedCallback(_name: string, before: string | null): void {
    if (before !== null && this.drawing) void this.draw();
  }

  private async draw(): Promise<void> {
    const address = this.dataset.module;
    if (!address || !this.isConnected) return;
    const part = (await import(/* @vite-ignore */ address)) as Module;
    this.drawing?.dispose();
    this.drawing = part.draw(this, this.dataset.kind ?? "line", JSON.parse(this.dataset.chart || "{}"));
    this.setAttribute("data-drawn", "");
  }
}

export function startCharts(): void {
  if (!customElements.get("y-chart")) customElements.define("y-chart", ChartElement);
}
