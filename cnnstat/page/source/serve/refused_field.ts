/** Which field a refusal is about: it begins with the name of what was set, as the command line says it. */

/** The id of the line that says why something was refused. */
export const REFUSED = "refused";

/** Returns what marks a field as the one that is refused, for eyes and for screen readers; nothing of others. */
export function refusedField(name: string, refused: string): Record<string, string> {
  return refused.startsWith(`${name}: `) ? { "aria-invalid": "true", "aria-describedby": REFUSED } : {};
}
