/** The mall: choosing a SKU without asking the server, and the count of a product's pictures. */

type Option = {
  id: string;
  values: Record<string, string>;
  price: string;
  was: string;
  stock: string;
  can: boolean;
  most: number;
  label: string;
  picture: string;
};
type Picker = { attributes: { name: string; values: string[] }[]; options: Option[] };

/**
 * <y-picker data-picker>: one radio for each SKU is all a form needs. Where SKUs differ in several
 * attributes, these are drawn as rows of their own, and choose the radio.
 */
class PickerElement extends HTMLElement {
  private picker: Picker = { attributes: [], options: [] };
  private wanted: Record<string, string> = {};

  connectedCallback(): void {
    this.picker = JSON.parse(this.dataset.picker || "{}") as Picker;
    const chosen = this.chosen();
    this.wanted = { ...chosen?.values };
    if (this.picker.attributes.length > 1) this.drawAttributes();
    this.addEventListener("change", (event) => this.changed(event.target as HTMLInputElement));
    if (chosen) this.show(chosen);
  }

  private radios(): HTMLInputElement[] {
    return [...this.querySelectorAll<HTMLInputElement>("input[name=sku]")];
  }

  private chosen(): Option | undefined {
    const id = this.radios().find((each) => each.checked)?.value;
    return this.picker.options.find((each) => each.id === id);
  }

  private drawAttributes(): void {
    const place = this.querySelector("[data-attributes]");
    const skus = this.querySelector<HTMLElement>("[data-skus]");
    const sample = skus?.querySelector("label");
    if (!place || !skus || !sample) return;
    for (const attribute of this.picker.attributes) {
      const row = document.createElement("fieldset");
      const legend = document.createElement("legend");
      legend.className = skus.querySelector("legend")?.className ?? "";
      legend.textContent = attribute.name;
      const values = document.createElement("div");
      values.className = skus.querySelector("div")?.className ?? "";
      for (const value of attribute.values) {
        const label = sample.cloneNode(true) as HTMLLabelElement;
        const input = label.querySelector("input");
        const text = label.querySelector("span");
        if (!input || !text) continue;
        Object.assign(input, { name: `of-${attribute.name}`, value, required: false, disabled: false });
        input.checked = this.wanted[attribute.name] === value;
        input.dataset.attribute = attribute.name;
        input.setAttribute("form", "");
        label.classList.remove("is-out");
        text.textContent = value;
        values.append(label);
      }
      row.append(legend, values);
      place.append(row);
    }
    skus.hidden = true;
    this.mark();
  }

  private changed(input: HTMLInputElement): void {
    const attribute = input.dataset.attribute;
    if (attribute) {
      this.wanted[attribute] = input.value;
      const found = this.matching(this.wanted) ?? this.nearest(attribute, input.value);
      if (found) {
        this.wanted = { ...found.values };
        for (const radio of this.radios()) radio.checked = radio.value === found.id;
      }
      this.mark();
    } else if (input.name !== "sku") return;
    const chosen = this.chosen();
    if (chosen) this.show(chosen);
  }

  private matching(values: Record<string, string>): Option | undefined {
    return this.picker.options.find((each) =>
      this.picker.attributes.every(({ name }) => (each.values[name] ?? "") === (values[name] ?? "")),
    );
  }

  /** What has the value that was touched last; better something that can be bought. */
  private nearest(attribute: string, value: string): Option | undefined {
    const having = this.picker.options.filter((each) => each.values[attribute] === value);
    return having.find((each) => each.can) ?? having[0];
  }

  /** A value is struck out when with the others as they are nothing can be bought. */
  private mark(): void {
    for (const input of this.querySelectorAll<HTMLInputElement>("input[data-attribute]")) {
      const name = input.dataset.attribute ?? "";
      input.checked = this.wanted[name] === input.value;
      const found = this.matching({ ...this.wanted, [name]: input.value });
      input.closest("label")?.classList.toggle("is-out", !found?.can);
    }
  }

  private show(option: Option): void {
    const texts: Record<string, string> = {
      price: option.price || "–",
      was: option.was,
      stock: option.stock,
      label: option.label,
    };
    for (const each of this.querySelectorAll<HTMLElement>("[data-show]")) {
      each.textContent = texts[each.dataset.show ?? ""] ?? "";
    }
    const picture = this.querySelector<HTMLImageElement>("[data-show-picture] img");
    if (picture && option.picture && picture.getAttribute("src") !== option.picture) picture.src = option.picture;
    for (const each of document.querySelectorAll<HTMLElement>("[data-picked=label]")) each.textContent = option.label;
    const quantity = this.querySelector<HTMLInputElement>("input[name=quantity]");
    if (quantity) {
      quantity.max = String(option.most);
      if (Number(quantity.value) > option.most) quantity.value = String(option.most);
    }
    const confirm = this.querySelector<HTMLButtonElement>("[data-confirm]");
    if (confirm) confirm.disabled = !option.can;
  }
}

type Bridge = { invoke: (name: string, parameters: unknown, done: (answer: { err_msg?: string }) => void) => void };

/** <y-bridge data-parameters data-done>: paying inside of WeChat, by what the app gives its pages. */
class BridgeElement extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("click", () => this.pay());
    if (this.bridge()) this.pay();
    else document.addEventListener("WeixinJSBridgeReady", () => this.pay(), { once: true });
  }

  private bridge(): Bridge | undefined {
    return (window as { WeixinJSBridge?: Bridge }).WeixinJSBridge;
  }

  private pay(): void {
    // Whether it is paid, the provider tells the server; the page only leads to where that is shown.
    this.bridge()?.invoke("getBrandWCPayRequest", JSON.parse(this.dataset.parameters || "{}"), () =>
      location.assign(this.dataset.done || "/"),
    );
  }
}

if (!customElements.get("y-bridge")) customElements.define("y-bridge", BridgeElement);
if (!customElements.get("y-picker")) customElements.define("y-picker", PickerElement);

document.addEventListener("click", (event) => {
  const opener = (event.target as Element).closest<HTMLElement>("[data-then]");
  if (!opener) return;
  for (const each of document.querySelectorAll<HTMLButtonElement>("[data-confirm]")) {
    each.value = opener.dataset.then ?? each.value;
  }
});

for (const gallery of document.querySelectorAll<HTMLElement>("[data-gallery]")) {
  const count = gallery.parentElement?.querySelector("[data-gallery-count]");
  gallery.addEventListener(
    "scroll",
    () => {
      const place = Math.round(gallery.scrollLeft / Math.max(1, gallery.clientWidth)) + 1;
      if (count) count.textContent = `${place}/${gallery.children.length}`;
    },
    { passive: true },
  );
}
