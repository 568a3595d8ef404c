/** The one page of the small examples. */
import type { User } from './users.ts';

/** @param user who is signed in, if anybody is */
export function homePage(user: User | undefined): string {
  const main = user
    ? `<h1>Hello, ${escape(user.displayName)}</h1>
      <p>You are @${escape(user.username)}, and in ${user.groups} groups.</p>
      <form method="post" action="/sign-out"><button>Sign out</button></form>`
    : `<h1>Hello</h1>
      <p><a href="/auth/roblox">Sign in with Roblox</a></p>`;
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Sign in with Roblox</title>
    <style>body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 32rem; margin: 4rem auto; padding: 0 1rem }</style>
  </head>
  <body>
    <main>
      ${main}
    </main>
  </body>
</html>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
