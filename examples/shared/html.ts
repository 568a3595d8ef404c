/** Markup. A plain string is text, which must be escaped. */
export interface Html {
  readonly markup: string;
}

type Value = string | Html | readonly Html[];

/** Makes markup from a template. Escapes its values, unless they are markup. */
export function html(template: TemplateStringsArray, ...values: Value[]): Html {
  const text = (value: Value): string =>
    typeof value === 'string'
      ? value.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
      : 'markup' in value
        ? value.markup
        : value.map(({ markup }) => markup).join('');
  return { markup: String.raw({ raw: template }, ...values.map(text)) };
}

/** Makes markup from our own text, without escaping. */
export function markup(text: string): Html {
  return { markup: text };
}
