/** Elements of the server's markup, found and made. Text goes into them as text, never as markup. */

/**
 * Return the element with the id *id* of *root*, which is of the class *kind*.
 *
 * @template {Element} T
 * @param {Document} root
 * @param {string} id
 * @param {new () => T} kind
 * @returns {T}
 */
export function element(root, id, kind) {
  const found = root.getElementById(id);
  if (!(found instanceof kind)) throw new TypeError(`no ${kind.name} with the id ${id}`);
  return found;
}

/**
 * Make a button that does *act*, with the combination of keys that does the same.
 *
 * @param {string} text
 * @param {string} keys As `aria-keyshortcuts` writes them.
 * @param {() => void} act
 */
export function button(text, keys, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "quiet";
  made.textContent = text;
  made.title = keys;
  made.setAttribute("aria-keyshortcuts", keys);
  made.addEventListener("click", act);
  return made;
}
