/**
 * What a file that somebody drops is, by its text. The server judges it; here it is only put into the field it belongs to.
 *
 * @typedef {"pasted" | "metadata" | "jwks" | "policy"} Field A field of the form that takes a text or a file.
 */

/** The element that SAML metadata begins with, whatever its prefix (SAML 2.0 Metadata, 2.3). */
const METADATA = /^<(?:[\w.-]+:)?Entit(?:yDescriptor|iesDescriptor)[\s/>]/;
/** What may stand before the first element of a document: white space, the XML declaration, comments, instructions. */
const PROLOG = /^(?:\s|<\?[^>]{0,1000}>|<!--(?:(?!-->)[^]){0,100000}-->)/;

/**
 * Return the field that *text* belongs to. What is no document of a provider or a role is a token, or holds tokens.
 *
 * @param {string} text
 * @returns {Field}
 */
export function recognise(text) {
  let rest = text;
  for (let found = PROLOG.exec(rest); found; found = PROLOG.exec(rest)) rest = rest.slice(found[0].length).trimStart();
  if (METADATA.test(rest)) return "metadata";
  if (!rest.startsWith("{")) return "pasted";
  const members = read(rest);
  if (Array.isArray(members["keys"])) return "jwks";
  const role = read(members["Role"] ?? members);
  return "Statement" in members || "AssumeRolePolicyDocument" in role ? "policy" : "pasted";
}

/**
 * Return the members of a JSON object, or of the text of one; none of what is no object.
 *
 * @param {unknown} value
 * @returns {Record<string, unknown>}
 */
function read(value) {
  if (typeof value === "object" && value !== null) return /** @type {Record<string, unknown>} */ (value);
  if (typeof value !== "string") return {};
  try {
    return read(JSON.parse(value));
  } catch {
    return {};
  }
}

/**
 * Return the text of *octets*: UTF-8, or UTF-16 as Windows writes it with a mark; null where they are no text.
 *
 * @param {ArrayBuffer} octets
 * @returns {string | null}
 */
export function decode(octets) {
  const [first, second] = new Uint8Array(octets.slice(0, 2));
  const marked = first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
  try {
    return new TextDecoder(marked, { fatal: true }).decode(octets);
  } catch {
    return null;
  }
}
