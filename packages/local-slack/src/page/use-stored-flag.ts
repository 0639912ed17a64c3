import { useState } from 'preact/hooks';

/** A yes or no that the browser keeps for the next visit. */
export function useRemembered(
  name: string,
  otherwise: boolean,
): readonly [boolean, (value: boolean) => void] {
  const [value, setValue] = useState(() => {
    const kept = localStorage.getItem(name);
    return kept === null ? otherwise : kept === 'yes';
  });
  return [
    value,
    (next) => {
      localStorage.setItem(name, next ? 'yes' : 'no');
      setValue(next);
    },
  ];
}
