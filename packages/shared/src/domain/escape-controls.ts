/** Control characters but line feed and tab, and those that change the direction of the text after them (Unicode TR 9, 2). */
const CONTROLS = /(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Writes each control character as `\uXXXX`: in a terminal it could move the cursor, hide text or change settings. Within a JSON
 * text this changes no value.
 */
export function escapeControls(text: string): string {
  return text.replace(CONTROLS, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
