/** Rows of a list that are chosen to be decided on together: how many, and their sum. */
function yuan(fen: number): string {
  const whole = Math.trunc(fen / 100).toLocaleString("en-US");
  return `¥${whole}.${String(fen % 100).padStart(2, "0")}`;
}

function start(form: HTMLFormElement): void {
  const all = form.querySelector<HTMLInputElement>("[data-choose-all]");
  const boxes = [...form.querySelectorAll<HTMLInputElement>("[data-choose-one]")];
  const bar = form.querySelector<HTMLElement>("[data-chosen]");
  if (!bar) return;
  const part = (name: string) => bar.querySelector<HTMLElement>(`[data-chosen-${name}]`);

  function tell(): void {
    const chosen = boxes.filter((box) => box.checked);
    const sum = chosen.reduce((total, box) => total + Number(box.dataset.fen ?? 0), 0);
    part("count")!.textContent = String(chosen.length);
    part("sum")!.textContent = yuan(sum);
    part("none")!.hidden = chosen.length > 0;
    part("some")!.hidden = chosen.length === 0;
    for (const act of bar!.querySelectorAll<HTMLButtonElement>("[data-chosen-act]")) act.disabled = chosen.length === 0;
    if (all) {
      all.checked = boxes.length > 0 && chosen.length === boxes.length;
      all.indeterminate = chosen.length > 0 && chosen.length < boxes.length;
      all.disabled = boxes.length === 0;
    }
  }

  all?.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    tell();
  });
  for (const box of boxes) box.addEventListener("change", tell);
  tell();
}

document.addEventListener("DOMContentLoaded", () => {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-choose]")) start(form);
});
