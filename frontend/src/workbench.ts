/** The workbench: posters that arrive late or not at all, saving them on any phone, clearing a search. */

const SLOW_MS = 8_000;

/**
 * <y-poster data-state>: `loading` shows the skeleton, `slow` says so too, `failed` offers to try
 * again, `there` shows the picture. Without a script the picture just comes.
 */
class PosterElement extends HTMLElement {
  private timer = 0;
  private tries = 0;
  private readonly online = () => {
    if (this.dataset.state === "failed") this.again();
  };

  connectedCallback(): void {
    const image = this.querySelector("img");
    if (!image) return;
    image.addEventListener("load", () => this.show("there"));
    image.addEventListener("error", () => this.show("failed"));
    this.querySelector("[data-again]")?.addEventListener("click", (event) => {
      event.stopPropagation();
      this.again();
    });
    window.addEventListener("online", this.online);
    if (image.complete && image.naturalWidth) this.show("there");
    else if (image.loading === "lazy") this.show("loading");
    else if (image.complete) this.show("failed");
    else this.wait();
  }

  disconnectedCallback(): void {
    window.clearTimeout(this.timer);
    window.removeEventListener("online", this.online);
  }

  private wait(): void {
    this.show("loading");
    this.timer = window.setTimeout(() => this.show("slow"), SLOW_MS);
  }

  private show(state: "loading" | "slow" | "failed" | "there"): void {
    if (state !== "loading") window.clearTimeout(this.timer);
    this.dataset.state = state;
    for (const each of this.querySelectorAll<HTMLElement>("[data-in]")) {
      each.hidden = !each.dataset.in?.split(" ").includes(state);
    }
  }

  private again(): void {
    const image = this.querySelector("img");
    if (!image) return;
    this.wait();
    this.tries += 1;
    const address = new URL(image.src);
    address.searchParams.set("try", String(this.tries));
    image.src = address.href;
  }
}

const inWeChat = /MicroMessenger/i.test(navigator.userAgent);
// An iPad says that it is a Mac, but no Mac has a touch screen.
const onApple = /iPhone|iPad|iPod/.test(navigator.userAgent) || (/Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);

function showLarge(link: HTMLElement): void {
  const dialog = document.getElementById(link.dataset.large ?? "");
  if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
}

/** An iPhone keeps downloads among its files; only its share sheet puts a picture into the album. */
async function toAlbum(link: HTMLAnchorElement): Promise<void> {
  try {
    const answer = await fetch(link.href);
    if (!answer.ok) throw new Error(answer.statusText);
    const file = new File([await answer.blob()], link.download, { type: "image/png" });
    if (!navigator.canShare?.({ files: [file] })) throw new Error("no files");
    await navigator.share({ files: [file] });
  } catch (error) {
    if ((error as Error).name !== "AbortError") showLarge(link);
  }
}

function save(event: Event, link: HTMLAnchorElement): void {
  if (inWeChat) {
    // Its browser downloads nothing, but saves what one presses long.
    event.preventDefault();
    showLarge(link);
  } else if (onApple) {
    event.preventDefault();
    void toAlbum(link);
  }
}

function clear(button: HTMLElement): void {
  const input = button.closest("form")?.querySelector<HTMLInputElement>(`[name="${button.dataset.clears ?? ""}"]`);
  if (!input) return;
  input.value = "";
  input.dispatchEvent(new Event("search", { bubbles: true }));
  input.focus();
}

document.addEventListener("click", (event) => {
  const target = event.target as Element;
  const link = target.closest<HTMLAnchorElement>("a[data-saves]");
  if (link) save(event, link);
  const button = target.closest<HTMLElement>("[data-clears]");
  if (button) clear(button);
});
if (!customElements.get("y-poster")) customElements.define("y-poster", PosterElement);
