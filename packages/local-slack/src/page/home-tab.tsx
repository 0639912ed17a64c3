import type { UiSurface } from '../ui-contract.ts';
import { Avatar } from './avatar.tsx';
import { Blocks } from './kit/blocks.tsx';
import { useSession } from './session.tsx';
import { SurfaceProvider } from './surface.tsx';

const HOME_SURFACE: UiSurface = { kind: 'home' };

/** The app's Home tab, as the bot published it for this person. */
export function HomeTab() {
  const { state } = useSession();
  const { home, bot } = state;
  return (
    <div class="home" role="tabpanel" aria-label="Home" data-testid="home">
      {home ? (
        <div class="home__sheet">
          <SurfaceProvider where={HOME_SURFACE} values={home.values}>
            <Blocks blocks={home.blocks} />
          </SurfaceProvider>
        </div>
      ) : (
        <div class="home__empty">
          <Avatar id={bot.userId} size={72} />
          <h2>This is the start of something</h2>
          <p class="quiet">
            {bot.appName} has not put anything on this tab for {state.me.name} yet.
          </p>
        </div>
      )}
    </div>
  );
}
