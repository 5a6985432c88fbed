/** How the lines of a text end, and the text as the editor has it. */

/** How they end; where they differ, a return is a character as any other, and stays. */
export function separatorOf(text: string): string {
  const returns = text.match(/\r/g)?.length ?? 0;
  return returns > 0 &&
    returns === (text.match(/\r\n/g)?.length ?? 0) &&
    returns === (text.match(/\n/g)?.length ?? 0)
    ? "\r\n"
    : "\n";
}

/** A text as the editor has it, and as it is compared: where all lines end alike, they end with one character. */
export function asRead(text: string): string {
  return text.split(separatorOf(text)).join("\n");
}
