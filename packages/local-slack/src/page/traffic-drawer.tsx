import { useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from './icons.tsx';
import { useSession } from './session.tsx';

/** The bot's last calls of the Web API, for the curious. */
export function TrafficDrawer({ onClose }: { readonly onClose: () => void }) {
  const { state } = useSession();
  const list = useRef<HTMLDivElement>(null);
  // The newest call stays in sight.
  useLayoutEffect(() => {
    if (list.current) list.current.scrollTop = list.current.scrollHeight;
  }, [state.traffic.at(-1)?.seq]);

  return (
    <section class="traffic" aria-label="What the bot calls" data-testid="traffic">
      <header>
        <h2>
          <Icon name="pulse" size={16} /> What the bot calls
        </h2>
        <span class="quiet">the last {state.traffic.length} Web API calls</span>
        <button type="button" class="icon-button" aria-label="Close the log" onClick={onClose}>
          <Icon name="close" size={16} />
        </button>
      </header>
      <div ref={list} class="traffic__list">
        {state.traffic.length === 0 && <p class="quiet">Nothing yet.</p>}
        <table>
          <tbody>
            {state.traffic.map((call) => (
              <tr key={call.seq} class={call.ok ? '' : 'traffic__failed'}>
                <td>{call.at.slice(11, 23)}</td>
                <td>
                  <b>{call.method}</b>
                </td>
                <td>{call.ok ? 'ok' : (call.error ?? 'failed')}</td>
                <td class="number">{call.ms} ms</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
