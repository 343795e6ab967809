/** Answers of the server in place of a new page: the request of the form itself, and the markup that the server renders for it. */

import { element } from "./elements.js";

/** How long no field may change before the question is asked again, in milliseconds. */
const PAUSE = 400;
const TOO_LARGE = 413;

export class Answers {
  /** @type {XMLHttpRequest | null} */
  #request = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer = undefined;
  /** What was asked last. */
  #asked = "";

  /**
   * @param {HTMLFormElement} form
   * @param {(text: string) => void} say
   * @param {() => void} shown Called when an answer is in place.
   */
  constructor(form, say, shown) {
    this.form = form;
    this.say = say;
    this.shown = shown;
  }

  /** Ask after a short pause, once for all changes before its end. */
  askSoon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#question(new FormData(this.form)) !== this.#asked && this.ask(false), PAUSE);
  }

  /**
   * Ask what the form asks now; an older question is dropped.
   *
   * The request parses the answer itself, into a document that runs no script. No markup is made of text (Trusted Types).
   *
   * @param {boolean} led Whether the reader is led to the answer.
   */
  ask(led) {
    clearTimeout(this.#timer);
    this.#request?.abort();
    const request = new XMLHttpRequest();
    this.#request = request;
    request.responseType = "document";
    request.open("POST", this.form.action);
    request.onload = () => this.#receive(request, led);
    request.onerror = () => this.#end("The server did not answer. Is it still running?");
    this.#place().setAttribute("aria-busy", "true");
    const data = new FormData(this.form);
    this.#asked = this.#question(data);
    request.send(data);
  }

  /** @param {FormData} data */
  #question(data) {
    return JSON.stringify([...data].map(([name, value]) => [name, typeof value === "string" ? value : [value.name, value.size]]));
  }

  /**
   * @param {XMLHttpRequest} request
   * @param {boolean} led
   */
  #receive(request, led) {
    const page = request.responseXML;
    if (page?.getElementById("answer")) {
      this.#show(page);
      this.#end("");
      this.shown();
      if (led) this.#lead();
    } else if (request.status === TOO_LARGE) {
      this.#end("This is too large for the page. Give the file to federation explain.");
    } else {
      this.#end(`The server refused the request, with the status ${request.status}.`);
    }
  }

  /** @param {Document} page */
  #show(page) {
    const place = this.#place();
    const folds = new Map([...place.querySelectorAll("details")].map((each) => [each.id, each.open]));
    document.title = page.title;
    const focused = place.contains(document.activeElement) ? document.activeElement?.id : "";
    // The live region stays, so that its new content is read out; what is around it is replaced.
    const status = element(document, "status", HTMLElement);
    const answered = element(page, "answer", HTMLElement);
    status.replaceChildren(...element(page, "status", HTMLElement).childNodes);
    while (place.lastElementChild && place.lastElementChild !== status) place.lastElementChild.remove();
    place.append(...[...answered.children].filter((each) => each.id !== "status"));
    for (const each of place.querySelectorAll("details")) each.open = folds.get(each.id) ?? each.open;
    this.#frame(page);
    if (focused) this.#focus(document.getElementById(focused));
  }

  /**
   * Let what stands around answer and form be as in *page*. The form itself stays as it is, with what is being written in it.
   *
   * @param {Document} page
   */
  #frame(page) {
    const [layout, its] = [document, page].map((each) => each.querySelector(".layout"));
    if (layout && its) layout.className = its.className;
    for (const each of this.form.parentElement?.querySelectorAll(":scope > :not(form)") ?? []) each.remove();
    const heading = element(page, this.form.id, HTMLFormElement).parentElement?.querySelectorAll(":scope > :not(form)");
    this.form.before(...(heading ?? []));
  }

  #lead() {
    const title = element(document, "status", HTMLElement).querySelector("h1, p");
    this.#focus(title);
    title?.scrollIntoView({ block: "nearest" });
  }

  /** @param {Element | null} found */
  #focus(found) {
    if (!(found instanceof HTMLElement)) return;
    if (found.tabIndex < 0) found.tabIndex = -1;
    found.focus({ preventScroll: true });
  }

  /** @param {string} text */
  #end(text) {
    this.#place().removeAttribute("aria-busy");
    this.#request = null;
    if (text) this.say(text);
  }

  #place() {
    return element(document, "answer", HTMLElement);
  }
}
