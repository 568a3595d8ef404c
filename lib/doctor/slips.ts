/** What goes wrong on the way from a web page into an environment variable, whatever the variable. */
export function slipOf(value: string): string | undefined {
  if (value !== value.trim()) return 'has white space or a line break around it. Copy it again without';
  if (/^(["'`]).*\1$/s.test(value)) return 'has quotation marks around it, which became part of the value. Remove them';
  if (/^(undefined|null|NaN|\[object Object\])$/.test(value)) return `is the word '${value}': nothing was filled in`;
  if (/^(<.*>|\$\{.*\}|your[-_ ].*|change[-_ ]?me|x+|\.+)$/i.test(value)) {
    return 'is still a placeholder. Fill in the value of your app';
  }
  return undefined;
}
