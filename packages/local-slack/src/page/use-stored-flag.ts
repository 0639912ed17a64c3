import { useState } from 'preact/hooks';

/** A yes or no that the browser keeps for the next visit. */
export function useStoredFlag(
  name: string,
  defaultValue: boolean,
): readonly [boolean, (value: boolean) => void] {
  const [value, setValue] = useState(() => {
    const stored = localStorage.getItem(name);
    return stored === null ? defaultValue : stored === 'yes';
  });
  return [
    value,
    (next) => {
      localStorage.setItem(name, next ? 'yes' : 'no');
      setValue(next);
    },
  ];
}
