import type { Connect, Hearing, Line, Wants } from './line.ts';

/**
 * This tab by itself, where tabs cannot share a line: over plain HTTP browsers have no locks. It has one while somebody
 * looks at it, and hears what it missed when they look again, so that many tabs do not take all that a browser opens.
 */
export function listenAlone(name: string, connect: Connect, hearing: Hearing): Line {
  let wants: Wants = null;
  const channel = new BroadcastChannel(name);
  channel.onmessage = ({ data }: MessageEvent<{ type: string }>) => data.type === 'stop' && hearing.stop();
  const connection = connect({ event: hearing.event, standing: hearing.standing }, '');
  const heed = () => connection.want(document.visibilityState === 'visible' ? wants : null);
  document.addEventListener('visibilitychange', heed);

  return {
    want(next) {
      wants = next;
      heed();
    },
    leave() {
      document.removeEventListener('visibilitychange', heed);
      connection.close();
      channel.close();
    },
  };
}
