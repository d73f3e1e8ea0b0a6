import type { Signal } from '@preact/signals';
import type { VNode } from 'preact';

/** A choice of few words, bound to a signal. */
export function Select<T extends string>(props: {
  readonly label: string;
  readonly of: Signal<T>;
  readonly options: readonly T[];
  readonly disabled?: boolean;
}): VNode {
  return (
    <label class="inline">
      <span>{props.label}</span>
      <select
        value={props.of.value}
        disabled={props.disabled}
        onChange={(event) => {
          props.of.value = event.currentTarget.value as T;
        }}
      >
        {props.options.map((option) => (
          <option key={option} value={option}>
            {option}
          </option>
        ))}
      </select>
    </label>
  );
}
