/** Loaded into the process of an app under test: sets its clock forward by as many milliseconds as it is sent. */
process.on('message', (ms: number) => {
  const before = Date.now;
  Date.now = () => before() + ms;
  process.send?.('done');
});
process.channel?.unref();
