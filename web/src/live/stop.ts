/** Signs out of the line of that name in every tab, this one too. */
export function stopTabs(name: string): void {
  const channel = new BroadcastChannel(name);
  channel.postMessage({ type: 'stop' });
  channel.close();
}
