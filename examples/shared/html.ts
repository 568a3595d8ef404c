/** Markup, as opposed to text that still has to be escaped. */
export interface Html {
  readonly markup: string;
}

type Value = string | Html | readonly Html[];

/** Makes markup of a template; whatever is put into it is escaped, unless it is markup itself. */
export function html(template: TemplateStringsArray, ...values: Value[]): Html {
  const text = (value: Value): string =>
    typeof value === 'string'
      ? value.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
      : 'markup' in value
        ? value.markup
        : value.map(({ markup }) => markup).join('');
  return { markup: String.raw({ raw: template }, ...values.map(text)) };
}

/** Markup that is our own, as it stands. */
export function markup(text: string): Html {
  return { markup: text };
}
