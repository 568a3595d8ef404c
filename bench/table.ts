/** One number of a run. Rows of the same `of` are compared: the first one, which is ours, with each of the others. */
export interface Row {
  /** What was measured. */
  readonly of: string;
  readonly who: string;
  readonly note?: string;
  readonly value: number;
  readonly unit: string;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/** The whole run as one Markdown table. */
export function table(
  about: {
    readonly date: string;
    readonly mode: string;
    readonly machine: string;
    readonly node: string;
    readonly versions: object;
  },
  rows: readonly Row[],
): string {
  const lines = rows.map(({ of, who, note, value, unit }, index) => {
    const first = rows.find((row) => row.of === of);
    const isFirst = rows[index - 1]?.of !== of;
    const ratio = first === undefined || isFirst || of === 'of which' ? '' : (first.value / value).toFixed(2);
    return [isFirst ? of : '', note === undefined ? who : `${who} (${note})`, `${digits(value)} ${unit}`, ratio];
  });
  const versions = Object.entries(about.versions).map(([name, version]) => `${name} ${version}`);
  return [
    `${about.date}, ${about.mode} run, Node ${about.node}, ${about.machine}; ${versions.join(', ')}`,
    '',
    '| what | who | median | ours / theirs |',
    '| --- | --- | ---: | ---: |',
    ...lines.map((cells) => `| ${cells.join(' | ')} |`),
  ].join('\n');
}

function digits(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value.toPrecision(3);
}
