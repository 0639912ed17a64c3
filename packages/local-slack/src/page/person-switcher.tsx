import { useCallback, useRef, useState } from 'preact/hooks';
import type { UiPerson } from '../ui-contract.ts';
import { Avatar } from './avatar.tsx';
import { Icon } from './icons.tsx';
import { MenuKeys } from './kit/buttons.tsx';
import { findEmoji } from './kit/emoji.ts';
import { Popover } from './popover.tsx';
import { useSession } from './session.tsx';

/** The person the page is used as, and a menu of all others. */
export function PersonSwitcher() {
  const { state, go, route } = useSession();
  const [isOpen, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  const close = useCallback(() => setOpen(false), []);

  const become = (person: UiPerson) => {
    close();
    // The other person may not be in this conversation: then the server chooses one.
    go({ user: person.id, channel: undefined, tab: route.tab });
  };
  return (
    <>
      <button
        ref={anchor}
        type="button"
        class="switcher"
        aria-haspopup="menu"
        aria-expanded={isOpen}
        data-testid="person-switcher"
        data-user={state.me.id}
        onClick={() => setOpen(!isOpen)}
      >
        <Avatar id={state.me.id} size={28} />
        <span class="switcher__words">
          <small>You are</small>
          <span>
            <b>{state.me.name}</b>
            {state.me.title && <span class="switcher__title">, {state.me.title}</span>}
          </span>
        </span>
        <Icon name="down" size={14} />
      </button>
      {isOpen && (
        <Popover anchor={anchor} onClose={close} label="Switch person" role="menu" width={380}>
          <MenuKeys>
            <p class="menu__title">Switch person</p>
            {state.people.map((person) => (
              <button
                key={person.id}
                type="button"
                class="menu__item menu__item--person"
                role="menuitemradio"
                aria-checked={person.id === state.me.id}
                disabled={person.kind === 'deactivated'}
                data-testid={`be-${person.id}`}
                onClick={() => become(person)}
              >
                <Avatar id={person.id} size={32} />
                <span class="menu__words">
                  <span>
                    <b>{person.name}</b>{' '}
                    {person.status && (findEmoji(person.status.emoji.replaceAll(':', '')) ?? '')}
                    {person.role && <span class="badge badge--role">{person.role}</span>}{' '}
                    <Kind person={person} />
                  </span>
                  <small>{person.title || '\u00a0'}</small>
                </span>
                {person.id === state.me.id && <Icon name="check" size={16} />}
              </button>
            ))}
          </MenuKeys>
        </Popover>
      )}
    </>
  );
}

function Kind({ person }: { readonly person: UiPerson }) {
  switch (person.kind) {
    case 'guest':
      return <span class="badge badge--guest">Guest</span>;
    case 'external':
      return <span class="badge badge--external">{person.teamName}</span>;
    case 'deactivated':
      return <span class="badge badge--quiet">Deactivated</span>;
    default:
      return null;
  }
}
