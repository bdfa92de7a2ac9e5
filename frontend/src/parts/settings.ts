/** How htmx works on every page of ours, phone or desk. */
export const SETTINGS = {
  historyCacheSize: 0,
  refreshOnHistoryMiss: true,
  defaultSettleDelay: 0, // what has come in listens at once: a finger may be on it already
  responseHandling: [
    { code: "204", swap: false },
    { code: "[23]..", swap: true },
    { code: "422", swap: true },
    { code: "[45]..", swap: false, error: true },
  ],
};
