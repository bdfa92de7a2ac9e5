declare module "@alpinejs/csp" {
  type Component = Record<string, unknown>;
  const Alpine: {
    start(): void;
    data(name: string, make: (...given: never[]) => Component): void;
    store(name: string, value: unknown): void;
  };
  export default Alpine;
}
