/** The names and logos of the four providers. Their colours are in public/style.css, by ID. */
import { markup, type Html } from '../shared/html.ts';

export type ProviderID = 'roblox' | 'google' | 'github' | 'discord';

export interface Brand {
  readonly id: ProviderID;
  readonly name: string;
  readonly mark: Html;
}

function mark(viewBox: string, shapes: string): Html {
  return markup(`<svg class="mark" viewBox="${viewBox}" aria-hidden="true" focusable="false">${shapes}</svg>`);
}

export const BRANDS: readonly Brand[] = [
  {
    id: 'roblox',
    name: 'Roblox',
    mark: mark(
      '0 0 24 24',
      '<path fill="currentColor" fill-rule="evenodd" d="M5.2 0 24 5.1 18.8 24 0 18.9Zm4.7 8.7-1.2 4.9 5.4 1.5 1.2-4.9Z"/>',
    ),
  },
  {
    id: 'google',
    name: 'Google',
    mark: mark(
      '0 0 18 18',
      '<path fill="#4285f4" d="M17.64 9.2q0-.95-.16-1.84H9v3.48h4.84a4.1 4.1 0 0 1-1.8 2.72v2.26h2.91c1.7-1.57 2.69-3.88 2.69-6.62"/>' +
        '<path fill="#34a853" d="M9 18c2.43 0 4.47-.8 5.96-2.18l-2.91-2.26A5.4 5.4 0 0 1 3.96 10.71H.96v2.33A9 9 0 0 0 9 18"/>' +
        '<path fill="#fbbc05" d="M3.96 10.71a5.4 5.4 0 0 1 0-3.42V4.96h-3a9 9 0 0 0 0 8.08z"/>' +
        '<path fill="#ea4335" d="M9 3.58c1.32 0 2.51.45 3.44 1.35l2.58-2.59A9 9 0 0 0 .96 4.96l3 2.33A5.4 5.4 0 0 1 9 3.58"/>',
    ),
  },
  {
    id: 'github',
    name: 'GitHub',
    mark: mark(
      '0 0 16 16',
      '<path fill="currentColor" d="M8 0a8 8 0 0 0-2.53 15.59c.4.07.55-.17.55-.38 0-.19-.01-.82-.01-1.49-2.01.37-2.53-.49-2.69-.94-.09-.23-.48-.94-.82-1.13-.28-.15-.68-.52-.01-.53.63-.01 1.08.58 1.23.82.72 1.21 1.87.87 2.33.66.07-.52.28-.87.51-1.07-1.78-.2-3.64-.89-3.64-3.95 0-.87.31-1.59.82-2.15-.08-.2-.36-1.02.08-2.12 0 0 .67-.21 2.2.82a7.6 7.6 0 0 1 4 0c1.53-1.04 2.2-.82 2.2-.82.44 1.1.16 1.92.08 2.12.51.56.82 1.27.82 2.15 0 3.07-1.87 3.75-3.65 3.95.29.25.54.73.54 1.48l-.01 2.2c0 .21.15.46.55.38A8 8 0 0 0 8 0"/>',
    ),
  },
  {
    id: 'discord',
    name: 'Discord',
    mark: mark(
      '0 0 24 24',
      '<path fill="currentColor" d="M20.32 4.37a19.8 19.8 0 0 0-4.89-1.52q-.33.6-.61 1.29a18.3 18.3 0 0 0-5.48 0q-.28-.69-.62-1.29a19.7 19.7 0 0 0-4.89 1.52C.53 9.05-.32 13.58.1 18.06a19.9 19.9 0 0 0 6 3.03 14 14 0 0 0 1.28-2.09 13 13 0 0 1-1.87-.89l.37-.29a14.2 14.2 0 0 0 12.06 0l.37.29q-.9.53-1.87.89.56 1.09 1.27 2.09a19.8 19.8 0 0 0 6-3.03c.5-5.18-.84-9.67-3.54-13.69M8.02 15.33c-1.18 0-2.16-1.09-2.16-2.42s.96-2.42 2.16-2.42 2.17 1.1 2.15 2.42c0 1.33-.96 2.42-2.15 2.42m7.98 0c-1.19 0-2.16-1.09-2.16-2.42s.95-2.42 2.16-2.42 2.17 1.1 2.15 2.42c0 1.33-.95 2.42-2.15 2.42"/>',
    ),
  },
];
