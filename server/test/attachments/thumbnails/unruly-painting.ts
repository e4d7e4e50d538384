/** Takes pictures and never answers. */
process.on('message', () => {});
process.on('disconnect', () => process.exit());
process.stdin.resume();
process.send?.({ ready: true });
