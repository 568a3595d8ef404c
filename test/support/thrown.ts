/** Returns what a promise rejects with. Throws when it resolves. */
export async function catchError(promise: Promise<unknown>): Promise<Error> {
  const [result] = await Promise.allSettled([promise]);
  if (result.status === 'fulfilled') throw new Error('It was expected to fail, but it succeeded');
  return result.reason as Error; // what every test expects; chai says what it is where it is something else
}
