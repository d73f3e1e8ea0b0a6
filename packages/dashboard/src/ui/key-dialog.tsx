import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { keyWanted, setKey } from '../api/key.ts';

/** Asks for a key when the gateway does. The key is tried by the connection itself: a wrong one brings this back. */
export function KeyDialog(): VNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const remember = useSignal(false);
  const why = keyWanted.value;
  useEffect(() => {
    const element = dialog.current;
    if (why !== undefined && element?.open === false) {
      element.showModal();
      input.current?.focus();
    }
    if (why === undefined && element?.open === true) element.close();
  }, [why]);
  return (
    <dialog
      class="confirm"
      ref={dialog}
      aria-labelledby="key-title"
      onCancel={(event) => event.preventDefault()}
    >
      <form
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          const value = input.current?.value.trim() ?? '';
          // A header takes nothing else, and no key has anything else in it.
          if (!/^[!-~]+$/.test(value))
            keyWanted.value = 'That is no key: it has other signs in it than a key has.';
          else setKey(value, remember.value);
        }}
      >
        <h2 id="key-title">Key</h2>
        <p role="alert">{why}</p>
        <p>
          <label>
            <span>Key</span>
            <input
              type="password"
              ref={input}
              autocomplete="current-password"
              spellcheck={false}
              required
              aria-describedby="key-help"
            />
          </label>
        </p>
        <p id="key-help" class="dim small">
          <code>llamboctl keys create</code> makes one. It needs the scope <code>operate</code> for controls,{' '}
          <code>infer</code> for chat.
        </p>
        <p>
          <label class="check">
            <input
              type="checkbox"
              checked={remember.value}
              onChange={(event) => {
                remember.value = event.currentTarget.checked;
              }}
            />
            Remember it in this browser
          </label>
        </p>
        <p class="buttons">
          <button type="submit" class="primary">
            Use key
          </button>
        </p>
      </form>
    </dialog>
  );
}
