import { useEffect, useState } from 'preact/hooks';
import type { PageExtension, PanelTools } from '../../src/page/extension.ts';

export default {
  panel: { label: 'Controls', description: 'What the provider says.', Content: Controls },
  firstSteps: 'Or count on the right.',
} satisfies PageExtension;

function Controls({ version, read, act }: PanelTools) {
  const [count, setCount] = useState<number>();
  useEffect(() => {
    void read().then((state) => setCount((state as { count: number }).count));
  }, [version, read]);
  return (
    <p>
      <output>{count}</output>
      <button type="button" class="button" onClick={() => void act({ action: 'add' })}>
        Add one
      </button>
    </p>
  );
}
