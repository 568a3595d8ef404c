import { escapeHtml } from '../http.ts';
import type { World } from '../world.ts';

/**
 * Draws a headshot: an initial on a coloured ground, the same one for the same user.
 * @param path `/avatars/ID.svg` or `/thumbnails/ID-SIZE-SHAPE-FORMAT.svg`
 * @returns SVG, or undefined when there is no such picture
 */
export function drawPicture(world: World, path: string): string | undefined {
  const [, userId = '', size = '150', shape] =
    /^\/(?:avatars|thumbnails)\/(\d+)(?:-(\d+)-(\w+)-\w+)?\.svg$/.exec(path) ?? [];
  const user = world.users.get(userId);
  if (user === undefined) return undefined;
  const hue = Number((BigInt(userId) * 137n) % 360n);
  const initial = escapeHtml([...user.displayName][0] ?? '?');
  const ground = shape === 'square' ? '<rect width="100" height="100"' : '<circle cx="50" cy="50" r="50"';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="${size}" height="${size}">${ground} fill="hsl(${hue} 55% 45%)"/><text x="50" y="68" font-family="sans-serif" font-size="52" font-weight="600" fill="#fff" text-anchor="middle">${initial}</text></svg>`;
}
