/** C0 and C1 controls, DEL, line separators, and the marks that reverse the direction of text. */
const CONTROLS = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** Makes text from outside safe for a terminal: nothing in it moves the cursor, ends the line or hides what follows. */
export function escapeControls(text: string): string {
  return text.replace(CONTROLS, control => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
