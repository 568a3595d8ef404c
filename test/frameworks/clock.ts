/** Loaded into the process of an app under test. Moves its clock forward by the milliseconds in each message. */
process.on('message', (ms: number) => {
  const before = Date.now;
  Date.now = () => before() + ms;
  process.send?.('done');
});
process.channel?.unref();
