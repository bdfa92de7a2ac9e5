/** `<y-resend data-seconds data-words>`: holds its button back until another code may be asked for. */
class Resend extends HTMLElement {
  private timer = 0;

  connectedCallback(): void {
    const button = this.querySelector<HTMLButtonElement>("button");
    let left = Number(this.dataset.seconds ?? 0);
    if (!button || left <= 0) return;
    const label = button.querySelector<HTMLElement>(".c-button-text") ?? button;
    const ready = label.textContent;
    const words = this.dataset.words ?? "{seconds}";
    const show = () => {
      button.disabled = left > 0;
      label.textContent = left > 0 ? words.replace("{seconds}", String(left)) : ready;
      if (left <= 0) window.clearInterval(this.timer);
      left -= 1;
    };
    this.timer = window.setInterval(show, 1000);
    show();
  }

  disconnectedCallback(): void {
    window.clearInterval(this.timer);
  }
}

export function startResend(): void {
  customElements.define("y-resend", Resend);
}
