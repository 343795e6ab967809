/**
 * The page with script: files dropped anywhere, answers without reloading, folding and copying. Without it the form alone does the work.
 *
 * Nothing is kept: not in storage, not in cookies, and in the history only the link, which never holds a token or a document.
 */

import { Answers } from "./answers.js";
import { element } from "./elements.js";
import { Filling } from "./filling.js";
import { Tools } from "./tools.js";

const form = element(document, "question", HTMLFormElement);
const said = document.createElement("p");
said.className = "said";
said.setAttribute("role", "status");
form.querySelector(".actions")?.before(said);

/** @param {string} text Shown beside the button, and read out. */
function say(text) {
  said.textContent = text;
}

const tools = new Tools(element(document, "answer", HTMLElement), say);
const answers = new Answers(form, say, () => {
  tools.show();
  link();
});
const filling = new Filling(form, say, () => pasted() && answers.ask(true));

/** Whether there is anything to ask about. */
function pasted() {
  return new FormData(form).getAll("pasted").some(Boolean) || element(document, "pasted_file", HTMLInputElement).value !== "";
}

/** Let the address be the link to what was asked, as the answer has it: without token and documents. */
function link() {
  const link = document.getElementById("link");
  if (link instanceof HTMLAnchorElement) history.replaceState(null, "", link.href);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  say("");
  answers.ask(true);
});
document.addEventListener("change", (event) => {
  if (!(event.target instanceof Element && "form" in event.target && event.target.form === form)) return; // a field may stand outside
  if (event.target instanceof HTMLInputElement && event.target.type === "file") return; // its text goes into a field first
  if (pasted()) answers.askSoon();
});
element(document, "at", HTMLInputElement).addEventListener("input", () => {
  element(document, "instant-time", HTMLInputElement).checked = true;
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.repeat) {
    event.preventDefault();
    form.requestSubmit();
  }
});
// A browser that shows the page again, from its cache or its history, would show the token again.
addEventListener("pagehide", () => {
  for (const each of form.querySelectorAll("textarea")) each.value = "";
  for (const each of form.querySelectorAll("input[type=file]")) if (each instanceof HTMLInputElement) each.value = "";
});
document.getElementById("pasted-hint")?.append(" Files can be dropped anywhere on the page.");
filling.listen();
tools.listen();
tools.show();
