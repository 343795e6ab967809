/**
 * Files and documents on their way into the fields of the form: dropped anywhere, pasted, or chosen.
 *
 * @typedef {import("./recognising.js").Field} Field
 */

import { element } from "./elements.js";
import { decode, recognise } from "./recognising.js";

/** Octets of a text that goes into a field, where it can be read and edited. A longer one, for which a tab would stand still, stays a file. */
const READABLE = 131_072;
/** Octets by which a longer file is recognised. */
const BEGINNING = 65_536;
const PASTED = "What was pasted";
/** @type {Readonly<Record<Field, string>>} */
const NAMES = { pasted: "the token", metadata: "SAML metadata", jwks: "a key set", policy: "a trust policy" };

export class Filling {
  /**
   * @param {HTMLFormElement} form
   * @param {(text: string) => void} say
   * @param {() => void} filled Called when fields were filled.
   */
  constructor(form, say, filled) {
    this.form = form;
    this.say = say;
    this.filled = filled;
  }

  /** Take what is dropped anywhere on the page, pasted into the field of the token or outside of all fields, or chosen as a file. */
  listen() {
    document.addEventListener("dragover", (event) => this.#over(event));
    document.addEventListener("dragleave", (event) => event.relatedTarget === null && this.#mark(false));
    document.addEventListener("drop", (event) => this.#drop(event));
    document.addEventListener("paste", (event) => this.#paste(event));
    for (const name of /** @type {Field[]} */ (Object.keys(NAMES))) {
      const [text, file] = this.#inputs(name);
      text.addEventListener("input", () => (file.value = ""));
      file.addEventListener("change", () => this.#take([...(file.files ?? [])], name === "pasted" ? null : name));
    }
  }

  /** @param {DragEvent} event */
  #over(event) {
    if (!event.dataTransfer?.types.includes("Files")) return; // text that is dragged into a field is the browser's matter
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    this.#mark(true);
  }

  /** @param {DragEvent} event */
  #drop(event) {
    this.#mark(false);
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    void this.#take([...event.dataTransfer.files], null);
  }

  /** @param {ClipboardEvent} event */
  #paste(event) {
    const files = [...(event.clipboardData?.files ?? [])];
    const text = event.clipboardData?.getData("text/plain") ?? "";
    const field = recognise(text);
    const target = event.target instanceof Element ? event.target : document.body;
    const elsewhere = target.closest("input, textarea, select") === null;
    if (!files.length && !(text.trim() && (elsewhere || (target.id === "pasted" && field !== "pasted")))) return;
    event.preventDefault();
    if (files.length) void this.#take(files, null);
    else this.#end([text.length > READABLE ? this.#keep(field, new File([text], PASTED)) : this.#put(field, text, PASTED)]);
  }

  /**
   * Put *files* into the fields they belong to; all into *chosen*, where it is given.
   *
   * @param {File[]} files
   * @param {Field | null} chosen
   */
  async #take(files, chosen) {
    const told = [];
    for (const file of files) told.push(await this.#takeOne(file, chosen));
    if (files.length) this.#end(told);
  }

  /**
   * @param {File} file
   * @param {Field | null} chosen
   */
  async #takeOne(file, chosen) {
    const long = file.size > READABLE;
    const text = await (long ? file.slice(0, BEGINNING) : file).arrayBuffer().then(decode, () => null);
    if (long) return this.#keep(chosen ?? recognise(text ?? ""), file);
    if (text === null) return `${file.name} is no text, and was left out.`;
    return this.#put(chosen ?? recognise(text), text, file.name);
  }

  /**
   * @param {Field} field
   * @param {string} text
   * @param {string} name
   */
  #put(field, text, name) {
    const [place, file] = this.#inputs(field);
    place.value = text;
    file.value = "";
    return this.#told(field, name);
  }

  /**
   * @param {Field} field
   * @param {File} long
   */
  #keep(field, long) {
    const [place, file] = this.#inputs(field);
    const carrier = new DataTransfer();
    carrier.items.add(long);
    place.value = "";
    file.files = carrier.files;
    return this.#told(field, long.name);
  }

  /**
   * @param {Field} field
   * @param {string} name
   */
  #told(field, name) {
    if (field !== "pasted") {
      element(document, "documents", HTMLDetailsElement).open = true;
      element(document, "account", HTMLSelectElement).value = "documents";
    }
    return `${name} was taken for ${NAMES[field]}.`;
  }

  /** @param {string[]} told */
  #end(told) {
    this.say(told.join(" "));
    this.filled();
  }

  /** @param {boolean} over */
  #mark(over) {
    element(document, "pasted", HTMLTextAreaElement).classList.toggle("dropping", over);
  }

  /**
   * @param {Field} field
   * @returns {[HTMLTextAreaElement, HTMLInputElement]}
   */
  #inputs(field) {
    return [element(document, field, HTMLTextAreaElement), element(document, `${field}_file`, HTMLInputElement)];
  }
}
