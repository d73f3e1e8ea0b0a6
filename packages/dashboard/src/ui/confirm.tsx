/** No command goes to the cluster that was not shown and confirmed. */
import { signal } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { ctl } from '../api/http.ts';

interface Asked {
  /** The ctl line as it will be written. */
  readonly command: string;
  /** What it will do, for people. */
  readonly why: string;
  readonly danger: boolean;
}

export interface Outcome {
  readonly at: number;
  readonly command: string;
  readonly text: string;
  readonly failed: boolean;
}

const asked = signal<Asked | undefined>(undefined);
const running = signal(false);
const failure = signal<string | undefined>(undefined);
/** What commands did, newest first. */
export const outcomes = signal<readonly Outcome[]>([]);
/** The newest outcome, for a moment. */
const toast = signal<Outcome | undefined>(undefined);

export function command(line: string, why: string, danger = false): void {
  failure.value = undefined;
  asked.value = { command: line, why, danger };
}

let toastTimer: ReturnType<typeof setTimeout> | undefined;

function record(command: string, text: string, failed: boolean): void {
  const outcome = { at: Date.now(), command, text, failed };
  outcomes.value = [outcome, ...outcomes.value].slice(0, 50);
  if (failed) return;
  toast.value = outcome;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => {
    toast.value = undefined;
  }, 6000);
}

async function run({ command }: Asked): Promise<void> {
  running.value = true;
  try {
    record(command, await ctl(command), false);
    asked.value = undefined;
  } catch (error) {
    failure.value = (error as Error).message;
    record(command, (error as Error).message, true);
  } finally {
    running.value = false;
  }
}

export function Confirm(): VNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const now = asked.value;
  useEffect(() => {
    const element = dialog.current;
    if (now !== undefined && element?.open === false) element.showModal();
    if (now === undefined && element?.open === true) element.close();
  }, [now]);
  const cancel = (): void => {
    if (!running.value) asked.value = undefined;
  };
  return (
    <>
      <dialog
        class="confirm"
        ref={dialog}
        aria-labelledby="confirm-title"
        onCancel={(event) => {
          event.preventDefault();
          cancel();
        }}
      >
        {now === undefined ? null : (
          <form
            method="dialog"
            onSubmit={(event) => {
              event.preventDefault();
              void run(now);
            }}
          >
            <h2 id="confirm-title">{now.why}</h2>
            <pre class="line">
              <span class="dim">echo </span>
              {now.command}
              <span class="dim"> &gt; /n/llambo/ctl</span>
            </pre>
            {failure.value === undefined ? null : (
              <p class="bad" role="alert">
                {failure.value}
              </p>
            )}
            <p class="buttons">
              <button type="button" class="quiet" onClick={cancel} disabled={running.value}>
                Cancel
              </button>
              <button type="submit" class={now.danger ? 'danger' : 'primary'} disabled={running.value}>
                {running.value ? 'Writing…' : failure.value === undefined ? 'Do it' : 'Try again'}
              </button>
            </p>
          </form>
        )}
      </dialog>
      <div class="toast" role="status">
        {toast.value === undefined ? null : (
          <p>
            <code>{toast.value.command}</code> {toast.value.text || 'done'}
          </p>
        )}
      </div>
    </>
  );
}
