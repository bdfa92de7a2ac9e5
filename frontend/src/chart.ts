/** Lines and bars by ECharts, in the palette of the page; loaded when a chart comes into view. */
import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([BarChart, LineChart, GridComponent, TooltipComponent, LegendComponent, AriaComponent, SVGRenderer]);

type Series = { name: string; values: (number | null)[]; kind?: string };
type Data = { labels?: string[]; series?: Series[]; unit?: string; stacked?: boolean };

const yuan = (fen: number, digits = 2): string =>
  `${fen < 0 ? "-" : ""}¥${(Math.abs(fen) / 100).toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits })}`;

function short(value: number, unit: string): string {
  if (unit === "percent") return `${value}%`;
  const scale = unit === "fen" ? value / 100 : value;
  const size = Math.abs(scale);
  const chinese = document.documentElement.lang.startsWith("zh");
  if (chinese && size >= 1e8) return `${+(scale / 1e8).toFixed(1)}亿`;
  if (chinese && size >= 1e4) return `${+(scale / 1e4).toFixed(1)}万`;
  if (!chinese && size >= 1e6) return `${+(scale / 1e6).toFixed(1)}M`;
  if (!chinese && size >= 1e3) return `${+(scale / 1e3).toFixed(1)}k`;
  return String(+scale.toFixed(1));
}

function full(value: unknown, unit: string): string {
  if (typeof value !== "number") return "–";
  if (unit === "fen") return yuan(value);
  return unit === "percent" ? `${value}%` : value.toLocaleString("en");
}

/** The browser resolves the page's variables; ECharts wants colours it can read. */
function palette(element: HTMLElement): (name: string) => string {
  const probe = document.createElement("span");
  probe.hidden = true;
  element.append(probe);
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const read = (name: string): string => {
    probe.style.color = `var(${name})`;
    const colour = getComputedStyle(probe).color;
    if (!canvas) return colour;
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = canvas.getImageData(0, 0, 1, 1).data;
    return `rgb(${r},${g},${b})`;
  };
  window.setTimeout(() => probe.remove());
  return read;
}

function options(element: HTMLElement, kind: string, data: Data): Record<string, unknown> {
  const colour = palette(element);
  const unit = data.unit ?? "count";
  const many = (data.series ?? []).length > 1;
  const text = { color: colour("--faint"), fontFamily: "inherit", fontSize: 11 };
  return {
    animationDuration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 400,
    color: ["--accent", "--info", "--warn", "--bad", "--good", "--line-strong"].map(colour),
    grid: { left: 4, right: 8, top: many ? 32 : 10, bottom: 0, containLabel: true },
    legend: many ? { top: 0, left: 0, itemWidth: 10, itemHeight: 10, icon: "roundRect", textStyle: { ...text, color: colour("--soft"), fontSize: 12 } } : undefined,
    tooltip: {
      trigger: "axis",
      confine: true,
      renderMode: "richText",
      backgroundColor: colour("--raised"),
      borderColor: colour("--line"),
      textStyle: { color: colour("--ink"), fontFamily: "inherit", fontSize: 12 },
      axisPointer: { type: kind === "bar" ? "shadow" : "line", shadowStyle: { opacity: 0.06 }, lineStyle: { color: colour("--line-strong") } },
      valueFormatter: (value: unknown) => full(value, unit),
    },
    xAxis: {
      type: "category",
      data: data.labels ?? [],
      boundaryGap: kind === "bar",
      axisTick: { show: false },
      axisLine: { lineStyle: { color: colour("--line") } },
      axisLabel: { ...text, hideOverlap: true },
    },
    yAxis: {
      type: "value",
      splitNumber: 3,
      axisLabel: { ...text, formatter: (value: number) => short(value, unit) },
      splitLine: { lineStyle: { color: colour("--line") } },
    },
    series: (data.series ?? []).map((each) => ({
      name: each.name,
      type: each.kind ?? kind,
      data: each.values,
      stack: data.stacked ? "all" : undefined,
      smooth: 0.25,
      symbol: "circle",
      symbolSize: 6,
      showSymbol: (data.labels ?? []).length < 2,
      lineStyle: { width: 2 },
      barMaxWidth: 18,
      itemStyle: kind === "bar" && !data.stacked ? { borderRadius: [3, 3, 0, 0] } : undefined,
      areaStyle: kind === "line" && !many ? { opacity: 0.08 } : undefined,
    })),
  };
}

export function draw(element: HTMLElement, kind: string, data: Data): { redraw: () => void; dispose: () => void } {
  const chart = init(element, null, { renderer: "svg" });
  chart.setOption(options(element, kind, data));
  const sized = new ResizeObserver(() => chart.resize());
  sized.observe(element);
  return {
    redraw: () => chart.setOption(options(element, kind, data)),
    dispose: () => {
      sized.disconnect();
      chart.dispose();
    },
  };
}
