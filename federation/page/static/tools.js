/** What can be done with an answer: fold and unfold all of it, and copy it for a ticket. */

import { button } from "./elements.js";

/** The second key of each combination, after Alt and Shift. Alone, letters are commands of screen readers (WCAG 2.1, 2.1.4). */
const KEYS = { unfold: "KeyU", fold: "KeyF", copy: "KeyC" };

export class Tools {
  #bar = document.createElement("p");
  #copying = button("Copy as Markdown", "Alt+Shift+C", () => void this.#copy());

  /**
   * @param {HTMLElement} place What holds the answer.
   * @param {(text: string) => void} say
   */
  constructor(place, say) {
    this.place = place;
    this.say = say;
    this.#bar.className = "tools";
    this.#bar.append(
      button("Unfold all", "Alt+Shift+U", () => this.#fold(true)),
      button("Fold all", "Alt+Shift+F", () => this.#fold(false)),
      this.#copying,
    );
  }

  /** Show the buttons where there is an answer to use them on. */
  show() {
    this.#copying.hidden = !this.place.querySelector("#markdown");
    if (this.place.querySelector("#verdict")) this.place.querySelector("#status")?.after(this.#bar);
    else this.#bar.remove();
  }

  /** Heed the keys of the buttons. */
  listen() {
    document.addEventListener("keydown", (event) => {
      if (!event.altKey || !event.shiftKey || event.ctrlKey || event.metaKey || !this.#bar.isConnected) return;
      if (event.target instanceof HTMLElement && event.target.matches("input:not([type=radio]), textarea")) return; // they write letters there
      const number = Object.values(KEYS).indexOf(event.code);
      const found = this.#bar.children[number];
      if (!(found instanceof HTMLButtonElement) || found.hidden) return;
      event.preventDefault();
      found.click();
    });
  }

  /** @param {boolean} open */
  #fold(open) {
    for (const each of this.place.querySelectorAll("details")) each.open = open;
    this.say(open ? "Everything is unfolded." : "Everything is folded.");
  }

  async #copy() {
    const source = this.place.querySelector("#markdown");
    if (!(source instanceof HTMLTextAreaElement)) return;
    try {
      await navigator.clipboard.writeText(source.value);
      this.say("Copied as Markdown, without token and secrets.");
    } catch {
      source.closest("details")?.setAttribute("open", "");
      source.focus();
      source.select();
      this.say("The browser does not let the page copy. The text is selected: copy it with the keys.");
    }
  }
}
